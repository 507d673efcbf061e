// Optimizers whose steps follow the size of past gradients, in PyTorch's order of arithmetic. What depends on the number of
// a parameter's steps (bias corrections and the like) comes as columns of its row.
// The loops are left to the compiler to vectorise: it takes the width at which the machine divides fastest.
#include "optim.h"

namespace NABLA_ISA {

/** What all rules do to a gradient first: turned round to climb, with the L2 penalty. */
template <class T> struct Penalty {
  T sign, decay;
  bool decays;
  Penalty(double weight_decay, int maximize)
      : sign(static_cast<T>(maximize ? -1 : 1)), decay(static_cast<T>(weight_decay)), decays(weight_decay != 0) {}
  ALWAYS_INLINE T operator()(T gradient, T parameter) const {
    const T g = sign * gradient;
    return decays ? g + decay * parameter : g;
  }
};

#define FLOAT_KERNELS(name, function, parameters, ...)                             \
  KERNEL(name##_f32, const double* table, idx count, SPREAD parameters) { function<float>(table, count, __VA_ARGS__); } \
  KERNEL(name##_f64, const double* table, idx count, SPREAD parameters) { function<double>(table, count, __VA_ARGS__); }
#define SPREAD(...) __VA_ARGS__

// ---- RMSprop

struct RmsProp {
  double lr, alpha, eps, weight_decay, momentum;
  int maximize;
};

template <bool CENTERED, bool BUFFER, class T>
static void rmsprop_piece(const RmsProp& s, T* __restrict p, const T* __restrict gradient, T* __restrict square,
                          T* __restrict buffer, T* __restrict average, idx n) {
  const Penalty<T> penalty(s.weight_decay, s.maximize);
  const MovingMean<T> mean(s.alpha);
  const T lr = static_cast<T>(s.lr), eps = static_cast<T>(s.eps), momentum = static_cast<T>(s.momentum);
  const T alpha = static_cast<T>(s.alpha), rest = static_cast<T>(1 - s.alpha);
  for (idx i = 0; i < n; i++) {
    const T g = penalty(gradient[i], p[i]);
    T v = square[i] * alpha + rest * g * g;
    square[i] = v;
    if constexpr (CENTERED) {
      const T m = mean(average[i], g);
      average[i] = m;
      v -= m * m;
    }
    T step = g / (square_root(v) + eps);
    if constexpr (BUFFER) {
      step += buffer[i] * momentum;
      buffer[i] = step;
    }
    p[i] -= lr * step;
  }
}

/** Columns: parameter, gradient, mean square, momentum buffer or 0, mean gradient or 0 (for centered), elements. */
template <class T> static ALWAYS_INLINE void rmsprop(const double* table, idx count, const RmsProp& s) {
  for_each_piece(table, count, 6, 5, [&](const double* row, idx begin, idx end) {
    T *p = address<T>(row[0]) + begin, *g = address<T>(row[1]) + begin, *square = address<T>(row[2]) + begin;
    T *buffer = address<T>(row[3]), *average = address<T>(row[4]);
    const idx n = end - begin;
    if (average && buffer) rmsprop_piece<true, true>(s, p, g, square, buffer + begin, average + begin, n);
    else if (average) rmsprop_piece<true, false, T>(s, p, g, square, nullptr, average + begin, n);
    else if (buffer) rmsprop_piece<false, true, T>(s, p, g, square, buffer + begin, nullptr, n);
    else rmsprop_piece<false, false, T>(s, p, g, square, nullptr, nullptr, n);
  });
}

/** v ← α v + (1 − α) g², p −= lr · g / (√(v − m²) + eps), where m is the mean gradient of the centered form. */
FLOAT_KERNELS(rmsprop, rmsprop,
              (double lr, double alpha, double eps, double weight_decay, double momentum, int maximize),
              RmsProp{lr, alpha, eps, weight_decay, momentum, maximize})

// ---- Adagrad

template <class T>
static void adagrad_piece(const Penalty<T>& penalty, T size, T eps, T* __restrict p, const T* __restrict gradient,
                          T* __restrict sum, idx n) {
  for (idx i = 0; i < n; i++) {
    const T g = penalty(gradient[i], p[i]);
    const T v = sum[i] + g * g;
    sum[i] = v;
    p[i] -= size * (g / (square_root(v) + eps));
  }
}

/** Columns: parameter, gradient, sum of squares, elements, learning rate of this step. */
template <class T>
static ALWAYS_INLINE void adagrad(const double* table, idx count, double eps, double weight_decay, int maximize) {
  const Penalty<T> penalty(weight_decay, maximize);
  for_each_piece(table, count, 5, 3, [&](const double* row, idx begin, idx end) {
    adagrad_piece(penalty, static_cast<T>(row[4]), static_cast<T>(eps), address<T>(row[0]) + begin,
                  address<T>(row[1]) + begin, address<T>(row[2]) + begin, end - begin);
  });
}

/** s += g², p −= size · g / (√s + eps). */
FLOAT_KERNELS(adagrad, adagrad, (double eps, double weight_decay, int maximize), eps, weight_decay, maximize)

// ---- Adadelta

struct Adadelta {
  double lr, rho, eps, weight_decay;
  int maximize;
};

template <class T>
static void adadelta_piece(const Adadelta& s, T* __restrict p, const T* __restrict gradient, T* __restrict square,
                           T* __restrict moved, idx n) {
  const Penalty<T> penalty(s.weight_decay, s.maximize);
  const T lr = static_cast<T>(s.lr), eps = static_cast<T>(s.eps);
  const T rho = static_cast<T>(s.rho), rest = static_cast<T>(1 - s.rho);
  for (idx i = 0; i < n; i++) {
    const T g = penalty(gradient[i], p[i]);
    const T v = square[i] * rho + rest * g * g;
    square[i] = v;
    const T step = square_root(moved[i] + eps) / square_root(v + eps) * g;
    moved[i] = moved[i] * rho + rest * step * step;
    p[i] -= lr * step;
  }
}

/** Columns: parameter, gradient, mean square of gradients, mean square of steps, elements. */
template <class T> static ALWAYS_INLINE void adadelta(const double* table, idx count, const Adadelta& s) {
  for_each_piece(table, count, 5, 4, [&](const double* row, idx begin, idx end) {
    adadelta_piece(s, address<T>(row[0]) + begin, address<T>(row[1]) + begin, address<T>(row[2]) + begin,
                   address<T>(row[3]) + begin, end - begin);
  });
}

/** p −= lr · d, where d = g · √(mean d² + eps) / √(mean g² + eps). */
FLOAT_KERNELS(adadelta, adadelta, (double lr, double rho, double eps, double weight_decay, int maximize),
              Adadelta{lr, rho, eps, weight_decay, maximize})

// ---- NAdam, RAdam and Adamax

/** `shrink` is the factor of decoupled weight decay, 1 for none. */
struct Moments {
  double beta1, beta2, eps, weight_decay, shrink;
  int maximize;
};

template <class T>
static void nadam_piece(const Moments& s, T from_gradient, T from_moment, T root, T* __restrict p,
                        const T* __restrict gradient, T* __restrict first, T* __restrict second, idx n) {
  const Penalty<T> penalty(s.weight_decay, s.maximize);
  const MovingMean<T> mean(s.beta1);
  const T beta2 = static_cast<T>(s.beta2), rest2 = static_cast<T>(1 - s.beta2);
  const T shrink = static_cast<T>(s.shrink), eps = static_cast<T>(s.eps);
  for (idx i = 0; i < n; i++) {
    const T parameter = p[i] * shrink;
    const T g = penalty(gradient[i], parameter);
    const T m = mean(first[i], g), v = second[i] * beta2 + rest2 * g * g;
    first[i] = m;
    second[i] = v;
    p[i] = parameter - (from_gradient * g + from_moment * m) / (square_root(v) * root + eps);
  }
}

/** Columns: parameter, gradient, moments, elements, step sizes for gradient and moment, 1 / √(1 − β2^t). */
template <class T> static ALWAYS_INLINE void nadam(const double* table, idx count, const Moments& s) {
  for_each_piece(table, count, 8, 4, [&](const double* row, idx begin, idx end) {
    nadam_piece(s, static_cast<T>(row[5]), static_cast<T>(row[6]), static_cast<T>(row[7]), address<T>(row[0]) + begin,
                address<T>(row[1]) + begin, address<T>(row[2]) + begin, address<T>(row[3]) + begin, end - begin);
  });
}

/** p −= (a · g + b · m) / (√v · root + eps). */
FLOAT_KERNELS(nadam, nadam,
              (double beta1, double beta2, double eps, double weight_decay, double shrink, int maximize),
              Moments{beta1, beta2, eps, weight_decay, shrink, maximize})

template <bool RECTIFIED, class T>
static void radam_piece(const Moments& s, T size, T* __restrict p, const T* __restrict gradient, T* __restrict first,
                        T* __restrict second, idx n) {
  const Penalty<T> penalty(s.weight_decay, s.maximize);
  const MovingMean<T> mean(s.beta1);
  const T beta2 = static_cast<T>(s.beta2), rest2 = static_cast<T>(1 - s.beta2);
  const T shrink = static_cast<T>(s.shrink), eps = static_cast<T>(s.eps);
  for (idx i = 0; i < n; i++) {
    const T parameter = p[i] * shrink;
    const T g = penalty(gradient[i], parameter);
    const T m = mean(first[i], g), v = second[i] * beta2 + rest2 * g * g;
    first[i] = m;
    second[i] = v;
    if constexpr (RECTIFIED) p[i] = parameter - size * m / (square_root(v) + eps);
    else p[i] = parameter - size * m;
  }
}

/** Columns: parameter, gradient, moments, elements, step size, whether it is rectified. */
template <class T> static ALWAYS_INLINE void radam(const double* table, idx count, const Moments& s) {
  for_each_piece(table, count, 7, 4, [&](const double* row, idx begin, idx end) {
    T *p = address<T>(row[0]) + begin, *g = address<T>(row[1]) + begin;
    T *m = address<T>(row[2]) + begin, *v = address<T>(row[3]) + begin;
    const T size = static_cast<T>(row[5]);
    if (row[6] != 0) radam_piece<true>(s, size, p, g, m, v, end - begin);
    else radam_piece<false>(s, size, p, g, m, v, end - begin);
  });
}

/** p −= size · m / (√v + eps) once the variance of v is known well enough, and p −= size · m before. */
FLOAT_KERNELS(radam, radam,
              (double beta1, double beta2, double eps, double weight_decay, double shrink, int maximize),
              Moments{beta1, beta2, eps, weight_decay, shrink, maximize})

static ALWAYS_INLINE float absolute(float x) { return __builtin_fabsf(x); }
static ALWAYS_INLINE double absolute(double x) { return __builtin_fabs(x); }

template <class T>
static void adamax_piece(const Moments& s, T size, T* __restrict p, const T* __restrict gradient, T* __restrict first,
                         T* __restrict largest, idx n) {
  const Penalty<T> penalty(s.weight_decay, s.maximize);
  const MovingMean<T> mean(s.beta1);
  const T beta2 = static_cast<T>(s.beta2), eps = static_cast<T>(s.eps);
  for (idx i = 0; i < n; i++) {
    const T g = penalty(gradient[i], p[i]);
    const T m = mean(first[i], g), before = largest[i] * beta2, now = absolute(g) + eps;
    const T u = before > now || before != before ? before : now;  // NaN stays
    first[i] = m;
    largest[i] = u;
    p[i] -= size * m / u;
  }
}

/** Columns: parameter, gradient, first moment, largest gradient, elements, step size. */
template <class T> static ALWAYS_INLINE void adamax(const double* table, idx count, const Moments& s) {
  for_each_piece(table, count, 6, 4, [&](const double* row, idx begin, idx end) {
    adamax_piece(s, static_cast<T>(row[5]), address<T>(row[0]) + begin, address<T>(row[1]) + begin,
                 address<T>(row[2]) + begin, address<T>(row[3]) + begin, end - begin);
  });
}

/** u ← max(β2 u, |g| + eps), p −= size · m / u. */
FLOAT_KERNELS(adamax, adamax, (double beta1, double beta2, double eps, double weight_decay, int maximize),
              Moments{beta1, beta2, eps, weight_decay, 1, maximize})

}  // namespace NABLA_ISA
