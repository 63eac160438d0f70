const LONGEST = 60;

/** The slug a name gives: « Lettre d’été n° 2 » → `lettre-d-ete-n-2`. A name without a letter or a digit gives `sans-nom`. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('œ', 'oe').replaceAll('æ', 'ae');
  const slug = plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, '');
  return slug || 'sans-nom';
}
