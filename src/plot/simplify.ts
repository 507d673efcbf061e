/** A corner of a path, in pixels. */
type Corner = readonly [x: number, y: number];

/**
 * A path of straight lines (`M`, `L`, `Z`) without the corners that lie closer than `tolerance` to the line between their neighbours.
 *
 * @see Douglas and Peucker (1973), Algorithms for the reduction of the number of points required to represent a digitized line
 */
export function simplifyPath(d: string, tolerance: number): string {
  if (!/^[MLZ\d\s,.eE+-]*$/.test(d)) return d;
  return d.replace(/M([^MZ]*)(Z?)/g, (_, list: string, close: string) => {
    const corners = list.split("L").map((corner) => corner.split(",").map(Number) as unknown as Corner);
    const kept = close ? simplifyRing(corners, tolerance) : simplify(corners, tolerance);
    return `M${kept.map((corner) => corner.join(",")).join("L")}${close}`;
  });
}

/** A ring has no ends: it is cut at its first corner and the one farthest from it. */
function simplifyRing(corners: readonly Corner[], tolerance: number): Corner[] {
  const [start] = corners as [Corner];
  let far = 0;
  corners.forEach((corner, i) => {
    if (distance(corner, start) > distance(corners[far] as Corner, start)) far = i;
  });
  const there = simplify(corners.slice(0, far + 1), tolerance);
  const back = simplify([...corners.slice(far), start], tolerance);
  return [...there, ...back.slice(1, -1)];
}

function simplify(corners: readonly Corner[], tolerance: number): Corner[] {
  const keep = new Uint8Array(corners.length);
  keep[0] = keep[corners.length - 1] = 1;
  const spans: [from: number, to: number][] = [[0, corners.length - 1]];
  for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
    const [from, to] = span;
    let [worst, most] = [0, tolerance];
    for (let i = from + 1; i < to; i++) {
      const off = offLine(corners[i] as Corner, corners[from] as Corner, corners[to] as Corner);
      if (off > most) [worst, most] = [i, off];
    }
    if (worst === 0) continue;
    keep[worst] = 1;
    spans.push([from, worst], [worst, to]);
  }
  return corners.filter((_, i) => keep[i] === 1);
}

function distance(a: Corner, b: Corner): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** How far a corner lies from the line between two others. */
function offLine(corner: Corner, a: Corner, b: Corner): number {
  const length = distance(a, b);
  if (length === 0) return distance(corner, a);
  return Math.abs((b[0] - a[0]) * (a[1] - corner[1]) - (a[0] - corner[0]) * (b[1] - a[1])) / length;
}
