// Images cropped, padded and flipped: every pixel of the result is one of the source's, or the fill.
//
// The placement of an image is four numbers: pixel (r, c) of the result is pixel (top + down·r, left + right·c) of the
// source, with down and right +1 or, for a flip, −1. What lies outside the source follows the padding's rule.
#include "parallel.h"

namespace NABLA_ISA {

enum Padding { CONSTANT, EDGE, REFLECT, SYMMETRIC };

/** Where position i of an axis of n is found: within [0, n), or −1 for the fill. */
static idx within(idx i, idx n, int padding) {
  if (i >= 0 && i < n) return i;
  if (padding == CONSTANT) return -1;
  if (padding == EDGE || n == 1) return i < 0 ? 0 : n - 1;
  const idx period = padding == REFLECT ? 2 * (n - 1) : 2 * n;
  const idx j = (i % period + period) % period;
  return j < n ? j : padding == REFLECT ? period - j : period - 1 - j;
}

/** A row of the result: the columns that lie inside the source are one run, with others before and behind. */
template <class In, class Out, class Map>
static ALWAYS_INLINE void place_row(const In* __restrict x, Out* __restrict y, idx left, idx right, idx width,
                                    idx outWidth, int padding, Out fill, const Map& map) {
  idx first = right > 0 ? -left : left - width + 1, last = right > 0 ? width - left : left + 1;
  first = first < 0 ? 0 : first > outWidth ? outWidth : first;
  last = last > outWidth ? outWidth : last < first ? first : last;
  const auto beside = [&](idx c) {
    const idx i = within(left + right * c, width, padding);
    y[c] = i < 0 ? fill : map(x[i]);
  };
  for (idx c = 0; c < first; c++) beside(c);
  if (right > 0)
    for (idx c = first; c < last; c++) y[c] = map(x[left + c]);
  else
    for (idx c = first; c < last; c++) y[c] = map(x[left - c]);
  for (idx c = last; c < outWidth; c++) beside(c);
}

/** maps(channel) gives what is done to a pixel, and fills(channel) the fill. */
template <class In, class Out, class Maps, class Fills>
static ALWAYS_INLINE void place_images(const In* images, Out* y, idx count, idx channels, idx height, idx width,
                                       idx outHeight, idx outWidth, const int32_t* placements, int padding,
                                       const Maps& maps, const Fills& fills) {
  parallel_tasks(count * channels, [=](idx task, int) {
    const idx channel = task % channels;
    const int32_t* place = placements + task / channels * 4;
    const In* plane = images + task * height * width;
    Out* out = y + task * outHeight * outWidth;
    const auto map = maps(channel);
    const Out fill = fills(channel);
    for (idx r = 0; r < outHeight; r++, out += outWidth) {
      const idx row = within(place[0] + place[1] * r, height, padding);
      if (row < 0)
        for (idx c = 0; c < outWidth; c++) out[c] = fill;
      else
        place_row(plane + row * width, out, place[2], place[3], width, outWidth, padding, fill, map);
    }
  });
}

template <class T>
static ALWAYS_INLINE void place_same(const T* images, T* y, idx count, idx channels, idx height, idx width,
                                     idx outHeight, idx outWidth, const int32_t* placements, int padding, double fill) {
  place_images(
      images, y, count, channels, height, width, outHeight, outWidth, placements, padding,
      [](idx) { return [](T x) { return x; }; }, [=](idx) { return static_cast<T>(fill); });
}

#define PLACE(suffix, T)                                                                                       \
  KERNEL(place_images_##suffix, const T* images, T* y, idx count, idx channels, idx height, idx width,         \
         idx outHeight, idx outWidth, const int32_t* placements, int padding, double fill) {                   \
    place_same(images, y, count, channels, height, width, outHeight, outWidth, placements, padding, fill);     \
  }
PLACE(u8, uint8_t)
PLACE(f32, float)
PLACE(f64, double)

/** The same with every byte looked up in its channel's table of 256 floats; the fill is a byte as well. */
KERNEL(place_images_u8_f32, const uint8_t* images, float* y, idx count, idx channels, idx height, idx width,
       idx outHeight, idx outWidth, const int32_t* placements, int padding, double fill, const float* tables) {
  const idx byte = static_cast<idx>(fill);
  place_images(
      images, y, count, channels, height, width, outHeight, outWidth, placements, padding,
      [=](idx channel) {
        const float* table = tables + channel * 256;
        return [=](uint8_t x) { return table[x]; };
      },
      [=](idx channel) { return tables[channel * 256 + byte]; });
}

}  // namespace NABLA_ISA
