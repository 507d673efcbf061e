// Convolutions with kernels of 1 × 1: a matrix product for each image. The source is read as it lies: the first tile of output channels
// leaves a copy of what it reads to the others, which so need no patch that is filled apart.
#pragma once
#include "../parallel.h"
#include "images.h"

namespace NABLA_ISA {

constexpr idx POINTWISE_BYTES = 512 << 10;  // of a panel: more would not stay in the second-level cache with the weights
constexpr idx POINTWISE_AHEAD = 32;         // steps before its end at which a tile asks for the memory of its results

/** How the work is cut: images × groups × bands of pixels × parts of the output channels. */
template <class T> struct Pointwise {
  Convolution<T> conv;  // its tiles and weights
  idx plane, vectors;   // pixels of an image, and vectors of a panel of them
  EvenSplit bands, parts;

  Pointwise(const ConvShape& s, bool transposed)
      : conv(s, transposed), plane(s.output_plane()), vectors(conv_vectors(static_cast<int>(conv.tiles.size(0)))), bands{plane, 1},
        parts{conv.tiles.parts, 1} {
    const idx images = larger(s.n * s.groups, 1);
    bands.parts = larger(smaller(divide_up(CONV_ENOUGH, images), plane / (2 * vectors * LANES<T>)), 1);
    parts.parts = smaller(divide_up(CONV_ENOUGH, images * bands.parts), conv.tiles.parts);
  }
  /** Whether a panel stays in the cache, and vectors are well used, or other ways use them no better. */
  bool suits() const {
    const ConvShape& s = conv.s;
    auto fits = [](const ConvAxis& a) { return a.kernel == 1 && a.stride == 1 && a.pad == 0 && a.out == a.in; };
    if (!fits(s.y) || !fits(s.x) || plane < LANES<T> || conv.results <= 0) return false;
    if (panel_size() * static_cast<idx>(sizeof(T)) > POINTWISE_BYTES) return false;
    const idx computed = round_up(divide_up(plane, LANES<T>), vectors) * LANES<T>;
    return plane * 4 > computed * 3 || !ImagesConvolution<T>(s, conv.transposed).suits();
  }
  idx panel_size() const { return conv.channels * vectors * LANES<T>; }
  idx scratch_bytes(idx threads) const {
    return SCRATCH_LINE + (conv.weights_size() + threads * panel_size()) * static_cast<idx>(sizeof(T));
  }
};

/** The operands of a tile: vector j of a channel's pixels is from[j], the next channel's `step` further. */
template <class T> struct PointwiseTile {
  const T* from[MOST_VECTORS];
  idx step;
  T* copy;  // where what is read is left, or null
  T* to[MOST_VECTORS];
  idx plane;
};

template <class T, int ROWS, int VECTORS, bool COPY>
ALWAYS_INLINE const T* pointwise_steps(V<T> (&sum)[ROWS][VECTORS], idx begin, idx end, const T* a, const PointwiseTile<T>& tile) {
  constexpr int L = LANES<T>;
  const T* from[VECTORS];
#pragma GCC unroll 8
  for (int j = 0; j < VECTORS; j++) from[j] = tile.from[j];
  const idx step = tile.step;
  T* __restrict copy = COPY ? tile.copy + begin * VECTORS * L : nullptr;
  idx offset = begin * step;
#pragma GCC unroll 1
  for (idx d = begin; d < end; d++, a += ROWS, offset += step) {
    V<T> row[VECTORS];
#pragma GCC unroll 8
    for (int j = 0; j < VECTORS; j++) {
      row[j] = load(from[j] + offset);
      if constexpr (COPY) store(copy + j * L, row[j]);
    }
    if constexpr (COPY) copy += VECTORS * L;
#pragma GCC unroll 16
    for (int i = 0; i < ROWS; i++) {
      const V<T> x = splat(a[i]);
#pragma GCC unroll 8
      for (int j = 0; j < VECTORS; j++) sum[i][j] = fma(x, row[j], sum[i][j]);
    }
  }
  return a;
}

/** Output channels × pixels: to = bias + Σ weights · source. */
template <class T, int ROWS, int VECTORS>
static __attribute__((noinline)) void pointwise_tile(idx depth, const T* __restrict a, const PointwiseTile<T>& tile, const T* bias) {
  V<T> sum[ROWS][VECTORS];
#pragma GCC unroll 16
  for (int i = 0; i < ROWS; i++) {
    const V<T> start = bias ? splat(bias[i]) : V<T>{};
#pragma GCC unroll 8
    for (int j = 0; j < VECTORS; j++) sum[i][j] = start;
  }
  const idx first = larger(depth - POINTWISE_AHEAD, 0);
  auto steps = [&](idx begin, idx end) __attribute__((always_inline)) {
    if (tile.copy) a = pointwise_steps<T, ROWS, VECTORS, true>(sum, begin, end, a, tile);
    else a = pointwise_steps<T, ROWS, VECTORS, false>(sum, begin, end, a, tile);
  };
  for (idx begin = 0, end = first;; begin = end, end = depth) {  // one loop, so that the steps stand once in the code
    steps(begin, end);
    if (end == depth) break;
#pragma GCC unroll 16
    for (int i = 0; i < ROWS; i++) {
#pragma GCC unroll 8
      for (int j = 0; j < VECTORS; j++) __builtin_prefetch(tile.to[j] + i * tile.plane, 1);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < ROWS; i++) {
#pragma GCC unroll 8
    for (int j = 0; j < VECTORS; j++) store(tile.to[j] + i * tile.plane, sum[i][j]);
  }
}

template <class T> using PointwiseTileOf = void (*)(idx, const T*, const PointwiseTile<T>&, const T*);
template <class T, int VECTORS, int... I> struct PointwiseHeights {
  static constexpr PointwiseTileOf<T> table[] = {nullptr, pointwise_tile<T, I, VECTORS>...};
};
template <class T, int VECTORS, int N, int... I> struct MakePointwiseHeights : MakePointwiseHeights<T, VECTORS, N - 1, N, I...> {};
template <class T, int VECTORS, int... I> struct MakePointwiseHeights<T, VECTORS, 0, I...> : PointwiseHeights<T, VECTORS, I...> {};

template <class T> ALWAYS_INLINE PointwiseTileOf<T> pointwise_tile_for(idx vectors, idx rows) {
  switch (vectors) {
    case 8: return MakePointwiseHeights<T, 8, conv_tallest(8)>::table[rows];
    case 4: return MakePointwiseHeights<T, 4, conv_tallest(4)>::table[rows];
    default: return MakePointwiseHeights<T, 2, TILE_ROWS>::table[rows];
  }
}

/** One task: a band of an image's pixels, a group and some of the output channels. */
template <class T>
void pointwise_item(const Pointwise<T>& p, idx item, const T* weights, T* panel, const T* source, const T* bias, T* to) {
  constexpr int L = LANES<T>;
  const Convolution<T>& conv = p.conv;
  const idx part = item % p.parts.parts, band = item / p.parts.parts % p.bands.parts, at = item / p.parts.parts / p.bands.parts;
  const idx group = at % conv.s.groups, depth = conv.channels, width = p.vectors * L;
  const idx begin = p.bands.begin(band), end = begin + p.bands.size(band);
  const idx first_tile = p.parts.begin(part), tiles = p.parts.size(part);
  const T* const from = source + at * depth * p.plane;
  T* const out = to + at * conv.results * p.plane;
  for (idx pixel = begin; pixel < end; pixel += width) {
    const EvenSplit ahead{depth, tiles};
    // What the next panel reads, here or in the next image.
    const T* const next = pixel + width < end ? from + pixel + width : from + depth * p.plane + begin;
    for (idx t = 0; t < tiles; t++) {
      const idx rows = conv.tiles.size(first_tile + t), row = conv.tiles.begin(first_tile + t);
      PointwiseTile<T> tile;
      tile.plane = p.plane;
      tile.step = t == 0 ? p.plane : width;
      tile.copy = t == 0 && tiles > 1 ? panel : nullptr;
      for (idx j = 0; j < p.vectors; j++) {
        const idx column = smaller(pixel + j * L, end - L);  // the last vectors overlap
        tile.from[j] = t == 0 ? from + column : panel + j * L;
        tile.to[j] = out + row * p.plane + column;
      }
      for (idx c = ahead.begin(t), last = c + ahead.size(t); c < last; c++)
        for (idx j = 0; j < width; j += 64 / sizeof(T)) __builtin_prefetch(next + c * p.plane + j, 0, 2);
      pointwise_tile_for<T>(p.vectors, rows)(depth, weights + (group * conv.results + row) * depth, tile,
                                             bias ? bias + group * conv.results + row : nullptr);
    }
  }
}

/** The convolution, or the transposed one. */
template <class T>
void convolve_pointwise(const Pointwise<T>& p, const T* source, const T* weights, const T* bias, T* to, void* scratch) {
  const Convolution<T>& conv = p.conv;
  const ConvShape& s = conv.s;
  T* const packed = reinterpret_cast<T*>(at_line(scratch));
  T* const panels = packed + conv.weights_size();
  auto run = [&](idx work, idx count, auto&& f) {
    if (work >= PARALLEL_WORK) return parallel_tasks(count, f);
    for (idx i = 0; i < count; i++) f(i, 0);
  };
  run(s.weights() * PACKING_WORK, s.groups * conv.tiles.parts, [&](idx i, int) {
    const idx group = i / conv.tiles.parts;
    conv.pack_weights(packed + group * conv.depth() * conv.results, weights + group * s.out * s.in, i % conv.tiles.parts);
  });
  const idx items = s.n * s.groups * p.bands.parts * p.parts.parts;
  const EvenSplit tasks{items, smaller(items, CONV_TASKS)};
  run(s.n * p.plane * s.weights(), tasks.parts, [&](idx task, int thread) {
    for (idx i = tasks.begin(task), end = i + tasks.size(task); i < end; i++)
      pointwise_item(p, i, packed, panels + thread * p.panel_size(), source, bias, to);
  });
}

}  // namespace NABLA_ISA
