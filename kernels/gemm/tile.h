// The register tile: up to TILE_ROWS × TILE_VECTORS accumulators over one depth block, with the epilogue.
#pragma once
#include "../math/partial.h"
#include "problem.h"

namespace NABLA_ISA {

template <class T> ALWAYS_INLINE V<T> relu(V<T> v) { return V<T>{} > v ? V<T>{} : v; }  // NaN passes

/** Adds what the flags ask for to finished sums and stores them, `columns` of them in each of ROWS rows. */
template <class T, int ROWS, int VECTORS>
ALWAYS_INLINE void store_sums(V<T> (&sum)[ROWS][VECTORS], T* c, idx ldc, int flags, const T* bias) {
  constexpr int L = LANES<T>;
  if (flags & ACCUMULATE) {
#pragma GCC unroll 16
    for (int i = 0; i < ROWS; i++) {
#pragma GCC unroll 4
      for (int j = 0; j < VECTORS; j++) sum[i][j] += load(c + i * ldc + j * L);
    }
  }
  if (flags & ADD_BIAS) {
#pragma GCC unroll 4
    for (int j = 0; j < VECTORS; j++) {
      V<T> x = load(bias + j * L);
#pragma GCC unroll 16
      for (int i = 0; i < ROWS; i++) sum[i][j] += x;
    }
  }
  if (flags & RELU) {
#pragma GCC unroll 16
    for (int i = 0; i < ROWS; i++) {
#pragma GCC unroll 4
      for (int j = 0; j < VECTORS; j++) sum[i][j] = relu<T>(sum[i][j]);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < ROWS; i++) {
#pragma GCC unroll 4
    for (int j = 0; j < VECTORS; j++) store(c + i * ldc + j * L, sum[i][j]);
  }
}

/** The same where the last vector is not full: row by row, so that the code of every tile height stays small. */
template <class T, int VECTORS>
static __attribute__((noinline)) void store_partial_sums(const T* sums, int rows, int columns, T* c, idx ldc, int flags,
                                                         const T* bias) {
  constexpr int L = LANES<T>, WHOLE = (VECTORS - 1) * L;
  const int last = columns - WHOLE;
  for (int i = 0; i < rows; i++, sums += VECTORS * L, c += ldc) {
#pragma GCC unroll 4
    for (int j = 0; j < VECTORS * L; j += L) {
      const int lanes = j < WHOLE ? L : last;
      V<T> x = load(sums + j);
      if (flags & ACCUMULATE) x += load_lanes(c + j, lanes);
      if (flags & ADD_BIAS) x += load_lanes(bias + j, lanes);
      if (flags & RELU) x = relu<T>(x);
      store_lanes(c + j, x, lanes);
    }
  }
}

constexpr idx PREFETCH_C = 32;     // steps before the end at which C is asked for: about a third-level cache's latency
constexpr idx PREFETCH_ROWS = 6;  // rows of an unpacked B asked for in advance

/** Adds `steps` products of a column of A and a row of B; APART: rows of A are a_step apart, else columns are. */
template <class T, int ROWS, int VECTORS, bool COPY, bool APART = false>
ALWAYS_INLINE void accumulate(V<T> (&sum)[ROWS][VECTORS], idx steps, const T* a, idx a_step, const T* b, idx b_step,
                              T* __restrict copy) {
  constexpr int L = LANES<T>;
#pragma GCC unroll 1
  for (; steps > 0; steps--) {
    V<T> row[VECTORS];
#pragma GCC unroll 4
    for (int j = 0; j < VECTORS; j++) {
      row[j] = load(b + j * L);
      if constexpr (COPY) {
        store(copy + j * L, row[j]);
        __builtin_prefetch(b + PREFETCH_ROWS * b_step + j * L);
      }
    }
#pragma GCC unroll 16
    for (int i = 0; i < ROWS; i++) {
      V<T> x = splat(a[APART ? i * a_step : i]);
#pragma GCC unroll 4
      for (int j = 0; j < VECTORS; j++) sum[i][j] = fma(x, row[j], sum[i][j]);
    }
    a += APART ? 1 : a_step;
    b += b_step;
    if constexpr (COPY) copy += TILE_COLUMNS<T>;
  }
}

/**
 * C[ROWS, columns] (+)= A · B over `depth`. Row i of A at depth d is a[d * a_step + i], or APART a[i * a_step + d]; row d of
 * B is b + d * b_step, and VECTORS whole vectors of it are read. `columns` is larger than (VECTORS − 1) vectors. If `copy`
 * is not null, the rows of B are also written there, packed for the tiles that follow: this hides the copy behind the
 * arithmetic.
 */
template <class T, int ROWS, int VECTORS, bool APART>
static __attribute__((noinline)) void multiply_tile(idx depth, const T* __restrict a, idx a_step, const T* __restrict b,
                                                    idx b_step, T* __restrict c, idx ldc, int columns, int flags,
                                                    const T* bias, T* __restrict copy) {
  constexpr int L = LANES<T>;
  V<T> sum[ROWS][VECTORS];
#pragma GCC unroll 16
  for (int i = 0; i < ROWS; i++) {
#pragma GCC unroll 4
    for (int j = 0; j < VECTORS; j++) sum[i][j] = V<T>{};
  }
  if (copy) {
    accumulate<T, ROWS, VECTORS, true, APART>(sum, depth, a, a_step, b, b_step, copy);
  } else {
    for (idx done = 0, end = depth - PREFETCH_C; done < depth; end = depth) {
      const T* const from = a + done * (APART ? 1 : a_step);
      accumulate<T, ROWS, VECTORS, false, APART>(sum, end - done, from, a_step, b + done * b_step, b_step, nullptr);
      if (end > done) done = end;
      if (done == depth) break;
#pragma GCC unroll 16
      for (int i = 0; i < ROWS; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < VECTORS; j++) __builtin_prefetch(c + i * ldc + j * L, 1);
        __builtin_prefetch(c + i * ldc + VECTORS * L - 1, 1);
      }
    }
  }
  if (columns == VECTORS * L) return store_sums<T, ROWS, VECTORS>(sum, c, ldc, flags, bias);
  T sums[ROWS][VECTORS * L];
#pragma GCC unroll 16
  for (int i = 0; i < ROWS; i++) {
#pragma GCC unroll 4
    for (int j = 0; j < VECTORS; j++) store(sums[i] + j * L, sum[i][j]);
  }
  store_partial_sums<T, VECTORS>(sums[0], ROWS, columns, c, ldc, flags, bias);
}

template <class T>
using MultiplyTile = void (*)(idx, const T*, idx, const T*, idx, T*, idx, int, int, const T*, T*);

/** Every tile height, so that rows can be split evenly and there are no left-over rows. */
template <class T, int VECTORS, bool APART, int... I> struct TileHeights {
  static constexpr MultiplyTile<T> table[] = {nullptr, multiply_tile<T, I, VECTORS, APART>...};
};
template <class T, int VECTORS, bool APART, int N, int... I>
struct MakeTileHeights : MakeTileHeights<T, VECTORS, APART, N - 1, N, I...> {};
template <class T, int VECTORS, bool APART, int... I>
struct MakeTileHeights<T, VECTORS, APART, 0, I...> : TileHeights<T, VECTORS, APART, I...> {};

template <class T, bool APART = false> ALWAYS_INLINE MultiplyTile<T> tile_for(idx rows, idx columns) {
  using Wide = MakeTileHeights<T, TILE_VECTORS, APART, TILE_ROWS>;
  return columns > LANES<T> ? Wide::table[rows] : MakeTileHeights<T, 1, APART, TILE_ROWS>::table[rows];
}

}  // namespace NABLA_ISA
