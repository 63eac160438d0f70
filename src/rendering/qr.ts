import { create, toBuffer } from 'qrcode';

/** White modules around the code, without which a reader does not find it (ISO/IEC 18004 §5.3.8). */
export const QUIET = 4;

/** A torn or stained poster must still be read: a quarter of the code may be lost; of a long address, where dots get small, 15 %. */
const levelFor = (text: string): 'M' | 'Q' => (text.length <= 90 ? 'Q' : 'M');

/** The dark dots as rows of `[x, y, width]` in modules, quiet zone included in `size`. Refuses what no code can hold (2 300 letters). */
export function qrDots(text: string): { size: number; dots: [number, number, number][] } {
  const { modules } = create(text, { errorCorrectionLevel: levelFor(text) });
  const dots: [number, number, number][] = [];
  for (let y = 0; y < modules.size; y++)
    for (let x = 0; x < modules.size; x++) {
      if (!modules.get(y, x)) continue;
      const last = dots.at(-1);
      // Neighbours are one bar: two rectangles side by side leave a hair of light between them.
      if (last && last[1] === y + QUIET && last[0] + last[2] === x + QUIET) last[2]++;
      else dots.push([x + QUIET, y + QUIET, 1]);
    }
  return { size: modules.size + 2 * QUIET, dots };
}

/** The code as an SVG element without size of its own: black on white, whatever the page's theme. */
export function qrSvg(text: string): string {
  const { size, dots } = qrDots(text);
  const path = dots.map(([x, y, width]) => `M${x} ${y}h${width}v1h-${width}z`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges" role="img" aria-label="Code QR"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${path}"/></svg>`;
}

/** The code as a PNG, 12 pixels a module: sharp on paper up to 10 cm. */
export const qrPng = (text: string): Promise<Buffer> =>
  toBuffer(text, { errorCorrectionLevel: levelFor(text), margin: QUIET, scale: 12, type: 'png' });
