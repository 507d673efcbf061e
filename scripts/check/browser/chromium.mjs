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
    await page.waitForFunction("globalThis.page", undefined, { timeout: 60_000 }).catch((error) => {
      throw new Error(`${address} does not come up: ${errors.join("\n") || error.message}`);
    });
    const result = await use(page);
    if (errors.length > 0) throw new Error(`${address}: ${errors.join("\n")}`);
    return result;
  } finally {
    await context.close();
  }
}
