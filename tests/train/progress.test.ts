import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DTypeError, ValueError } from "../../src/errors.ts";
import { type ProgressOptions, type ProgressStream, progress } from "../../src/train/progress.ts";

/** A stream that keeps what is written; `screen` is what a terminal shows of it. */
class FakeStream implements ProgressStream {
  readonly writes: string[] = [];
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(isTTY: boolean, columns = 80) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): boolean {
    this.writes.push(text);
    return true;
  }

  get screen(): string[] {
    const lines: string[][] = [[]];
    let column = 0;
    for (const character of plain(this.writes.join("")).replaceAll(ERASE, "\f")) {
      const line = lines.at(-1) as string[];
      if (character === "\n") lines.push([]);
      if (character === "\f") line.length = column;
      else if (character === "\n" || character === "\r") column = 0;
      else line[column++] = character;
    }
    return lines.map((line) => line.join(""));
  }
}

/** The terminal's code that erases from the cursor to the end of the line. */
const ERASE = "\x1b[K";

/** Text without colours. */
function plain(text: string): string {
  return ["0", "2", "36"].reduce((rest, code) => rest.replaceAll(`\x1b[${code}m`, ""), text);
}

let now = 0;
const clock = (): number => now;

function terminal(options: ProgressOptions = {}, columns = 80): { stream: FakeStream; options: ProgressOptions } {
  const stream = new FakeStream(true, columns);
  return { stream, options: { stream, clock, ...options } };
}

beforeEach(() => {
  now = 0;
  vi.stubEnv("TERM", "xterm");
  vi.stubEnv("NO_COLOR", "");
});
afterEach(() => vi.unstubAllEnvs());

describe("on a terminal", () => {
  it("shows description, share, bar, count, rate, time left and postfix", () => {
    const { stream, options } = terminal({ description: "Epoch 1/5", unit: "images", scale: 100 });
    const bar = progress(600, options);
    for (const step of bar) {
      now += 10;
      bar.setPostfix({ loss: 2 / (step + 1) });
      if (step === 299) break;
    }
    const [line, rest] = stream.screen;
    expect(line).toMatch(
      /^Epoch 1\/5 {3}49 % [█▏▎▍▌▋▊▉]+·+ 299\/600 \[00:03<00:03, 9,967 images\/s, loss=0.006667\]$/u,
    );
    expect(rest).toBe("");
  });

  it("yields the source's items in order and counts them", () => {
    const { stream, options } = terminal();
    const bar = progress(new Set(["a", "b", "c"]), options);
    expect([...bar]).toEqual(["a", "b", "c"]);
    expect(bar.done).toBe(3);
    expect(stream.screen[0]).toMatch(/^100 % █+ 3\/3 \[00:00\]$/);
  });

  it("redraws at most ten times a second", () => {
    const { stream, options } = terminal();
    for (const _ of progress(10_000, options)) now += 1;
    const drawn = stream.writes.filter((text) => text.startsWith("\r") && text.includes("%"));
    expect(drawn.length).toBeGreaterThan(90);
    expect(drawn.length).toBeLessThanOrEqual(101);
  });

  it("estimates the time left from the latest rate, not from the average", () => {
    const { stream, options } = terminal();
    for (const step of progress(200, options)) now += step < 100 ? 1000 : 100;
    const last = stream.writes.map(plain).filter((text) => text.includes("190/200"))[0];
    expect(last).toContain("<00:01");
  });

  it.each([20, 40, 60, 79, 80, 200])("never fills a line of %i columns", (columns) => {
    const { stream, options } = terminal({ description: "训练 a long description\nof two lines" }, columns);
    const bar = progress(1000, options);
    bar.setPostfix("loss=0.1234");
    for (const _ of bar) now += 50;
    for (const line of stream.screen) {
      const wide = [...line].filter((character) => "训练".includes(character)).length;
      expect([...line].length + wide).toBeLessThan(columns);
    }
    expect(stream.screen).toHaveLength(2);
  });

  it("lets a line through and stands under it again", () => {
    const { stream, options } = terminal({ description: "train" });
    const bar = progress(4, { ...options, output: stream });
    for (const step of bar) {
      now += 200;
      if (step === 1) bar.log("Epoch[1/5], step [100/600], Loss:0.1234");
    }
    expect(stream.screen[0]).toBe("Epoch[1/5], step [100/600], Loss:0.1234");
    expect(stream.screen[1]).toMatch(/^train +100 % █+ 4\/4/);
    expect(stream.screen[2]).toBe("");
  });

  it("leaves nothing behind with leave: false", () => {
    const { stream, options } = terminal({ leave: false });
    for (const _ of progress(20, options)) now += 100;
    expect(stream.screen).toEqual([""]);
  });

  it("changes its description, and shows no total where there is none", () => {
    const { stream, options } = terminal({ unit: "lines" });
    const bar = progress(
      (function* () {
        yield* [1, 2, 3];
      })(),
      options,
    );
    for (const _ of bar) {
      now += 2000;
      bar.setDescription("reading");
    }
    expect(stream.screen[0]).toBe("reading  3 [00:06, 2.00 s/lines]");
  });

  it("ends where the loop fails and passes the error on", () => {
    const { stream, options } = terminal();
    const run = (): void => {
      for (const step of progress(10, options)) {
        now += 100;
        if (step === 4) throw new Error("stop");
      }
    };
    expect(run).toThrow("stop");
    expect(stream.screen[0]).toMatch(/ 4\/10 /);
    expect(stream.writes.at(-1)).toMatch(/\n$/);
  });

  it("counts by hand, and starts anew in a second loop", () => {
    const { stream, options } = terminal();
    const byHand = progress(1000, options);
    byHand.update(250);
    now += 1000;
    byHand.update(250);
    byHand.close();
    byHand.close();
    expect(stream.screen[0]).toMatch(/^ 50 % .* 500\/1,000 \[00:01<00:01, 500 it\/s\]$/);
    const twice = progress([1, 2], options);
    expect([...twice, ...twice]).toEqual([1, 2, 1, 2]);
    expect(twice.done).toBe(2);
  });

  it("follows an asynchronous source", async () => {
    const { stream, options } = terminal({ total: 3 });
    async function* source(): AsyncGenerator<number> {
      for (let i = 0; i < 3; i++) {
        await null;
        yield i;
      }
    }
    const seen: number[] = [];
    for await (const item of progress(source(), options)) seen.push(item);
    expect(seen).toEqual([0, 1, 2]);
    expect(stream.screen[0]).toMatch(/ 3\/3 /);
    expect(() => [...progress(source(), options)]).toThrow(DTypeError);
  });

  it("has colours, but none where NO_COLOR is set", () => {
    const colored = terminal();
    progress(2, colored.options).close();
    expect(colored.stream.writes.join("")).toContain("\x1b[36m");
    vi.stubEnv("NO_COLOR", "1");
    const { stream, options } = terminal();
    progress(2, options).close();
    expect(stream.writes.join("")).not.toContain("\x1b[");
    expect(stream.screen[0]).toMatch(/^ {2}0 % ·+ 0\/2/);
  });
});

