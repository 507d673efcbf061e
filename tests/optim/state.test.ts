// State dicts: a run that was saved and goes on is the run that was never stopped, bit for bit.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  info,
  loadCheckpoint,
  manualSeed,
  nn,
  noGrad,
  optim,
  randn,
  StateDictError,
  saveCheckpoint,
  setThreads,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.ts";

const { threads } = info();
const folder = mkdtempSync(join(tmpdir(), "nabla-optim-"));
afterAll(() => {
  setThreads(threads);
  rmSync(folder, { recursive: true });
});

type Make = (params: { params: Tensor[]; lr?: number }[]) => optim.lrScheduler.Scheduled;
const OPTIMIZERS: Record<string, Make> = {
  SGD: (p) => new optim.SGD(p),
  "SGD momentum": (p) => new optim.SGD(p, { lr: 0.05, momentum: 0.9, dampening: 0.1 }),
  Adam: (p) => new optim.Adam(p, { amsgrad: true }),
  AdamW: (p) => new optim.AdamW(p, { maximize: true }),
  RMSprop: (p) => new optim.RMSprop(p, { centered: true, momentum: 0.5, eps: 1e-2 }),
  Adagrad: (p) => new optim.Adagrad(p, { lrDecay: 0.1, initialAccumulatorValue: 0.2 }),
  Adadelta: (p) => new optim.Adadelta(p),
  NAdam: (p) => new optim.NAdam(p, { weightDecay: 0.1 }),
  RAdam: (p) => new optim.RAdam(p, { betas: [0.9, 0.9] }),
  Adamax: (p) => new optim.Adamax(p),
};

/** A model of more elements than one task takes, and its optimizer with two groups and a schedule. */
function start(make: Make, dtype: "float32" | "float64") {
  manualSeed(777);
  const model = new nn.Sequential(new nn.Linear(260, 150), new nn.Tanh(), new nn.Linear(150, 3)).to(dtype);
  const [first, ...rest] = [...model.parameters()];
  const optimizer = make([{ params: rest }, { params: [first as Tensor], lr: 0.004 }]);
  const schedule = new optim.lrScheduler.ExponentialLR(optimizer, 0.9);
  return { model, optimizer, schedule };
}

type Run = ReturnType<typeof start>;
function train({ model, optimizer, schedule }: Run, from: number, to: number): void {
  for (let step = from; step < to; step++) {
    manualSeed(step);
    const x: Tensor = randn([5, 260], { dtype: optimizer.paramGroups[0]?.params[0]?.dtype ?? "float32" });
    optimizer.zeroGrad();
    (model.forward(x) as Tensor).square().mean().backward();
    optimizer.step();
    schedule.step();
  }
}
const bits = ({ model }: Run): string[] =>
  [...model.parameters()].map((p) => Buffer.from(p.data().buffer).toString("base64"));

describe.each(Object.entries(OPTIMIZERS))("%s", (name, make) => {
  test.each(["float32", "float64"] as const)("%s: goes on exactly, at 1, 2 and 4 threads", (dtype) => {
    const found = [1, 2, 4].map((count) => {
      setThreads(count);
      const whole = start(make, dtype);
      train(whole, 0, 4);
      const path = join(folder, `${name}-${dtype}-${count}.safetensors`);
      const { model, optimizer, schedule } = whole;
      saveCheckpoint(
        { model: model.stateDict(), optimizer: optimizer.stateDict(), schedule: schedule.stateDict() },
        path,
      );
      train(whole, 4, 8);

      const again = start(make, dtype);
      noGrad(() => [...again.model.parameters()].map((p) => p.fill_(9)));
      const saved = loadCheckpoint<{
        model: nn.StateDict;
        optimizer: optim.OptimizerState;
        schedule: optim.lrScheduler.SchedulerState;
      }>(path);
      again.model.loadStateDict(saved.model);
      again.optimizer.loadStateDict(saved.optimizer);
      again.schedule.loadStateDict(saved.schedule);
      train(again, 4, 8);
      expect(bits(again)).toEqual(bits(whole));
      return bits(whole);
    });
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
  });
});

const leaf = (size: number): Tensor => new nn.Parameter(zeros(size));
const three = (): [Tensor, Tensor, Tensor] => [leaf(1), leaf(2), leaf(3)];
/** A tensor that is kept of the first parameter. */
const kept = (optimizer: optim.lrScheduler.Scheduled, name: string): Tensor =>
  optimizer.stateDict().state[0]?.[name] as Tensor;

