// The state of one random generator (mt19937), in memory that belongs to the caller: JavaScript keeps it in a storage
// of RANDOM_STATE_BYTES, 8-byte aligned, and passes its address to every random kernel.
#pragma once
#include "kernel.h"

namespace NABLA_ISA {

struct RandomState {
  uint32_t words[624];        // byte 0: the untempered state
  int32_t position;           // byte 2496: the next word to hand out, 0 … 624; at 624 the state is twisted first
  int32_t has_cached_normal;  // byte 2500: 1 when cached_normal is the next small normal sample
  double cached_normal;       // byte 2504: r·sin θ of the last pair, before scaling by std and mean
};

constexpr int RANDOM_WORDS = 624;
constexpr int RANDOM_STATE_BYTES = 2512;
static_assert(sizeof(RandomState) == RANDOM_STATE_BYTES, "JavaScript knows this layout");

/** New words for the whole state: word k depends on words k, k + 1 and k + 397 (mod 624). Both loops vectorise. */
static inline void twist(RandomState* state) {
  constexpr int SHIFT = 397;
  uint32_t* words = state->words;
  const auto mix = [](uint32_t upper, uint32_t lower) {
    return (((upper & 0x80000000u) | (lower & 0x7fffffffu)) >> 1) ^ ((0u - (lower & 1u)) & 0x9908b0dfu);
  };
  for (int k = 0; k < RANDOM_WORDS - SHIFT; k++) words[k] = words[k + SHIFT] ^ mix(words[k], words[k + 1]);
  for (int k = RANDOM_WORDS - SHIFT; k < RANDOM_WORDS - 1; k++)
    words[k] = words[k - (RANDOM_WORDS - SHIFT)] ^ mix(words[k], words[k + 1]);
  words[RANDOM_WORDS - 1] = words[SHIFT - 1] ^ mix(words[RANDOM_WORDS - 1], words[0]);
  state->position = 0;
}

static ALWAYS_INLINE uint32_t temper(uint32_t y) {
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

static inline uint32_t draw(RandomState* state) {
  if (state->position >= RANDOM_WORDS) twist(state);
  return temper(state->words[state->position++]);
}

/** The first of two draws is the high word. */
static inline uint64_t draw64(RandomState* state) {
  const uint64_t high = draw(state);
  return high << 32 | draw(state);
}

/** The next `count` draws. */
static inline void draws(RandomState* state, uint32_t* __restrict y, int count) {
  for (int done = 0; done < count;) {
    if (state->position >= RANDOM_WORDS) twist(state);
    const int left = RANDOM_WORDS - state->position;
    const int take = count - done < left ? count - done : left;
    const uint32_t* __restrict words = state->words + state->position;
    for (int i = 0; i < take; i++) y[done + i] = temper(words[i]);
    state->position += take;
    done += take;
  }
}

/** The low 53 bits of a 64-bit draw, from its two words in the order drawn. */
static ALWAYS_INLINE uint64_t bits53(uint32_t first, uint32_t second) {
  return static_cast<uint64_t>(first & 0x1fffffu) << 32 | second;
}

/** A uniform number in [0, 1). */
static ALWAYS_INLINE double unit53(uint32_t first, uint32_t second) {
  return static_cast<double>(static_cast<int64_t>(bits53(first, second))) * 0x1p-53;
}
static inline double next_unit53(RandomState* state) {
  const uint32_t first = draw(state);
  return unit53(first, draw(state));
}

/** A float64 uniform u in [0, 1) is below p exactly when its 53 bits are below this. */
static inline uint64_t threshold53(double p) {
  if (!(p > 0)) return 0;
  if (p >= 1) return uint64_t{1} << 53;
  const double scaled = p * 0x1p53;
  const uint64_t whole = static_cast<uint64_t>(scaled);
  return whole + (static_cast<double>(whole) < scaled);
}

/** f(i, first, second) for i in [0, n): the two draws of every element, a block at a time. */
template <class F> static ALWAYS_INLINE void for_each_pair(RandomState* state, idx n, const F& f) {
  constexpr int PAIRS = RANDOM_WORDS / 2;
  uint32_t words[2 * PAIRS];
  for (idx begin = 0; begin < n; begin += PAIRS) {
    const int count = n - begin < PAIRS ? static_cast<int>(n - begin) : PAIRS;
    draws(state, words, 2 * count);
    for (int i = 0; i < count; i++) f(begin + i, words[2 * i], words[2 * i + 1]);
  }
}

}  // namespace NABLA_ISA
