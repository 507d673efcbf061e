// sin, cos, tan and their inverses. Angles are reduced by multiples of π/2 in double precision or better (Cody and Waite; for huge
// angles Payne and Hanek's product with the digits of 2/π). Floats are computed in double precision, but for sin and cos
// of moderate angles where a fused multiply-add makes the reduction exact in single precision.
#pragma once
#include "vector.h"

namespace NABLA_ISA {

/** x = quadrant · π/2 + hi + lo, |hi| ≤ π/4; the quadrant counts modulo 4. */
struct Reduced {
  V<double> hi, lo;
  M<double> quadrant;
};

constexpr double REDUCTION_LIMIT = 1647099.0;  // 2^20 · π/2: up to here n · (a part of π/2) is exact

constexpr uint32_t TWO_OVER_PI[44] = {
    0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0, 0xDB629599, 0x3C439041, 0xFE5163AB, 0xDEBBC561, 0xB7246E3A,
    0x424DD2E0, 0x06492EEA, 0x09D1921C, 0xFE1DEB1C, 0xB129A73E, 0xE88235F5, 0x2EBB4484, 0xE99C7026, 0xB45F7E41,
    0x3991D639, 0x835339F4, 0x9C845F8B, 0xBDF9283B, 0x1FF897FF, 0xDE05980F, 0xEF2F118B, 0x5A0A6D1F, 0x6D367ECF,
    0x27CB09B7, 0x4F463F66, 0x9E5FEA2D, 0x7527BAC7, 0xEBE5F17B, 0x3D0739F7, 0x8A5292EA, 0x6BFB5FB1, 0x1F8D5D08,
    0x56033046, 0xFC7B6BAB, 0xF0CFBC20, 0x9AF4361D, 0xA9E39161, 0x5EE61B08, 0x6599855F, 0x14A06840};

/** The reduction of one finite |x| ≥ REDUCTION_LIMIT, by the digits of 2/π that matter modulo 4. */
inline __attribute__((noinline)) void reduce_huge(double x, double* hi, double* lo, int64_t* quadrant) {
  uint64_t pattern;
  __builtin_memcpy(&pattern, &x, 8);
  const int exponent = static_cast<int>(pattern >> 52 & 2047) - 1075;  // |x| = integer · 2^exponent
  const uint64_t integer = (pattern & 0xFFFFFFFFFFFFF) | 0x10000000000000;
  const uint64_t factor[2] = {integer & 0xFFFFFFFF, integer >> 32};
  constexpr int WORDS = 7, LIMBS = WORDS + 2;
  const int first = exponent > 33 ? (exponent - 2) / 32 : 0;  // earlier words give multiples of 4
  uint32_t product[LIMBS] = {};                               // lowest limb first
  for (int f = 0; f < 2; f++) {
    uint64_t carry = 0;
    for (int w = 0; w < WORDS; w++) {
      carry += factor[f] * TWO_OVER_PI[first + WORDS - 1 - w] + product[w + f];
      product[w + f] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    product[WORDS + f] = static_cast<uint32_t>(carry);
  }
  const int point = 32 * (first + WORDS) - exponent;  // the bit that counts 1
  auto bits_below = [&](int top) {                    // 32 bits of the product, the highest of them below `top`
    const int low = top - 32, limb = low >> 5, shift = low & 31;
    const uint64_t pair = product[limb] | (limb + 1 < LIMBS ? static_cast<uint64_t>(product[limb + 1]) << 32 : 0);
    return static_cast<uint32_t>(pair >> shift);
  };
  uint32_t fraction[4];
  for (int i = 0; i < 4; i++) fraction[i] = bits_below(point - 32 * i);
  int64_t turns = bits_below(point + 2) >> 30;
  const bool up = fraction[0] >> 31;  // at least a half: count from the next quadrant down
  if (up) {
    turns++;
    for (int i = 0; i < 4; i++) fraction[i] = ~fraction[i];
  }
  const double sign = (pattern >> 63 ? -1.0 : 1.0) * (up ? -1.0 : 1.0);
  double high = 0, low = 0, weight = sign * 0x1p-32;
  for (int i = 0; i < 4; i++, weight *= 0x1p-32) {
    const double part = fraction[i] * weight, sum = high + part;
    low += part - (sum - high);
    high = sum;
  }
  const Double2 angle = Double2{splat<double>(high), splat<double>(low)} *
                        Double2{splat<double>(1.5707963267948966), splat<double>(6.123233995736766e-17)};
  *hi = angle.hi[0];
  *lo = angle.lo[0];
  *quadrant = pattern >> 63 ? -turns : turns;
}

inline __attribute__((noinline)) void reduce_huge_lanes(const double* x, double* hi, double* lo, int64_t* quadrant) {
  for (int i = 0; i < LANES<double>; i++) {
    const double a = __builtin_fabs(x[i]);
    if (a > REDUCTION_LIMIT && a < __builtin_inf()) reduce_huge(x[i], hi + i, lo + i, quadrant + i);
  }
}

ALWAYS_INLINE Reduced reduce_angle(V<double> x) {
  const Nearest<V<double>> n = nearest(x * 0.63661977236758134308);
  const V<double> zero = x - n.value * 1.5707963267341256;  // exact, as are the next two products
  const Double2 one = two_sum(zero, -(n.value * 6.077100506303966e-11));
  const Double2 two = two_sum(one.hi, -(n.value * 2.0222662487111665e-21));
  const V<double> rest = (one.lo + two.lo) - n.value * 8.4784276603689e-32, hi = two.hi + rest;
  Reduced r{hi, (two.hi - hi) + rest, n.integer};
  if (__builtin_expect(any(abs(x) > REDUCTION_LIMIT), 0)) {
    double value[LANES<double>], high[LANES<double>], low[LANES<double>];
    int64_t quadrant[LANES<double>];
    __builtin_memcpy(value, &x, sizeof x), __builtin_memcpy(high, &r.hi, sizeof x);
    __builtin_memcpy(low, &r.lo, sizeof x), __builtin_memcpy(quadrant, &r.quadrant, sizeof x);
    reduce_huge_lanes(value, high, low, quadrant);
    __builtin_memcpy(&r.hi, high, sizeof x), __builtin_memcpy(&r.lo, low, sizeof x);
    __builtin_memcpy(&r.quadrant, quadrant, sizeof x);
  }
  return r;
}

struct SineCosine {
  V<double> sine, cosine;
};

/** sin and cos of a reduced angle; FULL to the last digits of a double, else to more than those of a float. */
template <bool FULL> ALWAYS_INLINE SineCosine sincos_reduced(Reduced r) {
  const V<double> x = r.hi, z = x * x;
  if constexpr (!FULL) {
    const V<double> s = poly(z, -0.16666666641426994, 0.008333329362329826, -0.0001983932715022238, 2.7182373867966256e-06);
    const V<double> c = poly(z, 0.041666666622504275, -0.001388888372507893, 2.4799512400213948e-05, -2.7209597664981257e-07);
    return {fma(x * z, s, x), fma(z * z, c, 1 - z * 0.5)};
  } else {
    const V<double> s = poly(z, -0.16666666666666632, 0.008333333333322316, -0.0001984126982972525, 2.7557313662077965e-06,
                             -2.505075326798432e-08, 1.5896505144027566e-10);
    const V<double> c = poly(z, 0.0416666666666666, -0.001388888888887399, 2.480158728939509e-05, -2.75573143260766e-07,
                             2.0875719564688728e-09, -1.1359448972656023e-11);
    const V<double> half = z * 0.5, w = 1 - half;
    return {x + (x * z * s + r.lo * w), w + (((1 - w) - half) + (z * z * c - x * r.lo))};
  }
}

/** sin(x + shift · π/2). */
template <bool FULL> SHARED_CODE V<double> sine_shifted(V<double> x, int shift) {
  const Reduced r = reduce_angle(x);
  const SineCosine sc = sincos_reduced<FULL>(r);
  const Pattern<V<double>> q = (Pattern<V<double>>)r.quadrant + shift;
  const V<double> y = where((q & 1) != 0, sc.cosine, sc.sine);
  return (V<double>)(pattern(y) ^ ((q & 2) << 62));
}

template <bool FULL> SHARED_CODE V<double> tangent(V<double> x) {
  const Reduced r = reduce_angle(x);
  const SineCosine sc = sincos_reduced<FULL>(r);
  const auto odd = (r.quadrant & 1) != 0;
  return where(odd, -sc.cosine, sc.sine) / where(odd, sc.sine, sc.cosine);
}

/** A double-precision function on floats. */
template <class F> ALWAYS_INLINE V<float> by_doubles(V<float> x, const F& f) {
  const Widened w = widen(x);
  return narrow({f(w.first), f(w.second)});
}

ALWAYS_INLINE V<double> sin(V<double> x) { return where(x == 0, x, sine_shifted<true>(x, 0)); }
ALWAYS_INLINE V<double> cos(V<double> x) { return sine_shifted<true>(x, 1); }
ALWAYS_INLINE V<double> tan(V<double> x) { return where(x == 0, x, tangent<true>(x)); }
inline __attribute__((noinline)) V<float> sine_by_doubles(V<float> x, int shift) {
  return by_doubles(x, [=](V<double> v) { return sine_shifted<false>(v, shift); });
}

/** sin(x + shift · π/2). */
ALWAYS_INLINE V<float> sine_shifted(V<float> x, int shift) {
#if (defined(__FMA__) || defined(__aarch64__)) && defined(__clang__)
  // |x| = (k + shift / 2) · π + r, so that the sine is that of r, whatever the sign: (−1)^k sin r, or its negative for the cosine.
  using X = V<float>;
  const X a = abs(x);
  const float move = 0.5f * static_cast<float>(shift);
  const Nearest<X> k = nearest(a * 0.318309886f - move);
  const X turns = k.value + move;
  X r = __builtin_elementwise_fma(turns, constant<X>(-3.141592741), a);  // exact up to the limit
  r = __builtin_elementwise_fma(turns, constant<X>(8.742277657e-08), r);
  r = __builtin_elementwise_fma(turns, constant<X>(3.430249020e-15), r);
  const X z = r * r;
  const X sine = fma(r * z, poly(z, -1.666665955e-01, 8.333066246e-03, -1.980960292e-04, 2.605780668e-06), r);
  const Pattern<X> sign = ((Pattern<X>)k.integer + shift) << 31;
  const X y = (X)(pattern(sine) ^ (shift ? sign : sign ^ (pattern(x) & pattern(constant<X>(-0.0)))));
  const auto far = a > 1e5f;
  return __builtin_expect(any(far), 0) ? where(far, sine_by_doubles(x, shift), y) : y;
#else
  const V<float> y = sine_by_doubles(x, shift);
  return shift ? y : where(x == 0, x, y);
#endif
}

ALWAYS_INLINE V<float> sin(V<float> x) { return sine_shifted(x, 0); }
ALWAYS_INLINE V<float> cos(V<float> x) { return sine_shifted(x, 1); }
ALWAYS_INLINE V<float> tan(V<float> x) {
  return where(x == 0, x, by_doubles(x, [](V<double> v) { return tangent<false>(v); }));
}

template <class X> ALWAYS_INLINE X atan_of(X x) {
  const X a = abs(x);
  const auto far = a > 1;
  const X t = where(far, constant<X>(1) / a, a), z = t * t;
  X p;
  if constexpr (sizeof(Lane<X>) == 4)
    p = poly(z, -3.333330154e-01, 1.999863833e-01, -1.426524520e-01, 1.095757559e-01, -8.419454098e-02, 5.823444203e-02,
             -3.145558015e-02, 1.106436830e-02, -1.827195636e-03);
  else
    p = poly(z, -0.33333333333333093, 0.19999999999955437, -0.14285714282802256, 0.1111111101365093, -0.09090907119241044,
             0.07692281186397922, -0.06666414993154866, 0.058805925223503294, -0.05253805388175631, 0.04723292737510604,
             -0.04221716011375561, 0.03669348611247408, -0.029985497473232807, 0.022085052460265254, -0.013994888644157268,
             0.007263286128398993, -0.0029193048176168654, 0.0008434715744017618, -0.00015479426568606905,
             1.3489004773542192e-05);
  const X near = fma(t * z, p, t);
  const double low = sizeof(Lane<X>) == 4 ? -4.37113883e-8 : 6.123233995736766e-17;  // what π/2 loses when it is rounded
  return copysign(where(far, constant<X>(1.5707963267948966) - (near - constant<X>(low)), near), x);
}
FLOATS_AND_DOUBLES(atan)

template <class X> ALWAYS_INLINE X asin(X x) { return atan(x / sqrt((1 - x) * (1 + x))); }
template <class X> ALWAYS_INLINE X acos(X x) { return atan(sqrt((1 - x) / (1 + x))) * 2; }

/** The angle of the point (x, y), with the signs of zeros as in C. */
template <class X> ALWAYS_INLINE X atan2(X y, X x) {
  const X a = abs(y), b = abs(x), infinity = constant<X>(__builtin_inf());
  const auto steep = a > b;
  const X longer = where(steep, a, b), shorter = where(steep, b, a);
  X t = where(longer == 0, X{}, shorter / longer);
  t = where(shorter == infinity, constant<X>(1), t);
  const double low = sizeof(Lane<X>) == 4 ? -4.37113883e-8 : 6.123233995736766e-17;  // what π/2 loses when it is rounded
  X angle = atan(t);
  angle = where(steep, constant<X>(1.5707963267948966) - (angle - constant<X>(low)), angle);
  angle = where(bits(x) < 0, constant<X>(3.1415926535897931) - (angle - constant<X>(2 * low)), angle);
  return where(a + b == a + b, copysign(angle, y), a + b);
}

}  // namespace NABLA_ISA
