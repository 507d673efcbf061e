/** The fixtures of op cases, from their files. The pages of tests/browser have them from `tests/browser/cases/fetched-fixtures.ts`. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Family } from "./cases.ts";
import type { Fixtures } from "./fixtures.ts";

export function readFixtures(family: Family): Fixtures {
  const file = new URL(`fixtures/${family}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString()) as Fixtures;
}
