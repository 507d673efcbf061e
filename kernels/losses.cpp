// Losses of two tensors of one size, element by element or folded at once, their gradients, and the negative log likelihood
// of class indices. One struct is one loss: its value and its slopes toward x and y; p is its parameter (beta, margin, …).
#include "elementwise.h"
#include "math.h"
#include "math/fold.h"

namespace NABLA_ISA {

#define C(c) constant<X>(c)

template <class X> ALWAYS_INLINE X positive(X x) { return where(x < 0, X{}, x); }  // a NaN stays
template <class X> ALWAYS_INLINE X sign_of(X x) { return where(x > 0, C(1), where(x < 0, C(-1), X{})); }
/** log(1 + e^−|x|), which never overflows. */
template <class X> ALWAYS_INLINE X soft_corner(X x) { return log1p(exp(-abs(x))); }
/** A logarithm held above −100, so that a certain and wrong probability costs 100 and not infinity. */
template <class X> ALWAYS_INLINE X held(X l) { return where(l < C(-100), C(-100), l); }

/** A loss of the difference d = x − y alone, symmetric in it. */
template <class Of> struct Difference {
  static constexpr bool HEAVY = false, OPPOSITE = true;
  template <class X> static ALWAYS_INLINE X value(X x, X y, X p) { return Of::of(x - y, p); }
  template <class X> static ALWAYS_INLINE X toward_x(X x, X y, X p) { return Of::slope(x - y, p); }
};
struct Squared {
  template <class X> static ALWAYS_INLINE X of(X d, X) { return d * d; }
  template <class X> static ALWAYS_INLINE X slope(X d, X) { return d * 2; }
};
struct Absolute {
  template <class X> static ALWAYS_INLINE X of(X d, X) { return abs(d); }
  template <class X> static ALWAYS_INLINE X slope(X d, X) { return sign_of(d); }
};
/** A parabola within ±delta, lines of slope delta outside. */
struct HuberOf {
  template <class X> static ALWAYS_INLINE X of(X d, X delta) {
    const X a = abs(d);
    return where(a <= delta, a * a * C(0.5), delta * (a - delta * C(0.5)));
  }
  template <class X> static ALWAYS_INLINE X slope(X d, X delta) { return where(abs(d) >= delta, sign_of(d) * delta, d); }
};

struct Entropy {
  static constexpr bool HEAVY = true, OPPOSITE = false;
  template <class X> static ALWAYS_INLINE X value(X x, X y, X) { return (y - 1) * held(log1p(-x)) - y * held(log(x)); }
  template <class X> static ALWAYS_INLINE X toward_x(X x, X y, X) {
    const X width = (1 - x) * x;
    return (x - y) / where(width < C(1e-12f), C(1e-12f), width);
  }
  template <class X> static ALWAYS_INLINE X toward_y(X x, X, X) { return log1p(-x) - log(x); }
};
struct EntropyOfLogits {
  static constexpr bool HEAVY = true, OPPOSITE = false;
  template <class X> static ALWAYS_INLINE X value(X x, X y, X) { return (1 - y) * x + (soft_corner(x) + positive(-x)); }
  template <class X> static ALWAYS_INLINE X toward_x(X x, X y, X) { return sigmoid(x) - y; }
  template <class X> static ALWAYS_INLINE X toward_y(X x, X, X) { return -x; }
};
/** y · (log y − x), 0 · log 0 being 0. */
struct Divergence {
  static constexpr bool HEAVY = true, OPPOSITE = false;
  template <class X> static ALWAYS_INLINE X value(X x, X y, X) { return where(y == 0, X{}, y * log(y)) - y * x; }
  template <class X> static ALWAYS_INLINE X toward_x(X, X y, X) { return -y; }
  template <class X> static ALWAYS_INLINE X toward_y(X x, X y, X) { return log(y) + 1 - x; }
};

#undef C

/** Σ value over n elements, pairwise. All but the squares stand in the code once. */
template <class Of, class T> static __attribute__((noinline)) T sum_of_losses(const T* x, const T* y, idx n, V<T> p) {
  constexpr idx L = LANES<T>;
  if constexpr (__is_same(Of, Difference<Squared>)) {
    return fold_lanes<Sum>(fold_vectors<Sum, T>(
        n, [=](idx i) { return Of::value(load(x + i), load(y + i), p); },
        [=](idx i, idx count) {
          return where(lanes_below<T>(count), Of::value(load_some(x + i, count), load_some(y + i, count), p), V<T>{});
        }))[0];
  } else {
    constexpr idx BLOCK = 32 * L;
    Cascade<Sum, V<T>> cascade;
    for (idx i = 0; i < n;) {
      const idx end = n - i > BLOCK ? i + BLOCK : n;
      V<T> sum{};
      for (; i < end; i += L) {
        const idx rest = n - i;
        const V<T> v = Of::value(rest >= L ? load(x + i) : load_some(x + i, rest), rest >= L ? load(y + i) : load_some(y + i, rest), p);
        sum += rest >= L ? v : where(lanes_below<T>(rest), v, V<T>{});
      }
      cascade.push(sum);
    }
    return fold_lanes<Sum>(cascade.finish(V<T>{}))[0];
  }
}

template <class Of> constexpr idx GRAIN_OF = Of::HEAVY ? HEAVY_GRAIN : GRAIN;

/** out[i] = scale · value with `each`, else *out = scale · Σ value. */
template <class Of, class T> static void pair_loss(const T* x, const T* y, T* out, idx n, int each, double scale, double parameter) {
  const V<T> p = splat<T>(static_cast<T>(parameter)), factor = splat<T>(static_cast<T>(scale));
  if (each) {
    parallel_for(n, GRAIN_OF<Of>, [=](idx begin, idx end) {
      map<1>(out + begin, end - begin, [=](V<T> x, V<T> y) { return factor * Of::value(x, y, p); }, Elements<T>{x + begin},
             Elements<T>{y + begin});
    });
    return;
  }
  const Pieces pieces(n, GRAIN_OF<Of>);
  T partial[MAX_PIECES] = {};
  parallel_tasks(pieces.count, [&](idx i, int) {
    const idx begin = i * pieces.size, end = begin + pieces.size < n ? begin + pieces.size : n;
    partial[i] = sum_of_losses<Of>(x + begin, y + begin, end - begin, p);
  });
  *out = static_cast<T>(combine_pieces<Sum>(partial, pieces.count) * scale);
}

/** d[i] = scale · g · slope, g an element each or one number; the slope toward y when `second`. */
template <class Of, class T>
static void pair_loss_backward(const T* g, const T* x, const T* y, T* d, idx n, int each, double scale, double parameter, int second) {
  if (Of::OPPOSITE && second) scale = -scale;
  const V<T> p = splat<T>(static_cast<T>(parameter)), factor = splat<T>(static_cast<T>(scale)), one = splat<T>(each ? T(0) : *g);
  parallel_for(n, GRAIN_OF<Of>, [=](idx begin, idx end) {
    const Elements<T> xs{x + begin}, ys{y + begin};
    auto with = [&](const auto& gs) {
      if constexpr (!Of::OPPOSITE) {
        if (second) return map<1>(d + begin, end - begin, [=](V<T> g, V<T> x, V<T> y) { return g * factor * Of::toward_y(x, y, p); }, gs, xs, ys);
      }
      map<1>(d + begin, end - begin, [=](V<T> g, V<T> x, V<T> y) { return g * factor * Of::toward_x(x, y, p); }, gs, xs, ys);
    };
    if (each) with(Elements<T>{g + begin});
    else with(Repeated<T>{one});
  });
}

#define PAIR_LOSS_OF(T, suffix, name, ...)                                                                                       \
  KERNEL(name##_##suffix, const T* x, const T* y, T* out, idx n, int each, double scale, double p) {                             \
    pair_loss<__VA_ARGS__>(x, y, out, n, each, scale, p);                                                                        \
  }                                                                                                                              \
  KERNEL(name##_backward_##suffix, const T* g, const T* x, const T* y, T* d, idx n, int each, double scale, double p, int second) { \
    pair_loss_backward<__VA_ARGS__>(g, x, y, d, n, each, scale, p, second);                                                      \
  }
#define PAIR_LOSS(name, ...)                    \
  PAIR_LOSS_OF(float, f32, name, __VA_ARGS__)   \
  PAIR_LOSS_OF(double, f64, name, __VA_ARGS__)
PAIR_LOSS(mse, Difference<Squared>)
PAIR_LOSS(l1, Difference<Absolute>)
PAIR_LOSS(huber, Difference<HuberOf>)
PAIR_LOSS(bce, Entropy)
PAIR_LOSS(bce_logits, EntropyOfLogits)
PAIR_LOSS(kl_div, Divergence)

/** 1 when an element is not in [low, high]; a NaN is in no range. */
template <class T> static int outside(const T* x, idx n, double low, double high) {
  const V<T> lowest = splat<T>(static_cast<T>(low)), highest = splat<T>(static_cast<T>(high));
  const Pieces pieces(n, GRAIN);
  int found[MAX_PIECES] = {};
  parallel_tasks(pieces.count, [&](idx piece, int) {
    const idx begin = piece * pieces.size, end = begin + pieces.size < n ? begin + pieces.size : n;
    M<T> inside = ~M<T>{};
    for (idx i = begin; i < end; i += LANES<T>) {
      const V<T> v = end - i >= LANES<T> ? load(x + i) : load_some_or(x + i, end - i, lowest);
      inside &= (M<T>)(v >= lowest) & (M<T>)(v <= highest);
    }
    found[piece] = any(~inside);
  });
  for (idx i = 0; i < pieces.count; i++)
    if (found[i]) return 1;
  return 0;
}
KERNEL_RETURNING(int, outside_f32, const float* x, idx n, double low, double high) { return outside(x, n, low, high); }
KERNEL_RETURNING(int, outside_f64, const double* x, idx n, double low, double high) { return outside(x, n, low, high); }

/** Where the class axis lies: element c of sample (o, i) is at (o · classes + c) · inner + i. */
struct Samples {
  idx outer, classes, inner;
  ALWAYS_INLINE idx count() const { return outer * inner; }
  ALWAYS_INLINE idx at(idx r, idx c) const { return inner == 1 ? r * classes + c : (r / inner * classes + c) * inner + r % inner; }
};

/** −1, or the first label that is neither a class nor ignored. */
static idx first_wrong(const int32_t* labels, Samples s, int ignored) {
  for (idx r = 0; r < s.count(); r++)
    if (labels[r] != ignored && static_cast<uint32_t>(labels[r]) >= static_cast<uint32_t>(s.classes)) return r;
  return -1;
}

enum Reduction { EACH, MEAN, SUM };

/** Of log-probabilities: −w[label] · x[label], each, summed, or divided by the sum of weights, which goes to *total. */
template <class T>
static idx nll(const T* x, const int32_t* labels, const T* weight, T* out, T* total, Samples s, int ignored, int reduction) {
  const idx wrong = first_wrong(labels, s, ignored);
  if (wrong >= 0) return wrong;
  const Pieces pieces(s.count(), GRAIN);
  double losses[MAX_PIECES] = {}, weights[MAX_PIECES] = {};
  parallel_tasks(pieces.count, [&](idx i, int) {
    const idx begin = i * pieces.size, end = begin + pieces.size < s.count() ? begin + pieces.size : s.count();
    double loss = 0, sum = 0;
    for (idx r = begin; r < end; r++) {
      const int32_t label = labels[r];
      const T w = label == ignored ? T(0) : weight ? weight[label] : T(1);
      const T l = label == ignored ? T(0) : -x[s.at(r, label)] * w;
      if (reduction == EACH) out[r] = l;
      loss += l, sum += w;
    }
    losses[i] = loss, weights[i] = sum;
  });
  double loss = 0, sum = 0;
  for (idx i = 0; i < pieces.count; i++) loss += losses[i], sum += weights[i];
  *total = static_cast<T>(sum);
  if (reduction != EACH) *out = static_cast<T>(reduction == MEAN ? loss / sum : loss);
  return -1;
}

template <class T>
static void nll_backward(const T* g, const int32_t* labels, const T* weight, const T* total, T* dx, Samples s, int ignored, int reduction) {
  const idx block = s.classes * s.inner, grain = GRAIN / (block > 0 ? block : 1);
  parallel_for(s.outer, grain > 0 ? grain : 1, [=](idx begin, idx end) {
    __builtin_memset(dx + begin * block, 0, static_cast<size_t>((end - begin) * block) * sizeof(T));
    for (idx r = begin * s.inner; r < end * s.inner; r++) {
      const int32_t label = labels[r];
      if (label == ignored) continue;
      const T w = weight ? weight[label] : T(1), slope = reduction == EACH ? g[r] : reduction == MEAN ? *g / *total : *g;
      dx[s.at(r, label)] = -w * slope;
    }
  });
}

#define NLL(T, suffix)                                                                                                     \
  KERNEL_RETURNING(int, nll_##suffix, const T* x, const int32_t* labels, const T* weight, T* out, T* total, idx outer,     \
                   idx classes, idx inner, int ignored, int reduction) {                                                   \
    return static_cast<int>(nll(x, labels, weight, out, total, Samples{outer, classes, inner}, ignored, reduction));       \
  }                                                                                                                        \
  KERNEL(nll_backward_##suffix, const T* g, const int32_t* labels, const T* weight, const T* total, T* dx, idx outer,      \
         idx classes, idx inner, int ignored, int reduction) {                                                             \
    nll_backward(g, labels, weight, total, dx, Samples{outer, classes, inner}, ignored, reduction);                        \
  }
NLL(float, f32)
NLL(double, f64)

}  // namespace NABLA_ISA
