import { DataError, NablaError } from "../errors.ts";
import { failureReason } from "../files/file-error.ts";
import type { DownloadProgress } from "./progress.ts";
import type { PublishedFile } from "./published.ts";
import { unpackPublished } from "./verify.ts";

export interface DownloadOptions {
  /** Milliseconds without a byte after which a mirror is given up. */
  readonly timeout: number;
  readonly onProgress: (progress: DownloadProgress) => void;
}

/** A file that came, or why each mirror failed. */
export type Download =
  | { readonly bytes: Uint8Array; readonly url: string; readonly failures: readonly string[] }
  | { readonly bytes: undefined; readonly failures: readonly string[] };

// An archive is never much longer than its content; whatever goes on beyond that is something else.
const SLACK_BYTES = 65_536;

/** Fetches one file, trying the mirrors in turn until one gives the published content. */
export async function download(
  file: PublishedFile,
  mirrors: readonly string[],
  options: DownloadOptions,
): Promise<Download> {
  const failures: string[] = [];
  for (const mirror of mirrors) {
    const url = `${mirror}${file.name}.gz`;
    try {
      const archive = await fetchBytes(url, file, options);
      return { bytes: unpackPublished(archive, file), url, failures };
    } catch (cause) {
      failures.push(`${url}: ${fetchFailure(cause)}`);
    }
  }
  return { bytes: undefined, failures };
}

async function fetchBytes(url: string, file: PublishedFile, options: DownloadOptions): Promise<Uint8Array> {
  const abort = new AbortController();
  const stalled = new DataError(`no answer within ${options.timeout / 1000} s`);
  let timer: NodeJS.Timeout | undefined;
  const awaitMore = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(stalled), options.timeout);
  };
  let progress = { file: `${file.name}.gz`, url, received: 0, total: undefined as number | undefined };
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
      if (progress.received > file.bytes + SLACK_BYTES) {
        throw new DataError(`the archive must have fewer than ${file.bytes} bytes; got ${progress.received} and more`);
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
