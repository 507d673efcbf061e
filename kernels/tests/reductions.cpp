// Reductions of [outer, len, inner] over len.
#include "session.h"

namespace {

using L = long double;

struct Shape {
  idx outer, len, inner;
  idx count() const { return outer * len * inner; }
  idx results() const { return outer * inner; }
  /** Element k of result r. */
  idx at(idx r, idx k) const { return (r / inner * len + k) * inner + r % inner; }
};

/** Short and long rows, few and many columns, nothing at all, and rows that are cut into pieces. */
Shape random_shape(Dice& d, idx least) {
  const idx kind = d.between(0, 99);
  if (kind < 45) return {d.between(0, 12), d.between(least, 20), d.between(0, 20)};
  if (kind < 70) return {d.between(1, 4), d.between(least, 3000), 1};
  if (kind < 88) return {d.between(1, 3), d.between(least, 90), d.between(2, 200)};
  if (kind < 92) return {d.between(300, 3000), d.between(least, 12), d.between(1, 3)};
  if (kind < 96) return {d.between(1, 2), d.between(65000, 70000), 1};
  return {1, d.between(3000, 9000), d.between(8, 30)};
}

constexpr Range SOME{-4, 4}, SPECIAL{-4, 4, Range::SPECIAL};

/** f over the elements of every result. */
template <class T, class F> std::vector<double> folded(const Block<T>& x, Shape shape, double start, const F& f) {
  std::vector<double> y;
  for (idx r = 0; r < shape.results(); r++) {
    long double result = start;
    for (idx k = 0; k < shape.len; k++) result = f(result, static_cast<long double>(x[shape.at(r, k)]));
    y.push_back(static_cast<double>(result));
  }
  return y;
}
auto in(const std::vector<double>& want) {
  return [&want](idx i) { return want[static_cast<size_t>(i)]; };
}

template <class T> void sum(Session& s) {
  const Shape shape = random_shape(s.dice, 0);
  Block<T> x(s.dice, shape.count()), y(s.dice, shape.results());
  s.fill(x, s.dice.percent(80) ? SOME : SPECIAL);
  s.call(std::string("sum") + Dtype<T>::suffix, x, y, shape.outer, shape.len, shape.inner);
  const std::vector<double> want = folded(x, shape, 0, [](L a, L b) { return a + b; });
  const std::vector<double> size = folded(x, shape, 0, [](L a, L b) { return a + std::fabs(b); });
  s.expect("y", y, in(want), [&](idx i) { return 40 * Dtype<T>::eps * size[static_cast<size_t>(i)]; });
}

template <class T> void product(Session& s) {
  const Shape shape = random_shape(s.dice, 0);
  Block<T> x(s.dice, shape.count()), y(s.dice, shape.results());
  s.fill(x, {0.97, 1.03, s.dice.percent(80) ? Range::PLAIN : Range::SPECIAL});
  s.call(std::string("prod") + Dtype<T>::suffix, x, y, shape.outer, shape.len, shape.inner);
  const std::vector<double> want = folded(x, shape, 1, [](L a, L b) { return a * b; });
  const double eps = 2 * Dtype<T>::eps * static_cast<double>(shape.len + 1);
  s.expect("y", y, in(want), [&](idx i) { return eps * std::fabs(want[static_cast<size_t>(i)]); });
}

/** Whether a replaces the best so far: the first of equals stays, the first NaN is never replaced. */
bool better(L a, L best, bool largest) { return best == best && (a != a || (largest ? a > best : a < best)); }

template <class T> void fill_with_ties(Session& s, const Block<T>& x) {
  s.fill(x, s.dice.percent(60) ? SOME : SPECIAL);
  for (idx i = 1; i < x.size(); i++)
    if (s.dice.percent(10)) x[i] = x[s.dice.between(0, i - 1)];
}

template <class T> void extreme(Session& s, const std::string& name, bool largest) {
  const double none = T(0.5) != 0 ? INFINITY : largest ? -double(INT32_MIN) : double(INT32_MAX);
  const Shape shape = random_shape(s.dice, 0);
  Block<T> x(s.dice, shape.count()), y(s.dice, shape.results());
  fill_with_ties(s, x);
  s.call(name + Dtype<T>::suffix, x, y, shape.outer, shape.len, shape.inner);
  const std::vector<double> want =
      folded(x, shape, largest ? -none : none, [=](L best, L a) { return better(a, best, largest) ? a : best; });
  s.expect("y", y, in(want));
}

template <class T> void place_of_extreme(Session& s, const std::string& name, bool largest) {
  const Shape shape = random_shape(s.dice, 1);
  Block<T> x(s.dice, shape.count()), y(s.dice, shape.results());
  Block<int32_t> place(s.dice, shape.results()), place_only(s.dice, shape.results());
  fill_with_ties(s, x);
  std::vector<double> want_value, want_place;
  for (idx r = 0; r < shape.results(); r++) {
    idx best = 0;
    for (idx k = 1; k < shape.len; k++)
      if (better(x[shape.at(r, k)], x[shape.at(r, best)], largest)) best = k;
    want_place.push_back(static_cast<double>(best));
    want_value.push_back(x[shape.at(r, best)]);
  }
  s.call(name + "_index" + Dtype<T>::suffix, x, y, place, shape.outer, shape.len, shape.inner);
  s.expect("values", y, in(want_value));
  s.expect("places", place, in(want_place));
  s.call("arg" + name + Dtype<T>::suffix, x, place_only, shape.outer, shape.len, shape.inner);
  s.expect("places", place_only, in(want_place));
}

/** Sums and products of integers; the result tells whether all fit into 32 bits. */
void integers(Session& s, const std::string& name, Range range, double start, L (*step)(L, L)) {
  const Shape shape = random_shape(s.dice, 0);
  Block<int32_t> x(s.dice, shape.count()), y(s.dice, shape.results());
  s.fill(x, range);
  const std::vector<double> want = folded(x, shape, start, step);
  auto fits = [](double v) { return v >= INT32_MIN && v <= INT32_MAX; };
  bool all = true;
  for (double v : want) all = all && fits(v);
  const double wrong = s.call(name, x, y, shape.outer, shape.len, shape.inner);
  s.expect_number("whether a result does not fit", wrong, all ? 0 : 1);
  s.expect("y", y, [&](idx i) { return fits(want[static_cast<size_t>(i)]) ? want[static_cast<size_t>(i)] : double(y[i]); });
}

void truth(Session& s, const char* name, bool all) {
  const Shape shape = random_shape(s.dice, 0);
  Block<uint8_t> x(s.dice, shape.count()), y(s.dice, shape.results());
  s.fill(x, s.dice.percent(30) ? Range{0, 1} : all ? Range{1, 1} : Range{0, 0});
  if (shape.count() > 0 && s.dice.percent(50)) x[s.dice.between(0, shape.count() - 1)] ^= 1;
  s.call(name, x, y, shape.outer, shape.len, shape.inner);
  const std::vector<double> want = folded(x, shape, all, [=](L a, L b) { return L(all ? a && b : a || b); });
  s.expect("y", y, in(want));
}

template <class T> void extremes(Session& s) {
  extreme<T>(s, "max", true), extreme<T>(s, "min", false);
  place_of_extreme<T>(s, "max", true), place_of_extreme<T>(s, "min", false);
}

}  // namespace

void test_reductions(Session& s) {
  // Once a product leaves the range it counts as too large, unless a zero follows.
  const auto times = [](L a, L b) { return b == 0 ? 0 : a < INT32_MIN || a > INT32_MAX ? a : a * b; };
  for (idx r = s.rounds(60); r > 0; r--) {
    sum<float>(s), sum<double>(s), product<float>(s), product<double>(s);
    extremes<float>(s), extremes<double>(s), extremes<int32_t>(s);
    const bool wide = s.dice.percent(20);
    integers(s, "sum_i32", wide ? Range{INT32_MIN, INT32_MAX} : Range{-9, 9}, 0, [](L a, L b) { return a + b; });
    integers(s, "prod_i32", wide ? Range{-3, 3} : s.dice.percent(50) ? Range{1, 2} : Range{-1, -1}, 1, times);
    truth(s, "any_bool", false), truth(s, "all_bool", true);
  }
}
