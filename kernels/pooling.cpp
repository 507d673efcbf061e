// Pooling over one or two axes: maxima with their places, and means, with their gradients. `shape` is a list as
// PoolShape::read takes it. Planes are images of one channel; each is computed by one task.
#include "conv/patch.h"
#include "parallel.h"
#include "pooling.h"

namespace NABLA_ISA {

/** One axis. Window i has the elements i·stride + k·dilation − pad for k below `kernel`; with a kernel of 0 the windows divide the axis evenly. */
struct PoolAxis {
  idx in, out, kernel, stride, dilation, pad;

  idx first(idx i) const { return kernel == 0 ? i * in / out : i * stride - pad; }
  /** One past the last element, as if there were as many elements as windows need. */
  idx last(idx i) const { return kernel == 0 ? ((i + 1) * in + out - 1) / out : first(i) + (kernel - 1) * dilation + 1; }
  idx begin(idx i) const {
    const idx at = first(i);
    return at >= 0 ? at : at + (-at + dilation - 1) / dilation * dilation;
  }
  idx end(idx i) const { return last(i) < in ? last(i) : in; }
  /** How many elements window i has, counting the padding. */
  idx padded(idx i) const { return kernel == 0 ? last(i) - first(i) : (last(i) < in + pad ? last(i) : in + pad) - first(i); }
};

/** Planes [planes, y.in, x.in] → [planes, y.out, x.out]. */
struct PoolShape {
  idx planes;
  PoolAxis y, x;

