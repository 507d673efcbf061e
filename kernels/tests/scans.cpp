// Clamps, variances and sums of parts, and running results, of [outer, len, inner] over len.
#include "session.h"

namespace {

constexpr Range SOME{-4, 4}, SPECIAL{-4, 4, Range::SPECIAL};

struct Shape {
  idx outer, len, inner;
  idx count() const { return outer * len * inner; }
  idx results() const { return outer * inner; }
  /** Element k of result r. */
  idx at(idx r, idx k) const { return (r / inner * len + k) * inner + r % inner; }
};

Shape random_shape(Dice& d) {
  const idx kind = d.between(0, 99);
  if (kind < 50) return {d.between(0, 12), d.between(0, 20), d.between(0, 20)};
  if (kind < 75) return {d.between(1, 9), d.between(0, 3000), 1};
  if (kind < 90) return {d.between(1, 3), d.between(0, 200), d.between(2, 100)};
  if (kind < 96) return {d.between(1, 5), d.between(65000, 70000), 1};
  return {1, d.between(3000, 9000), d.between(8, 30)};
}

template <class T> void clamps(Session& s) {
  const idx n = s.dice.size();
  Block<T> g(s.dice, n), x(s.dice, n), y(s.dice, n), dx(s.dice, n);
  s.fill(g, SOME), s.fill(x, SPECIAL);
  const double low = s.dice.percent(30) ? -INFINITY : -0.5, high = s.dice.percent(30) ? INFINITY : 1.5;
  const Block<T>& to = s.dice.percent(20) ? x : y;
  const std::vector<double> before = x.copy();
  auto clamped = [&](idx i) {
    const double v = before[static_cast<size_t>(i)];
    return v < low ? low : v > high ? high : v;
  };
  s.call(std::string("clamp_backward") + Dtype<T>::suffix, g, x, dx, n, low, high);
  s.expect("dx", dx, [&](idx i) {
    const bool above = x[i] > low || x[i] == -INFINITY, below = x[i] < high || x[i] == INFINITY;
    return above && below && clamped(i) == x[i] ? double(g[i]) : 0.0;
  });
  s.call(std::string("clamp") + Dtype<T>::suffix, x, to, n, low, high);
  s.expect("y", to, clamped);
}

void clamp_ints(Session& s) {
  const idx n = s.dice.size();
  Block<int32_t> x(s.dice, n), y(s.dice, n);
  s.fill(x, {-99, 99});
  s.call("clamp_i32", x, y, n, -7, 50);
  s.expect("y", y, [&](idx i) { return double(x[i] < -7 ? -7 : x[i] > 50 ? 50 : x[i]); });
}

template <class T> void variance(Session& s) {
  const Shape shape = random_shape(s.dice);
  Block<T> x(s.dice, shape.count()), y(s.dice, shape.results()), mean(s.dice, shape.results());
  s.fill(x, {95, 105});
  s.call(std::string("var") + Dtype<T>::suffix, x, y, mean, shape.outer, shape.len, shape.inner, 1);
  std::vector<double> means, variances;
  for (idx r = 0; r < shape.results(); r++) {
    long double sum = 0, squares = 0;
    for (idx k = 0; k < shape.len; k++) sum += x[shape.at(r, k)];
    const long double middle = sum / shape.len;
    for (idx k = 0; k < shape.len; k++) squares += (x[shape.at(r, k)] - middle) * (x[shape.at(r, k)] - middle);
    means.push_back(double(middle)), variances.push_back(double(squares / (shape.len > 1 ? shape.len - 1 : 0)));
  }
  const double eps = Dtype<T>::eps;
  s.expect("mean", mean, [&](idx i) { return means[static_cast<size_t>(i)]; }, [&](idx) { return 40 * eps * 100; });
  s.expect("variance", y, [&](idx i) { return variances[static_cast<size_t>(i)]; }, [&](idx) { return 400 * eps * 100; });
}

template <class T> void sums(Session& s, const char* name, double (*part)(double)) {
  const Shape shape = random_shape(s.dice);
  Block<T> x(s.dice, shape.count()), y(s.dice, shape.results());
  s.fill(x, SOME);
  s.call(std::string(name) + Dtype<T>::suffix, x, y, shape.outer, shape.len, shape.inner);
  std::vector<double> want;
  for (idx r = 0; r < shape.results(); r++) {
    long double sum = 0;
    for (idx k = 0; k < shape.len; k++) sum += part(x[shape.at(r, k)]);
    want.push_back(static_cast<double>(sum));
  }
  auto wanted = [&](idx i) { return want[static_cast<size_t>(i)]; };
  s.expect("y", y, wanted, [&](idx i) { return 60 * Dtype<T>::eps * wanted(i); });
}

/** Running sums and products, from the front and from the end. */
template <class T> void running(Session& s) {
  const Shape shape = random_shape(s.dice);
  const bool reverse = s.dice.percent(40);
  Block<T> g(s.dice, shape.count()), x(s.dice, shape.count()), y(s.dice, shape.count()), p(s.dice, shape.count()), dx(s.dice, shape.count());
  s.fill(x, {0.9, 1.1}), s.fill(g, SOME);
  s.call(std::string("cumsum") + Dtype<T>::suffix, x, y, shape.outer, shape.len, shape.inner, reverse);
  s.call(std::string("cumprod") + Dtype<T>::suffix, x, p, shape.outer, shape.len, shape.inner);
  const double eps = Dtype<T>::eps;
  for (idx r = 0; r < shape.results(); r++) {
    long double sum = 0, product = 1;
    for (idx k = 0; k < shape.len; k++) {
      sum += x[shape.at(r, reverse ? shape.len - 1 - k : k)], product *= x[shape.at(r, k)];
      const double got = y[shape.at(r, reverse ? shape.len - 1 - k : k)], other = p[shape.at(r, k)];
      s.expect_number("running sum", std::fabs(got - sum) <= 400 * eps * (sum + 1), 1);
      s.expect_number("running product", std::fabs(other - product) <= 4 * eps * double(k + 2) * product + 4 * Dtype<T>::smallest, 1);
    }
  }
  s.call(std::string("cumprod_backward") + Dtype<T>::suffix, g, x, p, dx, shape.outer, shape.len, shape.inner);
  for (idx r = 0; r < shape.results() && shape.len < 30; r++)
    for (idx k = 0; k < shape.len; k++) {
      double want = 0, size = 1;
      for (idx j = k; j < shape.len; j++) {
        double others = g[shape.at(r, j)];
        for (idx i = 0; i <= j; i++) others *= i == k ? 1 : double(x[shape.at(r, i)]);
        want += others, size += std::fabs(others);
      }
      s.expect_number("gradient", std::fabs(dx[shape.at(r, k)] - want) <= 200 * eps * size, 1);
    }
}

void running_ints(Session& s) {
  const Shape shape = random_shape(s.dice);
  Block<int32_t> x(s.dice, shape.count()), y(s.dice, shape.count());
  const bool wide = s.dice.percent(30), product = s.dice.percent(50), reverse = !product && s.dice.percent(40);
  s.fill(x, product ? (wide ? Range{1, 3} : Range{-1, 1}) : wide ? Range{INT32_MIN, INT32_MAX} : Range{-9, 9});
  const double wrong = product ? s.call("cumprod_i32", x, y, shape.outer, shape.len, shape.inner)
                               : s.call("cumsum_i32", x, y, shape.outer, shape.len, shape.inner, reverse);
  bool fits = true;
  for (idx r = 0; r < shape.results() && fits; r++) {
    int64_t total = product;
    for (idx k = 0; k < shape.len && fits; k++) {
      const idx at = shape.at(r, reverse ? shape.len - 1 - k : k);
      total = product ? total * x[at] : total + x[at];
      fits = total == static_cast<int32_t>(total);
      if (fits && wrong == 0) s.expect_number("running int", y[at], double(total));
    }
  }
  s.expect_number("whether a result does not fit", wrong, !fits);
}

template <class T> void running_extremes(Session& s, const char* name, bool largest) {
  const Shape shape = random_shape(s.dice);
  Block<T> x(s.dice, shape.count()), y(s.dice, shape.count());
  Block<int32_t> index(s.dice, shape.count());
  s.fill(x, s.dice.percent(50) ? Range{-2, 2} : SPECIAL);
  s.call(std::string(name) + Dtype<T>::suffix, x, y, index, shape.outer, shape.len, shape.inner);
  for (idx r = 0; r < shape.results(); r++) {
    idx best = 0;
    for (idx k = 0; k < shape.len; k++) {
      const double v = x[shape.at(r, k)], b = x[shape.at(r, best)];
      if (v != v || (b == b && (largest ? v >= b : v <= b))) best = k;
      s.expect_number("place", index[shape.at(r, k)], double(best));
      const double got = y[shape.at(r, k)], want = x[shape.at(r, best)];
      s.expect_number("extreme", got == want || (got != got && want != want), 1);
    }
  }
}

template <class T> void of_floats(Session& s) {
  clamps<T>(s), variance<T>(s), running<T>(s);
  sums<T>(s, "sum_abs", [](double x) { return std::fabs(x); });
  sums<T>(s, "sum_squares", [](double x) { return x * x; });
}
template <class T> void of_all(Session& s) {
  running_extremes<T>(s, "cummax", true), running_extremes<T>(s, "cummin", false);
}

}  // namespace

void test_scans(Session& s) {
  for (idx r = s.rounds(40); r > 0; r--) {
    of_floats<float>(s), of_floats<double>(s);
    of_all<float>(s), of_all<double>(s), of_all<int32_t>(s);
    clamp_ints(s), running_ints(s);
  }
}
