// Conversion, fill, arange, strided copies, choice by a condition, accumulation.
#include "layout.h"

namespace {

enum Kind { F32, F64, I32, U8, BOOL };
const char* const SUFFIXES[] = {"f32", "f64", "i32", "u8", "bool"};

double clamped(double x, double low, double high) { return x != x ? 0 : std::trunc(x < low ? low : x > high ? high : x); }

/** x as a number of another dtype: floats are cut off and kept in range, int32 wraps around into uint8. */
double converted(double x, Kind from, Kind to) {
  switch (to) {
    case F32: return static_cast<float>(x);
    case F64: return x;
    case I32: return clamped(x, INT32_MIN, INT32_MAX);
    case U8: return from == I32 ? static_cast<uint8_t>(static_cast<int32_t>(x)) : clamped(x, 0, 255);
    case BOOL: return x != 0;
  }
  return NAN;
}

template <class A, class B> void cast(Session& s, Kind from, Kind to) {
  const idx n = s.dice.size();
  Block<A> x(s.dice, n);
  Block<B> y(s.dice, n);
  s.fill(x, from == BOOL ? Range{0, 1} : from == U8 ? Range{0, 255} : from == I32 ? Range{INT32_MIN, INT32_MAX} : Range{-300, 300, Range::WILD});
  s.call(std::string("cast_") + SUFFIXES[from] + "_" + SUFFIXES[to], x, y, n);
  s.expect("y", y, [&](idx i) { return converted(x[i], from, to); }, [&](idx) { return to == F32 ? Dtype<float>::smallest : 0; });
}
template <class A> void casts(Session& s, Kind from) {
  if (from != F32) cast<A, float>(s, from, F32);
  if (from != F64) cast<A, double>(s, from, F64);
  if (from != I32) cast<A, int32_t>(s, from, I32);
  if (from != U8) cast<A, uint8_t>(s, from, U8);
  if (from != BOOL) cast<A, uint8_t>(s, from, BOOL);
}

template <class T> void fill(Session& s, Kind kind) {
  const double values[] = {0, 1, -1, 3.7, 255, 256, 1e12, -1e12, INFINITY, NAN};
  const double value = values[s.dice.between(0, 9)];
  const idx n = s.dice.size();
  Block<T> y(s.dice, n);
  s.call(std::string("fill_") + SUFFIXES[kind], y, value, n);
  s.expect("y", y, [&](idx) { return converted(value, F64, kind); });
}

template <class T> void arange(Session& s) {
  const idx n = s.dice.size();
  const double start = static_cast<double>(s.dice.between(-800, 800)) / 4, step = static_cast<double>(s.dice.between(-16, 16)) / 8;
  Block<T> y(s.dice, n);
  s.call(std::string("arange") + Dtype<T>::suffix, y, start, step, n);
  s.expect("y", y, [&](idx i) {
    const double x = start + static_cast<double>(i) * step;
    return T(0.5) == 0 ? std::trunc(x) : x;
  });
}

template <class T> void axpy(Session& s) {
  const idx n = s.dice.size();
  const double alpha = static_cast<T>(s.dice.real(-2, 2));
  Block<T> x(s.dice, n), y(s.dice, n);
  s.fill(x, {-4, 4, Range::SPECIAL}), s.fill(y, {-4, 4, Range::SPECIAL});
  const std::vector<double> before = y.copy();
  s.call(std::string("axpy") + Dtype<T>::suffix, x, y, alpha, n);
  s.expect("y", y, [&](idx i) { return before[static_cast<size_t>(i)] + alpha * x[i]; }, [](idx) { return 32 * Dtype<T>::eps; });
}

/** Both sides of any strides; what lies between the elements of y stays. */
template <class T> void copy(Session& s, const char* name) {
  const Layout layout(s.dice, 2, 1);
  Block<T> x(s.dice, layout.span(0)), y(s.dice, layout.span(1));
  for (idx i = 0; i < x.size(); i++) x[i] = static_cast<T>(s.dice.next() >> 12);
  std::vector<double> want = y.copy();
  for (idx i = 0; i < layout.count; i++) want[static_cast<size_t>(layout.at(1, i))] = static_cast<double>(x[layout.at(0, i)]);
  const auto table = layout.table(s.dice);
  s.call(name, x.begin() + layout.start(0), y.begin() + layout.start(1), *table);
  s.expect("y", y, [&](idx i) { return want[static_cast<size_t>(i)]; });
}

template <class T> void choice(Session& s, Kind kind) {
  const bool flat = s.dice.percent(50);
  const Layout layout(s.dice, 3, -1);
  const idx n = flat ? s.dice.size() : layout.count;
  const idx step[] = {s.dice.between(0, 1), s.dice.between(0, 1), s.dice.between(0, 1)};
  auto span = [&](int k) { return flat ? (step[k] ? n : 1) : layout.span(k); };
  Block<uint8_t> c(s.dice, span(0));
  Block<T> a(s.dice, span(1)), b(s.dice, span(2)), y(s.dice, n);
  s.fill(c, {0, 1}), s.fill(a, {0, 200, Range::SPECIAL}), s.fill(b, {0, 200, Range::SPECIAL});
  const std::string name = std::string("where_") + SUFFIXES[kind];
  if (flat) {
    s.call(name, c, a, b, y, n, step[0], step[1], step[2], nullptr);
    s.expect("flat", y, [&](idx i) { return static_cast<double>(c[i * step[0]] ? a[i * step[1]] : b[i * step[2]]); });
  } else {
    const auto table = layout.table(s.dice);
    s.call(name, c.begin() + layout.start(0), a.begin() + layout.start(1), b.begin() + layout.start(2), y, n, 0, 0, 0, *table);
    s.expect("strided", y, [&](idx i) { return static_cast<double>(c[layout.at(0, i)] ? a[layout.at(1, i)] : b[layout.at(2, i)]); });
  }
}

}  // namespace

void test_moves(Session& s) {
  for (idx r = s.rounds(20); r > 0; r--) {
    casts<float>(s, F32), casts<double>(s, F64), casts<int32_t>(s, I32), casts<uint8_t>(s, U8), casts<uint8_t>(s, BOOL);
    fill<float>(s, F32), fill<double>(s, F64), fill<int32_t>(s, I32), fill<uint8_t>(s, U8), fill<uint8_t>(s, BOOL);
    arange<float>(s), arange<double>(s), arange<int32_t>(s);
    axpy<float>(s), axpy<double>(s);
  }
  for (idx r = s.rounds(120); r > 0; r--) copy<uint8_t>(s, "copy_1"), copy<uint32_t>(s, "copy_4"), copy<uint64_t>(s, "copy_8");
  for (idx r = s.rounds(50); r > 0; r--) {
    choice<float>(s, F32), choice<double>(s, F64), choice<int32_t>(s, I32), choice<uint8_t>(s, U8), choice<uint8_t>(s, BOOL);
  }
}
