// The register tile of convolutions: output channels × vectors of results, over a list of taps whose operands are read
// from a patch at given offsets.
#pragma once
#include "patch.h"

namespace NABLA_ISA {

constexpr int MOST_VECTORS = 8;

/** Vectors of a tile with so many rows: few rows leave registers for more of them, which hides the latency of additions. */
constexpr int conv_vectors(idx rows) {
#if defined(__AVX512F__) || defined(__aarch64__)
  return rows <= 3 ? 8 : rows <= 6 ? 4 : 2;
#elif defined(__AVX2__)
  return rows == 1 ? 8 : rows <= 3 ? 4 : 2;
#else
  return rows == 1 ? 8 : rows == 2 ? 4 : 2;
#endif
}

/** One tile's operands. Result (i, j) is in vector j of row i. */
template <class T> struct ConvTile {
  const T* from[MOST_VECTORS];  // where the taps' offsets are counted from
  T* to[MOST_VECTORS];          // row 0 of the results, when whole vectors are stored
  idx plane;                    // from one row of results to the next
  T* sums;                      // [row][vector]: kept between blocks of taps
};

enum ConvStage : int { CONV_FIRST = 1, CONV_STORE = 2 };

template <class T, int ROWS, int VECTORS>
static __attribute__((noinline)) void convolve_tile(idx depth, const T* __restrict a, const int32_t* __restrict offsets,
                                                    const ConvTile<T>& tile, const T* bias, int stage) {
  constexpr int L = LANES<T>;
  V<T> sum[ROWS][VECTORS];
#pragma GCC unroll 16
  for (int i = 0; i < ROWS; i++) {
    const V<T> start = stage & CONV_FIRST && bias ? splat(bias[i]) : V<T>{};
#pragma GCC unroll 8
    for (int j = 0; j < VECTORS; j++) sum[i][j] = stage & CONV_FIRST ? start : load(tile.sums + (i * VECTORS + j) * L);
  }
  const T* from[VECTORS];
#pragma GCC unroll 8
  for (int j = 0; j < VECTORS; j++) from[j] = tile.from[j];
#pragma GCC unroll 1
  for (idx d = 0; d < depth; d++, a += ROWS) {
    const idx offset = offsets[d];
    if constexpr (ROWS > VECTORS) {
      V<T> row[VECTORS];
#pragma GCC unroll 8
      for (int j = 0; j < VECTORS; j++) row[j] = load(from[j] + offset);
#pragma GCC unroll 16
      for (int i = 0; i < ROWS; i++) {
        const V<T> x = splat(a[i]);
#pragma GCC unroll 8
        for (int j = 0; j < VECTORS; j++) sum[i][j] = fma(x, row[j], sum[i][j]);
      }
    } else {
      V<T> x[ROWS];
#pragma GCC unroll 16
      for (int i = 0; i < ROWS; i++) x[i] = splat(a[i]);
#pragma GCC unroll 8
      for (int j = 0; j < VECTORS; j++) {
        const V<T> row = load(from[j] + offset);
#pragma GCC unroll 16
        for (int i = 0; i < ROWS; i++) sum[i][j] = fma(x[i], row, sum[i][j]);
        LOADS_STAY_HERE;
      }
    }
  }
  const bool in_place = stage & CONV_STORE;
#pragma GCC unroll 8
  for (int j = 0; j < VECTORS; j++) {
    T* const to = in_place ? tile.to[j] : tile.sums + j * L;
    const idx step = in_place ? tile.plane : VECTORS * L;
#pragma GCC unroll 16
    for (int i = 0; i < ROWS; i++) store(to + i * step, sum[i][j]);
  }
}

template <class T> using ConvolveTile = void (*)(idx, const T*, const int32_t*, const ConvTile<T>&, const T*, int);

template <class T, int VECTORS, int... I> struct ConvHeights {
  static constexpr ConvolveTile<T> table[] = {nullptr, convolve_tile<T, I, VECTORS>...};
};
template <class T, int VECTORS, int N, int... I> struct MakeConvHeights : MakeConvHeights<T, VECTORS, N - 1, N, I...> {};
template <class T, int VECTORS, int... I> struct MakeConvHeights<T, VECTORS, 0, I...> : ConvHeights<T, VECTORS, I...> {};

/** Tallest tile that has so many vectors. */
constexpr int conv_tallest(int vectors) {
  int rows = TILE_ROWS;
  while (rows > 1 && conv_vectors(rows) < vectors) rows--;
  return rows;
}

template <class T> ALWAYS_INLINE ConvolveTile<T> convolve_tile_for(int vectors, idx rows) {
  switch (vectors) {
    case 8: return MakeConvHeights<T, 8, conv_tallest(8)>::table[rows];
    case 4: return MakeConvHeights<T, 4, conv_tallest(4)>::table[rows];
    default: return MakeConvHeights<T, 2, TILE_ROWS>::table[rows];
  }
}

/** Where the results of a band go: from its first one, and from one row, column and channel to the next. */
template <class T> struct ConvOutput {
  T* first;
  idx row_step, column_step, plane;
};

/** Stores the results that a vector holds, for `rows` channels; `sums` is channel 0's, `step` leads to the next. */
template <class T>
static __attribute__((noinline)) void scatter(const Pixels<T>& pixels, PixelPlace at, const T* sums, idx step, idx rows, const ConvOutput<T>& out) {
  const idx plane = out.plane, apart = out.column_step;
  pixels.runs(at, [&](int lane, idx row, idx column, int count) {
    T* to = out.first + row * out.row_step + column * apart;
    const T* from = sums + lane;
    if (apart == 2)
      for (idx i = 0; i < rows; i++, to += plane, from += step) {
#pragma clang loop vectorize(disable)
        for (int k = 0; k < count; k++) to[2 * k] = from[k];
      }
    else if (apart != 1)
      for (idx i = 0; i < rows; i++, to += plane, from += step)
        for (int k = 0; k < count; k++) to[k * apart] = from[k];
    else
      for (idx i = 0; i < rows; i++, to += plane, from += step) {
        if (count == LANES<T>) store(to, load(from));
        else copy_some(to, from, count);
      }
  });
}

}  // namespace NABLA_ISA
