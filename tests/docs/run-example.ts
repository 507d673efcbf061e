/** Turns the code of an example into a function. */
import { transformWithOxc } from "vite";

/** A constant with its value behind it: `const name = expression; // value`. */
const CONSTANT = /^(\s*const (\w+)(?:: \w+)? = .+?;)\s*\/\/ (.+)$/;
/** A statement of one expression with its value behind it: `expression; // value`. */
const VALUED =
  /^(?!\s*(?:\/\/|const |let |for |if |class |import |return |static |try |catch|\}))(\s*)(.+?);\s*\/\/ (.+)$/;

/** The example as a function of the names it uses. Values in comments are handed to `__check`. */
export async function compiled(example: string): Promise<(names: Record<string, unknown>) => Promise<void>> {
  const lines = example
    .split("\n")
    .filter((line) => !line.startsWith("import "))
    .map((line) =>
      line
        .replace(CONSTANT, (_, code, name, value) => `${code} __check(${name}, ${JSON.stringify(value)});`)
        .replace(VALUED, (_, indent, code, value) => `${indent}__check((${code}), ${JSON.stringify(value)});`),
    );
  const source = `async function example() {\n${lines.join("\n")}\n}`;
  const { code } = await transformWithOxc(source, "example.ts", { target: "es2022" });
  return async (names) => {
    const keys = Object.keys(names);
    const body = new Function(...keys, `${code}\nreturn example();`);
    await body(...keys.map((key) => names[key]));
  };
}
