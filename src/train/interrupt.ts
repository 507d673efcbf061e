/** Ctrl-C as a question that a training answers when it can. */

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** Signals so close together, in milliseconds, are one: Ctrl-C reaches a program from the terminal and from the command that started it. */
const TOGETHER = 300;

/**
 * Notes Ctrl-C (and `kill`) instead of ending the program at once, so that a training can save first. A second Ctrl-C ends it at once.
 * Signals are noticed while the loop waits: use `for await` over a loader, or await something between steps. `fit` does all of this.
 *
 * @example
 * const interrupt = new Interrupt();
 * for await (const [x, y] of loader) {
 *   step(x, y);
 *   if (interrupt.requested) {
 *     save(model.stateDict(), "model.safetensors");
 *     interrupt.leave("saved: model.safetensors");
 *   }
 * }
 * interrupt.close();
 */
export class Interrupt {
  #signal: NodeJS.Signals | null = null;
  readonly #process: Partial<NodeJS.Process> | undefined = (globalThis as { process?: NodeJS.Process }).process;
  readonly #listener = (signal: NodeJS.Signals): void => {
    if (this.#signal !== null) return;
    this.#signal = signal;
    const timer: { unref?(): void } | number = setTimeout(() => this.close(), TOGETHER);
    if (typeof timer === "object") timer.unref?.();
    this.#noted();
  };
  readonly #noted: () => void;

  /** `noted` is called when it happens. */
  constructor(noted: () => void = () => undefined) {
    this.#noted = noted;
    for (const signal of SIGNALS) this.#process?.on?.(signal, this.#listener);
  }

  /** Whether the program was asked to end. */
  get requested(): boolean {
    return this.#signal !== null;
  }

  /** Ends listening: from now on Ctrl-C ends the program as usual. */
  close(): void {
    for (const signal of SIGNALS) this.#process?.off?.(signal, this.#listener);
  }

  /** Writes a line to standard error, and ends the program as the signal would have, with exit code 130 for Ctrl-C. */
  leave(line: string): void {
    this.close();
    this.#process?.stderr?.write(`${line}\n`);
    if (this.#signal !== null) this.#process?.kill?.(this.#process.pid as number, this.#signal);
  }
}
