// The WASM modules: the same kernel sources, with threads over a shared memory, with plain and with relaxed SIMD.
import {
  COMMON_FLAGS,
  compile,
  findSystem,
  findZig,
  fingerprint,
  inParallel,
  knowsWasm,
  sources,
  unlessFresh,
} from "./compiler.mjs";

const FEATURES = ["simd128", "bulk_memory", "sign_ext", "nontrapping_fptoint", "mutable_globals", "atomics"];
const MODULES = [
  { name: "nabla-simd", features: FEATURES },
  { name: "nabla-relaxed", features: [...FEATURES, "relaxed_simd"] },
];
const STACK_BYTES = 256 * 1024;
/** Four gigabytes less one page: the most that zig's linker takes. */
const MAX_PAGES = 65535;
/** What JavaScript needs to give each thread a stack and thread-local variables of its own. */
const EXPORTS = ["__stack_pointer", "__heap_base", "__tls_size", "__wasm_init_tls"].map(
  (name) => `-Wl,--export=${name}`,
);

/** No contraction: clang 21 turns a·b + c into a + b·c under relaxed SIMD when it contracts; fma() in simd.h asks for it by name. */
const ARITHMETIC = "-ffp-contract=off";

/**
 * Loops of unknown length are left as written: every kernel has a few for the last elements, and unrolling them makes the modules a
 * tenth larger and nothing faster. Loops of known length are unrolled as ever. Nor are addresses rewritten for a machine that loads
 * from sums of registers: a load in WASM adds a constant for nothing, which makes the modules 7 % smaller and products 4 % faster.
 */
const SIZE = ["-mllvm", "-unroll-runtime=false", "-mllvm", "-disable-lsr"];

/**
 * Kernels whose loops are written in vectors are made small: they run as fast (measured), and half of what a page downloads is theirs.
 * The others have plain loops, which only -O3 turns into vectors, or are worth every nanosecond.
 */
const SMALL =
  /kernels\/(activations|adaptive|affine|batchnorm|binary|cast|clamp|clip|color|conv|distributions|dropout|embedding|gather|images|index|interpolate|losses|moments|norm|optim|orthonormal|pooling|random|resize|scan|softmax|sort|unary)\.cpp$/;

const zigTarget = (features) => ["-target", "wasm32-freestanding", `-mcpu=generic+${features.join("+")}`];
const clangTarget = (features) => [
  "--target=wasm32",
  ...features.map(
    (feature) => `-m${feature.replace("nontrapping_fptoint", "nontrapping-fptoint").replaceAll("_", "-")}`,
  ),
];

export async function buildWasm() {
  const zig = findZig();
  const system = zig
    ? undefined
    : findSystem(["clang++", "clang++-18", "clang++-17", "clang++-16", "clang++-15", "clang++-14"]);
  const compiler = zig ?? (system && knowsWasm(system) ? system : undefined);
  if (!compiler) throw new Error("neither the pinned zig nor a clang that knows wasm32 runs");
  const headers = sources("kernels", /\.h$/, { deep: true });
  const files = [...sources("kernels", /\.cpp$/), ...sources("kernels/wasm", /\.cpp$/)];
  const modules = MODULES.map((module) => ({ ...module, objects: [] }));
  const jobs = modules.flatMap(({ name, features, objects }) =>
    files.map((source) => {
      const output = `build/${name}/${source.replaceAll("/", "-")}.o`;
      const target = zig ? zigTarget(features) : clangTarget(features);
      const args = [
        ...target,
        ...COMMON_FLAGS,
        ARITHMETIC,
        ...SIZE,
        ...(SMALL.test(source) ? ["-Os"] : []),
        "-nostdlib",
        "-fvisibility=hidden",
        "-DNABLA_ISA=wasm",
        "-c",
        "-o",
        output,
        source,
      ];
      objects.push(output);
      return () =>
        unlessFresh(output, fingerprint([source, ...headers], compiler, args), () => compile(compiler, args));
    }),
  );
  await inParallel(jobs);
  for (const { name, features, objects } of modules) {
    const output = `dist/wasm/${name}.wasm`;
    const link = [
      ...(zig ? zigTarget(features) : clangTarget(features)),
      ...[
        "-O3",
        "-nostdlib",
        "-Wl,--no-entry",
        `-Wl,-z,stack-size=${STACK_BYTES}`,
        "-Wl,--import-memory",
        "-Wl,--shared-memory",
      ],
      ...[`-Wl,--max-memory=${MAX_PAGES * 65536}`, ...EXPORTS, "-s"],
      // The stack below the data, so that an overflow traps: zig's default, an option of lld.
      ...(zig ? [] : ["-Wl,--stack-first"]),
      ...["-o", output, ...objects],
    ];
    if (await unlessFresh(output, fingerprint(objects, compiler, link), () => compile(compiler, link))) {
      console.log(`nabla: built ${output}`);
    }
  }
}
