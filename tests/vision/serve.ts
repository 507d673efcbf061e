import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a mirror does with a request for an archive it may have. */
export type Behaviour = (response: ServerResponse, archive: Uint8Array | undefined) => void;

/** The ways in which mirrors behave, each served under its own folder. */
export const behaviours: Record<string, Behaviour> = {
  good(response, archive) {
    if (archive === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-length": archive.length }).end(archive);
  },
  /** As servers that take the archive for a compressed transfer: fetch unpacks it on the way. */
  unpacking(response, archive) {
    response.writeHead(200, { "content-encoding": "gzip" }).end(archive);
  },
  missing(response) {
    response.writeHead(404).end("not here");
  },
  page(response) {
    response.writeHead(200, { "content-type": "text/html" }).end("<!DOCTYPE html><p>Please log in</p>");
  },
  /** Breaks the connection in the middle of what it announced. */
  broken(response, archive = new Uint8Array(0)) {
    response.writeHead(200, { "content-length": archive.length });
    response.write(archive.subarray(0, archive.length / 2), () => response.destroy());
  },
  /** Gives half of the archive as if it were all. */
  half(response, archive = new Uint8Array(0)) {
    response.writeHead(200).end(archive.subarray(0, archive.length / 2));
  },
  damaged(response, archive = new Uint8Array(0)) {
    const at = archive.length - 20;
    response.writeHead(200).end(archive.with(at, (archive[at] as number) ^ 1));
  },
  silent() {},
  /** Begins and then says nothing more. */
  stalling(response, archive = new Uint8Array(0)) {
    response.writeHead(200, { "content-length": archive.length });
    response.write(archive.subarray(0, 10));
  },
  endless(response) {
    response.writeHead(200);
    const more = (): boolean => response.write(new Uint8Array(65_536));
    response.on("drain", more);
    more();
  },
};

export interface Mirrors {
  /** The address of the mirror with a behaviour, ending in "/". */
  url(behaviour: string): string;
  /** The paths asked for, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Serves archives (by name) on 127.0.0.1, under one folder for each behaviour. */
export async function serve(archives: ReadonlyMap<string, Uint8Array>): Promise<Mirrors> {
  const requests: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const path = request.url ?? "";
    requests.push(path);
    const [, behaviour = "", name = ""] = path.split("/");
    behaviours[behaviour]?.(response, archives.get(name));
  };
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    url: (behaviour) => `http://127.0.0.1:${port}/${behaviour}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
