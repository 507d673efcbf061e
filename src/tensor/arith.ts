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

/** Nines' complement of B, as wide as A; never when B is wider. */
type Complement<A, B, Done extends Digit[] = []> = A extends [Digit, ...infer A2]
  ? B extends [infer D extends Digit, ...infer B2]
    ? Complement<A2, B2, [...Done, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0][D] & Digit]>
    : Complement<A2, [], [...Done, 9]>
  : B extends []
    ? Done
    : never;

/** The difference of two sizes; never when it is below 0. */
export type Sub<A extends number, B extends number> = B extends 0
  ? A
  : [IsPlain<A>, IsPlain<B>] extends [true, true]
    ? AddDigits<Digits<`${A}`>, Complement<Digits<`${A}`>, Digits<`${B}`>>, [0]> extends [...infer D extends Digit[], 1]
      ? D["length"] extends Digits<`${A}`>["length"]
        ? Value<D>
        : never
      : never
    : number;

/** A numeral in unary. */
type Counted<Text extends string, Done extends Count = []> = Text extends `${infer D extends Digit}${infer Rest}`
  ? Counted<Rest, [...Times<Done>[9], ...Done, ...Unary[D]]>
  : Done;

/** How often Divisor goes into N, below ten times, and what is left. */
type Quotient<N extends Count, Divisor extends Count, Q extends Count = []> = N extends [
  ...Divisor,
  ...infer Left extends Count,
]
  ? Quotient<Left, Divisor, [...Q, 0]>
  : [Q["length"], N];

/** Long division: one digit of the quotient for each of the dividend. */
type DivDigits<
  Text extends string,
  Divisor extends Count,
  Left extends Count = [],
  Done extends string = "",
> = Text extends `${infer D extends Digit}${infer Rest}`
  ? Quotient<[...Times<Left>[9], ...Left, ...Unary[D]], Divisor> extends [
      infer Q extends Digit,
      infer Remainder extends Count,
    ]
    ? DivDigits<Rest, Divisor, Remainder, `${Done}${Q}`>
    : never
  : Done;

/** The whole part of a quotient. The divisor is small, such as a stride; by 0 it is unknown. */
export type Div<A extends number, B extends number> = B extends 1
  ? A
  : B extends 0
    ? number
    : [IsPlain<A>, IsPlain<B>] extends [true, true]
      ? Trim<DivDigits<`${A}`, Counted<`${B}`>>> extends `${infer N extends number}`
        ? N
        : number
      : number;
