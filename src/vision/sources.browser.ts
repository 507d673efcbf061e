/** The browser's side of `sources.ts`: datasets come by fetch, from the page's own server or from a mirror. */
import { DataError, FormatError, ValueError } from "../errors.ts";
import type { DatasetFiles, PublishedFile } from "./published.ts";
import type { LocatedFile, LocatedFiles, LocateOptions } from "./sources.ts";

/**
 * Fetches a dataset's files. `root` is the address of a folder that has them, plain or as `.gz`; these are taken as they are. Without it
 * the mirrors are asked, as far as they answer pages of other sites, and what comes must have the published SHA-256. `cache` has no
 * meaning here, where the browser's own keeps what it fetches.
 *
 * @throws {DataError} when they cannot be had; the message names every address asked and what would help.
 * @throws {FormatError} for a damaged archive.
 */
export async function locate<Key extends string>(
  dataset: DatasetFiles<Key>,
  options: LocateOptions<Key> = {},
): Promise<LocatedFiles<Key>> {
  const { root, keys = Object.keys(dataset.files) as Key[] } = options;
  if (root !== undefined && typeof root !== "string") {
    throw new ValueError(`${dataset.name}: in a browser root is the address of a folder; got ${String(root)}`);
  }
  if (root === undefined && options.download === false) {
    throw new DataError(`${dataset.name}: in a browser files come by fetch; give the address of a folder as root`);
  }
  const found = await Promise.all(
    keys.map(async (key) => {
      const file = dataset.files[key];
      return [key, root === undefined ? await fromMirrors(dataset, file) : await fromRoot(dataset, file, root)];
    }),
  );
  return Object.fromEntries(found) as LocatedFiles<Key>;
}

async function fromRoot(dataset: DatasetFiles, file: PublishedFile, root: string): Promise<LocatedFile> {
  const folder = new URL(root.endsWith("/") ? root : `${root}/`, globalThis.location.href);
  const asked: string[] = [];
  for (const name of [file.name, `${file.name}.gz`]) {
    const located = await ask(new URL(name, folder).href, asked);
    if (located !== undefined) return located;
  }
  throw notFound(dataset, file, asked, "put the file there, plain or as .gz");
}

async function fromMirrors(dataset: DatasetFiles, file: PublishedFile): Promise<LocatedFile> {
  const asked: string[] = [];
  for (const mirror of dataset.mirrors.filter((address) => address.startsWith("https:"))) {
    const located = await ask(`${mirror}${file.name}.gz`, asked);
    if (located === undefined) continue;
    const wrong = await mismatch(located.bytes, file);
    if (wrong === undefined) return located;
    asked.push(`${located.from}: ${wrong}`);
  }
  throw notFound(dataset, file, asked, "serve the files beside the page and give the address of their folder as root");
}

function notFound(dataset: DatasetFiles, file: PublishedFile, asked: readonly string[], help: string): DataError {
  return new DataError(`${dataset.name}: ${file.name} was not found; ${asked.join("; ")}; ${help}`);
}

/** The unpacked file at an address, or undefined and a line in `asked`. Servers that answer everything with a page are seen through. */
async function ask(address: string, asked: string[]): Promise<LocatedFile | undefined> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    asked.push(`${address}: ${(cause as Error).message}`);
    return undefined;
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return { bytes: await gunzip(bytes, address), from: address };
  if (bytes[0] === 0 && bytes[1] === 0) return { bytes, from: address };
  asked.push(`${address}: another kind of file`);
  return undefined;
}

async function gunzip(archive: Uint8Array<ArrayBuffer>, address: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const plain = new Blob([archive]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(plain).arrayBuffer());
  } catch (cause) {
    throw new FormatError(
      `gzip ${JSON.stringify(address)}: the archive must be whole; got ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

/** What is wrong with a file from a mirror. Pages that are not secure cannot compute hashes: there the length has to do. */
async function mismatch(bytes: Uint8Array, file: PublishedFile): Promise<string | undefined> {
  if (bytes.length !== file.bytes) return `it must have ${file.bytes} bytes; got ${bytes.length}`;
  if (globalThis.crypto.subtle === undefined) return undefined;
  const hash = new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  const found = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return found === file.sha256 ? undefined : `its SHA-256 must be ${file.sha256}; got ${found}`;
}
