// Views that were taken while their base required no gradients, as PyTorch treats them; where it renews them, an error says so.
import { expect, test } from "vitest";
import { GradError, noGrad, ones, zeros } from "../../src/index.ts";

test("a view of what becomes a leaf later has no gradients", () => {
  const w = zeros(3, 3);
  const row = w.at(0);
  w.requiresGrad_();
  expect(row.sum().requiresGrad).toBe(false);
});

test("such a view is not changed while recording", () => {
  const w = zeros(3, 3);
  const row = w.at(0);
  w.requiresGrad_();
  expect(() => row.add_(1)).toThrow("add_: a view of a leaf that requires gradients cannot be changed while recording");
  noGrad(() => row.add_(1));
  expect(w.sum().item()).toBe(3);
  w.detach().add_(1);
  expect(w.sum().item()).toBe(12);
});

test("a view of what becomes the result of an operation is taken again", () => {
  const w = zeros(3, 3);
  const [row, apart] = [w.at(0), w.detach().at(0)];
  const x = ones(3, 3).requiresGrad_();
  w.add_(x);
  expect(() => row.sum()).toThrow(GradError);
  expect(() => row.sum()).toThrow("take its view [3] again");
  expect(noGrad(() => row.sum().item())).toBe(3);
  expect(apart.sum().requiresGrad).toBe(false);
  w.at(0).sum().backward();
  expect(x.grad?.sum().item()).toBe(3);
});
