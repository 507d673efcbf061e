// Depthwise convolutions with small square kernels and a stride of 1: every channel has one kernel of its own. Rows of results share
// what they read, so that a value is loaded once for several of them. Kernels of 3 × 3 read planes as they lie: copying them with their
// padding took as long as the products.
#pragma once
#include "../parallel.h"
#include "patch.h"

namespace NABLA_ISA {

constexpr int DEPTHWISE_CHANNELS = 8;  // that one task of the gradient of the weights goes through, image by image
template <int K> constexpr bool READS_IN_PLACE = K == 3;  // of larger kernels the weights alone fill the registers
constexpr int DEPTHWISE_ZEROS = 2048;  // the longest row that is read where the plane has none
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int SUM_REGISTERS = 26;  // of all registers, those that sums may have
template <int K> constexpr int DEPTHWISE_ROWS = K == 3 ? 8 : 4;  // of results that are computed together
#else
constexpr int SUM_REGISTERS = 10;
template <int K> constexpr int DEPTHWISE_ROWS = 4;
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

/**
 * The plane that a convolution reads: a patch, which holds its padding, or the source as it lies. There, lanes that fall beside the
 * plane are cleared, and rows above and below it are read from a row of zeros.
 */
template <class T> struct DepthwiseSource {
  const T* first;       // what tap (0, 0) of result (0, 0) reads
  idx step;             // from row to row
  idx before, columns;  // columns of padding on the left; those of the plane
  Range rows;           // of those that are read, the ones in the plane
  const T* zeros;

  /** Row r of those that a kernel of K × K reads. */
  template <int K> const T* row(idx r) const {
    const bool held = !READS_IN_PLACE<K> || (r >= rows.begin && r < rows.begin + rows.size);
    return held ? first + r * step : zeros;
  }
};

template <class T, int... I> ALWAYS_INLINE M<T> count_lanes(LaneList<I...>) { return M<T>{I...}; }
/** The lanes that lie in [low, high). */
template <class T> ALWAYS_INLINE M<T> lanes_between(idx low, idx high) {
  using Lane = __typeof__(M<T>{}[0]);
  constexpr int L = LANES<T>;
  const M<T> lanes = count_lanes<T>(typename MakeLaneList<L>::type{}), zero{};
  const Lane from = static_cast<Lane>(larger(smaller(low, L), 0)), to = static_cast<Lane>(larger(smaller(high, L), 0));
  return (lanes >= zero + from) & (lanes < zero + to);
}

/** A vector of ROWS results: to[row] = bias + Σ weights · source. The same place of the next plane, `plane` further, is asked for. */
template <class T, int K, int ROWS, bool MASKED>
ALWAYS_INLINE void depthwise_vector(const T* const* source, idx c, const M<T>* masks, const V<T>* weights, V<T> bias, T* to, idx step, idx plane,
                                    int columns) {
  V<T> sum[ROWS];
#pragma GCC unroll 8
  for (int i = 0; i < ROWS; i++) sum[i] = bias;
#pragma GCC unroll 16
  for (int r = 0; r < ROWS + K - 1; r++) {
#pragma GCC unroll 8
    for (int k = 0; k < K; k++) {
      V<T> value = load(source[r] + c + k);
      if constexpr (MASKED) value = (V<T>)((M<T>)value & masks[k]);
#pragma GCC unroll 8
      for (int i = 0; i < ROWS; i++)
        if (r >= i && r - i < K) sum[i] = fma(weights[(r - i) * K + k], value, sum[i]);
    }
    if constexpr (READS_IN_PLACE<K>) LOADS_STAY_HERE;
  }
#pragma GCC unroll 8
  for (int i = 0; i < ROWS; i++) {
    store_lanes(to + i * step, sum[i], columns);
    __builtin_prefetch(to + i * step + plane, 1);
    if constexpr (READS_IN_PLACE<K>) __builtin_prefetch(source[i + 1] + c + plane);
  }
}

/** Where the results of a band go: to[row · step + column]. */
template <class T> struct DepthwiseResults {
  T* to;
  idx step, plane, rows, columns;
};

/** ROWS rows of results from row r on. */
template <class T, int K, int ROWS>
static __attribute__((noinline)) void depthwise_rows(const DepthwiseSource<T>& from, const V<T>* weights, V<T> bias, const DepthwiseResults<T>& out,
                                                     idx r) {
  constexpr int L = LANES<T>;
  const T* source[ROWS + K - 1];
#pragma GCC unroll 16
  for (int i = 0; i < ROWS + K - 1; i++) source[i] = from.template row<K>(r + i);
  V<T> w[K * K];
#pragma GCC unroll 64
  for (int i = 0; i < K * K; i++) w[i] = weights[i];
  T* const to = out.to + r * out.step;
  for (idx c = 0; c < out.columns; c += L) {
    const int live = static_cast<int>(smaller(L, out.columns - c));
    const idx low = from.before - c, high = low + from.columns;
    if (low <= 0 && high - K + 1 >= L) {
      depthwise_vector<T, K, ROWS, false>(source, c, nullptr, w, bias, to + c, out.step, out.plane, live);
    } else {
      M<T> masks[K];
#pragma GCC unroll 8
      for (int k = 0; k < K; k++) masks[k] = lanes_between<T>(low - k, high - k);
      depthwise_vector<T, K, ROWS, true>(source, c, masks, w, bias, to + c, out.step, out.plane, live);
    }
  }
}
template <class T, int K>
void depthwise_band(const DepthwiseSource<T>& from, const T* weights, T bias, const DepthwiseResults<T>& out) {
  constexpr int R = DEPTHWISE_ROWS<K>;
  V<T> w[K * K];
  for (int i = 0; i < K * K; i++) w[i] = splat(weights[i]);
  idx r = 0;
  for (; r + R <= out.rows; r += R) depthwise_rows<T, K, R>(from, w, splat(bias), out, r);
  if constexpr (R > 4)
    for (; r + 4 <= out.rows; r += 4) depthwise_rows<T, K, 4>(from, w, splat(bias), out, r);
  for (; r + 2 <= out.rows; r += 2) depthwise_rows<T, K, 2>(from, w, splat(bias), out, r);
  for (; r < out.rows; r++) depthwise_rows<T, K, 1>(from, w, splat(bias), out, r);
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

/** Whether plane `at` may be read as it lies: what is read beside it must belong to other planes. */
template <class T> bool reads_in_place(const Depthwise<T>& d, idx at, idx planes) {
  const idx plane = d.y.source * d.x.source, width = larger(d.x.window, d.x.source);
  const idx beside = width + d.x.reach + 2 * LANES<T> + larger(d.x.before, -d.x.before);
  return beside <= DEPTHWISE_ZEROS && at * plane >= beside && (planes - at - 1) * plane >= beside;
}

/** The source of a band of plane `at`, whose first result is (row, column): in place, or copied to a patch. */
template <class T, int K> DepthwiseSource<T> depthwise_source(const Depthwise<T>& d, const T* source, idx at, idx row, idx column, T* patch) {
  const idx plane = d.y.source * d.x.source;
  if (READS_IN_PLACE<K> && reads_in_place(d, at, d.s.n * d.s.groups)) {
    alignas(64) static const T zeros[DEPTHWISE_ZEROS] = {};
    const idx y = row - d.y.before, x = column - d.x.before;
    const Inside inside(y, 1, d.layout.rows + d.y.reach, d.y.source);
    return {source + at * plane + y * d.x.source + x, d.x.source, -x, d.x.source, {inside.begin, inside.end - inside.begin}, zeros};
  }
  fill_patch(patch, d.layout, source + at * plane, row, column, plane);
  return {patch, d.layout.width, 0, d.layout.width + LANES<T>, {0, d.layout.rows + d.y.reach}, nullptr};
}

template <class T, int K>
void convolve_depthwise(const Depthwise<T>& d, const T* source, const T* weights, const T* bias, T* to, void* scratch) {
  const idx planes = d.s.n * d.s.groups, plane = d.y.window * d.x.window;
  depthwise_tasks(planes * plane * K * K, planes * d.bands.count(), [&](idx item, int thread) {
    const idx at = item / d.bands.count(), band = item % d.bands.count(), channel = at % d.s.groups;
    const idx by = band / d.bands.x.parts, bx = band % d.bands.x.parts, row = d.bands.y.begin(by), column = d.bands.x.begin(bx);
    T w[K * K];
    for (int i = 0; i < K * K; i++) w[i] = weights[channel * K * K + (d.transposed ? K * K - 1 - i : i)];
    depthwise_band<T, K>(depthwise_source<T, K>(d, source, at, row, column, patch_of(d, scratch, thread)), w, bias ? bias[channel] : T{0},
                         {to + at * plane + row * d.x.window + column, d.x.window, plane, d.bands.y.size(by), d.bands.x.size(bx)});
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

/** What a vector of columns of a band, from column c on, adds to the rows [first, first + KY) of the weights' gradient. */
template <class T, int K, int KY, bool MASKED, bool TAIL>
ALWAYS_INLINE void depthwise_products(const DepthwiseSource<T> from, idx c, const M<T>* masks, const GradientColumn<T>& g, int first, V<T>* sums,
                                      V<T>* total) {
  V<T> sum[KY][K];
#pragma GCC unroll 8
  for (int i = 0; i < KY; i++) {
#pragma GCC unroll 8
    for (int k = 0; k < K; k++) sum[i][k] = sums[(first + i) * K + k];
  }
  V<T> all = *total;
  auto row = [&](idx t, auto&& counts) __attribute__((always_inline)) {
    const T* const source = from.template row<K>(t + first) + c;
    V<T> value[K];
#pragma GCC unroll 8
    for (int k = 0; k < K; k++) {
      value[k] = load(source + k);
      if constexpr (MASKED) value[k] = (V<T>)((M<T>)value[k] & (READS_IN_PLACE<K> ? masks[k] : (M<T>)g.mask));
    }
    if constexpr (READS_IN_PLACE<K>) __builtin_prefetch(source + 1 + g.ahead);
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
static __attribute__((noinline)) void depthwise_band_products(const DepthwiseSource<T>& from, const T* g, const T* end, idx step, idx rows, idx ahead,
                                                              idx columns, V<T>* sums, V<T>* total) {
  constexpr int L = LANES<T>, KY = K * (K + 1) < SUM_REGISTERS + K ? K : 1;
  for (int first = 0; first < K; first += KY) {
    V<T> unused{};
    V<T>* const all = first == 0 ? total : &unused;
    for (idx c = 0; c < columns; c += L) {
      const idx low = from.before - c, high = low + from.columns;
      const bool tail = c + L > columns;
      if (!tail && low <= 0 && high - K + 1 >= L) {
        depthwise_products<T, K, KY, false, false>(from, c, nullptr, {g + c, end, step, rows, ahead, L}, first, sums, all);
        continue;
      }
      M<T> masks[K];
#pragma GCC unroll 8
      for (int k = 0; READS_IN_PLACE<K> && k < K; k++) masks[k] = lanes_between<T>(low - k, smaller(high - k, columns - c));
      if (tail) depthwise_products<T, K, KY, true, true>(from, c, masks, {g + c, end, step, rows, ahead, columns - c}, first, sums, all);
      else depthwise_products<T, K, KY, true, false>(from, c, masks, {g + c, end, step, rows, ahead, L}, first, sums, all);
    }
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
          depthwise_band_products<T, K>(depthwise_source<T, K>(d, x, at, row, column, patch), g + at * s.output_plane() + row * s.x.out + column,
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
