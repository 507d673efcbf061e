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

/** The pixel at (row, column), 0 outside; `inside` grows by the weight where there is one. */
template <class T, class R>
static ALWAYS_INLINE R weighted(const T* plane, idx height, idx width, R row, R column, R weight, R* inside) {
  if (!(row >= 0 && row < static_cast<R>(height) && column >= 0 && column < static_cast<R>(width))) return 0;
  *inside += weight;
  return weight * static_cast<R>(plane[static_cast<idx>(row) * width + static_cast<idx>(column)]);
}

/**
 * One plane. The map gives for an output pixel its input pixel, both from the middle of the image; as torchvision computes
 * it, over coordinates from −1 to 1.
 */
template <class T, class R>
static ALWAYS_INLINE void warp(const T* x, T* y, idx height, idx width, const double* matrix, bool bilinear, R fill) {
  const R h = static_cast<R>(height), w = static_cast<R>(width), half = R(0.5);
  R m[6];
  for (int i = 0; i < 6; i++) m[i] = static_cast<R>(matrix[i]) / (half * (i < 3 ? w : h));
  for (idx r = 0; r < height; r++) {
    const R fromTop = half - half * h + static_cast<R>(r);
    for (idx c = 0; c < width; c++) {
      const R fromLeft = half - half * w + static_cast<R>(c);
      const R column = ((fromLeft * m[0] + fromTop * m[1] + m[2] + 1) * w - 1) * half;
      const R row = ((fromLeft * m[3] + fromTop * m[4] + m[5] + 1) * h - 1) * half;
      R inside = 0;
      if (!bilinear) {
        const R value = weighted(x, height, width, nearest_whole(row), nearest_whole(column), R(1), &inside);
        y[r * width + c] = inside < half ? pixel_of<T>(fill) : pixel_of<T>(value);
        continue;
      }
      const R above = sizeof(R) == 4 ? static_cast<R>(__builtin_floorf(static_cast<float>(row))) : static_cast<R>(__builtin_floor(row));
      const R before = sizeof(R) == 4 ? static_cast<R>(__builtin_floorf(static_cast<float>(column))) : static_cast<R>(__builtin_floor(column));
      const R down = row - above, right = column - before;
      R sum = weighted(x, height, width, above, before, (1 - down) * (1 - right), &inside);
      sum += weighted(x, height, width, above, before + 1, (1 - down) * right, &inside);
      sum += weighted(x, height, width, above + 1, before, down * (1 - right), &inside);
      sum += weighted(x, height, width, above + 1, before + 1, down * right, &inside);
      y[r * width + c] = pixel_of<T>(sum * inside + (1 - inside) * fill);
    }
  }
}

/** Images of channels planes, each image with a matrix of six numbers; `fills` has one number for each channel. */
#define AFFINE(name, T)                                                                                            \
  KERNEL(name, const T* x, T* y, idx count, idx channels, idx height, idx width, const double* matrices,           \
         int bilinear, const double* fills) {                                                                      \
    using R = typename Coordinate<T>::type;                                                                        \
    const idx plane = height * width;                                                                              \
    parallel_tasks(count * channels, [=](idx i, int) {                                                             \
      warp(x + i * plane, y + i * plane, height, width, matrices + i / channels * 6, bilinear != 0,                \
           static_cast<R>(fills[i % channels]));                                                                   \
    });                                                                                                            \
  }
AFFINE(affine_images_u8, uint8_t)
AFFINE(affine_images_f32, float)
AFFINE(affine_images_f64, double)

}  // namespace NABLA_ISA
