// Activation functions with numbers of their own, layer normalisation, the gradient of rows looked up by index, orthonormal rows.
#include "session.h"

namespace {

using D = double;

D below(D x) { return 0.5 * (1 + std::erf(x * M_SQRT1_2)); }
D inner(D x) { return std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)); }
D logistic(D x) { return 1 / (1 + std::exp(-x)); }
D clamped(D x, D low, D high) { return x < low ? low : x > high ? high : x; }

struct Activation {
  const char* name;
  D a, b, c;
  D (*value)(D x);
};
/** Their gradients are differences of these. */
const Activation ACTIVATIONS[] = {
    {"leaky_relu", 0.2, 0, 0, [](D x) { return x > 0 ? x : 0.2 * x; }},
    {"elu", 1.5, 1.1, 0.7, [](D x) { return x > 0 ? 1.1 * x : 1.5 * std::expm1(0.7 * x); }},
    {"gelu", 0, 0, 0, [](D x) { return x * below(x); }},
    {"gelu_tanh", 0, 0, 0, [](D x) { return 0.5 * x * (1 + inner(x)); }},
    {"silu", 0, 0, 0, [](D x) { return x * logistic(x); }},
    {"mish", 0, 0, 0, [](D x) { return x * std::tanh(std::log1p(std::exp(x))); }},
    {"softplus", 2, 5, 0, [](D x) { return 2 * x > 5 ? x : std::log1p(std::exp(2 * x)) / 2; }},
    {"logsigmoid", 0, 0, 0, [](D x) { return -std::log1p(std::exp(-x)); }},
    {"hardtanh", -1, 0.5, 0, [](D x) { return clamped(x, -1, 0.5); }},
    {"hardsigmoid", 0, 0, 0, [](D x) { return clamped(x + 3, 0, 6) / 6; }},
    {"hardswish", 0, 0, 0, [](D x) { return x * clamped(x + 3, 0, 6) / 6; }},
    {"softshrink", 0.5, 0, 0, [](D x) { return x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0; }},
    {"hardshrink", 0.5, 0, 0, [](D x) { return std::fabs(x) <= 0.5 ? 0 : x; }},
    {"threshold", 0.25, -2, 0, [](D x) { return x <= 0.25 ? -2 : x; }},
};

/** Where no function has a corner nearby. */
bool smooth(D x) {
  for (D corner : {-3.0, -1.0, -0.5, 0.0, 0.25, 0.5, 2.5, 3.0})
    if (std::fabs(x - corner) < 1e-3) return false;
  return true;
}

template <class T> void activation(Session& s, const Activation& f) {
  const idx n = s.dice.size();
  const double eps = 64 * Dtype<T>::eps;
  Block<T> x(s.dice, n), y(s.dice, n), g(s.dice, n), dx(s.dice, n);
  s.fill(x, {-4, 4}), s.fill(g, {-2, 2});
  for (idx i = 0; i < n; i++)
    if (!smooth(x[i])) x[i] = T(1.75);
  s.call(std::string(f.name) + Dtype<T>::suffix, x, y, n, f.a, f.b, f.c);
  s.expect("y", y, [&](idx i) { return f.value(x[i]); }, [=](idx) { return eps * 8; });
  s.call(std::string(f.name) + "_backward" + Dtype<T>::suffix, g, x, dx, n, f.a, f.b, f.c);
  constexpr double STEP = 1e-5;
  s.expect("dx", dx, [&](idx i) { return g[i] * (f.value(x[i] + STEP) - f.value(x[i] - STEP)) / (2 * STEP); },
           [=](idx) { return eps * 8 + 1e-8; });
}

