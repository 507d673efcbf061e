import { DataError, NablaError } from "../errors.ts";
import { failureReason } from "../files/file-error.ts";
import type { DownloadProgress } from "./progress.ts";
import type { PublishedArchive, PublishedFile } from "./published.ts";
import { unpackArchive, unpackPublished } from "./verify.ts";

export interface DownloadOptions {
  /** Milliseconds without a byte after which a mirror is given up. */
  readonly timeout: number;
  readonly onProgress: (progress: DownloadProgress) => void;
}

/** What is fetched: the name at the mirrors, a number of bytes that it stays below, and what is made of them. */
export interface Wanted<Content> {
  readonly name: string;
  readonly below: number;
  /** Throws when the bytes are not the published ones. */
  readonly unpack: (bytes: Uint8Array) => Content;
}

/** What came, or why each mirror failed. */
export type Download<Content> =
  | { readonly found: true; readonly content: Content; readonly url: string; readonly failures: readonly string[] }
  | { readonly found: false; readonly failures: readonly string[] };

// An archive is never much longer than its content; whatever goes on beyond that is something else.
const SLACK_BYTES = 65_536;

/** One file in an archive of its own. */
export function wantedFile(file: PublishedFile): Wanted<Uint8Array> {
  return {
    name: `${file.name}.gz`,
    below: file.bytes,
    unpack: (bytes) => unpackPublished(bytes, file),
  };
}

/** Some files of one archive. */
export function wantedArchive(archive: PublishedArchive, files: readonly PublishedFile[]): Wanted<Uint8Array[]> {
  return { name: archive.name, below: archive.bytes + 1, unpack: (bytes) => unpackArchive(bytes, archive, files) };
}

/** Fetches a file, trying the mirrors in turn until one gives the published content. */
export async function download<Content>(
  wanted: Wanted<Content>,
  mirrors: readonly string[],
  options: DownloadOptions,
): Promise<Download<Content>> {
  const failures: string[] = [];
  for (const mirror of mirrors) {
    const url = `${mirror}${wanted.name}`;
    try {
      return { found: true, content: wanted.unpack(await fetchBytes(url, wanted, options)), url, failures };
    } catch (cause) {
      failures.push(`${url}: ${fetchFailure(cause)}`);
    }
  }
  return { found: false, failures };
}

async function fetchBytes(url: string, wanted: Wanted<unknown>, options: DownloadOptions): Promise<Uint8Array> {
  const abort = new AbortController();
  const stalled = new DataError(`no answer within ${options.timeout / 1000} s`);
  let timer: NodeJS.Timeout | undefined;
  const awaitMore = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(stalled), options.timeout);
  };
  let progress = { file: wanted.name, url, received: 0, total: undefined as number | undefined };
  try {
    awaitMore();
    const response = await fetch(url, { signal: abort.signal, headers: { "accept-encoding": "identity" } });
    if (!response.ok) throw new DataError(`HTTP ${response.status} ${response.statusText}`.trim());
    progress.total = Number(response.headers.get("content-length")) || undefined;
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) {
      awaitMore();
      chunks.push(chunk);
      progress = { ...progress, received: progress.received + chunk.length };
      if (progress.received > wanted.below + SLACK_BYTES) {
        throw new DataError(
          `the archive must have fewer than ${wanted.below} bytes; got ${progress.received} and more`,
        );
      }
      options.onProgress({ ...progress, state: "receiving" });
    }
    options.onProgress({ ...progress, state: "done" });
    return join(chunks, progress.received);
  } catch (cause) {
    options.onProgress({ ...progress, state: "failed" });
    throw abort.signal.aborted ? stalled : cause;
  } finally {
    clearTimeout(timer);
    // Ends a transfer that is given up half-way; does nothing to one that is over.
    abort.abort();
  }
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let position = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, position);
    position += chunk.length;
  }
  return bytes;
}

const networkReasons: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection broke off",
  ENOTFOUND: "no such host, or no network",
  EAI_AGAIN: "the host's name cannot be looked up; is there a network?",
  ETIMEDOUT: "no answer",
  ENETUNREACH: "no network",
  EHOSTUNREACH: "the host cannot be reached",
  UND_ERR_SOCKET: "the connection broke off",
};

/** Node's fetch says "fetch failed" or "terminated" and keeps the reason in causes below. */
function fetchFailure(error: unknown): string {
  if (error instanceof NablaError) return error.message;
  let deepest = error;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  if (deepest instanceof AggregateError && deepest.errors.length > 0) deepest = deepest.errors[0];
  const reason = failureReason(deepest);
  return networkReasons[reason] === undefined ? reason : `${networkReasons[reason]} (${reason})`;
}
