// x^y = 2^(y · log2 x), the logarithm as a sum of two doubles, because an error in it grows by y. Floats need it in one.
#pragma once
#include "exp.h"
#include "trig.h"

namespace NABLA_ISA {

/** log a for a > 0 to about 70 bits: log m = 2 atanh(s), s = (m − 1) / (m + 1), plus e · ln 2. */
ALWAYS_INLINE Double2 log_precise(V<double> a) {
  const Split<V<double>> p = split(a);
  const V<double> f = p.m - 1, d = p.m + 1, d_lost = p.m - (d - 1);
  const V<double> quotient = f / d;
  const Double2 back = two_prod(quotient, d);
  const Double2 s{quotient, (((f - back.hi) - back.lo) - quotient * d_lost) / d};
  const Double2 z = s * s;
  const Double2 cubic = s * (z * Double2{splat(0.6666666666666666), splat(3.700743415417188e-17)});
  const V<double> tail = s.hi * (z.hi * z.hi) *
                         poly(z.hi, 0.4, 0.28571428571428376, 0.2222222222229107, 0.1818181816917588, 0.1538461676021666,
                              0.13333240054342343, 0.11768686094570957, 0.1042268786862085, 0.11014909898787643);
  const Double2 whole = two_sum(p.e * 0.6931471805598903, s.hi * 2);  // the product is exact
  const Double2 more = two_sum(whole.hi, cubic.hi);
  const V<double> lo = (((whole.lo + more.lo) + p.e * 5.497923018708371e-14) + s.lo * 2) + (cubic.lo + tail);
  const V<double> hi = more.hi + lo;
  return {hi, (more.hi - hi) + lo};
}

/** x^y but for the sign and the cases without a logarithm: a = |x|. */
template <bool FULL> ALWAYS_INLINE V<double> pow_positive(V<double> a, V<double> y) {
  Double2 p;
  if constexpr (FULL) p = Double2{y, V<double>{}} * log_precise(a);
  else p = {y * log(a), V<double>{}};
  const V<double> limit = constant<V<double>>(750);
  const auto outside = abs(p.hi) > limit;
  p.lo = where(outside, V<double>{}, p.lo);
  p.hi = where(outside, copysign(limit, p.hi), p.hi);
  const Nearest<V<double>> n = nearest(p.hi * 1.44269504088896340736);
  const V<double> r = (p.hi - n.value * ln2_hi<V<double>>()) - n.value * ln2_lo<V<double>>() + p.lo;
  return scale(exp_reduced(r) + 1, n);
}

template <bool FULL> SHARED_CODE V<double> pow_double(V<double> x, V<double> y) {
  using D = V<double>;
  const D infinity = constant<D>(__builtin_inf()), a = abs(x), half = y * 0.5;
  D r = pow_positive<FULL>(a, y);
  const M<double> edge = (M<double>)(a == 0) | (M<double>)(a == infinity) | (M<double>)(abs(y) == infinity);
  const M<double> grows = (M<double>)(a < 1) == (M<double>)(y < 0);
  r = where(edge, where(grows, infinity, D{}), r);
  r = where(a == 1, constant<D>(1), r);
  const M<double> integer = (M<double>)(round_even(y) == y);
  const M<double> odd = integer & (M<double>)(round_even(half) != half);
  r = (D)(bits(r) ^ (odd & bits(x) & bits(constant<D>(-0.0))));
  const M<double> no_number = (M<double>)(x < 0) & (M<double>)(a < infinity) & ~integer;
  r = where(no_number | (M<double>)(x != x) | (M<double>)(y != y), constant<D>(__builtin_nan("")), r);
  return where((M<double>)(y == 0) | (M<double>)(x == 1), constant<D>(1), r);
}

ALWAYS_INLINE V<double> pow(V<double> x, V<double> y) { return pow_double<true>(x, y); }
ALWAYS_INLINE V<float> pow(V<float> x, V<float> y) {
  const Widened a = widen(x), b = widen(y);
  return narrow({pow_double<false>(a.first, b.first), pow_double<false>(a.second, b.second)});
}

}  // namespace NABLA_ISA
