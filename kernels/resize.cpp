// Images resized along rows and columns separately: every output pixel is a weighted sum of a span of inputs.
//
// The caller gives for each output position of an axis its span (start, count) and `taps` weights, of which `count` are
// used; starts never decrease. This covers nearest, bilinear, bicubic and area, with antialiasing or without.
#include "parallel.h"

namespace NABLA_ISA {

/** Rounded to the nearest byte, halves to the even one. */
static ALWAYS_INLINE uint8_t to_byte(float x) {
  const float whole = __builtin_rintf(x);
  return static_cast<uint8_t>(whole < 0 ? 0.0f : whole > 255 ? 255.0f : whole);
}

/** Columns [begin, end) of one input row, resized along it. */
template <class T, class S>
static ALWAYS_INLINE void resize_row(const T* __restrict x, S* __restrict y, idx begin, idx end, const int32_t* spans,
                                     const S* weights, idx taps) {
  if (taps == 1) {
    for (idx c = begin; c < end; c++) y[c - begin] = weights[c] * static_cast<S>(x[spans[2 * c]]);
    return;
  }
  for (idx c = begin; c < end; c++) {
    const T* from = x + spans[2 * c];
    const S* w = weights + c * taps;
    S sum = 0;
    for (idx k = 0; k < spans[2 * c + 1]; k++) sum += w[k] * static_cast<S>(from[k]);
    y[c - begin] = sum;
  }
}

template <class T, class S>
static ALWAYS_INLINE void resize_plane(const T* x, T* y, idx width, idx outHeight, idx outWidth, const int32_t* rowSpans,
                                       const S* rowWeights, idx rowTaps, const int32_t* columnSpans,
                                       const S* columnWeights, idx columnTaps, S* buffer) {
  // As many columns at a time as leave room for all input rows that an output row needs, and one row of sums.
  const idx room = WORKSPACE_BYTES / static_cast<idx>(sizeof(S)) / (rowTaps + 1);
  const idx block = room < outWidth ? room : outWidth;
  S* sums = buffer + block * rowTaps;
  for (idx begin = 0; begin < outWidth; begin += block) {
    const idx end = begin + block < outWidth ? begin + block : outWidth, n = end - begin;
    idx done = 0;  // input rows before this one are resized, the last rowTaps of them still in the buffer
    for (idx r = 0; r < outHeight; r++) {
      const idx first = rowSpans[2 * r], count = rowSpans[2 * r + 1];
      if (done < first) done = first;
      for (; done < first + count; done++)
        resize_row(x + done * width, buffer + done % rowTaps * block, begin, end, columnSpans, columnWeights, columnTaps);
      const S* w = rowWeights + r * rowTaps;
      T* out = y + r * outWidth + begin;
      for (idx c = 0; c < n; c++) sums[c] = 0;
      for (idx k = 0; k < count; k++) {
        const S* row = buffer + (first + k) % rowTaps * block;
        const S weight = w[k];
        for (idx c = 0; c < n; c++) sums[c] += weight * row[c];
      }
      if constexpr (sizeof(T) == 1)
        for (idx c = 0; c < n; c++) out[c] = to_byte(static_cast<float>(sums[c]));
      else
        for (idx c = 0; c < n; c++) out[c] = static_cast<T>(sums[c]);
    }
  }
}

template <class T, class S>
static ALWAYS_INLINE void resize(const T* x, T* y, idx planes, idx height, idx width, idx outHeight, idx outWidth,
                                 const int32_t* rowSpans, const S* rowWeights, idx rowTaps, const int32_t* columnSpans,
                                 const S* columnWeights, idx columnTaps) {
  parallel_tasks(planes, [=](idx plane, int thread) {
    resize_plane(x + plane * height * width, y + plane * outHeight * outWidth, width, outHeight, outWidth, rowSpans,
                 rowWeights, rowTaps, columnSpans, columnWeights, columnTaps, static_cast<S*>(nabla_workspace(thread)));
  });
}

/** The gradient of x from that of y: every output's gradient goes to its inputs by their weights. */
template <class T>
static ALWAYS_INLINE void resize_backward(const T* g, T* dx, idx planes, idx height, idx width, idx outHeight,
                                          idx outWidth, const int32_t* rowSpans, const T* rowWeights, idx rowTaps,
                                          const int32_t* columnSpans, const T* columnWeights, idx columnTaps) {
  parallel_tasks(planes, [=](idx plane, int thread) {
    T* spread = static_cast<T*>(nabla_workspace(thread));
    const T* from = g + plane * outHeight * outWidth;
    T* to = dx + plane * height * width;
    for (idx i = 0; i < height * width; i++) to[i] = 0;
    const idx block = WORKSPACE_BYTES / static_cast<idx>(sizeof(T));
    for (idx r = 0; r < outHeight; r++, from += outWidth) {
      for (idx begin = 0; begin < width; begin += block) {
        const idx end = begin + block < width ? begin + block : width;
        for (idx i = 0; i < end - begin; i++) spread[i] = 0;
        for (idx c = 0; c < outWidth; c++) {
          const idx first = columnSpans[2 * c];
          for (idx k = 0; k < columnSpans[2 * c + 1]; k++)
            if (first + k >= begin && first + k < end) spread[first + k - begin] += columnWeights[c * columnTaps + k] * from[c];
        }
        for (idx k = 0; k < rowSpans[2 * r + 1]; k++) {
          const T weight = rowWeights[r * rowTaps + k];
          T* row = to + (rowSpans[2 * r] + k) * width + begin;
          for (idx i = 0; i < end - begin; i++) row[i] += weight * spread[i];
        }
      }
    }
  });
}

#define RESIZE(name, function, T, S)                                                                                 \
  KERNEL(name, const T* x, T* y, idx planes, idx height, idx width, idx outHeight, idx outWidth,                     \
         const int32_t* rowSpans, const S* rowWeights, idx rowTaps, const int32_t* columnSpans,                      \
         const S* columnWeights, idx columnTaps) {                                                                   \
    function(x, y, planes, height, width, outHeight, outWidth, rowSpans, rowWeights, rowTaps, columnSpans,           \
             columnWeights, columnTaps);                                                                             \
  }
RESIZE(resize_u8, resize, uint8_t, float)
RESIZE(resize_f32, resize, float, float)
RESIZE(resize_f64, resize, double, double)
RESIZE(resize_backward_f32, resize_backward, float, float)
RESIZE(resize_backward_f64, resize_backward, double, double)

}  // namespace NABLA_ISA