test("a state dict has PyTorch's layout", () => {
  const [a, b, c] = three();
  const optimizer = new optim.Adam([{ params: [a, b] }, { params: [c], lr: 0.5 }]);
  for (const p of [a, c]) p.sum().backward();
  optimizer.step();
  const { state, paramGroups } = optimizer.stateDict();
  expect(Object.keys(state)).toEqual(["0", "2"]);
  expect(Object.keys(state[2] ?? {}).sort()).toEqual(["exp_avg", "exp_avg_sq", "max_exp_avg_sq", "step"]);
  expect(state[2]?.step).toBe(1);
  expect(state[2]).toHaveProperty("exp_avg.shape", [3]);
  expect(paramGroups.map(({ params, lr }) => ({ params, lr }))).toEqual([
    { params: [0, 1], lr: 1e-3 },
    { params: [2], lr: 0.5 },
  ]);
  expect(paramGroups[0]?.betas).toEqual([0.9, 0.999]);
});

test("what was loaded is a copy", () => {
  const a = new nn.Parameter(zeros(2));
  const optimizer = new optim.SGD([a], { lr: 1, momentum: 0.5 });
  a.sum().backward();
  optimizer.step();
  const state = optimizer.stateDict();
  const other = new optim.SGD([a], { momentum: 0.5 });
  other.loadStateDict(state);
  other.step();
  expect(kept(optimizer, "momentum_buffer").toArray()).toEqual([1, 1]);
  expect(kept(other, "momentum_buffer").toArray()).toEqual([1.5, 1.5]);
});

test("steps as tensors of one element, as PyTorch writes them, are taken", () => {
  const make = (): [Tensor, optim.NAdam] => {
    const x = new nn.Parameter(zeros(2));
    return [x, new optim.NAdam([x], { lr: 0.1 })];
  };
  const [a, first] = make();
  const [b, second] = make();
  const step = (x: Tensor, optimizer: optim.NAdam): void => {
    x.grad = tensor([1, -2]);
    optimizer.step();
  };
  step(a, first);
  const saved = first.stateDict();
  const { step: count, mu_product, ...moments } = saved.state[0] as Record<string, Tensor | number>;
  saved.state[0] = { ...moments, step: tensor(count as number), mu_product: tensor(mu_product as number) };
  second.loadStateDict(saved);
  noGrad(() => b.copy_(a));
  step(a, first);
  step(b, second);
  expect(b.toArray()).toEqual(a.toArray());
});

test("a state follows its parameter's dtype", () => {
  const [a, b]: [Tensor, Tensor] = [leaf(2), new nn.Parameter(zeros([2], { dtype: "float64" }))];
  const [first, second] = [new optim.Adam([a]), new optim.Adam([b])];
  a.sum().backward();
  first.step();
  second.loadStateDict(first.stateDict());
  expect(kept(second, "exp_avg").dtype).toBe("float64");
});

describe("groups", () => {
  const [a, b, c] = three();

  test("a group that is added has the optimizer's options, and its own", () => {
    const optimizer = new optim.SGD([a], { lr: 0.5, momentum: 0.25 });
    optimizer.addParamGroup({ params: [b], lr: 0.125 });
    optimizer.addParamGroup({ params: c as unknown as Tensor[] });
    expect(optimizer.paramGroups.map(({ lr, momentum }) => [lr, momentum])).toEqual([
      [0.5, 0.25],
      [0.125, 0.25],
      [0.5, 0.25],
    ]);
    for (const p of [a, b, c]) p.grad = p.mul(0).add(1).detach();
    optimizer.step();
    expect([a, b, c].map((p) => p.select(0, 0).item())).toEqual([-0.5, -0.125, -0.5]);
  });

  test.each<[string, (optimizer: optim.SGD) => void, RegExp]>([
    ["one that is there", (o) => o.addParamGroup({ params: [b, a] }), /more than one parameter group/],
    ["a bad rate", (o) => o.addParamGroup({ params: [b], lr: -1 }), /SGD.addParamGroup: lr .*got -1/],
    ["no group", (o) => o.addParamGroup([b] as never), /a group is an object with params; got Array/],
    ["no tensor", (o) => o.addParamGroup({ params: ["b" as never] }), /parameters are tensors; got string/],
    ["a view", (o) => o.addParamGroup({ params: [zeros(2, 3).T.requiresGrad_()] }), /a view \[3, 2\] with strides/],
  ])("%s is an error, and nothing is added", (_, add, message) => {
    const optimizer = new optim.SGD([a]);
    expect(() => add(optimizer)).toThrow(message);
    expect(optimizer.paramGroups).toHaveLength(1);
  });

  test("a rate that is set to NaN by hand is an error at the next step", () => {
    const optimizer = new optim.Adam([a]);
    a.grad = zeros(1);
    optimizer.paramGroups[0]!.lr = Number.NaN;
    expect(() => optimizer.step()).toThrow(/Adam: lr is a number of at least 0; got NaN/);
    expect(a.item()).not.toBeNaN();
  });
});

