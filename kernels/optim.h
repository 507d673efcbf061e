// Optimizer steps over all the parameters of a model in one call.
//
// A table lists the parameters as rows of doubles (addresses are exact below 2^53). Its elements, counted across all
// parameters, are cut into chunks that are independent tasks; a small model runs in line.
#pragma once
#include "parallel.h"

namespace NABLA_ISA {

constexpr idx CHUNK = 32768;

template <class T> static ALWAYS_INLINE T* address(double x) { return reinterpret_cast<T*>(static_cast<uintptr_t>(x)); }

/** The elements of all rows; `length` is the column that counts a row's. */
static ALWAYS_INLINE idx table_elements(const double* table, idx count, int columns, int length) {
  idx total = 0;
  for (idx i = 0; i < count; i++) total += static_cast<idx>(table[i * columns + length]);
  return total;
}

/** f(row, begin, end) for the pieces of rows that lie in the elements [begin, end) of the table. */
template <class F>
static ALWAYS_INLINE void for_each_piece_of(const double* table, idx count, int columns, int length, idx begin, idx end, const F& f) {
  for (const double* row = table; row < table + count * columns && end > 0; row += columns) {
    const idx n = static_cast<idx>(row[length]);  // begin and end are relative to the row's first element
    if (begin < n) f(row, begin > 0 ? begin : idx{0}, end < n ? end : n);
    begin -= n;
    end -= n;
  }
}

/** f(row, begin, end) for pieces that cover every row's elements. */
template <class F>
static ALWAYS_INLINE void for_each_piece(const double* table, idx count, int columns, int length, const F& f) {
  const idx total = table_elements(table, count, columns, length);
  if (total <= CHUNK) {
    for (idx i = 0; i < count; i++) f(table + i * columns, idx{0}, static_cast<idx>(table[i * columns + length]));
    return;
  }
  parallel_tasks((total + CHUNK - 1) / CHUNK, [&](idx task, int) {
    for_each_piece_of(table, count, columns, length, task * CHUNK, (task + 1) * CHUNK, f);
  });
}

static ALWAYS_INLINE float square_root(float x) { return __builtin_sqrtf(x); }
static ALWAYS_INLINE double square_root(double x) { return __builtin_sqrt(x); }

/** m + (1 − β)(g − m) in the form that is exact at the nearer end, as PyTorch's lerp. */
template <class T> struct MovingMean {
  bool from_mean;
  T weight;
  explicit MovingMean(double beta) : from_mean(beta > 0.5), weight(static_cast<T>(beta > 0.5 ? 1 - beta : -beta)) {}
  ALWAYS_INLINE T operator()(T mean, T x) const { return (from_mean ? mean : x) + weight * (x - mean); }
};

}  // namespace NABLA_ISA
