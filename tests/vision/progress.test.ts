import { expect, test } from "vitest";
import { progressReporter } from "../../src/vision/progress.ts";

const step = { file: "a.gz", url: "https://b/a.gz", total: 4_000_000 };

function written(isTTY: boolean, show: (report: ReturnType<typeof progressReporter>) => void): string {
  let text = "";
  const write = (more: string) => {
    text += more;
  };
  show(progressReporter({ isTTY, write }));
  return text;
}

test("a terminal gets a bar, drawn over itself and only when it changes", () => {
  const text = written(true, (report) => {
    report({ ...step, received: 1_000_000, state: "receiving" });
    report({ ...step, received: 1_000_010, state: "receiving" });
    report({ ...step, received: 4_000_000, state: "done" });
  });
  expect(text).toBe(
    `\r\x1b[Ka.gz ${"█".repeat(6)}${"░".repeat(18)}  25% 1.0 MB` + `\r\x1b[Ka.gz ${"█".repeat(24)} 100% 4.0 MB\n`,
  );
});

test("a terminal's line is cleared when the download fails, or has no bar when the length is unknown", () => {
  const text = written(true, (report) => {
    report({ ...step, total: undefined, received: 2_000_000, state: "receiving" });
    report({ ...step, received: 2_000_000, state: "failed" });
  });
  expect(text).toBe("\r\x1b[Ka.gz … 2.0 MB\r\x1b[K");
});

test("anything else gets one plain line for each file that came", () => {
  const text = written(false, (report) => {
    report({ ...step, received: 1_000_000, state: "receiving" });
    report({ ...step, received: 1_000_000, state: "failed" });
    report({ ...step, received: 4_000_000, state: "done" });
  });
  expect(text).toBe("a.gz: 4.0 MB from https://b/a.gz\n");
});
