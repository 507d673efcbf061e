/** Random numbers: PyTorch's CPU streams, bit for bit. */
import { backend, type Storage } from "../backend/index.ts";
import { FormatError, ValueError } from "../errors.ts";
import { Tensor } from "../tensor/tensor.ts";

const seedState = backend.kernel("random_seed");
const draw = backend.kernel("random_draw");
/** Bytes of a generator's state: 624 words, the position among them, and the cached normal sample. */
const STATE_BYTES = 2512;
const POSITION_BYTE = 2496;
const WORDS = 624;

/**
 * A stream of random numbers: mt19937 with PyTorch's algorithms. The same seed gives the same numbers as PyTorch on CPU.
 *
 * @example
 * const generator = new Generator().manualSeed(777);
 * rand([2], { generator }); // PyTorch's torch.rand(2, generator=torch.Generator().manual_seed(777))
 */
export class Generator {
  /** @internal */
  readonly storage: Storage = backend.allocate(STATE_BYTES);
  #seed = 0n;

  constructor() {
    this.seed();
  }

  /**
   * Starts the stream of a seed: a whole number from -2^63 to 2^64 - 1, of which PyTorch uses the low 32 bits.
   *
   * @throws {ValueError} if the seed is not a whole number in that range, or a number beyond 2^53.
   */
  manualSeed(seed: number | bigint): this {
    if (typeof seed !== "bigint" && !Number.isSafeInteger(seed)) {
      throw new ValueError(`manualSeed: the seed is a whole number (a bigint beyond 2^53); got ${String(seed)}`);
    }
    const value = BigInt(seed);
    if (value < -(2n ** 63n) || value >= 2n ** 64n) {
      throw new ValueError(`manualSeed: the seed lies between -2^63 and 2^64 - 1; got ${value}`);
    }
    this.#seed = BigInt.asUintN(64, value);
    seedState(backend.pointer(this.storage), Number(BigInt.asUintN(32, value)));
    return this;
  }

  /** Starts a stream that nobody can foresee; gives its seed. */
  seed(): bigint {
    const seed = BigInt(Math.floor(Math.random() * 2 ** 32)) * 2n ** 21n + BigInt(Date.now() % 2 ** 21);
    this.manualSeed(seed);
    return seed;
  }

  /** The seed that the stream was started with. */
  initialSeed(): bigint {
    return this.#seed;
  }

  /** Where the stream is: a uint8 tensor for `setState`, the cached normal sample included. */
  getState(): Tensor<[number]> {
    const state = new Tensor<[number]>(backend.allocate(STATE_BYTES), [STATE_BYTES], "uint8");
    const bytes = backend.view(this.storage).slice(0, STATE_BYTES);
    backend.view(state.storage).set(bytes);
    return state;
  }

  /**
   * Continues where `getState` was called.
   *
   * @throws {FormatError} for anything that is no state.
   */
  setState(state: Tensor): this {
    if (!(state instanceof Tensor) || state.dtype !== "uint8" || state.count !== STATE_BYTES) {
      const found = state instanceof Tensor ? `${(state as Tensor).count} ${(state as Tensor).dtype}` : typeof state;
      throw new FormatError(`setState: expects the ${STATE_BYTES} uint8 that getState gave; got ${found}`);
    }
    const { storage, offset } = (state as Tensor).contiguous();
    const bytes = backend.view(storage).slice(offset, offset + STATE_BYTES);
    const position = new DataView(bytes.buffer).getInt32(POSITION_BYTE, true);
    if (position < 0 || position > WORDS)
      throw new FormatError(`setState: this is no state; its position is ${position}`);
    backend.view(this.storage).set(bytes);
    return this;
  }

  /** The next 32 bits, as a number from 0 to 2^32 - 1. */
  random(): number {
    return draw(backend.pointer(this.storage));
  }

  /** The next 63 bits, as PyTorch draws an int64. */
  random63(): bigint {
    const high = BigInt(this.random());
    return BigInt.asUintN(63, (high << 32n) | BigInt(this.random()));
  }
}

/** The generator that everything random uses unless it is given another. */
export const defaultGenerator: Generator = new Generator();

/**
 * Seeds the default generator: initial weights, dropout masks, shuffles and `rand` repeat, with PyTorch's values.
 *
 * @throws {ValueError} if the seed is not a whole number from -2^63 to 2^64 - 1, or a number beyond 2^53.
 * @example
 * manualSeed(777);
 * new nn.Linear(784, 500).weight; // torch.manual_seed(777); torch.nn.Linear(784, 500).weight
 */
export function manualSeed(seed: number | bigint): Generator {
  return defaultGenerator.manualSeed(seed);
}
