// A · Bᵀ with both operands read along their rows, as in a Linear layer: each result is a dot product. Nothing is packed,
// which wins when A or B has few rows.
#pragma once
#include "pack.h"
#include "tile.h"

namespace NABLA_ISA {

constexpr int DOT_ROWS = NABLA_VECTOR_BYTES == 64 ? 6 : NABLA_VECTOR_BYTES == 32 ? 3 : 2;  // rows of A at once
constexpr int DOT_COLUMNS = 4;                                                            // rows of B at once
constexpr idx DOT_TASK_WORK = 1 << 15;

template <int BYTES, class T> ALWAYS_INLINE typename Bytes<16, T>::type add_groups(typename Bytes<BYTES, T>::type v) {
  if constexpr (BYTES == 16) {
    return v;
  } else {
    typename Bytes<BYTES / 2, T>::type halves[2];
    __builtin_memcpy(halves, &v, BYTES);
    return add_groups<BYTES / 2, T>(halves[0] + halves[1]);
  }
}
/** The lane sums of four vectors. */
ALWAYS_INLINE void sum_each(const V<float> (&v)[4], float* sums) {
  V<float> x = interleave<float, 1, false>(v[0], v[1]) + interleave<float, 1, true>(v[0], v[1]);
  V<float> y = interleave<float, 1, false>(v[2], v[3]) + interleave<float, 1, true>(v[2], v[3]);
  auto group = add_groups<NABLA_VECTOR_BYTES, float>(interleave<float, 2, false>(x, y) + interleave<float, 2, true>(x, y));
  __builtin_memcpy(sums, &group, 16);
}
ALWAYS_INLINE void sum_each(const V<double> (&v)[4], double* sums) {
#pragma GCC unroll 2
  for (int i = 0; i < 4; i += 2) {
    auto group = add_groups<NABLA_VECTOR_BYTES, double>(interleave<double, 1, false>(v[i], v[i + 1]) +
                                                        interleave<double, 1, true>(v[i], v[i + 1]));
    __builtin_memcpy(sums + i, &group, 16);
  }
}

template <class T> ALWAYS_INLINE T finish(T sum, T before, T bias, int flags) {
  if (flags & ACCUMULATE) sum += before;
  if (flags & ADD_BIAS) sum += bias;
  return flags & RELU && T{0} > sum ? T{0} : sum;
}

/** Where a dot kernel writes: element (i, j) at c[i * row_step + j * column_step], with bias[j * bias_step]. */
template <class T> struct DotOutput {
  T* c;
  idx row_step, column_step;
  const T* bias;
  idx bias_step;
  int flags;
};

/** The dots of ROWS rows of A with up to DOT_COLUMNS rows of B; depth is at least one vector. */
template <class T, int ROWS>
static __attribute__((noinline)) void dot_tile(idx depth, const T* a, idx lda, const T* b, idx ldb, int columns, const DotOutput<T>& out) {
  constexpr int L = LANES<T>, COLUMNS = DOT_COLUMNS;
  const T* bs[COLUMNS];
#pragma GCC unroll 4
  for (int j = 0; j < COLUMNS; j++) bs[j] = b + (j < columns ? j : columns - 1) * ldb;  // missing rows repeat the last
  V<T> sum[ROWS][COLUMNS] = {};
  idx d = 0;
  for (; d + L <= depth; d += L) {
    V<T> y[COLUMNS];
#pragma GCC unroll 4
    for (int j = 0; j < COLUMNS; j++) y[j] = load(bs[j] + d);
#pragma GCC unroll 8
    for (int i = 0; i < ROWS; i++) {
      V<T> x = load(a + i * lda + d);
#pragma GCC unroll 4
      for (int j = 0; j < COLUMNS; j++) sum[i][j] = fma(x, y[j], sum[i][j]);
    }
  }
  const int rest = static_cast<int>(depth - d);
  if (rest > 0) {
    V<T> y[COLUMNS];
#pragma GCC unroll 4
    for (int j = 0; j < COLUMNS; j++) y[j] = load_lanes(bs[j] + d, rest);
#pragma GCC unroll 8
    for (int i = 0; i < ROWS; i++) {
      V<T> x = load_lanes(a + i * lda + d, rest);
#pragma GCC unroll 4
      for (int j = 0; j < COLUMNS; j++) sum[i][j] = fma(x, y[j], sum[i][j]);
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < ROWS; i++) {
    T sums[COLUMNS];
    sum_each(sum[i], sums);
    for (int j = 0; j < columns; j++) {
      T* c = out.c + i * out.row_step + j * out.column_step;
      *c = finish(sums[j], *c, out.flags & ADD_BIAS ? out.bias[j * out.bias_step] : T{0}, out.flags);
    }
  }
}

template <class T, int... I> struct DotHeights {
  static constexpr void (*table[])(idx, const T*, idx, const T*, idx, int, const DotOutput<T>&) = {nullptr, dot_tile<T, I>...};
};
template <class T, int N, int... I> struct MakeDotHeights : MakeDotHeights<T, N - 1, N, I...> {};
template <class T, int... I> struct MakeDotHeights<T, 0, I...> : DotHeights<T, I...> {};

/** All dots of rows of A with rows [begin, end) of B, four rows of B against all of A at a time. */
template <class T>
void dots(idx m, idx begin, idx end, idx depth, const T* a, idx lda, const T* b, idx ldb, const DotOutput<T>& out) {
  EvenSplit rows{m, divide_up(m, DOT_ROWS)};
  for (idx j = begin; j < end; j += DOT_COLUMNS) {
    int columns = static_cast<int>(smaller(DOT_COLUMNS, end - j));
    for (idx i = 0; i < rows.parts; i++) {
      DotOutput<T> at = out;
      at.c += rows.begin(i) * out.row_step + j * out.column_step;
      at.bias += j * out.bias_step;
      MakeDotHeights<T, DOT_ROWS>::table[rows.size(i)](depth, a + rows.begin(i) * lda, lda, b + j * ldb, ldb, columns, at);
    }
  }
}

}  // namespace NABLA_ISA