test("step takes a closure, which runs with gradients", () => {
  const a = new nn.Parameter(tensor([2]));
  const optimizer = new optim.SGD([a], { lr: 0.25 });
  const loss = noGrad(() =>
    optimizer.step(() => {
      optimizer.zeroGrad();
      const y = a.square().sum();
      y.backward();
      return y;
    }),
  );
  expect([loss.item(), a.item()]).toEqual([4, 1]);
});

describe("state dicts that do not fit", () => {
  const p = (...sizes: number[]): Tensor[] => sizes.map((size) => new nn.Parameter(zeros(size)));
  const saved = (...sizes: number[]): optim.OptimizerState => {
    const params = p(...sizes);
    const optimizer = new optim.Adam(params);
    for (const x of params) x.grad = zeros(x.shape);
    optimizer.step();
    return optimizer.stateDict();
  };
  const groups = (state: optim.OptimizerState, change: object): optim.OptimizerState => ({
    ...state,
    paramGroups: state.paramGroups.map((group) => ({ ...group, ...change })),
  });
  test.each<[string, optim.OptimizerState, RegExp]>([
    ["nothing", null as never, /takes what stateDict\(\) gives/],
    ["more groups", { state: {}, paramGroups: [] }, /different number of parameter groups; got 0 for 1/],
    ["fewer parameters", saved(2), /doesn't match the size of optimizer's group; got 1 parameters for 2 in group 0/],
    ["another shape", saved(2, 4), /exp_avg of parameter 1 is \[4\] for a parameter \[3\]/],
    ["another number", { ...saved(2, 3), state: { 7: {} } }, /state of parameter 7, which is in no group/],
    ["text", { ...saved(2, 3), state: { 0: { step: "1" as never } } }, /step of parameter 0 .*got string/],
    ["a bad rate", groups(saved(2, 3), { lr: -1 }), /lr .*got -1/],
  ])("%s", (_, state, message) => {
    const optimizer = new optim.Adam(p(2, 3), { lr: 0.5 });
    expect(() => optimizer.loadStateDict(state)).toThrow(message);
    expect(optimizer.paramGroups[0]?.lr).toBe(0.5);
    expect(optimizer.stateDict().state).toEqual({});
  });

  test("are StateDictErrors", () => {
    expect(() => new optim.Adam(p(1)).loadStateDict(saved(1, 2))).toThrow(StateDictError);
  });
});

test.each(["Adam", "AdamW", "NAdam", "RAdam", "Adamax", "RMSprop", "Adagrad", "Adadelta"] as const)(
  "%s does not take the state of another optimizer",
  (name) => {
    const parameter = (): nn.Parameter => new nn.Parameter(tensor([1, 2]));
    const stepped = (Kind: typeof optim.SGD | typeof optim.Adam): ReturnType<optim.SGD["stateDict"]> => {
      const x = parameter();
      const other = new Kind([x], Kind === optim.SGD ? { lr: 0.1, momentum: 0.9 } : { lr: 0.1 });
      x.sum().backward();
      other.step();
      return other.stateDict();
    };
    const optimizer = new optim[name]([parameter()], { lr: 0.5 });
    expect(() => optimizer.loadStateDict(stepped(optim.SGD))).toThrow(StateDictError);
    expect(() => optimizer.loadStateDict(stepped(optim.SGD))).toThrow(
      "got momentum_buffer; is it another optimizer's?",
    );
    if (!["Adam", "AdamW", "RAdam"].includes(name)) {
      expect(() => optimizer.loadStateDict(stepped(optim.Adam))).toThrow("is it another optimizer's?");
    }
    expect(optimizer.paramGroups[0]?.lr).toBe(0.5);
  },
);
