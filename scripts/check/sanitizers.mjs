// The kernels under AddressSanitizer, UndefinedBehaviorSanitizer and ThreadSanitizer: over random shapes (kernels/tests),
// and over the cases of the tests of ops, on memory without slack.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { COMMON_FLAGS, compile, fingerprint, inParallel, ROOT, sources, unlessFresh } from "../build/compiler.mjs";
import { INSTRUCTION_SETS } from "../build/native.mjs";
import { run, script } from "./run.mjs";

const FOLDER = "build/sanitizers";
const CHECKS = "address,undefined,float-cast-overflow";
const ADDRESS = [`-fsanitize=${CHECKS}`, "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"];
const THREAD = ["-fsanitize=thread", "-DBASELINE_ONLY"];
const OPTIONS = {
  ASAN_OPTIONS: "detect_leaks=0:abort_on_error=0",
  UBSAN_OPTIONS: "print_stacktrace=1",
  TSAN_OPTIONS: "halt_on_error=1",
};
const THREADS = [1, 3];
/** The percentage of the random shapes that ThreadSanitizer sees, and from how many threads at once kernels are called. */
const RACES = { effort: 20, callers: 2 };

const ISAS = INSTRUCTION_SETS[process.arch] ?? [];
const BASELINE = ISAS.at(-1);

function fail(text) {
  console.error(`check: ${text}`);
  process.exit(1);
}

/** Without randomised addresses where that is allowed: with many random bits ThreadSanitizer does not start. */
function fixedAddresses() {
  try {
    execFileSync("setarch", ["-R", "true"], { stdio: "ignore" });
    return ["setarch", "-R"];
  } catch {
    return [];
  }
}

/** g++ (or $CXX) with its sanitizers, and the runtime that has to be in a process before it loads a checked addon. */
function findCompiler() {
  const compiler = process.env.CXX ?? "g++";
  const probe = join(ROOT, FOLDER, "probe");
  mkdirSync(join(ROOT, FOLDER), { recursive: true });
  writeFileSync(`${probe}.cpp`, "int main() { return 0; }\n");
  try {
    for (const flags of [ADDRESS, THREAD]) {
      execFileSync(compiler, [...flags, "-o", probe, `${probe}.cpp`], { stdio: "ignore" });
      const [command, ...args] = [...fixedAddresses(), probe];
      execFileSync(command, args, { stdio: "ignore" });
    }
    const runtime = execFileSync(compiler, ["-print-file-name=libasan.so"], { encoding: "utf8" }).trim();
    if (existsSync(runtime)) return { compiler: [compiler], runtime };
  } catch {}
  return fail("the sanitizers need a g++ that has them (Debian, Ubuntu: apt install g++); CXX names another one");
}

/** Compiles files for one kind of sanitizer; gives the objects. */
async function objects(compiler, kind, flags, jobs) {
  const include = createRequire(join(ROOT, "package.json"))("node-api-headers").include_dir;
  const headers = sources("kernels", /\.h$/, { deep: true });
  const shared = COMMON_FLAGS.filter((flag) => !/^-(O|g|W)/.test(flag));
  const common = [
    ...shared,
    "-O1",
    "-g1",
    "-Wno-psabi",
    "-ffp-contract=fast",
    "-fPIC",
    "-DNAPI_VERSION=8",
    `-I${include}`,
  ];
  const made = jobs.map(({ source, isa }) => {
    const output = `${FOLDER}/${kind}/${isa.name}-${source.replaceAll("/", "-")}.o`;
    const args = [...common, ...flags, ...isa.system, `-DNABLA_ISA=${isa.name}`, "-c", "-o", output, source];
    const used = headers.filter((header) => source.includes("/tests/") || !header.includes("/tests/"));
    return {
      output,
      make: () => unlessFresh(output, fingerprint([source, ...used], compiler, args), () => compile(compiler, args)),
    };
  });
  await inParallel(made.map((object) => object.make));
  return made.map((object) => object.output);
}

/** Sources as jobs of `objects`: the kernels for every instruction set, the rest once. */
const kernels = (isas) =>
  [...sources("kernels", /\.cpp$/), "kernels/native/registry.cpp"].flatMap((source) =>
    isas.map((isa) => ({ source, isa })),
  );
const once = (...files) => files.map((source) => ({ source, isa: BASELINE }));

async function buildHarness(compiler, kind, flags, isas) {
  const program = join(ROOT, FOLDER, kind, "kernels");
  const files = [...kernels(isas), ...once("kernels/native/pool.cpp", ...sources("kernels/tests", /\.cpp$/))];
  await compile(compiler, [...(await objects(compiler, kind, flags, files)), ...flags, "-pthread", "-o", program]);
  return program;
}

async function buildAddon(compiler) {
  const addon = join(ROOT, FOLDER, "nabla.node");
  const files = [...kernels(ISAS), ...once("kernels/native/pool.cpp", "kernels/native/addon.cpp")];
  const made = await objects(compiler, "address", ADDRESS, files);
  await compile(compiler, [...made, ...ADDRESS, "-shared", "-pthread", "-o", addon]);
  return addon;
}

/** Runs a program that checks; gives the last word it says, the digest of all results. */
async function digest(command) {
  try {
    const { stdout } = await promisify(execFile)(command[0], command.slice(1), { env: { ...process.env, ...OPTIONS } });
    process.stdout.write(stdout);
    return stdout.trim().split(" ").at(-1);
  } catch (error) {
    return fail(
      `${command.join(" ")} failed (${error.signal ?? `exit code ${error.code}`})\n${error.stdout}${error.stderr}`,
    );
  }
}

/** Every instruction set of this machine over random shapes; the number of threads may not change a bit. */
async function checkShapes(program) {
  const isas = execFileSync(program, ["--list"], { encoding: "utf8" }).trim().split("\n");
  const results = isas.flatMap((isa) => THREADS.map((threads) => ({ isa, threads })));
  await inParallel(
    results.map((result) => async () => {
      result.digest = await digest([program, result.isa, String(result.threads), "100", "1"]);
    }),
  );
  for (const isa of isas) {
    const different = new Set(results.filter((result) => result.isa === isa).map((result) => result.digest));
    if (different.size > 1) fail(`the results of ${isa} depend on the number of threads`);
  }
}

export async function checkSanitizers() {
  const { compiler, runtime } = findCompiler();
  console.log("random shapes, under AddressSanitizer and UndefinedBehaviorSanitizer");
  await checkShapes(await buildHarness(compiler, "address", ADDRESS, ISAS));
  console.log(`random shapes from ${RACES.callers} threads at once, under ThreadSanitizer`);
  const races = await buildHarness(compiler, "thread", THREAD, [BASELINE]);
  await digest([...fixedAddresses(), races, "baseline", "3", String(RACES.effort), String(RACES.callers)]);
  console.log("the cases of the tests of ops, under AddressSanitizer and UndefinedBehaviorSanitizer");
  const addon = await buildAddon(compiler);
  run(process.execPath, [script("vitest/vitest.mjs"), "run", "tests/ops", "--project", "native"], {
    env: { ...process.env, ...OPTIONS, LD_PRELOAD: runtime, NABLA_ADDON: addon, NABLA_GUARD: "1" },
  });
}
