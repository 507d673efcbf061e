// Draws whose probabilities are given element by element, and the distributions made of them, in PyTorch's order.
#include "random.h"
#include "random_math.h"

namespace NABLA_ISA {

/** 1 with probability p, else 0. */
KERNEL(random_bernoulli_i32, RandomState* state, int32_t* __restrict y, idx n, double p) {
  const uint64_t below = threshold53(p);
  for_each_pair(state, n, [=](idx i, uint32_t first, uint32_t second) { y[i] = bits53(first, second) < below; });
}

/** 1 with probability p[i], else 0: one draw for each float32, two for each float64. */
KERNEL(random_bernoulli_each_f32, RandomState* state, const float* p, float* y, idx n) {
  for (idx i = 0; i < n; i++) {
    const float u = static_cast<float>(static_cast<int32_t>(draw(state) & 0xffffff)) * 0x1p-24f;
    y[i] = u < p[i] ? 1.0f : 0.0f;
  }
}
KERNEL(random_bernoulli_each_f64, RandomState* state, const double* p, double* y, idx n) {
  for (idx i = 0; i < n; i++) y[i] = next_unit53(state) < p[i] ? 1.0 : 0.0;
}

/** Whole numbers from 0 to 2^53, all that float64 holds one by one. */
KERNEL(random_whole_f64, RandomState* state, double* y, idx n) {
  constexpr uint64_t NUMBERS = (uint64_t{1} << 53) + 1;
  for (idx i = 0; i < n; i++) y[i] = static_cast<double>(static_cast<int64_t>(draw64(state) % NUMBERS));
}

/** How many trials it takes to succeed, given log(1 − p) of the probability p of success. */
template <class T> static ALWAYS_INLINE void random_geometric(RandomState* state, T* y, idx n, double log_failure) {
  for_each_log(state, n, [](double u) { return u; }, [=](idx i, double log) {
    y[i] = static_cast<T>(log > -100 ? __builtin_ceil(log / log_failure) : __builtin_inf());  // ln 2^−53 is −36.7
  });
}
KERNEL(random_geometric_f32, RandomState* state, float* y, idx n, double log_failure) {
  random_geometric(state, y, n, log_failure);
}
KERNEL(random_geometric_f64, RandomState* state, double* y, idx n, double log_failure) {
  random_geometric(state, y, n, log_failure);
}

// ---- multinomial

/** −1 when every row of weights can be drawn from: finite, none below 0, at least `needed` above; else the first that cannot. */
template <class T> static ALWAYS_INLINE int weights_check(const T* weights, idx rows, idx n, idx needed) {
  for (idx row = 0; row < rows; row++) {
    idx above = 0;
    T sum = 0;
    bool fits = true;
    for (idx i = 0; i < n; i++) {
      const T weight = weights[row * n + i];
      fits &= weight >= 0;
      above += weight > 0;
      sum += weight;
    }
    if (!fits || above < needed || !(sum - sum == 0)) return static_cast<int>(row);
  }
  return -1;
}
KERNEL_RETURNING(int, weights_check_f32, const float* weights, idx rows, idx n, idx needed) {
  return weights_check(weights, rows, n, needed);
}
KERNEL_RETURNING(int, weights_check_f64, const double* weights, idx rows, idx n, idx needed) {
  return weights_check(weights, rows, n, needed);
}

/** Positions with replacement: the first whose share of the weights so far reaches a uniform number. `sums` holds n. */
template <class T>
static ALWAYS_INLINE void draw_repeated(RandomState* state, const T* weights, int32_t* y, idx rows, idx n, idx samples,
                                        T* sums) {
  for (idx row = 0; row < rows; row++) {
    T sum = 0;
    for (idx i = 0; i < n; i++) sums[i] = sum += weights[row * n + i];
    for (idx i = 0; i < n; i++) sums[i] /= sum;
    sums[n - 1] = 1;
    for (idx k = 0; k < samples; k++) {
      const double u = next_unit53(state);
      idx left = 0, right = n;
      while (left < right) {
        const idx middle = left + (right - left) / 2;
        if (static_cast<double>(sums[middle]) < u) left = middle + 1;
        else right = middle;
      }
      y[row * samples + k] = static_cast<int32_t>(left);
    }
  }
}
KERNEL(random_repeated_f32, RandomState* state, const float* weights, int32_t* y, idx rows, idx n, idx samples,
       float* sums) {
  draw_repeated(state, weights, y, rows, n, samples, sums);
}
KERNEL(random_repeated_f64, RandomState* state, const double* weights, int32_t* y, idx rows, idx n, idx samples,
       double* sums) {
  draw_repeated(state, weights, y, rows, n, samples, sums);
}

/** Lets heap[at] sink until no position below it has a larger score; of equal scores the lower position is above. */
template <class T> static ALWAYS_INLINE void sink(const T* score, int32_t* heap, idx at, idx size) {
  const auto above = [score](int32_t a, int32_t b) { return score[a] > score[b] || (score[a] == score[b] && a < b); };
  const int32_t item = heap[at];
  for (idx child = 2 * at + 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && above(heap[child + 1], heap[child])) child++;
    if (!above(heap[child], item)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = item;
}

/**
 * Positions without replacement: those of the largest weight / Exp(1), which P. S. Efraimidis and P. G. Spirakis show to be
 * weighted draws ("Weighted random sampling with a reservoir", 2006). `score` and `heap` hold n;
 * the heap is not used for a single sample.
 */
template <class T>
static ALWAYS_INLINE void draw_distinct(RandomState* state, const T* weights, int32_t* y, idx rows, idx n, idx samples,
                                        T* score, int32_t* heap) {
  for (idx row = 0; row < rows; row++) {
    const T* const weight = weights + row * n;
    for_each_log(state, n, [](double u) { return 1 - u; }, [=](idx i, double log) {
      score[i] = weight[i] > 0 ? weight[i] / static_cast<T>(-log) : T(-1);
    });
    if (samples == 1) {
      idx best = 0;
      for (idx i = 1; i < n; i++)
        if (score[i] > score[best]) best = i;
      y[row] = static_cast<int32_t>(best);
      continue;
    }
    for (idx i = 0; i < n; i++) heap[i] = static_cast<int32_t>(i);
    for (idx at = n / 2; at-- > 0;) sink(score, heap, at, n);
    for (idx k = 0; k < samples; k++) {
      y[row * samples + k] = heap[0];
      heap[0] = heap[n - 1 - k];
      sink(score, heap, 0, n - 1 - k);
    }
  }
}
KERNEL(random_distinct_f32, RandomState* state, const float* weights, int32_t* y, idx rows, idx n, idx samples,
       float* score, int32_t* heap) {
  draw_distinct(state, weights, y, rows, n, samples, score, heap);
}
KERNEL(random_distinct_f64, RandomState* state, const double* weights, int32_t* y, idx rows, idx n, idx samples,
       double* score, int32_t* heap) {
  draw_distinct(state, weights, y, rows, n, samples, score, heap);
}

}  // namespace NABLA_ISA
