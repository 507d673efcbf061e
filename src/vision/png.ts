/** PNG files read: every colour type, depth and interlacing of the specification. */
import { FormatError } from "../errors.ts";
import { inflate } from "../files/zlib.ts";
import { crc32 } from "../plot/png.ts";

/** Samples of 8 bits, pixel after pixel: gray, gray and alpha, RGB, or RGB and alpha. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}

interface Header {
  width: number;
  height: number;
  depth: number;
  colour: Colour;
  interlaced: boolean;
}

type Colour = 0 | 2 | 3 | 4 | 6;

/** For each colour type the samples in a pixel and the depths it may have. */
const COLOURS: Record<Colour, { samples: 1 | 2 | 3 | 4; depths: readonly number[] }> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEADER_BYTES = 13;
const CHUNK_FRAME = 12;
/** Larger images are not unpacked: a small file may claim to hold any number of pixels. */
export const MOST_PIXELS: number = 2 ** 28;

/** Where the seven passes of Adam7 begin and how far apart their pixels are. */
const ADAM7 = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
] as const;
const WHOLE = [{ x: 0, y: 0, dx: 1, dy: 1 }] as const;

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/**
 * The pixels of a PNG file, samples of 16 bits scaled to 8 and those of 1, 2 and 4 bits to the whole range, palettes looked up,
 * a transparent colour as alpha. An animation gives its first picture.
 *
 * @throws {FormatError} for a file that is damaged, cut off or larger than 2^28 pixels; the message says what is wrong.
 * @see https://www.w3.org/TR/png-3/
 */
export function decodePng(bytes: Uint8Array, name: string): Pixels {
  const fail = (rule: string): FormatError => new FormatError(`PNG ${JSON.stringify(name)}: ${rule}`);
  const { header, palette, transparency, packed } = readChunks(bytes, fail);
  const { width, height, depth, colour, interlaced } = header;
  const { samples } = COLOURS[colour];
  const raw = unpack(packed, header, samples * depth, fail);
  const flat = new Uint8Array(width * height * samples);
  const wide = depth === 16 && transparency !== undefined ? new Uint16Array(flat.length) : undefined;
  let position = 0;
  for (const pass of interlaced ? ADAM7 : WHOLE) {
    const columns = Math.ceil((width - pass.x) / pass.dx);
    const rows = Math.ceil((height - pass.y) / pass.dy);
    if (columns <= 0 || rows <= 0) continue;
    const rowBytes = Math.ceil((columns * samples * depth) / 8);
    unfilter(raw, position, rows, rowBytes, Math.max(1, (samples * depth) / 8), fail);
    for (let row = 0; row < rows; row++) {
      const from = position + row * (rowBytes + 1) + 1;
      const to = ((pass.y + row * pass.dy) * width + pass.x) * samples;
      spread(raw, from, columns, header, samples, flat, wide, to, pass.dx);
    }
    position += rows * (rowBytes + 1);
  }
  if (colour === 3) return fromPalette(flat, header, palette, transparency, fail);
  if (transparency === undefined || samples > 3) return { width, height, channels: samples, data: flat };
  return withTransparentColour(flat, wide, header, samples as 1 | 3, transparency, fail);
}

interface Chunks {
  header: Header;
  palette: Uint8Array | undefined;
  transparency: Uint8Array | undefined;
  packed: Uint8Array;
}

function readChunks(bytes: Uint8Array, fail: (rule: string) => FormatError): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: { header?: Header; palette?: Uint8Array; transparency?: Uint8Array } = {};
  const parts: Uint8Array[] = [];
  let ended = false;
  for (let at = SIGNATURE.length; !ended; ) {
    if (at + CHUNK_FRAME > bytes.length) throw fail(`the file is truncated: it ends after ${bytes.length} bytes`);
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + CHUNK_FRAME + length > bytes.length) {
      const left = bytes.length - at - CHUNK_FRAME;
      throw fail(`the file is truncated: ${type} at byte ${at} has ${length} bytes; got ${left}`);
    }
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
      throw fail(`the file is damaged: the checksum of ${JSON.stringify(type)} at byte ${at} is wrong`);
    }
    if (found.header === undefined && type !== "IHDR") throw fail(`the first part must be IHDR; got ${type}`);
    if (type === "IHDR") found.header = readHeader(data, fail);
    else if (type === "PLTE") found.palette = data;
    else if (type === "tRNS") found.transparency = data;
    else if (type === "IDAT") parts.push(data);
    else if (type === "IEND") ended = true;
    at += CHUNK_FRAME + length;
  }
  if (parts.length === 0) throw fail("the file has no pixels: it has no IDAT");
  const { header, palette, transparency } = found;
  return { header: header as Header, palette, transparency, packed: Buffer.concat(parts) };
}