template <class T> void slopes(Session& s) {
  const idx outer = s.dice.between(0, 20), channels = s.dice.between(1, 40), inner = s.dice.percent(40) ? 1 : s.dice.between(1, 60);
  const idx n = outer * channels * inner;
  Block<T> x(s.dice, n), y(s.dice, n), g(s.dice, n), dx(s.dice, n), parts(s.dice, n), w(s.dice, channels);
  s.fill(x, {-4, 4}), s.fill(g, {-2, 2}), s.fill(w, {-1, 1});
  auto slope = [&](idx i) { return static_cast<D>(w[i / inner % channels]); };
  auto close = [](idx) { return 16 * Dtype<T>::eps; };
  const std::string suffix = Dtype<T>::suffix;
  s.call("prelu" + suffix, x, w, y, outer, channels, inner);
  s.expect("y", y, [&](idx i) { return x[i] > 0 ? D(x[i]) : x[i] * slope(i); }, close);
  s.call("prelu_backward" + suffix, g, x, w, dx, outer, channels, inner);
  s.expect("dx", dx, [&](idx i) { return x[i] > 0 ? D(g[i]) : g[i] * slope(i); }, close);
  s.call("prelu_weight" + suffix, g, x, parts, n);
  s.expect("parts", parts, [&](idx i) { return x[i] > 0 ? 0 : D(g[i]) * x[i]; }, close);
}

struct Statistics {
  D mean = 0, scale = 0;
};
template <class T> Statistics statistics(const Block<T>& x, idx r, idx len, D eps) {
  Statistics found;
  D variance = 0;
  for (idx k = 0; k < len; k++) found.mean += x[r * len + k];
  found.mean /= static_cast<D>(len);
  for (idx k = 0; k < len; k++) variance += (x[r * len + k] - found.mean) * (x[r * len + k] - found.mean);
  found.scale = 1 / std::sqrt(variance / static_cast<D>(len) + eps);
  return found;
}

template <class T> void layer_norm(Session& s) {
  constexpr D EPS = 0.1;
  const idx rows = s.dice.between(0, 60), len = s.dice.percent(80) ? s.dice.between(1, 70) : s.dice.between(70, 3000), n = rows * len;
  const bool affine = s.dice.percent(60), shifted = affine && s.dice.percent(70);
  Block<T> x(s.dice, n), y(s.dice, n), g(s.dice, n), dx(s.dice, n), w(s.dice, len), b(s.dice, len), dw(s.dice, len);
  Block<T> mean(s.dice, rows), scale(s.dice, rows), partial(s.dice, 16 * len);
  s.fill(x, {-2, 2}), s.fill(g, {-2, 2}), s.fill(w, {-1, 1}), s.fill(b, {-1, 1});
  const std::string suffix = Dtype<T>::suffix;
  const T *weight = affine ? w.begin() : nullptr, *bias = shifted ? b.begin() : nullptr;
  s.call("layer_norm" + suffix, x, static_cast<const void*>(weight), static_cast<const void*>(bias), y, mean, scale, rows, len, EPS);
  std::vector<Statistics> of;
  for (idx r = 0; r < rows; r++) of.push_back(statistics(x, r, len, EPS));
  auto row = [&](idx i) { return of[static_cast<size_t>(i / len)]; };
  auto unit = [&](idx i) { return (x[i] - row(i).mean) * row(i).scale; };
  auto factor = [&](idx i) { return affine ? D(w[i % len]) : 1; };
  auto close = [=](idx) { return 400 * Dtype<T>::eps * (1 + std::sqrt(static_cast<D>(len))); };
  s.expect("y", y, [&](idx i) { return unit(i) * factor(i) + (shifted ? D(b[i % len]) : 0); }, close);
  s.call("layer_norm_backward" + suffix, g, x, static_cast<const void*>(weight), mean, scale, dx, rows, len);
  std::vector<D> first(of.size()), second(of.size());
  for (idx i = 0; i < n; i++) {
    first[static_cast<size_t>(i / len)] += g[i] * factor(i) / static_cast<D>(len);
    second[static_cast<size_t>(i / len)] += g[i] * factor(i) * unit(i) / static_cast<D>(len);
  }
  s.expect("dx", dx, [&](idx i) {
    const size_t r = static_cast<size_t>(i / len);
    return (g[i] * factor(i) - first[r] - unit(i) * second[r]) * row(i).scale;
  }, [=](idx i) { return 4 * close(i); });
  s.call("layer_norm_weight" + suffix, g, x, mean, scale, dw, partial, rows, len);
  s.expect("dw", dw, [&](idx k) {
    D sum = 0;
    for (idx r = 0; r < rows; r++) sum += g[r * len + k] * unit(r * len + k);
    return sum;
  }, [=](idx i) { return 60 * close(i); });
}

