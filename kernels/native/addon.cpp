// The Node addon: picks the instruction set, and hands JavaScript a table of kernels. Compiled once, for the baseline.
#include <node_api.h>
#include <stdlib.h>
#include <string.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif

struct Kernel {
  const char* name;
  int arity;
  napi_callback call;
  const Kernel* next;
};
extern "C" __thread double* nabla_arguments = nullptr;
extern "C" void nabla_set_threads(int threads);
extern "C" int nabla_threads();

namespace {

struct InstructionSet {
  const char* name;
  const Kernel* (*kernels)();
  bool (*supported)();
};

#if defined(__x86_64__)
struct Cpuid { unsigned a = 0, b = 0, c = 0, d = 0; };
Cpuid cpuid(unsigned leaf) {
  Cpuid r;
  if (!__get_cpuid_count(leaf, 0, &r.a, &r.b, &r.c, &r.d)) return Cpuid{};
  return r;
}
bool has(unsigned value, unsigned mask) { return (value & mask) == mask; }
/** The register state the operating system saves: bits 1–2 for AVX, 5–7 for AVX-512. */
unsigned saved_state() {
  if (!has(cpuid(1).c, 1u << 27)) return 0;
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}
bool supports_v3() {
  Cpuid one = cpuid(1), seven = cpuid(7), extended = cpuid(0x80000001u);
  return has(saved_state(), 0x6) && has(one.c, 1u << 12 | 1u << 22 | 1u << 28 | 1u << 29) /* FMA MOVBE AVX F16C */ &&
         has(seven.b, 1u << 3 | 1u << 5 | 1u << 8) /* BMI1 AVX2 BMI2 */ && has(extended.c, 1u << 5) /* LZCNT */;
}
bool supports_v4() {
  return supports_v3() && has(saved_state(), 0xe6) &&
         has(cpuid(7).b, 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31) /* AVX512 F DQ CD BW VL */;
}
#endif
bool supports_baseline() { return true; }

extern "C" {
#if defined(__x86_64__)
const Kernel* nabla_kernels_x86_64_v4();
const Kernel* nabla_kernels_x86_64_v3();
#endif
const Kernel* nabla_kernels_baseline();
}

/** Best first. */
const InstructionSet INSTRUCTION_SETS[] = {
#if defined(__x86_64__)
    {"x86_64_v4", nabla_kernels_x86_64_v4, supports_v4},
    {"x86_64_v3", nabla_kernels_x86_64_v3, supports_v3},
#endif
    {"baseline", nabla_kernels_baseline, supports_baseline},
};

napi_value number(napi_env env, double x) {
  napi_value value;
  napi_create_double(env, x, &value);
  return value;
}

void* data_of(napi_env env, napi_value buffer) {
  void* data = nullptr;
  napi_get_arraybuffer_info(env, buffer, &data, nullptr);
  return data;
}

void set(napi_env env, napi_value object, const char* name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}

void set_function(napi_env env, napi_value object, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  set(env, object, name, function);
}

/** address(ArrayBuffer): where its bytes are. */
napi_value address(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value buffer;
  napi_get_cb_info(env, info, &count, &buffer, nullptr, nullptr);
  return number(env, static_cast<double>(reinterpret_cast<uintptr_t>(data_of(env, buffer))));
}

napi_value set_threads(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value value;
  int threads = 1;
  napi_get_cb_info(env, info, &count, &value, nullptr, nullptr);
  napi_get_value_int32(env, value, &threads);
  nabla_set_threads(threads);
  return number(env, nabla_threads());
}

/** Blocks up to 32 MB stay in the heap and are reused, so that a training loop does not page-fault for every tensor. */
void tune_malloc() {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 0x7fffffff);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}

/** The memory of arguments that was opened first on this thread. */
__thread napi_ref memory_of_thread = nullptr;

void forget_memory(void*) {
  memory_of_thread = nullptr;
  nabla_arguments = nullptr;
}

/**
 * The memory of arguments of this thread: what the first call gave. A library that is loaded twice opens it twice, and both write
 * arguments to the same place, one call after the other.
 */
napi_value memory_for(napi_env env, napi_value offered) {
  napi_value memory = nullptr;
  if (memory_of_thread && napi_get_reference_value(env, memory_of_thread, &memory) == napi_ok && memory) return memory;
  napi_create_reference(env, offered, 1, &memory_of_thread);
  napi_add_env_cleanup_hook(env, forget_memory, nullptr);
  nabla_arguments = static_cast<double*>(data_of(env, offered));
  return offered;
}

/**
 * open(arguments: ArrayBuffer, instructionSet: string): the best instruction set of this machine, or the one named.
 * Gives {instructionSet, kernels: {name: function}, arities: {name: number}, arguments: ArrayBuffer}, where the arguments are those of
 * the first call on this thread; or undefined when the named set is not there.
 */
napi_value open(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value argv[2];
  char wanted[32] = "";
  size_t length = 0;
  napi_get_cb_info(env, info, &count, argv, nullptr, nullptr);
  napi_get_value_string_utf8(env, argv[1], wanted, sizeof wanted, &length);
  const InstructionSet* chosen = nullptr;
  for (const InstructionSet& set : INSTRUCTION_SETS) {
    if (wanted[0] && strcmp(wanted, set.name) != 0) continue;
    if (set.supported()) { chosen = &set; break; }
  }
  if (!chosen) return nullptr;
  napi_value memory = memory_for(env, argv[0]);
  tune_malloc();
  napi_value result, kernels, arities, name;
  napi_create_object(env, &result);
  napi_create_object(env, &kernels);
  napi_create_object(env, &arities);
  for (const Kernel* kernel = chosen->kernels(); kernel; kernel = kernel->next) {
    set_function(env, kernels, kernel->name, kernel->call);
    set(env, arities, kernel->name, number(env, kernel->arity));
  }
  napi_create_string_utf8(env, chosen->name, NAPI_AUTO_LENGTH, &name);
  set(env, result, "instructionSet", name);
  set(env, result, "kernels", kernels);
  set(env, result, "arities", arities);
  set(env, result, "arguments", memory);
  return result;
}

}  // namespace

NAPI_MODULE_INIT() {
  set_function(env, exports, "open", open);
  set_function(env, exports, "address", address);
  set_function(env, exports, "setThreads", set_threads);
  return exports;
}
