// What a matrix product is given, and the sizes of its blocks.
#pragma once
#include "../simd.h"

namespace NABLA_ISA {

enum GemmFlags : int {
  TRANSPOSE_A = 1,  // A is stored [k][m]
  TRANSPOSE_B = 2,  // B is stored [n][k]
  ACCUMULATE = 4,   // C += instead of C =
  ADD_BIAS = 8,     // bias[n] is added to every row
  RELU = 16,        // negative results become zero (NaN stays NaN)
};
constexpr int EPILOGUE = ADD_BIAS | RELU;

/** C[m,n] = op(A)[m,k] · op(B)[k,n], row major; leading dimensions in elements. */
template <class T> struct Gemm {
  const T* a;
  const T* b;
  T* c;
  const T* bias;
  idx m, n, k;
  idx lda, ldb, ldc;
  int flags;

  bool transposed_a() const { return flags & TRANSPOSE_A; }
  bool transposed_b() const { return flags & TRANSPOSE_B; }
  const T* a_at(idx row, idx depth) const { return a + (transposed_a() ? depth * lda + row : row * lda + depth); }
  const T* b_at(idx depth, idx column) const { return b + (transposed_b() ? column * ldb + depth : depth * ldb + column); }
  const T* bias_at(idx column) const { return flags & ADD_BIAS ? bias + column : nullptr; }
};

// The register tile: TILE_ROWS × TILE_VECTORS accumulators, leaving room for a row of B and one broadcast element of A.
#if defined(__AVX512F__)
constexpr int TILE_ROWS = 14;
#elif defined(__AVX2__)
constexpr int TILE_ROWS = 6;
#elif defined(__aarch64__)
constexpr int TILE_ROWS = 8;
#else
constexpr int TILE_ROWS = 4;  // baseline x86 has 16 registers; V8 spills a 6 × 8 tile
#endif
constexpr int TILE_VECTORS = 2;
// Whether a tile reads rows of A as they are stored: the large tiles of AVX-512 are as fast so, and nothing is packed. With
// AVX2 it takes 4 % longer, and in WASM it would double the code of the tiles, which pages load.
#if defined(__AVX512F__)
constexpr bool READS_ROWS = true;
#else
constexpr bool READS_ROWS = false;
#endif
template <class T> constexpr int TILE_COLUMNS = TILE_VECTORS * LANES<T>;

// Depth of one pass of the register tile: a panel of B that deep nearly fills the first-level cache.
template <class T> constexpr idx DEPTH_BLOCK = 1600 / sizeof(T);
// A shallower pass, of which a tile of A stays in the first-level cache while the panels of B come from the second.
template <class T> constexpr idx SHALLOW_BLOCK = 1024 / sizeof(T);
// From so many rows on, fewer where one such pass is all, tasks of rows are faster than tasks of columns.
constexpr idx MANY_ROWS = 768, MANY_SHALLOW_ROWS = 192;
// A B of so few elements stays in the cache, and so few rows use it too little to pay for a packed copy.
template <class T> constexpr idx SMALL_B = (64 << 10) / sizeof(T);
constexpr idx FEW_ROWS = 128;
// Rows of up to this many elements follow each other so closely that a packed copy would read no better.
template <class T> constexpr idx DENSE_ROW = 256 / sizeof(T);
// What is packed of A or B stays in the second-level cache.
constexpr idx SHARED_BYTES = 1 << 20;
constexpr idx ROW_BLOCK = 256, COLUMN_BLOCK = 1024;

// Below this many multiply-adds waking other threads costs more than it saves; packing one element costs as much as
// PACKING_WORK of them. Up to TINY_WORK even the choice of a method costs more than the work.
constexpr idx PARALLEL_WORK = 1 << 17, PACKING_WORK = 8, TINY_WORK = 256;
constexpr idx ENOUGH_TASKS = 8;  // to keep eight threads busy
// Up to so many tiles of a transposed A are packed side by side, so many steps of the depth at a time, if there are enough
// tiles for so many groups.
constexpr idx MOST_TOGETHER = 4, PACKED_TOGETHER = 16, ENOUGH_GROUPS = 16;
constexpr idx ROW_TASKS = 128, BATCH_TASKS = 64;
constexpr idx BATCH_ITEM_WORK = 1 << 22;

ALWAYS_INLINE idx smaller(idx a, idx b) { return a < b ? a : b; }
ALWAYS_INLINE idx divide_up(idx a, idx b) { return (a + b - 1) / b; }

/** n cut into `parts` pieces whose sizes differ by at most one. */
struct EvenSplit {
  idx n, parts;
  idx begin(idx i) const { return n / parts * i + smaller(i, n % parts); }
  idx size(idx i) const { return n / parts + (i < n % parts); }
};

/** A range of rows, of columns or of the depth. */
struct Range {
  idx begin, size;
};

/** An even number of parts where there are several, so that two threads have the same work. */
ALWAYS_INLINE idx even_parts(idx parts) { return parts > 1 ? parts + parts % 2 : parts; }
ALWAYS_INLINE idx row_tiles(idx m) { return even_parts(divide_up(m, TILE_ROWS)); }

template <class T> ALWAYS_INLINE bool many_rows(const Gemm<T>& p) {
  return divide_up(p.n, TILE_COLUMNS<T>) >= ENOUGH_TASKS &&
         (p.m >= MANY_ROWS || (p.m >= MANY_SHALLOW_ROWS && p.k <= SHALLOW_BLOCK<T>));
}

/** A product by the way that suits its shape, for other kernels: in gemm.cpp. */
void multiply_on_all_threads(const Gemm<float>& p);
void multiply_on_all_threads(const Gemm<double>& p);

}  // namespace NABLA_ISA
