// Patches: parts of an image with their padding, laid out so that neighbouring results read neighbouring elements.
#pragma once
#include "../gemm/pack.h"
#include "../gemm/tile.h"
#include "geometry.h"

namespace NABLA_ISA {

/** Keeps loads from moving up, where the registers that they need would be taken from accumulators. */
#define LOADS_STAY_HERE __asm__ volatile("" ::: "memory")

template <class T> ALWAYS_INLINE void copy_run(T* to, const T* from, idx count) {
  constexpr int L = LANES<T>;
  if (count < L) return copy_some(to, from, count);
  for (idx i = 0; i + L <= count; i += L) store(to + i, load(from + i));
  store(to + count - L, load(from + count - L));
}
template <class T, int... I> ALWAYS_INLINE V<T> take_even(V<T> x, V<T> y, LaneList<I...>) {
  return __builtin_shufflevector(x, y, 2 * I...);
}
/** Every `step`-th element, in whole vectors as long as these end before `end`: a vector may run over what follows. */
template <class T> ALWAYS_INLINE void gather_run(T* to, const T* from, idx step, idx count, const T* end) {
  constexpr int L = LANES<T>;
  idx i = 0;
  if (step == 2)
    for (; i < count && from + 2 * i + 2 * L <= end; i += L)
      store(to + i, take_even<T>(load(from + 2 * i), load(from + 2 * i + L), typename MakeLaneList<L>::type{}));
  for (; i < count; i++) to[i] = from[i * step];
}
/**
 * A row of which the elements [begin, end) are read and the others are zero, in whole vectors: up to a vector beyond the last is set as
 * well. What is read next, `ahead` further, is asked for, since the processor does not foresee a jump to another page.
 */
template <class T> ALWAYS_INLINE void copy_padded(T* to, const T* from, idx width, idx begin, idx end, idx ahead) {
  constexpr int L = LANES<T>;
  idx i = 0;
  for (; i < begin; i += L) store(to + i, load_between(from + i, begin - i, end - i));
  for (; i + L <= end; i += L) {
    store(to + i, load(from + i));
    __builtin_prefetch(from + i + ahead);
  }
  for (; i < width; i += L) {
    store(to + i, load_between(from + i, 0, end - i));
    __builtin_prefetch(from + i + ahead);
  }
}
/** Zeros, in whole vectors: up to a vector beyond the last is set as well. */
template <class T> ALWAYS_INLINE void zero_run(T* to, idx count) {
  if (count > 0) store(to, V<T>{});  // of padding there is seldom more, and a loop becomes a call
  for (idx i = LANES<T>; i < count; i += LANES<T>) store(to + i, V<T>{});
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

/**
 * Fills a patch of all channels for the results from (first_row, first_column) on. `source` has channels side by side; what is read
 * next is `ahead` further.
 */
template <class T>
static __attribute__((noinline)) void fill_patch(T* to, const PatchLayout<T>& p, const T* source, idx first_row, idx first_column, idx ahead) {
  const idx rows = p.rows + p.y.reach, width = p.width, step = p.x.step;
  const T* const end = source + p.channels * p.y.source * p.x.source;
  for (idx c = 0; c < p.channels; c++, source += p.y.source * p.x.source) {
    T* row = to + c * p.plane;
    for (idx py = 0; py < p.y.phases; py++)
      for (idx px = 0; px < p.x.phases; px++) {
        const idx column = first_column * step + px - p.x.before;
        const Inside inside(column, step, width, p.x.source);
        idx y = first_row * p.y.step + py - p.y.before;
        for (idx i = 0; i < rows; i++, row += width, y += p.y.step) {  // zeros run over into what is written next
          if (y < 0 || y >= p.y.source) {
            zero_run(row, width);
            continue;
          }
          const T* from = source + y * p.x.source + column;
          if (step == 1) {
            copy_padded(row, from, width, inside.begin, inside.end, ahead);
            continue;
          }
          zero_run(row, inside.begin);
          gather_run(row + inside.begin, from + inside.begin * step, step, inside.end - inside.begin, end);
          zero_run(row + inside.end, width - inside.end);
        }
      }
    zero_run(row, to + (c + 1) * p.plane - row);
  }
  zero_run(to + p.channels * p.plane, LANES<T>);
}

/** Whether no element of a patch is infinite or NaN. */
template <class T> ALWAYS_INLINE bool all_finite(const T* x, idx count) {
  V<T> sum{};
  for (idx i = 0; i < count; i += LANES<T>) sum += load(x + i) * splat(T{0});
  return sum_lanes<T>(sum) == 0;
}

/** Where a vector of results begins. */
struct PixelPlace {
  idx row = 0, column = 0;
};

/**
 * The results of a band as vectors of neighbouring patch elements: row by row, or, where rows are so short that less is
 * computed in vain, straight through the rows and what the taps reach beyond them.
 */
template <class T> struct Pixels {
  idx rows, columns, width;
  bool through;
  idx count;

  Pixels(idx rows, idx columns, idx width) : rows(rows), columns(columns), width(width) {
    constexpr idx L = LANES<T>;
    const idx by_rows = rows * divide_up(columns, L), flat = rows > 0 ? divide_up((rows - 1) * width + columns, L) : 0;
    through = flat * 5 < by_rows * 4;
    count = through ? flat : by_rows;
  }
  /** Where in the patch, counted from the band's first result, a vector begins. */
  idx base(PixelPlace at) const { return at.row * width + at.column; }
  PixelPlace next(PixelPlace at) const {
    at.column += LANES<T>;
    if (through) {
      for (; at.column >= width; at.column -= width) at.row++;
    } else if (at.column >= columns) {
      at = {at.row + 1, 0};
    }
    return at;
  }
  /** Whether all lanes are neighbouring results of one row. */
  bool whole(PixelPlace at) const { return at.column + LANES<T> <= columns && at.row < rows; }

  /** f(lane, row, column, count) for each run of results that a vector holds. */
  template <class F> ALWAYS_INLINE void runs(PixelPlace at, const F& f) const {
    constexpr idx L = LANES<T>;
    for (idx lane = 0; lane < L && at.row < rows; lane += width - at.column, at = {at.row + 1, 0}) {
      const idx held = smaller(L - lane, columns - at.column);
      if (held > 0) f(static_cast<int>(lane), at.row, at.column, static_cast<int>(held));
      if (!through) return;
    }
  }
};

}  // namespace NABLA_ISA