template <class T> void table(Session& s) {
  const idx rows = s.dice.between(1, 40), width = s.dice.between(1, 150), count = s.dice.between(0, 200);
  const idx padding = s.dice.between(-1, rows - 1);
  Block<T> g(s.dice, count * width), dw(s.dice, rows * width), w(s.dice, rows * width);
  Block<int32_t> indices(s.dice, count), counts(s.dice, rows);
  Block<uint8_t> seen(s.dice, rows);
  s.fill(g, {-2, 2}), s.fill(w, {-2, 2}), s.fill(indices, {0, static_cast<D>(rows - 1)});
  const bool shared = s.dice.percent(40);
  const std::string suffix = Dtype<T>::suffix;
  s.call("embedding_backward" + suffix, g, indices, dw, static_cast<const void*>(shared ? counts.begin() : nullptr), count, rows, width, padding);
  std::vector<D> sums(static_cast<size_t>(rows * width)), often(static_cast<size_t>(rows));
  for (idx i = 0; i < count; i++) {
    often[static_cast<size_t>(indices[i])]++;
    for (idx k = 0; k < width; k++) sums[static_cast<size_t>(indices[i] * width + k)] += g[i * width + k];
  }
  auto share = [&](idx r) { return r == padding ? 0 : shared && often[static_cast<size_t>(r)] > 0 ? 1 / often[static_cast<size_t>(r)] : 1; };
  s.expect("dw", dw, [&](idx i) { return sums[static_cast<size_t>(i)] * share(i / width); }, [](idx) { return 4000 * Dtype<T>::eps; });

  constexpr D LARGEST = 1.5;
  std::vector<D> before = w.copy(), lengths(static_cast<size_t>(rows));
  for (idx i = 0; i < rows * width; i++) lengths[static_cast<size_t>(i / width)] += before[static_cast<size_t>(i)] * before[static_cast<size_t>(i)];
  s.call("embedding_renorm" + suffix, w, indices, seen, count, rows, width, LARGEST);
  s.expect("w", w, [&](idx i) {
    const size_t r = static_cast<size_t>(i / width);
    const D length = std::sqrt(lengths[r]);
    return before[static_cast<size_t>(i)] * (often[r] > 0 && length > LARGEST ? LARGEST / (length + 1e-7) : 1);
  }, [](idx) { return 100 * Dtype<T>::eps; });
}

void orthonormal(Session& s) {
  const idx length = s.dice.between(1, 60), count = s.dice.between(0, length);
  Block<double> rows(s.dice, count * length);
  s.fill(rows, {-2, 2});
  s.call("orthonormalize_f64", rows, count, length);
  Block<double> products(s.dice, count * count);
  for (idx i = 0; i < count; i++)
    for (idx j = 0; j < count; j++) {
      D sum = 0;
      for (idx k = 0; k < length; k++) sum += rows[i * length + k] * rows[j * length + k];
      products[i * count + j] = sum;
    }
  s.expect("products", products, [=](idx i) { return i / count == i % count ? 1.0 : 0.0; }, [](idx) { return 1e-9; });
}

}  // namespace

void test_layers(Session& s) {
  for (idx r = s.rounds(40); r > 0; r--) {
    for (const Activation& f : ACTIVATIONS) activation<float>(s, f), activation<double>(s, f);
    slopes<float>(s), slopes<double>(s);
    layer_norm<float>(s), layer_norm<double>(s);
    table<float>(s), table<double>(s);
    orthonormal(s);
  }
}
