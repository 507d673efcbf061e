// Learning rates and momenta of every schedule beside PyTorch's (make-schedules.py), and what schedules do besides.
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { NablaError, nn, optim, StateDictError, tensor, zeros } from "../../src/index.ts";

type Options = Record<string, unknown>;
type Nested = [kind: string, positional: unknown[], options: Options];
interface Run {
  kind: string;
  positional: unknown[];
  options: Options;
  optimizer: "SGD" | "Adam";
  columns: string[];
}
const { steps, metrics, runs } = JSON.parse(
  readFileSync(new URL("fixtures/schedules.json", import.meta.url), "utf8"),
) as { steps: number; metrics: number[]; runs: Record<string, Run> };

const LAMBDAS: Record<string, (x: number) => number> = {
  decay: (epoch) => 0.95 ** epoch,
  tenth: (epoch) => 1 / (1 + epoch / 10),
  wave: (x) => 1 + 0.5 * Math.sin(x),
};
const functions = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(functions);
  return typeof value === "string" ? (LAMBDAS[value] ?? value) : value;
};
const camel = (key: string): string => key.replace(/^T/, "t").replace(/_./g, (x) => x[1]?.toUpperCase() ?? "");
const renamed = (options: Options): Options =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), functions(value)]));

type Scheduler = optim.lrScheduler.LRScheduler | optim.lrScheduler.ReduceLROnPlateau;
type Optimizer = optim.lrScheduler.Scheduled;

function optimizerOf(kind: "SGD" | "Adam"): Optimizer {
  const groups = [{ params: [new nn.Parameter(zeros(1))] }, { params: [new nn.Parameter(zeros(2))], lr: 0.02 }];
  return kind === "Adam" ? new optim.Adam(groups, { lr: 0.5 }) : new optim.SGD(groups, { lr: 0.5, momentum: 0.9 });
}

function construct(optimizer: Optimizer, kind: string, positional: unknown[], options: Options): Scheduler {
  const schedules = optim.lrScheduler as unknown as Record<string, new (...args: unknown[]) => Scheduler>;
  const make = schedules[kind] as new (...args: unknown[]) => Scheduler;
  if (kind === "SequentialLR" || kind === "ChainedScheduler") {
    const nested = (positional[0] as Nested[]).map((each) => construct(optimizer, ...each));
    return kind === "SequentialLR" ? new make(optimizer, nested, positional[1]) : new make(nested);
  }
  return new make(optimizer, ...positional.map(functions), renamed(options));
}

function advance(scheduler: Scheduler, step: number): void {
  if (scheduler instanceof optim.lrScheduler.ReduceLROnPlateau) scheduler.step(metrics[step] as number);
  else scheduler.step();
}

type Group = { lr: number; momentum?: number; betas?: readonly [number, number] };
function row(optimizer: Optimizer): number[] {
  const groups: Group[] = optimizer.paramGroups;
  return [...groups.map((group) => group.lr), ...groups.map((group) => group.betas?.[0] ?? (group.momentum as number))];
}

const lengthOf = ({ kind, options }: Run): number =>
  kind === "OneCycleLR" ? Math.min(steps, (options.total_steps as number | undefined) ?? steps) : steps;

describe.each(Object.entries(runs))("%s", (_, run) => {
  const columns = run.columns.map((column) => {
    const bytes = Buffer.from(column, "base64");
    return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(i * 8));
  });
  const expected = (step: number): number[] =>
    columns.map((column) => column[column.length === 1 ? 0 : step] as number);
  const expectNear = (found: number[], step: number): void => {
    const wrong = found.flatMap((value, i) => {
      const wanted = expected(step)[i] as number;
      return Math.abs(value - wanted) <= 1e-12 * Math.abs(wanted) + 1e-16
        ? []
        : [`${step}.${i}: ${value}, not ${wanted}`];
    });
    expect(wrong).toEqual([]);
  };

  test("gives PyTorch's learning rates and momenta", () => {
    const optimizer = optimizerOf(run.optimizer);
    const scheduler = construct(optimizer, run.kind, run.positional, run.options);
    expectNear(row(optimizer), 0);
    for (let step = 0; step < lengthOf(run); step++) {
      optimizer.step();
      advance(scheduler, step);
      expectNear(row(optimizer), step + 1);
      expect(scheduler.getLastLr()).toEqual(optimizer.paramGroups.map((group) => group.lr));
    }
  });

  test("goes on from a state dict as if nothing had been", () => {
    const first = optimizerOf(run.optimizer);
    const scheduler = construct(first, run.kind, run.positional, run.options);
    for (let step = 0; step < 23; step++) {
      first.step();
      advance(scheduler, step);
    }
    const saved = [first.stateDict(), scheduler.stateDict()] as const;
    const second = optimizerOf(run.optimizer);
    const fresh = construct(second, run.kind, run.positional, run.options);
    second.loadStateDict(saved[0]);
    fresh.loadStateDict(saved[1]);
    for (let step = 23; step < lengthOf(run); step++) {
      for (const [optimizer, each] of [
        [first, scheduler],
        [second, fresh],
      ] as const) {
        optimizer.step();
        advance(each, step);
      }
      expect(row(second)).toEqual(row(first));
      expect(fresh.lastEpoch).toBe(scheduler.lastEpoch);
    }
  });
});

