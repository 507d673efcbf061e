/** The naive rivals of the programs that write texts: how often a character comes after the one or two before it. */

/** The probability of element `i` of a sequence, given those before it. */
export type Guess = (sequence: ArrayLike<number>, i: number) => number;

/** How many observations the guess of the next lower order weighs. */
const PRIOR = 5;

/**
 * Counts of n-grams up to `order` in sequences of numbers below `size`. Each order falls back on the lower one as far as it has seen little;
 * order 1 knows how frequent each character is, order 2 looks one character back, order 3 two. Before the start of a sequence stands 0.
 */
export function nGram(order: number, size: number, sequences: readonly ArrayLike<number>[]): Guess {
  const counts = Array.from({ length: order }, (_, back) => new Float64Array(size ** (back + 1)));
  const totals = Array.from({ length: order }, (_, back) => new Float64Array(size ** back));
  const contextOf = (sequence: ArrayLike<number>, i: number, back: number): number => {
    let context = 0;
    for (let k = back; k >= 1; k--) context = context * size + (i >= k ? (sequence[i - k] as number) : 0);
    return context;
  };
  for (const sequence of sequences) {
    for (let i = 0; i < sequence.length; i++) {
      for (let back = 0; back < order; back++) {
        const context = contextOf(sequence, i, back);
        const place = context * size + (sequence[i] as number);
        (counts[back] as Float64Array)[place] = (counts[back]?.[place] as number) + 1;
        (totals[back] as Float64Array)[context] = (totals[back]?.[context] as number) + 1;
      }
    }
  }
  return (sequence, i) => {
    let probability = 1 / size;
    for (let back = 0; back < order; back++) {
      const context = contextOf(sequence, i, back);
      const seen = counts[back]?.[context * size + (sequence[i] as number)] as number;
      probability = (seen + PRIOR * probability) / ((totals[back]?.[context] as number) + PRIOR);
    }
    return probability;
  };
}

/** What a character of the sequences costs on average, in bits. */
function bitsOf(guess: Guess, sequences: readonly ArrayLike<number>[]): number {
  let [bits, count] = [0, 0];
  for (const sequence of sequences) {
    for (let i = 0; i < sequence.length; i++) bits -= Math.log2(guess(sequence, i));
    count += sequence.length;
  }
  return bits / count;
}

/** What a character of unseen sequences costs by the frequencies of letters, pairs and triples in known ones, in bits. */
export type Rivals = Record<"letters" | "pairs" | "triples", number>;

/** The rivals that guess sequences of numbers below `size`. */
export function rivalsOf(
  size: number,
  known: readonly ArrayLike<number>[],
  unseen: readonly ArrayLike<number>[],
): Rivals {
  const bits = (order: number): number => bitsOf(nGram(order, size, known), unseen);
  return { letters: bits(1), pairs: bits(2), triples: bits(3) };
}

/** A flat line for each, from the first step to the last. */
export function rivalLines(
  rivals: Rivals,
  steps: number,
): { name: string; x: number[]; y: number[]; smooth: number }[] {
  return Object.entries(rivals).map(([name, bits]) => ({ name, x: [1, steps], y: [bits, bits], smooth: 0 }));
}
