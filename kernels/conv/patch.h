// Patches: parts of an image with their padding, laid out so that neighbouring results read neighbouring elements.
#pragma once
#include "../gemm/tile.h"
#include "geometry.h"

namespace NABLA_ISA {

/** Keeps loads from moving up, where the registers that they need would be taken from accumulators. */
#define LOADS_STAY_HERE __asm__ volatile("" ::: "memory")

template <class T> ALWAYS_INLINE void copy_run(T* to, const T* from, idx count) {
  constexpr int L = LANES<T>;
  idx i = 0;
  for (; i + L <= count; i += L) store(to + i, load(from + i));
  if (i < count) copy_lanes(to + i, from + i, static_cast<int>(count - i));
}
template <class T> ALWAYS_INLINE void zero_run(T* to, idx count) {
  for (idx i = 0; i < count; i++) to[i] = 0;
}

/** Of `count` elements at first, first + step, …, those that lie in [0, size). */
struct Inside {
  idx begin, end;
  Inside(idx first, idx step, idx count, idx size) {
    begin = first >= 0 ? 0 : smaller(divide_up(-first, step), count);
    end = size > first ? smaller(divide_up(size - first, step), count) : 0;
    end = larger(end, begin);
  }
};

/** Fills a patch of all channels for the results from (first_row, first_column) on. `source` has channels side by side. */
template <class T>
static __attribute__((noinline)) void fill_patch(T* to, const PatchLayout<T>& p, const T* source, idx first_row, idx first_column) {
  const idx rows = p.rows + p.y.reach, width = p.width;
  for (idx c = 0; c < p.channels; c++, source += p.y.source * p.x.source) {
    T* row = to + c * p.plane;
    for (idx py = 0; py < p.y.phases; py++)
      for (idx px = 0; px < p.x.phases; px++) {
        const idx step = p.x.step, column = first_column * step + px - p.x.before;
        const Inside inside(column, step, width, p.x.source);
        for (idx i = 0; i < rows; i++, row += width) {
          const idx y = (first_row + i) * p.y.step + py - p.y.before;
          if (y < 0 || y >= p.y.source) {
            zero_run(row, width);
            continue;
          }
          const T* from = source + y * p.x.source + column;
          zero_run(row, inside.begin);
          if (step == 1) copy_run(row + inside.begin, from + inside.begin, inside.end - inside.begin);
          else for (idx j = inside.begin; j < inside.end; j++) row[j] = from[j * step];
          zero_run(row + inside.end, width - inside.end);
        }
      }
    zero_run(row, to + (c + 1) * p.plane - row);
  }
  zero_run(to + p.channels * p.plane, p.size() - p.channels * p.plane);
}

/** Whether no element of a patch is infinite or NaN. */
template <class T> ALWAYS_INLINE bool all_finite(const T* x, idx count) {
  V<T> sum{};
  for (idx i = 0; i < count; i += LANES<T>) sum += load(x + i) * splat(T{0});
  return sum_lanes<T>(sum) == 0;
}

/**
 * The results of a band as vectors of neighbouring patch elements: row by row, or, where rows are so short that less is
 * computed in vain, straight through the rows and what the taps reach beyond them.
 */
template <class T> struct Pixels {
  idx rows, columns, width;
  idx in_row;  // vectors of a row; 0 when they run through
  idx count;

  Pixels(idx rows, idx columns, idx width) : rows(rows), columns(columns), width(width) {
    constexpr idx L = LANES<T>;
    const idx by_rows = rows * divide_up(columns, L), through = rows > 0 ? divide_up((rows - 1) * width + columns, L) : 0;
    const bool flat = through * 10 < by_rows * 9;
    in_row = flat ? 0 : divide_up(columns, L);
    count = flat ? through : by_rows;
  }
  /** Where in the patch, counted from the band's first result, vector v begins. */
  idx base(idx v) const { return in_row == 0 ? v * LANES<T> : v / in_row * width + v % in_row * LANES<T>; }

  /** f(lane, row, column, count) for each run of results that a vector holds. */
  template <class F> ALWAYS_INLINE void runs(idx v, const F& f) const {
    constexpr idx L = LANES<T>;
    const idx at = base(v);
    idx row = at / width, column = at % width;
    for (idx lane = 0; lane < L && row < rows; lane += width - column, row++, column = 0) {
      const idx held = smaller(L - lane, columns - column);
      if (held > 0) f(static_cast<int>(lane), row, column, static_cast<int>(held));
      if (in_row > 0) return;
    }
  }
  /** Whether all lanes of vector v are neighbouring results of one row. */
  bool whole(idx v) const { return base(v) % width + LANES<T> <= columns && base(v) / width < rows; }
};

}  // namespace NABLA_ISA
