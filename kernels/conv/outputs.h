// Convolutions with strides: lanes are output channels, and the source's values are factors of whole vectors. These are read one by
// one, at whatever distance: rows only have to be copied with their padding, where other ways lay out neighbours side by side.
#pragma once
#include "../parallel.h"
#include "forward.h"

namespace NABLA_ISA {

constexpr int OUTPUT_VECTORS = 2;  // of output channels in a tile, whose rows are neighbouring results
constexpr idx OUTPUTS_LIMIT = 1 << 20;  // bytes of a patch, which holds what strides pass over too: more would not stay in the cache
constexpr idx OUTPUTS_DEPTH = 96;  // products of a result, below which copying the source costs more than it saves

/** How the work is cut: images × groups × bands of rows × parts of the output channels. */
template <class T> struct OutputsConvolution {
  Convolution<T> conv;       // its bands
  PatchLayout<T> layout;     // of rows as they lie, with their padding
  idx panels;                // of as many output channels as a tile has
  EvenSplit columns, parts;  // of a band's rows, and of the panels
  static constexpr idx WIDTH = OUTPUT_VECTORS * LANES<T>;

  explicit OutputsConvolution(const ConvShape& s)
      : conv(s, false), layout(plain(s.y), plain(s.x), s.in, (conv.bands.rows() - 1) * s.y.stride + 1, (conv.bands.columns() - 1) * s.x.stride + 1),
        panels(divide_up(s.out, WIDTH)), columns{conv.bands.columns(), divide_up(conv.bands.columns(), TILE_ROWS)},
        parts{panels, 1} {
    const idx items = larger(s.n * s.groups * conv.bands.count(), 1);
    parts.parts = larger(smaller(divide_up(CONV_ENOUGH, items), panels), 1);
  }
  static PatchAxis plain(const ConvAxis& a) { return {a.in, 1, 1, a.pad, (a.kernel - 1) * a.dilation, a.out}; }
  /**
   * Whether this is the better way: with strides, where lanes are well used, rows long enough to fill a tile, and there is enough to
   * sum for a copy of the source to be worth it.
   */
  bool suits() const {
    const ConvShape& s = conv.s;
    if (s.n <= 0 || (s.y.stride == 1 && s.x.stride == 1) || conv.depth() < OUTPUTS_DEPTH) return false;
    if (layout.bytes() > OUTPUTS_LIMIT) return false;
    return s.out * 4 >= panels * WIDTH * 3 && conv_vectors(columns.size(columns.parts - 1)) == OUTPUT_VECTORS;
  }
  idx panel_size() const { return conv.depth() * WIDTH; }
  idx weights_size() const { return conv.s.groups * panels * (panel_size() + WIDTH); }
  idx scratch_bytes(idx threads) const {
    return SCRATCH_LINE + conv.offsets_bytes() + (weights_size() + threads * layout.size()) * static_cast<idx>(sizeof(T));
  }
  void write_offsets(int32_t* to) const {
    const ConvShape& s = conv.s;
    for (idx c = 0; c < s.in; c++)
      for (idx ky = 0; ky < s.y.kernel; ky++)
        for (idx kx = 0; kx < s.x.kernel; kx++)
          *to++ = static_cast<int32_t>(c * layout.plane + ky * s.y.dilation * layout.width + kx * s.x.dilation);
  }
  /** A panel of weights as [channel][tap][output channel], after what its sums begin with. Lanes past the last repeat it. */
  void pack(T* to, const T* w, const T* bias, idx group, idx panel) const {
    constexpr int L = LANES<T>;
    for (idx j = 0; j < WIDTH; j += L) {
      const T* row[L];
      for (int i = 0; i < L; i++) {
        const idx channel = group * conv.s.out + smaller(panel * WIDTH + j + i, conv.s.out - 1);
        to[j + i] = bias ? bias[channel] : 0;
        row[i] = w + channel * conv.depth();
      }
      transpose_rows<T, L>(to + WIDTH + j, WIDTH, row, conv.depth());
    }
  }
};

/**
 * Neighbouring results × output channels: to[result][channel]. Result i's factors are from[i · step + offset]; `weights` begin with what
 * the sums begin with.
 */
template <class T, int ROWS>
static __attribute__((noinline)) void outputs_tile(idx depth, const T* from, idx step, const int32_t* __restrict offsets, const T* __restrict weights, T* to) {
  constexpr int L = LANES<T>, VECTORS = OUTPUT_VECTORS;
  V<T> sum[ROWS][VECTORS];
#pragma GCC unroll 16
  for (int i = 0; i < ROWS; i++) {
#pragma GCC unroll 8
    for (int j = 0; j < VECTORS; j++) sum[i][j] = load(weights + j * L);
  }
  weights += VECTORS * L;
  const idx thrice = 3 * step;
#pragma GCC unroll 1
  for (idx d = 0; d < depth; d++, weights += VECTORS * L) {
    const T* at = from + offsets[d];
    V<T> row[VECTORS];
#pragma GCC unroll 8
    for (int j = 0; j < VECTORS; j++) row[j] = load(weights + j * L);
#pragma GCC unroll 16
    for (int i = 0; i < ROWS; i++) {
      const V<T> x = splat(at[i % 4 == 3 ? thrice : i % 4 * step]);
      if (i % 4 == 3) {
        at += 4 * step;
        __asm__("" : "+r"(at));  // few pointers reach all results: the machine adds a multiple of the step to them
      }
#pragma GCC unroll 8
      for (int j = 0; j < VECTORS; j++) sum[i][j] = fma(x, row[j], sum[i][j]);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < ROWS; i++) {
#pragma GCC unroll 8
    for (int j = 0; j < VECTORS; j++) store(to + (i * VECTORS + j) * L, sum[i][j]);
  }
}
template <class T> using OutputsTile = void (*)(idx, const T*, idx, const int32_t*, const T*, T*);
template <class T, int... I> struct OutputsHeights {
  static constexpr OutputsTile<T> table[] = {nullptr, outputs_tile<T, I>...};
};
template <class T, int N, int... I> struct MakeOutputsHeights : MakeOutputsHeights<T, N - 1, N, I...> {};
template <class T, int... I> struct MakeOutputsHeights<T, 0, I...> : OutputsHeights<T, I...> {};

/** Stores a tile's results: `count` neighbours of each of `channels` channels, `plane` apart. */
template <class T> static __attribute__((noinline)) void store_outputs(T* to, idx plane, const T* sums, idx count, idx channels) {
  constexpr int L = LANES<T>;
  constexpr idx WIDTH = OutputsConvolution<T>::WIDTH;
  alignas(64) T run[L * L];
  for (idx first = 0; first < count; first += L)
    for (idx j = 0; j < channels; j += L) {
      const T* row[L];
      for (int i = 0; i < L; i++) row[i] = sums + smaller(first + i, count - 1) * WIDTH + j;
      transpose_rows<T, L>(run, L, row, L);
      const int held = static_cast<int>(smaller(L, count - first));
      for (idx c = 0; c < smaller(L, channels - j); c++) store_lanes(to + (j + c) * plane + first, load(run + c * L), held);
    }
}

/** One task: a band of an image's rows, a group and some of the output channels. */
template <class T>
void outputs_item(const OutputsConvolution<T>& o, idx item, const int32_t* offsets, const T* weights, T* patch, const T* source, T* to) {
  const Convolution<T>& conv = o.conv;
  const ConvShape& s = conv.s;
  const idx part = item % o.parts.parts, band = item / o.parts.parts % conv.bands.count(), at = item / o.parts.parts / conv.bands.count();
  const idx group = at % s.groups, band_y = band / conv.bands.x.parts, band_x = band % conv.bands.x.parts;
  const idx row = conv.bands.y.begin(band_y), column = conv.bands.x.begin(band_x);
  const idx rows = conv.bands.y.size(band_y), width = conv.bands.x.size(band_x);
  fill_patch(patch, o.layout, source + at * s.in * s.input_plane(), row * s.y.stride, column * s.x.stride, s.input_plane());
  const EvenSplit columns{width, o.columns.parts};
  alignas(64) T sums[TILE_ROWS * OutputsConvolution<T>::WIDTH];
  for (idx p = o.parts.begin(part), end = p + o.parts.size(part); p < end; p++) {
    const idx channel = p * o.WIDTH, channels = smaller(o.WIDTH, s.out - channel);
    const T* const panel = weights + (group * o.panels + p) * (o.panel_size() + o.WIDTH);
    T* const out = to + (at * s.out + channel) * s.output_plane() + row * s.x.out + column;
    for (idx r = 0; r < rows; r++)
      for (idx c = 0; c < columns.parts; c++) {
        const idx first = columns.begin(c), count = columns.size(c);
        const T* const from = patch + r * s.y.stride * o.layout.width + first * s.x.stride;
        for (idx i = 0; i < channels; i++) __builtin_prefetch(out + i * s.output_plane() + r * s.x.out + first, 1);
        MakeOutputsHeights<T, TILE_ROWS>::table[count](conv.depth(), from, s.x.stride, offsets, panel, sums);
        store_outputs(out + r * s.x.out + first, s.output_plane(), sums, count, channels);
      }
  }
}

/** The convolution; `scratch` is as long as scratch_bytes says. */
template <class T>
void convolve_outputs(const OutputsConvolution<T>& o, const T* source, const T* weights, const T* bias, T* to, void* scratch) {
  const Convolution<T>& conv = o.conv;
  const ConvShape& s = conv.s;
  int32_t* const offsets = reinterpret_cast<int32_t*>(at_line(scratch));
  T* const packed = reinterpret_cast<T*>(at_line(scratch) + conv.offsets_bytes());
  T* const patches = packed + o.weights_size();
  o.write_offsets(offsets);
  auto run = [&](idx work, idx count, auto&& f) {
    if (work >= PARALLEL_WORK) return parallel_tasks(count, f);
    for (idx i = 0; i < count; i++) f(i, 0);
  };
  run(s.weights() * PACKING_WORK, s.groups * o.panels, [&](idx i, int) {
    o.pack(packed + i * (o.panel_size() + o.WIDTH), weights, bias, i / o.panels, i % o.panels);
  });
  const idx items = s.n * s.groups * conv.bands.count() * o.parts.parts;
  const EvenSplit tasks{items, smaller(items, CONV_TASKS)};
  run(s.n * s.output_plane() * s.weights(), tasks.parts, [&](idx task, int thread) {
    for (idx i = tasks.begin(task), end = i + tasks.size(task); i < end; i++)
      outputs_item(o, i, offsets, packed, patches + thread * o.layout.size(), source, to);
  });
}

}  // namespace NABLA_ISA
