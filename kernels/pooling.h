// The largest of windows of 2 × 2, for whole planes and for the results of a convolution while they are in the cache.
#pragma once
#include "conv/patch.h"

namespace NABLA_ISA {

/** The largest element so far and where it is: the first of equals; a NaN counts as largest, and the last one stays. */
template <class T> struct Largest {
  T value;
  idx place;
  ALWAYS_INLINE void offer(T x, idx at) {
    const bool taken = (x > value) | (x != x);
    value = taken ? x : value;
    place = taken ? at : place;
  }
};

template <class T, int... I> ALWAYS_INLINE V<T> take_odd(V<T> x, V<T> y, LaneList<I...>) {
  return __builtin_shufflevector(x, y, (2 * I + 1)...);
}
/** The first n elements at p, zeros behind them; n may be more than a vector has, or below 1. */
ALWAYS_INLINE V<float> load_part(const float* p, idx n) { return n >= LANES<float> ? load(p) : n > 0 ? load_some(p, n) : V<float>{}; }
template <class T> ALWAYS_INLINE void store_part(T* p, V<T> v, idx n) {
  if (n >= LANES<T>) store(p, v);
  else if (n > 0) store_some(p, v, n);
}
/** 0, 2, 4, … */
ALWAYS_INLINE M<float> even_places() {
  M<float> first;
  for (int k = 0; k < LANES<float>; k++) first[k] = 2 * k;
  return first;
}

/** x, or the floor where x lies below it; a NaN stays. */
template <class X, class T> ALWAYS_INLINE X raised(X x, T floor) { return x < floor ? X{} + floor : x; }

/** `count` windows of 2 × 2 in a row, of which the first is at place `at`; gives how many it did. `places` may be null, here and below. */
ALWAYS_INLINE idx largest_in_vectors(const float* above, const float* below, float floor, idx at, idx width, idx count, float* y,
                                     int32_t* places) {
  using Lanes = MakeLaneList<LANES<float>>::type;
  constexpr int L = LANES<float>;
  const M<float> first = even_places();
  for (idx j = 0; j < count; j += L) {
    const idx read = 2 * (count - j);
    auto part = [&](const float* p, idx n) __attribute__((always_inline)) { return raised(load_part(p, n), floor); };
    const V<float> a = part(above + 2 * j, read), b = part(above + 2 * j + L, read - L);
    const V<float> c = part(below + 2 * j, read), d = part(below + 2 * j + L, read - L);
    V<float> best = take_even<float>(a, b, Lanes{});
    M<float> place = first + static_cast<int32_t>(at + 2 * j);
    auto offer = [&](V<float> x, M<float> where) __attribute__((always_inline)) {
      const M<float> taken = (x > best) | (x != x);
      best = taken ? x : best;
      place = taken ? where : place;
    };
    const M<float> left = place, under = left + static_cast<int32_t>(width);
    offer(take_odd<float>(a, b, Lanes{}), left + 1);
    offer(take_even<float>(c, d, Lanes{}), under);
    offer(take_odd<float>(c, d, Lanes{}), under + 1);
    store_part(y + j, best, count - j);
    if (places) store_part(places + j, (V<int32_t>)place, count - j);
  }
  return count;
}
ALWAYS_INLINE idx largest_in_vectors(const double*, const double*, double, idx, idx, idx, double*, int32_t*) { return 0; }


/** `count` windows of 2 × 2 in two rows of a plane that is `width` wide, the first of them at place `at`. */
template <class T>
static void largest_of_two_rows(const T* above, const T* below, T floor, idx at, idx width, idx count, T* y, int32_t* places) {
  for (idx j = largest_in_vectors(above, below, floor, at, width, count, y, places); j < count; j++) {
    const idx left = at + 2 * j, under = left + width;
    Largest<T> best{raised(above[2 * j], floor), left};
    best.offer(raised(above[2 * j + 1], floor), left + 1);
    best.offer(raised(below[2 * j], floor), under), best.offer(raised(below[2 * j + 1], floor), under + 1);
    y[j] = best.value;
    if (places) places[j] = static_cast<int32_t>(best.place);
  }
}

}  // namespace NABLA_ISA
