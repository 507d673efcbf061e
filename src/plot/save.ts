import { createRequire } from "node:module";
import { NablaError } from "../errors.ts";
import { writeFileAtomic } from "../files/atomic.ts";

/** What is used of the package `@resvg/resvg-js`. */
interface Resvg {
  /** Where something is drawn; undefined if nothing is. */
  getBBox(): object | undefined;
  render(): { asPng(): Uint8Array };
}
type OpenResvg = new (svg: string, options: object) => Resvg;

/**
 * Writes a picture to a file: as it is, or to a path ending in `.png` as `scale` image pixels a CSS pixel. The one part of this room that
 * needs Node: `save.browser.ts` stands in for it in browser bundles (the `browser` map of package.json).
 */
export function savePicture(path: string, svg: string, scale: number): void {
  writeFileAtomic(path, /\.png$/i.test(path) ? png(path, svg, scale) : `${svg}\n`);
}

function png(path: string, svg: string, scale: number): Uint8Array {
  const Open = openResvg(path);
  // Without a font the text of a chart would be missing, and nothing would say so.
  if (new Open('<svg xmlns="http://www.w3.org/2000/svg"><text y="20">x</text></svg>', { font }).getBBox() === undefined)
    throw new NablaError(
      `Picture.save: a PNG needs a font on this machine; found none for ${JSON.stringify(path)}; install one (Debian: apt-get install fonts-dejavu-core) or save as .svg`,
    );
  // The rasteriser knows SVG's own word for sharp pixels only, not the one of CSS.
  const sharp = svg.replaceAll('style="image-rendering:pixelated"', 'image-rendering="optimizeSpeed"');
  return new Open(sharp, { font, fitTo: { mode: "zoom", value: scale } }).render().asPng();
}

const font = { loadSystemFonts: true };

/** Loaded on first use: drawing and saving as SVG cost nothing of it. */
function openResvg(path: string): OpenResvg {
  try {
    return (createRequire(import.meta.url)("@resvg/resvg-js") as { Resvg: OpenResvg }).Resvg;
  } catch (cause) {
    throw new NablaError(
      `Picture.save: a PNG is drawn by the package @resvg/resvg-js, which does not load here; got ${JSON.stringify(path)}; save as .svg`,
      { cause },
    );
  }
}
