import { inflateRawSync } from 'node:zlib';

/** Unpacked: an honest list of 200 000 contacts takes about 150 MB of XML. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;
const MAX_ENTRIES = 500;

/**
 * Unpacks every entry once under a hard limit (ASVS 5.2.3), since the sizes a ZIP declares are claims that its reader
 * believes. Follows the central directory as that reader does. ZIP64 is refused: a file under the upload limit has no
 * use for it. `null`: the archive may be read.
 */
export function zipProblem(zip: Buffer): 'damaged' | 'too-large' | null {
  const tail = zip.lastIndexOf('PK\u0005\u0006', zip.length - 22, 'latin1');
  if (tail < 0 || zip.length - tail > 65_557) return 'damaged';
  if (tail >= 20 && zip.readUInt32LE(tail - 20) === 0x07064b50) return 'damaged';
  const count = zip.readUInt16LE(tail + 8);
  if (count > MAX_ENTRIES) return 'too-large';
  let entry = zip.readUInt32LE(tail + 16);
  let left = MAX_UNPACKED_BYTES;
  for (let i = 0; i < count; i++) {
    if (entry + 46 > zip.length || zip.readUInt32LE(entry) !== 0x02014b50) return 'damaged';
    const local = zip.readUInt32LE(entry + 42);
    if (local + 30 > zip.length) return 'damaged';
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(start, start + zip.readUInt32LE(entry + 20));
    const declared = zip.readUInt32LE(entry + 24);
    if (declared > left) return 'too-large';
    const size = zip.readUInt16LE(entry + 10) === 8 ? inflatedSize(data, left) : data.length;
    if (typeof size === 'string') return size;
    left -= Math.max(declared, size);
    entry += 46 + zip.readUInt16LE(entry + 28) + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
  }
  return left < 0 ? 'too-large' : null;
}

function inflatedSize(data: Buffer, limit: number): number | 'damaged' | 'too-large' {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(limit, 1) }).length;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'damaged';
  }
}
