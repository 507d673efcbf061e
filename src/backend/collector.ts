/**
 * Minor garbage collections at a pace of their own. V8 lets dead buffers pile up to tens of megabytes before it collects, so that every
 * result is written to memory that no cache holds. Collecting after a few megabytes lets results reuse memory that is still near.
 */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { type: "minor" }) => void;

/** Bytes between collections: with fewer they cost more than they save, with half as many again a third-level cache may hold no result. */
const PACE = 16 << 20;

/**
 * What V8's heap may grow by before all of it is marked, in bytes. Buffers count as its growth, so that by V8's own measure, which fits
 * heaps of a few megabytes, the activations of a larger network have everything marked in every step, beside the kernels' threads.
 */
const ROOM = 128 << 20;
/** Collections between looks at the size of the heap. */
const LOOK = 64;

/** Off during these collections: waking V8's threads takes longer than what they do here, and a dead buffer freed at once is reused while near. */
const ALONE = ["parallel-scavenge", "concurrent-array-buffer-sweeping"];

export class Collector {
  #collect: Collect | null = null;
  #bytes = 0;
  #untilLook = 1;
  readonly #letGo: () => void;

  /**
   * `letGo` drops what the home itself still refers to: a buffer that outlives two collections waits for a full one, and those come
   * every 64 MB then, at many times the cost.
   */
  constructor(letGo: () => void) {
    this.#letGo = letGo;
  }

  /** Notes fresh memory, and collects when it is time. */
  allocated(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= PACE) this.#run();
  }

  /** Notes fresh memory where no collection may run: it counts when `allocated` is called next. */
  noted(bytes: number): void {
    this.#bytes += bytes;
  }

  #run(): void {
    this.#bytes = 0;
    if (this.#collect === null) {
      setFlagsFromString("--expose-gc");
      this.#collect = runInNewContext("gc") as Collect;
    }
    if (--this.#untilLook === 0) this.#makeRoom();
    this.#letGo();
    for (const flag of ALONE) setFlagsFromString(`--no-${flag}`);
    this.#collect({ type: "minor" });
    for (const flag of ALONE) setFlagsFromString(`--${flag}`);
  }

  /** Where programs have large heaps of their own, V8's measure is left as it is. */
  #makeRoom(): void {
    this.#untilLook = LOOK;
    const growth = ROOM / getHeapStatistics().used_heap_size;
    setFlagsFromString(`--heap-growing-percent=${growth > 1 ? Math.round(growth * 100) : 0}`);
  }
}
