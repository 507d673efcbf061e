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
    height = (bands.size(0) - 1) * s.y.stride + (s.y.kernel - 1) * s.y.dilation + 1;
    width = (s.x.out - 1) * s.x.stride + (s.x.kernel - 1) * s.x.dilation + 1;
    batch_parts = smaller(smaller(units(), WEIGHT_PARTS), larger(WEIGHT_PART_VALUES / larger(sums_size(), 1), 1));
    channel_parts = smaller(divide_up(CONV_ENOUGH, larger(batch_parts * s.groups, 1)), tiles.parts);
  }
  /** Whether lanes are well used and a unit stays in the cache. */
  bool suits() const {
    return s.in * 4 >= blocks * LANES<T> * 3 && unit_size() * static_cast<idx>(sizeof(T)) <= UNIT_LIMIT;
  }
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
  const bool padded = rows.begin > 0 || rows.end < w.height || columns.begin > 0 || columns.end < w.width;
  if (padded) __builtin_memset(patch, 0, w.patch_size() * sizeof(T));
  for (idx block = 0; block < w.blocks; block++)
    for (idx image = 0; image < unit.images.size; image++) {
      const T* const from = x + (unit.images.begin + image) * s.groups * s.in * plane - s.x.pad + columns.begin;
      T* const to = patch + block * w.plane() + image * w.height * w.width * L;
      const T* streams[L];
      for (int i = 0; i < L; i++) streams[i] = from + smaller(block * L + i, s.in - 1) * plane + (first_y + rows.begin) * s.x.in;
      interleave_streams<T>(to + (rows.begin * w.width + columns.begin) * L, w.width * L, streams, s.x.in, rows.end - rows.begin,
                            columns.end - columns.begin);
    }
}

/** Packs a tile's channels of the gradient of a unit: [pixel][channel]; `sums` gathers their bias' gradient. */
template <class T>
static void pack_pixels(T* to, const ConvShape& s, const T* g, idx channels, const PixelUnit& unit, T* sums) {
  constexpr int L = LANES<T>;
  const idx count = unit.rows.size * s.x.out;
  for (idx image = 0; image < unit.images.size; image++, to += count * channels) {
    const T* const from = g + (unit.images.begin + image) * s.groups * s.out * s.output_plane() + unit.rows.begin * s.x.out;
    MakePackHeights<T, TILE_ROWS>::plain[channels](to, from, s.output_plane(), count);
    for (idx c = 0; sums && c < channels; c++) {
      const T* const values = from + c * s.output_plane();
      V<T> total{};
      idx i = 0;
      for (; i + L <= count; i += L) total += load(values + i);
      if (i < count) total += load_lanes(values + i, static_cast<int>(count - i));
      sums[c] += sum_lanes<T>(total);
    }
  }
}

/** One task: its part of the batch, its group and its output channels. `partial` has the values of its part of the batch. */
template <class T>
void sum_channel_weights(const ChannelWeights<T>& w, idx part, idx group, idx channels, const T* x, const T* g, T* partial, T* own, bool with_bias) {
  constexpr int L = LANES<T>;
  const ConvShape& s = w.s;
  const EvenSplit batch{w.units(), w.batch_parts}, split{w.tiles.parts, w.channel_parts};
  const idx first_tile = split.begin(channels), last_tile = first_tile + split.size(channels), first_channel = w.tiles.begin(first_tile);
  T* const gradient = own + w.patch_size();
  int32_t* const offsets = reinterpret_cast<int32_t*>(gradient + w.gradient_size());
  T* const bias = with_bias ? partial + w.sums_size() + group * s.out : nullptr;
  for (idx t = first_tile; bias && t < last_tile; t++)
    for (idx i = 0; i < w.tiles.size(t); i++) bias[w.tiles.begin(t) + i] = 0;
  for (idx u = batch.begin(part), end = u + batch.size(part); u < end; u++) {
    const idx i = u / w.bands.parts, b = u % w.bands.parts;
    const PixelUnit unit{{w.images.begin(i), w.images.size(i)}, {w.bands.begin(b), w.bands.size(b)}};
    const idx depth = unit.pixels(s.x.out);
    fill_channels(own, w, x + group * s.in * s.input_plane(), unit);
    int32_t* to = offsets;
    for (idx image = 0; image < unit.images.size; image++)
      for (idx r = 0; r < unit.rows.size; r++)
        for (idx c = 0; c < s.x.out; c++)
          *to++ = static_cast<int32_t>(((image * w.height + r * s.y.stride) * w.width + c * s.x.stride) * L);
    for (idx t = first_tile; t < last_tile; t++) {
      const idx channel = w.tiles.begin(t);
      pack_pixels(gradient + (channel - first_channel) * depth, s, g + (group * s.out + channel) * s.output_plane(), w.tiles.size(t), unit,
                  bias ? bias + channel : nullptr);
    }
    const int stage = u == batch.begin(part) ? CONV_FIRST : 0;
    for (idx column = 0; column < w.columns; column++) {
      ConvTile<T> tile;
      tile.plane = 0;
      for (idx j = 0; j < w.vectors; j++) {
        const idx at = smaller(column * w.vectors + j, w.blocks * s.taps() - 1), tap = at / w.blocks;
        const idx ky = tap / s.x.kernel, kx = tap % s.x.kernel;
        tile.from[j] = own + at % w.blocks * w.plane() + (ky * s.y.dilation * w.width + kx * s.x.dilation) * L;
      }
      for (idx t = first_tile; t < last_tile; t++) {
        const idx channel = w.tiles.begin(t), rows = w.tiles.size(t);
        tile.sums = partial + ((group * w.columns + column) * s.out + channel) * w.vectors * L;
        convolve_tile_for<T>(static_cast<int>(w.vectors), rows)(depth, gradient + (channel - first_channel) * depth, offsets, tile, nullptr, stage);
      }
    }
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
