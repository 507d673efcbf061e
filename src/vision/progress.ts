/** How far a download has come. `total` is undefined when the server does not say. */
export interface DownloadProgress {
  /** The archive's name, such as `"train-images-idx3-ubyte.gz"`. */
  readonly file: string;
  /** The address it comes from. */
  readonly url: string;
  readonly received: number;
  readonly total: number | undefined;
  readonly state: "receiving" | "done" | "failed";
}

/** Where progress is written; `process.stderr` is one. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const BAR = 24;

/**
 * Shows downloads: on a terminal a bar that is drawn over itself and cleared by a failure, elsewhere one plain line per finished file.
 *
 * @example
 * const show = progressReporter(process.stderr);
 * show({ file: "a.gz", url: "https://…/a.gz", received: 512, total: 1024, state: "receiving" });
 */
export function progressReporter(stream: ProgressStream): (progress: DownloadProgress) => void {
  let drawn = "";
  return ({ file, url, received, total, state }) => {
    if (!stream.isTTY) {
      if (state === "done") stream.write(`${file}: ${megabytes(received)} from ${url}\n`);
      return;
    }
    const line = state === "failed" ? "" : `${file} ${bar(received, total)} ${megabytes(received)}`;
    if (line !== drawn || state === "done") stream.write(`\r\x1b[K${line}${state === "done" ? "\n" : ""}`);
    drawn = line;
  };
}

function bar(received: number, total: number | undefined): string {
  if (total === undefined || total === 0) return "…";
  const part = Math.min(1, received / total);
  const full = Math.floor(part * BAR);
  return `${"█".repeat(full)}${"░".repeat(BAR - full)} ${String(Math.floor(part * 100)).padStart(3)}%`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
