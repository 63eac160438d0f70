/** Whether an address leads to a page: its site and its path; what follows (`?…`, `#…`, a last slash) tells no page apart. */
export const isPage = (address: string, page: string): boolean => pageMatcher(page)(address);

/** Addresses come again and again: a long file names a few hundred pages, a day each. */
const REMEMBERED = 5_000;

/** `isPage` for many addresses. */
export function pageMatcher(page: string): (address: string) => boolean {
  const own = placeOf(page);
  const known = new Map<string, boolean>();
  return (address) => {
    const told = address.trim();
    if (own === null || told === '') return false;
    let is = known.get(told);
    if (is === undefined) {
      is = leadsTo(told, own);
      if (known.size >= REMEMBERED) known.clear();
      known.set(told, is);
    }
    return is;
  };
}

type Place = { site: string; path: string };

function leadsTo(told: string, own: Place): boolean {
  const whole = placeOf(told);
  if (whole !== null) return whole.site === own.site && whole.path === own.path;
  // A tool writes addresses without their site: `/metiers/raccordeur`, `metiers/raccordeur`, `exemple.fr/metiers`.
  const asPath = placeOf(`https://${own.site}/${told.replace(/^\/+/, '')}`);
  const asSite = placeOf(`https://${told}`);
  return asPath?.path === own.path || (asSite?.site === own.site && asSite.path === own.path);
}

function placeOf(address: string): Place | null {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  return { site: url.host.replace(/^www\./, ''), path: plain(url.pathname).replace(/\/+$/, '') };
}

/** Accents as they are, whether written so or as `%C3%A9`. */
function plain(path: string): string {
  try {
    return decodeURIComponent(path).normalize('NFC');
  } catch {
    return path;
  }
}
