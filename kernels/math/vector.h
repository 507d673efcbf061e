// What the functions of math.h are built from: vectors whose lane type is found from the vector, bit patterns, rounding,
// exact products, polynomials.
#pragma once
#include "../simd.h"

namespace NABLA_ISA {

template <class X> struct LaneOf;
template <> struct LaneOf<V<float>> { using type = float; };
template <> struct LaneOf<V<double>> { using type = double; };
template <> struct LaneOf<V<int32_t>> { using type = int32_t; };
template <class X> using Lane = typename LaneOf<X>::type;

/** The lanes of a mask: integers as wide as T. */
template <int BYTES> struct IntOfBytes { using type = int32_t; };
template <> struct IntOfBytes<8> { using type = int64_t; };
template <class T> using MaskLane = typename IntOfBytes<sizeof(T)>::type;

template <class T> struct Float;
template <> struct Float<float> {
  static constexpr int mantissa = 23, bias = 127;
  static constexpr float round_magic = 12582912.0f;  // 1.5 · 2^23: adding it rounds to an integer
  static constexpr float integers = 8388608.0f;      // from 2^23 on every number is an integer
  static constexpr float smallest = 1.17549435e-38f;
};
template <> struct Float<double> {
  static constexpr int mantissa = 52, bias = 1023;
  static constexpr double round_magic = 6755399441055744.0;
  static constexpr double integers = 4503599627370496.0;
  static constexpr double smallest = 2.2250738585072014e-308;
};

/** The constant c in every lane of a vector like X. */
template <class X> ALWAYS_INLINE X constant(double c) { return splat<Lane<X>>(static_cast<Lane<X>>(c)); }

template <class X> using Bits = M<Lane<X>>;
template <class X> ALWAYS_INLINE Bits<X> bits(X x) { return (Bits<X>)x; }

/** The same without a sign, for arithmetic on patterns, which may wrap around. */
template <int BYTES> struct PatternOfBytes { typedef uint32_t type __attribute__((vector_size(NABLA_VECTOR_BYTES))); };
template <> struct PatternOfBytes<8> { typedef uint64_t type __attribute__((vector_size(NABLA_VECTOR_BYTES))); };
template <class X> using Pattern = typename PatternOfBytes<sizeof(Lane<X>)>::type;
template <class X> ALWAYS_INLINE Pattern<X> pattern(X x) { return (Pattern<X>)x; }

/** mask ? a : b in every lane. */
template <class X, class K> ALWAYS_INLINE X where(K mask, X a, X b) { return (Bits<X>)mask ? a : b; }

template <class X> ALWAYS_INLINE X abs(X x) { return (X)(bits(x) & ~bits(constant<X>(-0.0))); }
template <class X> ALWAYS_INLINE X copysign(X magnitude, X sign) {
  const Bits<X> s = bits(constant<X>(-0.0));
  return (X)((bits(magnitude) & ~s) | (bits(sign) & s));
}

/** Whether any lane of a mask is set. */
template <class K> ALWAYS_INLINE bool any(K mask) {
  uint64_t words[sizeof(K) / 8], all = 0;
  __builtin_memcpy(words, &mask, sizeof mask);
  for (uint64_t w : words) all |= w;
  return all != 0;
}

template <class X> ALWAYS_INLINE X sqrt(X x) {
#if defined(__clang__)
  return __builtin_elementwise_sqrt(x);
#else
  using T = Lane<X>;
  T lanes[LANES<T>];
  __builtin_memcpy(lanes, &x, sizeof x);
  for (int i = 0; i < LANES<T>; i++) {
    if constexpr (sizeof(T) == 4) lanes[i] = __builtin_sqrtf(lanes[i]);
    else lanes[i] = __builtin_sqrt(lanes[i]);
  }
  __builtin_memcpy(&x, lanes, sizeof x);
  return x;
#endif
}

/** 1 / x to 14 bits where the machine estimates it, else to the last; for x in the exponents of normal numbers. */
ALWAYS_INLINE V<float> rough_reciprocal(V<float> x) {
#if defined(__AVX512F__)
  typedef float Floats __attribute__((vector_size(64)));
  return (V<float>)__builtin_ia32_rcp14ps512_mask((Floats)x, Floats{}, static_cast<uint16_t>(-1));
#else
  return 1 / x;
#endif
}

/** a / b; for floats that are neither zero, infinite nor near there within one unit in the last place, and faster than a division. */
ALWAYS_INLINE V<double> quotient(V<double> a, V<double> b) { return a / b; }
ALWAYS_INLINE V<float> quotient(V<float> a, V<float> b) {
#if defined(__AVX512F__)
  const V<float> r = rough_reciprocal(b), q = a * r;
  return (a - b * q) * r + q;
#else
  return a / b;
#endif
}

/** The nearest integer, halves to even; the sign of zero stays. */
template <class X> ALWAYS_INLINE X round_even(X x) {
  const X big = constant<X>(Float<Lane<X>>::integers), a = abs(x);
  return copysign(where(a < big, (a + big) - big, a), x);
}
template <class X> ALWAYS_INLINE X floor(X x) {
  const X r = round_even(x);
  return where(r > x, r - 1, r);
}
template <class X> ALWAYS_INLINE X ceil(X x) {
  const X r = round_even(x);
  return copysign(where(r < x, r + 1, r), x);
}

/** A rounded value, as a floating-point number and as an integer; for |x| below 2^22 (float), 2^51 (double). */
template <class X> struct Nearest {
  X value;
  Bits<X> integer;
};
template <class X> ALWAYS_INLINE Nearest<X> nearest(X x) {
  const X magic = constant<X>(Float<Lane<X>>::round_magic), t = x + magic;
  return {t - magic, (Bits<X>)(pattern(t) - pattern(magic))};
}

/** 2^n for n within the exponents of normal numbers. */
template <class X> ALWAYS_INLINE X power_of_two(Bits<X> n) {
  using F = Float<Lane<X>>;
  return (X)(((Pattern<X>)n + F::bias) << F::mantissa);
}

/** c0 + c1·x + c2·x² + …, by Horner's rule. */
template <class X> ALWAYS_INLINE X poly(X, double c0) { return constant<X>(c0); }
template <class X, class... C> ALWAYS_INLINE X poly(X x, double c0, C... rest) {
  return fma(poly(x, rest...), x, constant<X>(c0));
}

/** A sum that is more precise than one number; D is double or a vector of them. */
template <class D> struct Doubled {
  D hi, lo;
};
using Double2 = Doubled<V<double>>;

/** a + b exactly. */
template <class D> ALWAYS_INLINE Doubled<D> two_sum(D a, D b) {
  const D s = a + b, t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}

/** x itself; the compiler may not fuse the product that made it into a following sum. */
template <class X> ALWAYS_INLINE X rounded(X x) {
#if defined(__x86_64__)
  __asm__("" : "+v"(x));
#elif defined(__aarch64__)
  __asm__("" : "+w"(x));
#endif
  return x;
}

/** The upper 26 bits of each number, rounded; the rest has 26 bits too. */
ALWAYS_INLINE V<double> upper_half(V<double> x) {
  return (V<double>)((pattern(x) + (uint64_t{1} << 26)) & ~(Pattern<V<double>>{} + ((uint64_t{1} << 27) - 1)));
}

/** a · b exactly: by a fused multiply-add, or by products of halves (Dekker). */
ALWAYS_INLINE Double2 two_prod(V<double> a, V<double> b) {
  const V<double> p = rounded(a * b);
#if (defined(__FMA__) || defined(__aarch64__)) && defined(__clang__)
  return {p, __builtin_elementwise_fma(a, b, -p)};
#else
  const V<double> ah = upper_half(a), al = a - ah, bh = upper_half(b), bl = b - bh;
  return {p, (((ah * bh - p) + ah * bl) + al * bh) + al * bl};
#endif
}

ALWAYS_INLINE Double2 operator*(Double2 a, Double2 b) {
  const Double2 p = two_prod(a.hi, b.hi);
  const V<double> lo = p.lo + (a.hi * b.lo + a.lo * b.hi), hi = p.hi + lo;
  return {hi, (p.hi - hi) + lo};
}

/** A vector of floats as two vectors of doubles, and back. */
struct Widened {
  V<double> first, second;
};
typedef float HalfOfFloats __attribute__((vector_size(NABLA_VECTOR_BYTES / 2)));
ALWAYS_INLINE Widened widen(V<float> x) {
  HalfOfFloats half[2];
  __builtin_memcpy(half, &x, sizeof x);
  return {__builtin_convertvector(half[0], V<double>), __builtin_convertvector(half[1], V<double>)};
}
ALWAYS_INLINE V<float> narrow(Widened w) {
  const HalfOfFloats half[2] = {__builtin_convertvector(w.first, HalfOfFloats), __builtin_convertvector(w.second, HalfOfFloats)};
  V<float> x;
  __builtin_memcpy(&x, half, sizeof x);
  return x;
}

}  // namespace NABLA_ISA
