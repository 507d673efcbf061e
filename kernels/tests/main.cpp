// Runs every kernel of an instruction set over random shapes.
//   kernels --list                                         the instruction sets this machine has
//   kernels <instruction set> <threads> <effort> <callers>  effort: percentage of the rounds; callers: threads that call
#include <cstdio>
#include <cstdlib>
#include <thread>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

#include "session.h"

extern "C" __thread double* nabla_arguments = nullptr;
extern "C" void nabla_set_threads(int threads);
extern "C" const Kernel* nabla_kernels_baseline();
#if defined(__x86_64__) && !defined(BASELINE_ONLY)
extern "C" const Kernel* nabla_kernels_x86_64_v3();
extern "C" const Kernel* nabla_kernels_x86_64_v4();
#endif

namespace {

struct InstructionSet {
  const char* name;
  const Kernel* (*kernels)();
  bool supported;
};

std::vector<InstructionSet> instruction_sets() {
  std::vector<InstructionSet> sets{{"baseline", nabla_kernels_baseline, true}};
#if defined(__x86_64__) && !defined(BASELINE_ONLY)
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd");
  sets.push_back({"x86_64_v3", nabla_kernels_x86_64_v3, v3});
  sets.push_back({"x86_64_v4", nabla_kernels_x86_64_v4, v4});
#endif
  return sets;
}

thread_local const Session* current = nullptr;
[[maybe_unused]] void print_current() {
  if (current) fprintf(stderr, "while running %s\n", current->last_call().c_str());
}

void run_all(Session& session) {
  current = &session;
  test_unary(session);
  test_binary(session);
  test_powers(session);
  test_moves(session);
  test_reductions(session);
  test_scans(session);
  test_order(session);
  test_softmax(session);
  test_layers(session);
  test_losses(session);
  test_products(session);
  test_rows(session);
  test_gather(session);
  test_random(session);
  test_optimizers(session);
  current = nullptr;
}

int run(const InstructionSet& set, int threads, int effort, int callers) {
  nabla_set_threads(threads);
  const std::string title = std::string(set.name) + ", " + std::to_string(threads) + " threads";
  std::vector<Session> sessions;
  for (int i = 0; i < callers; i++) sessions.emplace_back(set.kernels(), title, 777 + static_cast<uint64_t>(i), effort);
  std::vector<std::thread> others;
  for (int i = 1; i < callers; i++) others.emplace_back([&sessions, i] { run_all(sessions[static_cast<size_t>(i)]); });
  run_all(sessions[0]);
  for (std::thread& other : others) other.join();

  const std::vector<std::string> uncalled = sessions[0].uncalled();
  if (!uncalled.empty()) {
    fprintf(stderr, "no test in kernels/tests calls");
    for (const std::string& name : uncalled) fprintf(stderr, " %s", name.c_str());
    fprintf(stderr, "\n");
    return 1;
  }
  idx calls = 0;
  for (const Session& session : sessions) calls += session.calls;
  printf("%s: %td calls, digest %016llx\n", title.c_str(), calls, static_cast<unsigned long long>(sessions[0].digest));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_set_death_callback(print_current);
#endif
  if (count == 2 && strcmp(arguments[1], "--list") == 0) {
    for (const InstructionSet& set : instruction_sets())
      if (set.supported) printf("%s\n", set.name);
    return 0;
  }
  for (const InstructionSet& set : instruction_sets())
    if (count == 5 && set.supported && strcmp(arguments[1], set.name) == 0)
      return run(set, atoi(arguments[2]), atoi(arguments[3]), atoi(arguments[4]));
  fprintf(stderr, "kernels <instruction set> <threads> <effort> <callers>, or --list\n");
  return 2;
}