  static PoolShape read(const double* from) {
    PoolShape s;
    auto next = [&] { return static_cast<idx>(*from++); };
    auto axis = [&](PoolAxis& a) {
      a.in = next(), a.out = next(), a.kernel = next(), a.stride = next(), a.dilation = next(), a.pad = next();
    };
    s.planes = next();
    axis(s.y), axis(s.x);
    return s;
  }
  idx inputs() const { return y.in * x.in; }
  idx outputs() const { return y.out * x.out; }
};

constexpr idx POOL_TASK = 1 << 14;  // elements of one task

/** f(plane) for every plane, a few of them to a task. */
template <class F> static void each_plane(const PoolShape& s, const F& f) {
  const idx size = s.inputs() + s.outputs(), together = size < POOL_TASK ? POOL_TASK / (size > 0 ? size : 1) : 1;
  parallel_tasks((s.planes + together - 1) / together, [&](idx task, int) {
    for (idx p = task * together, end = p + together < s.planes ? p + together : s.planes; p < end; p++) f(p);
  });
}

/** The lanes of x and y in turn: the first half of them, or the second. */
template <class T, bool SECOND, int... I> ALWAYS_INLINE V<T> in_turn(V<T> x, V<T> y, LaneList<I...>) {
  constexpr int L = LANES<T>;
  return __builtin_shufflevector(x, y, ((SECOND ? L / 2 : 0) + I / 2 + (I % 2 ? L : 0))...);
}

/** The gradients of such windows, zeros included, where their `largest` is positive or there is none; gives how many it did. */
ALWAYS_INLINE idx spread_in_vectors(const float* g, const int32_t* places, const float* largest, idx at, idx width, idx count, float* above,
                                    float* below) {
  using Lanes = MakeLaneList<LANES<float>>::type;
  constexpr int L = LANES<float>;
  const M<float> first = even_places();
  for (idx j = 0; j < count; j += L) {
    const idx rest = count - j, written = 2 * rest;
    V<float> one = load_part(g + j, rest);
    const V<float> none{};
    if (largest) one = load_part(largest + j, rest) <= none ? none : one;
    const M<float> found = (M<float>)load_part(reinterpret_cast<const float*>(places + j), rest);
    const M<float> place = found - first - static_cast<int32_t>(at + 2 * j);
    auto part = [&](idx where) __attribute__((always_inline)) {
      const M<float> here = place == static_cast<int32_t>(where);
      return here ? one : none;
    };
    const V<float> a = part(0), b = part(1), c = part(width), d = part(width + 1);
    store_part(above + 2 * j, in_turn<float, false>(a, b, Lanes{}), written);
    store_part(above + 2 * j + L, in_turn<float, true>(a, b, Lanes{}), written - L);
    store_part(below + 2 * j, in_turn<float, false>(c, d, Lanes{}), written);
    store_part(below + 2 * j + L, in_turn<float, true>(c, d, Lanes{}), written - L);
  }
  return count;
}
ALWAYS_INLINE idx spread_in_vectors(const double*, const int32_t*, const double*, idx, idx, idx, double*, double*) { return 0; }

/** The gradient of a window, or 0 where its largest element is known and not positive. */
template <class T> ALWAYS_INLINE T positive_part(const T* g, const T* largest, idx i) { return largest && largest[i] <= 0 ? T{0} : g[i]; }

/** Windows of 2 × 2 that neither overlap nor leave the plane, which is the usual case. */
template <class T> static void largest_of_four(const PoolShape& s, const T* x, T floor, T* y, int32_t* places) {
  for (idx i = 0; i < s.y.out; i++, y += s.x.out) {
    const idx row = 2 * i * s.x.in;
    largest_of_two_rows(x + row, x + row + s.x.in, floor, row, s.x.in, s.x.out, y, places);
    if (places) places += s.x.out;
  }
}

template <class T> static void spread_to_four(const PoolShape& s, const T* g, const int32_t* places, const T* largest, T* dx) {
  for (idx i = 0; i < s.y.out; i++, g += s.x.out, places += s.x.out) {
    const idx row = 2 * i * s.x.in;
    T *const above = dx + row, *const below = above + s.x.in;
    const idx done = spread_in_vectors(g, places, largest, row, s.x.in, s.x.out, above, below);
    for (idx j = 2 * done; j < s.x.in; j++) above[j] = below[j] = 0;
    for (idx j = done; j < s.x.out; j++) dx[places[j]] = positive_part(g, largest, j);
    if (largest) largest += s.x.out;
  }
  for (idx j = 2 * s.y.out * s.x.in; j < s.inputs(); j++) dx[j] = 0;
}

template <class T> static void largest_of_windows(const PoolShape& s, const T* x, T floor, T* y, int32_t* places) {
  for (idx i = 0; i < s.y.out; i++)
    for (idx j = 0; j < s.x.out; j++) {
      const idx top = s.y.begin(i), bottom = s.y.end(i), left = s.x.begin(j), right = s.x.end(j);
      // Where the taps of a dilated window all fall on padding there is nothing to take.
      const bool some = top < bottom && left < right;
      Largest<T> best{-static_cast<T>(__builtin_inf()), some ? top * s.x.in + left : -1};
      for (idx r = top; r < bottom; r += s.y.dilation)
        for (idx c = left; c < right; c += s.x.dilation) best.offer(raised(x[r * s.x.in + c], floor), r * s.x.in + c);
      *y++ = best.value;
      if (places) *places++ = static_cast<int32_t>(best.place);
    }
}

static bool in_fours(const PoolShape& s) {
  auto halves = [](const PoolAxis& a) { return a.kernel == 2 && a.stride == 2 && a.dilation == 1 && a.pad == 0 && 2 * a.out <= a.in; };
  return halves(s.y) && halves(s.x);
}

template <class T> static void max_pool(const PoolShape& s, const T* x, T floor, T* y, int32_t* places) {
  const bool four = in_fours(s);
  each_plane(s, [&](idx p) {
    int32_t* const found = places ? places + p * s.outputs() : nullptr;
    (four ? largest_of_four<T> : largest_of_windows<T>)(s, x + p * s.inputs(), floor, y + p * s.outputs(), found);
  });
}

template <class T> static void max_pool_backward(const PoolShape& s, const T* g, const int32_t* places, const T* largest, T* dx) {
  const bool four = in_fours(s);
  each_plane(s, [&](idx p) {
    T* const to = dx + p * s.inputs();
    const T* const from = g + p * s.outputs();
    const int32_t* const at = places + p * s.outputs();
    const T* const values = largest ? largest + p * s.outputs() : nullptr;
    if (four) return spread_to_four(s, from, at, values, to);
    __builtin_memset(to, 0, s.inputs() * sizeof(T));
    for (idx i = 0; i < s.outputs(); i++)
      if (at[i] >= 0) to[at[i]] += positive_part(from, values, i);
  });
}

/** What the sum of window (i, j) is divided by: `divisor`, or the number of its elements, with the padding or without. */
static ALWAYS_INLINE double window_size(const PoolShape& s, idx i, idx j, bool with_padding, double divisor) {
  if (divisor != 0) return divisor;
  if (with_padding) return static_cast<double>(s.y.padded(i) * s.x.padded(j));
  return static_cast<double>((s.y.end(i) - s.y.begin(i)) * (s.x.end(j) - s.x.begin(j)));
}

template <class T> static void average_pool(const PoolShape& s, const T* x, T* y, bool with_padding, double divisor) {
  each_plane(s, [&](idx p) {
    const T* const from = x + p * s.inputs();
    T* to = y + p * s.outputs();
    for (idx i = 0; i < s.y.out; i++)
      for (idx j = 0; j < s.x.out; j++) {
        T sum = 0;
        for (idx r = s.y.begin(i); r < s.y.end(i); r++)
          for (idx c = s.x.begin(j); c < s.x.end(j); c++) sum += from[r * s.x.in + c];
        *to++ = sum / static_cast<T>(window_size(s, i, j, with_padding, divisor));
      }
  });
}

template <class T> static void average_pool_backward(const PoolShape& s, const T* g, T* dx, bool with_padding, double divisor) {
  each_plane(s, [&](idx p) {
    T* const to = dx + p * s.inputs();
    const T* from = g + p * s.outputs();
    __builtin_memset(to, 0, s.inputs() * sizeof(T));
    for (idx i = 0; i < s.y.out; i++)
      for (idx j = 0; j < s.x.out; j++) {
        const T share = *from++ / static_cast<T>(window_size(s, i, j, with_padding, divisor));
        for (idx r = s.y.begin(i); r < s.y.end(i); r++)
          for (idx c = s.x.begin(j); c < s.x.end(j); c++) to[r * s.x.in + c] += share;
      }
  });
}

/**
 * The largest element of each window, and its place in its plane unless `places` is null; −∞ and −1 where a window has no element.
 * Elements below `floor` count as `floor`: of 0 for a relu on the way, else of −∞.
 */
KERNEL(max_pool_f32, const float* x, double floor, float* y, int32_t* places, const double* shape) {
  max_pool(PoolShape::read(shape), x, static_cast<float>(floor), y, places);
}
KERNEL(max_pool_f64, const double* x, double floor, double* y, int32_t* places, const double* shape) {
  max_pool(PoolShape::read(shape), x, floor, y, places);
}
/** The gradient of max pooling; with `largest`, the values of the windows, only where these are positive, else null. */
KERNEL(max_pool_backward_f32, const float* g, const int32_t* places, const float* largest, float* dx, const double* shape) {
  max_pool_backward(PoolShape::read(shape), g, places, largest, dx);
}
KERNEL(max_pool_backward_f64, const double* g, const int32_t* places, const double* largest, double* dx, const double* shape) {
  max_pool_backward(PoolShape::read(shape), g, places, largest, dx);
}

/** The mean of each window. */
KERNEL(average_pool_f32, const float* x, float* y, int with_padding, double divisor, const double* shape) {
  average_pool(PoolShape::read(shape), x, y, with_padding, divisor);
}
KERNEL(average_pool_f64, const double* x, double* y, int with_padding, double divisor, const double* shape) {
  average_pool(PoolShape::read(shape), x, y, with_padding, divisor);
}
KERNEL(average_pool_backward_f32, const float* g, float* dx, int with_padding, double divisor, const double* shape) {
  average_pool_backward(PoolShape::read(shape), g, dx, with_padding, divisor);
}
KERNEL(average_pool_backward_f64, const double* g, double* dx, int with_padding, double divisor, const double* shape) {
  average_pool_backward(PoolShape::read(shape), g, dx, with_padding, divisor);
}

}  // namespace NABLA_ISA
