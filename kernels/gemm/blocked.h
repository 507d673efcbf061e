// Five loops around the register tile (Van Zee & van de Geijn, "BLIS", 2015), cut into tasks by the problem's shape only:
// every element of C is summed by one task in one order, so results are the same for any number of threads.
#pragma once
#include "../parallel.h"
#include "pack.h"
#include "tile.h"

namespace NABLA_ISA {

/** How tasks run: on all threads, or in line on `thread` (inside another kernel's task). */
struct Run {
  int thread = 0;
  bool in_line = false;

  /** f(i, thread) for i in [0, count), `work` multiply-adds in all; few of them stay on the caller. */
  template <class F> ALWAYS_INLINE void operator()(idx work, idx count, const F& f) const {
    if (!in_line && work >= PARALLEL_WORK) return parallel_tasks(count, f);
    for (idx i = 0; i < count; i++) f(i, thread);
  }
};
constexpr Run ON_ALL_THREADS{};

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
  bool apart = false;  // A as it is stored, [row][depth]: `step` is the distance from one row to the next
};

/** One tile of C over one depth block: C is accumulated from the second block on, and finished by the last. */
template <class T>
ALWAYS_INLINE void run_tile(const Gemm<T>& p, Range rows, Range columns, Range depth, Operand<T> a, Operand<T> b,
                            T* copy = nullptr) {
  const int at_start = depth.begin > 0 ? ACCUMULATE : p.flags & ACCUMULATE;
  const int at_end = depth.begin + depth.size == p.k ? p.flags & EPILOGUE : 0;
  T* const c = p.c + rows.begin * p.ldc + columns.begin;
  auto tile = tile_for<T>(rows.size, columns.size);
  if constexpr (READS_ROWS)
    if (a.apart) tile = tile_for<T, true>(rows.size, columns.size);
  tile(depth.size, a.data, a.step, b.data, b.step, c, p.ldc, static_cast<int>(columns.size), at_start | at_end,
       p.bias_at(columns.begin), copy);
}

/** Rows of A are read as they are stored; its columns only where they are close together. */
template <class T> ALWAYS_INLINE bool reads_a_in_place(const Gemm<T>& p) {
  return p.transposed_a() ? p.lda <= DENSE_ROW<T> : READS_ROWS;
}
template <class T> ALWAYS_INLINE Operand<T> in_place_a(const Gemm<T>& p, Range rows, Range depth) {
  return {p.a_at(rows.begin, depth.begin), p.lda, !p.transposed_a()};
}

/** Where the i-th of several packed tiles of A begins; a vector of slack follows each. */
template <class T> ALWAYS_INLINE T* packed_tile(T* packed, idx i, idx depth) {
  return packed + i * (depth * TILE_ROWS + LANES<T>);
}

