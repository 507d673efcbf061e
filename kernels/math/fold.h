// Folding many vectors into one, pairwise: the rounding error of a sum grows by the logarithm of its length, and the order
// depends on the length only.
#pragma once
#include "../elementwise.h"

namespace NABLA_ISA {

struct Sum {
  static constexpr double identity = 0;
  template <class X> static ALWAYS_INLINE X combine(X a, X b) { return a + b; }
};
struct Product {
  static constexpr double identity = 1;
  template <class X> static ALWAYS_INLINE X combine(X a, X b) { return a * b; }
};
/** A NaN wins. */
struct Max {
  static constexpr double identity = -__builtin_inf();
  template <class X> static ALWAYS_INLINE X combine(X a, X b) { return where(Bits<X>(a > b) | Bits<X>(a != a), a, b); }
};
struct Min {
  static constexpr double identity = __builtin_inf();
  template <class X> static ALWAYS_INLINE X combine(X a, X b) { return where(Bits<X>(a < b) | Bits<X>(a != a), a, b); }
};

template <class Op, class T> constexpr T identity_of() {
  if constexpr (__is_same(T, int32_t)) return Op::identity < 0 ? INT32_MIN : Op::identity > 1 ? INT32_MAX : int32_t(Op::identity);
  else return static_cast<T>(Op::identity);
}

/** Lane i takes the value of lane i ^ D. */
template <int D, class X, int... I> ALWAYS_INLINE X swap_lanes(X v, LaneList<I...>) {
  return __builtin_shufflevector(v, v, (I ^ D)...);
}
/** All lanes folded into each other: every lane holds the result. */
template <class Op, int D, class X> ALWAYS_INLINE X fold_lanes(X v) {
  if constexpr (D == 0) return v;
  else return fold_lanes<Op, D / 2>(Op::combine(v, swap_lanes<D>(v, AllLanes<Lane<X>>{})));
}
template <class Op, class X> ALWAYS_INLINE X fold_lanes(X v) { return fold_lanes<Op, LANES<Lane<X>> / 2>(v); }

/** A stack of partial results, each of twice as many blocks as the next: equal ones are combined at once. */
template <class Op, class X> struct Cascade {
  X level[48];
  int top = 0;
  uint64_t blocks = 0;
  ALWAYS_INLINE void push(X v) {
    for (uint64_t b = blocks; b & 1; b >>= 1) v = Op::combine(level[--top], v);
    level[top++] = v;
    blocks++;
  }
  ALWAYS_INLINE X finish(X rest) {
    while (top > 0) rest = Op::combine(level[--top], rest);
    return rest;
  }
};

/** The fold of n elements: whole(i) gives the LANES elements from i on, some(i, count) the last few, identities behind them. */
template <class Op, class T, class Whole, class Some> ALWAYS_INLINE V<T> fold_vectors(idx n, const Whole& whole, const Some& some) {
  using X = V<T>;
  constexpr idx L = LANES<T>, STEPS = 16, BLOCK = 4 * L * STEPS;
  const X none = splat<T>(identity_of<Op, T>());
  idx i = 0;
  auto block = [&](idx end) {
    X a = none, b = none, c = none, d = none;
    for (; end - i >= 4 * L; i += 4 * L) {
      a = Op::combine(a, whole(i)), b = Op::combine(b, whole(i + L));
      c = Op::combine(c, whole(i + 2 * L)), d = Op::combine(d, whole(i + 3 * L));
    }
    return Op::combine(Op::combine(a, b), Op::combine(c, d));
  };
  Cascade<Op, X> cascade;
  X last = none;
  while (n - i >= 4 * L) {
    const bool is_full = n - i >= BLOCK;
    const X part = block(is_full ? i + BLOCK : n);
    if (is_full) cascade.push(part);
    else last = part;
  }
  X rest = Op::combine(cascade.finish(none), last);
  for (; n - i >= L; i += L) rest = Op::combine(rest, whole(i));
  if (i < n) rest = Op::combine(rest, some(i, n - i));
  return rest;
}

/** The fold of n elements at p, in every lane. */
template <class Op, class T> ALWAYS_INLINE V<T> fold(const T* p, idx n) {
  return fold_lanes<Op>(fold_vectors<Op, T>(
      n, [=](idx i) { return load(p + i); }, [=](idx i, idx count) { return load_some_or(p + i, count, splat<T>(identity_of<Op, T>())); }));
}

constexpr idx MAX_PIECES = 256;

/** How [0, n) is cut for a parallel fold: into at most MAX_PIECES pieces, by n only. */
struct Pieces {
  idx size, count;
  explicit Pieces(idx n, idx grain) {
    idx pieces = (n + grain - 1) / grain;
    if (pieces > MAX_PIECES) pieces = MAX_PIECES;
    if (pieces < 1) pieces = 1;
    size = ((n + pieces - 1) / pieces + 63) & ~idx{63};
    count = size > 0 ? (n + size - 1) / size : 0;
  }
};

/** The partial results of the pieces, combined pairwise. */
template <class Op, class T> ALWAYS_INLINE T combine_pieces(T* partial, idx count) {
  for (idx step = 1; step < count; step *= 2)
    for (idx i = 0; i + step < count; i += 2 * step) partial[i] = Op::combine(partial[i], partial[i + step]);
  return partial[0];
}

}  // namespace NABLA_ISA
