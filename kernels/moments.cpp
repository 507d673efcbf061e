// Variances, sums of squares and of absolute values over len of a contiguous [outer, len, inner] view. Every element is
// read from memory once: blocks that fit the cache give their mean and their squared distances from it, and blocks are put
// together by the formula of Chan, Golub and LeVeque (1979), so that a large mean costs no digits.
#include "elementwise.h"
#include "math.h"
#include "math/fold.h"

namespace NABLA_ISA {

constexpr idx BLOCK = 2048;          // elements of a row that are read twice
constexpr idx BLOCK_ROWS = 64;       // the same, rows of a strip of columns
constexpr idx LONG = 4 * GRAIN;      // rows from this length on are cut into pieces

/** How many elements, their mean, and the sum of squared distances from it. */
struct Moments {
  double count = 0, mean = 0, squares = 0;
  ALWAYS_INLINE void add(const Moments& other) {
    if (other.count == 0) return;
    const double total = count + other.count, distance = other.mean - mean;
    squares += other.squares + distance * distance * (count * other.count / total);
    mean += distance * (other.count / total);
    count = total;
  }
};

template <class T> static __attribute__((noinline)) Moments moments_of(const T* x, idx n) {
  Moments all;
  for (idx begin = 0; begin < n; begin += BLOCK) {
    const T* p = x + begin;
    const idx count = n - begin < BLOCK ? n - begin : BLOCK;
    const T mean = fold<Sum>(p, count)[0] / static_cast<T>(count);
    auto distance = [=](V<T> v) { return (v - mean) * (v - mean); };
    // What rounding took from the mean is in the sum of the distances themselves.
    auto rest = [=](V<T> v) { return v - mean; };
    const V<T> inside = splat<T>(mean);
    const V<T> squares = fold_lanes<Sum>(fold_vectors<Sum, T>(
        count, [=](idx i) { return distance(load(p + i)); }, [=](idx i, idx k) { return distance(load_some_or(p + i, k, inside)); }));
    const V<T> left = fold_lanes<Sum>(fold_vectors<Sum, T>(
        count, [=](idx i) { return rest(load(p + i)); }, [=](idx i, idx k) { return rest(load_some_or(p + i, k, inside)); }));
    const double n_ = static_cast<double>(count);
    const double off = left[0] == left[0] ? static_cast<double>(left[0]) / n_ : 0;  // an infinite mean stays
    all.add({n_, static_cast<double>(mean) + off, static_cast<double>(squares[0]) - off * off * n_});
  }
  return all;
}

/** The moments of up to LANES columns, lane by lane. */
template <class T> struct ColumnMoments {
  T count = 0;
  V<T> mean{}, squares{};
  ALWAYS_INLINE void add(const ColumnMoments& other) {
    if (other.count == 0) return;
    const T total = count + other.count;
    const V<T> distance = other.mean - mean;
    squares += other.squares + distance * distance * (count * other.count / total);
    mean += distance * (other.count / total);
    count = total;
  }
};

template <class T> static ALWAYS_INLINE V<T> columns_at(const T* p, idx columns) {
  return columns >= LANES<T> ? load(p) : load_some(p, columns);
}

template <class T> static __attribute__((noinline)) ColumnMoments<T> column_moments(const T* x, idx rows, idx inner, idx columns) {
  ColumnMoments<T> all;
  for (idx begin = 0; begin < rows; begin += BLOCK_ROWS) {
    const T* p = x + begin * inner;
    const idx count = rows - begin < BLOCK_ROWS ? rows - begin : BLOCK_ROWS;
    V<T> sum{}, squares{};
    for (idx r = 0; r < count; r++) sum += columns_at(p + r * inner, columns);
    const V<T> mean = sum / static_cast<T>(count);
    for (idx r = 0; r < count; r++) {
      const V<T> distance = columns_at(p + r * inner, columns) - mean;
      squares += distance * distance;
    }
    all.add({static_cast<T>(count), mean, squares});
  }
  return all;
}

/** Calls f(task) for every task of about `work` elements; several small ones together. */
template <class F> static ALWAYS_INLINE void grouped(idx tasks, idx work, const F& f) {
  const idx group = work < GRAIN ? GRAIN / (work > 0 ? work : 1) : 1;
  parallel_tasks((tasks + group - 1) / group, [&](idx g, int) {
    const idx end = (g + 1) * group < tasks ? (g + 1) * group : tasks;
    for (idx task = g * group; task < end; task++) f(task);
  });
}

template <class T> static void put_columns(T* y, V<T> v, idx columns) {
  if (columns >= LANES<T>) store(y, v);
  else store_some(y, v, columns);
}

template <class T> static void variance_of_columns(const T* x, T* variance, T* mean, idx outer, idx len, idx inner, T divisor) {
  constexpr idx L = LANES<T>, PIECES = 32;
  const idx strips = (inner + L - 1) / L;
  auto put = [=](idx task, const ColumnMoments<T>& m) {
    const idx first = task % strips * L, at = task / strips * inner + first;
    if (variance) put_columns(variance + at, m.squares / divisor, inner - first);
    if (mean) put_columns(mean + at, len > 0 ? m.mean : splat<T>(__builtin_nan("")), inner - first);
  };
  auto part = [=](idx task, idx from, idx rows) {
    const idx first = task % strips * L;
    return column_moments(x + (task / strips * len + from) * inner + first, rows, inner, inner - first);
  };
  if (outer * strips >= 4 || len * inner < LONG) {
    grouped(outer * strips, len * L, [&](idx task) { put(task, part(task, 0, len)); });
    return;
  }
  const idx size = (len + PIECES - 1) / PIECES, count = (len + size - 1) / size;
  for (idx task = 0; task < outer * strips; task++) {
    ColumnMoments<T> partial[PIECES];
    parallel_tasks(count, [&](idx i, int) {
      partial[i] = part(task, i * size, len - i * size < size ? len - i * size : size);
    });
    for (idx i = 1; i < count; i++) partial[0].add(partial[i]);
    put(task, partial[0]);
  }
}

/** `variance` or `mean` may be null. */
template <class T> static void variance(const T* x, T* variance, T* mean, idx outer, idx len, idx inner, double correction) {
  const double divisor = static_cast<double>(len) - correction > 0 ? static_cast<double>(len) - correction : 0;
  if (inner != 1) return variance_of_columns(x, variance, mean, outer, len, inner, static_cast<T>(divisor));
  auto put = [=](idx o, const Moments& m) {
    if (variance) variance[o] = static_cast<T>(m.squares / divisor);
    if (mean) mean[o] = static_cast<T>(len > 0 ? m.mean : __builtin_nan(""));
  };
  if (len < LONG) {
    grouped(outer, len, [&](idx o) { put(o, moments_of(x + o * len, len)); });
    return;
  }
  for (idx o = 0; o < outer; o++) {
    const Pieces pieces(len, GRAIN);
    Moments partial[MAX_PIECES];
    parallel_tasks(pieces.count, [&](idx i, int) {
      const idx begin = i * pieces.size, end = begin + pieces.size < len ? begin + pieces.size : len;
      partial[i] = moments_of(x + o * len + begin, end - begin);
    });
    for (idx i = 1; i < pieces.count; i++) partial[0].add(partial[i]);
    put(o, partial[0]);
  }
}

struct Square {
  template <class X> static ALWAYS_INLINE X of(X x) { return x * x; }
};
struct Absolute {
  template <class X> static ALWAYS_INLINE X of(X x) { return abs(x); }
};

template <class F, class T> static __attribute__((noinline)) T sum_row(const T* p, idx n) {
  return fold_lanes<Sum>(fold_vectors<Sum, T>(
      n, [=](idx i) { return F::of(load(p + i)); }, [=](idx i, idx count) { return F::of(load_some(p + i, count)); }))[0];
}

/** Σ F(x) over up to LANES columns of some rows, pairwise in blocks. */
template <class F, class T> static __attribute__((noinline)) V<T> sum_columns(const T* x, idx rows, idx inner, idx columns) {
  Cascade<Sum, V<T>> cascade;
  idx r = 0;
  auto block = [&](idx end) {
    V<T> sum{};
    for (; r < end; r++) sum += F::of(columns_at(x + r * inner, columns));
    return sum;
  };
  while (rows - r >= BLOCK_ROWS) cascade.push(block(r + BLOCK_ROWS));
  return cascade.finish(block(rows));
}

template <class F, class T> static void sum_of(const T* x, T* y, idx outer, idx len, idx inner) {
  constexpr idx L = LANES<T>, PIECES = 32;
  if (inner == 1 && len < LONG) {
    grouped(outer, len, [&](idx o) { y[o] = sum_row<F>(x + o * len, len); });
    return;
  }
  if (inner == 1) {
    for (idx o = 0; o < outer; o++) {
      const Pieces pieces(len, GRAIN);
      T partial[MAX_PIECES];
      parallel_tasks(pieces.count, [&](idx i, int) {
        const idx begin = i * pieces.size, end = begin + pieces.size < len ? begin + pieces.size : len;
        partial[i] = sum_row<F>(x + o * len + begin, end - begin);
      });
      y[o] = combine_pieces<Sum>(partial, pieces.count);
    }
    return;
  }
  const idx strips = (inner + L - 1) / L;
  const bool whole = outer * strips >= 4 || len * inner < LONG;
  const idx size = whole ? len : (len + PIECES - 1) / PIECES, count = size > 0 ? (len + size - 1) / size : 0;
  auto part = [=](idx task, idx i) {
    const idx first = task % strips * L, rows = len - i * size < size ? len - i * size : size;
    return sum_columns<F>(x + (task / strips * len + i * size) * inner + first, rows, inner, inner - first);
  };
  auto put = [=](idx task, V<T> v) {
    const idx first = task % strips * L;
    put_columns(y + task / strips * inner + first, v, inner - first);
  };
  if (whole) {
    grouped(outer * strips, len * L, [&](idx task) { put(task, part(task, 0)); });
    return;
  }
  for (idx task = 0; task < outer * strips; task++) {
    V<T> partial[PIECES];
    parallel_tasks(count, [&](idx i, int) { partial[i] = part(task, i); });
    put(task, combine_pieces<Sum>(partial, count));
  }
}

#define MOMENTS(T, suffix)                                                                                          \
  KERNEL(var_##suffix, const T* x, T* y, T* mean, idx outer, idx len, idx inner, double correction) {               \
    variance(x, y, mean, outer, len, inner, correction);                                                            \
  }                                                                                                                 \
  KERNEL(sum_abs_##suffix, const T* x, T* y, idx outer, idx len, idx inner) { sum_of<Absolute>(x, y, outer, len, inner); } \
  KERNEL(sum_squares_##suffix, const T* x, T* y, idx outer, idx len, idx inner) { sum_of<Square>(x, y, outer, len, inner); }
MOMENTS(float, f32)
MOMENTS(double, f64)

}  // namespace NABLA_ISA
