/** `v=DKIM1; k=rsa; p=…` as tags; names in lower case, values trimmed. Null where a part is no `tag=value`. */
export function readTags(record: string): Map<string, string> | null {
  const tags = new Map<string, string>();
  for (const part of record.split(';')) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim().toLowerCase();
    // A tag said twice makes the record void (RFC 6376 §3.2).
    if (at < 1 || tags.has(name)) return null;
    tags.set(name, part.slice(at + 1).trim());
  }
  return tags;
}
