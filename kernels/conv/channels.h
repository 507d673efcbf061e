// The gradient of a convolution's weights where there are many input channels: an outer product of pixels, whose lanes are input
// channels, summed in the register tile of the convolution. Nothing is computed in vain, however narrow the images are.
#pragma once
#include "../parallel.h"
#include "streams.h"
#include "tile.h"
#include "weight.h"

namespace NABLA_ISA {

constexpr idx UNIT_PIXELS = 256;         // results that one tile passes over: what it reads for them stays in the first-level cache
constexpr idx UNIT_LIMIT = 1536 << 10;   // bytes of a unit: more of them would not stay in the second-level cache
// Rows of a tile of three vectors: the results, the vectors and a factor are kept in registers.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr idx ROWS_OF_THREE = 9;
#else
constexpr idx ROWS_OF_THREE = 4;
#endif
constexpr idx IN_PLACE_PIXELS = 16;      // of an image, for each register tile: with fewer the gradient of the results is packed

/** How the gradient is cut: units of a few images or of a band of one, parts of the batch × groups × parts of the output channels. */
template <class T> struct ChannelWeights {
  ConvShape s;
  EvenSplit tiles, images, bands;  // of output channels, of the batch, of the rows of results
  idx vectors;                     // of a register tile
  idx blocks;                      // vectors of input channels
  idx columns;                     // register tiles that hold all weights of some output channels
  idx height, width;               // of a patch
  idx batch_parts, channel_parts;

  explicit ChannelWeights(const ConvShape& s)
      : s(s), tiles{s.out, divide_up(s.out, TILE_ROWS)}, images{s.n, 1}, bands{s.y.out, 1},
        vectors(conv_vectors(static_cast<int>(tiles.size(0)))), blocks(divide_up(s.in, LANES<T>)),
        columns(divide_up(blocks * s.taps(), vectors)) {
    images.parts = divide_up(s.n, larger(UNIT_PIXELS / larger(s.output_plane(), 1), 1));
    bands.parts = divide_up(s.y.out, larger(UNIT_PIXELS / larger(s.x.out, 1), 1));
    const idx all = blocks * s.taps();
    if (vectors == 2 && tiles.size(0) <= ROWS_OF_THREE && in_place() && round_up(all, 3) < round_up(all, 2)) vectors = 3, columns = divide_up(all, 3);
    height = (bands.size(0) - 1) * s.y.stride + (s.y.kernel - 1) * s.y.dilation + 1;
    width = (s.x.out - 1) * s.x.stride + (s.x.kernel - 1) * s.x.dilation + 1;
    batch_parts = smaller(smaller(units(), WEIGHT_PARTS), larger(WEIGHT_PART_VALUES / larger(sums_size(), 1), 1));
    channel_parts = smaller(divide_up(CONV_ENOUGH, larger(batch_parts * s.groups, 1)), tiles.parts);
  }
  /** Whether lanes are well used and a unit stays in the cache. */
  bool suits() const {
    return s.in * 4 >= blocks * LANES<T> * 3 && unit_size() * static_cast<idx>(sizeof(T)) <= UNIT_LIMIT;
  }
  /** Whether the gradient is read as it lies: the sums of a tile are then fetched and stored again for each image. */
  bool in_place() const { return bands.size(0) * s.x.out >= columns * IN_PLACE_PIXELS; }
  idx units() const { return images.parts * bands.parts; }
  idx unit_pixels() const { return images.size(0) * bands.size(0) * s.x.out; }
  /** Distance of the blocks of a patch. */
  idx plane() const { return images.size(0) * height * width * LANES<T>; }
  idx patch_size() const { return blocks * plane(); }
  idx gradient_size() const { return round_up(divide_up(tiles.parts, channel_parts) * TILE_ROWS * unit_pixels() + LANES<T>, 64 / sizeof(T)); }
  idx unit_size() const { return patch_size() + gradient_size() + round_up(unit_pixels(), 16); }
  idx sums_size() const { return s.groups * columns * s.out * vectors * LANES<T>; }
  /** Values of one part of the batch: the weights as tiles hold them, and the bias. */
  idx values() const { return sums_size() + round_up(s.groups * s.out, 64 / sizeof(T)); }
  idx scratch_bytes(idx threads) const {
    return SCRATCH_LINE + (batch_parts * values() + threads * unit_size()) * static_cast<idx>(sizeof(T));
  }
};

/** What is asked for while a tile is summed: one line at each step. */
template <class T> struct Ahead {
  const T* at;
  idx step;
};

/**
 * Adds the products of a unit to the sums of a tile: row i's factors are a[i · a_step + d], read as they lie. Few pointers reach all
 * rows: the machine adds a multiple of the step to them.
 */
template <class T, int ROWS, int VECTORS>
static __attribute__((noinline)) void outer_tile(idx depth, const T* a, idx a_step, const int32_t* offsets, const ConvTile<T>& tile,
                                                 Ahead<T> ahead, bool first) {
  constexpr int L = LANES<T>, GROUPS = (ROWS + 3) / 4;
  V<T> sum[ROWS][VECTORS];
#pragma GCC unroll 16
  for (int i = 0; i < ROWS; i++) {
#pragma GCC unroll 8
    for (int j = 0; j < VECTORS; j++) sum[i][j] = first ? V<T>{} : load(tile.sums + (i * VECTORS + j) * L);
  }
  const T* from[VECTORS];
#pragma GCC unroll 8
  for (int j = 0; j < VECTORS; j++) from[j] = tile.from[j];
  const T* group[GROUPS];
#pragma GCC unroll 4
  for (int g = 0; g < GROUPS; g++) group[g] = a + g * 4 * a_step;
  const idx thrice = 3 * a_step;
#pragma GCC unroll 1
  for (idx d = 0; d < depth; d++) {
    const idx offset = offsets[d];
    __builtin_prefetch(ahead.at, 0, 2);
    ahead.at += ahead.step;
    V<T> row[VECTORS];
#pragma GCC unroll 8
    for (int j = 0; j < VECTORS; j++) row[j] = load(from[j] + offset);
#pragma GCC unroll 16
    for (int i = 0; i < ROWS; i++) {
      const V<T> x = splat(*(group[i / 4] + (i % 4 == 3 ? thrice : i % 4 * a_step)));
#pragma GCC unroll 8
      for (int j = 0; j < VECTORS; j++) sum[i][j] = fma(x, row[j], sum[i][j]);
    }
#pragma GCC unroll 4
    for (int g = 0; g < GROUPS; g++) {
      group[g]++;
      __asm__("" : "+r"(group[g]));  // a pointer of its own, which is not derived from the others
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < ROWS; i++) {
#pragma GCC unroll 8
    for (int j = 0; j < VECTORS; j++) store(tile.sums + (i * VECTORS + j) * L, sum[i][j]);
  }
}
template <class T> using OuterTile = void (*)(idx, const T*, idx, const int32_t*, const ConvTile<T>&, Ahead<T>, bool);
template <class T, int VECTORS, int... I> struct OuterHeights {
  static constexpr OuterTile<T> table[] = {nullptr, outer_tile<T, I, VECTORS>...};
};
template <class T, int VECTORS, int N, int... I> struct MakeOuterHeights : MakeOuterHeights<T, VECTORS, N - 1, N, I...> {};
template <class T, int VECTORS, int... I> struct MakeOuterHeights<T, VECTORS, 0, I...> : OuterHeights<T, VECTORS, I...> {};
template <class T> ALWAYS_INLINE OuterTile<T> outer_tile_for(idx vectors, idx rows) {
  switch (vectors) {
    case 8: return MakeOuterHeights<T, 8, conv_tallest(8)>::table[rows];
    case 4: return MakeOuterHeights<T, 4, conv_tallest(4)>::table[rows];
    case 3: return MakeOuterHeights<T, 3, ROWS_OF_THREE>::table[rows];
    default: return MakeOuterHeights<T, 2, TILE_ROWS>::table[rows];
  }
}

/** The part of a batch that is summed at once. */
struct PixelUnit {
  Range images, rows;
  idx pixels(idx columns) const { return images.size * rows.size * columns; }
};

/** Fills a patch: [block of channels][image][row][column][lane], zero outside of the images. */
template <class T>
static __attribute__((noinline)) void fill_channels(T* patch, const ChannelWeights<T>& w, const T* x, const PixelUnit& unit) {
  constexpr int L = LANES<T>;
  const ConvShape& s = w.s;
  const idx plane = s.input_plane(), first_y = unit.rows.begin * s.y.stride - s.y.pad;
  const Inside columns(-s.x.pad, 1, w.width, s.x.in), rows(first_y, 1, w.height, s.y.in);
  for (idx block = 0; block < w.blocks; block++)
    for (idx image = 0; image < unit.images.size; image++) {
      const T* const from = x + (unit.images.begin + image) * s.groups * s.in * plane - s.x.pad + columns.begin;
      T* const to = patch + block * w.plane() + image * w.height * w.width * L;
      const T* streams[L];
      for (int i = 0; i < L; i++) streams[i] = from + smaller(block * L + i, s.in - 1) * plane + (first_y + rows.begin) * s.x.in;
      fill_plane(to, w.height, w.width, rows, columns, streams, s.x.in);
    }
}

/** Packs a tile's channels of the gradient of a unit: [pixel][channel]. */
template <class T> static void pack_pixels(T* to, const ConvShape& s, const T* g, idx channels, const PixelUnit& unit) {
  const idx count = unit.rows.size * s.x.out;
  for (idx image = 0; image < unit.images.size; image++, to += count * channels, g += s.groups * s.out * s.output_plane())
    MakePackHeights<T, TILE_ROWS>::plain[channels](to, g, s.output_plane(), count);
}

/** Adds the gradient of a unit to that of the bias of some channels. */
template <class T> static __attribute__((noinline)) void sum_pixels(const ConvShape& s, const T* g, idx channels, const PixelUnit& unit, T* sums) {
  constexpr int L = LANES<T>;
  const idx count = unit.rows.size * s.x.out;
  for (idx image = 0; image < unit.images.size; image++, g += s.groups * s.out * s.output_plane())
    for (idx c = 0; c < channels; c++) {
      const T* const values = g + c * s.output_plane();
      V<T> total{};
      idx i = 0;
      for (; i + L <= count; i += L) total += load(values + i);
      if (i < count) total += load_lanes(values + i, static_cast<int>(count - i));
      sums[c] += sum_lanes<T>(total);
    }
}

/** What the next unit reads, where that lies together: asked for line by line while this one is summed, or it would be waited for. */
template <class T> struct ComingUnit {
  const T *x, *g;
  idx x_lines, steps, at = 0;  // lines of x, and those of one call
  static constexpr idx LINE = 64 / sizeof(T);

  Ahead<T> next(idx most) {
    const T* const from = at < x_lines ? x + at * LINE : g + (at - x_lines) * LINE;
    at += smaller(steps, most);
    return {from, steps > 0 ? LINE : 0};
  }
};

/** What one task sums: output channels of a group, in tiles. */
template <class T> struct ChannelTask {
  const ChannelWeights<T>& w;
  idx group;
  Range tiles;
  const T* g;         // the gradient of the group's first channel in the first image
  T* sums;            // of the group
  T* patch;
  T* gradient;        // packed, where it is not read in place
  int32_t* offsets;   // of a unit's pixels in the patch

  idx channel(idx tile) const { return w.tiles.begin(tile); }
  idx end() const { return tiles.begin + tiles.size; }
  idx image_step() const { return w.s.groups * w.s.out * w.s.output_plane(); }
  /** The gradient of a channel in a unit. */
  const T* gradient_of(const PixelUnit& unit, idx channel) const {
    return g + unit.images.begin * image_step() + channel * w.s.output_plane() + unit.rows.begin * w.s.x.out;
  }
};

template <class T> PixelUnit unit_at(const ChannelWeights<T>& w, idx u) {
  const idx i = u / w.bands.parts, b = u % w.bands.parts;
  return {{w.images.begin(i), w.images.size(i)}, {w.bands.begin(b), w.bands.size(b)}};
}

/** Where a unit's pixels lie in its patch. */
template <class T> void write_pixels(const ChannelWeights<T>& w, const PixelUnit& unit, int32_t* to) {
  for (idx image = 0; image < unit.images.size; image++)
    for (idx r = 0; r < unit.rows.size; r++)
      for (idx c = 0; c < w.s.x.out; c++)
        *to++ = static_cast<int32_t>(((image * w.height + r * w.s.y.stride) * w.width + c * w.s.x.stride) * LANES<T>);
}

/** The images of the unit after u, for tasks whose units are whole images. */
template <class T> ComingUnit<T> coming_unit(const ChannelTask<T>& task, const T* x, idx u) {
  const ChannelWeights<T>& w = task.w;
  const ConvShape& s = w.s;
  if (w.bands.parts > 1 || u + 1 >= w.units()) return {x, x, 0, 0};
  const idx image = w.images.begin(u + 1), first = task.channel(task.tiles.begin), line = ComingUnit<T>::LINE;
  ComingUnit<T> coming{x + image * s.groups * s.in * s.input_plane(), task.g + image * task.image_step() + first * s.output_plane(),
                       divide_up(s.in * s.input_plane(), line), 0};
  const idx lines = coming.x_lines + divide_up((task.channel(task.end()) - first) * s.output_plane(), line);
  coming.steps = divide_up(lines, w.columns * task.tiles.size);
  return coming;
}

/** Adds the products of a unit to all sums of a task. */
template <class T> void sum_unit(const ChannelTask<T>& task, const PixelUnit& unit, ComingUnit<T> coming, bool first) {
  constexpr int L = LANES<T>;
  const ChannelWeights<T>& w = task.w;
  const ConvShape& s = w.s;
  const idx count = unit.rows.size * s.x.out, depth = unit.pixels(s.x.out);
  for (idx column = 0; column < w.columns; column++) {
    ConvTile<T> tile;
    tile.plane = 0;
    for (idx j = 0; j < w.vectors; j++) {
      const idx at = smaller(column * w.vectors + j, w.blocks * s.taps() - 1), tap = at / w.blocks;
      const idx ky = tap / s.x.kernel, kx = tap % s.x.kernel;
      tile.from[j] = task.patch + at % w.blocks * w.plane() + (ky * s.y.dilation * w.width + kx * s.x.dilation) * L;
    }
    for (idx t = task.tiles.begin; t < task.end(); t++) {
      const idx channel = task.channel(t), rows = w.tiles.size(t);
      tile.sums = task.sums + (column * s.out + channel) * w.vectors * L;
      if (!w.in_place()) {
        const T* const packed = task.gradient + (channel - task.channel(task.tiles.begin)) * depth;
        convolve_tile_for<T>(static_cast<int>(w.vectors), rows)(depth, packed, task.offsets, tile, nullptr, first ? CONV_FIRST : 0);
        continue;
      }
      const T* g = task.gradient_of(unit, channel);
      for (idx image = 0; image < unit.images.size; image++, g += task.image_step())
        outer_tile_for<T>(w.vectors, rows)(count, g, s.output_plane(), task.offsets + image * count, tile, coming.next(count),
                                           first && image == 0);
    }
  }
}

/** One task: its part of the batch, its group and its output channels. `partial` has the values of its part of the batch. */
template <class T>
void sum_channel_weights(const ChannelWeights<T>& w, idx part, idx group, idx channels, const T* x, const T* g, T* partial, T* own, bool with_bias) {
  const ConvShape& s = w.s;
  const EvenSplit batch{w.units(), w.batch_parts}, split{w.tiles.parts, w.channel_parts};
  T* const gradient = own + w.patch_size();
  const ChannelTask<T> task{w, group, {split.begin(channels), split.size(channels)}, g + group * s.out * s.output_plane(),
                            partial + group * w.columns * s.out * w.vectors * LANES<T>, own, gradient,
                            reinterpret_cast<int32_t*>(gradient + w.gradient_size())};
  const idx first_channel = task.channel(task.tiles.begin), all = task.channel(task.end()) - first_channel;
  T* const bias = with_bias ? partial + w.sums_size() + group * s.out + first_channel : nullptr;
  for (idx i = 0; bias && i < all; i++) bias[i] = 0;
  const T* const images = x + group * s.in * s.input_plane();
  for (idx u = batch.begin(part), end = u + batch.size(part); u < end; u++) {
    const PixelUnit unit = unit_at(w, u);
    fill_channels(own, w, images, unit);
    write_pixels(w, unit, task.offsets);
    for (idx t = task.tiles.begin; t < task.end(); t++) {
      const idx channel = task.channel(t), at = channel - first_channel;
      const T* const from = task.gradient_of(unit, channel);
      if (!w.in_place()) pack_pixels(gradient + at * unit.pixels(s.x.out), s, from, w.tiles.size(t), unit);
      if (bias) sum_pixels(s, from, w.tiles.size(t), unit, bias + at);
    }
    sum_unit(task, unit, coming_unit(task, images, u), u == batch.begin(part));
  }
}

/** Adds the parts of the batch in their order, for one output channel. */
template <class T> void add_channel_weights(const ChannelWeights<T>& w, idx channel, const T* partial, T* dw, T* db) {
  constexpr int L = LANES<T>;
  const ConvShape& s = w.s;
  const idx taps = s.taps(), group = channel / s.out, row = channel % s.out;
  T* const to = dw + channel * s.in * taps;
  for (idx block = 0; block < w.blocks; block++)
    for (idx tap = 0; tap < taps; tap++) {
      const idx at = tap * w.blocks + block;
      const T* from = partial + (((group * w.columns + at / w.vectors) * s.out + row) * w.vectors + at % w.vectors) * L;
      V<T> sum = load(from);
      for (idx part = 1; part < w.batch_parts; part++) sum += load(from + part * w.values());
      T lanes[L];
      store(lanes, sum);
      for (idx i = 0, live = smaller(L, s.in - block * L); i < live; i++) to[(block * L + i) * taps + tap] = lanes[i];
    }
  if (!db) return;
  T sum = 0;
  for (idx part = 0; part < w.batch_parts; part++) sum += partial[part * w.values() + w.sums_size() + channel];
  db[channel] = sum;
}

/** dw, and db when it is wanted, from the input x and the gradient g of the output. */
template <class T> void convolve_channel_weights(const ChannelWeights<T>& w, const T* x, const T* g, T* dw, T* db, void* scratch) {
  const ConvShape& s = w.s;
  T* const partial = reinterpret_cast<T*>(at_line(scratch));
  T* const own = partial + w.batch_parts * w.values();
  auto run = [&](idx weight, idx count, auto&& f) {
    const EvenSplit tasks{count, smaller(count, CONV_TASKS)};
    auto task = [&](idx t, int thread) {
      for (idx i = tasks.begin(t), end = i + tasks.size(t); i < end; i++) f(i, thread);
    };
    if (weight >= PARALLEL_WORK) return parallel_tasks(tasks.parts, task);
    for (idx t = 0; t < tasks.parts; t++) task(t, 0);
  };
  const idx per_part = s.groups * w.channel_parts;
  run(s.n * s.output_plane() * s.weights(), w.batch_parts * per_part, [&](idx i, int thread) {
    const idx part = i / per_part;
    sum_channel_weights(w, part, i % per_part / w.channel_parts, i % w.channel_parts, x, g, partial + part * w.values(),
                        own + thread * w.unit_size(), db != nullptr);
  });
  run(w.batch_parts * s.weights() * PACKING_WORK, s.groups * s.out, [&](idx channel, int) { add_channel_weights(w, channel, partial, dw, db); });
}

}  // namespace NABLA_ISA
