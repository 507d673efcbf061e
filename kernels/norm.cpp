// Layer normalisation of rows: y = (x − mean) · r · w + b, r = 1 / √(variance + eps) of the row. The gradient of w
// is summed over pieces of the rows that depend on the shape only, then the pieces in their order.
#include "elementwise.h"
#include "math/fold.h"

namespace NABLA_ISA {

/** Rows a task. */
static idx rows_at_once(idx len) { return len < HEAVY_GRAIN ? HEAVY_GRAIN / (len > 0 ? len : 1) : 1; }

template <class F> ALWAYS_INLINE void each_group(idx rows, idx len, const F& f) {
  const idx group = rows_at_once(len);
  parallel_tasks((rows + group - 1) / group, [&](idx task, int) {
    f(task * group, (task + 1) * group < rows ? (task + 1) * group : rows);
  });
}

/** Σ f over vectors of several rows of the same length. */
template <class T, class F, class... P> ALWAYS_INLINE V<T> sum_of(idx len, const F& f, const P*... p) {
  return fold_lanes<Sum>(fold_vectors<Sum, T>(
      len, [&](idx i) { return f(load(p + i)...); },
      [&](idx i, idx some) { return where(lanes_below<T>(some), f(load_some(p + i, some)...), V<T>{}); }));
}

template <class T>
static void layer_norm_row(const T* x, const T* w, const T* b, T* y, T* mean, T* scale, idx len, double eps) {
  const V<T> m = sum_of<T>(len, [](V<T> x) { return x; }, x) / static_cast<T>(len);
  const V<T> variance = sum_of<T>(len, [=](V<T> x) { return (x - m) * (x - m); }, x) / static_cast<T>(len);
  const V<T> r = 1 / sqrt(variance + static_cast<T>(eps));
  *mean = m[0], *scale = r[0];
  if (w && b) map<4>(y, len, [=](V<T> x, V<T> w, V<T> b) { return (x - m) * r * w + b; }, Elements<T>{x}, Elements<T>{w}, Elements<T>{b});
  else if (w) map<4>(y, len, [=](V<T> x, V<T> w) { return (x - m) * r * w; }, Elements<T>{x}, Elements<T>{w});
  else map<4>(y, len, [=](V<T> x) { return (x - m) * r; }, Elements<T>{x});
}

template <class T>
static void layer_norm_backward_row(const T* g, const T* x, const T* w, T* dx, V<T> m, V<T> r, idx len) {
  const T n = static_cast<T>(len);
  if (w) {
    const V<T> a = sum_of<T>(len, [](V<T> g, V<T> w) { return g * w; }, g, w) / n;
    const V<T> c = sum_of<T>(len, [=](V<T> g, V<T> w, V<T> x) { return g * w * ((x - m) * r); }, g, w, x) / n;
    map<4>(dx, len, [=](V<T> g, V<T> w, V<T> x) { return (g * w - a - (x - m) * r * c) * r; }, Elements<T>{g}, Elements<T>{w}, Elements<T>{x});
  } else {
    const V<T> a = sum_of<T>(len, [](V<T> g) { return g; }, g) / n;
    const V<T> c = sum_of<T>(len, [=](V<T> g, V<T> x) { return g * ((x - m) * r); }, g, x) / n;
    map<4>(dx, len, [=](V<T> g, V<T> x) { return (g - a - (x - m) * r * c) * r; }, Elements<T>{g}, Elements<T>{x});
  }
}

/** The pieces that the sums over rows are cut into: by the number of rows only. */
constexpr idx ROW_PIECES = 16;
static idx piece_rows(idx rows) { return (rows + ROW_PIECES - 1) / ROW_PIECES; }

/** dw = Σ g · (x − mean) · r over the rows. `partial` has room for ROW_PIECES · len numbers. */
template <class T>
static void layer_norm_weight(const T* g, const T* x, const T* mean, const T* scale, T* dw, T* partial, idx rows, idx len) {
  const idx size = piece_rows(rows), pieces = size > 0 ? (rows + size - 1) / size : 0;
  parallel_tasks(pieces, [=](idx piece, int) {
    T* sums = partial + piece * len;
    const idx end = (piece + 1) * size < rows ? (piece + 1) * size : rows;
    for (idx k = 0; k < len; k++) sums[k] = 0;
    for (idx r = piece * size; r < end; r++) {
      const V<T> m = splat<T>(mean[r]), s = splat<T>(scale[r]);
      map<4>(sums, len, [=](V<T> sum, V<T> g, V<T> x) { return sum + g * ((x - m) * s); }, Elements<T>{sums},
             Elements<T>{g + r * len}, Elements<T>{x + r * len});
    }
  });
  for (idx k = 0; k < len; k++) {
    T sum = 0;
    for (idx piece = 0; piece < pieces; piece++) sum += partial[piece * len + k];
    dw[k] = sum;
  }
}

#define LAYER_NORM(T, suffix)                                                                                             \
  KERNEL(layer_norm_##suffix, const T* x, const T* w, const T* b, T* y, T* mean, T* scale, idx rows, idx len, double eps) { \
    each_group(rows, len, [=](idx begin, idx end) {                                                                       \
      for (idx r = begin; r < end; r++)                                                                                   \
        layer_norm_row(x + r * len, w, b, y + r * len, mean + r, scale + r, len, eps);                                    \
    });                                                                                                                   \
  }                                                                                                                       \
  KERNEL(layer_norm_backward_##suffix, const T* g, const T* x, const T* w, const T* mean, const T* scale, T* dx, idx rows, \
         idx len) {                                                                                                       \
    each_group(rows, len, [=](idx begin, idx end) {                                                                       \
      for (idx r = begin; r < end; r++)                                                                                   \
        layer_norm_backward_row(g + r * len, x + r * len, w, dx + r * len, splat<T>(mean[r]), splat<T>(scale[r]), len);   \
    });                                                                                                                   \
  }                                                                                                                       \
  KERNEL(layer_norm_weight_##suffix, const T* g, const T* x, const T* mean, const T* scale, T* dw, T* partial, idx rows,  \
         idx len) {                                                                                                       \
    layer_norm_weight(g, x, mean, scale, dw, partial, rows, len);                                                         \
  }
LAYER_NORM(float, f32)
LAYER_NORM(double, f64)

}  // namespace NABLA_ISA
