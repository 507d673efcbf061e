// The longer checks: `npm run check`, or single ones by name (`npm run check -- package`).
import { checkBrowser } from "./check/browser.mjs";
import { checkMemory } from "./check/memory.mjs";
import { checkNodes } from "./check/nodes.mjs";
import { checkPackage } from "./check/package.mjs";
import { checkSanitizers } from "./check/sanitizers.mjs";

const CHECKS = {
  package: checkPackage,
  browser: checkBrowser,
  sanitizers: checkSanitizers,
  memory: checkMemory,
  nodes: checkNodes,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in CHECKS));
if (unknown.length > 0) {
  console.error(`check: there is no ${unknown.join(", ")}; there are ${Object.keys(CHECKS).join(", ")}`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : Object.keys(CHECKS)) {
  const start = performance.now();
  console.log(`\n== ${name}`);
  await CHECKS[name]();
  console.log(`== ${name}: passed in ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
