// Running sums, products and extremes over len of a contiguous [outer, len, inner] view. Sums and products of floats run in
// double precision, as in PyTorch.
#include "elementwise.h"
#include "math.h"
#include "math/fold.h"

namespace NABLA_ISA {

constexpr idx LONG = 4 * GRAIN;  // rows from this length on are cut into pieces
constexpr idx FEW_ROWS = 4;      // so few are worth cutting

/** Calls f(task) for every task of about `work` elements; several small ones together. */
template <class F> static ALWAYS_INLINE void grouped(idx tasks, idx work, const F& f) {
  const idx group = work < GRAIN ? GRAIN / (work > 0 ? work : 1) : 1;
  parallel_tasks((tasks + group - 1) / group, [&](idx g, int) {
    const idx end = (g + 1) * group < tasks ? (g + 1) * group : tasks;
    for (idx task = g * group; task < end; task++) f(task);
  });
}

template <class T> struct Wide { using type = double; };
template <> struct Wide<int32_t> { using type = int64_t; };

struct Plus {
  static constexpr int start = 0;
  template <class X> static ALWAYS_INLINE X combine(X a, X b) { return a + b; }
};
struct Times {
  static constexpr int start = 1;
  template <class X> static ALWAYS_INLINE X combine(X a, X b) { return a * b; }
};

/** One row whose elements are `step` apart, 1 or −1. */
template <class Op, class T, class W>
static ALWAYS_INLINE void walk_row(const T* x, T* y, idx len, idx step, W start, bool* fits) {
  W running = start;
  bool good = true;
  for (idx k = 0; k < len; k++) {
    running = Op::combine(running, static_cast<W>(x[k * step]));
    y[k * step] = static_cast<T>(running);
    if constexpr (__is_same(T, int32_t)) {
      if (running != y[k * step]) good = false, running = start;
    }
  }
  if (!good) __atomic_store_n(fits, false, __ATOMIC_RELAXED);
}

/** Running sums of floats of one row: sums within blocks do not wait for what came before, which is added at the end. */
template <bool REVERSE, class T> static __attribute__((noinline)) void sum_row(const T* x, T* y, idx len, double start) {
  constexpr idx BLOCK = 8;
  idx k = 0;
  for (; len - k >= BLOCK; k += BLOCK) {
    const idx at = REVERSE ? len - BLOCK - k : k;
    double sums[BLOCK];
    for (idx i = 0; i < BLOCK; i++) sums[i] = static_cast<double>(x[at + i]);
    for (idx i = 1; i < BLOCK; i++) {
      if (REVERSE) sums[BLOCK - 1 - i] += sums[BLOCK - i];
      else sums[i] += sums[i - 1];
    }
    for (idx i = 0; i < BLOCK; i++) y[at + i] = static_cast<T>(start + sums[i]);
    start += sums[REVERSE ? 0 : BLOCK - 1];
  }
  for (; k < len; k++) {
    const idx at = REVERSE ? len - 1 - k : k;
    start += static_cast<double>(x[at]);
    y[at] = static_cast<T>(start);
  }
}

/** One row of any kind. */
template <class Op, class T, class W> static void scan_row(const T* x, T* y, idx len, bool reverse, W start, bool* fits) {
  if constexpr (Op::start == 0 && __is_same(W, double)) {
    if (reverse) sum_row<true>(x, y, len, start);
    else sum_row<false>(x, y, len, start);
  } else {
    const idx first = reverse ? len - 1 : 0;
    walk_row<Op>(x + first, y + first, len, reverse ? -1 : 1, start, fits);
  }
}

/** One long row in pieces: the totals of the pieces first, then every piece from its start. */
template <class Op, class T> static void scan_long(const T* x, T* y, idx len, bool reverse, bool* fits) {
  using W = typename Wide<T>::type;
  const Pieces pieces(len, GRAIN);
  W starts[MAX_PIECES];
  auto piece = [&](idx i, idx* from, idx* count) {
    const idx begin = i * pieces.size, end = begin + pieces.size < len ? begin + pieces.size : len;
    *from = reverse ? len - end : begin, *count = end - begin;
  };
  parallel_tasks(pieces.count, [&](idx i, int) {
    idx from, count;
    piece(i, &from, &count);
    constexpr int LINES = 8;
    W total[LINES];
    for (int l = 0; l < LINES; l++) total[l] = Op::start;
    idx k = 0;
    for (; count - k >= LINES; k += LINES)
      for (int l = 0; l < LINES; l++) total[l] = Op::combine(total[l], static_cast<W>(x[from + k + l]));
    for (; k < count; k++) total[0] = Op::combine(total[0], static_cast<W>(x[from + k]));
    for (int l = 1; l < LINES; l++) total[0] = Op::combine(total[0], total[l]);
    starts[i] = total[0];
  });
  W running = Op::start;
  for (idx i = 0; i < pieces.count; i++) {
    const W total = starts[i];
    starts[i] = running;
    running = Op::combine(running, total);
  }
  parallel_tasks(pieces.count, [&](idx i, int) {
    idx from, count;
    piece(i, &from, &count);
    scan_row<Op>(x + from, y + from, count, reverse, starts[i], fits);
  });
}

/** Columns side by side, which the compiler makes vectors of. */
template <class Op, class T> static void scan_columns(const T* x, T* y, idx len, idx inner, idx columns, bool reverse, bool* fits) {
  using W = typename Wide<T>::type;
  constexpr idx MOST = 32;
  W running[MOST];
  bool good = true;
  for (idx c = 0; c < columns; c++) running[c] = Op::start;
  for (idx k = 0; k < len; k++) {
    const idx at = (reverse ? len - 1 - k : k) * inner;
    for (idx c = 0; c < columns; c++) {
      running[c] = Op::combine(running[c], static_cast<W>(x[at + c]));
      y[at + c] = static_cast<T>(running[c]);
    }
    if constexpr (__is_same(T, int32_t))
      for (idx c = 0; c < columns; c++)
        if (running[c] != y[at + c]) good = false, running[c] = Op::start;
  }
  if (!good) __atomic_store_n(fits, false, __ATOMIC_RELAXED);
}

/** 0, or 1 when an integer does not fit into 32 bits. */
template <class Op, class T> static int scan(const T* x, T* y, idx outer, idx len, idx inner, int reverse) {
  using W = typename Wide<T>::type;
  bool fits = true;
  if (inner != 1) {
    constexpr idx STRIP = 32;
    const idx strips = (inner + STRIP - 1) / STRIP;
    grouped(outer * strips, len * (inner < STRIP ? inner : STRIP), [&](idx task) {
      const idx first = task % strips * STRIP, at = task / strips * len * inner + first;
      scan_columns<Op>(x + at, y + at, len, inner, inner - first < STRIP ? inner - first : STRIP, reverse, &fits);
    });
  } else if (Op::start == 0 && len >= LONG && outer < FEW_ROWS) {
    for (idx o = 0; o < outer; o++) scan_long<Op>(x + o * len, y + o * len, len, reverse, &fits);
  } else {
    grouped(outer, len, [&](idx o) { scan_row<Op>(x + o * len, y + o * len, len, reverse, W(Op::start), &fits); });
  }
  return !fits;
}

#define SCAN(T, suffix)                                                                                             \
  KERNEL_RETURNING(int, cumsum_##suffix, const T* x, T* y, idx outer, idx len, idx inner, int reverse) {            \
    return scan<Plus>(x, y, outer, len, inner, reverse);                                                            \
  }                                                                                                                 \
  KERNEL_RETURNING(int, cumprod_##suffix, const T* x, T* y, idx outer, idx len, idx inner) {                        \
    return scan<Times>(x, y, outer, len, inner, 0);                                                                 \
  }
SCAN(float, f32)
SCAN(double, f64)
SCAN(int32_t, i32)

/**
 * dx of y = cumprod(x), without a division: the product before element k, times Sₖ = gₖ + xₖ₊₁·Sₖ₊₁, which is what the
 * later results make of it. Zeros need no case of their own.
 */
template <class T> static void cumprod_backward(const T* g, const T* x, const T* y, T* dx, idx outer, idx len, idx inner) {
  grouped(outer * inner, len, [&](idx r) {
    const idx start = r / inner * len * inner + r % inner;
    double after = 0;
    for (idx k = len - 1; k >= 0; k--) {
      const idx at = start + k * inner;
      after = static_cast<double>(g[at]) + (k + 1 < len ? static_cast<double>(x[at + inner]) * after : 0);
      dx[at] = static_cast<T>((k > 0 ? static_cast<double>(y[at - inner]) : 1) * after);
    }
  });
}
KERNEL(cumprod_backward_f32, const float* g, const float* x, const float* y, float* dx, idx outer, idx len, idx inner) {
  cumprod_backward(g, x, y, dx, outer, len, inner);
}
KERNEL(cumprod_backward_f64, const double* g, const double* x, const double* y, double* dx, idx outer, idx len, idx inner) {
  cumprod_backward(g, x, y, dx, outer, len, inner);
}

/** The largest (or smallest) so far and where it stands: the last of equals, and from a NaN on the last NaN. */
template <bool LARGEST, class T> static void running_extreme(const T* x, T* y, int32_t* index, idx outer, idx len, idx inner) {
  grouped(outer * inner, len, [&](idx r) {
    const idx start = r / inner * len * inner + r % inner;
    T best{};
    idx place = 0;
    for (idx k = 0; k < len; k++) {
      const T v = x[start + k * inner];
      if (k == 0 || v != v || (best == best && (LARGEST ? v >= best : v <= best))) best = v, place = k;
      y[start + k * inner] = best;
      index[start + k * inner] = static_cast<int32_t>(place);
    }
  });
}
#define RUNNING(T, suffix)                                                                                    \
  KERNEL(cummax_##suffix, const T* x, T* y, int32_t* index, idx outer, idx len, idx inner) {                  \
    running_extreme<true>(x, y, index, outer, len, inner);                                                    \
  }                                                                                                           \
  KERNEL(cummin_##suffix, const T* x, T* y, int32_t* index, idx outer, idx len, idx inner) {                  \
    running_extreme<false>(x, y, index, outer, len, inner);                                                   \
  }
RUNNING(float, f32)
RUNNING(double, f64)
RUNNING(int32_t, i32)

}  // namespace NABLA_ISA
