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

#if defined(__AVX512F__)
/** The elements at p whose bits are set in the mask, and `other` in the other lanes; only those are read. */
template <class T> ALWAYS_INLINE V<T> load_masked(const T* p, V<T> other, unsigned mask) {
  typedef double Doubles __attribute__((vector_size(64)));
  typedef float Floats __attribute__((vector_size(64)));
  if constexpr (sizeof(T) == 8)
    return (V<T>)__builtin_ia32_loadupd512_mask((const double*)p, (Doubles)other, static_cast<uint8_t>(mask));
  else
    return (V<T>)__builtin_ia32_loadups512_mask((const float*)p, (Floats)other, static_cast<uint16_t>(mask));
}
#elif defined(__AVX2__)
/** The elements at p whose bits are set in the mask, and zeros in the other lanes; only those are read. */
template <class T> ALWAYS_INLINE V<T> load_masked(const T* p, M<T> mask) {
  typedef double Doubles __attribute__((vector_size(32)));
  typedef float Floats __attribute__((vector_size(32)));
  typedef long long Longs __attribute__((vector_size(32)));  // the builtin's type; int64_t may be another
  if constexpr (sizeof(T) == 8) return (V<T>)__builtin_ia32_maskloadpd256((const Doubles*)p, (Longs)mask);
  else return (V<T>)__builtin_ia32_maskloadps256((const Floats*)p, mask);
}
#endif

/** The first n < LANES elements at p in the first lanes, and `other` behind them. */
template <class T> SHARED_CODE V<T> load_some_or(const T* p, idx n, V<T> other) {
  static_assert(sizeof(T) >= 4);
#if defined(__AVX512F__)
  return load_masked(p, other, (1u << n) - 1);
#elif defined(__AVX2__)
  const M<T> mask = lanes_below<T>(n);
  return where(mask, load_masked(p, mask), other);
#else
  // In registers: a vector that was just written in pieces is read late.
  if (n > 0) other[0] = p[0];
  if (LANES<T> > 2 && n > 1) other[1] = p[1];
  if (LANES<T> > 2 && n > 2) other[2] = p[2];
  return other;
#endif
}
/** The same with zeros behind. */
template <class T> ALWAYS_INLINE V<T> load_some(const T* p, idx n) { return load_some_or(p, n, V<T>{}); }

/** Elements [begin, end) at p in their lanes, and zeros in the others: nothing else is read. */
template <class T> SHARED_CODE V<T> load_between(const T* p, idx begin, idx end) {
  if (begin <= 0 && end >= LANES<T>) return load(p);
#if defined(__AVX512F__)
  const auto below = [](idx n) { return n <= 0 ? 0u : n >= LANES<T> ? (1u << LANES<T>) - 1 : (1u << n) - 1; };
  return load_masked(p, V<T>{}, below(end) & ~below(begin));
#elif defined(__AVX2__)
  return load_masked(p, lanes_below<T>(end) & ~lanes_below<T>(begin));
#else
  V<T> lanes{};
  if (begin <= 0 && end > 0) lanes[0] = p[0];
  if (begin <= 1 && end > 1) lanes[1] = p[1];
  if (LANES<T> > 2 && begin <= 2 && end > 2) lanes[2] = p[2];
  if (LANES<T> > 2 && begin <= 3 && end > 3) lanes[3] = p[3];
  return lanes;
#endif
}

/** Writes the first n < LANES lanes. */
template <class T> SHARED_CODE void store_some(T* p, V<T> v, idx n) {
#if defined(__AVX512F__)
  typedef double Doubles __attribute__((vector_size(64)));
  typedef float Floats __attribute__((vector_size(64)));
  const unsigned mask = (1u << n) - 1;
  if constexpr (sizeof(T) == 8) __builtin_ia32_storeupd512_mask((double*)p, (Doubles)v, static_cast<uint8_t>(mask));
  else __builtin_ia32_storeups512_mask((float*)p, (Floats)v, static_cast<uint16_t>(mask));
#else
  T lanes[LANES<T>];
  __builtin_memcpy(lanes, &v, sizeof v);
  copy_some(p, lanes, n);
#endif
}

/** The first n lanes, of which there may be as many as a vector has. */
template <class T> ALWAYS_INLINE V<T> load_lanes(const T* p, idx n) { return n >= LANES<T> ? load(p) : load_some(p, n); }
template <class T> ALWAYS_INLINE void store_lanes(T* p, V<T> v, idx n) {
  if (n >= LANES<T>) store(p, v);
  else store_some(p, v, n);
}

}  // namespace NABLA_ISA
