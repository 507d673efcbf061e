// Norms and clipping of all the gradients of a model in one call. Tables list gradients as rows: address, elements.
#include "math.h"
#include "math/fold.h"
#include "optim.h"

namespace NABLA_ISA {

constexpr int CLIP_COLUMNS = 2;
constexpr idx MOST_PARTS = 1024;

struct Square {
  using Op = Sum;
  template <class X> ALWAYS_INLINE X operator()(X x) const { return x * x; }
};
struct Magnitude {
  using Op = Sum;
  template <class X> ALWAYS_INLINE X operator()(X x) const { return abs(x); }
};
struct NotZero {
  using Op = Sum;
  template <class X> ALWAYS_INLINE X operator()(X x) const { return where(Bits<X>(x != X{}), X{} + 1, X{}); }
};
struct Largest : Magnitude {
  using Op = Max;
};
struct Smallest : Magnitude {
  using Op = Min;
};
struct Power {
  using Op = Sum;
  double order;
  ALWAYS_INLINE V<float> operator()(V<float> x) const { return pow(Magnitude{}(x), splat(static_cast<float>(order))); }
  ALWAYS_INLINE V<double> operator()(V<double> x) const { return pow(Magnitude{}(x), splat(order)); }
};

template <class T, class F> static __attribute__((noinline)) double fold_part(const T* x, idx n, const F& f) {
  const V<T> none = splat<T>(identity_of<typename F::Op, T>());
  const V<T> v = fold_vectors<typename F::Op, T>(
      n, [=](idx i) { return f(load(x + i)); },
      [=](idx i, idx rest) { return where(lanes_below<T>(rest), f(load_some(x + i, rest)), none); });
  return static_cast<double>(fold_lanes<typename F::Op>(v)[0]);
}

/** Parts are summed in T, as PyTorch sums a tensor, and added in double in the order of the table. */
template <class T, class F> static double fold_table(const double* table, idx count, const F& f) {
  using Op = typename F::Op;
  const idx total = table_elements(table, count, CLIP_COLUMNS, 1);
  const idx chunk = total > CHUNK * MOST_PARTS ? (total + MOST_PARTS - 1) / MOST_PARTS : CHUNK;
  double parts[MOST_PARTS];
  const idx tasks = (total + chunk - 1) / chunk;
  auto combine = [](double a, double b) { return Op::combine(splat(a), splat(b))[0]; };
  parallel_tasks(tasks, [&](idx task, int) {
    double part = Op::identity;
    for_each_piece_of(table, count, CLIP_COLUMNS, 1, task * chunk, (task + 1) * chunk, [&](const double* row, idx begin, idx end) {
      part = combine(part, fold_part(address<const T>(row[0]) + begin, end - begin, f));
    });
    parts[task] = part;
  });
  double result = Op::identity;
  for (idx i = 0; i < tasks; i++) result = combine(result, parts[i]);
  return result;
}

template <class T> static double power_sum(const double* table, idx count, double order) {
  if (order == 2) return fold_table<T>(table, count, Square{});
  if (order == 1) return fold_table<T>(table, count, Magnitude{});
  if (order == 0) return fold_table<T>(table, count, NotZero{});
  if (order == __builtin_inf()) return fold_table<T>(table, count, Largest{});
  if (order == -__builtin_inf()) return fold_table<T>(table, count, Smallest{});
  return fold_table<T>(table, count, Power{order});
}

/** Σ |x|^order over all gradients; the largest |x| for order ∞, the smallest for −∞, the number that are not 0 for 0. */
KERNEL_RETURNING(double, gradients_power_sum_f32, const double* table, idx count, double order) {
  return power_sum<float>(table, count, order);
}
KERNEL_RETURNING(double, gradients_power_sum_f64, const double* table, idx count, double order) {
  return power_sum<double>(table, count, order);
}

template <class T> static void scale_piece(T* x, idx n, T factor) {
  for (idx i = 0; i < n; i++) x[i] *= factor;
}
template <class T> static void clamp_piece(T* x, idx n, T limit) {
  for (idx i = 0; i < n; i++) {
    const T low = x[i] < -limit ? -limit : x[i];  // NaN stays
    x[i] = low > limit ? limit : low;
  }
}

#define CLIP(name, piece, argument)                                                            \
  template <class T> static ALWAYS_INLINE void name(const double* table, idx count, double argument) { \
    for_each_piece(table, count, CLIP_COLUMNS, 1, [=](const double* row, idx begin, idx end) {         \
      piece(address<T>(row[0]) + begin, end - begin, static_cast<T>(argument));                        \
    });                                                                                                \
  }                                                                                                    \
  KERNEL(name##_f32, const double* table, idx count, double argument) { name<float>(table, count, argument); } \
  KERNEL(name##_f64, const double* table, idx count, double argument) { name<double>(table, count, argument); }

/** x ← x · factor. */
CLIP(gradients_scale, scale_piece, factor)
/** x ← x within [−limit, limit]. */
CLIP(gradients_clamp, clamp_piece, limit)

}  // namespace NABLA_ISA
