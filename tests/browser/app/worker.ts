/** The worker: the package waits for its kernels while it loads, so the message may come before; it is not lost. */
const asked = new Promise<string>((resolve) => {
  globalThis.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
});
const { info } = await import("nabla");
const { train } = await import("./training.ts");

globalThis.postMessage({ info: info(), losses: await train(await asked) });

export {};
