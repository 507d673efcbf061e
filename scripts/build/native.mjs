// The native addon: every kernel source once per instruction set, one addon with all of them.
import { createRequire } from "node:module";
import { join } from "node:path";
import {
  COMMON_FLAGS,
  compile,
  findSystem,
  findZig,
  fingerprint,
  inParallel,
  ROOT,
  sources,
  unlessFresh,
} from "./compiler.mjs";

/** Instruction sets by architecture: the name of the namespace, and how zig and a system compiler are told. */
export const INSTRUCTION_SETS = {
  x64: [
    {
      name: "x86_64_v4",
      zig: ["-mcpu=x86_64_v4", "-mprefer-vector-width=512"],
      system: ["-march=x86-64-v4", "-mprefer-vector-width=512"],
    },
    { name: "x86_64_v3", zig: ["-mcpu=x86_64_v3"], system: ["-march=x86-64-v3"] },
    { name: "baseline", zig: ["-mcpu=x86_64_v2"], system: ["-march=x86-64-v2"] },
  ],
  arm64: [{ name: "baseline", zig: ["-mcpu=baseline"], system: [] }],
};

const ZIG_TARGETS = {
  "linux-x64": ["-target", "x86_64-linux-gnu.2.17"],
  "linux-arm64": ["-target", "aarch64-linux-gnu.2.17"],
  "darwin-x64": ["-target", "x86_64-macos"],
  "darwin-arm64": ["-target", "aarch64-macos"],
};

/** The addon's path for a platform, as src/backend/native.ts looks for it. */
export const addonPath = (platform, arch) => `dist/native/nabla-${platform}-${arch}.node`;

export async function buildNative(platform = process.platform, arch = process.arch) {
  const isas = INSTRUCTION_SETS[arch];
  const target = ZIG_TARGETS[`${platform}-${arch}`];
  if (!isas || !target) throw new Error(`no addon for ${platform}-${arch}`);
  const zig = findZig();
  const compiler = zig ?? findSystem(["c++", "g++", "clang++"]);
  if (!compiler) throw new Error("neither the pinned zig nor c++, g++ or clang++ runs");
  const include = createRequire(join(ROOT, "package.json"))("node-api-headers").include_dir;
  const flags = [
    ...COMMON_FLAGS,
    "-ffp-contract=fast",
    "-fPIC",
    "-fvisibility=hidden",
    "-DNAPI_VERSION=8",
    "-I",
    include,
    ...(zig ? target : []),
  ];
  const headers = sources("kernels", /\.h$/, { deep: true });
  const objects = [];
  const jobs = [];
  const object = (source, name, extra) => {
    const output = `build/native-${arch}/${name}.o`;
    const args = [...flags, ...extra, "-c", "-o", output, source];
    objects.push(output);
    jobs.push(() =>
      unlessFresh(output, fingerprint([source, ...headers], compiler, args), () => compile(compiler, args)),
    );
  };
  for (const isa of isas) {
    const extra = [`-DNABLA_ISA=${isa.name}`, ...(zig ? isa.zig : isa.system)];
    for (const source of [...sources("kernels", /\.cpp$/), "kernels/native/registry.cpp"]) {
      object(source, `${isa.name}-${source.split("/").at(-1)}`, extra);
    }
  }
  for (const source of ["kernels/native/addon.cpp", "kernels/native/pool.cpp"]) {
    const isa = isas.at(-1);
    object(source, source.split("/").at(-1), zig ? isa.zig : isa.system);
  }
  await inParallel(jobs);
  const output = addonPath(platform, arch);
  const link = [...(zig ? [...target, "-nostdlib++"] : []), "-shared", "-s", "-pthread", "-o", output, ...objects];
  if (platform === "darwin") link.unshift("-Wl,-undefined,dynamic_lookup");
  if (await unlessFresh(output, fingerprint(objects, compiler, link), () => compile(compiler, link))) {
    console.log(`nabla: built ${output} with ${zig ? "zig" : compiler[0]}`);
  }
}
