/** The contenders that training and operations are measured between: nabla, and the PyTorch versions that are installed. */
import { join } from "node:path";
import { type Command, type Description, ROOT, Server } from "./server.ts";

/** The two PyTorch versions, as `torch/with-torch.sh` calls them. */
export const TORCH_VERSIONS = ["torch1", "torch2"] as const;
export type TorchVersion = (typeof TORCH_VERSIONS)[number];

/** A PyTorch that runs. */
export interface Torch {
  version: TorchVersion;
  /** For tables, as "PyTorch 1.13". */
  title: string;
  server: Server;
  description: Description;
}

/** A Node process that runs a TypeScript file of this folder. */
export function script(file: string, env: Record<string, string> = {}): Command {
  return { file: process.execPath, args: ["--import", "tsx", join("bench", file)], env };
}

/** A fresh process of nabla. Workloads that share a process share compiled code, which a user's program does not. */
export function startNabla(threads: number, env: Record<string, string> = {}): Server {
  return new Server("nabla", script("nabla.ts", { NABLA_THREADS: String(threads), ...env }));
}

/** How a program runs with that PyTorch. */
export function withTorch(version: TorchVersion, args: readonly string[]): Command {
  return { file: join(ROOT, "bench/torch/with-torch.sh"), args: [version, ...args] };
}

/** Starts every PyTorch that is installed, and says how to install what is not. */
export async function startTorches(): Promise<Torch[]> {
  const torches: Torch[] = [];
  for (const version of TORCH_VERSIONS) {
    const server = new Server(version, withTorch(version, [join(ROOT, "bench/torch/step.py")]));
    try {
      const description = await server.describe();
      const [number] = String(description.torch).split(/[a+]/);
      torches.push({ version, server, description, title: `PyTorch ${number}` });
    } catch (error) {
      console.log(`${version} is not measured: ${(error as Error).message}`);
      console.log(`  to install it: bench/torch/install.sh ${version}`);
    }
  }
  return torches;
}

/** Which of Adam's implementations trains the network 784-500-10 fastest. */
export async function fastestAdam({ server }: Torch, threads: number): Promise<"default" | "foreach" | "fused"> {
  const { variant = "" } = await server.measure("mlp_adam_step/best", 0.1, threads);
  const [, implementation] = variant.split("/");
  return implementation === "foreach" || implementation === "fused" ? implementation : "default";
}
