// Five loops around the register tile (Van Zee & van de Geijn, "BLIS", 2015), cut into tasks by the problem's shape only:
// every element of C is summed by one task in one order, so results are the same for any number of threads.
#pragma once
#include "../parallel.h"
#include "pack.h"
#include "tile.h"

namespace NABLA_ISA {

/** How tasks run: on all threads, or in line on `thread` (inside another kernel's task). */
struct OnAllThreads {
  static constexpr int thread = 0;
  /** f(i, thread) for i in [0, count), `work` multiply-adds in all; few of them stay on the caller. */
  template <class F> ALWAYS_INLINE void operator()(idx work, idx count, const F& f) const {
    if (work >= PARALLEL_WORK) return parallel_tasks(count, f);
    for (idx i = 0; i < count; i++) f(i, 0);
  }
};
struct InLine {
  int thread;
  template <class F> ALWAYS_INLINE void operator()(idx, idx count, const F& f) const {
    for (idx i = 0; i < count; i++) f(i, thread);
  }
};

/** The caller's workspace holds in its first half what is packed for all threads; every thread's second half is its own. */
template <class T> constexpr idx SHARED = SHARED_BYTES / sizeof(T);
template <class T> ALWAYS_INLINE T* shared_part(int thread) { return static_cast<T*>(nabla_workspace(thread)); }
template <class T> ALWAYS_INLINE T* own_part(int thread) {
  return shared_part<T>(thread) + WORKSPACE_BYTES / 2 / sizeof(T);
}

/** Where a tile finds its operand: distance from one step of the depth to the next, and the first element. */
template <class T> struct Operand {
  const T* data;
  idx step;
};

/** One tile of C over one depth block: C is accumulated from the second block on, and finished by the last. */
template <class T>
ALWAYS_INLINE void run_tile(const Gemm<T>& p, Range rows, Range columns, Range depth, Operand<T> a, Operand<T> b,
                            T* copy = nullptr) {
  const int at_start = depth.begin > 0 ? ACCUMULATE : p.flags & ACCUMULATE;
  const int at_end = depth.begin + depth.size == p.k ? p.flags & EPILOGUE : 0;
  T* const c = p.c + rows.begin * p.ldc + columns.begin;
  tile_for<T>(rows.size, columns.size)(depth.size, a.data, a.step, b.data, b.step, c, p.ldc, static_cast<int>(columns.size),
                                       at_start | at_end, p.bias_at(columns.begin), copy);
}

/** A tile may read B as it is stored if its last vector ends with its last column. */
template <class T> ALWAYS_INLINE bool whole_vectors_of_b(const Gemm<T>& p, idx columns) {
  return !p.transposed_b() && columns % LANES<T> == 0;
}

/** Asks for part `i` of `parts` of a block of B stored [column][depth], which is packed next: it often comes from afar. */
template <class T> ALWAYS_INLINE void prefetch_b(const Gemm<T>& p, Range columns, Range depth, idx i, idx parts) {
  constexpr idx LINE = 64 / sizeof(T);
  const EvenSplit split{columns.size, parts};
  for (idx column = columns.begin + split.begin(i), end = column + split.size(i); column < end; column++) {
    const T* row = p.b_at(depth.begin, column);
    for (idx d = 0; d < depth.size; d += LINE) __builtin_prefetch(row + d, 0, 2);
  }
}

/**
 * Tasks are panels of columns in blocks of rows. A thread packs the block of A that it works on for itself, as lines that
 * another thread wrote are slow to fetch; each panel of B is packed by the task that needs it.
 */
template <class T, class Run> void multiply_by_columns(const Gemm<T>& p, const Run& run) {
  constexpr idx W = TILE_COLUMNS<T>, L = LANES<T>;
  const EvenSplit row_blocks{p.m, even_parts(divide_up(p.m, ROW_BLOCK))};
  const idx panels = divide_up(p.n, W), most_rows = row_blocks.size(0);
  const EvenSplit slices{p.k, divide_up(p.k, (SHARED<T> - divide_up(most_rows, TILE_ROWS) * L) / most_rows)};
  const bool a_in_place = p.transposed_a() && p.lda <= DENSE_ROW<T>;
  for (idx s = 0; s < slices.parts; s++) {
    const Range slice{slices.begin(s), slices.size(s)};
    const EvenSplit depths{slice.size, divide_up(slice.size, DEPTH_BLOCK<T>)};
    idx packed[MAX_THREADS] = {};  // which block of A each thread has packed, from 1
    run(p.m * slice.size * p.n, row_blocks.parts * panels, [&](idx task, int thread) {
      const idx r = task / panels, panel = task % panels;
      const EvenSplit tiles{row_blocks.size(r), divide_up(row_blocks.size(r), TILE_ROWS)};
      auto rows_of = [&](idx t) { return Range{row_blocks.begin(r) + tiles.begin(t), tiles.size(t)}; };
      T* const own = own_part<T>(thread);
      auto packed_tile = [&](idx t) { return own + DEPTH_BLOCK<T> * W + tiles.begin(t) * slice.size + t * L; };  // L is slack
      if (!a_in_place && packed[thread] != r + 1) {
        for (idx t = 0; t < tiles.parts; t++) pack_a(p, packed_tile(t), rows_of(t), slice);
        packed[thread] = r + 1;
      }
      const Range columns{panel * W, smaller(W, p.n - panel * W)};
      const bool b_in_place = whole_vectors_of_b(p, columns.size);
      for (idx block = 0; block < depths.parts; block++) {
        const Range depth{slice.begin + depths.begin(block), depths.size(block)};
        if (!b_in_place) pack_b(p, own, columns, depth);
        const bool last = block + 1 == depths.parts;
        const idx next = columns.begin + (last ? W : 0);
        const Range next_columns{next, next < p.n ? smaller(W, p.n - next) : 0};
        const idx next_block = last ? 0 : block + 1;
        const Range next_depth{slice.begin + depths.begin(next_block), depths.size(next_block)};
        for (idx t = 0; t < tiles.parts; t++) {
          const Range rows = rows_of(t);
          if (p.transposed_b()) prefetch_b(p, next_columns, next_depth, t, tiles.parts);
          const Operand<T> a = a_in_place ? Operand<T>{p.a_at(rows.begin, depth.begin), p.lda}
                                          : Operand<T>{packed_tile(t) + depths.begin(block) * rows.size, rows.size};
          if (t == 0 && b_in_place) {  // read as it is stored, and packed for the other tiles if there are any
            const Operand<T> b{p.b_at(depth.begin, columns.begin), p.ldb};
            run_tile(p, rows, columns, depth, a, b, tiles.parts > 1 ? own : nullptr);
          } else {
            run_tile(p, rows, columns, depth, a, {own, W});
          }
        }
      }
    });
  }
}

/** B may be read by all tiles as it is stored: its rows are close together, or it is small and little used. */
template <class T> ALWAYS_INLINE bool reads_b_in_place(const Gemm<T>& p) {
  return !p.transposed_b() && (p.ldb <= DENSE_ROW<T> || (p.k * p.n <= SMALL_B<T> && p.m <= FEW_ROWS));
}

/** Tasks are tiles of rows: B is packed once for all of them, each tile of A by the task that needs it. */
template <class T, class Run> void multiply_by_rows(const Gemm<T>& p, const Run& run) {
  constexpr idx W = TILE_COLUMNS<T>;
  const EvenSplit tiles{p.m, row_tiles(p.m)};
  const EvenSplit tasks{tiles.parts, smaller(tiles.parts, ROW_TASKS)};
  const idx depth_block = many_rows(p) ? SHALLOW_BLOCK<T> : DEPTH_BLOCK<T>;
  const EvenSplit column_blocks{divide_up(p.n, W), divide_up(p.n, COLUMN_BLOCK)};
  T* const packed_b = shared_part<T>(run.thread);
  for (idx c = 0; c < column_blocks.parts; c++) {
    const idx panels = column_blocks.size(c);
    const EvenSplit slices{p.k, divide_up(p.k, SHARED<T> / (panels * W))};
    const bool b_in_place = reads_b_in_place(p);
    for (idx s = 0; s < slices.parts; s++) {
      const Range slice{slices.begin(s), slices.size(s)};
      const EvenSplit depths{slice.size, divide_up(slice.size, depth_block)};
      auto columns_of = [&](idx panel) {
        const idx begin = (column_blocks.begin(c) + panel) * W;
        return Range{begin, smaller(W, p.n - begin)};
      };
      if (!b_in_place)
        run(panels * W * slice.size * PACKING_WORK, panels, [&](idx panel, int) {
          pack_b(p, packed_b + panel * W * slice.size, columns_of(panel), slice);
        });
      run(p.m * slice.size * panels * W, tasks.parts, [&](idx task, int thread) {
        T* const own = own_part<T>(thread);
        for (idx t = tasks.begin(task), end = t + tasks.size(task); t < end; t++)
          for (idx block = 0; block < depths.parts; block++) {
            const Range rows{tiles.begin(t), tiles.size(t)};
            const Range depth{slice.begin + depths.begin(block), depths.size(block)};
            pack_a(p, own, rows, depth);
            T* const own_panel = own + depth.size * TILE_ROWS + LANES<T>;
            for (idx panel = 0; panel < panels; panel++) {
              const Range columns = columns_of(panel);
              Operand<T> b{packed_b + (panel * slice.size + depths.begin(block)) * W, W};
              if (b_in_place && columns.size % LANES<T> == 0) {
                b = {p.b_at(depth.begin, columns.begin), p.ldb};
              } else if (b_in_place) {  // the last panel; a copy made by another thread would be slow to fetch
                pack_b(p, own_panel, columns, depth);
                b.data = own_panel;
              }
              run_tile(p, rows, columns, depth, {own, rows.size}, b);
            }
          }
      });
    }
  }
}

}  // namespace NABLA_ISA
