// Vectors of one register's width, by the vector extensions of GCC and Clang: the same source for AVX-512, AVX2, NEON
// and WASM. V<T> is the vector of T, M<T> the integer vector a comparison of it gives.
#pragma once
#include "kernel.h"

#if defined(__AVX512F__)
#define NABLA_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define NABLA_VECTOR_BYTES 32
#else
#define NABLA_VECTOR_BYTES 16
#endif

namespace NABLA_ISA {

template <class T> struct VectorOf;
template <> struct VectorOf<float> {
  typedef float type __attribute__((vector_size(NABLA_VECTOR_BYTES)));
  typedef float unaligned __attribute__((vector_size(NABLA_VECTOR_BYTES), aligned(4), may_alias));
  typedef int32_t mask __attribute__((vector_size(NABLA_VECTOR_BYTES)));
};
template <> struct VectorOf<double> {
  typedef double type __attribute__((vector_size(NABLA_VECTOR_BYTES)));
  typedef double unaligned __attribute__((vector_size(NABLA_VECTOR_BYTES), aligned(8), may_alias));
  typedef int64_t mask __attribute__((vector_size(NABLA_VECTOR_BYTES)));
};
template <> struct VectorOf<int32_t> {
  typedef int32_t type __attribute__((vector_size(NABLA_VECTOR_BYTES)));
  typedef int32_t unaligned __attribute__((vector_size(NABLA_VECTOR_BYTES), aligned(4), may_alias));
  typedef int32_t mask __attribute__((vector_size(NABLA_VECTOR_BYTES)));
};
template <class T> using V = typename VectorOf<T>::type;
template <class T> using M = typename VectorOf<T>::mask;
template <class T> constexpr int LANES = NABLA_VECTOR_BYTES / sizeof(T);

template <class T> ALWAYS_INLINE V<T> load(const T* p) { return *reinterpret_cast<const typename VectorOf<T>::unaligned*>(p); }
template <class T> ALWAYS_INLINE void store(T* p, V<T> v) { *reinterpret_cast<typename VectorOf<T>::unaligned*>(p) = v; }

template <class T> ALWAYS_INLINE V<T> splat(T x) {
  if constexpr (LANES<T> == 16) return V<T>{x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
  else if constexpr (LANES<T> == 8) return V<T>{x, x, x, x, x, x, x, x};
  else if constexpr (LANES<T> == 4) return V<T>{x, x, x, x};
  else return V<T>{x, x};
}

/** a * b + c: one rounding where the machine has it (not on plain WASM SIMD). */
ALWAYS_INLINE V<float> fma(V<float> a, V<float> b, V<float> c) {
#if defined(__wasm_relaxed_simd__)
  return (V<float>)__builtin_wasm_relaxed_madd_f32x4(a, b, c);
#else
  return a * b + c;  // contracted: -ffp-contract=fast
#endif
}
ALWAYS_INLINE V<double> fma(V<double> a, V<double> b, V<double> c) {
#if defined(__wasm_relaxed_simd__)
  return (V<double>)__builtin_wasm_relaxed_madd_f64x2(a, b, c);
#else
  return a * b + c;
#endif
}
ALWAYS_INLINE float fma(float a, float b, float c) { return a * b + c; }
ALWAYS_INLINE double fma(double a, double b, double c) { return a * b + c; }

/** Sum of all lanes, in a fixed order: halves are added until one lane is left. */
template <class T> ALWAYS_INLINE T sum_lanes(V<T> v) {
  T lanes[LANES<T>];
  __builtin_memcpy(lanes, &v, sizeof v);
  for (int half = LANES<T> / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
  return lanes[0];
}

}  // namespace NABLA_ISA
