export type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'macintosh';
export type Decoded = { text: string; encoding: Encoding };

/**
 * The text of a file somebody exported: its BOM if it has one, UTF-16 if every other byte is NUL, UTF-8 if it is
 * strictly valid, else windows-1252, which accepts anything. Statistical detectors misjudge short French files;
 * for an old Mac file the person says so with `encoding`.
 */
export function decode(bytes: Uint8Array, encoding: Encoding = detectEncoding(bytes)): Decoded {
  const label = encoding === 'utf-8-bom' ? 'utf-8' : encoding;
  // TextDecoder drops the BOM itself.
  return { text: new TextDecoder(label).decode(bytes), encoding };
}

function detectEncoding(bytes: Uint8Array): Encoding {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return isUtf8(bytes) ? 'utf-8-bom' : 'windows-1252';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return utf16ByNuls(bytes) ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252');
}

/** Mostly Latin text in UTF-16 has a NUL in every pair, always on the same side. */
function utf16ByNuls(bytes: Uint8Array): Encoding | null {
  const sample = bytes.subarray(0, 4096);
  const nuls = [0, 0];
  sample.forEach((byte, i) => {
    if (byte === 0) nuls[i % 2]!++;
  });
  const [even, odd] = nuls as [number, number];
  const many = sample.length * 0.3;
  if (odd > many && even < odd / 10) return 'utf-16le';
  if (even > many && odd < even / 10) return 'utf-16be';
  return null;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
