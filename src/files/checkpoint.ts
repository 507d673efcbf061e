/** Nested values with tensors in them, as one file: the tensors as safetensors, the rest as JSON in its metadata. */
import { FormatError, ValueError } from "../errors.ts";
import { Tensor } from "../ops/index.ts";
import { writeFileAtomic } from "./atomic.ts";
import { readFileBytes } from "./read.ts";
import { decodeSafetensors, encodeSafetensors, type SafetensorsEntry } from "./safetensors.ts";
import { fromEntry, toEntry } from "./tensors.ts";

const KEY = "nabla.checkpoint";
/** Marks of what JSON has no word for. */
const TENSOR = "$tensor";
const NUMBER = "$number";

/**
 * Writes models, optimizers, schedules and plain values to one file, as `torch.save` of a dictionary of state dicts.
 * Tensors are stored by the path that leads to them (`model.fc1.weight`), so that other programs can read them; what is
 * undefined is left out. The file is written beside and renamed: an earlier one stays whole until the new one is complete.
 *
 * @throws {ValueError} if a value is no tensor, plain object, list, number, text, truth value or null, an object holds
 * itself, or a key is reserved.
 * @throws {FileError} if the file cannot be written.
 * @example
 * const model = new nn.Linear(2, 1);
 * const optimizer = new optim.Adam(model.parameters());
 * saveCheckpoint({ model: model.stateDict(), optimizer: optimizer.stateDict(), epoch: 3 }, "checkpoint.safetensors");
 * loadCheckpoint<{ epoch: number }>("checkpoint.safetensors").epoch; // 3
 */
export function saveCheckpoint(value: object, path: string): void {
  if (typeof value !== "object" || value === null) {
    throw new ValueError(
      `saveCheckpoint: takes an object; got ${String(value)}; it stands first, as in saveCheckpoint({ epoch: 3 }, path)`,
    );
  }
  const entries = new Map<string, SafetensorsEntry>();
  const text = JSON.stringify(pack(value, [], entries, []));
  writeFileAtomic(path, encodeSafetensors(entries, { [KEY]: text }, "saveCheckpoint"));
}

/**
 * Reads what `saveCheckpoint` wrote; the caller says by `T` what that is. `path` is the file.
 *
 * @throws {FileError} if the file cannot be read.
 * @throws {MemoryError} if the file does not fit in memory.
 * @throws {FormatError} if the file is corrupt or no checkpoint (`load` reads any safetensors file).
 * @example
 * saveCheckpoint({ mean: tensor([1, 2]), note: "first" }, "values.safetensors");
 * loadCheckpoint<{ mean: Tensor }>("values.safetensors").mean.toArray(); // [1, 2]
 */
export function loadCheckpoint<T extends object>(path: string): T {
  const { entries, metadata } = decodeSafetensors(readFileBytes(path), path);
  const text = metadata[KEY];
  const fail = (rule: string): FormatError => new FormatError(`loadCheckpoint ${JSON.stringify(path)}: ${rule}`);
  if (text === undefined) throw fail("the file holds tensors alone; read it with load()");
  let packed: unknown;
  try {
    packed = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(`loadCheckpoint ${JSON.stringify(path)}: the metadata are no JSON`, { cause });
  }
  return unpack(packed, (key) => {
    const entry = entries.get(key);
    if (entry === undefined) throw fail(`there is no tensor ${JSON.stringify(key)}`);
    return fromEntry(path, key, entry);
  }) as T;
}

/** The value with tensors moved to `entries`; `above` are the objects that it lies in. */
function pack(
  value: unknown,
  path: readonly string[],
  entries: Map<string, SafetensorsEntry>,
  above: readonly unknown[],
): unknown {
  if (value instanceof Tensor) {
    let key = path.join(".") || "tensor";
    while (entries.has(key)) key += "'";
    entries.set(key, toEntry(value));
    return { [TENSOR]: key };
  }
  if (typeof value === "number") {
    const exact = Number.isFinite(value) && !Object.is(value, -0);
    return exact ? value : { [NUMBER]: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean") return value;
  if (above.includes(value)) {
    throw new ValueError(`saveCheckpoint: an object cannot hold itself; got it again at ${path.join(".")}`);
  }
  const inner = (key: string | number, x: unknown): unknown =>
    pack(x, [...path, String(key)], entries, [...above, value]);
  if (Array.isArray(value)) return value.map((x, i) => inner(i, x));
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) {
    const found = typeof value === "object" ? value.constructor.name : typeof value;
    throw new ValueError(
      `saveCheckpoint: holds tensors, plain objects, lists and plain values; got ${found} at ${path.join(".") || "the top"}; ` +
        `pass model.stateDict() for a model or an optimizer`,
    );
  }
  for (const mark of [TENSOR, NUMBER]) {
    if (Object.hasOwn(value as object, mark)) throw new ValueError(`saveCheckpoint: the key ${mark} is reserved`);
  }
  return Object.fromEntries(Object.entries(value as object).map(([key, x]) => [key, inner(key, x)]));
}

function unpack(packed: unknown, tensorOf: (key: string) => Tensor): unknown {
  if (Array.isArray(packed)) return packed.map((x) => unpack(x, tensorOf));
  if (packed === null || typeof packed !== "object") return packed;
  const marks = packed as { [TENSOR]?: unknown; [NUMBER]?: unknown };
  if (marks[TENSOR] !== undefined) return tensorOf(String(marks[TENSOR]));
  if (marks[NUMBER] !== undefined) return Number(marks[NUMBER]);
  return Object.fromEntries(Object.entries(packed).map(([key, x]) => [key, unpack(x, tensorOf)]));
}
