// Elements by index: out of an axis, into an axis, by a mask.
//
// Kernels that take indices check all of them before they write: the result is −1, or the position of the first index that
// is out of range, and then nothing is written. Where several indices name one place they act in their order.
#include "elementwise.h"

namespace NABLA_ISA {

constexpr idx COLUMNS = 1024;  // columns a task, where targets are cut by columns

/** f(begin, end) for runs of rows, in tasks of about GRAIN elements. */
template <class F> static ALWAYS_INLINE void each_run(idx rows, idx columns, const F& f) {
  const idx group = columns >= GRAIN ? 1 : GRAIN / (columns > 0 ? columns : 1);
  parallel_tasks((rows + group - 1) / group, [=](idx task, int) {
    const idx begin = task * group, end = begin + group < rows ? begin + group : rows;
    f(begin, end);
  });
}

/** The position of the first index that is not in [low, high), or −1. */
static double first_outside(const int32_t* index, idx n, idx low, idx high) {
  constexpr idx CHUNK = 1024;
  const int32_t least = static_cast<int32_t>(low), most = static_cast<int32_t>(high > INT32_MAX ? INT32_MAX : high);
  for (idx begin = 0; begin < n; begin += CHUNK) {
    const idx end = begin + CHUNK < n ? begin + CHUNK : n;
    int32_t outside = 0;
    for (idx i = begin; i < end; i++) outside |= (index[i] < least) | (index[i] >= most);
    if (!outside) continue;
    for (idx i = begin; i < end; i++)
      if (index[i] < least || index[i] >= most) return static_cast<double>(i);
  }
  return -1;
}

/** y[i] = the element of x at index[i] along an axis of `length` and stride `step`; the layout has x's other strides. */
template <class T>
static double gather(const T* x, const int32_t* index, T* y, idx n, idx length, idx step, const double* layout) {
  const double wrong = first_outside(index, n, 0, length);
  if (wrong >= 0) return wrong;
  parallel_for(n, GRAIN, [=](idx begin, idx end) {
    Walk<1> walk(layout, begin);
    for (idx i = begin; i < end;) {
      const idx row = walk.inner - walk.place < end - i ? walk.inner - walk.place : end - i, across = walk.step[0];
      const T* from = x + walk.at[0];
      if (across == 0 && step == 1) for (idx k = 0; k < row; k++) y[i + k] = from[index[i + k]];
      else if (across == 0) for (idx k = 0; k < row; k++) y[i + k] = from[index[i + k] * step];
      else for (idx k = 0; k < row; k++) y[i + k] = from[k * across + index[i + k] * step];
      walk.advance(row);
      i += row;
    }
  });
  return -1;
}

template <class T> struct Put {
  static ALWAYS_INLINE void apply(T& y, T v) { y = v; }
};
/** Integers wrap around. */
template <class T> struct Add {
  static ALWAYS_INLINE void apply(T& y, T v) {
    if constexpr (__is_same(T, int32_t)) y = static_cast<int32_t>(static_cast<uint32_t>(y) + static_cast<uint32_t>(v));
    else y += v;
  }
};

/**
 * y at index[i] along an axis takes v[i]; the layout has the strides of y's other axes and of v. `outer` parts of the n
 * elements have places of their own, so that they may run at once.
 */
template <class Op, class T>
static double scatter(T* y, const int32_t* index, const T* v, idx outer, idx n, idx length, idx step, const double* layout) {
  const double wrong = first_outside(index, n, 0, length);
  if (wrong >= 0) return wrong;
  const idx part = n / outer;
  each_run(outer, part, [=](idx first, idx last) {
    Walk<2> walk(layout, first * part);
    for (idx i = first * part, end = last * part; i < end;) {
      const idx row = walk.inner - walk.place < end - i ? walk.inner - walk.place : end - i;
      T* to = y + walk.at[0];
      const T* from = v + walk.at[1];
      const idx across = walk.step[0], along = walk.step[1];
      if (across == 0 && step == 1 && along == 1) for (idx k = 0; k < row; k++) Op::apply(to[index[i + k]], from[k]);
      else for (idx k = 0; k < row; k++) Op::apply(to[k * across + index[i + k] * step], from[k * along]);
      walk.advance(row);
      i += row;
    }
  });
  return -1;
}

/** y[o][k] = x[o][index[k]] for rows of `inner` elements. */
template <class T>
static double select(const T* x, const int32_t* index, T* y, idx outer, idx length, idx inner, idx count) {
  const double wrong = first_outside(index, count, 0, length);
  if (wrong >= 0) return wrong;
  each_run(outer * count, inner, [=](idx begin, idx end) {
    for (idx r = begin; r < end;) {
      const idx o = r / count, k = r - o * count, rows = count - k < end - r ? count - k : end - r;
      const T* from = x + o * length * inner;
      T* to = y + r * inner;
      if (inner == 1) for (idx i = 0; i < rows; i++) to[i] = from[index[k + i]];
      else
        for (idx i = 0; i < rows; i++)
          __builtin_memcpy(to + i * inner, from + index[k + i] * inner, static_cast<size_t>(inner) * sizeof(T));
      r += rows;
    }
  });
  return -1;
}

template <class Op, class T> static ALWAYS_INLINE void apply_row(T* __restrict y, const T* __restrict v, idx n) {
  for (idx i = 0; i < n; i++) Op::apply(y[i], v[i]);
}

/** y[o][index[k]] takes v[o][k], in the order of k. Tasks are cut by o and by columns. */
template <class Op, class T>
static double select_into(T* y, const int32_t* index, const T* v, idx outer, idx length, idx inner, idx count) {
  const double wrong = first_outside(index, count, 0, length);
  if (wrong >= 0) return wrong;
  const idx blocks = (inner + COLUMNS - 1) / COLUMNS, work = count * (inner < COLUMNS ? inner : COLUMNS);
  each_run(outer * blocks, work, [=](idx begin, idx end) {
    for (idx unit = begin; unit < end; unit++) {
      const idx o = unit / blocks, first = unit % blocks * COLUMNS;
      const idx columns = inner - first < COLUMNS ? inner - first : COLUMNS;
      T* to = y + o * length * inner + first;
      const T* from = v + o * count * inner + first;
      for (idx k = 0; k < count; k++) {
        apply_row<Op>(to + index[k] * inner, from + k * inner, columns);
      }
    }
  });
  return -1;
}

#define BY_BYTES(T, bytes)                                                                                              \
  KERNEL_RETURNING(double, gather_##bytes, const T* x, const int32_t* index, T* y, idx n, idx length, idx step,         \
                   const double* layout) {                                                                              \
    return gather(x, index, y, n, length, step, layout);                                                                \
  }                                                                                                                     \
  KERNEL_RETURNING(double, scatter_##bytes, T* y, const int32_t* index, const T* v, idx outer, idx n, idx length,       \
                   idx step, const double* layout) {                                                                    \
    return scatter<Put<T>>(y, index, v, outer, n, length, step, layout);                                                \
  }                                                                                                                     \
  KERNEL_RETURNING(double, index_select_##bytes, const T* x, const int32_t* index, T* y, idx outer, idx length,         \
                   idx inner, idx count) {                                                                              \
    return select(x, index, y, outer, length, inner, count);                                                            \
  }                                                                                                                     \
  KERNEL_RETURNING(double, index_put_##bytes, T* y, const int32_t* index, const T* v, idx outer, idx length, idx inner, \
                   idx count) {                                                                                         \
    return select_into<Put<T>>(y, index, v, outer, length, inner, count);                                               \
  }                                                                                                                     \
  KERNEL(triangle_##bytes, const T* x, T* y, idx outer, idx rows, idx columns, idx diagonal, int upper) {               \
    triangle(x, y, outer, rows, columns, diagonal, upper);                                                              \
  }

#define BY_DTYPE(T, suffix)                                                                                             \
  KERNEL_RETURNING(double, scatter_add_##suffix, T* y, const int32_t* index, const T* v, idx outer, idx n, idx length,  \
                   idx step, const double* layout) {                                                                    \
    return scatter<Add<T>>(y, index, v, outer, n, length, step, layout);                                                \
  }                                                                                                                     \
  KERNEL_RETURNING(double, index_add_##suffix, T* y, const int32_t* index, const T* v, idx outer, idx length,           \
                   idx inner, idx count) {                                                                              \
    return select_into<Add<T>>(y, index, v, outer, length, inner, count);                                               \
  }

/** The elements on and below a diagonal, or on and above it; 0 elsewhere. */
template <class T> static void triangle(const T* x, T* y, idx outer, idx rows, idx columns, idx diagonal, int upper) {
  each_run(outer * rows, columns, [=](idx begin, idx end) {
    for (idx r = begin; r < end; r++) {
      const idx edge = r % rows + diagonal + (upper ? 0 : 1);
      const idx cut = edge < 0 ? 0 : edge > columns ? columns : edge;
      const T* from = x + r * columns;
      T* to = y + r * columns;
      for (idx i = 0; i < cut; i++) to[i] = upper ? T(0) : from[i];
      for (idx i = cut; i < columns; i++) to[i] = upper ? from[i] : T(0);
    }
  });
}

BY_BYTES(uint8_t, 1)
BY_BYTES(uint32_t, 4)
BY_BYTES(uint64_t, 8)
BY_DTYPE(float, f32)
BY_DTYPE(double, f64)
BY_DTYPE(int32_t, i32)

/** Places along one of several axes that are indexed together: indices below 0 count from the end; `add` adds to places. */
KERNEL_RETURNING(double, index_places_i32, const int32_t* index, int32_t* places, idx n, idx length, idx step, int add) {
  const double wrong = first_outside(index, n, -length, length);
  if (wrong >= 0) return wrong;
  const int32_t size = static_cast<int32_t>(length), by = static_cast<int32_t>(step);
  for (idx i = 0; i < n; i++) {
    const int32_t place = (index[i] < 0 ? index[i] + size : index[i]) * by;
    places[i] = add ? places[i] + place : place;
  }
  return -1;
}

/** How many elements of a mask are set. */
KERNEL_RETURNING(double, nonzero_count_bool, const uint8_t* mask, idx n) {
  idx total = 0;
  for (idx i = 0; i < n; i++) total += mask[i] != 0;
  return static_cast<double>(total);
}

/**
 * The places of the `found` elements that are set, in row-major order: one index an axis of sizes [ndim, size0, size1, …].
 * Every place is written, and written over unless its element is set: a branch would be guessed wrong too often.
 */
KERNEL(nonzero_bool, const uint8_t* mask, int32_t* y, idx found, const double* sizes) {
  const int ndim = static_cast<int>(sizes[0]), last = ndim - 1;
  if (ndim == 0) return;
  const int32_t* end = y + found * ndim;
  const idx inner = static_cast<idx>(sizes[ndim]);
  int32_t outer[MAX_DIMS] = {};
  for (idx row = 0; y < end; row += inner) {
    for (idx i = 0; i < inner && y < end; i++) {
      for (int d = 0; d < last; d++) y[d] = outer[d];
      y[last] = static_cast<int32_t>(i);
      y += mask[row + i] ? ndim : 0;
    }
    for (int d = last - 1; d >= 0; d--) {
      if (++outer[d] < static_cast<int32_t>(sizes[1 + d])) break;
      outer[d] = 0;
    }
  }
}

/** Rows turned around: y[r][i] = x[r][columns − 1 − i]. */
template <class T> static void reverse(const T* __restrict x, T* __restrict y, idx rows, idx columns) {
  each_run(rows, columns, [=](idx begin, idx end) {
    for (idx r = begin; r < end; r++) {
      const T* from = x + (r + 1) * columns - 1;
      T* to = y + r * columns;
      for (idx i = 0; i < columns; i++) to[i] = from[-i];
    }
  });
}
KERNEL(reverse_1, const uint8_t* x, uint8_t* y, idx rows, idx columns) { reverse(x, y, rows, columns); }
KERNEL(reverse_4, const uint32_t* x, uint32_t* y, idx rows, idx columns) { reverse(x, y, rows, columns); }
KERNEL(reverse_8, const uint64_t* x, uint64_t* y, idx rows, idx columns) { reverse(x, y, rows, columns); }

}  // namespace NABLA_ISA
