// Stochastic gradient descent and Adam, in PyTorch's order of arithmetic.
// The loops are left to the compiler to vectorise: it takes the width at which the machine divides fastest.
#include "optim.h"

namespace NABLA_ISA {

// ---- stochastic gradient descent

struct Sgd {
  double lr, momentum, dampening, weight_decay;
  bool nesterov, maximize;
};

/** Columns: parameter, gradient, momentum buffer or 0, elements, step (1 is the parameter's first). */
constexpr int SGD_COLUMNS = 5;

template <bool BUFFER, class T>
static void sgd_piece(const Sgd& s, T* __restrict p, const T* __restrict gradient, T* __restrict buffer, idx n,
                      bool first) {
  const T lr = static_cast<T>(s.lr), decay = static_cast<T>(s.weight_decay), sign = static_cast<T>(s.maximize ? -1 : 1);
  const T momentum = static_cast<T>(s.momentum), weight = static_cast<T>(first ? 1 : 1 - s.dampening);
  const bool decays = s.weight_decay != 0;
  for (idx i = 0; i < n; i++) {
    T g = sign * gradient[i];
    if (decays) g += decay * p[i];
    if constexpr (BUFFER) {
      const T kept = (first ? T{0} : buffer[i] * momentum) + weight * g;
      buffer[i] = kept;
      g = s.nesterov ? g + momentum * kept : kept;
    }
    p[i] -= lr * g;
  }
}

template <class T> static ALWAYS_INLINE void sgd(const double* table, idx count, const Sgd& settings) {
  for_each_piece(table, count, SGD_COLUMNS, 3, [&](const double* row, idx begin, idx end) {
    T *p = address<T>(row[0]) + begin, *g = address<T>(row[1]) + begin, *buffer = address<T>(row[2]);
    if (buffer) sgd_piece<true>(settings, p, g, buffer + begin, end - begin, row[4] == 1);
    else sgd_piece<false, T>(settings, p, g, nullptr, end - begin, false);
  });
}

/** p −= lr · g, with weight decay, momentum (at first the gradient itself, not dampened) and Nesterov's look-ahead. */
KERNEL(sgd_f32, const double* table, idx count, double lr, double momentum, double dampening, double weight_decay,
       int nesterov, int maximize) {
  sgd<float>(table, count, Sgd{lr, momentum, dampening, weight_decay, nesterov != 0, maximize != 0});
}
KERNEL(sgd_f64, const double* table, idx count, double lr, double momentum, double dampening, double weight_decay,
       int nesterov, int maximize) {
  sgd<double>(table, count, Sgd{lr, momentum, dampening, weight_decay, nesterov != 0, maximize != 0});
}

// ---- Adam

struct Adam {
  double lr, beta1, beta2, eps, weight_decay;
  bool decoupled, maximize;
};

/** Columns: parameter, gradient, first moment, second moment, its maximum or 0, elements, step (from 1). */
constexpr int ADAM_COLUMNS = 7;

/** The bias corrections, which PyTorch keeps in double until they meet the tensors. */
struct AdamStep {
  double number, size, root;  // t, lr / (1 − β1^t), 1 / √(1 − β2^t)
};

static double power(double base, double exponent) {
  double result = 1;
  for (uint64_t n = static_cast<uint64_t>(exponent); n; n >>= 1) {
    if (n & 1) result *= base;
    base *= base;
  }
  return result;
}

static AdamStep adam_step(const Adam& s, double number) {
  return {number, s.lr / (1 - power(s.beta1, number)), 1 / __builtin_sqrt(1 - power(s.beta2, number))};
}

template <bool MAXIMUM, class T>
static void adam_piece(const Adam& s, const AdamStep& step, T* __restrict p, const T* __restrict gradient,
                       T* __restrict first, T* __restrict second, T* __restrict maximum, idx n) {
  const T sign = static_cast<T>(s.maximize ? -1 : 1);
  const T shrink = static_cast<T>(s.decoupled ? 1 - s.lr * s.weight_decay : 1);
  const T decay = static_cast<T>(s.decoupled ? 0 : s.weight_decay);
  const bool decays = decay != 0;
  const MovingMean<T> mean(s.beta1);
  const T beta2 = static_cast<T>(s.beta2), rest2 = static_cast<T>(1 - s.beta2);
  const T size = static_cast<T>(step.size), root = static_cast<T>(step.root), eps = static_cast<T>(s.eps);
  for (idx i = 0; i < n; i++) {
    const T parameter = p[i] * shrink;
    T g = sign * gradient[i];
    if (decays) g += decay * parameter;
    const T m = mean(first[i], g);
    T v = second[i] * beta2 + rest2 * g * g;
    first[i] = m;
    second[i] = v;
    if constexpr (MAXIMUM) {
      v = maximum[i] > v ? maximum[i] : v;
      maximum[i] = v;
    }
    p[i] = parameter - size * m / (square_root(v) * root + eps);
  }
}

template <class T> static ALWAYS_INLINE void adam(const double* table, idx count, const Adam& settings) {
  if (count <= 0) return;
  const AdamStep common = adam_step(settings, table[6]);  // nearly always every parameter's
  for_each_piece(table, count, ADAM_COLUMNS, 5, [&](const double* row, idx begin, idx end) {
    const AdamStep step = row[6] == common.number ? common : adam_step(settings, row[6]);
    T *p = address<T>(row[0]) + begin, *g = address<T>(row[1]) + begin;
    T *m = address<T>(row[2]) + begin, *v = address<T>(row[3]) + begin;
    T* maximum = address<T>(row[4]);
    if (maximum) adam_piece<true>(settings, step, p, g, m, v, maximum + begin, end - begin);
    else adam_piece<false, T>(settings, step, p, g, m, v, nullptr, end - begin);
  });
}

/** Adam, with AMSGrad where a row has a maximum; `decoupled` weight decay makes it AdamW. */
KERNEL(adam_f32, const double* table, idx count, double lr, double beta1, double beta2, double eps, double weight_decay,
       int decoupled, int maximize) {
  adam<float>(table, count, Adam{lr, beta1, beta2, eps, weight_decay, decoupled != 0, maximize != 0});
}
KERNEL(adam_f64, const double* table, idx count, double lr, double beta1, double beta2, double eps, double weight_decay,
       int decoupled, int maximize) {
  adam<double>(table, count, Adam{lr, beta1, beta2, eps, weight_decay, decoupled != 0, maximize != 0});
}

}  // namespace NABLA_ISA
