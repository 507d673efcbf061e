// What recurrent layers share: the walk through a batch of sequences, and products of a few rows with weights that are
// packed once for all steps. The rows of a batch do not meet, so a task takes a tile of rows through all steps.
#pragma once
#include "gemm/gemv.h"
#include "math/exp.h"

namespace NABLA_ISA {

/** f(j, count) for every vector of n elements; the last may have fewer than LANES. */
template <class T, class F> ALWAYS_INLINE void each_vector(idx n, const F& f) {
  for (idx j = 0; j < n; j += LANES<T>) f(j, static_cast<int>(smaller(LANES<T>, n - j)));
}

template <class T> ALWAYS_INLINE void copy_rows(T* to, const T* from, idx count) {
  __builtin_memcpy(to, from, static_cast<size_t>(count) * sizeof(T));
}
/** Copies elements, or sets zeros where there is nothing to copy. */
template <class T> ALWAYS_INLINE void start_state(T* to, const T* from, idx count) {
  if (from) copy_rows(to, from, count);
  else __builtin_memset(to, 0, static_cast<size_t>(count) * sizeof(T));
}

/** Rows [a | b] of rows of a and of b, and a 1 behind where a row of `to` is longer. */
template <class T>
ALWAYS_INLINE void join_rows(T* to, idx width, const T* a, idx width_a, const T* b, idx width_b, idx rows) {
  for (idx i = 0; i < rows; i++, to += width, a += width_a, b += width_b) {
    copy_rows(to, a, width_a);
    copy_rows(to + width_a, b, width_b);
    if (width > width_a + width_b) to[width_a + width_b] = T{1};
  }
}
/** to += from. */
template <class T> ALWAYS_INLINE void add_rows(T* to, const T* from, idx count) {
  each_vector<T>(count, [=](idx j, int n) { store_lanes(to + j, load_lanes(to + j, n) + load_lanes(from + j, n), n); });
}

constexpr idx UNITS_TOGETHER = 64;

/**
 * In how many parts of hidden units, each with all its gates, a step of a single row is computed, so that the products with input and
 * state are one pass and the threads meet once: one part where waking another thread takes longer than reading so many weights.
 * 0 for several rows, and for units that are fewer than products done at once.
 */
ALWAYS_INLINE idx parts_of_row(idx batch, idx hidden, idx weights) {
  if (batch != 1 || hidden < DOTS) return 0;
  return weights < 1 << 16 || hidden < 2 * UNITS_TOGETHER ? 1 : smaller(64, hidden / UNITS_TOGETHER);
}
/** f(units) for all parts of the hidden units. Each has a copy of f: what f holds by value is not fetched from the caller's stack again. */
template <class T, class F> ALWAYS_INLINE void each_part(idx parts, idx hidden, const F& f) {
  constexpr idx L = LANES<T>;
  const EvenSplit split{divide_up(hidden, L), parts};
  parallel_tasks(parts, [&](idx i, int) {
    const F own = f;
    const idx begin = split.begin(i) * L;
    own(Range{begin, smaller(split.size(i) * L, hidden - begin)});
  });
}

// Packed weights of more bytes do not stay in the second-level cache.
constexpr idx FAR_BYTES = 640 << 10;

/** Steps of a batch, sizes[t] rows of it in step t (never more than the step before), or all rows where sizes is null. */
struct Sequence {
  const int32_t* sizes;
  idx steps, batch, rows;

  /** Whether products are many enough to pay for packing their weights. */
  bool packs() const { return batch >= 3 && rows >= 32; }
  /** Rows of the batch for one task: a register tile, two where the weights come from far and are better used twice. */
  EvenSplit tiles(idx bytes_of_weights) const {
    if (!packs()) return {batch, 1};
    const idx tiles = row_tiles(batch);
    if (tiles == 1) return {batch, batch >= 8 ? 2 : 1};
    return {batch, bytes_of_weights > FAR_BYTES ? divide_up(tiles, 2) : tiles};
  }

  /** f(row, active, count) for the steps in which rows of the tile take part: the first row, how many, and the steps so far. */
  template <class F> ALWAYS_INLINE void walk(Range tile, bool ascending, const F& f) const {
    idx begin = ascending ? 0 : rows;
    for (idx count = 0; count < steps; count++) {
      const idx t = ascending ? count : steps - 1 - count, size = sizes ? sizes[t] : batch;
      if (!ascending) begin -= size;
      const idx active = smaller(tile.size, size - tile.begin);
      if (active > 0) f(begin + tile.begin, active, count);
      if (ascending) begin += size;
    }
  }