function readHeader(data: Uint8Array, fail: (rule: string) => FormatError): Header {
  if (data.length !== HEADER_BYTES) throw fail(`IHDR has ${HEADER_BYTES} bytes; got ${data.length}`);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colour, compression, filter, interlace] = data.subarray(8) as unknown as number[];
  if (width === 0 || height === 0) throw fail(`width and height are at least 1; got ${width} × ${height}`);
  if (width * height > MOST_PIXELS) throw fail(`at most ${MOST_PIXELS} pixels are read; got ${width} × ${height}`);
  if (!COLOURS[colour as Colour]?.depths.includes(depth as number)) {
    throw fail(`no image has colour type ${colour} with ${depth} bits`);
  }
  if (compression !== 0 || filter !== 0 || (interlace as number) > 1) {
    throw fail(
      `compression and filter methods are 0 and interlacing 0 or 1; got ${compression}, ${filter}, ${interlace}`,
    );
  }
  return { width, height, depth: depth as number, colour: colour as Colour, interlaced: interlace === 1 };
}

/** The filtered rows of all passes, each with its filter's byte in front. */
function unpack(
  packed: Uint8Array,
  header: Header,
  pixelBits: number,
  fail: (rule: string) => FormatError,
): Uint8Array {
  let expected = 0;
  for (const { x, y, dx, dy } of header.interlaced ? ADAM7 : WHOLE) {
    const columns = Math.ceil((header.width - x) / dx);
    const rows = Math.ceil((header.height - y) / dy);
    if (columns > 0 && rows > 0) expected += rows * (1 + Math.ceil((columns * pixelBits) / 8));
  }
  let raw: Uint8Array;
  try {
    raw = inflate(packed, expected);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw fail(`its compressed pixels must unpack to ${expected} bytes; got "${reason}"`);
  }
  if (raw.length !== expected) {
    throw fail(`${header.width} × ${header.height} pixels need ${expected} bytes; got ${raw.length}`);
  }
  return raw;
}

/** Takes the row filters back, in place. `step` is how many bytes before a byte its left neighbour lies. */
function unfilter(
  raw: Uint8Array,
  start: number,
  rows: number,
  rowBytes: number,
  step: number,
  fail: (rule: string) => FormatError,
): void {
  for (let row = 0; row < rows; row++) {
    const begin = start + row * (rowBytes + 1) + 1;
    const filter = raw[begin - 1] as number;
    if (filter > 4) throw fail(`row filters are 0 to 4; got ${filter}`);
    const end = begin + rowBytes;
    const above = row === 0 ? -1 : begin - rowBytes - 1;
    if (filter === 1) for (let i = begin + step; i < end; i++) raw[i] = (raw[i] as number) + (raw[i - step] as number);
    else if (filter === 2 && above >= 0) {
      for (let i = begin, up = above; i < end; i++, up++) raw[i] = (raw[i] as number) + (raw[up] as number);
    } else if (filter === 3) unfilterAverage(raw, begin, end, above, step);
    else if (filter === 4) unfilterPaeth(raw, begin, end, above, step);
  }
}

function unfilterAverage(raw: Uint8Array, begin: number, end: number, above: number, step: number): void {
  for (let i = begin; i < end; i++) {
    const left = i - begin < step ? 0 : (raw[i - step] as number);
    const up = above < 0 ? 0 : (raw[above + i - begin] as number);
    raw[i] = (raw[i] as number) + ((left + up) >> 1);
  }
}

