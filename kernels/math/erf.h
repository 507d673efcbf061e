// The error function: x + x·P(x²) near zero, 1 − exp(|x|·Q(|x|)) beyond, P and Q minimax fits; and the normal distribution.
#pragma once
#include "exp.h"

namespace NABLA_ISA {

template <class X> ALWAYS_INLINE X erf_of(X x) {
  constexpr bool single = sizeof(Lane<X>) == 4;
  const X a = abs(x), z = x * x;
  const X limit = constant<X>(single ? 4.0 : 6.0);  // erf rounds to 1 before here
  const X t = where(a > limit, limit, a);
  X p, rest;
  if constexpr (single) {
    p = poly(z, 1.283791512e-01, -3.761249781e-01, 1.128183901e-01, -2.676690556e-02, 4.992982373e-03, -5.987237091e-04);
    const X q = poly(t, -1.628295623e+00, -9.163295833e-01, -1.532674774e-01, 3.428146302e-02, -5.254984985e-03, 4.657147006e-04,
                     -1.620411372e-05);
    const auto n = nearest(t * q);  // by powers of 2
    rest = exp2_reduced(t * q - n.value) * power_of_two<X>(n.integer);
  } else {
    p = poly(z, 0.1283791670955126, -0.3761263890318375, 0.11283791670954885, -0.026866170645077878, 0.005223977624828436,
             -0.0008548326981425367, 0.00012055331132935364, -1.49255957714418e-05, 1.6461008463181336e-06,
             -1.6350396048659911e-07, 1.466032747410898e-08, -1.1374950764263803e-09, 5.960676872518907e-11);
    const X q = poly(t, -1.128379178516199, -0.6366195874213032, -0.10277387576566771, 0.019133614950092023, 0.0001950105417359702,
             -0.001667926461780181, 0.0005473529604937088, 2.4544792615605153e-05, -0.00011157687111821945,
             6.478972416917049e-05, -2.4152089757267064e-05, 6.700197169567597e-06, -1.4378378474700656e-06,
             2.3977073853916227e-07, -3.0621414573375064e-08, 2.8987861194598773e-09, -1.9171135922746148e-10,
             7.902743103688933e-12, -1.5270897245443452e-13);
    rest = exp(t * q);
  }
  const X near = fma(x, p, x), far = copysign(constant<X>(1) - rest, x);
  return where(a < constant<X>(single ? 0.9277 : 1.0), near, far);
}
FLOATS_AND_DOUBLES(erf)

/** Half of 1 + erf(x / √2): the normal distribution. Floats by what is left of 1 beyond |x|, 2^P(|x|), to 4e-8. */
ALWAYS_INLINE V<double> normal_below(V<double> x) { return (erf(x * 0.70710678118654752440) + 1) * 0.5; }
ALWAYS_INLINE V<float> normal_below(V<float> x) {
  using X = V<float>;
  const X p = poly(abs(x), -9.999999783e-01, -1.151105724e+00, -4.592049072e-01, -5.250502879e-02, 7.075471842e-03, -1.458701184e-04,
                   -1.825476461e-04, 3.862076653e-05, -2.772051789e-06);
  const X inside = where(p < -160.0f, constant<X>(-160), p);
  const Nearest<X> n = nearest(inside);
  const X rest = scale(exp2_reduced(inside - n.value), n);
  return where(x < 0, rest, 1 - rest);
}

}  // namespace NABLA_ISA
