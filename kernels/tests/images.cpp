// Images placed, resized, sampled and recoloured.
#include <algorithm>

#include "session.h"

namespace {

constexpr int CONSTANT = 0, EDGE = 1, REFLECT = 2;

idx within(idx i, idx n, int padding) {
  if (i >= 0 && i < n) return i;
  if (padding == CONSTANT) return -1;
  if (padding == EDGE || n == 1) return i < 0 ? 0 : n - 1;
  // Reflected as often as it takes; with the last pixel repeated, the axis has another one before and behind.
  for (const idx extra = padding == REFLECT ? 0 : 1; i < 0 || i >= n;) i = i < 0 ? -i - extra : 2 * (n - 1) - i + extra;
  return i;
}

template <class T, class Y> void place(Session& s, const char* name) {
  const idx count = s.dice.between(0, 5), channels = s.dice.between(1, 4);
  const idx h = s.dice.between(1, 12), w = s.dice.between(1, 70), oh = s.dice.between(1, 14), ow = s.dice.between(1, 90);
  const int padding = static_cast<int>(s.dice.between(0, 3)), fill = static_cast<int>(s.dice.between(0, 255));
  Block<T> x(s.dice, count * channels * h * w);
  Block<Y> y(s.dice, count * channels * oh * ow);
  Block<int32_t> places(s.dice, 4 * count);
  Block<float> tables(s.dice, 256 * channels);
  s.fill(x, {0, 255}), s.fill(tables, {-2, 2});
  for (idx i = 0; i < count; i++)
    for (int axis = 0; axis < 2; axis++) {
      const idx n = axis == 0 ? h : w;
      places[4 * i + 2 * axis] = static_cast<int32_t>(s.dice.between(-2 * n - 3, 3 * n + 3));
      places[4 * i + 2 * axis + 1] = s.dice.percent(50) ? 1 : -1;
    }
  constexpr bool LOOKED_UP = sizeof(T) == 1 && sizeof(Y) == 4;
  if constexpr (LOOKED_UP) s.call(name, x, y, count, channels, h, w, oh, ow, places, padding, fill, tables);
  else s.call(name, x, y, count, channels, h, w, oh, ow, places, padding, fill);
  s.expect("y", y, [&](idx i) {
    const idx plane = i / (oh * ow), row = i / ow % oh, column = i % ow;
    const int32_t* at = places.begin() + plane / channels * 4;
    const idx r = within(at[0] + at[1] * row, h, padding), c = within(at[2] + at[3] * column, w, padding);
    const double value = r < 0 || c < 0 ? fill : static_cast<double>(x[(plane * h + r) * w + c]);
    return LOOKED_UP ? static_cast<double>(tables[plane % channels * 256 + static_cast<idx>(value)]) : value;
  });
}

/** Spans of an axis, their starts in order, and positive weights that sum to 1. */
template <class S> idx fill_axis(Session& s, idx from, idx to, const Block<int32_t>& spans, const Block<S>& weights, idx taps) {
  idx first = 0;
  for (idx i = 0; i < to; i++) {
    first = std::min(from - 1, first + s.dice.between(0, 2));
    const idx n = s.dice.between(1, std::min(taps, from - first));
    spans[2 * i] = static_cast<int32_t>(first), spans[2 * i + 1] = static_cast<int32_t>(n);
    for (idx k = 0; k < n; k++) weights[i * taps + k] = static_cast<S>(1.0 / static_cast<double>(n));
  }
  return taps;
}

template <class T, class S> void resize(Session& s, bool wide) {
  const idx planes = s.dice.between(0, 4), h = s.dice.between(1, 12), w = s.dice.between(1, 30);
  // Now and then more columns than the scratch has room for.
  const idx oh = wide ? 2 : s.dice.between(1, 14), ow = wide ? 700000 : s.dice.between(1, 40);
  const idx rowTaps = s.dice.between(1, 5), columnTaps = s.dice.between(1, 5);
  Block<int32_t> rows(s.dice, 2 * oh), columns(s.dice, 2 * ow);
  Block<S> rowWeights(s.dice, oh * rowTaps), columnWeights(s.dice, ow * columnTaps);
  fill_axis(s, h, oh, rows, rowWeights, rowTaps), fill_axis(s, w, ow, columns, columnWeights, columnTaps);
  Block<T> x(s.dice, planes * h * w), y(s.dice, planes * oh * ow);
  s.fill(x, {0, 255});
  s.call(std::string("resize") + Dtype<T>::suffix, x, y, planes, h, w, oh, ow, rows, rowWeights, rowTaps, columns, columnWeights,
         columnTaps);
  const auto weight = [&](idx i, idx r, idx c) {
    const idx row = i / ow % oh, column = i % ow, k = r - rows[2 * row], l = c - columns[2 * column];
    if (k < 0 || k >= rows[2 * row + 1] || l < 0 || l >= columns[2 * column + 1]) return 0.0;
    return static_cast<double>(rowWeights[row * rowTaps + k]) * static_cast<double>(columnWeights[column * columnTaps + l]);
  };
  s.expect("y", y, [&](idx i) {
    double sum = 0;
    for (idx r = 0; r < h; r++)
      for (idx c = 0; c < w; c++) sum += weight(i, r, c) * static_cast<double>(x[(i / (oh * ow) * h + r) * w + c]);
    return sum;
  }, [&](idx) { return sizeof(T) == 1 ? 0.51 : 255 * 32 * Dtype<S>::eps; });
  if constexpr (sizeof(T) == sizeof(S)) {
    Block<T> g(s.dice, y.size()), dx(s.dice, x.size());
    s.fill(g, {-1, 1});
    s.call(std::string("resize_backward") + Dtype<T>::suffix, g, dx, planes, h, w, oh, ow, rows, rowWeights, rowTaps, columns,
           columnWeights, columnTaps);
    if (wide) return;
    s.expect("dx", dx, [&](idx at) {
      double sum = 0;
      for (idx i = at / (h * w) * oh * ow; i < (at / (h * w) + 1) * oh * ow; i++)
        sum += weight(i, at / w % h, at % w) * static_cast<double>(g[i]);
      return sum;
    }, [&](idx) { return 600 * 32 * Dtype<S>::eps; });
  }
}

/** Maps that take every pixel onto one: shifts and half turns; and any others, which have to stay within the fill and the image. */
template <class T> void affine(Session& s) {
  const idx count = s.dice.between(0, 4), channels = s.dice.between(1, 3), h = s.dice.between(1, 12), w = s.dice.between(1, 30);
  Block<T> x(s.dice, count * channels * h * w), y(s.dice, x.size());
  Block<double> matrices(s.dice, 6 * count), fills(s.dice, channels);
  s.fill(x, {0, 255});
  for (idx c = 0; c < channels; c++) fills[c] = static_cast<double>(s.dice.between(0, 255));
  const bool exact = s.dice.percent(60), bilinear = s.dice.percent(50);
  s.fill(matrices, {-3, 3, exact || s.dice.percent(70) ? Range::PLAIN : Range::WILD});
  for (idx i = 0; exact && i < count; i++) {
    const double sign = s.dice.percent(50) ? 1 : -1;
    const double values[6] = {sign, 0, static_cast<double>(s.dice.between(-4, 4)), 0, sign, static_cast<double>(s.dice.between(-4, 4))};
    std::copy(values, values + 6, matrices.begin() + 6 * i);
  }
  s.call(std::string("affine_images") + Dtype<T>::suffix, x, y, count, channels, h, w, matrices, bilinear ? 1 : 0, fills);
  if (!exact) return s.expect("y", y, [&](idx i) { return std::clamp(static_cast<double>(y[i]), 0.0, 255.0); }, [](idx) { return 1e-2; });
  s.expect("y", y, [&](idx i) {
    const idx plane = i / (h * w);
    const double* m = matrices.begin() + plane / channels * 6;
    const idx row = i / w % h, column = i % w;
    const idx r = (m[4] > 0 ? row : h - 1 - row) + static_cast<idx>(m[5]), c = (m[0] > 0 ? column : w - 1 - column) + static_cast<idx>(m[2]);
    if (r < 0 || r >= h || c < 0 || c >= w) return fills[plane % channels];
    return static_cast<double>(x[(plane * h + r) * w + c]);
  }, [&](idx) { return sizeof(T) == 1 ? (bilinear ? 1.0 : 0.0) : 2e-2; });
}

/** Brightness alone has a plain reference; with the others every pixel has to stay in its range. */
template <class T> void jitter(Session& s) {
  const idx count = s.dice.between(0, 4), channels = s.dice.percent(50) ? 1 : 3, plane = s.dice.between(1, 200);
  const double most = sizeof(T) == 1 ? 255 : 1;
  Block<T> x(s.dice, count * channels * plane), y(s.dice, x.size());
  Block<int32_t> orders(s.dice, 4 * count);
  Block<double> factors(s.dice, 4 * count);
  s.fill(x, {0, most}), s.fill(factors, {0, 2});
  const bool bright = s.dice.percent(40);
  for (idx i = 0; i < count; i++) {
    int32_t order[4] = {0, 1, 2, 3};
    for (int k = 3; k > 0; k--) std::swap(order[k], order[s.dice.between(0, k)]);
    for (int k = 0; k < 4; k++) orders[4 * i + k] = (bright ? order[k] == 0 : s.dice.percent(75)) ? order[k] : -1;
    factors[4 * i + 3] = s.dice.real(-0.5, 0.5);
  }
  s.call(std::string("color_jitter") + Dtype<T>::suffix, x, y, count, channels, plane, orders, factors);
  s.expect("y", y, [&](idx i) {
    if (!bright) return std::clamp(static_cast<double>(y[i]), 0.0, most);
    const double value = std::min(most, factors[i / (channels * plane) * 4] * static_cast<double>(x[i]));
    return sizeof(T) == 1 ? std::floor(value) : value;
  }, [&](idx) { return sizeof(T) == 1 ? 1.0 : 1e-6; });
}

}  // namespace

void test_images(Session& s) {
  for (idx r = s.rounds(60); r > 0; r--) {
    place<uint8_t, uint8_t>(s, "place_images_u8"), place<float, float>(s, "place_images_f32");
    place<double, double>(s, "place_images_f64"), place<uint8_t, float>(s, "place_images_u8_f32");
    resize<uint8_t, float>(s, false), resize<float, float>(s, false), resize<double, double>(s, false);
    affine<uint8_t>(s), affine<float>(s), affine<double>(s);
    jitter<uint8_t>(s), jitter<float>(s), jitter<double>(s);
  }
  resize<float, float>(s, true);
}
