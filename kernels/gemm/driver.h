// Which way a product is computed, by its shape.
#pragma once
#include "blocked.h"
#include "gemv.h"

namespace NABLA_ISA {

/** What a sum over nothing gives: zero, or C itself, with the epilogue. */
template <class T> void multiply_nothing(const Gemm<T>& p) {
  for (idx i = 0; i < p.m; i++)
    for (idx j = 0; j < p.n; j++) {
      T* c = p.c + i * p.ldc + j;
      *c = finish(T{0}, c, p.bias_at(j), p.flags);
    }
}

/** Straight loops, for products of a few hundred multiply-adds, where any preparation costs more than the work. */
template <class T> void multiply_tiny(const Gemm<T>& p) {
  const idx a_step = p.transposed_a() ? p.lda : 1, b_step = p.transposed_b() ? 1 : p.ldb;
  for (idx i = 0; i < p.m; i++)
    for (idx j = 0; j < p.n; j++) {
      const T *a = p.a_at(i, 0), *b = p.b_at(0, j);
      T sum = 0;
      for (idx d = 0; d < p.k; d++) sum = fma(a[d * a_step], b[d * b_step], sum);
      T* c = p.c + i * p.ldc + j;
      *c = finish(sum, c, p.bias_at(j), p.flags);
    }
}

template <class T> void multiply(const Gemm<T>& p, Run run) {
  if (p.m <= 0 || p.n <= 0) return;
  if (p.k <= 0) return multiply_nothing(p);
  if (p.m * p.n * p.k <= TINY_WORK) return multiply_tiny(p);
  if (multiply_vectors(p, run) || multiply_dots(p, run)) return;
  const idx panels = divide_up(p.n, TILE_COLUMNS<T>), tiles = divide_up(p.m, TILE_ROWS);
  const bool by_rows =
      panels < ENOUGH_TASKS ? tiles > panels * (p.transposed_a() ? 4 : 1) : many_rows(p) || reads_b_in_place(p);
  if (by_rows) multiply_by_rows(p, run);
  else multiply_by_columns(p, run);
}

/** `batch` products: small ones are tasks themselves, large ones run one after the other on all threads. */
template <class T> void multiply_batch(const Gemm<T>& first, idx batch, idx stride_a, idx stride_b, idx stride_c) {
  auto item = [&](idx i) {
    Gemm<T> p = first;
    p.a += i * stride_a;
    p.b += i * stride_b;
    p.c += i * stride_c;
    return p;
  };
  const idx work = first.m * first.n * first.k;
  if (batch == 1 || work > BATCH_ITEM_WORK) {
    for (idx i = 0; i < batch; i++) multiply(item(i), ON_ALL_THREADS);
    return;
  }
  const EvenSplit tasks{batch, smaller(batch, BATCH_TASKS)};
  ON_ALL_THREADS(work * batch, tasks.parts, [&](idx task, int thread) {
    for (idx i = tasks.begin(task), end = i + tasks.size(task); i < end; i++) multiply(item(i), Run{thread, true});
  });
}

}  // namespace NABLA_ISA
