// Convolution and transposed convolution without im2col: each task lays out a patch of one image and multiplies the packed
// weights with it, reading the operand of every tap at its offset in the patch.
#pragma once
#include "../parallel.h"
#include "../pooling.h"
#include "tile.h"

namespace NABLA_ISA {

constexpr idx POOLED_BYTES = 1 << 20;  // of a band's results that are pooled from the cache

/** Results whose taps are the same: all of a convolution's, or those of one residue of a transposed one's strides. */
struct ConvPass {
  idx y, x;    // the residues
  idx before;  // taps of the passes before
  idx taps;
};

template <class T> struct Convolution {
  ConvShape s;
  bool transposed;
  idx channels, results;  // of a group: what is summed over, and what comes out
  PatchAxis y, x;
  idx parts;      // of the output channels
  EvenSplit tiles;
  Bands<T> bands;
  PatchLayout<T> layout;

  Convolution(const ConvShape& s, bool transposed)
      : s(s), transposed(transposed), channels(transposed ? s.out : s.in), results(transposed ? s.in : s.out),
        y(transposed ? PatchAxis::transposed(s.y) : PatchAxis::convolution(s.y)),
        x(transposed ? PatchAxis::transposed(s.x) : PatchAxis::convolution(s.x)),
        parts(1), tiles{results, divide_up(results, TILE_ROWS)},
        bands(y, x, channels, PATCH_BYTES, s.n * s.groups < CONV_ENOUGH ? most_bands() : 1),
        layout(y, x, channels, bands.rows(), bands.columns()) {
    const idx items = s.n * s.groups * bands.count();
    parts = larger(divide_up(results, CONV_ROWS), items < CONV_ENOUGH ? divide_up(CONV_ENOUGH, items) : 1);
    parts = smaller(parts, tiles.parts);
  }

  /** So many bands that few images keep all threads busy, but none of a few vectors only. */
  idx most_bands() const {
    const idx wanted = divide_up(CONV_ENOUGH, larger(s.n * s.groups, 1));
    return larger(smaller(wanted, y.window * x.window / (8 * LANES<T>)), 1);
  }

  idx depth() const { return channels * s.taps(); }
  idx patch_size() const { return layout.size(); }
  idx weights_size() const { return round_up(s.weights() + LANES<T>, 64 / sizeof(T)); }
  idx offsets_bytes() const { return round_up(depth() * 4, 64); }
  idx scratch_bytes(idx threads) const {
    return SCRATCH_LINE + offsets_bytes() + (weights_size() + threads * patch_size()) * static_cast<idx>(sizeof(T));
  }

  /** From one channel of a band's results to the next where they are pooled: not whole pages, which would share cache sets. */
  idx band_plane(idx rows, idx columns) const { return rows * columns + 64 / sizeof(T); }
  idx band_size() const { return round_up(results * band_plane(bands.rows(), bands.columns()), 64 / sizeof(T)); }
  idx pooled_scratch_bytes(idx threads) const {
    return scratch_bytes(threads) + threads * band_size() * static_cast<idx>(sizeof(T));
  }
  /** Whether results may be pooled 2 × 2 as they come: all bands are even, and what they hold stays in the second-level cache. */
  bool pools() const {
    auto even = [](const EvenSplit& split) { return split.n % (2 * split.parts) == 0; };
    return !transposed && even(bands.y) && even(bands.x) && band_size() * static_cast<idx>(sizeof(T)) <= POOLED_BYTES;
  }

  /** f(pass) for each pass, in order. */
  template <class F> void passes(const F& f) const {
    if (!transposed) return f(ConvPass{0, 0, 0, s.taps()});
    idx before = 0;
    for (idx ry = 0; ry < smaller(s.y.stride, s.y.in); ry++)
      for (idx rx = 0; rx < smaller(s.x.stride, s.x.in); rx++) {
        ConvPass pass{ry, rx, before, 0};
        taps_of(pass, [&](idx, idx) { pass.taps++; });
        f(static_cast<const ConvPass&>(pass));
        before += pass.taps;
      }
  }

  /** f(ky, kx) for each tap of a pass, in order. */
  template <class F> void taps_of(const ConvPass& pass, const F& f) const {
    for (idx ky = 0; ky < s.y.kernel; ky++) {
      if (transposed && (pass.y + s.y.pad - ky * s.y.dilation) % s.y.stride != 0) continue;
      for (idx kx = 0; kx < s.x.kernel; kx++)
        if (!transposed || (pass.x + s.x.pad - kx * s.x.dilation) % s.x.stride == 0) f(ky, kx);
    }
  }

  /** Where the operand of a tap lies in the patch, for result (0, 0) of the pass. */
  idx offset_of(const ConvPass& pass, idx ky, idx kx) const {
    if (transposed) {
      const idx dy = (pass.y + s.y.pad - ky * s.y.dilation) / s.y.stride, dx = (pass.x + s.x.pad - kx * s.x.dilation) / s.x.stride;
      return (dy + y.before) * layout.width + dx + x.before;
    }
    const idx at_y = ky * s.y.dilation, at_x = kx * s.x.dilation;
    const idx slot = at_y % s.y.stride * x.phases + at_x % s.x.stride;
    return slot * layout.slot + at_y / s.y.stride * layout.width + at_x / s.x.stride;
  }

  void write_offsets(int32_t* to) const {
    passes([&](const ConvPass& pass) {
      for (idx c = 0; c < channels; c++)
        taps_of(pass, [&](idx ky, idx kx) { *to++ = static_cast<int32_t>(c * layout.plane + offset_of(pass, ky, kx)); });
    });
  }

  /** One tile of a group's weights as [pass][channel][tap][row], each pass apart from the last tile's by `results` rows. */
  void pack_weights(T* packed, const T* w, idx tile) const {
    const idx taps = s.taps(), rows = tiles.size(tile);
    const idx row_step = transposed ? taps : s.in * taps, channel_step = transposed ? s.in * taps : taps;
    const T* const first = w + tiles.begin(tile) * row_step;
    passes([&](const ConvPass& pass) {
      T* to = packed + channels * (pass.before * results + tiles.begin(tile) * pass.taps);
      for (idx c = 0; c < channels; c++)
        taps_of(pass, [&](idx ky, idx kx) {
          const T* from = first + c * channel_step + ky * s.x.kernel + kx;
          for (idx i = 0; i < rows; i++) *to++ = from[i * row_step];
        });
    });
  }
};

/** What one task computes of one pass: the tiles [begin, end) of output channels over a band. */
template <class T> struct ConvWork {
  const Convolution<T>& conv;
  const T* patch;
  const int32_t* offsets;  // of the pass
  const T* weights;        // of the pass, tile 0
  const T* bias;           // of the group, or null
  idx depth;
  idx begin, end;
  ConvOutput<T> out;
  T* sums;
};

constexpr idx STORES_DEPTH = 64;  // products of a result, from which on it helps to ask for its memory before they are summed

template <class T> void convolve_band(const ConvWork<T>& w, const Pixels<T>& pixels) {
  const EvenSplit& tiles = w.conv.tiles;
  const int vectors = conv_vectors(tiles.size(0));
  const EvenSplit blocks{w.depth, larger(divide_up(w.depth, DEPTH_BLOCK<T>), 1)};
  const bool asks = w.depth >= STORES_DEPTH;
  // A row's last vector may run over into the next row of the band, which is stored after it.
  const idx room = w.out.row_step == pixels.columns && !pixels.through ? pixels.rows * pixels.columns - LANES<T> : -1;
  PixelPlace next;
  for (idx v = 0; v < pixels.count; v += vectors) {
    const int live = static_cast<int>(smaller(vectors, pixels.count - v));
    bool in_place = live == vectors && w.out.column_step == 1;
    ConvTile<T> tile;
    tile.plane = w.out.plane;
    PixelPlace places[MOST_VECTORS];
    idx stored[MOST_VECTORS];
    for (int j = 0; j < vectors; j++) {
      places[j] = j < live ? next : places[live - 1];
      if (j < live) next = pixels.next(next);
      tile.from[j] = w.patch + pixels.base(places[j]);
      stored[j] = places[j].row * w.out.row_step + places[j].column;
      in_place = in_place && (pixels.whole(places[j]) || stored[j] <= room);
    }
    for (idx b = 0; b < blocks.parts; b++) {
      const bool last = b + 1 == blocks.parts;
      T* sums = w.sums;
      for (idx t = w.begin; t < w.end; t++) {
        const idx rows = tiles.size(t), row = tiles.begin(t);
        tile.sums = sums;
        for (int j = 0; last && in_place && j < vectors; j++) {
          tile.to[j] = w.out.first + stored[j] + row * w.out.plane;
          for (idx i = 0; asks && i < rows; i++) __builtin_prefetch(tile.to[j] + i * w.out.plane, 1);
        }
        const int stage = (b == 0 ? CONV_FIRST : 0) | (last && in_place ? CONV_STORE : 0);
        convolve_tile_for<T>(vectors, rows)(blocks.size(b), w.weights + row * w.depth + blocks.begin(b) * rows,
                                            w.offsets + blocks.begin(b), tile, w.bias ? w.bias + row : nullptr, stage);
        if (last && !in_place) {
          ConvOutput<T> out = w.out;
          out.first += row * out.plane;
          for (int j = 0; j < live; j++) scatter(pixels, places[j], sums + j * LANES<T>, vectors * LANES<T>, rows, out);
        }
        sums += rows * vectors * LANES<T>;
      }
    }
  }
}

/** How a convolution's scratch is divided. */
template <class T> struct ConvScratch {
  int32_t* offsets;
  T* weights;
  T* patches;
  T* results;  // of a band for each thread, where they are pooled
  ConvScratch(const Convolution<T>& conv, void* scratch, idx threads) {
    char* const start = at_line(scratch);
    offsets = reinterpret_cast<int32_t*>(start);
    weights = reinterpret_cast<T*>(start + conv.offsets_bytes());
    patches = weights + conv.weights_size();
    results = patches + threads * conv.patch_size();
  }
};

/** Where the largest of every 2 × 2 results go, and their places unless null; results below `floor` count as `floor`. */
template <class T> struct Pooled {
  T floor;
  T* y;
  int32_t* places;
  Pooled from(idx i) const { return {floor, y + i, places ? places + i : nullptr}; }
};

/** Pools a band of `channels` channels, which begins at (row, column) of planes of `height` × `width`; `y` is where their planes begin. */
template <class T>
void pool_band(const ConvOutput<T>& band, idx channels, idx rows, idx columns, idx row, idx column, idx height, idx width, const Pooled<T>& y) {
  for (idx c = 0; c < channels; c++)
    for (idx r = 0; r < rows; r += 2) {
      const T* const above = band.first + c * band.plane + r * band.row_step;
      const Pooled<T> to = y.from((c * (height / 2) + (row + r) / 2) * (width / 2) + column / 2);
      largest_of_two_rows(above, above + band.row_step, y.floor, (row + r) * width + column, width, columns / 2, to.y, to.places);
    }
}

/** All results of the item-th band, part and group of an image, at `to` or, where there is a `pool`, only what becomes of them. */
template <class T>
void convolve_item(const Convolution<T>& conv, const ConvScratch<T>& scratch, idx item, int thread, const T* source, const T* bias, T* to,
                   const Pooled<T>* pooled) {
  const Pooled<T>* const pool = EVERY_WAY ? pooled : nullptr;
  const ConvShape& s = conv.s;
  const idx part = item % conv.parts, band = item / conv.parts % conv.bands.count();
  const idx group = item / conv.parts / conv.bands.count() % s.groups, image = item / conv.parts / conv.bands.count() / s.groups;
  const idx row = conv.bands.y.begin(band / conv.bands.x.parts), column = conv.bands.x.begin(band % conv.bands.x.parts);
  const idx rows = conv.bands.y.size(band / conv.bands.x.parts), columns = conv.bands.x.size(band % conv.bands.x.parts);
  const idx height = conv.transposed ? s.y.in : s.y.out, width = conv.transposed ? s.x.in : s.x.out;
  const idx step_y = conv.transposed ? s.y.stride : 1, step_x = conv.transposed ? s.x.stride : 1;
  T* const patch = scratch.patches + thread * conv.patch_size();
  fill_patch(patch, conv.layout, source + (image * s.groups + group) * conv.channels * conv.y.source * conv.x.source, row, column,
             conv.y.source * conv.x.source);
  const EvenSplit parts{conv.tiles.parts, conv.parts};
  const idx plane = (image * s.groups + group) * conv.results;
  const ConvOutput<T> held{scratch.results + thread * conv.band_size(), columns, 1, conv.band_plane(rows, columns)};
  conv.passes([&](const ConvPass& pass) {
    const idx last_row = divide_up(height - pass.y, step_y), last_column = divide_up(width - pass.x, step_x);
    const Pixels<T> pixels(smaller(rows, last_row - row), smaller(columns, last_column - column), conv.layout.width);
    if (pixels.rows <= 0 || pixels.columns <= 0) return;
    const idx start = (plane * height + pass.y + row * step_y) * width + pass.x + column * step_x;
    const ConvOutput<T> out = pool ? held : ConvOutput<T>{to + start, step_y * width, step_x, height * width};
    const T* const weights = scratch.weights + group * conv.depth() * conv.results + conv.channels * pass.before * conv.results;
    convolve_band(ConvWork<T>{conv, patch, scratch.offsets + conv.channels * pass.before, weights,
                              bias ? bias + group * conv.results : nullptr, conv.channels * pass.taps, parts.begin(part),
                              parts.begin(part) + parts.size(part), out, static_cast<T*>(nabla_workspace(thread))}, pixels);
  });
  if (!pool) return;
  const idx begin = conv.tiles.begin(parts.begin(part)), end = conv.tiles.begin(parts.begin(part) + parts.size(part));
  ConvOutput<T> out = held;
  out.first += begin * held.plane;
  pool_band(out, end - begin, rows, columns, row, column, height, width, pool->from((plane + begin) * (height / 2) * (width / 2)));
}

/** The convolution of `source`, or the transposed one; `scratch` is as long as scratch_bytes says. With a `pool` nothing goes to `to`. */
template <class T>
void convolve(const ConvShape& s, bool transposed, const T* source, const T* weights, const T* bias, T* to, void* scratch_memory,
              const Pooled<T>* pool = nullptr, idx threads = 0) {
  const Convolution<T> conv(s, transposed);
  const idx items = s.n * s.groups * conv.bands.count() * conv.parts;
  if (items <= 0 || conv.results <= 0) return;
  const ConvScratch<T> scratch(conv, scratch_memory, threads);
  conv.write_offsets(scratch.offsets);
  const idx work = s.n * s.groups * conv.depth() * conv.results * conv.y.window * conv.x.window;
  auto run = [&](idx weight, idx count, auto&& f) {
    if (weight >= PARALLEL_WORK) return parallel_tasks(count, f);
    for (idx i = 0; i < count; i++) f(i, 0);
  };
  run(s.weights() * PACKING_WORK, s.groups * conv.tiles.parts, [&](idx i, int) {
    const idx group = i / conv.tiles.parts;
    conv.pack_weights(scratch.weights + group * conv.depth() * conv.results, weights + group * s.out * s.in * s.taps(), i % conv.tiles.parts);
  });
  const EvenSplit tasks{items, smaller(items, CONV_TASKS)};
  run(work, tasks.parts, [&](idx task, int thread) {
    for (idx i = tasks.begin(task), end = i + tasks.size(task); i < end; i++)
      convolve_item(conv, scratch, i, thread, source, bias, to, pool);
  });
}

}  // namespace NABLA_ISA