const sgd = (options: object = {}): optim.SGD =>
  new optim.SGD([new nn.Parameter(zeros(1))], { lr: 0.5, momentum: 0.9, ...options });

test("a schedule resumes by lastEpoch, from the initialLr in the groups", () => {
  const optimizer = sgd();
  const { lrScheduler } = optim;
  expect(() => new lrScheduler.StepLR(optimizer, 3, { lastEpoch: 4 })).toThrow(/initialLr is not specified .*\[0\]/);
  const scheduler = new lrScheduler.StepLR(optimizer, 3);
  for (let step = 0; step < 5; step++) {
    optimizer.step();
    scheduler.step();
  }
  const other = sgd();
  other.loadStateDict(optimizer.stateDict());
  const resumed = new lrScheduler.StepLR(other, 3, { lastEpoch: 4 });
  expect(resumed.lastEpoch).toBe(5);
  other.step();
  resumed.step();
  expect(resumed.getLastLr()[0]).toBeCloseTo(0.005, 12);
});

test("restarts can be placed at a fraction of an epoch", () => {
  const optimizer = sgd();
  const scheduler = new optim.lrScheduler.CosineAnnealingWarmRestarts(optimizer, 2, { tMult: 2 });
  scheduler.step(1);
  expect(scheduler.getLastLr()[0]).toBeCloseTo(0.25, 12);
  scheduler.step(3.5); // 1.5 of the 4 steps of the second period
  expect(scheduler.getLastLr()[0]).toBeCloseTo((0.5 * (1 + Math.cos((Math.PI * 1.5) / 4))) / 2, 12);
  expect(() => scheduler.step(-1)).toThrow(/non-negative epoch; got -1/);
});

describe("the order of steps", () => {
  afterEach(() => void vi.restoreAllMocks());

  test("a schedule that steps first is warned about, once", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const scheduler = new optim.lrScheduler.StepLR(sgd(), 3);
    expect(warn).not.toHaveBeenCalled();
    for (let step = 0; step < 4; step++) scheduler.step();
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/StepLR: step\(\) was called before optimizer.step\(\)/)]]);
  });

  test("the right order is not", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const optimizer = sgd();
    const scheduler = new optim.lrScheduler.StepLR(optimizer, 3);
    optimizer.step();
    scheduler.step();
    expect(warn).not.toHaveBeenCalled();
  });
});

test("a plateau is found from a tensor, too", () => {
  const optimizer = sgd();
  const scheduler = new optim.lrScheduler.ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.5 });
  for (const loss of [1, 2]) scheduler.step(tensor(loss));
  expect(scheduler.getLastLr()).toEqual([0.25]);
});

