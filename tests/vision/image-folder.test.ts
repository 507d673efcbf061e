// Folders of images: classes, order, labels, and what is said of folders that are none.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DataLoader } from "../../src/data/index.ts";
import { DataError, FileError, FormatError, full, IndexError, type Tensor } from "../../src/index.ts";
import { ImageFolder, transforms as T, writeImage } from "../../src/vision/index.ts";

const root = mkdtempSync(join(tmpdir(), "nabla-folder-"));
const pets = join(root, "pets");
const of = (value: number, height = 4, width = 6): Tensor => full([3, height, width], value, { dtype: "uint8" });

beforeAll(() => {
  writeImage(of(1), join(pets, "dog", "b.png"));
  writeImage(of(2, 8, 8), join(pets, "dog", "a.PNG"));
  writeImage(of(3), join(pets, "dog", "puppies", "a.png"));
  writeImage(of(4, 5, 5), join(pets, "cat", "z.jpg"));
  writeImage(of(5), join(pets, "Zebra", "1.jpeg"));
  writeFileSync(join(pets, "cat", "notes.txt"), "not an image");
  writeFileSync(join(pets, "cat", ".hidden.png"), "not an image");
  mkdirSync(join(pets, ".git"));
  writeFileSync(join(pets, "readme.png"), "not in a class");
});
afterAll(() => rmSync(root, { recursive: true }));

test("classes are folders in order, samples are in order of their paths", () => {
  const folder = new ImageFolder(pets);
  expect(folder.classes).toEqual(["Zebra", "cat", "dog"]);
  expect(folder.samples.map(([path, label]) => [path.slice(pets.length + 1).replaceAll("\\", "/"), label])).toEqual([
    ["Zebra/1.jpeg", 0],
    ["cat/z.jpg", 1],
    ["dog/a.PNG", 2],
    ["dog/b.png", 2],
    ["dog/puppies/a.png", 2],
  ]);
  expect(folder.length).toBe(5);
  const [image, label] = folder.get(2);
  expect([image.shape, image.dtype, image.select(0, 0).select(0, 0).toArray(), label]).toEqual([
    [3, 8, 8],
    "uint8",
    new Array(8).fill(2),
    2,
  ]);
});

test("images of many sizes make batches once they are resized", () => {
  const transform = new T.Compose([new T.Resize([4, 4]), new T.ToTensor()]);
  const loader = new DataLoader(new ImageFolder(pets, { transform }), { batchSize: 3 });
  const batches = Array.from(loader) as [Tensor, Tensor][];
  expect(batches.map(([x, y]) => [x.shape, y.toArray()])).toEqual([
    [[3, 3, 4, 4], [0, 1, 2]],
    [[2, 3, 4, 4], [2, 2]],
  ]); // biome-ignore format: shapes
  expect(batches[1]?.[0].select(0, 0).mean().item()).toBeCloseTo(1 / 255, 6);
});

test("mode, endings and the loader can be one's own", () => {
  expect(new ImageFolder(pets, { mode: "gray" }).get(0)[0].shape).toEqual([1, 4, 6]);
  const read: string[] = [];
  const loader = (path: string): Tensor => {
    read.push(path);
    return of(7);
  };
  const folder = new ImageFolder(pets, { loader, extensions: [".jpg", ".jpeg", "a.png"] });
  expect(folder.length).toBe(4);
  folder.get(1);
  expect(read).toEqual([join(pets, "cat", "z.jpg")]);
});

test("what is wrong is named", () => {
  expect(() => new ImageFolder(join(root, "none"))).toThrow(FileError);
  expect(() => new ImageFolder(join(root, "none"))).toThrow(/cannot read the folder ".*none": no such file or folder/);
  expect(() => new ImageFolder(join(pets, "readme.png"))).toThrow(FileError);
  expect(() => new ImageFolder(join(pets, "cat"))).toThrow(DataError);
  expect(() => new ImageFolder(join(pets, "cat"))).toThrow(
    /must have a folder for each class, with its images; got no folders/,
  );
  expect(() => new ImageFolder(pets, { extensions: [".png"] })).toThrow(
    /images ending in \.png; got none in ".*Zebra"/,
  );
  expect(() => new ImageFolder(pets).get(5)).toThrow(IndexError);
  expect(() => new ImageFolder(7 as unknown as string)).toThrow("ImageFolder: root is a folder's path; got number");
  expect(() => new ImageFolder(pets, { transform: "flip" as unknown as T.Transform })).toThrow(
    /transform is a transform; got string/,
  );
  writeImage(of(1), join(root, "broken", "a", "x.png"));
  writeFileSync(join(root, "broken", "a", "y.png"), "");
  expect(() => new ImageFolder(join(root, "broken")).get(1)).toThrow(FormatError);
  expect(() => new ImageFolder(join(root, "broken")).get(1)).toThrow(
    /y\.png": the file must be PNG or JPEG; got an empty file/,
  );
});

test("links that lead in circles are an error that names the path", () => {
  mkdirSync(join(root, "circle"));
  symlinkSync("loop", join(root, "circle", "loop"));
  expect(() => new ImageFolder(join(root, "circle"))).toThrow(FileError);
  expect(() => new ImageFolder(join(root, "circle"))).toThrow(/ImageFolder: cannot read ".*circle\/loop": .*ELOOP/);
});
