// Images turned, moved, scaled and sheared: every output pixel is sampled where an affine map takes it.
#include "parallel.h"

namespace NABLA_ISA {

template <class T> struct Coordinate { using type = float; };
template <> struct Coordinate<double> { using type = double; };

static ALWAYS_INLINE float nearest_whole(float x) { return __builtin_rintf(x); }
static ALWAYS_INLINE double nearest_whole(double x) { return __builtin_rint(x); }

template <class T, class R> static ALWAYS_INLINE T pixel_of(R x) {
  if constexpr (sizeof(T) == 1) {
    const R whole = nearest_whole(x);
    return static_cast<T>(whole < 0 ? R(0) : whole > 255 ? R(255) : whole);
  } else {
    return static_cast<T>(x);
  }
}

static ALWAYS_INLINE float whole_below(float x) { return __builtin_floorf(x); }
static ALWAYS_INLINE double whole_below(double x) { return __builtin_floor(x); }

constexpr idx CHUNK = 256;

/** Where the pixels of a piece of a row come from: whole rows and columns, and how far on from them. */
template <class R> struct Places {
  int32_t row[CHUNK], column[CHUNK];
  R down[CHUNK], right[CHUNK];
};

/** Into −2 … n, which are outside together with their neighbours; NaN becomes −2. */
template <class R> static ALWAYS_INLINE int32_t position(R x, R n) {
  const R bounded = x >= -2 ? (x < n ? x : n) : R(-2);
  return static_cast<int32_t>(bounded);
}

/** The pixel at (row, column), 0 outside; `inside` grows by the weight where there is one. */
template <class T, class R>
static ALWAYS_INLINE R weighted(const T* plane, idx height, idx width, idx row, idx column, R weight, R* inside) {
  if (row < 0 || row >= height || column < 0 || column >= width) return 0;
  *inside += weight;
  return weight * static_cast<R>(plane[row * width + column]);
}

template <class T, class R>
static ALWAYS_INLINE T between(const T* x, idx height, idx width, const Places<R>& places, idx c, R fill) {
  const idx row = places.row[c], column = places.column[c];
  const R down = places.down[c], right = places.right[c];
  R inside = 0;
  R sum = weighted(x, height, width, row, column, (1 - down) * (1 - right), &inside);
  sum += weighted(x, height, width, row, column + 1, (1 - down) * right, &inside);
  sum += weighted(x, height, width, row + 1, column, down * (1 - right), &inside);
  sum += weighted(x, height, width, row + 1, column + 1, down * right, &inside);
  return pixel_of<T>(sum * inside + (1 - inside) * fill);
}

/**
 * One image. The map gives for an output pixel its input pixel, both from the middle of the image; as torchvision computes
 * it, over coordinates from −1 to 1.
 */
template <class T, class R>
static ALWAYS_INLINE void warp(const T* x, T* y, idx channels, idx height, idx width, const double* matrix, bool bilinear,
                               const double* fills) {
  const R h = static_cast<R>(height), w = static_cast<R>(width), half = R(0.5);
  const idx plane = height * width;
  Places<R> places;
  R m[6];
  for (int i = 0; i < 6; i++) m[i] = static_cast<R>(matrix[i]) / (half * (i < 3 ? w : h));
  for (idx r = 0; r < height; r++) {
    const R fromTop = half - half * h + static_cast<R>(r);
    for (idx begin = 0; begin < width; begin += CHUNK) {
      const idx n = begin + CHUNK < width ? CHUNK : width - begin;
      for (idx c = 0; c < n; c++) {
        const R fromLeft = half - half * w + static_cast<R>(begin + c);
        const R column = ((fromLeft * m[0] + fromTop * m[1] + m[2] + 1) * w - 1) * half;
        const R row = ((fromLeft * m[3] + fromTop * m[4] + m[5] + 1) * h - 1) * half;
        const R left = bilinear ? whole_below(column) : nearest_whole(column);
        const R top = bilinear ? whole_below(row) : nearest_whole(row);
        places.column[c] = position(left, w), places.row[c] = position(top, h);
        places.right[c] = column - left, places.down[c] = row - top;
      }
      for (idx channel = 0; channel < channels; channel++) {
        const T* from = x + channel * plane;
        T* to = y + channel * plane + r * width + begin;
        const R fill = static_cast<R>(fills[channel]);
        if (bilinear) {
          for (idx c = 0; c < n; c++) to[c] = between(from, height, width, places, c, fill);
          continue;
        }
        const T outside = pixel_of<T>(fill);
        for (idx c = 0; c < n; c++) {
          const idx row = places.row[c], column = places.column[c];
          const bool inside = row >= 0 && row < height && column >= 0 && column < width;
          to[c] = inside ? from[row * width + column] : outside;
        }
      }
    }
  }
}

/** Images of channels planes, each image with a matrix of six numbers; `fills` has one number for each channel. */
#define AFFINE(name, T)                                                                                            \
  KERNEL(name, const T* x, T* y, idx count, idx channels, idx height, idx width, const double* matrices,           \
         int bilinear, const double* fills) {                                                                      \
    const idx size = channels * height * width;                                                                    \
    parallel_tasks(count, [=](idx i, int) {                                                                        \
      const double* matrix = matrices + i * 6;                                                                     \
      if (bilinear) warp<T, typename Coordinate<T>::type>(x + i * size, y + i * size, channels, height, width, matrix, true, fills); \
      else warp<T, typename Coordinate<T>::type>(x + i * size, y + i * size, channels, height, width, matrix, false, fills); \
    });                                                                                                            \
  }
AFFINE(affine_images_u8, uint8_t)
AFFINE(affine_images_f32, float)
AFFINE(affine_images_f64, double)

}  // namespace NABLA_ISA
