// Convolutions of 3 × 3 with fewer products: F(2 × 2, 3 × 3) of Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks"
// (2015). Tiles of 4 × 4 inputs, which overlap by 2, and the weights are transformed, multiplied as 16 matrix products over the
// channels, and the products transformed to tiles of 2 × 2 results: 16 products instead of 36. Lanes are images.
#pragma once
#include "images.h"

namespace NABLA_ISA {

constexpr idx WINOGRAD_PRODUCTS = 12;         // for each channel in and out: with fewer the transforms cost more than they save
constexpr idx WINOGRAD_BYTES = 1 << 20;       // of what a band needs, where it can be cut: more would not stay in the second-level cache
constexpr idx WINOGRAD_TASKS = 12;            // keep all threads busy; bands overlap, so that more of them are more work
constexpr float WINOGRAD_LIMIT = 0x1p100f;    // sums of a few larger values could overflow, where a convolution would not
constexpr int FREQUENCIES = 16;

/** Whether no element is infinite, NaN, or so large that sums of a few could overflow. */
static bool all_moderate(const float* x, idx count) {
  int found = 0;
  parallel_for(count, 1 << 16, [&](idx begin, idx end) {
    V<int32_t> most{};  // of the elements' patterns without signs, whose order is that of the magnitudes, and then infinity and NaN
    auto see = [&](V<float> v) {
      const V<int32_t> magnitude = bits(abs(v));
      most = magnitude > most ? magnitude : most;
    };
    idx i = begin;
    for (; i + LANES<float> <= end; i += LANES<float>) see(load(x + i));
    if (i < end) see(load_some(x + i, end - i));
    if (any(most >= bits(splat(WINOGRAD_LIMIT)))) __atomic_store_n(&found, 1, __ATOMIC_RELAXED);
  });
  return __atomic_load_n(&found, __ATOMIC_RELAXED) == 0;
}

/** How the work is cut: blocks of as many images as a vector has lanes × bands of rows of tiles. */
struct Winograd {
  ConvShape s;
  bool transposed;
  idx channels, results;
  ImagesAxis y, x;
  idx blocks;
  EvenSplit tiles, bands;  // of the output channels, and of the rows of tiles

  static constexpr idx L = LANES<float>;

