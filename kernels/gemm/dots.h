// A · Bᵀ with both operands read along their rows, as in a Linear layer: each result is a dot product. Nothing is packed,
// which wins when A or B has few rows.
#pragma once
#include "blocked.h"

namespace NABLA_ISA {

constexpr int DOT_ROWS = NABLA_VECTOR_BYTES == 64 ? 6 : NABLA_VECTOR_BYTES == 32 ? 3 : 2;  // rows of A at once
constexpr int DOT_COLUMNS = 4;                                                            // rows of B at once
constexpr idx DOT_MAX_ROWS = 32;
constexpr idx DOT_TASK_WORK = 1 << 15;

/** Tasks of `together` rows or more: at most 64. */
ALWAYS_INLINE idx row_tasks(idx rows, idx together) { return smaller(divide_up(rows, together), 64); }

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
  V<float> z = interleave<float, 2, false>(x, y) + interleave<float, 2, true>(x, y);
  auto group = add_groups<NABLA_VECTOR_BYTES, float>(z);
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

/** The epilogue for one element; C and the bias are read only if the flags say so. */
template <class T> ALWAYS_INLINE T finish(T sum, const T* c, const T* bias, int flags) {
  if (flags & ACCUMULATE) sum += *c;
  if (flags & ADD_BIAS) sum += *bias;
  return flags & RELU && T{0} > sum ? T{0} : sum;
}

/** Where a dot kernel writes: element (i, j) at c[i * row_step + j * column_step], with bias[j * bias_step]. */
template <class T> struct DotOutput {
  T* c;
  idx row_step, column_step;
  const T* bias;
  idx bias_step;
  int flags;

  const T* bias_at(idx j) const { return flags & ADD_BIAS ? bias + j * bias_step : nullptr; }
};

/** The dots of ROWS rows of A with up to DOT_COLUMNS rows of B; depth is at least one vector. */
template <class T, int ROWS>
static __attribute__((noinline)) void dot_tile(idx depth, const T* a, idx lda, const T* b, idx ldb, int columns,
                                               const DotOutput<T>& out) {
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
  const bool plain = columns == COLUMNS && out.column_step == 1 && !(out.flags & (ACCUMULATE | EPILOGUE));
#pragma GCC unroll 8
  for (int i = 0; i < ROWS; i++) {
    T sums[COLUMNS];
    sum_each(sum[i], sums);
    T* c = out.c + i * out.row_step;
    if (plain) __builtin_memcpy(c, sums, sizeof sums);
    else
      for (int j = 0; j < columns; j++, c += out.column_step) *c = finish(sums[j], c, out.bias_at(j), out.flags);
  }
}

template <class T, int... I> struct DotHeights {
  static constexpr void (*table[])(idx, const T*, idx, const T*, idx, int, const DotOutput<T>&) = {nullptr,
                                                                                                    dot_tile<T, I>...};
};
template <class T, int N, int... I> struct MakeDotHeights : MakeDotHeights<T, N - 1, N, I...> {};
template <class T, int... I> struct MakeDotHeights<T, 0, I...> : DotHeights<T, I...> {};

/** All dots of m rows of A with rows [begin, end) of B; the tile of the larger side stays while the other side passes. */
template <class T>
void dots(idx m, idx begin, idx end, idx depth, const T* a, idx lda, const T* b, idx ldb, const DotOutput<T>& out) {
  const EvenSplit rows{m, divide_up(m, DOT_ROWS)};
  const idx row_parts = rows.parts, column_parts = divide_up(end - begin, DOT_COLUMNS);
  const bool rows_outside = m > end - begin;
  for (idx t = 0; t < row_parts * column_parts; t++) {
    const idx i = rows_outside ? t / column_parts : t % row_parts;
    const idx j = begin + (rows_outside ? t % column_parts : t / row_parts) * DOT_COLUMNS;
    DotOutput<T> at = out;
    at.c += rows.begin(i) * out.row_step + j * out.column_step;
    at.bias = out.bias_at(j);
    const int columns = static_cast<int>(smaller(DOT_COLUMNS, end - j));
    MakeDotHeights<T, DOT_ROWS>::table[rows.size(i)](depth, a + rows.begin(i) * lda, lda, b + j * ldb, ldb, columns, at);
  }
}

/** A · Bᵀ by dots if A or B has so few rows that packing the other one would not pay; false if not. */
template <class T> bool multiply_dots(const Gemm<T>& p, Run run) {
  const bool few_rows = p.m <= DOT_MAX_ROWS || p.n <= DOT_MAX_ROWS;
  if (p.transposed_a() || !p.transposed_b() || p.k < LANES<T> || !few_rows) return false;
  const idx work = p.m * p.n * p.k;
  if (p.n <= p.m) {
    const EvenSplit tasks{p.m, smaller(row_tasks(p.m, DOT_ROWS), divide_up(work, DOT_TASK_WORK))};
    run(work, tasks.parts, [&](idx task, int) {
      const idx row = tasks.begin(task);
      const DotOutput<T> out{p.c + row * p.ldc, p.ldc, 1, p.bias, 1, p.flags};
      dots(tasks.size(task), 0, p.n, p.k, p.a + row * p.lda, p.lda, p.b, p.ldb, out);
    });
    return true;
  }
  const idx most = row_tasks(p.n, DOT_COLUMNS);
  const EvenSplit tasks{divide_up(p.n, DOT_COLUMNS), smaller(most, divide_up(work, DOT_TASK_WORK))};
  run(work, tasks.parts, [&](idx task, int) {
    const idx begin = tasks.begin(task) * DOT_COLUMNS, end = smaller(begin + tasks.size(task) * DOT_COLUMNS, p.n);
    dots(p.m, begin, end, p.k, p.a, p.lda, p.b, p.ldb, DotOutput<T>{p.c, p.ldc, 1, p.bias, 1, p.flags});
  });
  return true;
}

}  // namespace NABLA_ISA
