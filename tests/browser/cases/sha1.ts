/** The part of `node:crypto` that names the runs of op cases: SHA-1 (FIPS 180-4), which a page can compute only asynchronously. */
const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

class Sha1 {
  readonly #chunks: Uint8Array[] = [];

  update(data: string | ArrayBufferView): this {
    const bytes =
      typeof data === "string"
        ? new TextEncoder().encode(data)
        : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#chunks.push(bytes);
    return this;
  }

  digest(_encoding: "hex"): string {
    const length = this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const padded = new Uint8Array(Math.ceil((length + 9) / 64) * 64);
    let end = 0;
    for (const chunk of this.#chunks) {
      padded.set(chunk, end);
      end += chunk.length;
    }
    padded[length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setBigUint64(padded.length - 8, BigInt(length) * 8n);
    const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
    for (let at = 0; at < padded.length; at += 64) block(view, at, state);
    return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

function block(view: DataView, at: number, state: number[]): void {
  const words = new Int32Array(80);
  for (let t = 0; t < 16; t++) words[t] = view.getInt32(at + t * 4);
  for (let t = 16; t < 80; t++) {
    const mixed = words[t - 3]! ^ words[t - 8]! ^ words[t - 14]! ^ words[t - 16]!;
    words[t] = rotate(mixed, 1);
  }
  let [a, b, c, d, e] = state as [number, number, number, number, number];
  for (let t = 0; t < 80; t++) {
    let [f, k] = [b ^ c ^ d, 0xca62c1d6];
    if (t < 20) [f, k] = [(b & c) | (~b & d), 0x5a827999];
    else if (t < 40) k = 0x6ed9eba1;
    else if (t < 60) [f, k] = [(b & c) | (b & d) | (c & d), 0x8f1bbcdc];
    const next = (rotate(a, 5) + f + e + k + words[t]!) | 0;
    [e, d, c, b, a] = [d, c, rotate(b, 30), a, next];
  }
  for (const [i, x] of [a, b, c, d, e].entries()) state[i] = (state[i]! + x) | 0;
}

export function createHash(_name: "sha1"): Sha1 {
  return new Sha1();
}
