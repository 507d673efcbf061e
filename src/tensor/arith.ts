/**
 * Arithmetic on non-negative integer literal types, digit by digit as on paper: `Mul<64, 64>` is `4096`.
 * The cost grows with the number of digits, not with the value.
 * When an operand is not one plain literal, the answer is `number`; nothing here ever fails.
 */

type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/** A small count in unary: `[0, 0, 0]` is three. Adding is concatenating, and `["length"]` reads it back. */
type Count = 0[];

/** `Times<T>[3]` is T three times over, for every digit. */
type Times<T extends Count> = [
  [],
  T,
  [...T, ...T],
  [...T, ...T, ...T],
  [...T, ...T, ...T, ...T],
  [...T, ...T, ...T, ...T, ...T],
  [...T, ...T, ...T, ...T, ...T, ...T],
  [...T, ...T, ...T, ...T, ...T, ...T, ...T],
  [...T, ...T, ...T, ...T, ...T, ...T, ...T, ...T],
  [...T, ...T, ...T, ...T, ...T, ...T, ...T, ...T, ...T],
];

/** `Unary[3]` is `[0, 0, 0]`. */
type Unary = Times<[0]>;

/** The digits of a numeral, units first, which is the order carries travel in: "64" gives `[4, 6]`. */
type Digits<Text extends string, Done extends Digit[] = []> = Text extends `${infer D extends Digit}${infer Rest}`
  ? Digits<Rest, [D, ...Done]>
  : Done;

/** A numeral without leading zeros, because "007" is not read back as a number. */
type Trim<Text extends string> = Text extends `0${infer Rest}` ? (Rest extends "" ? Text : Trim<Rest>) : Text;

/** The number that a list of digits stands for: `[4, 6]` gives `64`. */
type Value<List, Text extends string = ""> = List extends [infer D extends Digit, ...infer Rest]
  ? Value<Rest, `${D}${Text}`>
  : Trim<Text> extends `${infer N extends number}`
    ? N
    : number;

/** A count below 100 as `[units, tens]`: the digit to write down and the one to carry. */
type Split<T extends Count> = `${T["length"]}` extends `${infer Tens extends Digit}${infer Units extends Digit}`
  ? [Units, Tens]
  : [T["length"], 0];

/** Column addition. `Carry` comes from the column before; a list that runs out goes on as zeros. */
type AddDigits<A, B, Carry extends Count = [], Done extends Digit[] = []> = A extends [
  infer D extends Digit,
  ...infer A2,
]
  ? B extends [infer E extends Digit, ...infer B2]
    ? Split<[...Unary[D], ...Unary[E], ...Carry]> extends [infer Units extends Digit, infer Tens extends Digit]
      ? AddDigits<A2, B2, Unary[Tens], [...Done, Units]>
      : never
    : AddDigits<A, [0], Carry, Done>
  : B extends [Digit, ...Digit[]]
    ? AddDigits<B, [], Carry, Done>
    : Carry extends []
      ? Done
      : [...Done, 1];

/** A list of digits times one digit. */
type MulDigit<A, D extends Digit, Carry extends Count = [], Done extends Digit[] = []> = A extends [
  infer E extends Digit,
  ...infer A2,
]
  ? Split<[...Times<Unary[E]>[D], ...Carry]> extends [infer Units extends Digit, infer Tens extends Digit]
    ? MulDigit<A2, D, Unary[Tens], [...Done, Units]>
    : never
  : Carry extends []
    ? Done
    : [...Done, Carry["length"] & Digit];

/** Long multiplication: one row per digit of B, moved left by `Zeros`, added up in `Sum`. */
type MulDigits<A, B, Zeros extends Digit[] = [], Sum = []> = B extends [infer D extends Digit, ...infer B2]
  ? MulDigit<A, D> extends infer Row extends Digit[]
    ? MulDigits<A, B2, [...Zeros, 0], AddDigits<Sum, [...Zeros, ...Row]>>
    : never
  : Sum;

/**
 * True for a literal that is written in plain digits. False for `number`, named sizes (their digits are unknown) and
 * for -1, 0.5 and 1e21.
 */
type IsPlain<N extends number> = number extends N
  ? false
  : `${N}` extends `${infer M extends number}`
    ? number extends M
      ? false
      : N extends M
        ? `${N}` extends `${string}${"." | "-" | "e"}${string}`
          ? false
          : true
        : false
    : false;

/** The sum of two sizes. */
export type Add<A extends number, B extends number> = [IsPlain<A>, IsPlain<B>] extends [true, true]
  ? Value<AddDigits<Digits<`${A}`>, Digits<`${B}`>>>
  : number;

/** The product of two sizes. A factor of 1 keeps the other as it is, a type parameter or a named size included. */
export type Mul<A extends number, B extends number> = A extends 1
  ? B
  : B extends 1
    ? A
    : [IsPlain<A>, IsPlain<B>] extends [true, true]
      ? Value<MulDigits<Digits<`${A}`>, Digits<`${B}`>>>
      : number;
