/** How good a network is, in numbers, as a table and as pictures. */
import { writeFileAtomic } from "../files/atomic.ts";
import type { nn } from "../index.ts";
import { ConfusionMatrix, evaluate, F1, type History, MAE, Precision, R2, Recall, RMSE } from "../train/index.ts";
import type { Loader } from "./dataset.ts";
import type { Run } from "./run-folder.ts";

/** What was measured: numbers by name, and the lines that tell them. */
export interface Report {
  readonly values: Readonly<Record<string, number>>;
  readonly lines: readonly string[];
  readonly confusion: number[][] | null;
}

/** Measures a network on samples. */
export function measure(network: nn.Module, run: Run, loader: Loader, count: number): Report {
  return run.classes === null
    ? measureNumbers(network, run, loader, count)
    : measureClasses(network, run, loader, count);
}

function measureClasses(network: nn.Module, run: Run, loader: Loader, count: number): Report {
  const classes = run.classes as readonly string[];
  const average = "macro" as const;
  const [confusion, precision, recall, f1] = [
    new ConfusionMatrix({ classes: classes.length }),
    new Precision({ average }),
    new Recall({ average }),
    new F1({ average }),
  ];
  const values = evaluate(network, loader, { metrics: { confusion, precision, recall, f1 } });
  const right = values.confusion.reduce((sum, row, i) => sum + (row[i] as number), 0);
  const each = values.confusion.map((row) => row.reduce((sum, n) => sum + n, 0));
  const most = Math.max(...each);
  const width = Math.max(5, ...classes.map((name) => name.length));
  const [p, r, f] = [precision.perClass(), recall.perClass(), f1.perClass()];
  const cell = (value: number | undefined): string => (value ?? 0).toFixed(3).padStart(9);
  const lines = [
    `${"class".padEnd(width)}  precision   recall       F1  samples`,
    ...classes.map(
      (name, i) => `${name.padEnd(width)}  ${cell(p[i])}${cell(r[i])}${cell(f[i])}${String(each[i]).padStart(9)}`,
    ),
    `accuracy ${(right / count).toFixed(4)} (${right} of ${count}), macro F1 ${values.f1.toFixed(4)}; ` +
      `always saying ${classes[each.indexOf(most)]} would give ${(most / count).toFixed(4)}`,
  ];
  const { confusion: matrix, ...scores } = values;
  return { values: { accuracy: right / count, ...scores }, lines, confusion: matrix };
}

function measureNumbers(network: nn.Module, run: Run, loader: Loader, count: number): Report {
  const std = run.kind === "csv" ? run.std : 1;
  const errorMetrics = { mae: new MAE(), rmse: new RMSE() };
  // R² is against the spread of the targets, and one has none.
  const metrics = count < 2 ? errorMetrics : { ...errorMetrics, r2: new R2() };
  const found: { mae: number; rmse: number; r2?: number } = evaluate(network, loader, { metrics });
  const errors = { mae: found.mae * std, rmse: found.rmse * std };
  const start = `MAE ${shown(errors.mae)}, RMSE ${shown(errors.rmse)}`;
  if (found.r2 === undefined) return { values: errors, lines: [`${start} (1 row)`], confusion: null };
  const values = { ...errors, r2: found.r2 };
  const mean = values.rmse / Math.sqrt(Math.max(1e-12, 1 - values.r2));
  const lines = [
    `${start}, R² ${values.r2.toFixed(4)} (${count} rows); ` +
      `always saying their mean would have an RMSE of ${shown(mean)}`,
  ];
  return { values, lines, confusion: null };
}

const shown = (value: number): string => String(Number(value.toPrecision(4)));

/** Writes report.json, curves.svg and, for classes, confusion.svg. */
export async function writeReport(folder: string, run: Run, report: Report, history: History): Promise<void> {
  writeFileAtomic(
    `${folder}/report.json`,
    `${JSON.stringify({ ...report.values, confusion: report.confusion ?? undefined }, null, 2)}\n`,
  );
  const plot = await import("../plot/index.ts");
  const title = `nabla train ${run.kind} ${run.source.split("/").at(-1)}`;
  const names =
    run.classes === null ? ["loss", "validationLoss"] : ["loss", "validationLoss", "accuracy", "validationAccuracy"];
  const series = history.series(names).map((one) => ({
    ...one,
    name: one.name.startsWith("validation") ? "validation" : "training",
    panel: one.name.toLowerCase().endsWith("loss") ? "Loss" : "Accuracy",
  }));
  const panels: Record<string, { x: string; percent?: boolean }> = { Loss: { x: "epoch" } };
  if (run.classes !== null) panels.Accuracy = { x: "epoch", percent: true };
  plot.curves(series, { title, panels }).save(`${folder}/curves.svg`);
  if (report.confusion === null || run.classes === null || run.classes.length > 50) return;
  plot
    .confusion(report.confusion, { labels: run.classes, title: "Validation: what is taken for what" })
    .save(`${folder}/confusion.svg`);
}
