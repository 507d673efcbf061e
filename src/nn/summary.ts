/** What a model is made of: its layers, their results and parameters, and the memory that they take. */
import { noGrad } from "../autograd/mode.ts";
import { ModuleError, ShapeError } from "../errors.ts";
import { defaultGenerator, Tensor, zeros } from "../ops/index.ts";
import { checkOptions, shown } from "../options.ts";
import { printedByToString } from "../printed.ts";
import { DTYPES, type DType } from "../tensor/dtypes.ts";
import { show } from "../tensor/sizes.ts";
import { addHook } from "./hooks.ts";
import { Module } from "./module.ts";
import { walkModules, walkTensors } from "./walk.ts";

/** One module that was called. */
export interface SummaryRow {
  /** The path in the model, "" for the model itself. */
  readonly path: string;
  /** The class. */
  readonly type: string;
  /** How many modules it is inside of. */
  readonly depth: number;
  /** The shape of each tensor that its forward gave; several calls of one module are several rows. */
  readonly outputShapes: readonly (readonly number[])[];
  /** The numbers in the module's own parameters, not counting modules inside it; 0 in a second row of one module. */
  readonly parameters: number;
}

/** What {@link summary} found; prints as a table. */
export interface Summary {
  readonly rows: readonly SummaryRow[];
  readonly totalParameters: number;
  readonly trainableParameters: number;
  readonly frozenParameters: number;
  /** Bytes of all parameters and buffers. */
  readonly parameterBytes: number;
  /** Bytes of the inputs. */
  readonly inputBytes: number;
  /** Bytes of the results of the layers that have no layers inside them. */
  readonly forwardBytes: number;
  /** Bytes of those results and of their gradients. */
  readonly forwardBackwardBytes: number;
  toString(): string;
}

/** Options of {@link summary}. */
export interface SummaryOptions {
  /** The dtype of the zeros that the model is run with: the model's own unless said otherwise; int32 for an Embedding. */
  dtype?: DType;
}

type Input = readonly number[] | readonly (readonly number[])[] | Tensor | readonly Tensor[];

/**
 * Runs the model once, in evaluation and without recording, on zeros of a shape (the batch included), of several shapes
 * for several arguments, or on given tensors, and tells what every layer gave. Modes, buffers and random streams stay.
 * The input is a shape, several, or tensors.
 *
 * @throws {ValueError} for an unknown option.
 * @throws {ShapeError} if a shape has something else than whole numbers from 0, or the model does not take it.
 * @throws {ModuleError} if the input is neither shapes nor tensors.
 * @throws {DTypeError} if the dtype is none, or the model does not take it.
 * @example
 * const found = nn.summary(new nn.Sequential(new nn.Linear(784, 500), new nn.ReLU(), new nn.Linear(500, 10)), [1, 784]);
 * found.totalParameters; // 397510
 */
export function summary(model: Module, input: Input, options: SummaryOptions = {}): Summary {
  if (!(model instanceof Module)) throw new ModuleError(`summary: takes a module; got ${shown(model)}`);
  const inputs = inputsOf(model, input, options);
  const rows: SummaryRow[] = [];
  const called = new Set<Module>();
  let forwardBytes = 0;
  const removes = walkModules(model).map(([path, module]) => {
    const depth = path === "" ? 0 : path.split(".").length;
    const leaf = module.children().length === 0;
    return addHook(module, (_, __, output) => {
      const outputs = tensorsIn(output);
      const parameters = called.has(module) ? 0 : sizeOf(ownParameters(module));
      called.add(module);
      if (leaf) forwardBytes += bytesOf(outputs);
      rows.push({ path, type: module.constructor.name, depth, outputShapes: outputs.map((y) => y.shape), parameters });
    });
  });
  const restore = remember(model);
  try {
    model.eval();
    noGrad(() => model.forward(...inputs));
  } finally {
    for (const remove of removes) remove();
    restore();
  }
  return new Report(model, inOrder(model, rows), bytesOf(inputs), forwardBytes);
}

/** Rows come as forwards end; the table has them as the model lists its modules, calls of one module side by side. */
function inOrder(model: Module, rows: SummaryRow[]): SummaryRow[] {
  const order = new Map(walkModules(model).map(([path], i) => [path, i]));
  return [...rows].sort((a, b) => (order.get(a.path) as number) - (order.get(b.path) as number));
}

