// Depthwise convolutions with small square kernels and a stride of 1: every channel has one kernel of its own. Rows of results share
// what they read, so that a value is loaded once for several of them.
#pragma once
#include "../parallel.h"
#include "patch.h"

namespace NABLA_ISA {

constexpr int DEPTHWISE_ROWS = 4;      // of results that are computed together
constexpr int DEPTHWISE_CHANNELS = 8;  // that one task of the gradient of the weights goes through, image by image
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int SUM_REGISTERS = 26;  // of all registers, those that sums may have
#else
constexpr int SUM_REGISTERS = 10;
#endif

/** How the planes are cut: each into bands of rows, whose patches stay in the cache; parts of the batch for the gradient of the weights. */
template <class T> struct Depthwise {
  ConvShape s;
  bool transposed;
  PatchAxis y, x;
  Bands<T> bands;
  PatchLayout<T> layout;
  idx batch_parts;
  EvenSplit blocks;  // of channels, for the gradient of the weights

  Depthwise(const ConvShape& s, bool transposed)
      : s(s), transposed(transposed), y(transposed ? PatchAxis::transposed(s.y) : PatchAxis::convolution(s.y)),
        x(transposed ? PatchAxis::transposed(s.x) : PatchAxis::convolution(s.x)), bands(y, x, 1, PATCH_BYTES / 4, 1),
        layout(y, x, 1, bands.rows(), bands.columns()), batch_parts(1),
        blocks{s.groups, divide_up(s.groups, DEPTHWISE_CHANNELS)} {
    batch_parts = smaller(divide_up(CONV_ENOUGH, larger(blocks.parts, 1)), s.n);
  }

  static bool suits(const ConvShape& s) {
    const bool plain = s.y.stride == 1 && s.x.stride == 1 && s.y.dilation == 1 && s.x.dilation == 1;
    return s.in == 1 && s.out == 1 && plain && s.y.kernel == s.x.kernel && (s.y.kernel == 3 || s.y.kernel == 5 || s.y.kernel == 7);
  }
  /** Values of one part of the batch: the weights and the bias. */
  idx values() const { return s.groups * (s.taps() + 1); }
  idx partial_size() const { return round_up(batch_parts * values(), 64 / sizeof(T)); }
  idx scratch_bytes(idx threads) const {
    return SCRATCH_LINE + (partial_size() + threads * layout.size()) * static_cast<idx>(sizeof(T));
  }
};

/** One band of results: to[row][column] = bias + Σ weights · patch. The same place of the next plane, `plane` further, is asked for. */
template <class T, int K, int ROWS>
ALWAYS_INLINE void depthwise_vector(const T* patch, idx width, const V<T>* weights, V<T> bias, T* to, idx step, idx plane, int columns) {
  V<T> sum[ROWS];
#pragma GCC unroll 4
  for (int i = 0; i < ROWS; i++) sum[i] = bias;
#pragma GCC unroll 16
  for (int r = 0; r < ROWS + K - 1; r++) {
#pragma GCC unroll 8
    for (int k = 0; k < K; k++) {
      const V<T> value = load(patch + r * width + k);
#pragma GCC unroll 4
      for (int i = 0; i < ROWS; i++)
        if (r >= i && r - i < K) sum[i] = fma(weights[(r - i) * K + k], value, sum[i]);
    }
  }
#pragma GCC unroll 4
  for (int i = 0; i < ROWS; i++) {
    store_lanes(to + i * step, sum[i], columns);
    __builtin_prefetch(to + i * step + plane, 1);
  }
}
template <class T, int K>
static __attribute__((noinline)) void depthwise_band(const T* patch, idx width, const T* weights, T bias, T* to, idx step, idx plane, idx rows,
                                                     idx columns) {
  constexpr int L = LANES<T>, R = DEPTHWISE_ROWS;
  V<T> w[K * K];
  for (int i = 0; i < K * K; i++) w[i] = splat(weights[i]);
  for (idx c = 0; c < columns; c += L) {
    const int live = static_cast<int>(smaller(L, columns - c));
    idx r = 0;
    for (; r + R <= rows; r += R) depthwise_vector<T, K, R>(patch + r * width + c, width, w, splat(bias), to + r * step + c, step, plane, live);
    for (; r < rows; r++) depthwise_vector<T, K, 1>(patch + r * width + c, width, w, splat(bias), to + r * step + c, step, plane, live);
  }
}

template <class T> T* patch_of(const Depthwise<T>& d, void* scratch, int thread) {
  return reinterpret_cast<T*>(at_line(scratch)) + d.partial_size() + thread * d.layout.size();
}

/** f(i, thread) for every i below count, where `work` decides whether all threads take part. */
template <class F> void depthwise_tasks(idx work, idx count, const F& f) {
  const EvenSplit tasks{count, smaller(count, CONV_TASKS)};
  auto task = [&](idx t, int thread) {
    for (idx i = tasks.begin(t), end = i + tasks.size(t); i < end; i++) f(i, thread);
  };
  if (work >= PARALLEL_WORK) return parallel_tasks(tasks.parts, task);
  for (idx t = 0; t < tasks.parts; t++) task(t, 0);
}

template <class T, int K>
void convolve_depthwise(const Depthwise<T>& d, const T* source, const T* weights, const T* bias, T* to, void* scratch) {
  const idx planes = d.s.n * d.s.groups, plane = d.y.window * d.x.window;
  depthwise_tasks(planes * plane * K * K, planes * d.bands.count(), [&](idx item, int thread) {
    const idx at = item / d.bands.count(), band = item % d.bands.count(), channel = at % d.s.groups;
    const idx by = band / d.bands.x.parts, bx = band % d.bands.x.parts, row = d.bands.y.begin(by), column = d.bands.x.begin(bx);
    T* const patch = patch_of(d, scratch, thread);
    fill_patch(patch, d.layout, source + at * d.y.source * d.x.source, row, column, d.y.source * d.x.source);
    T w[K * K];
    for (int i = 0; i < K * K; i++) w[i] = weights[channel * K * K + (d.transposed ? K * K - 1 - i : i)];
    depthwise_band<T, K>(patch, d.layout.width, w, bias ? bias[channel] : T{0}, to + at * plane + row * d.x.window + column, d.x.window, plane,
                         d.bands.y.size(by), d.bands.x.size(bx));
  });
}

/** A vector of columns of a band of the gradient of the output, of which `live` lanes count; nothing from `end` on may be read. */
template <class T> struct GradientColumn {
  const T* first;
  const T* end;
  idx step, rows, ahead;  // from row to row; rows; to the next plane
  int live;
  V<T> mask;

  GradientColumn(const T* first, const T* end, idx step, idx rows, idx ahead, idx columns)
      : first(first), end(end), step(step), rows(rows), ahead(ahead), mask{} {
    live = static_cast<int>(smaller(LANES<T>, columns));
    T lanes[LANES<T>] = {};
    __builtin_memset(lanes, 0xff, live * sizeof(T));
    mask = load(lanes);
  }
  ALWAYS_INLINE V<T> masked(V<T> x) const { return (V<T>)((M<T>)x & (M<T>)mask); }
  template <bool TAIL> ALWAYS_INLINE V<T> row(idx r) const {
    const T* const from = first + r * step;
    if constexpr (!TAIL) return load(from);
    return from + LANES<T> <= end ? masked(load(from)) : load_lanes(from, live);
  }
};

/** What a column of a band adds to the rows [first, first + KY) of the weights' gradient. */
template <class T, int K, int KY, bool TAIL>
ALWAYS_INLINE void depthwise_products(const T* patch, idx width, const GradientColumn<T>& g, int first, V<T>* sums, V<T>* total) {
  V<T> sum[KY][K];
#pragma GCC unroll 8
  for (int i = 0; i < KY; i++) {
#pragma GCC unroll 8
    for (int k = 0; k < K; k++) sum[i][k] = sums[(first + i) * K + k];
  }
  V<T> all = *total;
  auto row = [&](idx t, auto&& counts) __attribute__((always_inline)) {
    V<T> value[K];
#pragma GCC unroll 8
    for (int k = 0; k < K; k++) {
      value[k] = load(patch + (t + first) * width + k);
      if constexpr (TAIL) value[k] = g.masked(value[k]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < KY; i++) {
      if (!counts(t - i)) continue;
      const V<T> one = g.template row<TAIL>(t - i);
      if (i == 0) {
        all += one;
        __builtin_prefetch(g.first + t * g.step + g.ahead);
      }
#pragma GCC unroll 8
      for (int k = 0; k < K; k++) sum[i][k] = fma(one, value[k], sum[i][k]);
    }
  };
  auto inside = [&](idx at) { return at >= 0 && at < g.rows; };
  idx t = 0;
  for (const idx whole = smaller(KY - 1, g.rows); t < whole; t++) row(t, inside);
  for (; t < g.rows; t++) row(t, [](idx) { return true; });
  for (; t < g.rows + KY - 1; t++) row(t, inside);
#pragma GCC unroll 8
  for (int i = 0; i < KY; i++) {
#pragma GCC unroll 8
    for (int k = 0; k < K; k++) sums[(first + i) * K + k] = sum[i][k];
  }
  *total = all;
}
template <class T, int K>
static __attribute__((noinline)) void depthwise_band_products(const T* patch, idx width, const T* g, const T* end, idx step, idx rows, idx ahead,
                                                              idx columns, V<T>* sums, V<T>* total) {
  constexpr int L = LANES<T>, KY = K * (K + 1) < SUM_REGISTERS + K ? K : 1;
  for (int first = 0; first < K; first += KY) {
    V<T> unused{};
    V<T>* const all = first == 0 ? total : &unused;
    idx c = 0;
    for (; c + L <= columns; c += L) depthwise_products<T, K, KY, false>(patch + c, width, {g + c, end, step, rows, ahead, L}, first, sums, all);
    if (c < columns) depthwise_products<T, K, KY, true>(patch + c, width, {g + c, end, step, rows, ahead, columns - c}, first, sums, all);
  }
}

/** dw, and db when it is wanted; parts of the batch are summed apart and then added in their order. */
template <class T, int K>
void convolve_depthwise_weights(const Depthwise<T>& d, const T* x, const T* g, T* dw, T* db, void* scratch) {
  const ConvShape& s = d.s;
  const EvenSplit batch{s.n, d.batch_parts};
  T* const partial = reinterpret_cast<T*>(at_line(scratch));
  depthwise_tasks(s.n * s.groups * s.output_plane() * K * K, d.batch_parts * d.blocks.parts, [&](idx item, int thread) {
    const idx part = item / d.blocks.parts, first = d.blocks.begin(item % d.blocks.parts), channels = d.blocks.size(item % d.blocks.parts);
    T* const patch = patch_of(d, scratch, thread);
    V<T> sums[DEPTHWISE_CHANNELS][K * K + 1] = {};
    for (idx image = batch.begin(part), end = image + batch.size(part); image < end; image++)
      for (idx channel = 0; channel < channels; channel++)
        for (idx band = 0; band < d.bands.count(); band++) {
          const idx by = band / d.bands.x.parts, bx = band % d.bands.x.parts, row = d.bands.y.begin(by), column = d.bands.x.begin(bx);
          const idx at = image * s.groups + first + channel;
          fill_patch(patch, d.layout, x + at * s.input_plane(), row, column, s.input_plane());
          depthwise_band_products<T, K>(patch, d.layout.width, g + at * s.output_plane() + row * s.x.out + column,
                                        g + s.n * s.groups * s.output_plane(), s.x.out, d.bands.y.size(by), s.output_plane(),
                                        d.bands.x.size(bx), sums[channel], sums[channel] + K * K);
        }
    T* const to = partial + part * d.values() + first * (K * K + 1);
    for (idx channel = 0; channel < channels; channel++)
      for (int i = 0; i <= K * K; i++) to[channel * (K * K + 1) + i] = sum_lanes<T>(sums[channel][i]);
  });
  for (idx channel = 0; channel < s.groups; channel++)
    for (int i = 0; i <= K * K; i++) {
      T sum = 0;
      for (idx part = 0; part < d.batch_parts; part++) sum += partial[part * d.values() + channel * (K * K + 1) + i];
      if (i < K * K) dw[channel * K * K + i] = sum;
      else if (db) db[channel] = sum;
    }
}

/** f(K) with the size of the kernel as a constant. */
template <int K> struct KernelSize { static constexpr int value = K; };
template <class F> ALWAYS_INLINE void with_kernel_size(idx size, const F& f) {
  if (size == 3) return f(KernelSize<3>{});
  if (size == 5) return f(KernelSize<5>{});
  f(KernelSize<7>{});
}

}  // namespace NABLA_ISA
