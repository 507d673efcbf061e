// exp, expm1, log, log1p, log2 and what is made of them. Polynomials are minimax fits (Remez), coefficients by rising power.
#pragma once
#include "vector.h"

namespace NABLA_ISA {

/** A function of one vector: of floats where it is called, of doubles once in the WASM. */
#define FLOATS_AND_DOUBLES(name)                                \
  ALWAYS_INLINE V<float> name(V<float> x) { return name##_of(x); } \
  SHARED_CODE V<double> name(V<double> x) { return name##_of(x); }

/** n · ln 2 is exact in n · hi for every exponent n. */
template <class X> ALWAYS_INLINE X ln2_hi() {
  return constant<X>(sizeof(Lane<X>) == 4 ? 0.693359375 : 6.93147180369123816490e-01);
}
template <class X> ALWAYS_INLINE X ln2_lo() {
  return constant<X>(sizeof(Lane<X>) == 4 ? -2.12194440054690582e-4 : 1.90821492927058770002e-10);
}

/** p · 2^n, right near overflow and below the normal numbers too: in two steps, or by the instruction for it. */
template <class X> ALWAYS_INLINE X scale(X p, Nearest<X> n) {
#if defined(__AVX512F__)
  constexpr int CURRENT_ROUNDING = 4;
  if constexpr (sizeof(Lane<X>) == 4)
    return (X)__builtin_ia32_scalefps512_mask(p, n.value, p, static_cast<uint16_t>(-1), CURRENT_ROUNDING);
  else
    return (X)__builtin_ia32_scalefpd512_mask(p, n.value, p, static_cast<uint8_t>(-1), CURRENT_ROUNDING);
#else
  const Bits<X> half = n.integer >> 1;
  return p * power_of_two<X>(half) * power_of_two<X>(n.integer - half);
#endif
}

/** 2^r for |r| ≤ ½, as precise as floats need it. */
template <class X> ALWAYS_INLINE X exp2_reduced(X r) {
  return poly(r, 1, 6.931472029e-01, 2.402264791e-01, 5.550332471e-02, 9.618437361e-03, 1.339887457e-03, 1.535336144e-04);
}

/** e^r − 1 for |r| ≤ ln 2 / 2, as precise as 1 + it needs. */
template <class X> ALWAYS_INLINE X exp_reduced(X r) {
  X p;
  if constexpr (sizeof(Lane<X>) == 4)
    p = poly(r, 4.999999404e-01, 1.666651964e-01, 4.166840017e-02, 8.368851617e-03, 1.381432055e-03);
  else
    p = poly(r, 0.5000000000000011, 0.16666666666666405, 0.04166666666652826, 0.008333333333498137, 0.0013888888944226991,
             0.00019841269500829776, 2.480149239938847e-05, 2.7557589674021724e-06, 2.763052228107257e-07, 2.49995675137925e-08);
  return fma(p * r, r, r);
}

/** x into [low, high]; a NaN stays, as it is in no comparison. */
template <class X> ALWAYS_INLINE X clamp(X x, double low, double high) {
  x = where(x < constant<X>(low), constant<X>(low), x);
  return where(x > constant<X>(high), constant<X>(high), x);
}

/** x = n · ln 2 + r. */
template <class X> struct ExpParts {
  Nearest<X> n;
  X r;
};
template <class X> ALWAYS_INLINE ExpParts<X> exp_parts(X x) {
  const Nearest<X> n = nearest(x * constant<X>(1.44269504088896340736));
  return {n, x - n.value * ln2_hi<X>() - n.value * ln2_lo<X>()};
}

/** 0 where e^x is below the normal numbers: those are slow to compute with. */
template <class X> ALWAYS_INLINE X exp_of(X x) {
  constexpr bool single = sizeof(Lane<X>) == 4;
#if defined(__AVX512F__)
  const ExpParts<X> p = exp_parts(clamp(x, single ? -104 : -746, single ? 89 : 710));  // kernels flush what is below
  return scale(exp_reduced(p.r) + 1, p.n);
#else
  constexpr double low = single ? -87.33654 : -708.3964185322641;
  const ExpParts<X> p = exp_parts(clamp(x, low, single ? 89 : 710));
  return where(x < constant<X>(low), X{}, scale(exp_reduced(p.r) + 1, p.n));
#endif
}
FLOATS_AND_DOUBLES(exp)

/** 2^x; 0 where it is below the normal numbers. */
template <class X> ALWAYS_INLINE X exp2_of(X x) {
  constexpr bool single = sizeof(Lane<X>) == 4;
  constexpr double low = single ? -126 : -1022;
  const X inside = clamp(x, low, single ? 129 : 1025);
  const Nearest<X> n = nearest(inside);
  return where(x < constant<X>(low), X{}, scale(exp_reduced((inside - n.value) * constant<X>(0.69314718055994530942)) + 1, n));
}
FLOATS_AND_DOUBLES(exp2)

/** e^x − 1 = 2^n (e^r − 1) + (2^n − 1), where e^r − 1 keeps its digits. */
template <class X> ALWAYS_INLINE X expm1_of(X x) {
  constexpr bool single = sizeof(Lane<X>) == 4;
  const auto [n, r] = exp_parts(clamp(x, single ? -20 : -40, single ? 89 : 710));
  X p;
  if constexpr (single)
    p = poly(r, 5.000000000e-01, 1.666654199e-01, 4.166628048e-02, 8.366710506e-03, 1.394667896e-03);
  else
    p = poly(r, 0.5, 0.16666666666666677, 0.0416666666666667, 0.008333333333321436, 0.0013888888888866444, 0.0001984126988667316,
             2.480158736132501e-05, 2.755724360915998e-06, 2.755724210516499e-07, 2.5109261861139077e-08, 2.0924645477732664e-09);
  p = fma(p * r, r, r);
  const X half = power_of_two<X>(n.integer - 1);  // 2^(n − 1), because 2^128 is no number
  return where(abs(x) < constant<X>(1e-17), x, fma(half, p, half - constant<X>(0.5)) * 2);
}
FLOATS_AND_DOUBLES(expm1)

/** x = m · 2^e with m in [√½, √2), for normal x. */
template <class X> struct Split {
  X m, e;
};
template <class X> ALWAYS_INLINE Split<X> split(X x) {
  using F = Float<Lane<X>>;
  const Pattern<X> b = pattern(x);
  const Bits<X> e = (Bits<X>)(b - pattern(constant<X>(0.70710678118654752))) >> F::mantissa;
  return {(X)(b - ((Pattern<X>)e << F::mantissa)), __builtin_convertvector(e, X)};
}

/** log(1 + f) = f − (f²/2 − tail), f in [√½ − 1, √2 − 1]. */
template <class X> ALWAYS_INLINE X log_tail(X f, X half_square) {
  if constexpr (sizeof(Lane<X>) == 4) {
    return f * f * (f * poly(f, 3.333331347e-01, -2.500000894e-01, 2.000211924e-01, -1.666799933e-01, 1.421955079e-01,
                             -1.240551844e-01, 1.188810468e-01, -1.167603433e-01, 6.747216731e-02));
  } else {
    const X s = f / (f + 2), z = s * s;
    return s * (half_square + z * poly(z, 0.6666666666666735, 0.39999999999411096, 0.28571428743263927, 0.22222198475739893,
                                       0.1818356975604834, 0.15313902778693286, 0.14797512724715012));
  }
}

/** The values outside (0, ∞): −∞ at 0 and below the normal numbers, ∞ at ∞, NaN below 0 and for NaN. */
template <class X> ALWAYS_INLINE X log_edges(X x, X result) {
#if defined(__AVX512F__)
  // One instruction finds the kind of x and takes what its digit says: from the right NaN (twice), 0, 1, −∞, ∞, below 0, above 0.
  constexpr int KINDS = 0x03530422, KEEP_ROUNDING = 4;
  const Bits<X> kinds = Bits<X>{} + KINDS;
  if constexpr (sizeof(Lane<X>) == 4)
    return (X)__builtin_ia32_fixupimmps512_mask(result, x, kinds, 0, static_cast<uint16_t>(-1), KEEP_ROUNDING);
  else {
    typedef long long Longs __attribute__((vector_size(64)));  // the builtin's type; int64_t may be another
    return (X)__builtin_ia32_fixupimmpd512_mask(result, x, (Longs)kinds, 0, static_cast<uint8_t>(-1), KEEP_ROUNDING);
  }
#else
  const X infinity = constant<X>(__builtin_inf());
  result = where(x == infinity, x, result);
  result = where(x < constant<X>(Float<Lane<X>>::smallest), -infinity, result);
  return where(x >= 0, result, constant<X>(__builtin_nan("")));
#endif
}

template <class X> ALWAYS_INLINE X log_of(X x) {
  const Split<X> s = split(x);
  const X f = s.m - 1, half_square = f * f * constant<X>(0.5);
  const X tail = log_tail(f, half_square) + s.e * ln2_lo<X>();
  return log_edges(x, s.e * ln2_hi<X>() - ((half_square - tail) - f));
}
FLOATS_AND_DOUBLES(log)

template <class X> ALWAYS_INLINE X log2_of(X x) {
  const Split<X> s = split(x);
  const X f = s.m - 1, half_square = f * f * constant<X>(0.5);
  const X natural = f - (half_square - log_tail(f, half_square));
  return log_edges(x, fma(natural, constant<X>(1.44269504088896340736), s.e));
}
FLOATS_AND_DOUBLES(log2)

/** log(1 + x): what the rounding of 1 + x loses is added back (after fdlibm's log1p). */
template <class X> ALWAYS_INLINE X log1p_of(X x) {
  const X u = x + 1;
  const Split<X> s = split(u);
  const X lost = quotient(where(x > 1, constant<X>(1) - (u - x), x - (u - 1)), u);
  const auto near = s.e == 0;
  const X f = where(near, x, s.m - 1), half_square = f * f * constant<X>(0.5);
  const X tail = log_tail(f, half_square) + where(near, X{}, fma(s.e, ln2_lo<X>(), lost));
  const X result = s.e * ln2_hi<X>() - ((half_square - tail) - f);
  return where(x == 0, x, log_edges(u, result));
}
FLOATS_AND_DOUBLES(log1p)

/** e^a / 2 for a where e^a itself may overflow. */
template <class X> ALWAYS_INLINE X half_exp(X a) {
  const X root = exp(a * constant<X>(0.5));
  return root * (root * constant<X>(0.5));
}

/** Where e^−a no longer counts beside e^a. */
template <class X> ALWAYS_INLINE X hyperbolic_limit() { return constant<X>(sizeof(Lane<X>) == 4 ? 80 : 700); }

/** (e^x − e^−x) / 2, by e^x − 1, which keeps its digits near 0. */
template <class X> ALWAYS_INLINE X sinh_of(X x) {
  const X a = abs(x), e = expm1(a), near = (e + e / (e + 1)) * constant<X>(0.5);
  return copysign(where(a > hyperbolic_limit<X>(), half_exp(a), near), x);
}
FLOATS_AND_DOUBLES(sinh)

/** (e^x + e^−x) / 2. */
template <class X> ALWAYS_INLINE X cosh_of(X x) {
  const X a = abs(x), e = exp(a), near = (e + 1 / e) * constant<X>(0.5);
  return where(a > hyperbolic_limit<X>(), half_exp(a), near);
}
FLOATS_AND_DOUBLES(cosh)

/** e / (e + 2), e = e^2|x| − 1. */
template <class X> ALWAYS_INLINE X tanh_of(X x) {
  const X a = abs(x);
  if constexpr (sizeof(Lane<X>) == 8) {
    const X e = expm1(a * 2);
    return copysign(where(e > constant<X>(1e18), constant<X>(1), e / (e + 2)), x);
  } else {
    const auto [n, r] = exp_parts(where(a > constant<X>(10), constant<X>(20), a * 2));
    const X power = power_of_two<X>(n.integer), e = fma(exp_reduced(r), power, power - 1);
    return copysign(where(a > constant<X>(10), constant<X>(1), quotient(e, e + 2)), x);  // a quotient may miss 1 by a unit
  }
}
FLOATS_AND_DOUBLES(tanh)

/** 1 / (1 + e^−x); what the sums lose is carried along, but where the machine estimates reciprocals of floats. */
template <class X> ALWAYS_INLINE X sigmoid_of(X x) {
  constexpr bool single = sizeof(Lane<X>) == 4;
  constexpr double low = single ? -87 : -708, high = single ? 88 : 709;
  const auto [n, r] = exp_parts(clamp(-x, low, high));
#if defined(__AVX512F__)
  if constexpr (single) {
    const X sum = scale(exp_reduced(r) + 1, n) + 1, q = rough_reciprocal(sum);
    return (1 - sum * q) * q + q;  // flushed to 0 where it is below the normal numbers
  }
#endif
  const X t = exp_reduced(r), power = power_of_two<X>(n.integer);
  const X hi = t + 1, lo = t - (hi - 1), e = hi * power, sum = e + 1;
  const X sum_lo = (e - (sum - 1)) + lo * power, q = 1 / sum;
  return where(-x > constant<X>(high), X{}, q - q * (q * sum_lo));
}
FLOATS_AND_DOUBLES(sigmoid)

}  // namespace NABLA_ISA
