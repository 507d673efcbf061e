// One or two rows times a matrix: bound by reading the matrix once. Chosen by the whole problem's shape.
#pragma once
#include "dots.h"

namespace NABLA_ISA {

constexpr idx ROW_TASK_COLUMNS = 256;  // at least this many columns of a row-major matrix for one task

/** out.c[j] = Σ_d x[d · x_step] · b[d][j] for columns [begin, end), eight rows of b per pass over the result. */
template <class T>
static __attribute__((noinline)) void combine_rows(idx depth, const T* x, idx x_step, const T* b, idx ldb, idx begin,
                                                   idx end, const DotOutput<T>& out) {
  constexpr int L = LANES<T>, TOGETHER = 8;
  T* const y = out.c;
  if (!(out.flags & ACCUMULATE)) __builtin_memset(y + begin, 0, (end - begin) * sizeof(T));
  idx d = 0;
  for (; d + TOGETHER <= depth; d += TOGETHER) {
    const T* rows = b + d * ldb;
    V<T> factors[TOGETHER];
#pragma GCC unroll 8
    for (int i = 0; i < TOGETHER; i++) factors[i] = splat(x[(d + i) * x_step]);
    auto add_at = [&](idx j, int lanes) __attribute__((always_inline)) {
      V<T> even = load_lanes(y + j, lanes), odd = V<T>{};  // two chains, for the latency
#pragma GCC unroll 8
      for (int i = 0; i < TOGETHER; i += 2) {
        even = fma(factors[i], load_lanes(rows + i * ldb + j, lanes), even);
        odd = fma(factors[i + 1], load_lanes(rows + (i + 1) * ldb + j, lanes), odd);
      }
      store_lanes(y + j, even + odd, lanes);
    };
    idx j = begin;
    for (; j + L <= end; j += L) add_at(j, L);
    if (j < end) add_at(j, static_cast<int>(end - j));
  }
  for (; d < depth; d++)
    for (idx j = begin; j < end; j++) y[j] = fma(x[d * x_step], b[d * ldb + j], y[j]);
  if (out.flags & EPILOGUE)
    for (idx j = begin; j < end; j++) y[j] = finish(y[j], y + j, out.bias_at(j), out.flags & EPILOGUE);
}

// Results of a vector with a transposed matrix that are computed at once: a sum each, and registers to spare.
constexpr int DOTS = NABLA_VECTOR_BYTES == 64 ? 16 : 8;
template <class T> using DotSums = V<T>[DOTS / 4][4];

/** A vector of `depth` elements, and the rows that it is multiplied with. */
template <class T> struct RowDots {
  const T* x;
  const T* rows;
  idx ld, depth;

  /** Adds the products with DOTS rows to the lanes of their sums. */
  ALWAYS_INLINE void add(idx first, DotSums<T>& sum) const {
    constexpr int L = LANES<T>;
    const T* const from = rows + first * ld;
    auto add_at = [&](idx d, int lanes) __attribute__((always_inline)) {
      const V<T> part = load_lanes(x + d, lanes);
#pragma GCC unroll 4
      for (int g = 0; g < DOTS / 4; g++) {
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++) sum[g][i] = fma(part, load_lanes(from + (g * 4 + i) * ld + d, lanes), sum[g][i]);
      }
    };
    idx d = 0;
    for (; d + L <= depth; d += L) add_at(d, L);
    if (d < depth) add_at(d, static_cast<int>(depth - d));
  }
};

