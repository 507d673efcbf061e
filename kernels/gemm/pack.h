// Copies of A and B in the order in which the register tile reads them: A as [depth][rows of the tile], B as
// [depth][columns of the tile].
#pragma once
#include "../math/partial.h"
#include "problem.h"

namespace NABLA_ISA {

// Transposition works inside 16-byte groups, which every vector width has: a vector is gathered from 16-byte loads of
// different rows, and a few interleaves inside the groups finish it.
template <class T> constexpr int GROUP = 16 / sizeof(T);
template <int BYTES, class T> struct Bytes {
  typedef T type __attribute__((vector_size(BYTES)));
  typedef T unaligned __attribute__((vector_size(BYTES), aligned(sizeof(T)), may_alias));
};

template <int N> using MakeLaneList = LanesUpTo<N>;

template <class Wide, class Half, int... I> ALWAYS_INLINE Wide join(Half x, Half y, LaneList<I...>) {
  return __builtin_shufflevector(x, y, I...);
}
/** One vector from 16 bytes each, at depth d, of every GROUP-th row from `row` on; zero where there is no row. */
template <class T, int BYTES> ALWAYS_INLINE typename Bytes<BYTES, T>::type gather_groups(const T* const* row, int rows, idx d) {
  using Vector = typename Bytes<BYTES, T>::type;
  if constexpr (BYTES == 16) {
    return rows > 0 ? Vector(*reinterpret_cast<const typename Bytes<16, T>::unaligned*>(row[0] + d)) : Vector{};
  } else {
    constexpr int HALF = BYTES / 2 / 16 * GROUP<T>;
    return join<Vector>(gather_groups<T, BYTES / 2>(row, rows, d),
                        gather_groups<T, BYTES / 2>(row + HALF, rows - HALF, d),
                        typename MakeLaneList<BYTES / sizeof(T)>::type{});
  }
}

/** Inside each 16-byte group, pieces of SPAN lanes of x and y alternate: the low halves, or (HIGH) the high halves. */
template <class T, int SPAN, bool HIGH, int... I>
ALWAYS_INLINE V<T> interleave(V<T> x, V<T> y, LaneList<I...>) {
  return __builtin_shufflevector(
      x, y,
      (I / GROUP<T> * GROUP<T> + (HIGH ? GROUP<T> / 2 : 0) + I % GROUP<T> / (2 * SPAN) * SPAN + I % SPAN +
       (I / SPAN % 2 ? LANES<T> : 0))...);
}
template <class T, int SPAN, bool HIGH> ALWAYS_INLINE V<T> interleave(V<T> x, V<T> y) {
  return interleave<T, SPAN, HIGH>(x, y, typename MakeLaneList<LANES<T>>::type{});
}

/** Transposes every GROUP × GROUP block that GROUP vectors hold. */
ALWAYS_INLINE void transpose_groups(V<float> (&v)[4]) {
  V<float> low01 = interleave<float, 1, false>(v[0], v[1]), high01 = interleave<float, 1, true>(v[0], v[1]);
  V<float> low23 = interleave<float, 1, false>(v[2], v[3]), high23 = interleave<float, 1, true>(v[2], v[3]);
  v[0] = interleave<float, 2, false>(low01, low23);
  v[1] = interleave<float, 2, true>(low01, low23);
  v[2] = interleave<float, 2, false>(high01, high23);
  v[3] = interleave<float, 2, true>(high01, high23);
}
ALWAYS_INLINE void transpose_groups(V<double> (&v)[2]) {
  V<double> low = interleave<double, 1, false>(v[0], v[1]);
  v[1] = interleave<double, 1, true>(v[0], v[1]);
  v[0] = low;
}

/**
 * to[d * step + i] = row[i][d] for i < ROWS, d < depth. Whole vectors are written, so up to LANES − 1 elements after each
 * row's last are overwritten, in ascending order: what follows must be written later, or be slack.
 */
template <class T, int ROWS>
ALWAYS_INLINE void transpose_rows(T* __restrict to, idx step, const T* const (&row)[ROWS], idx depth) {
  constexpr int L = LANES<T>, G = GROUP<T>, VECTORS = (ROWS + L - 1) / L;
  if (depth < G) {
    for (idx d = 0; d < depth; d++)
      for (int i = 0; i < ROWS; i++) to[d * step + i] = row[i][d];
    return;
  }
  for (idx next = 0; next < depth; next += G) {
    const idx d = smaller(next, depth - G);  // the last groups may overlap
    V<T> v[VECTORS][G];
#pragma GCC unroll 8
    for (int j = 0; j < VECTORS; j++) {
#pragma GCC unroll 4
      for (int g = 0; g < G; g++)
        v[j][g] = gather_groups<T, NABLA_VECTOR_BYTES>(row + (j * L + g), ROWS - j * L - g, d);
      transpose_groups(v[j]);
    }
#pragma GCC unroll 4
    for (int g = 0; g < G; g++) {
#pragma GCC unroll 8
      for (int j = 0; j < VECTORS; j++) store(to + (d + g) * step + j * L, v[j][g]);
    }
  }
}

/** A tile of A stored [row][depth]. */
template <class T, int ROWS> static __attribute__((noinline)) void pack_rows(T* to, const T* from, idx ld, idx depth) {
  const T* row[ROWS];
#pragma GCC unroll 16
  for (int i = 0; i < ROWS; i++) row[i] = from + i * ld;
  transpose_rows<T, ROWS>(to, ROWS, row, depth);
}
/** A tile of A stored [depth][row]. */
template <class T, int ROWS>
static __attribute__((noinline)) void pack_rows_transposed(T* to, const T* from, idx ld, idx depth) {
  for (idx d = 0; d < depth; d++) __builtin_memcpy(to + d * ROWS, from + d * ld, ROWS * sizeof(T));
}

template <class T> using PackRows = void (*)(T*, const T*, idx, idx);
template <class T, int... I> struct PackHeights {
  static constexpr PackRows<T> plain[] = {nullptr, pack_rows<T, I>...};
  static constexpr PackRows<T> transposed[] = {nullptr, pack_rows_transposed<T, I>...};
};
template <class T, int N, int... I> struct MakePackHeights : MakePackHeights<T, N - 1, N, I...> {};
template <class T, int... I> struct MakePackHeights<T, 0, I...> : PackHeights<T, I...> {};

/** Packs rows of A over a range of the depth; `to` needs LANES elements of slack. */
template <class T> ALWAYS_INLINE void pack_a(const Gemm<T>& p, T* to, Range rows, Range depth) {
  using Heights = MakePackHeights<T, TILE_ROWS>;
  (p.transposed_a() ? Heights::transposed : Heights::plain)[rows.size](to, p.a_at(rows.begin, depth.begin), p.lda, depth.size);
}

/** A panel of B stored [depth][column]; columns past the last hold anything, since their results are not stored. */
template <class T>
static void pack_panel(T* __restrict to, const T* __restrict from, idx ld, idx depth, idx columns) {
  constexpr int L = LANES<T>, W = TILE_COLUMNS<T>;
  const T* end = from + (depth - 1) * ld + columns;  // nothing from here on may be read
  idx d = 0;
  for (; d < depth && from + W <= end; d++, from += ld, to += W) {
#pragma GCC unroll 4
    for (int j = 0; j < W; j += L) store(to + j, load(from + j));
  }
  for (; d < depth; d++, from += ld, to += W)
    for (idx j = 0; j < columns; j++) to[j] = from[j];
}
/** A panel of B stored [column][depth]; where there is no column, the last one is repeated. */
template <class T>
static void pack_panel_transposed(T* __restrict to, const T* __restrict from, idx ld, idx depth, idx columns) {
  constexpr int L = LANES<T>, W = TILE_COLUMNS<T>;
  for (idx j = 0; j < columns; j += L) {
    const T* row[L];
#pragma GCC unroll 16
    for (int i = 0; i < L; i++) row[i] = from + smaller(j + i, columns - 1) * ld;
    transpose_rows<T, L>(to + j, W, row, depth);
  }
}
/** Packs at most one panel of columns of B over a range of the depth. */
template <class T> ALWAYS_INLINE void pack_b(const Gemm<T>& p, T* to, Range columns, Range depth) {
  const T* const from = p.b_at(depth.begin, columns.begin);
  (p.transposed_b() ? pack_panel_transposed<T> : pack_panel<T>)(to, from, p.ldb, depth.size, columns.size);
}

}  // namespace NABLA_ISA
