// PyTorch's random streams on the CPU, bit for bit: mt19937 and what its distributions draw from it, in the order and
// with the roundings of PyTorch's AVX2 builds. float64 normal and exponential samples may differ from PyTorch's in the
// last place, where libm's log, sin and cos are not correctly rounded.
#include "random.h"

#include "random_math.h"

namespace NABLA_ISA {

/** `seed` is the low 32 bits of PyTorch's, in [0, 2^32). */
KERNEL(random_seed, RandomState* state, double seed) {
  uint32_t word = static_cast<uint32_t>(seed);
  for (int i = 0; i < RANDOM_WORDS; i++) {
    state->words[i] = word;
    word = 1812433253u * (word ^ (word >> 30)) + static_cast<uint32_t>(i + 1);
  }
  state->position = RANDOM_WORDS;
  state->has_cached_normal = 0;
  state->cached_normal = 0;
}

/** The next 32-bit draw. */
KERNEL_RETURNING(double, random_draw, RandomState* state) { return draw(state); }

/** The next 64-bit draw as two numbers: the high word, the low word. */
KERNEL(random_draw64, RandomState* state, double* y) {
  y[0] = draw(state);
  y[1] = draw(state);
}

static ALWAYS_INLINE float unit24(uint32_t word) {
  return static_cast<float>(static_cast<int32_t>(word & 0xffffff)) * 0x1p-24f;
}

/** f(i, word) for i in [0, n): one draw for every element, a block at a time. */
template <class F> static ALWAYS_INLINE void for_each_draw(RandomState* state, idx n, const F& f) {
  uint32_t words[RANDOM_WORDS];
  for (idx begin = 0; begin < n; begin += RANDOM_WORDS) {
    const int count = n - begin < RANDOM_WORDS ? static_cast<int>(n - begin) : RANDOM_WORDS;
    draws(state, words, count);
    for (int i = 0; i < count; i++) f(begin + i, words[i]);
  }
}

KERNEL(random_uniform_f32, RandomState* state, float* __restrict y, idx n, double from, double to) {
  const float low = static_cast<float>(from), range = static_cast<float>(to) - low;
  for_each_draw(state, n, [=](idx i, uint32_t word) { y[i] = fused(unit24(word), range, low); });
}

KERNEL(random_uniform_f64, RandomState* state, double* __restrict y, idx n, double from, double to) {
  const double range = to - from;
  for_each_pair(state, n, [=](idx i, uint32_t first, uint32_t second) {
    y[i] = fused(unit53(first, second), range, from);
  });
}

// ---- normal

/** Box and Muller in double, one sample at a time; the second of a pair waits in the generator. */
static double next_normal(RandomState* state) {
  if (state->has_cached_normal) {
    state->has_cached_normal = 0;
    return state->cached_normal;
  }
  const double u1 = next_unit53(state), u2 = next_unit53(state);
  const double radius = __builtin_sqrt(-2 * natural_log(1 - u2));
  double sine, cosine;
  sine_cosine(0x1.921fb54442d18p2 * u1, &sine, &cosine);
  state->cached_normal = radius * sine;
  state->has_cached_normal = 1;
  return rounded(radius * cosine);
}

/** Cephes' logf of x in (0, 1], with the multiply-adds that GCC makes of its AVX2 form. */
static ALWAYS_INLINE float log_cephes(float x) {
  const int32_t bits = __builtin_bit_cast(int32_t, x);
  float e = static_cast<float>((bits >> 23) - 126);
  const float m = __builtin_bit_cast(float, (bits & 0x007fffff) | 0x3f000000);
  const bool small = m < 0.707106781186547524f;
  e -= small ? 1.0f : 0.0f;
  x = (m - 1.0f) + (small ? m : 0.0f);
  const float z = x * x;
  float y = 7.0376836292E-2f;
  y = fused(y, x, -1.1514610310E-1f);
  y = fused(y, x, 1.1676998740E-1f);
  y = fused(y, x, -1.2420140846E-1f);
  y = fused(y, x, 1.4249322787E-1f);
  y = fused(y, x, -1.6668057665E-1f);
  y = fused(y, x, 2.0000714765E-1f);
  y = fused(y, x, -2.4999993993E-1f);
  y = fused(y, x, 3.3333331174E-1f);
  y = fused(y * x, z, e * -2.12194440e-4f);
  y = fused(-z, 0.5f, y);
  return fused(e, 0.693359375f, x + y);
}

/** Cephes' sinf and cosf of x in [0, 2π), likewise. */
static ALWAYS_INLINE void sine_cosine_cephes(float x, float* sine, float* cosine) {
  const int32_t octant = (static_cast<int32_t>(x * 1.27323954473516f) + 1) & ~1;
  const float k = static_cast<float>(octant);
  x = fused(k, -0.78515625f, x);
  x = fused(k, -2.4187564849853515625e-4f, x);
  x = fused(k, -3.77489497744594108e-8f, x);
  const float z = x * x;
  float c = fused(2.443315711809948E-005f, z, -1.388731625493765E-003f);
  c = fused(c, z, 4.166664568298827E-002f) * z;
  c = fused(c, z, -(z * 0.5f)) + 1.0f;
  float s = fused(-1.9515295891E-4f, z, 8.3321608736E-3f);
  s = fused(s, z, -1.6666654611E-1f) * z;
  s = fused(s, x, x);
  const bool straight = (octant & 2) == 0;
  const float sine_part = straight ? s : c, cosine_part = straight ? c : s;
  *sine = octant & 4 ? -sine_part : sine_part;
  *cosine = (octant - 2) & 4 ? cosine_part : -cosine_part;
}

/** 16 uniforms become 16 normal samples: the first 8 give the radii, the last 8 the angles. */
static SHARED_CODE void normal_block(float* y, float mean, float std) {
  float u1[8], u2[8], radius[8], sine[8], cosine[8];
  __builtin_memcpy(u1, y, sizeof u1);
  __builtin_memcpy(u2, y + 8, sizeof u2);
  for (int j = 0; j < 8; j++) radius[j] = __builtin_sqrtf(-2.0f * log_cephes(1.0f - u1[j]));
  for (int j = 0; j < 8; j++) sine_cosine_cephes(6.28318530717958647692f * u2[j], &sine[j], &cosine[j]);
  for (int j = 0; j < 8; j++) y[j] = fused(radius[j] * cosine[j], std, mean);
  for (int j = 0; j < 8; j++) y[j + 8] = fused(radius[j] * sine[j], std, mean);
}

static void normal_block(double* y, double mean, double std) {
  for (int j = 0; j < 8; j += LANES<double>) store(y + j, sqrt(-2 * natural_log(1 - load(y + j))));
  for (int j = 0; j < 8; j++) {
    const double radius = y[j];
    double sine, cosine;
    sine_cosine(0x1.921fb54442d18p2 * y[j + 8], &sine, &cosine);
    y[j] = fused(rounded(radius * cosine), std, mean);
    y[j + 8] = fused(rounded(radius * sine), std, mean);
  }
}

static void fill_uniform(RandomState* state, float* y, idx n) {
  for_each_draw(state, n, [=](idx i, uint32_t word) { y[i] = unit24(word); });
}
static void fill_uniform(RandomState* state, double* y, idx n) {
  for_each_pair(state, n, [=](idx i, uint32_t first, uint32_t second) { y[i] = unit53(first, second); });
}

template <class T> static ALWAYS_INLINE void random_normal(RandomState* state, T* y, idx n, double mean, double std) {
  if (n < 16) {
    for (idx i = 0; i < n; i++) y[i] = static_cast<T>(fused(next_normal(state), std, mean));
    return;
  }
  fill_uniform(state, y, n);
  for (idx i = 0; i + 16 <= n; i += 16) normal_block(y + i, static_cast<T>(mean), static_cast<T>(std));
  if (n % 16) {  // the last 16 are drawn again, over the end of the last whole block
    fill_uniform(state, y + n - 16, 16);
    normal_block(y + n - 16, static_cast<T>(mean), static_cast<T>(std));
  }
}

KERNEL(random_normal_f32, RandomState* state, float* y, idx n, double mean, double std) {
  random_normal(state, y, n, mean, std);
}
KERNEL(random_normal_f64, RandomState* state, double* y, idx n, double mean, double std) {
  random_normal(state, y, n, mean, std);
}

// ---- other distributions

/** Exponential samples with rate lambda. */
template <class T> static ALWAYS_INLINE void random_exponential(RandomState* state, T* y, idx n, double lambda) {
  const double scale = -1 / lambda;
  for_each_log(state, n, [](double u) { return 1 - u; }, [=](idx i, double log) { y[i] = static_cast<T>(scale * log); });
}
KERNEL(random_exponential_f32, RandomState* state, float* y, idx n, double lambda) {
  random_exponential(state, y, n, lambda);
}
KERNEL(random_exponential_f64, RandomState* state, double* y, idx n, double lambda) {
  random_exponential(state, y, n, lambda);
}

/** 1 with probability p, else 0. */
KERNEL(random_bernoulli_u8, RandomState* state, uint8_t* __restrict y, idx n, double p) {
  const uint64_t below = threshold53(p);
  for_each_pair(state, n, [=](idx i, uint32_t first, uint32_t second) { y[i] = bits53(first, second) < below; });
}
KERNEL(random_bernoulli_f32, RandomState* state, float* __restrict y, idx n, double p) {
  const uint64_t below = threshold53(p);
  for_each_pair(state, n, [=](idx i, uint32_t first, uint32_t second) {
    y[i] = bits53(first, second) < below ? 1.0f : 0.0f;
  });
}
KERNEL(random_bernoulli_f64, RandomState* state, double* __restrict y, idx n, double p) {
  const uint64_t below = threshold53(p);
  for_each_pair(state, n, [=](idx i, uint32_t first, uint32_t second) {
    y[i] = bits53(first, second) < below ? 1.0 : 0.0;
  });
}

/** Whole numbers in [low, high), low < high: one draw each while the range is below 2^28, else two, as in PyTorch 2. */
template <class T>
static ALWAYS_INLINE void random_integers(RandomState* state, T* __restrict y, idx n, double low, double high) {
  const uint64_t range = static_cast<uint64_t>(high - low);
  const int64_t start = static_cast<int64_t>(low);
  if (range >> 28) {
    for (idx i = 0; i < n; i++) y[i] = static_cast<T>(static_cast<int64_t>(draw64(state) % range) + start);
  } else {
    const uint32_t narrow = static_cast<uint32_t>(range);
    for_each_draw(state, n, [=](idx i, uint32_t word) {
      y[i] = static_cast<T>(static_cast<int64_t>(word % narrow) + start);
    });
  }
}

KERNEL(random_integers, RandomState* state, int32_t* y, idx n, double low, double high) {
  random_integers(state, y, n, low, high);
}
KERNEL(random_integers_f64, RandomState* state, double* y, idx n, double low, double high) {
  random_integers(state, y, n, low, high);
}

/** Whole numbers in [0, count), count at most 2^31: one draw each. */
KERNEL(random_remainders, RandomState* state, int32_t* __restrict y, idx n, double count) {
  const uint32_t divisor = static_cast<uint32_t>(count);
  for_each_draw(state, n, [=](idx i, uint32_t word) { y[i] = static_cast<int32_t>(word % divisor); });
}

/** A permutation of 0 … n−1. */
KERNEL(random_permutation, RandomState* state, int32_t* y, idx n) {
  const bool wide = static_cast<uint64_t>(n) >= UINT32_MAX / 20;
  for (idx i = 0; i < n; i++) y[i] = static_cast<int32_t>(i);
  for (idx i = 0; i < n - 1; i++) {
    const idx left = n - i;
    const idx j = i + (wide ? static_cast<idx>(draw64(state) % static_cast<uint64_t>(left))
                            : static_cast<idx>(draw(state) % static_cast<uint32_t>(left)));
    const int32_t swapped = y[i];
    y[i] = y[j];
    y[j] = swapped;
  }
}

}  // namespace NABLA_ISA
