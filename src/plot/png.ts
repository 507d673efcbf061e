import { zlibSync } from "fflate";

/** Samples per pixel that a PNG here can have: gray, red, green and blue, or these and alpha. */
export type PngChannels = 1 | 3 | 4;

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const COLOR_TYPE = { 1: 0, 3: 2, 4: 6 } as const;

/**
 * Encodes an image as PNG, in plain JavaScript so that it is the same everywhere: 8 bits per sample, no interlacing, no row filters
 * (they do not help pictures this small).
 *
 * @param samples height × width × channels bytes in row-major order.
 * @see PNG specification, third edition, https://www.w3.org/TR/png-3/
 */
export function encodePng(samples: Uint8Array, width: number, height: number, channels: PngChannels): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOR_TYPE[channels], 0, 0, 0], 8);
  const stride = width * channels;
  const rows = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) rows.set(samples.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  const chunks = [chunk("IHDR", header), chunk("IDAT", zlibSync(rows, { level: 9 })), chunk("IEND", new Uint8Array(0))];
  const png = new Uint8Array(chunks.reduce((length, bytes) => length + bytes.length, SIGNATURE.length));
  png.set(SIGNATURE);
  let end = SIGNATURE.length;
  for (const bytes of chunks) {
    png.set(bytes, end);
    end += bytes.length;
  }
  return png;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/** The CRC of ISO 3309, as PNG's annex D computes it. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The PNG as a `data:` URI, which an SVG can hold. */
export function pngUri(png: Uint8Array): string {
  let binary = "";
  for (const byte of png) binary += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(binary)}`;
}
