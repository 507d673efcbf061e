// softmax, log_softmax, logsumexp over len of a contiguous [outer, len, inner] view, and cross entropy with integer labels.
// The largest value of a row is subtracted first, so that nothing overflows; a row of −∞ gives NaN, as in PyTorch.
#include "elementwise.h"
#include "math.h"
#include "math/fold.h"

namespace NABLA_ISA {

/** Calls f(begin, end) for groups of rows of about HEAVY_GRAIN elements; the groups depend on the shape only. */
template <class F> ALWAYS_INLINE void row_groups(idx rows, idx len, const F& f) {
  const idx group = len < HEAVY_GRAIN ? HEAVY_GRAIN / (len > 0 ? len : 1) : 1;
  if (rows <= group) return f(idx{0}, rows);
  parallel_tasks((rows + group - 1) / group, [&](idx task, int) {
    f(task * group, (task + 1) * group < rows ? (task + 1) * group : rows);
  });
}

/** A row that fits into one vector, −∞ behind it. */
template <class T> ALWAYS_INLINE V<T> load_row(const T* x, idx len) {
  return len == LANES<T> ? load(x) : load_some_or(x, len, splat<T>(-__builtin_inf()));
}
template <class T> ALWAYS_INLINE void store_row(T* y, V<T> v, idx len) {
  if (len == LANES<T>) store(y, v);
  else store_some(y, v, len);
}

/** Σ e^(x − largest), with each power given to keep(i, count, power). */
template <class T, class F> ALWAYS_INLINE V<T> sum_of_powers(const T* x, idx len, V<T> largest, const F& keep) {
  return fold_lanes<Sum>(fold_vectors<Sum, T>(
      len,
      [&](idx i) {
        const V<T> e = exp(load(x + i) - largest);
        keep(i, LANES<T>, e);
        return e;
      },
      [&](idx i, idx count) {
        const V<T> e = exp(load_some_or(x + i, count, splat<T>(-__builtin_inf())) - largest);
        keep(i, count, e);
        return where(lanes_below<T>(count), e, V<T>{});
      }));
}

template <class T> static __attribute__((noinline)) V<T> powers_row(const T* x, T* e, idx len, V<T> largest) {
  return sum_of_powers(x, len, largest, [=](idx i, idx count, V<T> v) {
    if (count == LANES<T>) store(e + i, v);
    else store_some(e + i, v, count);
  });
}
template <class T> static __attribute__((noinline)) V<T> sum_row(const T* x, idx len, V<T> largest) {
  return sum_of_powers(x, len, largest, [](idx, idx, V<T>) {});
}

template <class T> static void softmax_row(const T* x, T* y, idx len) {
  if (len <= LANES<T>) {
    const V<T> v = load_row(x, len), e = exp(v - fold_lanes<Max>(v));
    store_row(y, e / fold_lanes<Sum>(e), len);
    return;
  }
  const V<T> factor = 1 / powers_row(x, y, len, fold<Max>(x, len));
  map<4>(y, len, [=](V<T> e) { return e * factor; }, Elements<T>{y});
}

template <class T> static void log_softmax_row(const T* x, T* y, idx len) {
  V<T> largest, sum;
  if (len <= LANES<T>) {
    const V<T> v = load_row(x, len);
    largest = fold_lanes<Max>(v);
    sum = fold_lanes<Sum>(exp(v - largest));
    store_row(y, (v - largest) - log(sum), len);
    return;
  }
  largest = fold<Max>(x, len);
  const V<T> shift = log(sum_row(x, len, largest));
  map<4>(y, len, [=](V<T> v) { return (v - largest) - shift; }, Elements<T>{x});
}

/** Σ f(i-th vector of a, of b) over a row. */
template <class T, class F> ALWAYS_INLINE V<T> sum_pairs(const T* a, const T* b, idx len, const F& f) {
  return fold_lanes<Sum>(fold_vectors<Sum, T>(
      len, [=](idx i) { return f(load(a + i), load(b + i)); },
      [=](idx i, idx count) { return where(lanes_below<T>(count), f(load_some(a + i, count), load_some(b + i, count)), V<T>{}); }));
}

/** dx = y · (g − Σ g·y). */
template <class T> static void softmax_backward_row(const T* g, const T* y, T* dx, idx len) {
  const V<T> mean = sum_pairs(g, y, len, [](V<T> g, V<T> y) { return g * y; });
  map<4>(dx, len, [=](V<T> g, V<T> y) { return (g - mean) * y; }, Elements<T>{g}, Elements<T>{y});
}
/** dx = g − e^y · Σ g. */
template <class T> static void log_softmax_backward_row(const T* g, const T* y, T* dx, idx len) {
  const V<T> sum = fold<Sum>(g, len);
  map<1>(dx, len, [=](V<T> g, V<T> y) { return g - exp(y) * sum; }, Elements<T>{g}, Elements<T>{y});
}

/** Up to LANES columns of an inner dimension: element r of them. */
template <class T> struct Columns {
  idx inner, count;
  ALWAYS_INLINE V<T> get(const T* p, idx r) const { return count == LANES<T> ? load(p + r * inner) : load_some(p + r * inner, count); }
  ALWAYS_INLINE void put(T* p, idx r, V<T> v) const {
    if (count == LANES<T>) store(p + r * inner, v);
    else store_some(p + r * inner, v, count);
  }
};

/** Σ term(r) over rows, pairwise in blocks. */
template <class T, class F> ALWAYS_INLINE V<T> sum_of_rows(idx len, const F& term) {
  constexpr idx ROWS = 32;
  Cascade<Sum, V<T>> cascade;
  idx r = 0;
  auto block = [&](idx end) {
    V<T> sum{};
    for (; r < end; r++) sum += term(r);
    return sum;
  };
  while (len - r >= ROWS) cascade.push(block(r + ROWS));
  return cascade.finish(block(len));
}

template <class T> static V<T> largest_of_columns(const T* x, idx len, Columns<T> c) {
  V<T> largest = splat<T>(-__builtin_inf());
  for (idx r = 0; r < len; r++) largest = Max::combine(largest, c.get(x, r));
  return largest;
}

struct SoftmaxColumns {
  template <class T> static void run(const T* x, T* y, idx len, Columns<T> c) {
    const V<T> largest = largest_of_columns(x, len, c);
    const V<T> factor = 1 / sum_of_rows<T>(len, [=](idx r) {
      const V<T> e = exp(c.get(x, r) - largest);
      c.put(y, r, e);
      return e;
    });
    for (idx r = 0; r < len; r++) c.put(y, r, c.get(y, r) * factor);
  }
};
struct LogSoftmaxColumns {
  template <class T> static void run(const T* x, T* y, idx len, Columns<T> c) {
    const V<T> largest = largest_of_columns(x, len, c);
    const V<T> shift = log(sum_of_rows<T>(len, [=](idx r) { return exp(c.get(x, r) - largest); }));
    for (idx r = 0; r < len; r++) c.put(y, r, (c.get(x, r) - largest) - shift);
  }
};
struct SoftmaxBackwardColumns {
  template <class T> static void run(const T* g, const T* y, T* dx, idx len, Columns<T> c) {
    const V<T> mean = sum_of_rows<T>(len, [=](idx r) { return c.get(g, r) * c.get(y, r); });
    for (idx r = 0; r < len; r++) c.put(dx, r, (c.get(g, r) - mean) * c.get(y, r));
  }
};
struct LogSoftmaxBackwardColumns {
  template <class T> static void run(const T* g, const T* y, T* dx, idx len, Columns<T> c) {
    const V<T> sum = sum_of_rows<T>(len, [=](idx r) { return c.get(g, r); });
    for (idx r = 0; r < len; r++) c.put(dx, r, c.get(g, r) - exp(c.get(y, r)) * sum);
  }
};

/** f(offset, columns) for every strip of at most LANES columns. */
template <class T, class F> ALWAYS_INLINE void each_strip(idx outer, idx len, idx inner, const F& f) {
  const idx strips = (inner + LANES<T> - 1) / LANES<T>;
  row_groups(outer * strips, len * LANES<T>, [&](idx begin, idx end) {
    for (idx task = begin; task < end; task++) {
      const idx first = task % strips * LANES<T>, rest = inner - first;
      f(task / strips * len * inner + first, Columns<T>{inner, rest < LANES<T> ? rest : LANES<T>});
    }
  });
}

#define FORWARD(T, suffix, name, row, columns)                                                                   \
  KERNEL(name##_##suffix, const T* x, T* y, idx outer, idx len, idx inner) {                                     \
    if (inner == 1)                                                                                              \
      row_groups(outer, len, [=](idx begin, idx end) {                                                           \
        for (idx r = begin; r < end; r++) row(x + r * len, y + r * len, len);                                    \
      });                                                                                                        \
    else each_strip<T>(outer, len, inner, [=](idx at, Columns<T> c) { columns::run(x + at, y + at, len, c); });   \
  }
#define BACKWARD(T, suffix, name, row, columns)                                                                  \
  KERNEL(name##_backward_##suffix, const T* g, const T* y, T* dx, idx outer, idx len, idx inner) {               \
    if (inner == 1)                                                                                              \
      row_groups(outer, len, [=](idx begin, idx end) {                                                           \
        for (idx r = begin; r < end; r++) row(g + r * len, y + r * len, dx + r * len, len);                      \
      });                                                                                                        \
    else                                                                                                         \
      each_strip<T>(outer, len, inner, [=](idx at, Columns<T> c) { columns::run(g + at, y + at, dx + at, len, c); }); \
  }
FORWARD(float, f32, softmax, softmax_row, SoftmaxColumns)
FORWARD(double, f64, softmax, softmax_row, SoftmaxColumns)
FORWARD(float, f32, log_softmax, log_softmax_row, LogSoftmaxColumns)
FORWARD(double, f64, log_softmax, log_softmax_row, LogSoftmaxColumns)
BACKWARD(float, f32, softmax, softmax_backward_row, SoftmaxBackwardColumns)
BACKWARD(double, f64, softmax, softmax_backward_row, SoftmaxBackwardColumns)
BACKWARD(float, f32, log_softmax, log_softmax_backward_row, LogSoftmaxBackwardColumns)
BACKWARD(double, f64, log_softmax, log_softmax_backward_row, LogSoftmaxBackwardColumns)

/** log Σ e^x; an infinite largest value is not subtracted, so it comes back as it is. */
template <class T> static void logsumexp(const T* x, T* y, idx outer, idx len, idx inner) {
  auto finite = [](V<T> m) { return where(abs(m) == constant<V<T>>(__builtin_inf()), V<T>{}, m); };
  if (inner == 1) {
    row_groups(outer, len, [=](idx begin, idx end) {
      for (idx r = begin; r < end; r++) {
        const V<T> largest = finite(fold<Max>(x + r * len, len));
        y[r] = (log(sum_row(x + r * len, len, largest)) + largest)[0];
      }
    });
    return;
  }
  const idx strips = (inner + LANES<T> - 1) / LANES<T>;
  row_groups(outer * strips, len * LANES<T>, [=](idx begin, idx end) {
    for (idx task = begin; task < end; task++) {
      const idx first = task % strips * LANES<T>, rest = inner - first, o = task / strips;
      const Columns<T> c{inner, rest < LANES<T> ? rest : LANES<T>};
      const T* from = x + o * len * inner + first;
      const V<T> largest = finite(largest_of_columns(from, len, c));
      const V<T> sum = sum_of_rows<T>(len, [=](idx r) { return exp(c.get(from, r) - largest); });
      c.put(y + o * inner + first, 0, log(sum) + largest);
    }
  });
}
KERNEL(logsumexp_f32, const float* x, float* y, idx outer, idx len, idx inner) { logsumexp(x, y, outer, len, inner); }
KERNEL(logsumexp_f64, const double* x, double* y, idx outer, idx len, idx inner) { logsumexp(x, y, outer, len, inner); }

/** −log softmax(x)[label]; the gradient (softmax − one-hot) · scale when `gradient` is not null. */
template <class T> static T cross_entropy_row(const T* x, idx label, T* gradient, idx classes, T scale) {
  V<T> largest, sum;
  if (classes <= LANES<T>) {
    const V<T> v = load_row(x, classes);
    largest = fold_lanes<Max>(v);
    const V<T> e = exp(v - largest);
    sum = fold_lanes<Sum>(e);
    if (gradient) store_row(gradient, e * (scale / sum), classes);
  } else {
    largest = fold<Max>(x, classes);
    sum = gradient ? powers_row(x, gradient, classes, largest) : sum_row(x, classes, largest);
    const V<T> factor = scale / sum;
    if (gradient) map<4>(gradient, classes, [=](V<T> e) { return e * factor; }, Elements<T>{gradient});
  }
  if (gradient) gradient[label] -= scale;
  return log(sum)[0] - (x[label] - largest[0]);
}

/** −1, or the first row whose label is not in [0, classes); then nothing is written. */
static idx first_wrong_label(const int32_t* labels, idx rows, idx classes) {
  uint32_t wrong = 0;
  const uint32_t limit = static_cast<uint32_t>(classes);
  for (idx r = 0; r < rows; r++) wrong |= static_cast<uint32_t>(labels[r]) >= limit;
  if (!wrong) return -1;
  for (idx r = 0; r < rows; r++)
    if (static_cast<uint32_t>(labels[r]) >= limit) return r;
  return -1;
}

template <class T>
static idx cross_entropy(const T* logits, const int32_t* labels, T* loss, T* gradient, T* row_loss, idx rows, idx classes, double scale) {
  const idx wrong = first_wrong_label(labels, rows, classes);
  if (wrong >= 0) return wrong;
  const Pieces pieces(rows, classes < HEAVY_GRAIN ? HEAVY_GRAIN / (classes > 0 ? classes : 1) : 1);
  double partial[MAX_PIECES];
  parallel_tasks(pieces.count, [&](idx i, int) {
    const idx begin = i * pieces.size, end = begin + pieces.size < rows ? begin + pieces.size : rows;
    double sum = 0;
    for (idx r = begin; r < end; r++) {
      T* to = gradient ? gradient + r * classes : nullptr;
      const T l = cross_entropy_row(logits + r * classes, labels[r], to, classes, static_cast<T>(scale));
      if (row_loss) row_loss[r] = l;
      sum += l;
    }
    partial[i] = sum;
  });
  double sum = 0;
  for (idx i = 0; i < pieces.count; i++) sum += partial[i];
  *loss = static_cast<T>(sum * scale);
  return -1;
}

#define CROSS_ENTROPY(T, suffix)                                                                                           \
  KERNEL_RETURNING(int, cross_entropy_##suffix, const T* logits, const int32_t* labels, T* loss, T* gradient, T* row_loss, \
                   idx rows, idx classes, double scale) {                                                                  \
    return static_cast<int>(cross_entropy(logits, labels, loss, gradient, row_loss, rows, classes, scale));                \
  }
CROSS_ENTROPY(float, f32)
CROSS_ENTROPY(double, f64)

}  // namespace NABLA_ISA
