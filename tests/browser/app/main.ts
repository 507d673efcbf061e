/** What a user's page does with nabla; the check calls these by name. */
import { info, load, ones, randn, save, serialize, setThreads, type Tensor } from "nabla";
import { curves } from "nabla/plot";
import { MetricsLog, progress } from "nabla/train";
import { train } from "./training.ts";
import { watched } from "./watch.ts";

/** Sums of a large matrix by every number of threads. */
function threads(): { counts: number[]; sums: number[] } {
  const x = randn(512, 512);
  const most = info().threads;
  const counts = [1, 2, 4];
  const sums = counts.map((count) => {
    setThreads(count);
    let y: Tensor = x;
    for (let i = 0; i < 20; i++) y = x.matmul(y).mul(1 / 32);
    return y.sum().item();
  });
  setThreads(most);
  return { counts, sums };
}

function message(fail: () => void): string {
  try {
    fail();
    return "";
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

/** Tensors through bytes, a Blob and an address. */
async function files(): Promise<{ values: unknown[]; errors: string[] }> {
  const bytes = serialize({ w: ones(2, 2) });
  const blob = new Blob([bytes]);
  const address = URL.createObjectURL(blob);
  const fetched = await (await fetch(address)).arrayBuffer();
  const sources = [bytes, await blob.arrayBuffer(), fetched];
  const errors = [
    message(() => load("model.safetensors")),
    message(() => save({ w: ones(2) }, "model.safetensors")),
    message(() => void new MetricsLog("metrics.jsonl").add({ loss: 1 }).save()),
    message(() => load(blob as never)),
  ];
  return { values: sources.map((source) => load(source).w?.toArray()), errors };
}

function picture(): { svg: string; error: string } {
  const made = curves([{ name: "loss", y: Array.from(progress([3, 2, 1])) }], { title: "Loss" });
  document.body.innerHTML = made.svg;
  return { svg: document.querySelector("svg")?.textContent ?? "", error: message(() => void made.save("a.svg")) };
}

Object.assign(globalThis, {
  page: { info, train: (root: string) => watched(() => train(root)), threads, files, picture },
});
