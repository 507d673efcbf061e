// Rows by index: batches out of a data set, images to floats on the way.
//
// Every kernel checks all its indices before it writes: the result is −1, or the position of the first index that is
// not in [0, rows), and then nothing is written.
#include "parallel.h"

namespace NABLA_ISA {

constexpr idx GRAIN_BYTES = 8192, AHEAD = 2;

static int first_out_of_range(const int32_t* indices, idx count, idx rows) {
  for (idx i = 0; i < count; i++)
    if (indices[i] < 0 || indices[i] >= rows) return static_cast<int>(i);
  return -1;
}

/** Asks for a row that is read soon: rows lie apart, so the machine does not foresee them, and waits dominate. */
static ALWAYS_INLINE void prefetch_row(const void* row, idx bytes) {
  constexpr idx LINE = 64;
  for (idx i = 0; i < bytes; i += LINE) __builtin_prefetch(static_cast<const char*>(row) + i);
}

/** f(i) for every row, in parallel where a row's bytes make it worth while. */
template <class F> static ALWAYS_INLINE void for_each_row(idx count, idx rowBytes, const F& f) {
  const idx rows = rowBytes >= GRAIN_BYTES ? 1 : (GRAIN_BYTES + rowBytes - 1) / (rowBytes > 0 ? rowBytes : 1);
  parallel_tasks((count + rows - 1) / rows, [&](idx task, int) {
    const idx end = (task + 1) * rows < count ? (task + 1) * rows : count;
    for (idx i = task * rows; i < end; i++) f(i);
  });
}

template <class T>
static ALWAYS_INLINE int gather_rows(const T* __restrict source, const int32_t* __restrict indices, T* __restrict y,
                                     idx count, idx rows, idx rowBytes) {
  const int wrong = first_out_of_range(indices, count, rows);
  if (wrong >= 0) return wrong;
  if (rowBytes == sizeof(T)) {
    for (idx i = 0; i < count; i++) y[i] = source[indices[i]];
    return -1;
  }
  const idx width = rowBytes / static_cast<idx>(sizeof(T));
  for_each_row(count, rowBytes, [=](idx i) {
    __builtin_memcpy(y + i * width, source + indices[i] * width, static_cast<size_t>(rowBytes));
  });
  return -1;
}

/** y[i] = source[indices[i]] for rows of rowBytes bytes, made of elements of 1, 4 or 8 bytes. */
KERNEL_RETURNING(int, gather_rows_1, const uint8_t* source, const int32_t* indices, uint8_t* y, idx count,
                 idx rows, idx rowBytes) {
  return gather_rows(source, indices, y, count, rows, rowBytes);
}
KERNEL_RETURNING(int, gather_rows_4, const uint32_t* source, const int32_t* indices, uint32_t* y, idx count,
                 idx rows, idx rowBytes) {
  return gather_rows(source, indices, y, count, rows, rowBytes);
}
KERNEL_RETURNING(int, gather_rows_8, const uint64_t* source, const int32_t* indices, uint64_t* y, idx count,
                 idx rows, idx rowBytes) {
  return gather_rows(source, indices, y, count, rows, rowBytes);
}

/** Labels kept as bytes: y[i] = source[indices[i]]. */
KERNEL_RETURNING(int, gather_u8_i32, const uint8_t* source, const int32_t* indices, int32_t* y, idx count, idx items) {
  const int wrong = first_out_of_range(indices, count, items);
  if (wrong >= 0) return wrong;
  for (idx i = 0; i < count; i++) y[i] = source[indices[i]];
  return -1;
}

/** lut[c][x] = (x / 255 − mean[c]) / std[c] in float32, rounded after every operation: ToTensor, then Normalize. */
KERNEL(image_lut_f32, float* lut, idx channels, const double* mean, const double* std) {
  for (idx c = 0; c < channels; c++) {
    const float shift = static_cast<float>(mean[c]), scale = static_cast<float>(std[c]);
    for (int x = 0; x < 256; x++) lut[c * 256 + x] = (static_cast<float>(x) / 255.0f - shift) / scale;
  }
}

static void look_up(const float* __restrict table, const uint8_t* __restrict x, float* __restrict y, idx n) {
  for (idx i = 0; i < n; i++) y[i] = table[x[i]];
}

/** y[i][c][pixel] = lut[c][images[indices[i]][c][pixel]] for images of itemBytes = channels · planeSize bytes. */
KERNEL_RETURNING(int, gather_images_u8_f32, const uint8_t* images, const int32_t* indices, float* y, idx count,
                 idx items, idx itemBytes, const float* lut, idx channels, idx planeSize) {
  const int wrong = first_out_of_range(indices, count, items);
  if (wrong >= 0) return wrong;
  for_each_row(count, itemBytes, [=](idx i) {
    if (i + AHEAD < count) prefetch_row(images + indices[i + AHEAD] * itemBytes, itemBytes < 4096 ? itemBytes : 4096);
    const uint8_t* item = images + indices[i] * itemBytes;
    float* row = y + i * itemBytes;
    for (idx c = 0; c < channels; c++) look_up(lut + c * 256, item + c * planeSize, row + c * planeSize, planeSize);
  });
  return -1;
}

}  // namespace NABLA_ISA
