// Brightness, contrast, saturation and hue of images, as torchvision computes them on tensors: bytes are rounded down after
// every step.
#include "parallel.h"

namespace NABLA_ISA {

template <class T> struct Colour { using type = float; static constexpr float most = 1; };
template <> struct Colour<uint8_t> { using type = float; static constexpr float most = 255; };
template <> struct Colour<double> { using type = double; static constexpr double most = 1; };

enum Adjustment { NONE = -1, BRIGHTNESS, CONTRAST, SATURATION, HUE };

template <class R> static ALWAYS_INLINE R clamped(R x, R most) { return x < 0 ? R(0) : x > most ? most : x; }
static ALWAYS_INLINE float whole_below(float x) { return __builtin_floorf(x); }
static ALWAYS_INLINE double whole_below(double x) { return __builtin_floor(x); }

template <class T, class R> static ALWAYS_INLINE T gray_of(R r, R g, R b) {
  return static_cast<T>(R(0.2989) * r + R(0.587) * g + R(0.114) * b);
}

template <class T, class R> static ALWAYS_INLINE T blend(T x, R other, R ratio, R rest) {
  return static_cast<T>(clamped(ratio * static_cast<R>(x) + rest * other, R(Colour<T>::most)));
}

/** The hue turned by `turn` (1 is once around): RGB to HSV and back, all from 0 to 1. */
template <class R> static ALWAYS_INLINE void turn_hue(R* r, R* g, R* b, R turn) {
  const R most = *r > *g ? (*r > *b ? *r : *b) : (*g > *b ? *g : *b);
  const R least = *r < *g ? (*r < *b ? *r : *b) : (*g < *b ? *g : *b);
  const R range = most - least;
  const bool gray = most == least;
  const R saturation = range / (gray ? R(1) : most), divisor = gray ? R(1) : range;
  const R rc = (most - *r) / divisor, gc = (most - *g) / divisor, bc = (most - *b) / divisor;
  R h = most == *r ? bc - gc : most == *g ? 2 + rc - bc : 4 + gc - rc;
  h = h / 6 + 1;
  h = h - whole_below(h) + turn;
  h -= whole_below(h);
  const R sector = whole_below(h * 6), f = h * 6 - sector;
  const R p = clamped(most * (1 - saturation), R(1)), q = clamped(most * (1 - saturation * f), R(1));
  const R t = clamped(most * (1 - saturation * (1 - f)), R(1));
  switch (sector >= 0 && sector < 6 ? static_cast<int>(sector) : 0) {
    case 0: *r = most, *g = t, *b = p; break;
    case 1: *r = q, *g = most, *b = p; break;
    case 2: *r = p, *g = most, *b = t; break;
    case 3: *r = p, *g = q, *b = most; break;
    case 4: *r = t, *g = p, *b = most; break;
    default: *r = most, *g = p, *b = q; break;
  }
}

template <class T, class R> static void adjust_hue(T* y, idx plane, R turn) {
  constexpr bool BYTES = sizeof(T) == 1;
  const R scale = BYTES ? R(255) : R(1), back = BYTES ? R(255.999) : R(1);
  for (idx i = 0; i < plane; i++) {
    R r = static_cast<R>(y[i]) / scale, g = static_cast<R>(y[plane + i]) / scale, b = static_cast<R>(y[2 * plane + i]) / scale;
    turn_hue(&r, &g, &b, turn);
    y[i] = static_cast<T>(r * back), y[plane + i] = static_cast<T>(g * back), y[2 * plane + i] = static_cast<T>(b * back);
  }
}

template <class T, class R> static R mean_gray(const T* y, idx channels, idx plane) {
  double sum = 0;
  for (idx i = 0; i < plane; i++) {
    const T gray = channels == 1 ? y[i]
                                 : gray_of<T>(static_cast<R>(y[i]), static_cast<R>(y[plane + i]), static_cast<R>(y[2 * plane + i]));
    sum += static_cast<double>(gray);
  }
  return static_cast<R>(sum / static_cast<double>(plane));
}

template <class T> static void jitter(T* y, idx channels, idx plane, const int32_t* order, const double* factors) {
  using R = typename Colour<T>::type;
  for (int step = 0; step < 4; step++) {
    const int what = order[step];
    if (what < BRIGHTNESS || what > HUE) continue;
    const R ratio = static_cast<R>(factors[what]), rest = static_cast<R>(1.0 - factors[what]);
    if (what == BRIGHTNESS || what == CONTRAST) {
      const R other = what == CONTRAST ? mean_gray<T, R>(y, channels, plane) : R(0);
      for (idx i = 0; i < channels * plane; i++) y[i] = blend(y[i], other, ratio, rest);
    } else if (channels == 3 && what == SATURATION) {
      for (idx i = 0; i < plane; i++) {
        const R gray = static_cast<R>(
            gray_of<T>(static_cast<R>(y[i]), static_cast<R>(y[plane + i]), static_cast<R>(y[2 * plane + i])));
        for (idx c = 0; c < 3; c++) y[c * plane + i] = blend(y[c * plane + i], gray, ratio, rest);
      }
    } else if (channels == 3) {
      adjust_hue(y, plane, ratio);
    }
  }
}

/** Images of 1 or 3 channels; for each the adjustments in order (−1 for none) and the factor of every adjustment. */
#define JITTER(name, T)                                                                                            \
  KERNEL(name, const T* x, T* y, idx count, idx channels, idx plane, const int32_t* orders, const double* factors) { \
    parallel_tasks(count, [=](idx i, int) {                                                                        \
      T* to = y + i * channels * plane;                                                                            \
      __builtin_memcpy(to, x + i * channels * plane, static_cast<size_t>(channels * plane) * sizeof(T));           \
      jitter(to, channels, plane, orders + 4 * i, factors + 4 * i);                                                \
    });                                                                                                            \
  }
JITTER(color_jitter_u8, uint8_t)
JITTER(color_jitter_f32, float)
JITTER(color_jitter_f64, double)

}  // namespace NABLA_ISA
