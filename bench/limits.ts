/** Goals beside what the machine can do at all. */
import { type Series, time, typical } from "./rounds.ts";
import type { TorchVersion } from "./servers.ts";
import { type Setting, versus } from "./setting.ts";
import { median } from "./statistics.ts";
import { type Row, ratioRow } from "./table.ts";

/** The share of the machine's limit that is the goal where PyTorch is so near to it that a ratio cannot be had. */
const LIMIT_GOAL = 0.85;

/** What nothing can be faster than. */
export interface Limit {
  what: string;
  /** Microseconds, one for each round. */
  rounds: readonly number[];
}

/** The goal's text where it lies beyond the machine. */
const beyond = (goal: string): string => `${goal} is beyond the machine: ${LIMIT_GOAL * 100} % of its limit`;

/** How much of the machine's limit is reached; a goal if it takes the place of another. */
function shareRow(what: string, own: Series, limit: Limit, isGoal: boolean): Row {
  const shares = own.rounds.map((round, i) => (limit.rounds[i] as number) / round.median_us);
  const sides = { nabla: time(typical(own.rounds)), other: `${time(median(limit.rounds))} ${limit.what}` };
  const goal = isGoal ? LIMIT_GOAL : null;
  return ratioRow({ what: `${what}: share of the machine's limit`, goal, unit: "%", ...sides }, shares);
}

/** A row for each PyTorch, in which 85 % of the limit takes the place of a goal beyond it, and one for the share of the limit. */
export function rowsWithLimit(
  setting: Setting,
  what: string,
  own: Series,
  others: readonly Series[],
  goals: Record<TorchVersion, number | null>,
  limit: Limit,
): Row[] {
  const least = median(limit.rounds);
  const rows = setting.torches.map(({ version }, i) => {
    const other = others[i] as Series;
    const goal = goals[version];
    if (goal === null || typical(other.rounds) / goal >= least) return versus(what, own, other, goal);
    return { ...versus(what, own, other, null), goal: beyond(`${goal}×`) };
  });
  const isBeyond = ({ goal, reached }: Row): boolean => goal !== "" && reached === undefined;
  const share = shareRow(what, own, limit, rows.some(isBeyond));
  return [...rows.map((row) => (isBeyond(row) ? { ...row, reached: share.reached } : row)), share];
}
