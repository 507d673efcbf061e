// Moving values: conversion between dtypes, fill, arange, strided copies, choice by a condition, accumulation.
#include "elementwise.h"
#include "math/transpose.h"

namespace NABLA_ISA {

// dtypes as types: bool and uint8 are both one byte.
struct Bool {
  uint8_t byte;
};

/** Truncation towards zero into [low, high]; NaN gives 0. */
template <class I, class A> ALWAYS_INLINE I saturate(A x, A low, A high) {
  const A inside = x < high ? (x > low ? x : low) : high;
  return static_cast<I>(x == x ? inside : A(0));
}

template <class B> struct To {
  template <class A> static ALWAYS_INLINE B from(A x) { return static_cast<B>(x); }
};
template <> struct To<int32_t> {
  static ALWAYS_INLINE int32_t from(uint8_t x) { return x; }
  static ALWAYS_INLINE int32_t from(double x) { return saturate<int32_t>(x, -2147483648.0, 2147483647.0); }
  static ALWAYS_INLINE int32_t from(float x) {
    const int32_t value = saturate<int32_t>(x, -2147483648.0f, 2147483520.0f);  // the largest float below 2^31
    return x >= 2147483648.0f ? INT32_MAX : value;
  }
};
template <> struct To<uint8_t> {
  static ALWAYS_INLINE uint8_t from(uint8_t x) { return x; }
  static ALWAYS_INLINE uint8_t from(int32_t x) { return static_cast<uint8_t>(x); }
  static ALWAYS_INLINE uint8_t from(float x) { return static_cast<uint8_t>(saturate<int32_t>(x, 0.0f, 255.0f)); }
  static ALWAYS_INLINE uint8_t from(double x) { return static_cast<uint8_t>(saturate<int32_t>(x, 0.0, 255.0)); }
};
template <> struct To<Bool> {
  template <class A> static ALWAYS_INLINE uint8_t from(A x) { return x != 0; }
};

// Loops over plain pointers: one that reads them out of a task's closure is no vector loop, as what it writes might be the closure.
template <class B, class A, class Store> static SHARED_CODE void cast_span(const A* x, Store* y, idx n) {
  for (idx i = 0; i < n; i++) y[i] = To<B>::from(x[i]);
}
template <class T> static SHARED_CODE void fill_span(T* y, T value, idx n) {
  for (idx i = 0; i < n; i++) y[i] = value;
}

#define CAST(A, a, B, b, Store)                                                                                       \
  KERNEL(cast_##a##_##b, const A* x, Store* y, idx n) {                                                               \
    parallel_for(n, GRAIN, [=](idx begin, idx end) { cast_span<B>(x + begin, y + begin, end - begin); });             \
  }
CAST(float, f32, double, f64, double)
CAST(float, f32, int32_t, i32, int32_t)
CAST(float, f32, uint8_t, u8, uint8_t)
CAST(float, f32, Bool, bool, uint8_t)
CAST(double, f64, float, f32, float)
CAST(double, f64, int32_t, i32, int32_t)
CAST(double, f64, uint8_t, u8, uint8_t)
CAST(double, f64, Bool, bool, uint8_t)
CAST(int32_t, i32, float, f32, float)
CAST(int32_t, i32, double, f64, double)
CAST(int32_t, i32, uint8_t, u8, uint8_t)
CAST(int32_t, i32, Bool, bool, uint8_t)
CAST(uint8_t, u8, float, f32, float)
CAST(uint8_t, u8, double, f64, double)
CAST(uint8_t, u8, int32_t, i32, int32_t)
CAST(uint8_t, u8, Bool, bool, uint8_t)
CAST(uint8_t, bool, float, f32, float)
CAST(uint8_t, bool, double, f64, double)
CAST(uint8_t, bool, int32_t, i32, int32_t)
CAST(uint8_t, bool, uint8_t, u8, uint8_t)

#define FILL(T, suffix, D)                                                                                \
  KERNEL(fill_##suffix, T* y, double value, idx n) {                                                      \
    const T v = To<D>::from(value);                                                                       \
    parallel_for(n, GRAIN, [=](idx begin, idx end) { fill_span(y + begin, v, end - begin); });            \
  }
FILL(float, f32, float)
FILL(double, f64, double)
FILL(int32_t, i32, int32_t)
FILL(uint8_t, u8, uint8_t)
FILL(uint8_t, bool, Bool)

/** y[i] = start + i · step, computed in double precision. */
template <class T> static SHARED_CODE void arange_span(T* y, double start, double step, idx begin, idx end) {
  for (idx i = begin; i < end; i++) y[i] = To<T>::from(start + static_cast<double>(i) * step);
}
#define ARANGE(T, suffix)                                                                                    \
  KERNEL(arange_##suffix, T* y, double start, double step, idx n) {                                          \
    parallel_for(n, GRAIN, [=](idx begin, idx end) { arange_span(y, start, step, begin, end); });            \
  }
ARANGE(float, f32)
ARANGE(double, f64)
ARANGE(int32_t, i32)

/** y += alpha · x: how gradients accumulate. */
#define AXPY(T, suffix)                                                                                             \
  KERNEL(axpy_##suffix, const T* x, T* y, double alpha, idx n) {                                                    \
    const V<T> factor = splat<T>(static_cast<T>(alpha));                                                            \
    parallel_for(n, GRAIN, [=](idx begin, idx end) {                                                                \
      map<4>(y + begin, end - begin, [=](V<T> x, V<T> y) { return fma(factor, x, y); }, Elements<T>{x + begin},     \
             Elements<T>{y + begin});                                                                               \
    });                                                                                                             \
  }
AXPY(float, f32)
AXPY(double, f64)

template <class T> static void copy_rows(const T* x, T* y, const double* layout, idx begin, idx end) {
  Walk<2> walk(layout, begin);
  for (idx i = begin; i < end;) {
    const idx row = walk.inner - walk.place < end - i ? walk.inner - walk.place : end - i;
    const T* from = x + walk.at[0];
    T* to = y + walk.at[1];
    const idx sx = walk.step[0], sy = walk.step[1];
    if (sx == 1 && sy == 1) {
      if (row >= 32) __builtin_memcpy(to, from, row * sizeof(T));
      else for (idx k = 0; k < row; k++) to[k] = from[k];
    } else if (sx == 0 && sy == 1) {
      const T value = *from;
      for (idx k = 0; k < row; k++) to[k] = value;
    } else {
      for (idx k = 0; k < row; k++) to[k * sy] = from[k * sx];
    }
    walk.advance(row);
    i += row;
  }
}

struct CopyDim {
  idx size, sx, sy;
};

/** Copies planes where x runs along one dimension and y along another; `across` and `along` name those two. */
template <class T> static void copy_transposed(const T* x, T* y, const CopyDim* dims, int ndim, int across, int along) {
  constexpr idx TILE = 64;
  const CopyDim a = dims[across], b = dims[along];  // x is contiguous across, y along
  const idx tiles_a = (a.size + TILE - 1) / TILE, tiles_b = (b.size + TILE - 1) / TILE, plane = tiles_a * tiles_b;
  idx planes = 1;
  for (int d = 0; d < ndim; d++)
    if (d != across && d != along) planes *= dims[d].size;
  const idx tile_elements = (a.size < TILE ? a.size : TILE) * (b.size < TILE ? b.size : TILE);
  const idx group = tile_elements < GRAIN ? GRAIN / tile_elements : 1, tiles = planes * plane;
  parallel_tasks((tiles + group - 1) / group, [=](idx task, int) {
    const idx end = (task + 1) * group < tiles ? (task + 1) * group : tiles;
    for (idx tile = task * group; tile < end; tile++) {
      idx p = tile / plane, from = 0, to = 0;
      for (int d = ndim - 1; d >= 0; d--) {
        if (d == across || d == along) continue;
        const idx i = p % dims[d].size;
        p /= dims[d].size;
        from += i * dims[d].sx;
        to += i * dims[d].sy;
      }
      const idx i = tile % plane / tiles_b * TILE, j = tile % tiles_b * TILE;
      const idx m = a.size - i < TILE ? a.size - i : TILE, n = b.size - j < TILE ? b.size - j : TILE;
      transpose(x + from + i + j * b.sx, b.sx, y + to + i * a.sy + j, a.sy, m, n);
    }
  });
}

/** Layout [ndim, size0, sx0, sy0, size1, …], strides in elements. */
template <class T> static void copy_strided(const T* x, T* y, const double* layout) {
  const int ndim = static_cast<int>(layout[0]);
  CopyDim dims[MAX_DIMS];
  idx n = 1;
  int across = -1, along = -1;
  for (int d = 0; d < ndim; d++) {
    const double* entry = layout + 1 + 3 * d;
    dims[d] = {static_cast<idx>(entry[0]), static_cast<idx>(entry[1]), static_cast<idx>(entry[2])};
    n *= dims[d].size;
    if (dims[d].size < 4) continue;
    if (dims[d].sx == 1 && dims[d].sy != 1) across = d;
    if (dims[d].sy == 1 && dims[d].sx != 1 && dims[d].sx != 0) along = d;
  }
  if (n == 0) return;
  if (across >= 0 && along >= 0) return copy_transposed(x, y, dims, ndim, across, along);
  parallel_for(n, GRAIN, [=](idx begin, idx end) { copy_rows(x, y, layout, begin, end); });
}
KERNEL(copy_1, const uint8_t* x, uint8_t* y, const double* layout) { copy_strided(x, y, layout); }
KERNEL(copy_4, const uint32_t* x, uint32_t* y, const double* layout) { copy_strided(x, y, layout); }
KERNEL(copy_8, const uint64_t* x, uint64_t* y, const double* layout) { copy_strided(x, y, layout); }

template <class T>
static void where_span(const uint8_t* c, idx sc, const T* a, idx sa, const T* b, idx sb, T* y, idx n) {
  // Both values are read before the choice, so that the loops become vectors.
  auto choose = [=](idx i, idx ia, idx ib) {
    const T p = a[ia], q = b[ib];
    y[i] = c[i] ? p : q;
  };
  if (sc == 1 && sa == 1 && sb == 1) for (idx i = 0; i < n; i++) choose(i, i, i);
  else if (sc == 1 && sa == 1 && sb == 0) for (idx i = 0; i < n; i++) choose(i, i, 0);
  else if (sc == 1 && sa == 0 && sb == 1) for (idx i = 0; i < n; i++) choose(i, 0, i);
  else for (idx i = 0; i < n; i++) y[i] = c[i * sc] ? a[i * sa] : b[i * sb];
}

template <class T>
static void where_kernel(const uint8_t* c, const T* a, const T* b, T* y, idx n, int sc, int sa, int sb, const double* layout) {
  parallel_for(n, GRAIN, [=](idx begin, idx end) {
    if (!layout) return where_span(c + begin * sc, sc, a + begin * sa, sa, b + begin * sb, sb, y + begin, end - begin);
    Walk<3> walk(layout, begin);
    for (idx i = begin; i < end;) {
      const idx row = walk.inner - walk.place < end - i ? walk.inner - walk.place : end - i;
      where_span(c + walk.at[0], walk.step[0], a + walk.at[1], walk.step[1], b + walk.at[2], walk.step[2], y + i, row);
      walk.advance(row);
      i += row;
    }
  });
}
#define WHERE(T, suffix)                                                                                                \
  KERNEL(where_##suffix, const uint8_t* c, const T* a, const T* b, T* y, idx n, int sc, int sa, int sb,                 \
         const double* layout) {                                                                                        \
    where_kernel(c, a, b, y, n, sc, sa, sb, layout);                                                                    \
  }
WHERE(float, f32)
WHERE(double, f64)
WHERE(int32_t, i32)
WHERE(uint8_t, u8)
WHERE(uint8_t, bool)

}  // namespace NABLA_ISA
