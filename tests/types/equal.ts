/** Whether two types are the same, `any` and `readonly` included. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `is<Tensor<[2]>>()(x)` compiles when x has exactly that type, and prints both types when it has not. */
export declare function is<Expected>(): <Got>(
  value: Got,
  ...unequal: Equal<Got, Expected> extends true ? [] : [expected: Expected, got: Got]
) => void;
