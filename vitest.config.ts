/** Every test on the native kernels, and those of what computes on the WASM kernels too. */
import { defineConfig, type ViteUserConfig } from "vitest/config";

const COMPUTING = ["tests/tiny.test.ts", "tests/{ops,autograd,nn,optim}/**/*.test.ts"];

const config: ViteUserConfig = defineConfig({
  test: {
    pool: "forks",
    allowOnly: !process.env.CI,
    passWithNoTests: false,
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: "native", include: ["tests/**/*.test.ts"], env: { NABLA_BACKEND: "native" } },
      },
      {
        extends: true,
        test: { name: "wasm", include: COMPUTING, env: { NABLA_BACKEND: "wasm" } },
      },
    ],
  },
});
export default config;
