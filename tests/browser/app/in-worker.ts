/** A page that leaves the training to a worker of its own, and stays free. */
import { watched } from "./watch.ts";

function trainInWorker(root: string): Promise<unknown> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(new URL(root, location.href).href);
  });
}

Object.assign(globalThis, { page: { train: (root: string) => watched(() => trainInWorker(root)) } });
