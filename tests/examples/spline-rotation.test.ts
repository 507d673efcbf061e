/** The rotation of the program `rotations` against scipy.ndimage.rotate (order 3, cval 0.01); spline-rotation.py writes the fixtures. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tensor } from "nabla";
import { expect, it } from "vitest";
import { splineRotation } from "../../examples/shared/spline-rotation.ts";

interface Case {
  readonly size: number;
  readonly angle: number;
  readonly image: readonly number[];
  readonly rotated: readonly number[];
}

const cases: Case[] = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/spline-rotation.json"), "utf8"));

it.each(cases)("turns $size × $size pixels by $angle°", ({ size, angle, image, rotated }) => {
  const turned = splineRotation(
    size,
    angle,
    0.01,
  )(tensor([image]))
    .flatten()
    .data();
  expect(turned.length).toBe(rotated.length);
  for (const [i, value] of rotated.entries()) expect(Math.abs((turned[i] as number) - value)).toBeLessThan(2e-6);
});
