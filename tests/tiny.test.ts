/**
 * The smallest whole program: a network of 1, 6 and 1 neurons learns y = x² from five points.
 *
 * The numbers are PyTorch's, from the same program:
 *
 *     torch.manual_seed(777)
 *     x = torch.tensor([[-1.0], [-0.5], [0.0], [0.5], [1.0]])
 *     y = x * x
 *     model = nn.Sequential(nn.Linear(1, 6), nn.Tanh(), nn.Linear(6, 1))
 *     criterion = nn.MSELoss()
 *     optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
 *     for step in range(5):
 *         loss = criterion(model(x), y)
 *         optimizer.zero_grad()
 *         loss.backward()
 *         optimizer.step()
 */
import { expect, test } from "vitest";
import { manualSeed, nn, noGrad, optim, type Tensor, tensor } from "../src/index.ts";

class Parabola extends nn.Module {
  hidden = new nn.Linear(1, 6);
  tanh = new nn.Tanh();
  out = new nn.Linear(6, 1);
  forward(x: Tensor): Tensor {
    return this.out.forward(this.tanh.forward(this.hidden.forward(x)));
  }
}

const FIRST_WEIGHTS = [-0.83616936, -0.01772511, -0.19341338, -0.22816014, 0.76264465, 0.76219761];
const FIRST_GRADIENT = [0.03814572, 0.02095583, 0.00519376, 0.11614326, -0.02762577, -0.03630664];
const LOSSES = [0.39440885, 0.2419208, 0.18641882, 0.16502009, 0.15632589];
const LAST_WEIGHTS = [-0.22797821, 0.10386121, 0.33007982, 0.32286215, 0.25378692, -0.16698565];
const AT_THREE_QUARTERS = 0.52336234;

/** Digits after the point that float32 keeps of numbers below 1, after a few steps. */
const DIGITS = 6;

function expectClose(actual: Tensor | null, wanted: readonly number[]): void {
  const values = [...(actual?.data() ?? [])];
  expect(values.length).toBe(wanted.length);
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(wanted[i] as number, DIGITS);
}

test("a network of 1, 6 and 1 neurons learns a parabola, step by step as in PyTorch", () => {
  manualSeed(777);
  const x = tensor([[-1], [-0.5], [0], [0.5], [1]]);
  const y = x.mul(x);

  const model = new Parabola();
  const criterion = new nn.MSELoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  expectClose(model.hidden.weight, FIRST_WEIGHTS);

  const losses: number[] = [];
  for (let step = 0; step < 5; step++) {
    const loss = criterion.forward(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    if (step === 0) expectClose(model.hidden.weight.grad, FIRST_GRADIENT);
    optimizer.step();
    losses.push(loss.item());
  }

  expectClose(tensor(losses), LOSSES);
  expectClose(model.out.weight, LAST_WEIGHTS);
  const prediction = noGrad(() => model.forward(tensor([[0.75]])));
  expect(prediction.item()).toBeCloseTo(AT_THREE_QUARTERS, DIGITS);
});