/** Packs tiles [first, end) of the rows from `begin` on; side by side where they lie in the same cache lines. */
template <class T>
ALWAYS_INLINE void pack_tiles(const Gemm<T>& p, T* packed, idx begin, EvenSplit tiles, idx first, idx end, Range depth) {
  const idx step = p.transposed_a() ? PACKED_TOGETHER : depth.size;
  for (idx d = 0; d < depth.size; d += step)
    for (idx t = first; t < end; t++) {
      const Range rows{begin + tiles.begin(t), tiles.size(t)}, part{depth.begin + d, smaller(step, depth.size - d)};
      pack_a(p, packed_tile(packed, t - first, depth.size) + d * rows.size, rows, part);
    }
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
template <class T> void multiply_by_columns(const Gemm<T>& p, Run run) {
  constexpr idx W = TILE_COLUMNS<T>;
  const EvenSplit row_blocks{p.m, even_parts(divide_up(p.m, ROW_BLOCK))};
  const idx panels = divide_up(p.n, W);
  const idx most_tiles = divide_up(row_blocks.size(0), TILE_ROWS);
  const EvenSplit slices{p.k, divide_up(p.k, (SHARED<T> / most_tiles - LANES<T>) / TILE_ROWS)};
  const bool a_in_place = reads_a_in_place(p);
  for (idx s = 0; s < slices.parts; s++) {
    const Range slice{slices.begin(s), slices.size(s)};
    const EvenSplit depths{slice.size, divide_up(slice.size, DEPTH_BLOCK<T>)};
    idx packed[MAX_THREADS] = {};  // which block of A each thread has packed, from 1
    run(p.m * slice.size * p.n, row_blocks.parts * panels, [&](idx task, int thread) {
      const idx r = task / panels, panel = task % panels;
      const EvenSplit tiles{row_blocks.size(r), divide_up(row_blocks.size(r), TILE_ROWS)};
      auto rows_of = [&](idx t) { return Range{row_blocks.begin(r) + tiles.begin(t), tiles.size(t)}; };
      T *const own = own_part<T>(thread), *const packed_a = own + DEPTH_BLOCK<T> * W;
      if (!a_in_place && packed[thread] != r + 1) {
        pack_tiles(p, packed_a, row_blocks.begin(r), tiles, 0, tiles.parts, slice);
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
          const T* const packed_rows = packed_tile(packed_a, t, slice.size) + depths.begin(block) * rows.size;
          const Operand<T> a = a_in_place ? in_place_a(p, rows, depth) : Operand<T>{packed_rows, rows.size};
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

/** Tasks are tiles of rows: B is packed once for all of them, tiles of A by the task that needs them. */
template <class T> void multiply_by_rows(const Gemm<T>& p, Run run) {
  constexpr idx W = TILE_COLUMNS<T>;
  const bool a_in_place = reads_a_in_place(p), b_in_place = reads_b_in_place(p);
  const EvenSplit tiles{p.m, row_tiles(p.m)};
  const bool far = p.transposed_a() && p.m * p.k > SHARED<T> / 2;  // columns of A from beyond the second-level cache
  const idx together = far ? smaller(MOST_TOGETHER, divide_up(tiles.parts, ENOUGH_GROUPS)) : 1;
  const EvenSplit tasks{tiles.parts, smaller(even_parts(divide_up(tiles.parts, together)), ROW_TASKS)};
  const idx depth_block = many_rows(p) ? SHALLOW_BLOCK<T> : DEPTH_BLOCK<T>;
  const EvenSplit column_blocks{divide_up(p.n, W), divide_up(p.n, COLUMN_BLOCK)};
  T* const packed_b = shared_part<T>(run.thread);
  auto rows_of = [&](idx t) { return Range{tiles.begin(t), tiles.size(t)}; };
  for (idx c = 0; c < column_blocks.parts; c++) {
    const idx panels = column_blocks.size(c);
    const EvenSplit slices{p.k, divide_up(p.k, SHARED<T> / (panels * W))};
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
      /** Tiles [first, end) over one block of the depth. */
      auto multiply_tiles = [&](idx first, idx end, idx block, T* own) {
        const Range depth{slice.begin + depths.begin(block), depths.size(block)};
        T* const behind = packed_tile(own, end - first, depth.size);
        if (!a_in_place) pack_tiles(p, own, 0, tiles, first, end, depth);
        for (idx t = first; t < end; t++) {
          const Range rows = rows_of(t);
          const T* const packed_rows = packed_tile(own, t - first, depth.size);
          const Operand<T> a = a_in_place ? in_place_a(p, rows, depth) : Operand<T>{packed_rows, rows.size};
          for (idx panel = 0; panel < panels; panel++) {
            const Range columns = columns_of(panel);
            Operand<T> b{packed_b + (panel * slice.size + depths.begin(block)) * W, W};
            if (b_in_place && columns.size % LANES<T> == 0) {
              b = {p.b_at(depth.begin, columns.begin), p.ldb};
            } else if (b_in_place) {  // the last panel; a copy made by another thread would be slow to fetch
              b.data = behind;
              pack_b(p, behind, columns, depth);
            }
            run_tile(p, rows, columns, depth, a, b);
          }
        }
      };
      run(p.m * slice.size * panels * W, tasks.parts, [&](idx task, int thread) {
        const idx end = tasks.begin(task) + tasks.size(task);
        for (idx t = tasks.begin(task); t < end; t += together)
          for (idx block = 0; block < depths.parts; block++)
            multiply_tiles(t, smaller(t + together, end), block, own_part<T>(thread));
      });
    }
  }
}

}  // namespace NABLA_ISA
