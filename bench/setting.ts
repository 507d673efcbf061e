/** What the sections share: how they run, and who takes part. */
import { type Contender, type Pace, ratios, type Series, time, typical } from "./rounds.ts";
import type { Server } from "./server.ts";
import { startNabla, type Torch } from "./servers.ts";
import { type Row, ratioRow } from "./table.ts";

/** What every section gets. */
export interface Setting {
  torches: readonly Torch[];
  pace: Pace;
  quick: boolean;
  /** Whether a section that has a document of its own writes it. */
  write: boolean;
}

/** Runs the contenders with a fresh nabla, which ends with them. */
export async function withNabla<T>({ pace }: Setting, run: (nabla: Server) => Promise<T>): Promise<T> {
  const nabla = startNabla(pace.threads);
  try {
    return await run(nabla);
  } finally {
    await nabla.close();
  }
}

/** A PyTorch as a contender. */
export function against(torch: Torch, workload: string, form = "best"): Contender {
  return { name: `${torch.title} ${form}`, server: torch.server, workload };
}

/** nabla against another. */
export function versus(what: string, own: Series, other: Series, goal: number | null): Row {
  const { name } = other.contender;
  const sides = { nabla: time(typical(own.rounds)), other: `${time(typical(other.rounds))} ${name}` };
  return ratioRow({ what, goal, ...sides }, ratios(other, own));
}
