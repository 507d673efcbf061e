// Kernels called by name with doubles as arguments, as JavaScript calls them, on buffers without slack. What they write is
// compared with plain references in double precision.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "../kernel.h"

/** Random numbers (splitmix64), the same on every machine. */
class Dice {
 public:
  explicit Dice(uint64_t seed) : state(seed) {}
  uint64_t next();
  /** A whole number in [low, high]. */
  idx between(idx low, idx high) { return low + static_cast<idx>(next() % static_cast<uint64_t>(high - low + 1)); }
  double real(double low, double high) { return low + (high - low) * static_cast<double>(next() >> 11) * 0x1p-53; }
  bool percent(int chance) { return between(0, 99) < chance; }
  /** A number of elements: mostly few, since vectors end there; at times none, or more than one task takes. */
  idx size();

 private:
  uint64_t state;
};

/** Bytes that end where their allocation ends, at an address that is aligned to `element` only. */
class Bytes {
 public:
  Bytes(Dice& dice, idx bytes, idx element);
  ~Bytes();
  Bytes(const Bytes&) = delete;
  char* begin() const { return base + before; }

 private:
  idx before;  // bytes of the allocation that are not the kernel's
  char* base;
};

/** `count` elements without slack. All their bits are set at first, which is NaN, −1 or 255. */
template <class T> class Block {
 public:
  Block(Dice& dice, idx count) : bytes(dice, count * static_cast<idx>(sizeof(T)), sizeof(T)), count(count) {}
  T* begin() const { return reinterpret_cast<T*>(bytes.begin()); }
  T& operator[](idx i) const { return begin()[i]; }
  idx size() const { return count; }
  std::vector<double> copy() const { return std::vector<double>(begin(), begin() + count); }

 private:
  Bytes bytes;
  idx count;
};

template <class T> struct Dtype;
template <> struct Dtype<float> { static constexpr const char* suffix = "_f32"; static constexpr double eps = 0x1p-24, smallest = 0x1p-126; };
template <> struct Dtype<double> { static constexpr const char* suffix = "_f64"; static constexpr double eps = 0x1p-53, smallest = 0x1p-1022; };
template <> struct Dtype<int32_t> { static constexpr const char* suffix = "_i32"; };
template <> struct Dtype<uint8_t> { static constexpr const char* suffix = "_u8"; };

/** Which values a block is filled with: [low, high], with zeros, infinities, NaN or any magnitude in between when asked for. */
struct Range {
  double low, high;
  enum Rest { PLAIN, SPECIAL, WILD } rest = PLAIN;
};

/** One caller of kernels, with what it did and saw. */
class Session {
 public:
  /** `effort` is the percentage of rounds that run. */
  Session(const Kernel* kernels, const std::string& title, uint64_t seed, int effort);

  Dice dice;
  uint64_t digest = 14695981039346656037u;  // of every result
  idx calls = 0;

  idx rounds(idx n) const { return n * effort / 100 > 0 ? n * effort / 100 : 1; }

  /** Runs a kernel: blocks, pointers or numbers in; its result, or the first argument when it has none, out. */
  template <class... A> double call(const std::string& name, const A&... arguments) {
    return run(name, {number(arguments)...});
  }

  template <class T> void fill(const Block<T>& block, Range range) {
    for (idx i = 0; i < block.size(); i++) block[i] = static_cast<T>(value(range, sizeof(T) == 8, T(0.5) != 0));
  }

  /** Ends the program at the first result that is more than slack(i) from wanted(i); NaN for NaN. */
  template <class T, class W, class S> void expect(const char* what, const Block<T>& y, const W& wanted, const S& slack) {
    for (idx i = 0; i < y.size(); i++) {
      const double got = static_cast<double>(y[i]), want = wanted(i);
      if (got == want || (got != got && want != want)) continue;
      if constexpr (sizeof(T) == 4 && T(0.5) != 0)
        if (got == static_cast<double>(static_cast<float>(want))) continue;  // an overflow
      if (!(std::fabs(got - want) <= slack(i))) fail(what, i, got, want, slack(i));
    }
    note(y.begin(), y.size() * static_cast<idx>(sizeof(T)));
  }
  template <class T, class W> void expect(const char* what, const Block<T>& y, const W& wanted) {
    expect(what, y, wanted, [](idx) { return 0.0; });
  }
  /** The block is as it was made: nothing was written. */
  template <class T> void expect_untouched(const char* what, const Block<T>& y) {
    T untouched;
    memset(&untouched, 0xff, sizeof(T));
    expect(what, y, [=](idx) { return static_cast<double>(untouched); });
  }
  void expect_number(const char* what, double got, double want) {
    if (got != want) fail(what, 0, got, want, 0);
  }

  /** The kernels that were never called. */
  std::vector<std::string> uncalled() const;
  std::string last_call() const;

 private:
  double run(const std::string& name, const std::vector<double>& arguments);
  double value(Range range, bool wide, bool real);
  void note(const void* bytes, idx count);
  [[noreturn]] void fail(const char* what, idx at, double got, double want, double slack) const;

  template <class T> static double number(const Block<T>& block) { return number(static_cast<const void*>(block.begin())); }
  static double number(const void* p) { return static_cast<double>(reinterpret_cast<uintptr_t>(p)); }
  static double number(decltype(nullptr)) { return 0; }
  static double number(double x) { return x; }

  struct Known {
    const Kernel* kernel;
    idx calls;
  };
  std::map<std::string, Known> known;
  std::string title;
  int effort;
  std::string last_name;
  std::vector<double> last_arguments;
};

void test_unary(Session&);
void test_binary(Session&);
void test_powers(Session&);
void test_moves(Session&);
void test_reductions(Session&);
void test_scans(Session&);
void test_order(Session&);
void test_softmax(Session&);
void test_layers(Session&);
void test_losses(Session&);
void test_products(Session&);
void test_rows(Session&);
void test_gather(Session&);
void test_random(Session&);
void test_optimizers(Session&);
