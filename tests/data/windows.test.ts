import { describe, expect, test } from "vitest";
import { DataLoader, SlidingWindows, StandardScaler, splitByTime } from "../../src/data/index.ts";
import {
  arange,
  DataError,
  IndexError,
  manualSeed,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.ts";

const int = (values: readonly number[]) => tensor(Int32Array.from(values)) as Tensor<[number]>;

describe("windows", () => {
  test("slide over a series, and have what comes next as the target", () => {
    const windows = new SlidingWindows(arange(7), { window: 3, horizon: 2, stride: 2 });
    expect(windows.length).toBe(2);
    expect(windows.get(1).map((x) => x.toArray())).toEqual([[2, 3, 4], [5, 6]]); // biome-ignore format: a pair
    const [x, y] = windows.batch(int([1, 0, 1]));
    expect(x.toArray()).toEqual([[2, 3, 4], [0, 1, 2], [2, 3, 4]]); // biome-ignore format: a matrix
    expect(y.toArray()).toEqual([[5, 6], [3, 4], [5, 6]]); // biome-ignore format: a matrix
  });

  test("the last window ends with the series", () => {
    for (const [steps, window, horizon, stride] of [
      [10, 3, 1, 1],
      [11, 3, 2, 3],
      [4, 3, 1, 5],
      [12, 1, 1, 1],
    ] as const) {
      // biome-ignore format: a table
      const windows = new SlidingWindows(arange(steps), { window, horizon, stride });
      const starts = Array.from({ length: steps }, (_, i) => i * stride).filter((i) => i + window + horizon <= steps);
      expect(windows.length).toBe(starts.length);
      const [x, y] = windows.batch(int([...starts.keys()]));
      expect(x.toArray()).toEqual(starts.map((start) => Array.from({ length: window }, (_, k) => start + k)));
      expect(y.toArray()).toEqual(starts.map((start) => Array.from({ length: horizon }, (_, k) => start + window + k)));
    }
  });

  test("features, other targets, whole numbers and strided views", () => {
    const table = arange(12).reshape(2, 6).transpose(0, 1) as Tensor;
    const windows = new SlidingWindows(table, { window: 2, targets: table.select(1, 1).to("int32") as Tensor });
    const [x, y] = windows.batch(int([3]));
    expect(x.toArray()).toEqual([[[3, 9], [4, 10]]]); // biome-ignore format: a tensor
    expect([y.toArray(), y.dtype]).toEqual([[[11]], "int32"]);
    expect(windows.get(0)[0].shape).toEqual([2, 2]);
  });

  test("loaders shuffle and batch them", () => {
    manualSeed(1);
    const windows = new SlidingWindows(arange(103), { window: 3 });
    const seen: number[] = [];
    for (const [x, y] of new DataLoader(windows, { batchSize: 32, shuffle: true })) {
      expect(x.select(1, 2).add(1).toArray()).toEqual(y.select(1, 0).toArray());
      seen.push(...(x.select(1, 0).toArray() as number[]));
    }
    expect(seen.slice(0, 5)).not.toEqual([0, 1, 2, 3, 4]);
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  test("a series that is too short is an error", () => {
    expect(() => new SlidingWindows(arange(5), { window: 5 })).toThrow(ShapeError);
    expect(() => new SlidingWindows(arange(5), { window: 4, horizon: 2 })).toThrow(
      "SlidingWindows: a window of 4 and 2 after it take 6 steps; got a series of 5",
    );
    expect(() => new SlidingWindows(arange(0), { window: 1 })).toThrow("got a series of 0");
    expect(() => new SlidingWindows(tensor(3) as Tensor, { window: 1 })).toThrow("counts steps; got []");
    expect(() => new SlidingWindows(arange(5), { window: 2, targets: arange(4) as Tensor })).toThrow(
      "targets are as long as the series; got 4 and 5 steps",
    );
  });

  test("values that are not finite are errors with their step", () => {
    const odd = tensor([[1, 2], [3, Number.NaN], [5, 6]]); // biome-ignore format: a matrix
    expect(() => new SlidingWindows(odd, { window: 1 })).toThrow(DataError);
    expect(() => new SlidingWindows(odd, { window: 1 })).toThrow("series are finite; got NaN at step 1 of [3, 2]");
    expect(
      () => new SlidingWindows(arange(3), { window: 1, targets: tensor([1, 2, Number.NEGATIVE_INFINITY]) }),
    ).toThrow("the values of targets are finite; got -Infinity at step 2 of [3]");
  });

  test("options and indices of the wrong kind are errors", () => {
    for (const options of [{ window: 0 }, { window: 1.5 }, { window: 2, horizon: 0 }, { window: 2, stride: -1 }, {}]) {
      expect(() => new SlidingWindows(arange(9), options as never)).toThrow(ValueError);
    }
    const windows = new SlidingWindows(arange(5), { window: 2 });
    for (const index of [-1, 3, 0.5, Number.NaN]) expect(() => windows.get(index)).toThrow(IndexError);
    expect(() => windows.batch(int([0, 3]))).toThrow("a whole number from 0 to 2; got 3");
  });
});

describe("a split by time", () => {
  test("keeps the order, and windows stay on one side of the cut", () => {
    const [past, future] = splitByTime(arange(25), [0.8, 0.2]);
    expect([past.count, future.count]).toEqual([20, 5]);
    const [before, after] = [past, future].map((part) => new SlidingWindows(part as Tensor, { window: 2 })) as [
      SlidingWindows,
      SlidingWindows,
    ];
    expect(before.get(before.length - 1).map((x) => x.toArray())).toEqual([[17, 18], [19]]);
    expect(after.get(0).map((x) => x.toArray())).toEqual([[20, 21], [22]]);
  });

  test("takes lengths, and axes after the first", () => {
    const parts = splitByTime(arange(12).reshape(6, 2), [3, 2, 1]);
    expect(parts.map((part) => part.shape)).toEqual([[3, 2], [2, 2], [1, 2]]); // biome-ignore format: shapes
    expect(parts[2].toArray()).toEqual([[10, 11]]);
  });

  test("a scaler that learns from the past knows nothing of the future", () => {
    const [past, future] = splitByTime(tensor([[0], [2], [4], [100]]), [3, 1]);
    const scaler = new StandardScaler().fit(past);
    expect(scaler.mean.toArray()).toEqual([2]);
    expect(scaler.transform(future).item()).toBeCloseTo(98 / Math.sqrt(8 / 3), 4);
  });

  test("lengths that do not fit are errors", () => {
    expect(() => splitByTime(arange(5), [2, 2])).toThrow(
      "splitByTime: lengths add up to the 5 steps of the series; got 2, 2",
    );
    expect(() => splitByTime(arange(5), [1.5, -0.5])).toThrow("splitByTime: a fraction lies between 0 and 1; got 1.5");
    expect(() => splitByTime(arange(5), [])).toThrow(ValueError);
    expect(() => splitByTime(arange(5), [2.5, 2.5])).toThrow("whole numbers that add up to 5");
    expect(() => splitByTime([1, 2] as never, [1, 1])).toThrow("takes a tensor; got object");
    expect(() => splitByTime(tensor(1) as Tensor, [1])).toThrow(ShapeError);
  });
});