function unfilterPaeth(raw: Uint8Array, begin: number, end: number, above: number, step: number): void {
  for (let i = begin; i < end; i++) {
    const first = i - begin < step;
    const left = first ? 0 : (raw[i - step] as number);
    const up = above < 0 ? 0 : (raw[above + i - begin] as number);
    const corner = first || above < 0 ? 0 : (raw[above + i - begin - step] as number);
    const toLeft = Math.abs(up - corner);
    const toUp = Math.abs(left - corner);
    const toCorner = Math.abs(left + up - 2 * corner);
    const nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    raw[i] = (raw[i] as number) + nearest;
  }
}

/** Samples of one row to 8 bits; those of a palette stay as they are. `wide` gets samples of 16 bits unscaled. */
function spread(
  raw: Uint8Array,
  from: number,
  columns: number,
  { depth, colour }: Header,
  samples: number,
  flat: Uint8Array,
  wide: Uint16Array | undefined,
  to: number,
  dx: number,
): void {
  if (depth === 8 && dx === 1) {
    flat.set(raw.subarray(from, from + columns * samples), to);
    return;
  }
  const scale = depth < 8 && colour !== 3 ? 255 / (2 ** depth - 1) : 1;
  for (let i = 0; i < columns * samples; i++) {
    const target = to + Math.floor(i / samples) * dx * samples + (i % samples);
    if (depth === 16) {
      const value = ((raw[from + 2 * i] as number) << 8) | (raw[from + 2 * i + 1] as number);
      flat[target] = Math.round(value / 257);
      if (wide !== undefined) wide[target] = value;
    } else if (depth === 8) flat[target] = raw[from + i] as number;
    else {
      const bit = i * depth;
      const shift = 8 - depth - (bit & 7);
      flat[target] = (((raw[from + (bit >> 3)] as number) >> shift) & (2 ** depth - 1)) * scale;
    }
  }
}

function fromPalette(
  flat: Uint8Array,
  { width, height }: Header,
  palette: Uint8Array | undefined,
  alpha: Uint8Array | undefined,
  fail: (rule: string) => FormatError,
): Pixels {
  if (palette === undefined || palette.length === 0 || palette.length % 3 !== 0) {
    throw fail(`a palette holds 3 bytes for each colour; got ${palette?.length ?? "no"} bytes`);
  }
  const colours = palette.length / 3;
  const channels = alpha === undefined ? 3 : 4;
  const data = new Uint8Array(flat.length * channels);
  for (let i = 0; i < flat.length; i++) {
    const index = flat[i] as number;
    if (index >= colours) throw fail(`the palette has ${colours} colours; got a pixel of colour ${index}`);
    for (let c = 0; c < 3; c++) data[i * channels + c] = palette[index * 3 + c] as number;
    if (alpha !== undefined) data[i * 4 + 3] = alpha[index] ?? 255;
  }
  return { width, height, channels, data };
}

function withTransparentColour(
  flat: Uint8Array,
  wide: Uint16Array | undefined,
  { width, height, depth }: Header,
  samples: 1 | 3,
  colour: Uint8Array,
  fail: (rule: string) => FormatError,
): Pixels {
  if (colour.length !== samples * 2) throw fail(`a transparent colour has ${samples * 2} bytes; got ${colour.length}`);
  const scale = depth < 8 ? 255 / (2 ** depth - 1) : 1;
  const wanted = Array.from({ length: samples }, (_, c) => {
    const value = ((colour[2 * c] as number) << 8) | (colour[2 * c + 1] as number);
    return depth === 16 ? value : (value & (2 ** depth - 1)) * scale;
  });
  const exact = wide ?? flat;
  const channels = (samples + 1) as 2 | 4;
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < samples; c++) data[i * channels + c] = flat[i * samples + c] as number;
    const transparent = wanted.every((value, c) => exact[i * samples + c] === value);
    data[i * channels + samples] = transparent ? 0 : 255;
  }
  return { width, height, channels, data };
}