  /** f(tile, thread) for all tiles of the batch. */
  template <class F> ALWAYS_INLINE void each_tile(idx bytes_of_weights, const F& f) const {
    const EvenSplit split = tiles(bytes_of_weights);
    parallel_tasks(split.parts, [&](idx i, int thread) { f(Range{split.begin(i), split.size(i)}, thread); });
  }
};

/** Weights as the right side of products of a few rows: [n][k] where transposed, else [k][n]. */
template <class T> struct Weights {
  const T* data;
  idx n, k;
  bool transposed;
  T* packed = nullptr;

  Gemm<T> product(const T* a, T* c, const T* bias, idx m, idx lda, idx ldc, int flags) const {
    return {a, data, c, bias, m, n, k, lda, transposed ? k : n, ldc, flags | (transposed ? TRANSPOSE_B : 0)};
  }
  idx bytes() const { return n * k * static_cast<idx>(sizeof(T)); }

  /** Packs all panels into `to`, of (n + TILE_COLUMNS) · depth elements; they begin `at` rows into panels `depth` deep. */
  void pack_into(T* to, idx at, idx depth) const {
    constexpr idx W = TILE_COLUMNS<T>;
    const Gemm<T> p = product(nullptr, nullptr, nullptr, 0, 0, 0, 0);
    ON_ALL_THREADS(n * k * PACKING_WORK, divide_up(n, W), [&](idx i, int) {
      pack_b(p, to + (i * depth + at) * W, Range{i * W, smaller(W, n - i * W)}, Range{0, k});
    });
  }
  /** Packs these weights; gives where the rest of the scratch begins. */
  T* pack(T* to) {
    pack_into(to, 0, k);
    packed = to;
    return to + divide_up(n, TILE_COLUMNS<T>) * TILE_COLUMNS<T> * k;
  }

  /** c = a · weights for one row, of the results of `units` in each of the first `gates` gates; the weights are transposed. */
  void multiply_units(const T* a, T* c, int flags, const T* bias, Range units, idx hidden, idx gates,
                      const RowDots<T>* more = nullptr) const {
    const DotOutput<T> out{c, n, 1, bias, 1, flags | (bias ? ADD_BIAS : 0)};
    for (idx g = 0, first = units.begin; g < gates; g++, first += hidden)
      row_dots(RowDots<T>{a, data, k, k}, first, first + units.size, out, more);
  }

  /** c = a · weights for m rows. */
  void multiply(const T* a, idx lda, T* c, idx ldc, idx m, int flags, const T* bias, int thread) const {
    constexpr idx W = TILE_COLUMNS<T>;
    const Gemm<T> p = product(a, c, bias, m, lda, ldc, flags);
    if (!packed) return multiply_on_all_threads(p);  // there is one tile, so this is no inner task
    const EvenSplit depths{k, divide_up(k, DEPTH_BLOCK<T>)}, tiles{m, divide_up(m, TILE_ROWS)};
    T* const own = own_part<T>(thread);
    for (idx block = 0; block < depths.parts; block++) {
      const Range depth{depths.begin(block), depths.size(block)};
      auto rows_of = [&](idx t) { return Range{tiles.begin(t), tiles.size(t)}; };
      auto packed_rows = [&](idx t) { return own + tiles.begin(t) * depth.size + t * LANES<T>; };
      if (!READS_ROWS)
        for (idx t = 0; t < tiles.parts; t++) pack_a(p, packed_rows(t), rows_of(t), depth);
      for (idx column = 0; column < n; column += W) {
        const Operand<T> b{packed + column * k + depth.begin * W, W};
        for (idx t = 0; t < tiles.parts; t++) {
          const Range rows = rows_of(t), columns{column, smaller(W, n - column)};
          const Operand<T> a = READS_ROWS ? in_place_a(p, rows, depth) : Operand<T>{packed_rows(t), rows.size};
          run_tile(p, rows, columns, depth, a, b);
        }
      }
    }
  }
};

/** Weights of the input and of the state side by side: the products of rows [x | h]. */
template <class T> struct JointWeights {
  Weights<T> input, state, joint;

  JointWeights(const T* ih, const T* hh, idx n, idx inputs, idx width)
      : input{ih, n, inputs, true}, state{hh, n, width, true}, joint{nullptr, n, inputs + width, true} {}

  /** Whether each step takes its own product with the input: those weights are small enough to come along every time. */
  bool in_steps(const Sequence& s) const { return s.packs() && input.bytes() <= FAR_BYTES; }

  T* pack(T* to, bool in_steps) {
    if (!in_steps) return state.pack(to);
    input.pack_into(to, 0, joint.k);
    state.pack_into(to, input.k, joint.k);
    joint.packed = to;
    return to + divide_up(joint.n, TILE_COLUMNS<T>) * TILE_COLUMNS<T> * joint.k;
  }
};

/** The products of all steps with the input: to[rows, n] = x · weightᵀ + bias. */
template <class T> void project_input(const T* x, const T* weight, const T* bias, T* to, idx rows, idx n, idx inputs) {
  const int flags = TRANSPOSE_B | (bias ? ADD_BIAS : 0);
  multiply_on_all_threads(Gemm<T>{x, weight, to, bias, rows, n, inputs, inputs, inputs, n, flags});
}

/** The sum of two biases in `to`, of the elements given; null where there are none. */
template <class T> const T* sum_biases(const T* a, const T* b, T* to, Range range) {
  if (!a) return nullptr;
  for (idx i = range.begin; i < range.begin + range.size; i++) to[i] = a[i] + b[i];
  return to;
}

}  // namespace NABLA_ISA