  Winograd(const ConvShape& s, bool transposed)
      : s(s), transposed(transposed), channels(transposed ? s.out : s.in), results(transposed ? s.in : s.out),
        y(s.y, transposed), x(s.x, transposed), blocks(s.n / L), tiles{results, divide_up(results, TILE_ROWS)},
        bands{divide_up(y.window, 2), 1} {
    bands.parts = smaller(divide_up(WINOGRAD_TASKS, larger(blocks, 1)), bands.n);
    while (own_size() * static_cast<idx>(sizeof(float)) > WINOGRAD_BYTES && bands.parts < bands.n) bands.parts++;
  }
  bool suits() const {
    auto fits = [](const ConvAxis& a) { return a.kernel == 3 && a.stride == 1 && a.dilation == 1 && a.pad <= 2; };
    return blocks > 0 && s.groups == 1 && fits(s.y) && fits(s.x) && channels * results >= WINOGRAD_PRODUCTS * (channels + results) &&
           y.window >= 2 && x.window >= 2;
  }
  idx columns() const { return divide_up(x.window, 2); }
  idx height() const { return 2 * bands.size(0) + 2; }
  idx width() const { return 2 * columns() + 2; }
  idx weights_size() const { return round_up(FREQUENCIES * results * channels, 16); }
  /** The inputs of a channel; like the next two an odd number of lines, so that few share a cache set. */
  idx input_plane() const { return (height() * width() | 1) * L; }
  /** The transformed inputs of one frequency of a pair of tiles. */
  idx panel() const { return (2 * channels + 1) * L; }
  idx inputs_size() const { return FREQUENCIES * panel(); }
  /** The results of a channel. */
  idx plane() const { return (4 * bands.size(0) * columns() + 1) * L; }
  idx sums_size() const { return FREQUENCIES * TILE_ROWS * 2 * L; }
  idx places_size() const { return round_up(2 * bands.size(0) * x.window, 16); }
  /** Whether results may be pooled 2 × 2 as they come: each tile is a window. */
  bool pools() const { return !transposed && y.window % 2 == 0 && x.window % 2 == 0; }
  idx own_size() const { return channels * input_plane() + inputs_size() + sums_size() + results * plane() + places_size(); }
  idx scratch_bytes(idx threads) const {
    return SCRATCH_LINE + (weights_size() + threads * own_size()) * static_cast<idx>(sizeof(float));
  }
};

/** Whether these values allow this way for all blocks. */
static bool serves(const Winograd& c, const float* source, const float* weights) {
  return all_moderate(weights, c.s.weights()) && all_moderate(source, c.blocks * LANES<float> * c.channels * c.y.source * c.x.source);
}

/** Transforms one tile of output channels of the weights: [frequency][channel][output channel of the tile]. */
static void transform_weights(const Winograd& c, const float* w, idx tile, float* packed) {
  const idx rows = c.tiles.size(tile), first = c.tiles.begin(tile);
  float* const to = packed + first * FREQUENCIES * c.channels;
  const idx row_step = c.transposed ? 9 : c.s.in * 9, channel_step = c.transposed ? c.s.in * 9 : 9;
  for (idx channel = 0; channel < c.channels; channel++)
    for (idx row = 0; row < rows; row++) {
      const float* const from = w + (first + row) * row_step + channel * channel_step;
      float half[4][3];
      for (int i = 0; i < 3; i++) {
        auto tap = [&](int k) { return c.transposed ? from[8 - (3 * k + i)] : from[3 * k + i]; };
        const float sum = tap(0) + tap(2);
        half[0][i] = tap(0), half[1][i] = (sum + tap(1)) * 0.5f, half[2][i] = (sum - tap(1)) * 0.5f, half[3][i] = tap(2);
      }
      for (int i = 0; i < 4; i++) {
        const float sum = half[i][0] + half[i][2];
        const float whole[4] = {half[i][0], (sum + half[i][1]) * 0.5f, (sum - half[i][1]) * 0.5f, half[i][2]};
        for (int j = 0; j < 4; j++) to[((4 * i + j) * c.channels + channel) * rows + row] = whole[j];
      }
    }
}

/** Four vectors of a tile's inputs, combined as every row and every column of it is. */
ALWAYS_INLINE void transform_four(V<float>& a, V<float>& b, V<float>& c, V<float>& d) {
  const V<float> first = a - c, second = b + c, third = c - b, fourth = b - d;
  a = first, b = second, c = third, d = fourth;
}
/** The inputs of one tile of 4 × 4, at `from` with rows `step` apart; frequencies go `apart` from each other. */
ALWAYS_INLINE void transform_inputs(const float* from, idx step, float* to, idx apart) {
  constexpr int L = LANES<float>;
  V<float> d[4][4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) d[i][j] = load(from + i * step + j * L);
    transform_four(d[i][0], d[i][1], d[i][2], d[i][3]);
  }
#pragma GCC unroll 4
  for (int j = 0; j < 4; j++) {
    transform_four(d[0][j], d[1][j], d[2][j], d[3][j]);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) store(to + (4 * i + j) * apart, d[i][j]);
  }
}
/** The 2 × 2 results of a tile from the sums of its frequencies, which are `apart`; rows of results are `step` apart. */
ALWAYS_INLINE void transform_sums(const float* sums, idx apart, V<float> bias, float* to, idx step) {
  constexpr int L = LANES<float>;
  V<float> half[2][4];
#pragma GCC unroll 4
  for (int j = 0; j < 4; j++) {
    const V<float> a = load(sums + j * apart), b = load(sums + (4 + j) * apart), c = load(sums + (8 + j) * apart), d = load(sums + (12 + j) * apart);
    half[0][j] = a + b + c, half[1][j] = b - c - d;
  }
#pragma GCC unroll 2
  for (int i = 0; i < 2; i++) {
    store(to + i * step, half[i][0] + half[i][1] + half[i][2] + bias);
    store(to + i * step + L, half[i][1] - half[i][2] - half[i][3] + bias);
  }
}

