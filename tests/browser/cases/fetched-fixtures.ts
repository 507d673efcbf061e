/** The page's side of `tests/ops/read-fixtures.ts`: fixtures that were fetched before. */
import type { Family } from "../../ops/cases.ts";
import type { Fixtures } from "../../ops/fixtures.ts";

const fetched = new Map<Family, Fixtures>();

export async function fetchFixtures(family: Family): Promise<void> {
  const response = await fetch(`/fixtures/${family}.json.gz`);
  if (!response.ok) throw new Error(`fixtures of ${family}: the server answers ${response.status}`);
  const plain = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new DecompressionStream("gzip"));
  fetched.set(family, (await new Response(plain).json()) as Fixtures);
}

export function readFixtures(family: Family): Fixtures {
  const found = fetched.get(family);
  if (found === undefined) throw new Error(`fixtures of ${family} were not fetched`);
  return found;
}
