// Convolutions of many small images: lanes are images. A patch holds as many images side by side as a vector has lanes, so that
// neither narrow images nor strides leave lanes idle, and every operand is one aligned vector.
#pragma once
#include "forward.h"
#include "streams.h"

namespace NABLA_ISA {

constexpr idx CHUNK_DEPTH = 320;         // products that a tile sums before the next channels are laid out
constexpr idx IMAGES_LIMIT = 1 << 20;    // bytes of a patch and of the sums of a band: more would not stay in the second-level cache
constexpr idx IMAGES_DEPTH = 96;         // products of a result, below which laying images out costs more than it saves

/** One axis of such a patch: element i holds source element first · step + i − before. */
struct ImagesAxis {
  idx source, step, before, reach, window;
  ImagesAxis(const ConvAxis& a, bool transposed)
      : source(transposed ? a.out : a.in), step(transposed ? 1 : a.stride), before(a.pad), reach((a.kernel - 1) * a.dilation), window(a.out) {
    if (!transposed) return;
    const PatchAxis axis = PatchAxis::transposed(a);
    before = axis.before, reach = axis.reach, window = axis.window;
  }
  idx span(idx results) const { return (results - 1) * step + reach + 1; }
};

/** How the work is cut: blocks of images × groups × bands of rows × parts of the output channels. */
template <class T> struct ImagesConvolution {
  Convolution<T> conv;  // of one image: its passes, taps and weights
  ImagesAxis y, x;
  idx blocks;           // of images
  idx passes, vectors;
  EvenSplit bands, chunks, parts;

  ImagesConvolution(const ConvShape& s, bool transposed)
      : conv(s, transposed), y(s.y, transposed), x(s.x, transposed), blocks(s.n / LANES<T>),
        passes(transposed ? smaller(s.y.stride, s.y.in) * smaller(s.x.stride, s.x.in) : 1),
        vectors(conv_vectors(static_cast<int>(conv.tiles.size(0)))), bands{y.window, 1}, chunks{conv.channels, 1}, parts{conv.tiles.parts, 1} {
    if (blocks == 0) return;
    chunks.parts = divide_up(conv.channels, larger(CHUNK_DEPTH * passes / s.taps(), 1));
    bands.parts = smaller(divide_up(CONV_ENOUGH, blocks * s.groups), y.window);
    while (bytes() > IMAGES_LIMIT && bands.parts < y.window) bands.parts++;
    const idx items = blocks * s.groups * bands.parts;
    parts.parts = smaller(larger(divide_up(CONV_ENOUGH, items), divide_up(conv.results, CONV_ROWS)), conv.tiles.parts);
  }
  /** Whether this is the better way: where rows are short or badly fill vectors, and there is enough to sum. */
  bool suits() const {
    const ConvShape& s = conv.s;
    if (blocks == 0 || conv.results <= 0 || conv.depth() / passes < IMAGES_DEPTH || bytes() > IMAGES_LIMIT) return false;
    const Pixels<T> pixels(conv.bands.rows(), conv.bands.columns(), conv.layout.width);
    const idx computed = round_up(pixels.count, conv_vectors(static_cast<int>(conv.tiles.size(0)))) * LANES<T>;
    return s.y.stride > 1 || s.x.stride > 1 || x.window < LANES<T> || pixels.rows * pixels.columns * 10 < computed * 9;
  }
  idx height() const { return y.span(bands.size(0)); }
  idx width() const { return x.span(x.window); }
  /** Distance of the channels of a patch: an odd number of lines, so that they share no cache set. */
  idx plane() const { return (height() * width() | 1) * LANES<T>; }
  idx patch_size() const { return chunks.size(0) * plane(); }
  /** Sums of one pass over a band, for all tiles of a part. */
  idx pass_sums() const {
    const idx rows = divide_up(conv.tiles.parts, parts.parts) * conv.tiles.size(0);
    return round_up(bands.size(0) * x.window, vectors) * LANES<T> * rows;
  }
  idx results_of_band() const {
    return bands.size(0) * (conv.transposed ? conv.s.y.stride * conv.s.x.in : conv.s.x.out);
  }
  idx own_size() const { return patch_size() + passes * pass_sums() + round_up(results_of_band(), 16); }
  idx bytes() const { return own_size() * static_cast<idx>(sizeof(T)); }
  idx offsets_bytes() const { return round_up(chunks.size(0) * conv.s.taps() * 4, 64); }
  idx scratch_bytes(idx threads) const {
    return SCRATCH_LINE + offsets_bytes() + conv.weights_size() * static_cast<idx>(sizeof(T)) + threads * bytes();
  }
  /** Where the operand of a tap lies in a patch, for result (0, 0) of the pass. */
  idx offset_of(const ConvPass& pass, idx ky, idx kx) const {
    const ConvShape& s = conv.s;
    idx dy = ky * s.y.dilation, dx = kx * s.x.dilation;
    if (conv.transposed) dy = (pass.y + s.y.pad - dy) / s.y.stride + y.before, dx = (pass.x + s.x.pad - dx) / s.x.stride + x.before;
    return (dy * width() + dx) * LANES<T>;
  }
  void write_offsets(int32_t* to) const {
    conv.passes([&](const ConvPass& pass) {
      for (idx c = 0; c < chunks.size(0); c++)
        conv.taps_of(pass, [&](idx ky, idx kx) { *to++ = static_cast<int32_t>(c * plane() + offset_of(pass, ky, kx)); });
    });
  }
};

/** Fills the rows of a patch for some channels of a block of images; `source` is the first channel of the first image. */
template <class T>
static __attribute__((noinline)) void fill_images(T* patch, const ImagesConvolution<T>& c, const T* source, idx image_step, idx channels, idx first_row) {
  constexpr int L = LANES<T>;
  const idx height = c.height(), width = c.width(), first = first_row * c.y.step - c.y.before;
  const Inside rows(first, 1, height, c.y.source), columns(-c.x.before, 1, width, c.x.source);
  for (idx i = 0; i < channels; i++, source += c.y.source * c.x.source) {
    const T* streams[L];
    for (int image = 0; image < L; image++) streams[image] = source + image * image_step + (first + rows.begin) * c.x.source + columns.begin - c.x.before;
    fill_plane(patch + i * c.plane(), height, width, rows, columns, streams, c.x.source);
  }
}

/** The results of one pass over a band, and where their sums go. */
template <class T> struct ImagesPass {
  ConvPass taps;
  idx rows, columns;
  T* sums;
  idx count() const { return rows * columns; }
};

/** Asks for the memory of a band's results while the last products are summed: writing it would have to wait for it. */
template <class T> struct ComingStores {
  T* to;
  idx image_step, plane, count, channels;  // between images and channels; results of a channel, and channels
  idx steps, channel = 0, at = 0;          // of one line of each image, at every call

  ComingStores(T* to, idx image_step, idx plane, idx count, idx channels, idx calls)
      : to(to), image_step(image_step), plane(plane), count(count), channels(channels),
        steps(divide_up(channels * divide_up(count, LINE), larger(calls, 1))) {}
  static constexpr idx LINE = 64 / sizeof(T);
  void ask() {
    for (idx i = 0; i < steps && channel < channels; i++) {
      for (idx image = 0; image < LANES<T>; image++) __builtin_prefetch(to + image * image_step + channel * plane + at, 1, 2);
      at += LINE;
      if (at >= count) at = 0, channel++;
    }
  }
};

/** Adds the products of a chunk of channels to the sums of a pass: [group of pixels][output channel][pixel][image]. */
template <class T>
void sum_images(const ImagesConvolution<T>& c, const ImagesPass<T>& pass, const T* patch, const int32_t* offsets, const T* weights,
                const T* bias, Range tiles, Range channels, ComingStores<T>* stores) {
  constexpr int L = LANES<T>;
  const EvenSplit& split = c.conv.tiles;
  const idx depth = channels.size * pass.taps.taps, whole = c.conv.channels * pass.taps.taps, first = split.begin(tiles.begin);
  const idx rows = split.begin(tiles.begin + tiles.size - 1) + split.size(tiles.begin + tiles.size - 1) - first;
  const int stage = channels.begin == 0 ? CONV_FIRST : 0;
  idx y = 0, x = 0;
  for (idx pixel = 0; pixel < pass.count(); pixel += c.vectors) {
    ConvTile<T> tile;
    tile.plane = 0;
    for (idx j = 0; j < c.vectors; j++) {
      tile.from[j] = patch + (y * c.y.step * c.width() + x * c.x.step) * L;
      if (pixel + j + 1 < pass.count() && ++x == pass.columns) x = 0, y++;  // past the end the last one is repeated
    }
    for (idx t = tiles.begin; t < tiles.begin + tiles.size; t++) {
      const idx row = split.begin(t), size = split.size(t);
      tile.sums = pass.sums + (pixel * rows + (row - first) * c.vectors) * L;
      convolve_tile_for<T>(static_cast<int>(c.vectors), size)(depth, weights + row * whole + channels.begin * pass.taps.taps * size, offsets,
                                                              tile, bias ? bias + row : nullptr, stage);
      if (stores) stores->ask();
    }
  }
}

/** Stores the results of a band: `count` of each image from `to` on, each found at its place in the sums. */
template <class T>
static __attribute__((noinline)) void store_images(T* to, idx image_step, const T* sums, const int32_t* places, idx count) {
  constexpr int L = LANES<T>;
  alignas(64) T run[L * STREAM_RUN];
  for (idx begin = 0; begin < count; begin += STREAM_RUN) {
    const idx size = smaller(STREAM_RUN, count - begin);
    for (idx i = 0; i < size; i += L) {
      const T* row[L];
      for (int j = 0; j < L; j++) row[j] = sums + places[smaller(begin + i + j, count - 1)];
      transpose_rows<T, L>(run + i, STREAM_RUN, row, L);
    }
    for (int image = 0; image < L; image++) copy_run(to + image * image_step + begin, run + image * STREAM_RUN, size);
  }
}

/** One task: a block of images, a group, a band of rows and some of the output channels. */
template <class T>
void convolve_images_item(const ImagesConvolution<T>& c, idx item, const int32_t* offsets, const T* weights, T* own, const T* source, const T* bias, T* to) {
  constexpr int L = LANES<T>;
  const Convolution<T>& conv = c.conv;
  const ConvShape& s = conv.s;
  const idx part = item % c.parts.parts, band = item / c.parts.parts % c.bands.parts;
  const idx group = item / c.parts.parts / c.bands.parts % s.groups, block = item / c.parts.parts / c.bands.parts / s.groups;
  const idx row = c.bands.begin(band), rows = c.bands.size(band);
  const idx height = conv.transposed ? s.y.in : s.y.out, width = conv.transposed ? s.x.in : s.x.out;
  const idx step_y = conv.transposed ? s.y.stride : 1, step_x = conv.transposed ? s.x.stride : 1;
  const Range tiles{c.parts.begin(part), c.parts.size(part)};
  const idx first_channel = conv.tiles.begin(tiles.begin), last_tile = tiles.begin + tiles.size - 1;
  const idx results = conv.tiles.begin(last_tile) + conv.tiles.size(last_tile) - first_channel;
  T* const all_sums = own + c.patch_size();
  int32_t* const places = reinterpret_cast<int32_t*>(all_sums + c.passes * c.pass_sums());
  auto pass_of = [&](const ConvPass& taps, idx index) {
    const idx last_row = divide_up(height - taps.y, step_y), last_column = divide_up(width - taps.x, step_x);
    return ImagesPass<T>{taps, larger(smaller(rows, last_row - row), 0), smaller(c.x.window, last_column), all_sums + index * c.pass_sums()};
  };
  const idx image_step = s.groups * conv.channels * c.y.source * c.x.source;
  const T* const from = source + block * L * image_step + group * conv.channels * c.y.source * c.x.source;
  const idx first = row * step_y * width, count = smaller((row + rows) * step_y, height) * width - first;
  const idx out_step = s.groups * conv.results * height * width;
  T* const out = to + block * L * out_step + (group * conv.results + first_channel) * height * width + first;
  ComingStores<T> stores(out, out_step, height * width, count, results, count / c.vectors * tiles.size);
  for (idx chunk = 0; chunk < c.chunks.parts; chunk++) {
    const Range channels{c.chunks.begin(chunk), c.chunks.size(chunk)};
    fill_images(own, c, from + channels.begin * c.y.source * c.x.source, image_step, channels.size, row);
    idx index = 0;
    conv.passes([&](const ConvPass& taps) {
      sum_images(c, pass_of(taps, index++), own, offsets + c.chunks.size(0) * taps.before,
                 weights + group * conv.depth() * conv.results + conv.channels * taps.before * conv.results,
                 bias ? bias + group * conv.results : nullptr, tiles, channels, chunk + 1 == c.chunks.parts ? &stores : nullptr);
    });
  }
  idx index = 0;
  conv.passes([&](const ConvPass& taps) {
    const ImagesPass<T> pass = pass_of(taps, index++);
    for (idx r = 0, pixel = 0; r < pass.rows; r++)
      for (idx column = 0; column < pass.columns; column++, pixel++) {
        const idx at = (pixel / c.vectors * c.vectors * results + pixel % c.vectors) * L;
        places[(taps.y + r * step_y) * width + taps.x + column * step_x] = static_cast<int32_t>(pass.sums - all_sums + at);
      }
  });
  for (idx i = 0; i < results; i++) store_images(out + i * height * width, out_step, all_sums + i * c.vectors * L, places, count);
}

/** The convolution of all whole blocks of images, or the transposed one. */
template <class T>
void convolve_images(const ImagesConvolution<T>& c, const T* source, const T* weights, const T* bias, T* to, void* scratch) {
  const Convolution<T>& conv = c.conv;
  const ConvShape& s = conv.s;
  int32_t* const offsets = reinterpret_cast<int32_t*>(at_line(scratch));
  T* const packed = reinterpret_cast<T*>(at_line(scratch) + c.offsets_bytes());
  T* const own = packed + conv.weights_size();
  c.write_offsets(offsets);
  auto pack = [&](idx i, int) {
    const idx group = i / conv.tiles.parts;
    conv.pack_weights(packed + group * conv.depth() * conv.results, weights + group * s.out * s.in * s.taps(), i % conv.tiles.parts);
  };
  if (s.weights() * PACKING_WORK >= PARALLEL_WORK) parallel_tasks(s.groups * conv.tiles.parts, pack);
  else for (idx i = 0; i < s.groups * conv.tiles.parts; i++) pack(i, 0);
  const idx items = c.blocks * s.groups * c.bands.parts * c.parts.parts;
  const EvenSplit tasks{items, smaller(items, CONV_TASKS)};
  parallel_tasks(tasks.parts, [&](idx task, int thread) {
    for (idx i = tasks.begin(task), end = i + tasks.size(task); i < end; i++)
      convolve_images_item(c, i, offsets, packed, own + thread * c.own_size(), source, bias, to);
  });
}

/** What is left when whole blocks are done: the last images. */
template <class T> ConvShape last_images(ConvShape s) {
  s.n %= LANES<T>;
  return s;
}

}  // namespace NABLA_ISA