function inputsOf(model: Module, input: Input, options: SummaryOptions): Tensor[] {
  if (input instanceof Tensor) return [input];
  if (!Array.isArray(input)) throw new ModuleError(`summary: takes a shape, shapes or tensors; got ${typeof input}`);
  const list = input as readonly unknown[];
  if (list.length > 0 && list.every((x) => x instanceof Tensor)) return list as Tensor[];
  const shapes = list.every((x) => typeof x === "number") ? [list] : list;
  checkOptions("summary", options, ["dtype"]);
  const dtype = options.dtype ?? model.parameters()[0]?.dtype ?? "float32";
  return shapes.map((shape) => {
    if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size >= 0)) {
      throw new ShapeError(`summary: a shape is a list of sizes; got ${JSON.stringify(shape)}`);
    }
    return zeros(shape as number[], { dtype });
  });
}

/** The tensors in what a forward gave: itself, or those in an array or an object. */
function tensorsIn(output: unknown): Tensor[] {
  if (output instanceof Tensor) return [output];
  if (typeof output !== "object" || output === null) return [];
  return Object.values(output).flatMap(tensorsIn);
}

function ownParameters(module: Module): Tensor[] {
  const inner = new Set(module.children().flatMap((child) => child.parameters()));
  return module.parameters().filter((parameter) => !inner.has(parameter));
}

function sizeOf(tensors: readonly Tensor[]): number {
  return tensors.reduce((total, x) => total + x.count, 0);
}

function bytesOf(tensors: readonly Tensor[]): number {
  return tensors.reduce((total, x) => total + x.count * DTYPES[x.dtype].bytes, 0);
}

/** Notes what running a model may change; gives the function that puts it back. */
function remember(model: Module): () => void {
  const state = defaultGenerator.getState();
  const modes = walkModules(model).map(([, module]) => [module, module.training] as const);
  const buffers = walkTensors(model, (module, name) => module.isBuffer(name)).map(([, x]) => {
    return { x, version: x.storage.version, values: x.clone() as Tensor };
  });
  return () => {
    defaultGenerator.setState(state);
    for (const [module, training] of modes) module.training = training;
    for (const { x, version, values } of buffers) if (x.storage.version !== version) noGrad(() => x.copy_(values));
  };
}

const UNITS = ["B", "KB", "MB", "GB"];

/** A number of bytes for people: "1.59 MB". */
function amount(bytes: number): string {
  let unit = 0;
  let value = bytes;
  for (; value >= 1000 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${unit === 0 ? value : value.toFixed(2)} ${UNITS[unit]}`;
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

class Report implements Summary {
  readonly rows: readonly SummaryRow[];
  readonly totalParameters: number;
  readonly trainableParameters: number;
  readonly frozenParameters: number;
  readonly parameterBytes: number;
  readonly inputBytes: number;
  readonly forwardBytes: number;
  readonly forwardBackwardBytes: number;

  constructor(model: Module, rows: readonly SummaryRow[], inputBytes: number, forwardBytes: number) {
    const parameters = model.parameters();
    this.rows = rows;
    this.totalParameters = sizeOf(parameters);
    this.trainableParameters = sizeOf(parameters.filter((parameter) => parameter.requiresGrad));
    this.frozenParameters = this.totalParameters - this.trainableParameters;
    this.parameterBytes = bytesOf([...parameters, ...model.buffers()]);
    this.inputBytes = inputBytes;
    this.forwardBytes = forwardBytes;
    this.forwardBackwardBytes = 2 * forwardBytes;
  }

  toString(): string {
    const cells = this.rows.map(({ path, type, depth, outputShapes, parameters }) => {
      const name = path === "" ? type : `${"  ".repeat(depth)}${type} (${path})`;
      return [name, outputShapes.map((shape) => show(shape)).join(", "), parameters === 0 ? "-" : grouped(parameters)];
    });
    const table = [["Layer", "Output shape", "Parameters"], ...cells] as [string, string, string][];
    const width = (k: 0 | 1 | 2): number => Math.max(...table.map((row) => row[k].length));
    const line = ([name, shape, count]: [string, string, string]): string =>
      `${name.padEnd(width(0))}  ${shape.padEnd(width(1))}  ${count.padStart(width(2))}`;
    const rule = "-".repeat(width(0) + width(1) + width(2) + 4);
    const totals = [
      `Parameters: ${grouped(this.totalParameters)} (trainable ${grouped(this.trainableParameters)}, frozen ${grouped(this.frozenParameters)})`,
      `Memory: parameters ${amount(this.parameterBytes)}, input ${amount(this.inputBytes)}, ` +
        `forward ${amount(this.forwardBytes)}, forward and backward ${amount(this.forwardBackwardBytes)}`,
    ];
    const [head, ...body] = table.map(line);
    return [head, rule, ...body, rule, ...totals].join("\n");
  }
}

printedByToString(Report.prototype);
