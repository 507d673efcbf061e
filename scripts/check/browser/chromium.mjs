// Chromium, headless, and its pages.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"];

/** Starts the browser; ends the program with a word on how to get one where there is none. */
export async function startBrowser() {
  const executablePath = process.env.NABLA_CHROMIUM || PLACES.find((path) => existsSync(path));
  if (!executablePath || !existsSync(executablePath)) {
    console.error(
      "check: no Chromium on this machine; install it (Debian, Ubuntu: `apt-get install chromium`), or name one in NABLA_CHROMIUM",
    );
    process.exit(1);
  }
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/**
 * Opens a page and calls `use` with it. An error in the page, in its workers or on its console is one here. Before the page's
 * own scripts `prelude` runs in it.
 */
export async function withPage(browser, address, use, prelude) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.stack ?? String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.location().url.endsWith("favicon.ico")) errors.push(message.text());
  });
  if (prelude) await page.addInitScript(prelude);
  try {
    await page.goto(address);
    await untilUp(page).catch((error) => {
      throw new Error(`${address} does not come up: ${errors.join("\n") || error.message}`);
    });
    const result = await use(page);
    if (errors.length > 0) throw new Error(`${address}: ${errors.join("\n")}`);
    return result;
  } finally {
    await context.close();
  }
}

const PATIENCE_MS = 60_000;

/** Waits until the page's program has said that it is there. Asks from outside: the content policy forbids asking inside. */
async function untilUp(page) {
  for (const start = performance.now(); performance.now() - start < PATIENCE_MS; ) {
    if (await page.evaluate("globalThis.page !== undefined")) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing within ${PATIENCE_MS / 1000} s`);
}
