/** Numbers in [0, 1) that are the same in every run: a multiplicative congruential generator modulo 2³¹ − 1. */
export function randomly(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
