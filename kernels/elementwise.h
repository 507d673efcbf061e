// Loops over elements: whole vectors, then one partial vector by the same arithmetic, so that the value of an element does
// not depend on where it stands. Strided operands are walked row by row, or gathered into blocks when rows are short.
#pragma once
#include "math/partial.h"
#include "parallel.h"

namespace NABLA_ISA {

constexpr idx GRAIN = 16384;      // elements a task for arithmetic bound by memory
constexpr idx HEAVY_GRAIN = 4096; // elements a task for exp, pow and their like

/** An operand read element after element. */
template <class T> struct Elements {
  const T* p;
  ALWAYS_INLINE V<T> whole(idx i) const { return load(p + i); }
  ALWAYS_INLINE V<T> some(idx i, idx n) const { return n == 1 ? splat<T>(p[i]) : load_some(p + i, n); }
};
/** An operand that is one number for all. */
template <class T> struct Repeated {
  V<T> value;
  ALWAYS_INLINE V<T> whole(idx) const { return value; }
  ALWAYS_INLINE V<T> some(idx, idx) const { return value; }
};

/** Whether loops over T are unrolled: in the WASM those of floats only, for the sake of its size. */
#ifdef __wasm__
template <class T> constexpr bool UNROLLED = sizeof(T) == 4 && static_cast<T>(0.5) != 0;
#else
template <class T> constexpr bool UNROLLED = true;
#endif

/** Asks for the memory of results before they are there: a long f leaves no room for the misses of its stores. */
template <class T> ALWAYS_INLINE void ask_ahead(T* y) {
#ifndef __wasm__
  constexpr idx AHEAD = 12;  // vectors
  __builtin_prefetch(y + AHEAD * LANES<T>, 1);
#endif
}

/** y[i] = f(sources[i]…) for i in [0, n); y may be one of the sources. UNROLL is 4 vectors a turn, or 1 where f is long. */
template <int UNROLL, class T, class F, class... S> ALWAYS_INLINE void map(T* y, idx n, const F& f, const S&... s) {
  constexpr idx L = LANES<T>;
  idx i = 0;
  if constexpr (UNROLL == 4 && UNROLLED<T>) {
    for (; n - i >= 4 * L; i += 4 * L) {
      for (int k = 0; k < 4; k++) ask_ahead(y + i + k * L);
      const V<T> a = f(s.whole(i)...), b = f(s.whole(i + L)...), c = f(s.whole(i + 2 * L)...), d = f(s.whole(i + 3 * L)...);
      store(y + i, a), store(y + i + L, b), store(y + i + 2 * L, c), store(y + i + 3 * L, d);
    }
  }
  // Whole and partial vectors share the loop, so that a long f stands in the code once.
  for (; i < n; i += L) {
    const idx rest = n - i;
    ask_ahead(y + i);
    const V<T> v = f((rest >= L ? s.whole(i) : s.some(i, rest))...);
    if (rest >= L) store(y + i, v);
    else if (rest == 1) y[i] = v[0];
    else store_some(y + i, v, rest);
  }
}

constexpr int MAX_DIMS = 64;

/** A place in N operands that are walked in the row-major order of a layout [ndim, (size, stride…)…]. */
template <int N> struct Walk {
  const double* layout;
  int ndim;
  idx inner;         // size of the last dimension
  idx place;         // where in the last dimension
  idx at[N];         // element offsets of the current place
  idx step[N];       // strides of the last dimension
  idx index[MAX_DIMS];

  ALWAYS_INLINE idx size(int d) const { return static_cast<idx>(layout[1 + d * (N + 1)]); }
  ALWAYS_INLINE idx stride(int d, int k) const { return static_cast<idx>(layout[2 + d * (N + 1) + k]); }

  Walk(const double* layout_, idx begin) : layout(layout_), ndim(static_cast<int>(layout_[0])) {
    for (int k = 0; k < N; k++) at[k] = 0, step[k] = ndim > 0 ? stride(ndim - 1, k) : 0;
    inner = ndim > 0 ? size(ndim - 1) : 1;
    place = 0;
    for (int d = ndim - 1; d >= 0; d--) {
      index[d] = begin % size(d);
      begin /= size(d);
      for (int k = 0; k < N; k++) at[k] += index[d] * stride(d, k);
    }
    if (ndim > 0) place = index[ndim - 1];
  }

  /** Goes `count` elements on, at most to the end of the row. */
  ALWAYS_INLINE void advance(idx count) {
    place += count;
    for (int k = 0; k < N; k++) at[k] += count * step[k];
    if (place < inner) return;
    place = 0;
    for (int k = 0; k < N; k++) at[k] -= inner * step[k];
    for (int d = ndim - 2; d >= 0; d--) {
      for (int k = 0; k < N; k++) at[k] += stride(d, k);
      if (++index[d] < size(d)) return;
      for (int k = 0; k < N; k++) at[k] -= index[d] * stride(d, k);
      index[d] = 0;
    }
  }
};

}  // namespace NABLA_ISA