/** Results [begin, end) of a row, of which there are at least DOTS before `end`; `more`, if not null, is added to them. */
template <class T>
__attribute__((noinline)) void row_dots(const RowDots<T>& p, idx begin, idx end, const DotOutput<T>& out,
                                        const RowDots<T>* more = nullptr) {
  for (idx j = begin; j < end; j += DOTS) {
    const idx first = smaller(j, end - DOTS);  // the last ones overlap
    DotSums<T> sum = {};
    p.add(first, sum);
    if (more) more->add(first, sum);
    T sums[DOTS];
#pragma GCC unroll 4
    for (int g = 0; g < DOTS / 4; g++) sum_each(sum[g], sums + g * 4);
    if (j == first && out.column_step == 1 && (out.bias_step == 1 || !(out.flags & ADD_BIAS))) {
#pragma GCC unroll 4
      for (int i = 0; i < DOTS; i += LANES<T>) {
        V<T> result = load(sums + i);
        if (out.flags & ACCUMULATE) result += load(out.c + j + i);
        if (out.flags & ADD_BIAS) result += load(out.bias + j + i);
        store(out.c + j + i, out.flags & RELU ? relu<T>(result) : result);
      }
      continue;
    }
    for (idx i = j; i < smaller(j + DOTS, end); i++) {
      T* const c = out.c + i * out.column_step;
      *c = finish(sums[i - first], c, out.bias_at(i), out.flags);
    }
  }
}

/** Row vectors times a matrix, both as the caller sees them or with the roles of A and B exchanged. */
template <class T> struct Gemv {
  const T* x;
  idx rows, row_step, depth_step;  // x[row * row_step + d * depth_step]
  const T* matrix;
  bool transposed;  // the matrix is stored [column][depth]
  idx columns, depth, ld;
  DotOutput<T> out;
};

template <class T> void gemv(const Gemv<T>& p, Run run) {
  const idx work = p.rows * p.columns * p.depth;
  if (p.transposed) {
    const idx most = row_tasks(p.columns, DOT_COLUMNS);
    const EvenSplit split{divide_up(p.columns, DOT_COLUMNS), smaller(most, divide_up(work, DOT_TASK_WORK))};
    run(work, split.parts, [&](idx i, int) {
      idx begin = split.begin(i) * DOT_COLUMNS, end = smaller(begin + split.size(i) * DOT_COLUMNS, p.columns);
      if (p.rows == 1 && end >= DOTS) row_dots(RowDots<T>{p.x, p.matrix, p.ld, p.depth}, begin, end, p.out);
      else dots(p.rows, begin, end, p.depth, p.x, p.row_step, p.matrix, p.ld, p.out);
    });
    return;
  }
  constexpr int L = LANES<T>;
  const EvenSplit split{divide_up(p.columns, L), smaller(64, divide_up(p.columns, ROW_TASK_COLUMNS))};
  run(work, split.parts, [&](idx i, int) {
    idx begin = split.begin(i) * L, end = smaller(begin + split.size(i) * L, p.columns);
    for (idx row = 0; row < p.rows; row++) {
      DotOutput<T> out = p.out;
      out.c += row * out.row_step;
      combine_rows(p.depth, p.x + row * p.row_step, p.depth_step, p.matrix, p.ld, begin, end, out);
    }
  });
}

/** Runs the product as matrix · vector if its shape allows that without copies; false if not. */
template <class T> bool multiply_vectors(const Gemm<T>& p, Run run) {
  const T* bias = p.bias_at(0);
  if (p.m <= 2) {
    const bool columns = p.transposed_a();
    Gemv<T> q{p.a, p.m, columns ? 1 : p.lda, columns ? p.lda : 1, p.b, p.transposed_b(), p.n, p.k, p.ldb,
              {p.c, p.ldc, 1, bias, 1, p.flags}};
    if (q.transposed && q.depth_step != 1) return false;
    gemv(q, run);
    return true;
  }
  if (p.n == 1) {
    Gemv<T> q{p.b, 1, 0, p.transposed_b() ? 1 : p.ldb, p.a, !p.transposed_a(), p.m, p.k, p.lda,
              {p.c, 0, p.ldc, bias, 0, p.flags}};
    if (q.transposed ? q.depth_step != 1 : p.ldc != 1) return false;
    gemv(q, run);
    return true;
  }
  return false;
}

}  // namespace NABLA_ISA
