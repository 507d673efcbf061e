// A static server on this machine, with the headers that a page needs for threads or without, and with a strict content policy.
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

/** The headers that isolate a page from other origins, which browsers ask for before memory may be shared. */
export const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** No code from text. */
export const STRICT = {
  "Content-Security-Policy":
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data:; connect-src 'self' blob:",
};

/**
 * Serves folders by the beginning of the path, the longest that fits: { "/": folder, "/mnist": folder }.
 * Gives the address, the paths that were asked for, and what stops it.
 */
export async function serve(folders, headers = {}) {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const asked = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    asked.push(path);
    const prefix = prefixes.find((start) => path === start || path.startsWith(start.replace(/\/?$/, "/")));
    const file = join(folders[prefix], normalize(path.slice(prefix.length) || "/").replace(/[\\/]$/, "/index.html"));
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404, headers).end();
      return;
    }
    response.writeHead(200, { ...headers, "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    asked,
    address: `http://localhost:${server.address().port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
