// A step with gradients that the last step used already, and that a backward has been added to, is warned of; what looks like it is not.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nn, optim, randn, type Tensor, tensor } from "../../src/index.ts";

let warn: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  warn = vi.spyOn(console, "warn").mockReturnValue(undefined);
});
afterEach(() => vi.restoreAllMocks());

const optimizerOf = (model: nn.Module): optim.SGD => new optim.SGD(model.parameters(), { lr: 0.01 });

// The warning comes once a process: what must not warn stands before what does.
test("gradients that are cleared, gathered before the step, or set by hand are no mistake", () => {
  const model = new nn.Linear(3, 1);
  const x = randn(4, 3);
  const backward = (): void => model.forward(x).sum().backward();
  const optimizer = optimizerOf(model);
  const second = optimizerOf(model);
  for (let i = 0; i < 3; i++) {
    optimizer.zeroGrad();
    for (let part = 0; part < 3; part++) backward();
    optimizer.step();
    second.step();
  }
  for (let i = 0; i < 3; i++) {
    for (const one of model.parameters()) one.grad?.zero_();
    backward();
    optimizer.step();
  }
  const own = new nn.Parameter(tensor([1, 2]));
  const byHand = new optim.Adam([own]);
  own.grad = tensor([0, 0]);
  for (let i = 0; i < 3; i++) {
    own.grad.add_(1);
    byHand.step();
  }
  expect(warn).not.toHaveBeenCalled();
});

test("a generator trained through a critic adds to the critic's gradients, which are cleared before the critic's step", () => {
  const [generator, critic] = [new nn.Linear(2, 3), new nn.Linear(3, 1)];
  const [forGenerator, forCritic] = [optimizerOf(generator), optimizerOf(critic)];
  for (let i = 0; i < 3; i++) {
    const fake: Tensor = generator.forward(randn(4, 2));
    critic.zeroGrad();
    critic.forward(randn(4, 3)).mean().backward();
    critic.forward(fake.detach()).mean().neg().backward();
    forCritic.step();
    generator.zeroGrad();
    critic.forward(fake).mean().backward();
    forGenerator.step();
  }
  expect(warn).not.toHaveBeenCalled();
});

test("a forgotten zeroGrad is warned of, once", () => {
  const model = new nn.Linear(3, 1);
  const optimizer = optimizerOf(model);
  const step = (): void => {
    model.forward(randn(4, 3)).sum().backward();
    optimizer.step();
  };
  step();
  expect(warn).not.toHaveBeenCalled();
  step();
  step();
  expect(warn.mock.calls).toEqual([
    ["nabla: step: backward() added to gradients that a step had already used; call zeroGrad() before backward()"],
  ]);
});
