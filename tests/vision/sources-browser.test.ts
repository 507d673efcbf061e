/** Datasets in a browser: by fetch, from the page's server or a mirror. */
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DataError, FormatError, ValueError } from "../../src/errors.ts";
import type { DatasetFiles } from "../../src/vision/published.ts";
import { locate } from "../../src/vision/sources.browser.ts";

const content = new Uint8Array([0, 0, 8, 1, 0, 0, 0, 1, 7]);
const DATASET: DatasetFiles<"labels"> = {
  name: "Tiny",
  files: {
    labels: {
      name: "labels-idx1-ubyte",
      bytes: content.length,
      md5: "",
      sha256: "d1d6e88d2a6bd1b2ba4b8cbd8a9e4ed12b8d0e9d7b52d1c3b3e1b1cf2b3fcd4b",
    },
  },
  mirrors: ["http://plain.example/", "https://mirror.example/"],
};

let served: Record<string, Uint8Array<ArrayBuffer> | number>;
let asked: string[];
beforeEach(() => {
  served = {};
  asked = [];
  vi.stubGlobal("location", { href: "https://page.example/train/index.html" });
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    const found = served[address] ?? 404;
    return typeof found === "number" ? new Response(null, { status: found }) : new Response(found);
  });
});
afterEach(() => vi.unstubAllGlobals());

test("root is a folder's address, as the page sees it; files are plain or packed", async () => {
  const plain = "https://page.example/train/data/labels-idx1-ubyte";
  served[plain] = content;
  expect(await locate(DATASET, { root: "data" })).toEqual({ labels: { bytes: content, from: plain } });

  const packed = "https://page.example/digits/labels-idx1-ubyte.gz";
  served[packed] = new Uint8Array(gzipSync(content));
  expect(await locate(DATASET, { root: "/digits/" })).toEqual({ labels: { bytes: content, from: packed } });
});

test("a server that answers everything with a page is seen through", async () => {
  const page = new TextEncoder().encode("<!doctype html>");
  served["https://page.example/data/labels-idx1-ubyte"] = page;
  await expect(locate(DATASET, { root: "/data" })).rejects.toThrow(
    "Tiny: labels-idx1-ubyte was not found; https://page.example/data/labels-idx1-ubyte: another kind of file; " +
      "https://page.example/data/labels-idx1-ubyte.gz: HTTP 404; put the file there, plain or as .gz",
  );
});

test("a damaged archive is named", async () => {
  served["https://page.example/data/labels-idx1-ubyte.gz"] = new Uint8Array(gzipSync(content)).slice(0, 12);
  await expect(locate(DATASET, { root: "/data" })).rejects.toThrow(FormatError);
});

test("without root secure mirrors are asked, and only the published content is taken", async () => {
  served["https://mirror.example/labels-idx1-ubyte.gz"] = new Uint8Array(gzipSync(content));
  await expect(locate(DATASET)).rejects.toThrow("its SHA-256 must be d1d6e88d");
  expect(asked).toEqual(["https://mirror.example/labels-idx1-ubyte.gz"]);

  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const right = { ...DATASET.files.labels, sha256: Buffer.from(hash).toString("hex") };
  const found = await locate({ ...DATASET, files: { labels: right } });
  expect(found.labels.bytes).toEqual(content);
});

test("what cannot be had says what to do", async () => {
  await expect(locate(DATASET)).rejects.toThrow(DataError);
  await expect(locate(DATASET)).rejects.toThrow(
    "serve the files beside the page and give the address of their folder as root",
  );
  await expect(locate(DATASET, { download: false })).rejects.toThrow("give the address of a folder as root");
  await expect(locate(DATASET, { root: 3 as never })).rejects.toThrow(ValueError);
});
