// The gradient of the weights of 3 × 3 with fewer products: F(3 × 3, 2 × 2), the transpose of winograd.h in the weights. Tiles of
// inputs and of the gradient of their results are transformed, multiplied as 16 matrix products over the tiles of all images, and
// the sums transformed to the weights. Lanes are channels.
#pragma once
#include "channels.h"
#include "winograd.h"

namespace NABLA_ISA {

constexpr idx UNIT_TILES = 64;      // that are transformed at once: with their sums they stay in the second-level cache
constexpr idx WINOGRAD_PARTS = 8;   // of the work: parts of the batch, each with sums of its own, × parts of the output channels
constexpr idx WINOGRAD_SUMS = 1 << 19;  // values of a part's sums: more would not stay in the second-level cache

/** How the work is cut: units of a few images or of a band of one, in parts of the batch × parts of the output channels. */
struct WinogradWeights {
  ConvShape s;
  EvenSplit images, bands;   // of the batch, of the rows of tiles
  idx in_pairs, out_blocks;  // pairs of vectors of input channels, and vectors of output channels
  EvenSplit chunks;          // of the vectors of output channels
  idx parts;

  static constexpr idx L = LANES<float>;

  explicit WinogradWeights(const ConvShape& s)
      : s(s), images{s.n, 1}, bands{divide_up(s.y.out, 2), 1}, in_pairs(divide_up(s.in, 2 * L)), out_blocks(divide_up(s.out, L)),
        chunks{out_blocks, 1} {
    images.parts = divide_up(s.n, larger(UNIT_TILES / larger(bands.n * columns(), 1), 1));
    bands.parts = divide_up(bands.n, larger(UNIT_TILES / larger(columns(), 1), 1));
    chunks.parts = larger(smaller(divide_up(sums_size(), WINOGRAD_SUMS), out_blocks), 1);
    parts = smaller(units(), divide_up(WINOGRAD_PARTS, chunks.parts));
  }
  /** Whether there are enough channels, which fill their vectors. */
  bool suits() const {
    auto fits = [](const ConvAxis& a) { return a.kernel == 3 && a.stride == 1 && a.dilation == 1 && a.out >= 2; };
    return s.n > 0 && s.groups == 1 && fits(s.y) && fits(s.x) && s.in * s.out >= WINOGRAD_PRODUCTS * (s.in + s.out) &&
           s.in * 4 >= in_pairs * 2 * L * 3 && s.out * 4 >= out_blocks * L * 3;
  }
  idx columns() const { return divide_up(s.x.out, 2); }
  idx units() const { return images.parts * bands.parts; }
  idx unit_tiles() const { return images.size(0) * bands.size(0) * columns(); }
  /** Inputs or results of a unit's images, for one vector of channels. */
  idx input_plane() const { return (2 * bands.size(0) + 2) * (2 * columns() + 2) * L; }
  idx result_plane() const { return 4 * bands.size(0) * columns() * L; }
  /** The transformed tiles of one frequency, at distances that share few cache sets. */
  idx inputs_apart() const { return (2 * unit_tiles() + 1) * L; }
  idx results_apart() const { return (out_blocks * unit_tiles() + 1) * L; }
  idx own_size() const {
    return larger(input_plane(), result_plane()) + FREQUENCIES * (in_pairs * inputs_apart() + results_apart());
  }
  idx sums_size() const { return FREQUENCIES * s.out * in_pairs * 2 * L; }
  /** Values of one part of the batch: the sums, and the bias. */
  idx values() const { return sums_size() + out_blocks * L; }
  idx scratch_bytes(idx threads) const {
    return SCRATCH_LINE + (parts * values() + threads * own_size()) * static_cast<idx>(sizeof(float));
  }
};

/** The 2 × 2 gradients of a tile's results, at `from` with rows `step` apart; frequencies go `apart` from each other. */
ALWAYS_INLINE void transform_gradients(const float* from, idx step, float* to, idx apart) {
  constexpr int L = LANES<float>;
  V<float> half[4][2];
#pragma GCC unroll 2
  for (int j = 0; j < 2; j++) {
    const V<float> a = load(from + j * L), b = load(from + step + j * L);
    half[0][j] = a, half[1][j] = a + b, half[2][j] = a - b, half[3][j] = -b;
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    const V<float> a = half[i][0], b = half[i][1];
    store(to + 4 * i * apart, a), store(to + (4 * i + 1) * apart, a + b), store(to + (4 * i + 2) * apart, a - b), store(to + (4 * i + 3) * apart, -b);
  }
}

/** A unit of the batch. */
struct WinogradUnit {
  Range images, rows;  // of tiles
};

/** f(patch, tile) for each tile of a unit's images, which are laid out one after the other for one vector of channels. */
template <class F>
static void each_winograd_tile(const WinogradWeights& w, const WinogradUnit& unit, const float* x, idx channels, idx block, const ConvAxis& y, bool results,
                        float* patch, const F& f) {
  constexpr idx L = LANES<float>;
  const ConvShape& s = w.s;
  const idx more = results ? 0 : 2, columns = w.columns(), width = 2 * columns + more, first = 2 * unit.rows.begin;
  const idx held = results ? y.out : y.in, held_width = results ? s.x.out : s.x.in, plane = held * held_width;
  for (idx image = 0; image < unit.images.size; image++) {
    const float* planes[L];
    for (int i = 0; i < L; i++) planes[i] = x + ((unit.images.begin + image) * channels + smaller(block * L + i, channels - 1)) * plane;
    fill_lanes(patch, 2 * unit.rows.size + more, width, planes, results ? first : first - y.pad, results ? 0 : -s.x.pad, held, held_width);
    for (idx r = 0; r < unit.rows.size; r++)
      for (idx c = 0; c < columns; c++)
        f(patch + (2 * r * width + 2 * c) * L, width * L, (image * unit.rows.size + r) * columns + c);
  }
}

/** One part of the batch and of the output channels: its sums of products, and of the gradient for the bias. */
static void sum_winograd(const WinogradWeights& w, idx part, idx chunk, const float* x, const float* g, float* partial, float* own) {
  constexpr idx L = LANES<float>;
  const ConvShape& s = w.s;
  const EvenSplit batch{w.units(), w.parts};
  const idx begin_block = w.chunks.begin(chunk), end_block = begin_block + w.chunks.size(chunk), channel = begin_block * L;
  const idx channels = smaller(end_block * L, s.out) - channel;
  const EvenSplit rows{channels, divide_up(channels, TILE_ROWS)};
  float* const inputs = own + larger(w.input_plane(), w.result_plane());
  float* const results = inputs + FREQUENCIES * w.in_pairs * w.inputs_apart();
  float* const bias = partial + w.sums_size();
  for (idx u = batch.begin(part), end = u + batch.size(part), first = u; u < end; u++) {
    const idx i = u / w.bands.parts, b = u % w.bands.parts;
    const WinogradUnit unit{{w.images.begin(i), w.images.size(i)}, {w.bands.begin(b), w.bands.size(b)}};
    const idx tiles = unit.images.size * unit.rows.size * w.columns();
    for (idx block = 0; block < 2 * w.in_pairs; block++)
      each_winograd_tile(w, unit, x, s.in, block, s.y, false, own, [&](const float* at, idx step, idx tile) __attribute__((always_inline)) {
        transform_inputs(at, step, inputs + block / 2 * FREQUENCIES * w.inputs_apart() + (2 * tile + block % 2) * L, w.inputs_apart());
      });
    for (idx block = begin_block; block < end_block; block++) {
      V<float> sum = u == first ? V<float>{} : load(bias + block * L);
      each_winograd_tile(w, unit, g, s.out, block, s.y, true, own, [&](const float* at, idx step, idx tile) __attribute__((always_inline)) {
        transform_gradients(at, step, results + (w.out_blocks * tile + block) * L, w.results_apart());
        sum += load(at) + load(at + L) + (load(at + step) + load(at + step + L));
      });
      store(bias + block * L, sum);
    }
    for (int f = 0; f < FREQUENCIES; f++)
      for (idx pair = 0; pair < w.in_pairs; pair++)
        for (idx tile = 0; tile < rows.parts; tile++) {
          const idx row = channel + rows.begin(tile);
          tile_for<float>(rows.size(tile), 2 * L)(
              tiles, results + f * w.results_apart() + row, w.out_blocks * L, inputs + (pair * FREQUENCIES + f) * w.inputs_apart(), 2 * L,
              partial + ((pair * FREQUENCIES + f) * s.out + row) * 2 * L, 2 * L, static_cast<int>(2 * L), u == first ? 0 : ACCUMULATE, nullptr,
              nullptr);
        }
  }
}

/** Adds the parts of the batch in their order, and transforms the sums of an output channel to its weights. */
static void finish_winograd(const WinogradWeights& w, idx channel, const float* partial, float* dw, float* db) {
  constexpr idx L = LANES<float>;
  const ConvShape& s = w.s;
  for (idx block = 0; block * L < s.in; block++) {
    V<float> sum[4][4];
    for (int f = 0; f < FREQUENCIES; f++) {
      const float* const from = partial + ((block / 2 * FREQUENCIES + f) * s.out + channel) * 2 * L + block % 2 * L;
      V<float> total = load(from);
      for (idx part = 1; part < w.parts; part++) total += load(from + part * w.values());
      sum[f / 4][f % 4] = total;
    }
    auto weights = [](V<float> a, V<float> b, V<float> c, V<float> d, V<float>* to) {
      const V<float> both = (b + c) * splat(0.5f);
      to[0] = a + both, to[1] = (b - c) * splat(0.5f), to[2] = both + d;
    };
    V<float> half[4][3];
    for (int i = 0; i < 4; i++) weights(sum[i][0], sum[i][1], sum[i][2], sum[i][3], half[i]);
    for (int j = 0; j < 3; j++) {
      V<float> column[3];
      weights(half[0][j], half[1][j], half[2][j], half[3][j], column);
      for (int i = 0; i < 3; i++) {
        float lanes[L];
        store(lanes, column[i]);
        for (idx lane = 0, live = smaller(L, s.in - block * L); lane < live; lane++) dw[(channel * s.in + block * L + lane) * 9 + 3 * i + j] = lanes[lane];
      }
    }
  }
  if (!db) return;
  float sum = 0;
  for (idx part = 0; part < w.parts; part++) sum += partial[part * w.values() + w.sums_size() + channel];
  db[channel] = sum;
}

/** dw, and db when it is wanted, from the input x and the gradient g of the output. */
static void convolve_winograd_weights(const WinogradWeights& w, const float* x, const float* g, float* dw, float* db, void* scratch) {
  float* const partial = reinterpret_cast<float*>(at_line(scratch));
  float* const own = partial + w.parts * w.values();
  parallel_tasks(w.parts * w.chunks.parts, [&](idx item, int thread) {
    const idx part = item / w.chunks.parts, chunk = item % w.chunks.parts;
    sum_winograd(w, part, chunk, x, g, partial + part * w.values(), own + thread * w.own_size());
  });
  const idx per_task = divide_up(w.s.out, 8);
  parallel_tasks(divide_up(w.s.out, per_task), [&](idx task, int) {
    for (idx c = task * per_task, end = smaller(c + per_task, w.s.out); c < end; c++) finish_winograd(w, c, partial, dw, db);
  });
}

}  // namespace NABLA_ISA