/** Lays out rows of a plane of each lane, [row][column][lane] from (first_row, first_column) on, zero outside of the planes. */
static __attribute__((noinline)) void fill_lanes(float* patch, idx rows, idx width, const float* const (&planes)[LANES<float>], idx first_row,
                                                 idx first_column, idx height_held, idx width_held) {
  constexpr int L = LANES<float>;
  const Inside held(first_row, 1, rows, height_held), columns(first_column, 1, width, width_held);
  const float* streams[L];
  for (int i = 0; i < L; i++) streams[i] = planes[i] + (first_row + held.begin) * width_held + first_column + columns.begin;
  fill_plane(patch, rows, width, held, columns, streams, width_held);
}

/** The sums over the channels of all frequencies, for ROWS output channels and a pair of tiles; panels of inputs are `apart`. */
template <int ROWS>
static __attribute__((noinline)) void multiply_frequencies(idx channels, const float* a, const float* b, idx apart, float* sums) {
  constexpr int L = LANES<float>;
#pragma GCC unroll 1
  for (int f = 0; f < FREQUENCIES; f++, a += channels * ROWS, b += apart, sums += ROWS * 2 * L) {
    V<float> sum[ROWS][2] = {};
    accumulate<float, ROWS, 2, false>(sum, channels, a, ROWS, b, 2 * L, nullptr);
#pragma GCC unroll 16
    for (int i = 0; i < ROWS; i++) store(sums + i * 2 * L, sum[i][0]), store(sums + (i * 2 + 1) * L, sum[i][1]);
  }
}
template <int... I> struct FrequencyHeights {
  static constexpr void (*table[])(idx, const float*, const float*, idx, float*) = {nullptr, multiply_frequencies<I>...};
};
template <int N, int... I> struct MakeFrequencyHeights : MakeFrequencyHeights<N - 1, N, I...> {};
template <int... I> struct MakeFrequencyHeights<0, I...> : FrequencyHeights<I...> {};

/** The largest of each tile's 2 × 2 results in every lane, and their places; `at` is the place of a tile in its plane, `width` wide. */
ALWAYS_INLINE void pool_tile(const float* from, idx row_step, float floor, idx at, idx width, float* to, float* places) {
  constexpr int L = LANES<float>;
  V<float> best = raised(load(from), floor);
  M<float> place = M<float>{} + static_cast<int32_t>(at);
  auto offer = [&](const float* p, idx where) __attribute__((always_inline)) {
    const V<float> x = raised(load(p), floor);
    const M<float> taken = (x > best) | (x != x);
    best = taken ? x : best;
    place = taken ? M<float>{} + static_cast<int32_t>(where) : place;
  };
  offer(from + L, at + 1), offer(from + row_step, at + width), offer(from + row_step + L, at + width + 1);
  store(to, best);
  store(places, (V<float>)place);
}

/** Pools a band's results while they are in the cache: rows of tiles from `first_row` on. `own` has room for twice those of a channel. */
static void pool_images(const Winograd& c, idx block, idx first_row, idx tile_rows, const float* found, float* own, int32_t* offsets,
                        const Pooled<float>& pool) {
  constexpr int L = LANES<float>;
  const idx columns = c.columns(), count = tile_rows * columns, plane = c.y.window / 2 * columns;
  float* const places = own + count * L;
  for (idx t = 0; t < count; t++) offsets[t] = static_cast<int32_t>(t * L);
  for (idx i = 0; i < c.results; i++) {
    for (idx t = 0; t < count; t++) {
      const idx r = t / columns, column = t % columns;
      const float* const from = found + i * c.plane() + (2 * r * columns + column) * 2 * L;
      pool_tile(from, 2 * columns * L, pool.floor, (first_row + 2 * r) * c.x.window + 2 * column, c.x.window, own + t * L, places + t * L);
    }
    const Pooled<float> to = pool.from((block * L * c.results + i) * plane + first_row / 2 * columns);
    store_images(to.y, c.results * plane, own, offsets, count);
    if (to.places) store_images(reinterpret_cast<float*>(to.places), c.results * plane, places, offsets, count);
  }
}