describe("bad arguments", () => {
  const { lrScheduler } = optim;
  const step = (optimizer: Optimizer): optim.lrScheduler.LRScheduler => new lrScheduler.StepLR(optimizer, 2);
  test.each<[string, () => unknown, RegExp]>([
    ["no optimizer", () => new lrScheduler.StepLR({} as Optimizer, 2), /StepLR: takes an optimizer; got object/],
    ["stepSize 0", () => new lrScheduler.StepLR(sgd(), 0), /positive integer stepSize; got 0/],
    ["stepSize 1.5", () => new lrScheduler.StepLR(sgd(), 1.5), /positive integer stepSize; got 1.5/],
    ["gamma", () => new lrScheduler.ExponentialLR(sgd(), Number.NaN), /gamma is a number; got NaN/],
    ["lastEpoch", () => new lrScheduler.StepLR(sgd(), 2, { lastEpoch: 0.5 }), /lastEpoch .*got 0.5/],
    ["milestones", () => new lrScheduler.MultiStepLR(sgd(), [1, -2]), /milestones; got -2/],
    ["factor", () => new lrScheduler.ConstantLR(sgd(), { factor: 2 }), /factor .*at most 1; got 2/],
    ["startFactor", () => new lrScheduler.LinearLR(sgd(), { startFactor: 0 }), /startFactor .*greater than 0 .*got 0/],
    ["endFactor", () => new lrScheduler.LinearLR(sgd(), { endFactor: 1.5 }), /endFactor .*between 0 and 1; got 1.5/],
    ["tMax", () => new lrScheduler.CosineAnnealingLR(sgd(), 0), /positive integer tMax; got 0/],
    ["t0", () => new lrScheduler.CosineAnnealingWarmRestarts(sgd(), 2.5), /positive integer t0; got 2.5/],
    ["lambdas", () => new lrScheduler.LambdaLR(sgd(), []), /expected 1 lrLambdas.*; got 0/],
    ["no lambda", () => new lrScheduler.LambdaLR(sgd(), [3 as never]), /lrLambda is a function; got number/],
    ["NaN of a lambda", () => new lrScheduler.LambdaLR(sgd(), () => Number.NaN), /gives a number; got NaN for step 0/],
    ["no steps", () => new lrScheduler.OneCycleLR(sgd(), 1), /either totalSteps or \(epochs and stepsPerEpoch\)/],
    ["totalSteps", () => new lrScheduler.OneCycleLR(sgd(), 1, { totalSteps: -3 }), /totalSteps; got -3/],
    ["pctStart", () => new lrScheduler.OneCycleLR(sgd(), 1, { totalSteps: 9, pctStart: 2 }), /pctStart .*got 2/],
    [
      "a phase of one step",
      () => new lrScheduler.OneCycleLR(sgd(), 1, { totalSteps: 10, pctStart: 0.1 }),
      /more than one step/,
    ],
    ["strategy", () => new lrScheduler.OneCycleLR(sgd(), 1, { totalSteps: 9, annealStrategy: "x" as "cos" }), /got x/],
    ["maxLr", () => new lrScheduler.OneCycleLR(sgd(), [1, 2], { totalSteps: 9 }), /maxLr has one value .*got 2/],
    [
      "no momentum",
      () => new lrScheduler.OneCycleLR(new optim.Adagrad([new nn.Parameter(zeros(1))]), 1, { totalSteps: 9 }),
      /must have momentum or betas .*cycleMomentum: false/,
    ],
    ["mode", () => new lrScheduler.CyclicLR(sgd(), 0.1, 1, { mode: "x" as "triangular" }), /mode is .*got x/],
    ["plateau's factor", () => new lrScheduler.ReduceLROnPlateau(sgd(), { factor: 1 }), /should be < 1.0; got 1/],
    ["plateau's mode", () => new lrScheduler.ReduceLROnPlateau(sgd(), { mode: "x" as "min" }), /mode x is unknown/],
    ["plateau's metric", () => new lrScheduler.ReduceLROnPlateau(sgd()).step("1" as unknown as number), /got string/],
    ["minLr", () => new lrScheduler.ReduceLROnPlateau(sgd(), { minLr: [0, 0] }), /minLr has one value .*got 2/],
    ["no schedulers", () => new lrScheduler.SequentialLR(sgd(), [], []), /at least one scheduler/],
    [
      "milestones for schedulers",
      () => new lrScheduler.SequentialLR(...pair(step), []),
      /one scheduler more than milestones; got 2 schedulers and 0/,
    ],
    [
      "of another optimizer",
      () => new lrScheduler.SequentialLR(sgd(), [step(sgd())], []),
      /belong to the same optimizer/,
    ],
    [
      "a plateau in a chain",
      () => new lrScheduler.ChainedScheduler([new lrScheduler.ReduceLROnPlateau(sgd()) as never]),
      /step by themselves; got ReduceLROnPlateau at index 0/,
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(NablaError);
  });

  test("more steps than a cycle has", () => {
    const optimizer = sgd();
    const scheduler = new lrScheduler.OneCycleLR(optimizer, 1, { totalSteps: 10 });
    optimizer.step();
    for (let i = 0; i < 10; i++) scheduler.step();
    expect(() => scheduler.step()).toThrow(/tried to step 11 times; got 10/);
  });

  test("a state dict of another kind", () => {
    const state = new lrScheduler.ExponentialLR(sgd(), 0.9).stateDict();
    expect(() => step(sgd()).loadStateDict(state)).toThrow(StateDictError);
    expect(() => step(sgd()).loadStateDict(null as never)).toThrow(/StepLR.loadStateDict: the keys are .*; got none/);
  });
});

/** An optimizer with two schedules, for which one milestone is missing. */
function pair(
  make: (optimizer: Optimizer) => optim.lrScheduler.LRScheduler,
): [Optimizer, optim.lrScheduler.LRScheduler[]] {
  const optimizer = sgd();
  return [optimizer, [make(optimizer), make(optimizer)]];
}
