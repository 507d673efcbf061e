// x^y = 2^(y · log2 x), the logarithm as a sum of two doubles, because an error in it grows by y. Floats need it in one, and
// its division to as many digits as an estimate and one correction give.
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
ALWAYS_INLINE V<double> pow_positive(V<double> a, V<double> y) {
  Double2 p = Double2{y, V<double>{}} * log_precise(a);
  const V<double> limit = constant<V<double>>(750);
  const auto outside = abs(p.hi) > limit;
  p.lo = where(outside, V<double>{}, p.lo);
  p.hi = where(outside, copysign(limit, p.hi), p.hi);
  const Nearest<V<double>> n = nearest(p.hi * 1.44269504088896340736);
  const V<double> r = (p.hi - n.value * ln2_hi<V<double>>()) - n.value * ln2_lo<V<double>>() + p.lo;
  return scale(exp_reduced(r) + 1, n);
}

/** (2^e · (1 + f))^y in double precision; `near` is 1 / (2 + f), but for its last digits. log2(1 + f) = 2 / ln 2 · atanh(f / (2 + f)). */
ALWAYS_INLINE V<double> pow_by_parts(V<double> f, V<double> near, V<double> e, V<double> y) {
  using D = V<double>;
  const D guess = f * near, s = (f - guess * (f + 2)) * near + guess, z = s * s;
  const D log2 = s * poly(z, 2.88539008179008, 0.961796673350219, 0.577083583248043, 0.411672827892997, 0.340727993207459) + e;
  const D p = clamp(y * log2, -200, 200);
  const Nearest<D> n = nearest(p);
  return exp2_reduced(p - n.value) * power_of_two<D>(n.integer);
}
ALWAYS_INLINE V<float> pow_positive(V<float> a, V<float> y) {
  const Split<V<float>> p = split(a);
  const V<float> f = p.m - 1;
  const Widened fs = widen(f), nears = widen(quotient(constant<V<float>>(1), f + 2)), es = widen(p.e), ys = widen(y);
  return narrow({pow_by_parts(fs.first, nears.first, es.first, ys.first), pow_by_parts(fs.second, nears.second, es.second, ys.second)});
}

/** x^y everywhere, r being |x|^y where x has a logarithm and y is a number. */
template <class X> ALWAYS_INLINE X pow_edges(X x, X y, X r) {
  using K = Bits<X>;
  const X infinity = constant<X>(__builtin_inf()), a = abs(x), half = y * constant<X>(0.5);
  const K edge = (K)(a < constant<X>(Float<Lane<X>>::smallest)) | (K)(a == infinity) | (K)(abs(y) == infinity);
  const K grows = (K)(a < 1) == (K)(y < 0);
  r = where(edge, where(grows, infinity, X{}), r);
  r = where(a == 1, constant<X>(1), r);
  const K integer = (K)(round_even(y) == y);
  const K odd = integer & (K)(round_even(half) != half);
  r = (X)(bits(r) ^ (odd & bits(x) & bits(constant<X>(-0.0))));
  const K no_number = (K)(x < 0) & (K)(a < infinity) & ~integer;
  r = where(no_number | (K)(x != x) | (K)(y != y), constant<X>(__builtin_nan("")), r);
  return where((K)(y == 0) | (K)(x == 1), constant<X>(1), r);
}
inline __attribute__((noinline)) V<float> pow_edges_apart(V<float> x, V<float> y, V<float> r) { return pow_edges(x, y, r); }

SHARED_CODE V<double> pow(V<double> x, V<double> y) { return pow_edges(x, y, pow_positive(abs(x), y)); }
SHARED_CODE V<float> pow(V<float> x, V<float> y) {
  using K = M<float>;
  const V<float> r = pow_positive(abs(x), y);
  const K usual = (K)(x >= Float<float>::smallest) & (K)(x < __builtin_inff()) & (K)(abs(y) < __builtin_inff());
  return __builtin_expect(any(~usual), 0) ? pow_edges_apart(x, y, r) : r;
}

}  // namespace NABLA_ISA
