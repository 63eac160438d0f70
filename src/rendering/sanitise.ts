import sanitizeHtml from 'sanitize-html';
import { invalid } from '../base/errors.ts';
import { visible } from '../base/visible.ts';

export { visible } from '../base/visible.ts';

/** The address as a browser reads it, or null when a message may not lead there. */
export function linkTarget(text: string): string | null {
  const url = URL.parse(visible(text).trim());
  if (!url || url.username || url.password) return null;
  return ['https:', 'http:', 'mailto:', 'tel:'].includes(url.protocol) ? url.href : null;
}

// Everything our templates and MJML produce, and nothing more: what is not listed is refused, not removed.
const ELEMENTS = new Set(
  (
    'html head title meta style body div table tbody tr td h1 h2 h3 p ul ol li a img strong em br span blockquote ' +
    'noscript xml o:officedocumentsettings o:allowpng o:pixelsperinch mj-text mj-table mj-image mj-button'
  ).split(' '),
);
const LINKED = ['a', 'mj-button', 'mj-image'];
const PICTURES = ['img', 'mj-image'];
const ADDRESSES = new Set([
  'href',
  'src',
  'srcset',
  'background',
  'action',
  'formaction',
  'poster',
  'data',
  'xlink:href',
]);
const CONDITIONAL = /<!--\[if[^\]]*\]>(?:<!-->)?|(?:<!--)?<!\[endif\]-->/g;

function flaw(element: string, attributes: Record<string, string>, images: string): string | null {
  if (!ELEMENTS.has(element)) return `l’élément <${element}> n’a pas sa place dans un message`;
  if (element === 'meta' && attributes['http-equiv']?.toLowerCase() === 'refresh') return 'il redirige le lecteur';
  for (const [name, value] of Object.entries(attributes)) {
    if (/^on/i.test(name)) return `l’attribut ${name} exécuterait un programme`;
    if (name === 'style' && /url\(|expression\(|@import/i.test(value)) return 'un style y charge un fichier';
    if (!ADDRESSES.has(name)) continue;
    if (name === 'href' && LINKED.includes(element) && (value === '#' || linkTarget(value))) continue;
    if (name === 'src' && PICTURES.includes(element) && value.startsWith(images) && !value.includes('..')) continue;
    return name === 'href' ? `le lien ${value} n’est pas permis` : `l’image ${value} n’est pas l’un de vos fichiers`;
  }
  return null;
}

/**
 * The last look at a filled block and at the produced page, samples in their slots (SEC-12, PRV-02): no script, handler,
 * form, frame, foreign image, nor address other than http(s), mailto, tel. Throws `invalid` naming `place`.
 */
export function refuseUnsafeHtml(html: string, publicUrl: string, place: string): void {
  const flaws: string[] = [];
  const bare = html.replace(CONDITIONAL, '');
  sanitizeHtml(bare, {
    allowedTags: false,
    allowedAttributes: false,
    allowVulnerableTags: true,
    onOpenTag: (element, attributes) => {
      const found = flaw(element.toLowerCase(), attributes, `${publicUrl}/fichiers/`);
      if (found) flaws.push(found);
    },
  });
  for (const [sheet] of bare.matchAll(/<style[^>]*>[\s\S]*?<\/style>/gi))
    if (/@import|url\(/i.test(sheet)) flaws.push('la feuille de style charge un fichier');
  if (flaws[0])
    throw invalid('unsafe_html', `${place} : ${flaws[0]}. Retirez ce contenu ou remplacez-le par du texte.`);
}
