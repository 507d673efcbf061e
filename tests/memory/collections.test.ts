// Training a layer with large activations does not make V8 mark its whole heap in every step, which its threads would do beside the kernels.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const STEPS = 60;
/** Steps of a Transformer's layer, with the event loop in between, so that collections are reported; prints how many were major. */
const PROGRAM = `
import { constants, PerformanceObserver } from "node:perf_hooks";
import { nn, randn } from "nabla";
let major = 0;
const { NODE_PERFORMANCE_GC_MAJOR: MAJOR } = constants;
const count = (list) => list.getEntries().forEach(({ detail }) => (major += Number(detail.kind === MAJOR)));
new PerformanceObserver(count).observe({ entryTypes: ["gc"] });
const layer = new nn.TransformerEncoderLayer(128, 4, { dimFeedforward: 512 });
const x = randn(64, 32, 128);
for (let i = 0; i < ${STEPS}; i++) {
  layer.zeroGrad();
  layer.forward(x).square().mean().backward();
  await new Promise((resolve) => setImmediate(resolve));
}
setTimeout(() => console.log(major), 50);`;

test("there are far fewer major collections than steps", { timeout: 60_000 }, async () => {
  const options = { cwd: new URL("../..", import.meta.url), env: { ...process.env, NABLA_BACKEND: "native" } };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", PROGRAM], options);
  expect(stdout).toMatch(/^\d+\n$/);
  expect(Number(stdout)).toBeLessThan(STEPS / 3);
});
