// Normalisation of channels over a batch, and axes resampled.
#include "session.h"

namespace {

using D = double;

size_t at(idx i) { return static_cast<size_t>(i); }

/** A batch [outer, channels, inner]; a few are long enough to be cut into pieces. */
struct Sizes {
  idx outer, channels, inner;
  explicit Sizes(Dice& dice) {
    const bool flat = dice.percent(50);
    if (dice.percent(8)) {
      outer = dice.between(1100, 2600), channels = dice.between(1, 9), inner = flat ? 1 : dice.between(2, 90);
    } else {
      outer = dice.between(2, 20), channels = dice.between(0, flat ? 150 : 12), inner = flat ? 1 : dice.between(1, 70);
    }
  }
  idx count() const { return outer * channels * inner; }
  size_t channel(idx i) const { return at(i / inner % channels); }
  D each() const { return static_cast<D>(outer * inner); }
};

template <class T> struct Norm {
  Session& s;
  Sizes n;
  bool affine, shifted;
  Block<T> x, y, g, dx, w, b, dw, db, mean, scale, running_mean, running_variance, partial;
  std::vector<D> m, v;

  explicit Norm(Session& s)
      : s(s), n(s.dice), affine(s.dice.percent(60)), shifted(s.dice.percent(50)), x(s.dice, n.count()), y(s.dice, n.count()),
        g(s.dice, n.count()), dx(s.dice, n.count()), w(s.dice, n.channels), b(s.dice, n.channels), dw(s.dice, n.channels),
        db(s.dice, n.channels), mean(s.dice, n.channels), scale(s.dice, n.channels), running_mean(s.dice, n.channels),
        running_variance(s.dice, n.channels), partial(s.dice, 32 * n.channels), m(at(n.channels)), v(at(n.channels)) {
    s.fill(x, {-2, 3}), s.fill(g, {-2, 2}), s.fill(w, {-1, 1}), s.fill(b, {-1, 1});
    s.fill(running_mean, {-1, 1}), s.fill(running_variance, {0.5, 2});
  }

  const void* weight() const { return affine ? w.begin() : nullptr; }
  const void* bias() const { return shifted ? b.begin() : nullptr; }
  D factor(size_t c) const { return affine ? D(w[static_cast<idx>(c)]) : 1; }
  D unit(idx i) const { return (x[i] - m[n.channel(i)]) / std::sqrt(v[n.channel(i)] + EPS); }
  D close() const { return 60 * Dtype<T>::eps * (1 + std::sqrt(n.each())); }

  void values() {
    s.expect("y", y, [&](idx i) { return unit(i) * factor(n.channel(i)) + (shifted ? D(b[static_cast<idx>(n.channel(i))]) : 0); },
             [&](idx) { return close(); });
  }

  void training() {
    for (idx i = 0; i < x.size(); i++) m[n.channel(i)] += x[i] / n.each();
    for (idx i = 0; i < x.size(); i++) v[n.channel(i)] += (x[i] - m[n.channel(i)]) * (x[i] - m[n.channel(i)]) / n.each();
    const std::vector<D> means = running_mean.copy(), variances = running_variance.copy();
    const bool tracks = s.dice.percent(50);
    const void *rm = tracks ? running_mean.begin() : nullptr, *rv = tracks ? running_variance.begin() : nullptr;
    s.call(std::string("batch_norm") + Dtype<T>::suffix, x, weight(), bias(), y, mean, scale, rm, rv, partial, n.outer, n.channels,
           n.inner, EPS, SHARE);
    values();
    auto slack = [&](idx) { return close(); };
    s.expect("running mean", running_mean, [&](idx c) { return tracks ? (1 - SHARE) * means[at(c)] + SHARE * m[at(c)] : means[at(c)]; }, slack);
    s.expect("running variance", running_variance, [&](idx c) {
      return tracks ? (1 - SHARE) * variances[at(c)] + SHARE * v[at(c)] * n.each() / (n.each() - 1) : variances[at(c)];
    }, slack);
    gradients(mean, true);
  }

  void fixed() {
    m = running_mean.copy(), v = running_variance.copy();
    s.call(std::string("batch_norm_fixed") + Dtype<T>::suffix, x, weight(), bias(), y, running_mean, running_variance, scale, n.outer,
           n.channels, n.inner, EPS);
    values();
    gradients(running_mean, false);
  }

  void gradients(const Block<T>& means, bool training) {
    const bool wanted = s.dice.percent(80);
    s.call(std::string("batch_norm_backward") + Dtype<T>::suffix, g, x, weight(), means, scale,
           static_cast<const void*>(wanted ? dx.begin() : nullptr), dw, db, partial, n.outer, n.channels, n.inner, training ? 1.0 : 0.0);
    std::vector<D> plain(m.size()), along(m.size());
    for (idx i = 0; i < g.size(); i++) plain[n.channel(i)] += g[i], along[n.channel(i)] += g[i] * unit(i);
    const D room = 8 * close() * (1 + std::sqrt(n.each()));
    s.expect("dw", dw, [&](idx c) { return along[at(c)]; }, [=](idx) { return room; });
    s.expect("db", db, [&](idx c) { return plain[at(c)]; }, [=](idx) { return room; });
    if (!wanted) return s.expect_untouched("dx", dx);
    s.expect("dx", dx, [&](idx i) {
      const size_t c = n.channel(i);
      const D free = training ? g[i] - plain[c] / n.each() - unit(i) * along[c] / n.each() : D(g[i]);
      return free * factor(c) / std::sqrt(v[c] + EPS);
    }, [&](idx) { return 8 * close(); });
  }

  static constexpr D EPS = 0.1, SHARE = 0.3;
};

template <class T> void resampled(Session& s) {
  const bool flat = s.dice.percent(40), big = s.dice.percent(10);
  const idx outer = s.dice.between(0, big ? 90 : 6), length = s.dice.between(1, 30), inner = flat ? 1 : s.dice.between(0, big ? 600 : 40);
  const idx out = s.dice.between(0, 40), taps = s.dice.between(1, 6);
  Block<T> x(s.dice, outer * length * inner), y(s.dice, outer * out * inner), w(s.dice, out * taps);
  Block<T> g(s.dice, y.size()), dx(s.dice, x.size());
  Block<int32_t> places(s.dice, out * taps);
  s.fill(x, {-2, 2}), s.fill(g, {-2, 2}), s.fill(w, {-1, 1}), s.fill(places, {0, static_cast<D>(length - 1)});
  const std::string suffix = Dtype<T>::suffix;
  auto close = [=](idx) { return 400 * Dtype<T>::eps; };
  s.call("resample" + suffix, x, places, w, y, outer, length, inner, out, taps);
  s.expect("y", y, [&](idx i) {
    const idx o = i / (out * inner), j = i / inner % out, k = i % inner;
    D sum = 0;
    for (idx tap = j * taps; tap < (j + 1) * taps; tap++) sum += D(w[tap]) * x[(o * length + places[tap]) * inner + k];
    return sum;
  }, close);
  s.call("resample_backward" + suffix, g, places, w, dx, outer, length, inner, out, taps);
  std::vector<D> sums(at(x.size()));
  for (idx i = 0; i < y.size(); i++) {
    const idx o = i / (out * inner), j = i / inner % out, k = i % inner;
    for (idx tap = j * taps; tap < (j + 1) * taps; tap++) sums[at((o * length + places[tap]) * inner + k)] += D(w[tap]) * g[i];
  }
  s.expect("dx", dx, [&](idx i) { return sums[at(i)]; }, close);
}

}  // namespace

void test_channels(Session& s) {
  for (idx r = s.rounds(60); r > 0; r--) {
    Norm<float>(s).training(), Norm<double>(s).training();
    Norm<float>(s).fixed(), Norm<double>(s).fixed();
    resampled<float>(s), resampled<double>(s);
  }
}
