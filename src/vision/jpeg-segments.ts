/** The segments of a JPEG: whether it is whole, and which way up it was taken. */
import type { Pixels } from "./png.ts";

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const APP1 = 0xe1;
const ORIENTATION = 0x0112;

interface Segment {
  readonly marker: number;
  /** What follows the segment's length. */
  readonly content: Uint8Array;
}

/** The segments of a JPEG in order, up to the end of its image or of the file; coded pixels behind a start of scan are passed over. */
function* segments(jpeg: Uint8Array): Generator<Segment> {
  for (let at = 2; at + 2 <= jpeg.length && jpeg[at] === 0xff; ) {
    const marker = jpeg[at + 1] as number;
    if (marker === 0xff) {
      at++; // any marker may have fill bytes in front
      continue;
    }
    if (marker === END_OF_IMAGE) {
      yield { marker, content: new Uint8Array(0) };
      return;
    }
    const end = at + 2 + (((jpeg[at + 2] ?? 0) << 8) | (jpeg[at + 3] ?? 0));
    if (end < at + 4 || end > jpeg.length) return;
    yield { marker, content: jpeg.subarray(at + 4, end) };
    at = end;
    if (marker === START_OF_SCAN) while (at < jpeg.length && !isMarker(jpeg, at)) at++;
  }
}

/** Whether a marker begins here, within coded pixels: 00 stands for a byte FF, and D0 to D7 only restart. */
function isMarker(jpeg: Uint8Array, at: number): boolean {
  const next = jpeg[at + 1];
  return jpeg[at] === 0xff && next !== undefined && next !== 0 && !(next >= 0xd0 && next <= 0xd7);
}

/** Whether a JPEG goes on to the end of its image. */
export function isWholeJpeg(jpeg: Uint8Array): boolean {
  let scanned = false;
  for (const { marker } of segments(jpeg)) {
    if (marker === START_OF_SCAN) scanned = true;
    if (marker === END_OF_IMAGE) return scanned;
  }
  return false;
}

/**
 * The orientation from 1 to 8 in a JPEG's EXIF block; 1, which is upright, when there is none that can be read.
 *
 * @see CIPA DC-008 (Exif 2.32), 4.6.4: tag 274
 */
export function exifOrientation(jpeg: Uint8Array): number {
  for (const { marker, content } of segments(jpeg)) {
    if (marker === START_OF_SCAN) return 1;
    if (marker === APP1 && String.fromCharCode(...content.subarray(0, 6)) === "Exif\0\0") {
      return tiffOrientation(content.subarray(6));
    }
  }
  return 1;
}

function tiffOrientation(tiff: Uint8Array): number {
  if (tiff.length < 8) return 1;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  const little = tiff[0] === 0x49;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return 1;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.length) return 1;
    if (view.getUint16(entry, little) !== ORIENTATION) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** The pixels turned and mirrored so that they are upright. */
export function upright(pixels: Pixels, orientation: number): Pixels {
  if (orientation === 1) return pixels;
  const { width, height, channels, data } = pixels;
  const turned = orientation >= 5;
  const mirrorColumns = [2, 3, 7, 8].includes(orientation);
  const mirrorRows = [3, 4, 6, 7].includes(orientation);
  const [newWidth, newHeight] = turned ? [height, width] : [width, height];
  const result = new Uint8Array(data.length);
  for (let r = 0, to = 0; r < newHeight; r++) {
    for (let c = 0; c < newWidth; c++, to += channels) {
      const [row, column] = turned ? [c, r] : [r, c];
      const from =
        ((mirrorRows ? height - 1 - row : row) * width + (mirrorColumns ? width - 1 - column : column)) * channels;
      for (let k = 0; k < channels; k++) result[to + k] = data[from + k] as number;
    }
  }
  return { width: newWidth, height: newHeight, channels, data: result };
}
