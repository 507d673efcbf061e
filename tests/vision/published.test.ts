import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseIdx } from "../../src/vision/idx.ts";
import { FASHION_MNIST_FILES, MNIST_FILES, type MnistKey } from "../../src/vision/published.ts";
import { locateSync } from "../../src/vision/sources.ts";
import { unpackPublished } from "../../src/vision/verify.ts";

/** Where Debian's package dataset-fashion-mnist puts its files; FASHION_MNIST_ROOT names another folder that has them. */
const debian = process.env.FASHION_MNIST_ROOT ?? "/usr/share/datasets/fashion-mnist";
const absent = !existsSync(join(debian, "t10k-labels-idx1-ubyte.gz"));

/** When the publishers' files were made, as their archives' headers say (seconds since 1970). */
const madeAt: Record<MnistKey, number> = {
  trainImages: 1504176606,
  trainLabels: 1504176606,
  testImages: 1504176627,
  testLabels: 1504176627,
};

/** Debian repacks the archives without name and time but with the same compressed data; this puts both back. */
function originalArchive(key: MnistKey): Uint8Array {
  const { name } = FASHION_MNIST_FILES.files[key];
  const repacked = readFileSync(join(debian, `${name}.gz`));
  const header = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]);
  header.writeUInt32LE(madeAt[key], 4);
  return new Uint8Array(Buffer.concat([header, Buffer.from(`${name}\0`), repacked.subarray(10)]));
}

describe.skipIf(absent)(
  "Fashion-MNIST (needs Debian's package dataset-fashion-mnist, or its folder in FASHION_MNIST_ROOT)",
  () => {
    const keys = Object.keys(madeAt) as MnistKey[];

    test.each(keys)("the archive of %s has the published MD5 and unpacks to the SHA-256", (key) => {
      const file = FASHION_MNIST_FILES.files[key];
      expect(unpackPublished(originalArchive(key), file).length).toBe(file.bytes);
    });

    test("loads from that folder as root", () => {
      const found = locateSync(FASHION_MNIST_FILES, { root: debian });
      expect(parseIdx(found.trainImages.bytes, "images").shape).toEqual([60000, 28, 28]);
      const labels = parseIdx(found.testLabels.bytes, "labels").data;
      expect([...labels.subarray(0, 5)]).toEqual([9, 2, 1, 1, 6]);
      for (let label = 0; label < 10; label++) expect(labels.filter((other) => other === label).length).toBe(1000);
    });
  },
);

test.each([MNIST_FILES, FASHION_MNIST_FILES])(
  "$name: lengths follow from the IDX sizes, and no two checksums are equal",
  ({ files }) => {
    expect(files.trainImages.bytes).toBe(16 + 60000 * 28 * 28);
    expect(files.testImages.bytes).toBe(16 + 10000 * 28 * 28);
    expect(files.trainLabels.bytes).toBe(8 + 60000);
    expect(files.testLabels.bytes).toBe(8 + 10000);
    const sums = [MNIST_FILES, FASHION_MNIST_FILES].flatMap((dataset) =>
      Object.values(dataset.files).flatMap(({ md5, sha256 }) => [md5, sha256]),
    );
    expect(new Set(sums).size).toBe(16);
    for (const sum of sums) expect(sum).toMatch(/^([0-9a-f]{32}|[0-9a-f]{64})$/);
  },
);

test.each([MNIST_FILES, FASHION_MNIST_FILES])(
  "$name: mirrors are addresses to which a name can be appended",
  ({ mirrors }) => {
    expect(mirrors.length).toBeGreaterThanOrEqual(2);
    for (const mirror of mirrors) expect(new URL("a.gz", mirror).href).toBe(`${mirror}a.gz`);
  },
);
