// Vectors of which only the first lanes count: the ends of rows.
#pragma once
#include "vector.h"

namespace NABLA_ISA {

template <int... I> struct LaneList {};
template <int N, int... I> struct LanesUpTo : LanesUpTo<N - 1, N - 1, I...> {};
template <int... I> struct LanesUpTo<0, I...> { using type = LaneList<I...>; };
/** 0, 1, …, LANES − 1, as template arguments. */
template <class T> using AllLanes = typename LanesUpTo<LANES<T>>::type;

template <class T, int... I> ALWAYS_INLINE M<T> lanes_below(idx n, LaneList<I...>) {
  const M<T> lane = {MaskLane<T>(I)...};
  return (M<T>)(lane < M<T>{} + static_cast<MaskLane<T>>(n));
}
/** Which lanes are below n. */
template <class T> ALWAYS_INLINE M<T> lanes_below(idx n) { return lanes_below<T>(n, AllLanes<T>{}); }

/** Copies n < LANES elements, in moves of fixed sizes. */
template <class T> ALWAYS_INLINE void copy_some(T* to_, const T* from_, idx n) {
  char* to = reinterpret_cast<char*>(to_);
  const char* from = reinterpret_cast<const char*>(from_);
  const idx bytes = n * idx(sizeof(T));
  idx done = 0;
  if (NABLA_VECTOR_BYTES > 32 && (bytes & 32)) __builtin_memcpy(to, from, 32), done = 32;
  if (NABLA_VECTOR_BYTES > 16 && (bytes & 16)) __builtin_memcpy(to + done, from + done, 16), done += 16;
  if (bytes & 8) __builtin_memcpy(to + done, from + done, 8), done += 8;
  if (sizeof(T) == 4 && (bytes & 4)) __builtin_memcpy(to + done, from + done, 4);
}

/** The first n < LANES elements at p in the first lanes, and `other` behind them. */
template <class T> SHARED_CODE V<T> load_some_or(const T* p, idx n, V<T> other) {
#if defined(__AVX512F__)
  typedef double Doubles __attribute__((vector_size(64)));
  typedef float Floats __attribute__((vector_size(64)));
  const unsigned mask = (1u << n) - 1;
  if constexpr (sizeof(T) == 8)
    return (V<T>)__builtin_ia32_loadupd512_mask((const double*)p, (Doubles)other, static_cast<uint8_t>(mask));
  else
    return (V<T>)__builtin_ia32_loadups512_mask((const float*)p, (Floats)other, static_cast<uint16_t>(mask));
#elif defined(__AVX2__)
  typedef double Doubles __attribute__((vector_size(32)));
  typedef float Floats __attribute__((vector_size(32)));
  typedef long long Longs __attribute__((vector_size(32)));  // the builtin's type; int64_t may be another
  const M<T> mask = lanes_below<T>(n);
  if constexpr (sizeof(T) == 8) return where(mask, (V<T>)__builtin_ia32_maskloadpd256((const Doubles*)p, (Longs)mask), other);
  else return where(mask, (V<T>)__builtin_ia32_maskloadps256((const Floats*)p, mask), other);
#else
  T lanes[LANES<T>];
  __builtin_memcpy(lanes, &other, sizeof other);
  copy_some(lanes, p, n);
  return load(lanes);
#endif
}
/** The same with zeros behind. */
template <class T> ALWAYS_INLINE V<T> load_some(const T* p, idx n) { return load_some_or(p, n, V<T>{}); }

/** Writes the first n < LANES lanes. */
template <class T> SHARED_CODE void store_some(T* p, V<T> v, idx n) {
  T lanes[LANES<T>];
  __builtin_memcpy(lanes, &v, sizeof v);
  copy_some(p, lanes, n);
}

}  // namespace NABLA_ISA
