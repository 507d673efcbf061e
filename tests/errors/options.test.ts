// Options with a name that nobody reads, and what is given in the place of options.
import { describe, expect, test } from "vitest";
import { DataLoader, TensorDataset } from "../../src/data/index.ts";
import { nn, ones, optim, rand, tensor, ValueError, zeros } from "../../src/index.ts";

const params = (): nn.Parameter[] => [new nn.Parameter(ones(2))];
const set = new TensorDataset(ones(3, 2));
const wrong = (options: unknown): never => options as never;

const cases: readonly (readonly [call: () => unknown, message: string])[] = [
  [
    () => new optim.Adam(params(), wrong({ learningRate: 0.1 })),
    "Adam: there is no option learningRate; options are lr,",
  ],
  [
    () => new optim.AdamW(params(), wrong({ weight_decay: 0.1 })),
    "AdamW: there is no option weight_decay; it is called weightDecay",
  ],
  [() => new optim.AdamW(params(), wrong(0.1)), "AdamW: options are an object, as { lr: 0.1 }; got 0.1"],
  [() => new optim.SGD(params(), wrong(0.1)), "SGD: options are an object, as { lr: 0.1 }; got 0.1"],
  [
    () => new optim.SGD([wrong({ params: params(), learningRate: 1 })], { lr: 0.1 }),
    "SGD: there is no option learningRate;",
  ],
  [
    () => new DataLoader(set, wrong({ batch_size: 2 })),
    "DataLoader: there is no option batch_size; it is called batchSize",
  ],
  [
    () => tensor([1], wrong({ requires_grad: true })),
    "tensor: there is no option requires_grad; it is called requiresGrad",
  ],
  [() => tensor([1], wrong("float64")), 'tensor: options are an object, as { dtype: "float64" }; got "float64"'],
  [() => zeros([2], wrong({ type: "int32" })), "zeros: there is no option type; options are dtype, requiresGrad"],
  [() => rand([2], wrong({ seed: 1 })), "rand: there is no option seed; options are dtype, requiresGrad, generator"],
];

describe("options", () => {
  test.each(cases)("%s", (call, message) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(message);
  });

  test("groups may have a name, and the rates that schedules keep", () => {
    const group = { params: params(), name: "head", initialLr: 0.5 };
    expect(new optim.SGD([group], { lr: 0.1 }).paramGroups[0]).toMatchObject({ name: "head", initialLr: 0.5, lr: 0.1 });
  });
});
