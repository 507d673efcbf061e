// Transposing a matrix by square blocks that are turned in registers.
#pragma once
#include "partial.h"

namespace NABLA_ISA {

/** Elements of a block's row: what fits into 32 bytes, or 16 where vectors are that short. */
template <class T> constexpr int BLOCK_LANES = (NABLA_VECTOR_BYTES < 32 ? 16 : 32) / sizeof(T);
template <class T> struct BlockRow {
  typedef T type __attribute__((vector_size(BLOCK_LANES<T> * sizeof(T))));
};

/** Exchanges lanes l | STEP of a with lanes l of b. */
template <class T, int STEP, int... I>
ALWAYS_INLINE void exchange(typename BlockRow<T>::type& a, typename BlockRow<T>::type& b, LaneList<I...>) {
  constexpr int N = BLOCK_LANES<T>;
  const typename BlockRow<T>::type p = a, q = b;
  a = __builtin_shufflevector(p, q, (I & STEP ? N + (I ^ STEP) : I)...);
  b = __builtin_shufflevector(p, q, (I & STEP ? N + I : I ^ STEP)...);
}
template <class T, int STEP> ALWAYS_INLINE void exchange_all(typename BlockRow<T>::type* rows) {
  if constexpr (STEP > 0) {
    for (int k = 0; k < BLOCK_LANES<T>; k++)
      if (!(k & STEP)) exchange<T, STEP>(rows[k], rows[k | STEP], typename LanesUpTo<BLOCK_LANES<T>>::type{});
    exchange_all<T, STEP / 2>(rows);
  }
}

/** y[i·sy + j] = x[i + j·sx] for one block. */
template <class T> ALWAYS_INLINE void transpose_block(const T* x, idx sx, T* y, idx sy) {
  constexpr int N = BLOCK_LANES<T>;
  typename BlockRow<T>::type rows[N];
  for (int j = 0; j < N; j++) __builtin_memcpy(rows + j, x + j * sx, sizeof rows[j]);
  exchange_all<T, N / 2>(rows);
  for (int i = 0; i < N; i++) __builtin_memcpy(y + i * sy, rows + i, sizeof rows[i]);
}

/** y[i·sy + j] = x[i + j·sx], i < m, j < n; a cache line at a time on both sides. */
template <class T> static void transpose(const T* x, idx sx, T* y, idx sy, idx m, idx n) {
  constexpr idx N = sizeof(T) == 1 ? 1 : BLOCK_LANES<T>, LINE = 64 / sizeof(T);
  for (idx i0 = 0; i0 < m; i0 += LINE) {
    const idx i1 = i0 + LINE < m ? i0 + LINE : m;
    for (idx j0 = 0; j0 < n; j0 += LINE) {
      const idx j1 = j0 + LINE < n ? j0 + LINE : n;
      const idx whole_i = i0 + (i1 - i0) / N * N, whole_j = j0 + (j1 - j0) / N * N;
      if constexpr (N > 1)
        for (idx i = i0; i < whole_i; i += N)
          for (idx j = j0; j < whole_j; j += N) transpose_block(x + i + j * sx, sx, y + i * sy + j, sy);
      for (idx i = i0; i < i1; i++)
        for (idx j = N > 1 && i < whole_i ? whole_j : j0; j < j1; j++) y[i * sy + j] = x[i + j * sx];
    }
  }
}

}  // namespace NABLA_ISA
