// Reductions of a contiguous [outer, len, inner] view over len. Sums are pairwise; every order depends on shapes only.
#include "elementwise.h"
#include "math.h"
#include "math/fold.h"

namespace NABLA_ISA {

constexpr idx LONG_ROW = 4 * GRAIN;  // rows from this length on are cut into pieces

/** Calls f(row) for every row; several short rows are one task. */
template <class F> ALWAYS_INLINE void each_row(idx rows, idx len, const F& f) {
  const idx group = len < GRAIN ? GRAIN / (len > 0 ? len : 1) : 1;
  if (rows <= group) {
    for (idx r = 0; r < rows; r++) f(r);
    return;
  }
  parallel_tasks((rows + group - 1) / group, [&](idx task, int) {
    const idx end = (task + 1) * group < rows ? (task + 1) * group : rows;
    for (idx r = task * group; r < end; r++) f(r);
  });
}

/** One long row; FOLD(p, n) folds a part of it. */
template <class Op, class T, class F> static T fold_long(const T* x, idx len, const F& part) {
  const Pieces pieces(len, GRAIN);
  T partial[MAX_PIECES];
  parallel_tasks(pieces.count, [&](idx i, int) {
    const idx begin = i * pieces.size, end = begin + pieces.size < len ? begin + pieces.size : len;
    partial[i] = part(x + begin, end - begin);
  });
  V<T> v[MAX_PIECES];
  for (idx i = 0; i < pieces.count; i++) v[i] = splat<T>(partial[i]);
  return combine_pieces<Op>(v, pieces.count)[0];
}

template <class Op, class T> static __attribute__((noinline)) T fold_row(const T* x, idx n) { return fold<Op>(x, n)[0]; }

/** `width` ≤ 4 vectors of columns over `len` rows, pairwise; `end` is where the whole view ends. */
template <class Op, class T, int WIDTH>
static __attribute__((noinline)) void fold_columns(const T* x, T* y, idx len, idx inner, idx columns, const T* end) {
  constexpr idx L = LANES<T>, ROWS = 16;
  struct Strip {
    V<T> v[WIDTH];
  };
  struct Combine {
    static ALWAYS_INLINE Strip combine(const Strip& a, const Strip& b) {
      Strip s;
      for (int k = 0; k < WIDTH; k++) s.v[k] = Op::combine(a.v[k], b.v[k]);
      return s;
    }
  };
  Strip none;
  for (int k = 0; k < WIDTH; k++) none.v[k] = splat<T>(identity_of<Op, T>());
  auto block = [&](idx first, idx last) {
    Strip s = none;
    idx r = first;
    for (; r < last && end - (x + r * inner) >= WIDTH * L; r++)  // reads past the columns, not past the view
      for (int k = 0; k < WIDTH; k++) s.v[k] = Op::combine(s.v[k], load(x + r * inner + k * L));
    for (; r < last; r++)
      for (int k = 0; k < WIDTH; k++) {
        const idx count = columns - k * L;
        const T* p = x + r * inner + k * L;
        if (count > 0) s.v[k] = Op::combine(s.v[k], count >= L ? load(p) : load_some(p, count));
      }
    return s;
  };
  Cascade<Combine, Strip> cascade;
  idx r = 0;
  for (; len - r >= ROWS; r += ROWS) cascade.push(block(r, r + ROWS));
  const Strip s = cascade.finish(block(r, len));
  for (int k = 0; k < WIDTH; k++) {
    const idx count = columns - k * L;
    if (count >= L) store(y + k * L, s.v[k]);
    else if (count > 0) store_some(y + k * L, s.v[k], count);
  }
}

template <class Op, class T> static void fold_strip(const T* x, T* y, idx len, idx inner, idx columns, const T* end) {
  if (columns > 2 * LANES<T>) fold_columns<Op, T, 4>(x, y, len, inner, columns, end);
  else if (columns > LANES<T>) fold_columns<Op, T, 2>(x, y, len, inner, columns, end);
  else fold_columns<Op, T, 1>(x, y, len, inner, columns, end);
}

template <class Op, class T> static void fold_inner(const T* x, T* y, idx outer, idx len, idx inner) {
  constexpr idx STRIP = 4 * LANES<T>;
  const T* end = x + outer * len * inner;
  const idx strips = (inner + STRIP - 1) / STRIP;
  if (outer * strips >= 4 || len * inner < LONG_ROW) {
    each_row(outer * strips, len * (inner < STRIP ? inner : STRIP), [=](idx task) {
      const idx o = task / strips, first = task % strips * STRIP;
      const idx columns = inner - first < STRIP ? inner - first : STRIP;
      fold_strip<Op>(x + o * len * inner + first, y + o * inner + first, len, inner, columns, end);
    });
    return;
  }
  constexpr idx PIECES = 32;
  const idx size = (len + PIECES - 1) / PIECES, count = (len + size - 1) / size;
  for (idx task = 0; task < outer * strips; task++) {
    const idx o = task / strips, first = task % strips * STRIP;
    const idx columns = inner - first < STRIP ? inner - first : STRIP;
    T partial[PIECES * STRIP];
    const T* from = x + o * len * inner + first;
    parallel_tasks(count, [&](idx i, int) {
      const idx rows = len - i * size < size ? len - i * size : size;
      fold_strip<Op>(from + i * size * inner, partial + i * columns, rows, inner, columns, end);
    });
    const T* partial_end = partial + count * columns;
    for (idx step = 1; step < count; step *= 2)
      for (idx i = 0; i + step < count; i += 2 * step)
        fold_strip<Op, T>(partial + i * columns, partial + i * columns, 2, step * columns, columns, partial_end);
    fold_strip<Op, T>(partial, y + o * inner + first, 1, columns, columns, partial_end);
  }
}

template <class Op, class T> static void reduce(const T* x, T* y, idx outer, idx len, idx inner) {
  if (inner == 1 && len >= LONG_ROW) {
    for (idx o = 0; o < outer; o++) y[o] = fold_long<Op>(x + o * len, len, fold_row<Op, T>);
  } else if (inner == 1) {
    each_row(outer, len, [=](idx o) { y[o] = fold_row<Op>(x + o * len, len); });
  } else {
    fold_inner<Op>(x, y, outer, len, inner);
  }
}

#define REDUCTION(T, suffix, name, Op) \
  KERNEL(name##_##suffix, const T* x, T* y, idx outer, idx len, idx inner) { reduce<Op>(x, y, outer, len, inner); }
REDUCTION(float, f32, sum, Sum)
REDUCTION(double, f64, sum, Sum)
REDUCTION(float, f32, prod, Product)
REDUCTION(double, f64, prod, Product)
REDUCTION(float, f32, max, Max)
REDUCTION(double, f64, max, Max)
REDUCTION(int32_t, i32, max, Max)
REDUCTION(float, f32, min, Min)
REDUCTION(double, f64, min, Min)
REDUCTION(int32_t, i32, min, Min)

/** Calls f(o, i) for every result of a reduction that has no vector form. */
template <class F> ALWAYS_INLINE void each_result(idx outer, idx len, idx inner, const F& f) {
  each_row(outer * inner, len, [=](idx r) { f(r / inner, r % inner); });
}

/** 0, or 1 when a sum does not fit into 32 bits. */
KERNEL_RETURNING(int, sum_i32, const int32_t* x, int32_t* y, idx outer, idx len, idx inner) {
  int wrong = 0;
  auto keep = [&](idx at, int64_t sum) {
    y[at] = static_cast<int32_t>(sum);
    if (sum != y[at]) __atomic_store_n(&wrong, 1, __ATOMIC_RELAXED);
  };
  auto add = [=](const int32_t* p, idx n) {
    int64_t sum = 0;
    for (idx k = 0; k < n; k++) sum += p[k * inner];
    return sum;
  };
  if (inner == 1 && len >= LONG_ROW) {
    for (idx o = 0; o < outer; o++) {
      const Pieces pieces(len, GRAIN);
      int64_t partial[MAX_PIECES], sum = 0;
      parallel_tasks(pieces.count, [&](idx i, int) {
        const idx begin = i * pieces.size, end = begin + pieces.size < len ? begin + pieces.size : len;
        partial[i] = add(x + o * len + begin, end - begin);
      });
      for (idx i = 0; i < pieces.count; i++) sum += partial[i];
      keep(o, sum);
    }
  } else {
    each_result(outer, len, inner, [&](idx o, idx i) { keep(o * inner + i, add(x + o * len * inner + i, len)); });
  }
  return wrong;
}

/** 0, or 1 when a product does not fit into 32 bits. */
KERNEL_RETURNING(int, prod_i32, const int32_t* x, int32_t* y, idx outer, idx len, idx inner) {
  int wrong = 0;
  each_result(outer, len, inner, [&](idx o, idx i) {
    int64_t product = 1;
    bool fits = true, zero = false;
    for (idx k = 0; k < len; k++) {
      const int32_t v = x[(o * len + k) * inner + i];
      product *= v;
      zero |= v == 0;
      if (product != static_cast<int32_t>(product)) fits = false, product = 1;
    }
    y[o * inner + i] = zero ? 0 : static_cast<int32_t>(product);
    if (!fits && !zero) __atomic_store_n(&wrong, 1, __ATOMIC_RELAXED);
  });
  return wrong;
}

/** Whether a comes before b as an extreme: NaN before all, else the larger (or smaller). */
template <class Op, class T> ALWAYS_INLINE bool beats(T a, T b) {
  if (a != a) return b == b;
  return __is_same(Op, Max) ? a > b : a < b;
}

/** The extreme of n > 0 contiguous elements and where it first stands. */
template <class Op, class T> static __attribute__((noinline)) idx extreme_row(const T* x, idx n, T* value) {
  constexpr idx L = LANES<T>;
  const V<T> best = fold<Op>(x, n);
  *value = best[0];
  idx i = 0;
  for (; n - i >= L; i += L) {
    const V<T> v = load(x + i);
    if (any((M<T>)(v == best) | (M<T>)(v != v))) break;
  }
  for (; i < n; i++)
    if (x[i] == *value || x[i] != x[i]) return i;
  return 0;
}

/** Up to LANES columns at once. */
template <class Op, class T>
static __attribute__((noinline)) void extreme_columns(const T* x, T* value, int32_t* index, idx len, idx inner, idx columns) {
  auto row = [=](idx r) { return columns >= LANES<T> ? load(x + r * inner) : load_some(x + r * inner, columns); };
  V<T> best = row(0);
  M<T> at{};
  for (idx r = 1; r < len; r++) {
    const V<T> v = row(r);
    const M<T> better = __is_same(Op, Max) ? (M<T>)(v > best) : (M<T>)(v < best);
    const M<T> wins = (better | (M<T>)(v != v)) & (M<T>)(best == best);
    best = where(wins, v, best);
    at = wins ? M<T>{} + static_cast<MaskLane<T>>(r) : at;
  }
  for (idx c = 0; c < columns && c < LANES<T>; c++) index[c] = static_cast<int32_t>(at[c]);
  if (!value) return;
  if (columns >= LANES<T>) store(value, best);
  else store_some(value, best, columns);
}

/** One long row in pieces; an earlier piece wins a tie. */
template <class Op, class T> static idx extreme_long(const T* x, idx len, T* value) {
  const Pieces pieces(len, GRAIN);
  T values[MAX_PIECES] = {};
  idx places[MAX_PIECES];
  parallel_tasks(pieces.count, [&](idx i, int) {
    const idx begin = i * pieces.size, end = begin + pieces.size < len ? begin + pieces.size : len;
    places[i] = begin + extreme_row<Op>(x + begin, end - begin, values + i);
  });
  idx best = 0;
  for (idx i = 1; i < pieces.count; i++)
    if (beats<Op>(values[i], values[best])) best = i;
  *value = values[best];
  return places[best];
}

/** `value` may be null. */
template <class Op, class T> static void extreme(const T* x, T* value, int32_t* index, idx outer, idx len, idx inner) {
  if (inner == 1) {
    auto one = [=](idx o, bool cut) {
      T v;
      index[o] = static_cast<int32_t>(cut ? extreme_long<Op>(x + o * len, len, &v) : extreme_row<Op>(x + o * len, len, &v));
      if (value) value[o] = v;
    };
    if (len >= LONG_ROW) for (idx o = 0; o < outer; o++) one(o, true);
    else each_row(outer, len, [&](idx o) { one(o, false); });
    return;
  }
  const idx strips = (inner + LANES<T> - 1) / LANES<T>;
  each_row(outer * strips, len * LANES<T>, [=](idx task) {
    const idx o = task / strips, first = task % strips * LANES<T>, at = o * inner + first;
    extreme_columns<Op>(x + o * len * inner + first, value ? value + at : nullptr, index + at, len, inner, inner - first);
  });
}

#define EXTREME(T, suffix, name, Op)                                                                                    \
  KERNEL(arg##name##_##suffix, const T* x, int32_t* index, idx outer, idx len, idx inner) {                             \
    extreme<Op, T>(x, nullptr, index, outer, len, inner);                                                               \
  }                                                                                                                     \
  KERNEL(name##_index_##suffix, const T* x, T* y, int32_t* index, idx outer, idx len, idx inner) {                      \
    extreme<Op, T>(x, y, index, outer, len, inner);                                                                     \
  }
EXTREME(float, f32, max, Max)
EXTREME(double, f64, max, Max)
EXTREME(int32_t, i32, max, Max)
EXTREME(float, f32, min, Min)
EXTREME(double, f64, min, Min)
EXTREME(int32_t, i32, min, Min)

/** y = 1 where any of x is not 0; with `all`, where none is 0: ¬any(¬x). */
template <bool ALL> static void any_or_all(const uint8_t* x, uint8_t* y, idx outer, idx len, idx inner) {
  each_result(outer, len, inner, [=](idx o, idx i) {
    const uint8_t* p = x + o * len * inner + i;
    bool found = false;
    for (idx k = 0; k < len && !found;) {
      const idx end = k + 256 < len ? k + 256 : len;
      uint8_t hit = 0;
      for (; k < end; k++) hit |= ALL ? p[k * inner] == 0 : p[k * inner] != 0;
      found = hit;
    }
    y[o * inner + i] = found != ALL;
  });
}
KERNEL(any_bool, const uint8_t* x, uint8_t* y, idx outer, idx len, idx inner) { any_or_all<false>(x, y, outer, len, inner); }
KERNEL(all_bool, const uint8_t* x, uint8_t* y, idx outer, idx len, idx inner) { any_or_all<true>(x, y, outer, len, inner); }

}  // namespace NABLA_ISA
