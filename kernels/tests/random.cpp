// Random streams and dropout, drawn from the standard library's mt19937.
#include <algorithm>
#include <random>
#include <utility>

#include "session.h"

namespace {

constexpr idx STATE_BYTES = 2512;

/** A generator of the kernels, and the same one here. */
struct Stream {
  Block<uint64_t> state;
  std::mt19937 twin;
  bool has_normal = false;
  double normal = 0;

  Stream(Session& s, uint32_t seed) : state(s.dice, STATE_BYTES / 8), twin(seed) { s.call("random_seed", state, seed); }

  uint32_t draw() { return static_cast<uint32_t>(twin()); }
  uint64_t draw64() {
    const uint64_t high = draw();
    return high << 32 | draw();
  }
  /** [0, 1) by 24 bits of one draw, or by 53 bits of two. */
  template <class T> double unit() {
    return sizeof(T) == 4 ? (draw() & 0xffffff) * 0x1p-24 : static_cast<double>(draw64() & ((uint64_t{1} << 53) - 1)) * 0x1p-53;
  }

  static double radius(double u) { return std::sqrt(-2 * std::log1p(-u)); }
  double next_normal() {
    if (has_normal) {
      has_normal = false;
      return normal;
    }
    const double u1 = unit<double>(), u2 = unit<double>();
    normal = radius(u2) * std::sin(2 * M_PI * u1);
    has_normal = true;
    return radius(u2) * std::cos(2 * M_PI * u1);
  }
  /** Fewer than 16 one by one; else in blocks of 16, the last of which ends with the last sample. */
  template <class T> std::vector<double> normals(idx n) {
    std::vector<double> y;
    if (n < 16) {
      for (idx i = 0; i < n; i++) y.push_back(next_normal());
      return y;
    }
    for (idx i = 0; i < n; i++) y.push_back(unit<T>());
    auto block = [&](double* at) {
      for (int j = 0; j < 8; j++) {
        const double r = radius(at[j]), angle = 2 * M_PI * at[j + 8];
        at[j] = r * std::cos(angle);
        at[j + 8] = r * std::sin(angle);
      }
    };
    for (idx i = 0; i + 16 <= n; i += 16) block(&y[static_cast<size_t>(i)]);
    if (n % 16) {
      for (idx i = n - 16; i < n; i++) y[static_cast<size_t>(i)] = unit<T>();
      block(&y[static_cast<size_t>(n - 16)]);
    }
    return y;
  }
};

template <class T> void uniform(Session& s, Stream& r, idx n) {
  const double from = s.dice.real(-3, 3), to = from + s.dice.real(0, 5);
  Block<T> y(s.dice, n);
  s.call(std::string("random_uniform") + Dtype<T>::suffix, r.state, y, n, from, to);
  s.expect("y", y, [&](idx) { return from + (to - from) * r.unit<T>(); }, [](idx) { return 32 * Dtype<T>::eps; });
}

template <class T> void normal(Session& s, Stream& r, idx n) {
  const double mean = s.dice.real(-3, 3), std = s.dice.real(0, 3);
  Block<T> y(s.dice, n);
  const std::vector<double> z = r.normals<T>(n);
  s.call(std::string("random_normal") + Dtype<T>::suffix, r.state, y, n, mean, std);
  s.expect("y", y, [&](idx i) { return mean + std * z[static_cast<size_t>(i)]; }, [](idx) { return 400 * Dtype<T>::eps; });
}

template <class T> void exponential(Session& s, Stream& r, idx n) {
  const double lambda = s.dice.real(0.1, 4);
  Block<T> y(s.dice, n);
  s.call(std::string("random_exponential") + Dtype<T>::suffix, r.state, y, n, lambda);
  s.expect("y", y, [&](idx) { return -std::log1p(-r.unit<double>()) / lambda; }, [&](idx i) { return 8 * Dtype<T>::eps * y[i] + 1e-16; });
}

double chance(Session& s) { return s.dice.percent(20) ? static_cast<double>(s.dice.between(0, 1)) : s.dice.real(0, 1); }

template <class T> void bernoulli(Session& s, Stream& r, idx n) {
  const double p = chance(s);
  Block<T> y(s.dice, n);
  s.call(std::string("random_bernoulli") + Dtype<T>::suffix, r.state, y, n, p);
  s.expect("y", y, [&](idx) { return r.unit<double>() < p; });
}

template <class T> void integers(Session& s, Stream& r, idx n, const char* name, double low, double high) {
  Block<T> y(s.dice, n);
  s.call(name, r.state, y, n, low, high);
  const uint64_t range = static_cast<uint64_t>(high - low);
  s.expect("y", y, [&](idx) { return low + static_cast<double>((range >> 28 ? r.draw64() : r.draw()) % range); });
}

template <class T> void bernoulli_each(Session& s, Stream& r, idx n) {
  Block<T> p(s.dice, n), y(s.dice, n);
  s.fill(p, {0, 1});
  s.call(std::string("random_bernoulli_each") + Dtype<T>::suffix, r.state, p, y, n);
  s.expect("y", y, [&](idx i) { return r.unit<T>() < p[i]; });
}

template <class T> void geometric(Session& s, Stream& r, idx n) {
  const double failure = std::log1p(-s.dice.real(0.01, 0.99));
  Block<T> y(s.dice, n);
  s.call(std::string("random_geometric") + Dtype<T>::suffix, r.state, y, n, failure);
  s.expect("y", y, [&](idx) { return std::ceil(std::log(r.unit<double>()) / failure); });
}

void wholes(Session& s, Stream& r, idx n) {
  Block<double> y(s.dice, n);
  s.call("random_whole_f64", r.state, y, n);
  s.expect("y", y, [&](idx) { return static_cast<double>(r.draw64() % ((uint64_t{1} << 53) + 1)); });
  Block<int32_t> z(s.dice, n);
  const double count = s.dice.percent(30) ? 0x1p31 : static_cast<double>(s.dice.between(1, 300));
  s.call("random_remainders", r.state, z, n, count);
  s.expect("z", z, [&](idx) { return static_cast<double>(r.draw() % static_cast<uint32_t>(count)); });
}

/** Weighted draws from `rows` rows of `n` weights, with and without replacement. */
template <class T> void multinomial(Session& s, Stream& r, idx rows, idx n) {
  const std::string suffix = Dtype<T>::suffix;
  const idx samples = s.dice.between(1, 50), few = s.dice.between(1, n);
  Block<T> weights(s.dice, rows * n), scratch(s.dice, n);
  s.fill(weights, {0.125, 4});
  s.expect_number("check", s.call("weights_check" + suffix, weights, rows, n, n), -1);

  Block<int32_t> y(s.dice, rows * samples), heap(s.dice, n), chosen(s.dice, rows * few);
  s.call("random_repeated" + suffix, r.state, weights, y, rows, n, samples, scratch);
  std::vector<double> want;
  for (idx row = 0; row < rows; row++) {
    std::vector<T> sums;
    T sum = 0;
    for (idx i = 0; i < n; i++) sums.push_back(sum += weights[row * n + i]);
    for (T& each : sums) each /= sum;
    sums.back() = 1;
    for (idx k = 0; k < samples; k++) {
      const double u = r.unit<double>();
      idx at = 0;
      while (static_cast<double>(sums[static_cast<size_t>(at)]) < u) at++;
      want.push_back(static_cast<double>(at));
    }
  }
  s.expect("y", y, [&](idx i) { return want[static_cast<size_t>(i)]; });

  s.call("random_distinct" + suffix, r.state, weights, chosen, rows, n, few, scratch, heap);
  want.clear();
  for (idx row = 0; row < rows; row++) {
    std::vector<std::pair<T, idx>> scores;
    for (idx i = 0; i < n; i++) {
      const T waiting = static_cast<T>(-std::log1p(-r.unit<double>()));
      scores.emplace_back(-(weights[row * n + i] / waiting), i);
    }
    std::sort(scores.begin(), scores.end());
    for (idx k = 0; k < few; k++) want.push_back(static_cast<double>(scores[static_cast<size_t>(k)].second));
  }
  s.expect("chosen", chosen, [&](idx i) { return want[static_cast<size_t>(i)]; });

  weights[s.dice.between(0, rows - 1) * n] = T(-1);
  s.expect_number("refused", s.call("weights_check" + suffix, weights, rows, n, 1) >= 0, 1);
}

void permutation(Session& s, Stream& r, idx n) {
  Block<int32_t> y(s.dice, n);
  s.call("random_permutation", r.state, y, n);
  std::vector<double> want;
  for (idx i = 0; i < n; i++) want.push_back(static_cast<double>(i));
  for (idx i = 0; i + 1 < n; i++) std::swap(want[static_cast<size_t>(i)], want[static_cast<size_t>(i) + r.draw() % static_cast<uint32_t>(n - i)]);
  s.expect("y", y, [&](idx i) { return want[static_cast<size_t>(i)]; });
}

template <class T> void dropout(Session& s, Stream& r, idx n) {
  const double p = chance(s);
  const T scale = p == 1 ? T(0) : T(1) / static_cast<T>(1 - p);
  Block<T> x(s.dice, n), y(s.dice, n), dx(s.dice, n);
  Block<uint8_t> mask(s.dice, n);
  s.fill(x, {-4, 4, Range::SPECIAL});
  s.call(std::string("dropout") + Dtype<T>::suffix, r.state, x, y, mask, n, p);
  s.expect("mask", mask, [&](idx) { return p < 1 && r.unit<double>() < 1 - p; });
  auto kept = [&](idx i) { return static_cast<double>(static_cast<T>(x[i] * (mask[i] ? scale : T(0)))); };
  s.expect("y", y, kept);
  s.call(std::string("dropout_backward") + Dtype<T>::suffix, x, mask, dx, n, p);
  s.expect("dx", dx, kept);
}

void draws(Session& s, Stream& r) {
  s.expect_number("draw", s.call("random_draw", r.state), r.draw());
  Block<double> y(s.dice, 2);
  s.call("random_draw64", r.state, y);
  s.expect("words", y, [&](idx) { return static_cast<double>(r.draw()); });
}

/** Every distribution from one stream, one after the other, so that a draw too many or too few is seen. */
void sequence(Session& s) {
  Stream r(s, static_cast<uint32_t>(s.dice.next()));
  auto n = [&] { return s.dice.percent(50) ? s.dice.between(0, 40) : s.dice.between(41, 2500); };
  uniform<float>(s, r, n()), uniform<double>(s, r, n());
  for (int i = 0; i < 3; i++) normal<float>(s, r, n()), normal<double>(s, r, n());
  exponential<float>(s, r, n()), exponential<double>(s, r, n());
  bernoulli<uint8_t>(s, r, n()), bernoulli<float>(s, r, n()), bernoulli<double>(s, r, n());
  const double low = static_cast<double>(s.dice.between(-50, 50));
  integers<int32_t>(s, r, n(), "random_integers", low, low + static_cast<double>(s.dice.between(1, 1000)));
  integers<int32_t>(s, r, n(), "random_integers", INT32_MIN, INT32_MAX + 1.0);
  integers<double>(s, r, n(), "random_integers_f64", low, low + (s.dice.percent(50) ? 0x1p40 : 77));
  bernoulli<int32_t>(s, r, n()), bernoulli_each<float>(s, r, n()), bernoulli_each<double>(s, r, n());
  geometric<float>(s, r, n()), geometric<double>(s, r, n());
  wholes(s, r, n());
  const idx rows = s.dice.between(1, 4);
  multinomial<float>(s, r, rows, n() + 1), multinomial<double>(s, r, rows, n() + 1);
  permutation(s, r, n());
  dropout<float>(s, r, n()), dropout<double>(s, r, n());
  draws(s, r);
}

}  // namespace

void test_random(Session& s) {
  for (idx i = s.rounds(40); i > 0; i--) sequence(s);
}
