/** nabla as a benchmark server (see `server.ts`). Runs the built package, by its public name. */
import { createRequire } from "node:module";
import { info, manualSeed } from "nabla";
import { answerRequests } from "./answer.ts";
import { buildWorkload } from "./workloads.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

manualSeed(777);
await answerRequests(buildWorkload, () => ({ nabla: version, node: process.versions.node, ...info() }));
