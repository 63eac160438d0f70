import { inflateSync } from 'node:zlib';

const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** First column and row of each pass, and how far the next ones are: one pass, or the seven of an interlaced picture. */
const WHOLE = [[0, 0, 1, 1]] as const;
const SEVEN = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
/** Of a side, in pixels: more than any paper shows. */
const LARGEST = 4000;

/**
 * Whether the pixels of a PNG are all there and no more than its header says. What draws it on paper trusts them: a
 * damaged one ends the whole process, and one that unfolds without end fills its memory.
 */
export function isSoundPng(bytes: Buffer): boolean {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const [depth = 0, colour = 0, , , interlaced = 0] = bytes.subarray(24, 29);
  const bits = depth * (CHANNELS[colour] ?? 0);
  if (![1, 2, 4, 8, 16].includes(depth) || bits === 0 || Math.max(width, height) > LARGEST) return false;
  // Narrower, some of the seven passes are empty, and are read as if they were not.
  if (interlaced > 1 || (interlaced === 1 && Math.min(width, height) < 5)) return false;
  const rows = (interlaced ? SEVEN : WHOLE).flatMap(([left, top, right, down]) => {
    const length = Math.ceil((Math.ceil((width - left) / right) * bits) / 8);
    return Array<number>(Math.ceil((height - top) / down)).fill(length + 1);
  });
  const pixels = inflated(
    bytes,
    // Some programs write a little more than the picture: nobody reads it.
    rows.reduce((sum, length) => sum + length, 4096),
  );
  let at = 0;
  // Each row says first how it was filtered: 0 to 4.
  return rows.every((length) => {
    const filter = pixels?.[at] ?? 5;
    at += length;
    return filter <= 4 && at <= (pixels?.length ?? 0);
  });
}

/** What the picture's data unfold to; null when it is damaged, more than that, or of a picture with two headers. */
function inflated(bytes: Buffer, maxOutputLength: number): Buffer | null {
  const data: Buffer[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const name = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 8 + bytes.readUInt32BE(at);
    if (name === 'IHDR' && at > 8) return null;
    if (name === 'IDAT') data.push(bytes.subarray(at + 8, end));
    at = end + 4;
  }
  try {
    return inflateSync(Buffer.concat(data), { maxOutputLength });
  } catch {
    return null;
  }
}
