// One axis of x [outer, length, inner] made longer or shorter: every new element is a weighted sum of a few old ones.
// `at` and `w` are [out, taps]. The adjoint adds in the order of the new elements.
#include "elementwise.h"

namespace NABLA_ISA {

struct Axis {
  idx outer, length, inner, out, taps;
};

/** Σ w[k] · x[at[k]] of runs of `inner` elements. TAPS is 0 where their number is not known. */
template <int TAPS, class T>
ALWAYS_INLINE void weighted_run(const T* x, const int32_t* at, const T* w, T* y, idx inner, idx count) {
  constexpr idx L = LANES<T>;
  const idx taps = TAPS ? TAPS : count;
  if (inner == 1) {
    T sum = w[0] * x[at[0]];
    for (idx k = 1; k < taps; k++) sum = fma(w[k], x[at[k]], sum);
    *y = sum;
    return;
  }
  for (idx i = 0; i < inner; i += L) {
    const idx some = inner - i < L ? inner - i : L;
    auto part = [&](idx k) {
      const T* from = x + at[k] * inner + i;
      return some == L ? load(from) : load_some(from, some);
    };
    V<T> sum = splat<T>(w[0]) * part(0);
    for (idx k = 1; k < taps; k++) sum = fma(splat<T>(w[k]), part(k), sum);
    if (some == L) store(y + i, sum);
    else store_some(y + i, sum, some);
  }
}

template <int TAPS, class T> static void weighted_runs(const T* x, const int32_t* at, const T* w, T* y, const Axis& a) {
  const idx grain = GRAIN / (a.inner * a.taps), rows = a.outer * a.out;
  parallel_for(rows, grain > 1 ? grain : 1, [=](idx begin, idx end) {
    for (idx r = begin, o = begin / a.out, j = begin % a.out; r < end; r++) {
      weighted_run<TAPS>(x + o * a.length * a.inner, at + j * a.taps, w + j * a.taps, y + r * a.inner, a.inner, a.taps);
      if (++j == a.out) j = 0, o++;
    }
  });
}

template <class T> static void resample(const T* x, const int32_t* at, const T* w, T* y, const Axis& a) {
  if (a.inner == 0) return;
  if (a.taps == 1) weighted_runs<1>(x, at, w, y, a);
  else if (a.taps == 2) weighted_runs<2>(x, at, w, y, a);
  else if (a.taps == 4) weighted_runs<4>(x, at, w, y, a);
  else weighted_runs<0>(x, at, w, y, a);
}

constexpr idx COLUMNS = 256;  // elements of the inner axis a task

/** dx[at[k]] += w[k] · g of every new element, for the columns from `first`, `n` of them. */
template <class T>
static void spread(const T* g, const int32_t* at, const T* w, T* dx, const Axis& a, idx first, idx n) {
  for (idx r = 0; r < a.length; r++)
    for (idx i = 0; i < n; i++) dx[r * a.inner + first + i] = 0;
  for (idx j = 0; j < a.out; j++)
    for (idx k = j * a.taps; k < (j + 1) * a.taps; k++) {
      T* const to = dx + at[k] * a.inner + first;
      const T* const from = g + j * a.inner + first;
      if (n == 1) {
        *to = fma(w[k], *from, *to);
        continue;
      }
      const V<T> by = splat<T>(w[k]);
      map<1>(to, n, [=](V<T> g, V<T> sum) { return fma(by, g, sum); }, Elements<T>{from}, Elements<T>{to});
    }
}

template <class T> static void resample_backward(const T* g, const int32_t* at, const T* w, T* dx, const Axis& a) {
  const idx parts = (a.inner + COLUMNS - 1) / COLUMNS, work = a.out * a.taps * (a.inner < COLUMNS ? a.inner : COLUMNS);
  const idx grain = work > 0 ? GRAIN / work : GRAIN;
  parallel_for(a.outer * parts, grain > 1 ? grain : 1, [=](idx begin, idx end) {
    for (idx task = begin; task < end; task++) {
      const idx o = task / parts, first = task % parts * COLUMNS;
      spread(g + o * a.out * a.inner, at, w, dx + o * a.length * a.inner, a, first,
             first + COLUMNS < a.inner ? COLUMNS : a.inner - first);
    }
  });
}

#define RESAMPLE(T, suffix)                                                                                               \
  KERNEL(resample_##suffix, const T* x, const int32_t* at, const T* w, T* y, idx outer, idx length, idx inner, idx out,   \
         idx taps) {                                                                                                      \
    resample<T>(x, at, w, y, {outer, length, inner, out, taps});                                                          \
  }                                                                                                                       \
  KERNEL(resample_backward_##suffix, const T* g, const int32_t* at, const T* w, T* dx, idx outer, idx length, idx inner,  \
         idx out, idx taps) {                                                                                             \
    resample_backward<T>(g, at, w, dx, {outer, length, inner, out, taps});                                                \
  }
RESAMPLE(float, f32)
RESAMPLE(double, f64)

}  // namespace NABLA_ISA
