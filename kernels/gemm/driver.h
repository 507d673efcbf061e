// Five loops around the register tile (Van Zee & van de Geijn, "BLIS", 2015), cut into tasks by the problem's shape only:
// every element of C is summed by one task in one order, so results are the same for any number of threads.
#pragma once
#include "../parallel.h"
#include "gemv.h"

namespace NABLA_ISA {

/** How tasks run: on all threads, or in line on `thread` (inside another kernel's task, or when the work is small). */
struct OnAllThreads {
  template <class F> ALWAYS_INLINE void operator()(idx work, idx count, const F& f) const {
    if (work >= PARALLEL_WORK) parallel_tasks(count, f);
    else
      for (idx i = 0; i < count; i++) f(i, 0);
  }
  static constexpr int thread = 0;
};
struct InLine {
  int thread;
  template <class F> ALWAYS_INLINE void operator()(idx, idx count, const F& f) const {
    for (idx i = 0; i < count; i++) f(i, thread);
  }
};

/** Elements of the part of a workspace that other threads read; the rest is the thread's own panel. */
template <class T> constexpr idx SHARED = SHARED_BYTES / sizeof(T);
template <class T> T* shared_part(int thread) { return static_cast<T*>(nabla_workspace(thread)); }
template <class T> T* own_part(int thread) {
  return reinterpret_cast<T*>(static_cast<char*>(nabla_workspace(thread)) + WORKSPACE_BYTES / 2);
}

template <class T> ALWAYS_INLINE int flags_at(const Gemm<T>& p, idx depth_begin, idx depth) {
  return (depth_begin > 0 ? ACCUMULATE : p.flags & ACCUMULATE) | (depth_begin + depth == p.k ? p.flags & EPILOGUE : 0);
}

/** The first tile can read B in place: it is not transposed, and the panel's last vector ends with its last column. */
template <class T> ALWAYS_INLINE bool panel_in_place(const Gemm<T>& p, idx columns) {
  return !p.transposed_b() && columns % LANES<T> == 0;
}

/** Tasks are panels of columns: A is packed once for all of them, each panel of B by the task that needs it. */
template <class T, class Run> void multiply_by_columns(const Gemm<T>& p, const Run& run) {
  constexpr idx W = TILE_COLUMNS<T>, L = LANES<T>;
  const idx panels = divide_up(p.n, W);
  const EvenSplit row_blocks{p.m, divide_up(p.m, smaller(p.m, 512))};
  for (idx r = 0; r < row_blocks.parts; r++) {
    const idx row0 = row_blocks.begin(r);
    const EvenSplit tiles{row_blocks.size(r), divide_up(row_blocks.size(r), TILE_ROWS)};
    const idx deepest = (SHARED<T> - tiles.parts * L) / tiles.n;
    const EvenSplit slices{p.k, divide_up(p.k, deepest)};
    T* const packed_a = shared_part<T>(run.thread);
    for (idx s = 0; s < slices.parts; s++) {
      const idx slice_begin = slices.begin(s), slice = slices.size(s);
      const EvenSplit depths{slice, divide_up(slice, DEPTH_BLOCK<T>)};
      run(tiles.n * slice * 8, tiles.parts, [&](idx t, int) {
        pack_a(p, packed_a + tiles.begin(t) * slice + t * L, row0 + tiles.begin(t), tiles.size(t), slice_begin, slice);
      });
      run(tiles.n * slice * p.n, panels, [&](idx panel, int thread) {
        const idx column = panel * W, columns = smaller(W, p.n - column);
        for (idx block = 0; block < depths.parts; block++) {
          const idx depth = depths.size(block), begin = slice_begin + depths.begin(block);
          T* const own = own_part<T>(thread);
          const bool pack_first = !panel_in_place(p, columns);
          if (pack_first) pack_b(p, own, column, columns, begin, depth);
          for (idx t = 0; t < tiles.parts; t++) {
            const bool in_place = !pack_first && t == 0;
            const idx rows = tiles.size(t), row = row0 + tiles.begin(t);
            const T* a = packed_a + tiles.begin(t) * slice + t * L + depths.begin(block) * rows;
            tile_for<T>(rows, columns)(depth, a, rows, in_place ? p.b_at(begin, column) : own, in_place ? p.ldb : W,
                                       p.c + row * p.ldc + column, p.ldc, static_cast<int>(columns), flags_at(p, begin, depth),
                                       p.flags & ADD_BIAS ? p.bias + column : nullptr, in_place ? own : nullptr);
          }
        }
      });
    }
  }
}

/** Tasks are tiles of rows: B is packed once for all of them, each tile of A by the task that needs it. */
template <class T, class Run> void multiply_by_rows(const Gemm<T>& p, const Run& run) {
  constexpr idx W = TILE_COLUMNS<T>;
  const EvenSplit tiles{p.m, divide_up(p.m, TILE_ROWS)};
  const EvenSplit column_blocks{divide_up(p.n, W), divide_up(p.n, 1024)};
  for (idx c = 0; c < column_blocks.parts; c++) {
    const idx panel0 = column_blocks.begin(c), panels = column_blocks.size(c);
    const EvenSplit slices{p.k, divide_up(p.k, SHARED<T> / (panels * W))};
    T* const packed_b = shared_part<T>(run.thread);
    for (idx s = 0; s < slices.parts; s++) {
      const idx slice_begin = slices.begin(s), slice = slices.size(s);
      const EvenSplit depths{slice, divide_up(slice, DEPTH_BLOCK<T>)};
      run(panels * W * slice * 8, panels, [&](idx panel, int) {
        const idx column = (panel0 + panel) * W;
        pack_b(p, packed_b + panel * W * slice, column, smaller(W, p.n - column), slice_begin, slice);
      });
      run(p.m * slice * panels * W, tiles.parts, [&](idx t, int thread) {
        const idx rows = tiles.size(t), row = tiles.begin(t);
        for (idx block = 0; block < depths.parts; block++) {
          const idx depth = depths.size(block), begin = slice_begin + depths.begin(block);
          T* a = own_part<T>(thread);
          pack_a(p, a, row, rows, begin, depth);
          for (idx panel = 0; panel < panels; panel++) {
            const idx column = (panel0 + panel) * W, columns = smaller(W, p.n - column);
            tile_for<T>(rows, columns)(depth, a, rows, packed_b + (panel * slice + depths.begin(block)) * W, W,
                                       p.c + row * p.ldc + column, p.ldc, static_cast<int>(columns), flags_at(p, begin, depth),
                                       p.flags & ADD_BIAS ? p.bias + column : nullptr, nullptr);
          }
        }
      });
    }
  }
}

/** C = bias, ReLU'd, or C itself: what a sum over nothing gives. */
template <class T> void multiply_nothing(const Gemm<T>& p) {
  for (idx i = 0; i < p.m; i++)
    for (idx j = 0; j < p.n; j++)
      p.c[i * p.ldc + j] = finish(T{0}, p.c[i * p.ldc + j], p.flags & ADD_BIAS ? p.bias[j] : T{0}, p.flags);
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
      *c = finish(sum, *c, p.flags & ADD_BIAS ? p.bias[j] : T{0}, p.flags);
    }
}
constexpr idx TINY_WORK = 256;

