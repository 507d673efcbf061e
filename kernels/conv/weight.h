// The gradient of a convolution's weights: dot products of patches of the input with the gradient of the output, whose
// vectors are packed side by side for a few channels. Parts of the batch are summed apart and then added in their order.
#pragma once
#include "../parallel.h"
#include "patch.h"

namespace NABLA_ISA {

// A tile of dot products: output channels × taps, one accumulator each.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int DOT_CHANNELS = 8;
constexpr int dot_taps(int channels) { return channels <= 2 ? 9 : channels <= 4 ? 6 : 3; }
#elif defined(__AVX2__)
constexpr int DOT_CHANNELS = 4;
constexpr int dot_taps(int channels) { return channels == 1 ? 9 : channels == 2 ? 4 : 3; }
#else
constexpr int DOT_CHANNELS = 4;
constexpr int dot_taps(int channels) { return channels == 1 ? 6 : channels == 2 ? 3 : 2; }
#endif

/** A patch with the gradient that belongs to it. */
template <class T> struct DotUnit {
  const T* patch;
  const T* gradient;     // [tile of channels][vector][channel of the tile][lane]; zero where there is no result
  const int32_t* bases;  // of the vectors in the patch
  V<T>* live;            // all bits of the lanes that are results; only written when a patch holds NaN or infinity
  idx vectors;
};

template <class T, int SPAN, bool HIGH, int... I> ALWAYS_INLINE V<T> take_spans(V<T> x, V<T> y, LaneList<I...>) {
  constexpr int HALF = LANES<T> / 2;
  return __builtin_shufflevector(
      x, y, (I % HALF / SPAN * 2 * SPAN + (HIGH ? SPAN : 0) + I % HALF % SPAN + (I >= HALF ? LANES<T> : 0))...);
}
/** Sums of N vectors at once: each step halves the number of vectors, and the lanes that hold one of them. */
template <class T, int N, int SPAN> ALWAYS_INLINE void sum_together(V<T>* v, T* sums) {
  if constexpr (N == 1) {
    constexpr int EACH = SPAN > 0 ? 2 * SPAN : 1;
    T lanes[LANES<T>];
    store(lanes, v[0]);
    for (int i = 0; i < LANES<T> / EACH; i++) {
      T sum = lanes[i * EACH];
      for (int j = 1; j < EACH; j++) sum += lanes[i * EACH + j];
      sums[i] = sum;
    }
  } else {
    using Lanes = typename MakeLaneList<LANES<T>>::type;
#pragma GCC unroll 8
    for (int i = 0; i < N / 2; i++)
      v[i] = take_spans<T, SPAN, false>(v[2 * i], v[2 * i + 1], Lanes{}) + take_spans<T, SPAN, true>(v[2 * i], v[2 * i + 1], Lanes{});
    sum_together<T, N / 2, SPAN / 2>(v, sums);
  }
}

/** to[i][t] (+)= Σ gradient of channel i · patch at tap t, over all units; `to` has rows `ld` apart. */
template <class T, int CHANNELS, bool MASKED>
static __attribute__((noinline)) void dot_tile(const DotUnit<T>* units, idx count, idx gradient_offset, const int32_t* offsets,
                                               int taps, T* to, idx ld, bool add) {
  constexpr int L = LANES<T>, TAPS = dot_taps(CHANNELS);
  V<T> sum[TAPS][CHANNELS];
#pragma GCC unroll 9
  for (int t = 0; t < TAPS; t++) {
#pragma GCC unroll 8
    for (int i = 0; i < CHANNELS; i++) sum[t][i] = V<T>{};
  }
  idx at[TAPS];
#pragma GCC unroll 9
  for (int t = 0; t < TAPS; t++) at[t] = offsets[t < taps ? t : taps - 1];
#pragma GCC unroll 1
  for (idx u = 0; u < count; u++) {
    const DotUnit<T>& unit = units[u];
    const T* g = unit.gradient + gradient_offset * unit.vectors;
    const int32_t* bases = unit.bases;
#pragma GCC unroll 1
    for (idx v = 0; v < unit.vectors; v++, g += CHANNELS * L) {
      const T* const x = unit.patch + bases[v];
      if constexpr (CHANNELS >= TAPS) {
        V<T> row[TAPS];
#pragma GCC unroll 9
        for (int t = 0; t < TAPS; t++) {
          row[t] = load(x + at[t]);
          if constexpr (MASKED) row[t] = (V<T>)((M<T>)row[t] & (M<T>)unit.live[v]);
        }
#pragma GCC unroll 8
        for (int i = 0; i < CHANNELS; i++) {
          const V<T> one = load(g + i * L);
#pragma GCC unroll 9
          for (int t = 0; t < TAPS; t++) sum[t][i] = fma(one, row[t], sum[t][i]);
          LOADS_STAY_HERE;
        }
      } else {
        V<T> one[CHANNELS];
#pragma GCC unroll 8
        for (int i = 0; i < CHANNELS; i++) one[i] = load(g + i * L);
#pragma GCC unroll 9
        for (int t = 0; t < TAPS; t++) {
          V<T> row = load(x + at[t]);
          if constexpr (MASKED) row = (V<T>)((M<T>)row & (M<T>)unit.live[v]);
#pragma GCC unroll 8
          for (int i = 0; i < CHANNELS; i++) sum[t][i] = fma(one[i], row, sum[t][i]);
          LOADS_STAY_HERE;
        }
      }
    }
  }
#pragma GCC unroll 9
  for (int t = 0; t < TAPS; t++) {
    if (t == taps) break;
    T sums[CHANNELS];
    if constexpr ((CHANNELS & (CHANNELS - 1)) == 0 && CHANNELS <= L) {
      sum_together<T, CHANNELS, L / 2>(sum[t], sums);
    } else {
      for (int i = 0; i < CHANNELS; i++) sums[i] = sum_lanes<T>(sum[t][i]);
    }
    for (int i = 0; i < CHANNELS; i++) to[i * ld + t] = add ? to[i * ld + t] + sums[i] : sums[i];
  }
}

template <class T> using DotTile = void (*)(const DotUnit<T>*, idx, idx, const int32_t*, int, T*, idx, bool);
template <class T, bool MASKED, int... I> struct DotHeights {
  static constexpr DotTile<T> table[] = {nullptr, dot_tile<T, I, MASKED>...};
};
template <class T, bool MASKED, int N, int... I> struct MakeDotHeights : MakeDotHeights<T, MASKED, N - 1, N, I...> {};
template <class T, bool MASKED, int... I> struct MakeDotHeights<T, MASKED, 0, I...> : DotHeights<T, MASKED, I...> {};

constexpr idx WEIGHT_PARTS = 16;             // of the batch
constexpr idx WEIGHT_PART_VALUES = 1 << 21;  // that all parts of the batch may hold together
constexpr idx UNITS_BYTES = 384 << 10;       // of patches and gradients that one tile passes over
constexpr idx MOST_UNITS = 16;

/** How the gradient of the weights is cut into tasks: parts of the batch × groups × parts of a group's output channels. */
template <class T> struct ConvWeights {
  ConvShape s;
  PatchAxis y, x;
  EvenSplit tiles;  // of output channels
  idx batch_parts, channel_parts;
  Bands<T> bands;
  PatchLayout<T> layout;
  idx vectors;  // of the largest band
  idx together; // units that one tile passes over

  explicit ConvWeights(const ConvShape& s)
      : s(s), y(PatchAxis::convolution(s.y)), x(PatchAxis::convolution(s.x)), tiles{s.out, divide_up(s.out, DOT_CHANNELS)},
        bands(y, x, s.in, larger(2 * PATCH_BYTES * s.in / (s.in + smaller(s.out, 256)), 16 << 10), 1),
        layout(y, x, s.in, bands.rows(), bands.columns()) {
    const idx values = larger(WEIGHT_PART_VALUES / larger(s.weights(), 1), 1);
    batch_parts = smaller(smaller(units(), WEIGHT_PARTS), values);
    channel_parts = larger(smaller(divide_up(CONV_ENOUGH, larger(batch_parts * s.groups, 1)), tiles.parts), divide_up(s.out, CONV_ROWS));
    vectors = bands.rows() * divide_up(bands.columns(), LANES<T>);
    const idx per_part = divide_up(units(), larger(batch_parts, 1));
    const idx most = larger(smaller(UNITS_BYTES / unit_bytes(), MOST_UNITS), 1);
    together = divide_up(per_part, larger(divide_up(per_part, most), 1));
  }
  idx units() const { return s.n * bands.count(); }
  idx depth() const { return s.in * s.taps(); }
  /** Output channels of one task at most. */
  idx task_channels() const { return divide_up(tiles.parts, channel_parts) * DOT_CHANNELS; }
  idx gradient_size() const { return task_channels() * vectors * LANES<T>; }
  idx bases_size() const { return round_up(vectors * 4, 64); }
  idx live_size() const { return vectors * LANES<T> * static_cast<idx>(sizeof(T)); }
  idx unit_bytes() const {
    return (layout.size() + gradient_size()) * static_cast<idx>(sizeof(T)) + bases_size() + live_size();
  }
  /** Values of one part of the batch: the weights and the bias. */
  idx values() const { return round_up(s.weights() + s.groups * s.out, 64 / sizeof(T)); }
  idx offsets_bytes() const { return round_up(depth() * 4, 64); }
  idx scratch_bytes(idx threads) const {
    return SCRATCH_LINE + offsets_bytes() + batch_parts * values() * static_cast<idx>(sizeof(T)) + threads * round_up(together * unit_bytes(), 64);
  }
  void write_offsets(int32_t* to) const {
    for (idx c = 0; c < s.in; c++)
      for (idx ky = 0; ky < s.y.kernel; ky++)
        for (idx kx = 0; kx < s.x.kernel; kx++) {
          const idx at_y = ky * s.y.dilation, at_x = kx * s.x.dilation;
          const idx slot = at_y % s.y.stride * x.phases + at_x % s.x.stride;
          *to++ = static_cast<int32_t>(c * layout.plane + slot * layout.slot + at_y / s.y.stride * layout.width + at_x / s.x.stride);
        }
  }
};

/** A vector of results, zero where it holds none: put together in registers, as what was just written in pieces is read late. */
template <class T> static __attribute__((noinline)) V<T> load_pixels(const T* from, idx row_step, const Pixels<T>& pixels, PixelPlace at) {
  M<T> lanes{};
  pixels.runs(at, [&](int lane, idx row, idx column, int count) {
    lanes |= (M<T>)load_between(from + row * row_step + column - lane, lane, lane + count);
  });
  return (V<T>)lanes;
}

/** Packs the gradient of one tile's channels; `sums` gathers their bias' gradient. */
template <class T>
static __attribute__((noinline)) void pack_gradient(T* to, const T* from, idx channels, idx plane, idx row_step, const Pixels<T>& pixels, T* sums) {
  constexpr int L = LANES<T>;
  for (idx i = 0; i < channels; i++, from += plane) {
    V<T> total{};
    PixelPlace at;
    for (idx v = 0; v < pixels.count; v++, at = pixels.next(at)) {
      const V<T> lanes = pixels.whole(at) ? load(from + at.row * row_step + at.column) : load_pixels(from, row_step, pixels, at);
      store(to + (v * channels + i) * L, lanes);
      total += lanes;
    }
    if (sums) sums[i] += sum_lanes<T>(total);
  }
}

/** All bits of the lanes that hold results. */
template <class T> void write_live(V<T>* live, const Pixels<T>& pixels) {
  PixelPlace at;
  for (idx v = 0; v < pixels.count; v++, at = pixels.next(at)) {
    T lanes[LANES<T>] = {};
    pixels.runs(at, [&](int lane, idx, idx, int held) { __builtin_memset(lanes + lane, 0xff, held * sizeof(T)); });
    live[v] = load(lanes);
  }
}

/** One task: its part of the batch, its group and its output channels. `partial` has the values of its part of the batch. */
template <class T>
void sum_weights(const ConvWeights<T>& w, idx part, idx group, idx channels, const T* x, const T* g, const int32_t* offsets,
                 T* partial, char* own, bool with_bias) {
  constexpr int L = LANES<T>;
  const ConvShape& s = w.s;
  const EvenSplit batch{w.units(), w.batch_parts}, split{w.tiles.parts, w.channel_parts};
  const idx first_tile = split.begin(channels), last_tile = first_tile + split.size(channels);
  const idx first_channel = w.tiles.begin(first_tile), depth = w.depth();
  T* const bias = with_bias ? partial + s.weights() + group * s.out : nullptr;
  for (idx t = first_tile; bias && t < last_tile; t++)
    for (idx i = 0; i < w.tiles.size(t); i++) bias[w.tiles.begin(t) + i] = 0;
  DotUnit<T> units[MOST_UNITS];
  const idx end = batch.begin(part) + batch.size(part);
  for (idx first = batch.begin(part); first < end; first += w.together) {
    const idx count = smaller(w.together, end - first);
    bool masked = false;
    for (idx u = 0; u < count; u++) {
      const idx image = (first + u) / w.bands.count(), band = (first + u) % w.bands.count();
      const idx by = band / w.bands.x.parts, bx = band % w.bands.x.parts;
      const idx row = w.bands.y.begin(by), column = w.bands.x.begin(bx);
      char* const memory = own + u * w.unit_bytes();
      T* const patch = reinterpret_cast<T*>(memory);
      T* const gradient = patch + w.layout.size();
      V<T>* const live = reinterpret_cast<V<T>*>(gradient + w.gradient_size());
      int32_t* const bases = reinterpret_cast<int32_t*>(reinterpret_cast<char*>(live) + w.live_size());
      fill_patch(patch, w.layout, x + (image * s.groups + group) * s.in * s.input_plane(), row, column, s.input_plane());
      const Pixels<T> pixels(w.bands.y.size(by), w.bands.x.size(bx), w.layout.width);
      PixelPlace at;
      for (idx v = 0; v < pixels.count; v++, at = pixels.next(at)) bases[v] = static_cast<int32_t>(pixels.base(at));
      masked = masked || !all_finite(patch, w.layout.size());
      const T* const from = g + (image * s.groups + group) * s.out * s.output_plane() + row * s.x.out + column;
      for (idx t = first_tile; t < last_tile; t++) {
        const idx channel = w.tiles.begin(t);
        pack_gradient(gradient + (channel - first_channel) * pixels.count * L, from + channel * s.output_plane(), w.tiles.size(t),
                      s.output_plane(), s.x.out, pixels, bias ? bias + channel : nullptr);
      }
      units[u] = {patch, gradient, bases, live, pixels.count};
    }
    for (idx u = 0; masked && u < count; u++) {
      const idx band = (first + u) % w.bands.count();
      write_live(units[u].live, Pixels<T>(w.bands.y.size(band / w.bands.x.parts), w.bands.x.size(band % w.bands.x.parts), w.layout.width));
    }
    const bool add = first > batch.begin(part);
    for (idx t = first_tile; t < last_tile; t++) {
      const idx channel = w.tiles.begin(t), rows = w.tiles.size(t);
      const int taps = dot_taps(static_cast<int>(rows));
      const DotTile<T> tile = masked ? MakeDotHeights<T, true, DOT_CHANNELS>::table[rows] : MakeDotHeights<T, false, DOT_CHANNELS>::table[rows];
      T* const to = partial + (group * s.out + channel) * depth;
      for (idx k = 0; k < depth; k += taps)
        tile(units, count, (channel - first_channel) * L, offsets + k, static_cast<int>(smaller(taps, depth - k)), to + k, depth, add);
    }
  }
}

/** dw, and db when it is wanted, from the input x and the gradient g of the output. */
template <class T> void convolve_weights(const ConvShape& s, const T* x, const T* g, T* dw, T* db, void* scratch) {
  const ConvWeights<T> w(s);
  char* const start = at_line(scratch);
  int32_t* const offsets = reinterpret_cast<int32_t*>(start);
  T* const partial = reinterpret_cast<T*>(start + w.offsets_bytes());
  char* const own = reinterpret_cast<char*>(partial + w.batch_parts * w.values());
  const idx own_bytes = round_up(w.together * w.unit_bytes(), 64);
  w.write_offsets(offsets);
  const idx per_part = s.groups * w.channel_parts, items = w.batch_parts * per_part;
  auto run = [&](idx weight, idx count, auto&& f) {
    if (weight >= PARALLEL_WORK) return parallel_tasks(count, f);
    for (idx i = 0; i < count; i++) f(i, 0);
  };
  const EvenSplit tasks{items, smaller(items, CONV_TASKS)};
  run(s.n * s.output_plane() * s.weights(), tasks.parts, [&](idx task, int thread) {
    for (idx i = tasks.begin(task), end = i + tasks.size(task); i < end; i++) {
      const idx part = i / per_part;
      sum_weights(w, part, i % per_part / w.channel_parts, i % w.channel_parts, x, g, offsets, partial + part * w.values(),
                  own + thread * own_bytes, db != nullptr);
    }
  });
  const idx weights = s.weights(), count = weights + (db ? s.groups * s.out : 0);
  parallel_for(count, (64 << 10) / larger(w.batch_parts, 1), [&](idx begin, idx end) {
    for (idx i = begin; i < end; i++) {
      T sum = 0;
      for (idx part = 0; part < w.batch_parts; part++) sum += partial[part * w.values() + i];
      (i < weights ? dw[i] : db[i - weights]) = sum;
    }
  });
}

}  // namespace NABLA_ISA
