// The gradient of rows looked up by index, and the rows' largest norm. Looking up is gather_rows in index.cpp.
#include "elementwise.h"
#include "math/fold.h"

namespace NABLA_ISA {

constexpr idx STRIP = 64;  // columns a task

/** dw[indices[i]] += g[i] in the order of i, all other rows 0; `padding` (or −1) gets nothing. With `counts` (room for one
 *  number a row) each gradient is divided by how often its index comes. Indices have been checked. */
template <class T>
static void embedding_backward(const T* g, const int32_t* indices, T* dw, int32_t* counts, idx count, idx rows, idx width, idx padding) {
  if (counts) {
    for (idx r = 0; r < rows; r++) counts[r] = 0;
    for (idx i = 0; i < count; i++) counts[indices[i]]++;
  }
  parallel_tasks((width + STRIP - 1) / STRIP, [=](idx task, int) {
    const idx first = task * STRIP, n = width - first < STRIP ? width - first : STRIP;
    for (idx r = 0; r < rows; r++)
      for (idx k = 0; k < n; k++) dw[r * width + first + k] = 0;
    for (idx i = 0; i < count; i++) {
      const idx row = indices[i];
      if (row == padding) continue;
      const T* from = g + i * width + first;
      T* to = dw + row * width + first;
      if (counts) {
        const V<T> share = splat<T>(T{1} / static_cast<T>(counts[row]));
        map<4>(to, n, [=](V<T> sum, V<T> more) { return sum + more * share; }, Elements<T>{to}, Elements<T>{from});
      } else {
        map<4>(to, n, [](V<T> sum, V<T> more) { return sum + more; }, Elements<T>{to}, Elements<T>{from});
      }
    }
  });
}

/** Scales the rows that are looked up, each once, to a length of at most `largest`. `seen` has room for one byte a row. */
template <class T>
static void embedding_renorm(T* w, const int32_t* indices, uint8_t* seen, idx count, idx rows, idx width, double largest) {
  for (idx r = 0; r < rows; r++) seen[r] = 0;
  for (idx i = 0; i < count; i++) {
    if (seen[indices[i]]) continue;
    seen[indices[i]] = 1;
    T* row = w + indices[i] * width;
    const V<T> squares = fold_lanes<Sum>(fold_vectors<Sum, T>(
        width, [=](idx k) { return load(row + k) * load(row + k); },
        [=](idx k, idx some) { return load_some(row + k, some) * load_some(row + k, some); }));
    const double norm = static_cast<double>(sqrt(squares)[0]);
    if (!(norm > largest)) continue;
    const V<T> factor = splat<T>(static_cast<T>(largest / (norm + 1e-7)));
    map<4>(row, width, [=](V<T> x) { return x * factor; }, Elements<T>{row});
  }
}

#define EMBEDDING(T, suffix)                                                                                            \
  KERNEL(embedding_backward_##suffix, const T* g, const int32_t* indices, T* dw, int32_t* counts, idx count, idx rows,  \
         idx width, idx padding) {                                                                                      \
    embedding_backward(g, indices, dw, counts, count, rows, width, padding);                                            \
  }                                                                                                                     \
  KERNEL(embedding_renorm_##suffix, T* w, const int32_t* indices, uint8_t* seen, idx count, idx rows, idx width,        \
         double largest) {                                                                                              \
    embedding_renorm(w, indices, seen, count, rows, width, largest);                                                    \
  }
EMBEDDING(float, f32)
EMBEDDING(double, f64)

}  // namespace NABLA_ISA