/** One task: a block of images and a band of rows. */
static void winograd_item(const Winograd& c, idx item, const float* weights, float* own, const float* source, const float* bias, float* to,
                          const Pooled<float>* pooled) {
  constexpr int L = LANES<float>;
  const Pooled<float>* const pool = EVERY_WAY ? pooled : nullptr;
  const idx band = item % c.bands.parts, block = item / c.bands.parts;
  const idx tile_rows = c.bands.size(band), columns = c.columns(), count = tile_rows * columns, pairs = divide_up(count, 2);
  const idx first_row = 2 * c.bands.begin(band), panel = c.panel(), source_plane = c.y.source * c.x.source;
  float* const inputs = own + c.channels * c.input_plane();
  float* const sums = inputs + c.inputs_size();
  float* const found = sums + c.sums_size();
  int32_t* const places = reinterpret_cast<int32_t*>(found + c.results * c.plane());
  const float* const from = source + block * L * c.channels * source_plane;
  for (idx channel = 0; channel < c.channels; channel++) {
    const float* planes[L];
    for (int image = 0; image < L; image++) planes[image] = from + (image * c.channels + channel) * source_plane;
    fill_lanes(own + channel * c.input_plane(), 2 * tile_rows + 2, c.width(), planes, first_row - c.y.before, -c.x.before, c.y.source, c.x.source);
  }
  const idx row_step = 2 * columns * L;
  const idx width = c.x.window, rows_held = smaller(2 * tile_rows, c.y.window - first_row);
  const idx output_plane = c.y.window * width, image_step = c.results * output_plane;
  float* const out = pool ? nullptr : to + block * L * image_step + first_row * width;
  ComingStores<float> stores(out, image_step, output_plane, rows_held * width, c.results, pairs * c.tiles.parts);
  for (idx pair = 0; pair < pairs; pair++) {
    for (idx j = 0; j < 2; j++) {
      const idx t = smaller(2 * pair + j, count - 1);  // past the end the last tile is repeated
      const float* const at = own + (t / columns * 2 * c.width() + t % columns * 2) * L;
      for (idx channel = 0; channel < c.channels; channel++)
        transform_inputs(at + channel * c.input_plane(), c.width() * L, inputs + (2 * channel + j) * L, panel);
    }
    for (idx tile = 0; tile < c.tiles.parts; tile++) {
      const idx rows = c.tiles.size(tile), first = c.tiles.begin(tile);
      MakeFrequencyHeights<TILE_ROWS>::table[rows](c.channels, weights + first * FREQUENCIES * c.channels, inputs, panel, sums);
      if (!pool) stores.ask();
      for (idx j = 0; j < 2 && 2 * pair + j < count; j++) {
        const idx t = 2 * pair + j, at = (t / columns * 2 * row_step) + t % columns * 2 * L;
        for (idx i = 0; i < rows; i++)
          transform_sums(sums + (i * 2 + j) * L, rows * 2 * L, splat(bias ? bias[first + i] : 0.0f), found + (first + i) * c.plane() + at, row_step);
      }
    }
  }
  if (pool) return pool_images(c, block, first_row, tile_rows, found, own, places, *pool);
  for (idx r = 0, pixel = 0; r < rows_held; r++)
    for (idx column = 0; column < width; column++) places[pixel++] = static_cast<int32_t>(r * row_step + column * L);
  for (idx i = 0; i < c.results; i++) store_images(out + i * output_plane, image_step, found + i * c.plane(), places, rows_held * width);
}

/** The convolution of all whole blocks of images, or the transposed one. With a `pool` nothing goes to `to`. */
static void convolve_winograd(const Winograd& c, const float* source, const float* weights, const float* bias, float* to, void* scratch,
                              const Pooled<float>* pool = nullptr) {
  float* const packed = reinterpret_cast<float*>(at_line(scratch));
  float* const own = packed + c.weights_size();
  parallel_tasks(c.tiles.parts, [&](idx tile, int) { transform_weights(c, weights, tile, packed); });
  const idx items = c.blocks * c.bands.parts;
  const EvenSplit tasks{items, smaller(items, CONV_TASKS)};
  parallel_tasks(tasks.parts, [&](idx task, int thread) {
    for (idx i = tasks.begin(task), end = i + tasks.size(task); i < end; i++)
      winograd_item(c, i, packed, own + thread * c.own_size(), source, bias, to, pool);
  });
}

}  // namespace NABLA_ISA
