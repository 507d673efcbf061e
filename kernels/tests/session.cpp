#include "session.h"

#include <cstdio>
#include <cstdlib>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) (void(p), void(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) (void(p), void(n))
#endif

constexpr int ARGUMENT_SLOTS = 32;
constexpr idx ALIGNMENT = 64;
constexpr idx GRANULE = 8;  // what AddressSanitizer can forbid
constexpr char SENTINEL = 0x5a;

uint64_t Dice::next() {
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

idx Dice::size() {
  const idx kind = between(0, 99);
  if (kind < 50) return between(0, 40);
  if (kind < 80) return between(41, 300);
  if (kind < 95) return between(301, 5000);
  return between(5001, 50000);
}

// ---- memory

Bytes::Bytes(Dice& dice, idx bytes, idx element) : before(dice.between(0, ALIGNMENT / element - 1) * element), base(nullptr) {
  if (bytes == 0 && before == 0) before = GRANULE;  // an empty allocation may be given a byte
  void* memory = nullptr;
  if (posix_memalign(&memory, ALIGNMENT, static_cast<size_t>(before + bytes)) != 0) abort();
  base = static_cast<char*>(memory);
  memset(base, SENTINEL, static_cast<size_t>(before));
  memset(base + before, 0xff, static_cast<size_t>(bytes));
  ASAN_POISON_MEMORY_REGION(base, static_cast<size_t>(before / GRANULE * GRANULE));
}

Bytes::~Bytes() {
  ASAN_UNPOISON_MEMORY_REGION(base, static_cast<size_t>(before));
  for (idx i = 0; i < before; i++)
    if (base[i] != SENTINEL) {
      fprintf(stderr, "something was written %td bytes before a buffer\n", before - i);
      abort();
    }
  free(base);
}

// ---- calls

Session::Session(const Kernel* kernels, const std::string& title, uint64_t seed, int effort)
    : dice(seed), title(title), effort(effort) {
  for (const Kernel* k = kernels; k; k = k->next) known[k->name] = {k, 0};
}

double Session::run(const std::string& name, const std::vector<double>& arguments) {
  last_name = name;
  last_arguments = arguments;
  const auto found = known.find(name);
  if (found == known.end()) fail("no such kernel", 0, 0, 0, 0);
  const Kernel& kernel = *found->second.kernel;
  expect_number("number of arguments", static_cast<double>(arguments.size()), kernel.arity);
  found->second.calls++;
  calls++;
  double slots[ARGUMENT_SLOTS] = {};
  memcpy(slots, arguments.data(), arguments.size() * sizeof(double));
  nabla_arguments = slots;
  kernel.call(nullptr, nullptr);
  nabla_arguments = nullptr;
  return slots[0];
}

std::vector<std::string> Session::uncalled() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : known)
    if (entry.calls == 0) names.push_back(name);
  return names;
}

std::string Session::last_call() const {
  std::string text = title + ", call " + std::to_string(calls) + ": " + last_name + "(";
  for (size_t i = 0; i < last_arguments.size(); i++) {
    char number[32];
    const double x = last_arguments[i];
    if (x > 0x1p32) snprintf(number, sizeof number, "%#llx", static_cast<unsigned long long>(x));
    else snprintf(number, sizeof number, "%g", x);
    text += (i ? ", " : "") + std::string(number);
  }
  return text + ")";
}

// ---- values

/** `wide` for eight bytes, `real` for a type that has fractions. */
double Session::value(Range range, bool wide, bool real) {
  if (!real) return static_cast<double>(dice.between(static_cast<idx>(range.low), static_cast<idx>(range.high)));
  if (range.rest != Range::PLAIN && dice.percent(5)) {
    const double special[] = {0.0, -0.0, 1.0, -1.0, INFINITY, -INFINITY, NAN};
    return special[dice.between(0, 6)];
  }
  if (range.rest == Range::WILD && dice.percent(10)) {
    const double magnitude = std::pow(10.0, dice.real(wide ? -100 : -18, wide ? 100 : 18));
    return range.low < 0 && dice.percent(50) ? -magnitude : magnitude;
  }
  return dice.real(range.low, range.high);
}

void Session::note(const void* bytes, idx count) {
  for (idx i = 0; i < count; i++) digest = (digest ^ static_cast<const unsigned char*>(bytes)[i]) * 1099511628211u;
}

void Session::fail(const char* what, idx at, double got, double want, double slack) const {
  fprintf(stderr, "%s\n  %s [%td]: %.17g; should be %.17g, give or take %.3g\n", last_call().c_str(), what, at, got, want, slack);
  exit(1);
}
