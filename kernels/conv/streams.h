// Laying streams of elements side by side, as the lanes of vectors: the channels of an image, or the images of a batch.
#pragma once
#include "patch.h"

namespace NABLA_ISA {

constexpr idx STREAM_RUN = 128;  // elements of a stream that are copied at once

/**
 * Lane i of the vectors becomes stream i: `rows` rows of `columns` elements, `width` apart in a stream, lead to rows of vectors `step`
 * apart. Streams often begin at the same place of a page, and then share so few cache sets that their lines push each other out:
 * short rows are copied to where they do not.
 */
template <class T>
static __attribute__((noinline)) void interleave_streams(T* to, idx step, const T* const (&streams)[LANES<T>], idx width, idx rows, idx columns) {
  if (columns <= 0) return;  // padding only: the streams need not point into the image
  constexpr int L = LANES<T>;
  constexpr idx APART = STREAM_RUN + 64 / sizeof(T);
  alignas(64) T copy[L * APART];
  const bool copied = width <= STREAM_RUN;
  const idx together = copied ? STREAM_RUN / width : 1;
  for (idx first = 0; first < rows; first += together) {
    const idx count = smaller(together, rows - first);
    const T* base[L];
    for (int i = 0; i < L; i++) {
      base[i] = streams[i] + first * width;
      if (!copied) continue;
      copy_run(copy + i * APART, base[i], (count - 1) * width + columns);
      base[i] = copy + i * APART;
    }
    for (idx r = 0; r < count; r++) {
      const T* row[L];
      for (int i = 0; i < L; i++) row[i] = base[i] + r * width;
      transpose_rows<T, L>(to + (first + r) * step, L, row, columns);
    }
  }
}

/**
 * Fills a plane of `height` rows of `width` vectors: `rows` and `columns` of them from streams that begin there, in rows `source_width`
 * apart, and zero around these.
 */
template <class T>
static void fill_plane(T* to, idx height, idx width, const Inside& rows, const Inside& columns, const T* const (&streams)[LANES<T>], idx source_width) {
  constexpr idx L = LANES<T>;
  const idx step = width * L;
  auto zero = [](T* at, idx count) {
    for (idx i = 0; i < count; i += L) store(at + i, V<T>{});
  };
  zero(to, rows.begin * step);
  for (idx r = rows.begin; r < rows.end; r++) {
    zero(to + r * step, columns.begin * L);
    zero(to + r * step + columns.end * L, (width - columns.end) * L);
  }
  zero(to + rows.end * step, (height - rows.end) * step);
  interleave_streams<T>(to + rows.begin * step + columns.begin * L, step, streams, source_width, rows.end - rows.begin, columns.end - columns.begin);
}

}  // namespace NABLA_ISA