template <class T, class Run> void multiply(const Gemm<T>& p, const Run& run) {
  if (p.m <= 0 || p.n <= 0) return;
  if (p.k <= 0) return multiply_nothing(p);
  if (p.m * p.n * p.k <= TINY_WORK) return multiply_tiny(p);
  if (gemv_path(p, run)) return;
  multiply_by_columns(p, run);
}

/** Small products are one task each; large ones run one after the other, each on all threads. */
constexpr idx BATCH_TASK_WORK = 1 << 22;
template <class T> void multiply_batch(const Gemm<T>& first, idx batch, idx stride_a, idx stride_b, idx stride_c) {
  auto item = [&](idx i) {
    Gemm<T> p = first;
    p.a += i * stride_a;
    p.b += i * stride_b;
    p.c += i * stride_c;
    return p;
  };
  const idx work = first.m * first.n * first.k;
  if (work > BATCH_TASK_WORK || batch == 1) {
    for (idx i = 0; i < batch; i++) multiply(item(i), OnAllThreads{});
    return;
  }
  const EvenSplit tasks{batch, smaller(batch, 64)};
  OnAllThreads{}(work * batch, tasks.parts, [&](idx task, int thread) {
    for (idx i = tasks.begin(task), end = i + tasks.size(task); i < end; i++) multiply(item(i), InLine{thread});
  });
}

}  // namespace NABLA_ISA