describe("elsewhere", () => {
  it("writes one plain line at the end of a short loop", () => {
    const stream = new FakeStream(false);
    const bar = progress(600, { stream, clock, description: "Epoch 1/5", unit: "images", scale: 100 });
    for (const _ of bar) {
      now += 2;
      bar.setPostfix({ loss: 0.25 });
    }
    expect(stream.writes).toEqual(["Epoch 1/5: 600/600 [00:01, 50,000 images/s, loss=0.2500]\n"]);
  });

  it("writes a line every 30 seconds of a long one", () => {
    const stream = new FakeStream(false);
    for (const _ of progress(100, { stream, clock })) now += 1000;
    expect(stream.writes).toEqual([
      "30/100 [00:30, 1.00 it/s]\n",
      "60/100 [01:00, 1.00 it/s]\n",
      "90/100 [01:30, 1.00 it/s]\n",
      "100/100 [01:40, 1.00 it/s]\n",
    ]);
  });

  it("is silent when disabled, on a dumb terminal plain, and log goes to the output all the same", () => {
    const [stream, output] = [new FakeStream(true), new FakeStream(false)];
    const silent = progress(3, { stream, output, clock, disable: true });
    for (const _ of silent) silent.log("line");
    expect(stream.writes).toEqual([]);
    expect(output.writes).toEqual(["line\n", "line\n", "line\n"]);
    vi.stubEnv("TERM", "dumb");
    for (const _ of progress(3, { stream, clock })) now += 1000;
    expect(stream.writes).toEqual(["3/3 [00:03, 1.00 it/s]\n"]);
  });
});

describe("bad arguments", () => {
  it("names what is wrong", () => {
    expect(() => progress(-1)).toThrow(ValueError);
    expect(() => progress(2.5)).toThrow("progress: the number of items must be a whole number of at least 0; got 2.5");
    expect(() => progress([1], { total: Number.NaN })).toThrow(ValueError);
    expect(() => progress([1], { scale: 0 })).toThrow("progress: scale must be above 0; got 0");
    expect(() => progress(undefined as never)).toThrow(DTypeError);
    expect(() => progress({} as never)).toThrow(DTypeError);
    expect(() => progress(3, { disable: true }).update(-1)).toThrow(ValueError);
  });

  it("takes an empty source", () => {
    const { stream, options } = terminal();
    expect([...progress([], options)]).toEqual([]);
    expect(stream.screen[0]).toMatch(/^100 % █+ 0\/0 \[00:00\]$/);
  });
});

describe("a loop that is taken up in the middle", () => {
  it("counts from where it was, and leaves that out of the rate", () => {
    const { stream, options } = terminal({ initial: 60 });
    const bar = progress(40, { ...options, total: 100 });
    for (const _ of bar) now += 10;
    expect(bar.done).toBe(100);
    expect(stream.screen.at(-2)).toMatch(/100 % █+ 100\/100 \[00:00, 100 it\/s\]/);
    expect(() => progress(3, { initial: -1 })).toThrow(ValueError);
  });
});
