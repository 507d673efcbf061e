/** Objects of options, where a name that nobody reads is a mistake that would change results in silence. */
import { ValueError } from "./errors.ts";
import { MODULE } from "./module-mark.ts";

/** A name without what tells PyTorch's spelling from nabla's. */
function plain(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

/** Whether it is a tensor; the class is not asked, so that rooms without tensors can check options. */
function isTensor(value: object): boolean {
  return "storage" in value && "dtype" in value;
}

/** A value for messages: text in quotes, so that "0.1" is not taken for 0.1, and of an object the names. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) {
    if (isTensor(value)) return "a tensor";
    if (value.constructor === Object) return `{ ${Object.keys(value).join(", ")} }`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Options that are true or false wherever there are any of that name. */
const FLAGS = new Set(
  (
    "addBiasKv addZeroAttn affine alignCorners allowUnused amsgrad antialias averageAttnWeights batchFirst bias " +
    "bidirectional ceilMode centered coarse countIncludePad createGraph cycleMomentum decoupledWeightDecay descending " +
    "disable download dropLast elementwiseAffine enforceSorted equalNan errorIfNonfinite freeze full hard includeLastOffset " +
    "includeSelf isCausal largest leave log logInput logTarget materializeGrads maximize needWeights nesterov normFirst " +
    "padIfNeeded percent persistent probabilities progress raiseException replacement requiresGrad restoreBest resume " +
    "retainGraph returnCounts returnIndices returnInverse right scaleGradByFreq shuffle sorted stable strict swap " +
    "threePhase trackRunningStats training useInputStats"
  ).split(" "),
);

/** Throws unless an option that is true or false only here is one of both. */
export function checkFlag(op: string, name: string, value: unknown): void {
  if (typeof value !== "boolean") throw notAFlag(op, name, value);
}

function notAFlag(op: string, name: string, value: unknown): ValueError {
  return new ValueError(`${op}: ${name} is true or false; got ${shown(value)}`);
}

/**
 * Gives the options. Throws a ValueError unless they are an object whose names are all among those listed: what is given in their
 * place is probably the first of them. What is true or false is no text and no number, which would count as true ("false" does).
 */
export function checkOptions<O>(op: string, options: O, names: readonly string[]): O {
  if (typeof options !== "object" || options === null || Array.isArray(options) || isTensor(options)) {
    const value = typeof options === "object" || typeof options === "function" ? "…" : shown(options);
    const example = names.length === 0 ? "{}" : `{ ${names[0]}: ${value} }`;
    throw new ValueError(`${op}: options are an object, as ${example}; got ${shown(options)}`);
  }
  if (MODULE in options) return options; // a layer gives itself to its function, and its constructor has checked them
  for (const name in options) {
    if (names.includes(name)) {
      const value = options[name];
      // Functions take a bias as a tensor.
      if (!FLAGS.has(name) || typeof (value ?? true) === "boolean" || (name === "bias" && typeof value === "object"))
        continue;
      throw notAFlag(op, name, value);
    }
    const meant = names.find((other) => plain(other) === plain(name));
    const fix = meant === undefined ? `options are ${names.join(", ")}` : `it is called ${meant}`;
    throw new ValueError(`${op}: there is no option ${name}; ${fix}`);
  }
  return options;
}

/** The elements of a list. Throws a ValueError for what cannot be looped over, and for text, which hardly ever is meant as one. */
export function listed<T>(op: string, name: string, list: Iterable<T>): T[] {
  if (typeof list === "object" && list !== null && Symbol.iterator in list) return [...list];
  throw new ValueError(`${op}: ${name} is a list; got ${shown(list)}`);
}
