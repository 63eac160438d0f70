import { whereIs } from './check-blocks.ts';
import { type Finding, quoted, type VariantCheck } from './check-schema.ts';
import { ancestorsOf, elementsOf, pageOf, textsOf, wordsOf } from './check-tree.ts';

/** How the page is built, for whoever does not see it (A11Y-20), and where its pictures come from (PRV-01, PRV-02). */

const TEMPLATE = 'Ce défaut vient de la mise en page : prévenez l’administrateur du service.';
const frame = (code: string, message: string): Finding => ({
  code,
  level: 'bloquant',
  place: 'Mise en page',
  message,
  remedy: TEMPLATE,
});

export const checkLanguage: VariantCheck = ({ rendered }) => {
  const elements = [...elementsOf(pageOf(rendered))];
  const page = elements.find((e) => e.name === 'html');
  // Webmails drop <html> and <body>: what is left is the first container that holds words.
  const outer = elements.find((e) => e.parent?.name === 'body' && e.style.display !== 'none');
  const french = (lang: string | undefined) => /^fr(?:-|$)/i.test(lang ?? '');
  if (french(page?.attributes.lang) && french(outer?.attributes.lang)) return [];
  return [frame('langue_absente', 'La langue du message (français) n’est pas dite sur la page et sur son cadre.')];
};

export const checkTitle: VariantCheck = ({ rendered }) => {
  const title = [...elementsOf(pageOf(rendered))].find((e) => e.name === 'title');
  const same = (text: string) => text.replace(/\s+/g, ' ').trim();
  return title && same(wordsOf(title)) === same(rendered.subject)
    ? []
    : [frame('titre_objet', 'Le titre de la page n’est pas l’objet du message.')];
};

export const checkHeadings: VariantCheck = (variant) => {
  const headings = [...elementsOf(pageOf(variant.rendered))].filter((e) => /^h[1-6]$/.test(e.name));
  if (headings[0]?.name !== 'h1')
    return [frame('titres_ordre', 'Le message ne commence pas par un titre de premier niveau.')];
  let before = 1;
  for (const heading of headings) {
    const rank = Number(heading.name[1]);
    if (rank > before + 1)
      return [
        {
          code: 'titres_ordre',
          level: 'bloquant',
          ...whereIs(variant, wordsOf(heading)),
          message: `Le titre ${quoted(wordsOf(heading))} saute un niveau : un lecteur d’écran croit qu’il manque une partie.`,
          remedy: 'Ajoutez un bloc titre avant lui.',
        },
      ];
    before = rank;
  }
  return [];
};

/** A table that only lays out is not announced as a table of figures. */
export const checkTables: VariantCheck = ({ rendered }) => {
  const elements = [...elementsOf(pageOf(rendered))];
  const bare = elements.some((e) => e.name === 'table' && !/^(?:presentation|none)$/.test(e.attributes.role ?? ''));
  const headed = elements.some((e) => e.name === 'th');
  return bare || headed
    ? [frame('tableaux', 'Un tableau de mise en page est annoncé comme un tableau de données.')]
    : [];
};

const FILE_NAME = /^[\w .-]+\.(?:png|jpe?g|gif|webp|svg)$|^(?:img|image|photo|dsc|capture)[\s_-]*\d*$/i;

export const checkPictures: VariantCheck = (variant) => {
  const { publicUrl } = variant.input;
  return [...elementsOf(pageOf(variant.rendered))]
    .filter((e) => e.name === 'img')
    .flatMap((img): Finding[] => {
      const { src = '', alt } = img.attributes;
      const path = src.startsWith(publicUrl) ? src.slice(publicUrl.length) : src;
      const block = variant.input.content.blocks.findIndex((b) => b.type === 'image' && b.src === path);
      const decorative =
        block >= 0 &&
        variant.input.content.blocks[block]?.type === 'image' &&
        variant.input.content.blocks[block].decorative;
      const where =
        block >= 0
          ? { place: `Bloc ${block + 1} (image)`, block: { id: variant.input.content.blocks[block]!.id, n: block + 1 } }
          : { place: 'Mise en page' };
      const found: Finding[] = [];
      const linked = ancestorsOf(img).some((e) => e.name === 'a');
      if (alt === undefined || (alt.trim() === '' && (linked || !decorative)))
        found.push({
          code: 'image_sans_texte',
          level: 'bloquant',
          ...where,
          message: linked
            ? 'Une image mène à une page sans que rien ne dise laquelle.'
            : 'Une image n’est pas décrite.',
          remedy: 'Décrivez l’image en une phrase, ou dites qu’elle est décorative.',
        });
      else if (FILE_NAME.test(alt.trim()))
        found.push({
          code: 'image_nom_de_fichier',
          level: 'a_voir',
          ...where,
          message: `La description ${quoted(alt)} est un nom de fichier : elle ne dit pas ce que l’image montre.`,
          remedy: 'Décrivez l’image en une phrase.',
        });
      if (!src.startsWith(`${publicUrl}/fichiers/`))
        found.push({
          code: 'image_tierce',
          level: 'bloquant',
          ...where,
          message: 'Une image vient d’un autre site, qui saurait ainsi qui ouvre le message.',
          remedy: 'Ajoutez cette image à la campagne, puis choisissez-la dans le bloc.',
        });
      if (/\{\{|[?#]/.test(src))
        found.push({
          code: 'image_personnelle',
          level: 'bloquant',
          ...where,
          message:
            'L’adresse d’une image change d’un destinataire à l’autre : elle compterait les ouvertures sans accord.',
          remedy: 'Choisissez une image de la campagne.',
        });
      return found;
    });
};

/** A link among words is told by more than its colour. */
export const checkUnderlines: VariantCheck = (variant) =>
  [...elementsOf(pageOf(variant.rendered))]
    .filter((e) => e.name === 'a' && /none/.test(e.style['text-decoration'] ?? ''))
    .filter((e) => e.parent && /^(?:p|li|span|strong|em)$/.test(e.parent.name))
    .filter((e) => [...textsOf(e.parent!)].some(({ text, holder }) => text.trim() && holder === e.parent))
    .map((e) => ({
      code: 'lien_sans_trait',
      level: 'a_voir',
      ...whereIs(variant, wordsOf(e)),
      message: `Le lien ${quoted(wordsOf(e))} n’est pas souligné au milieu d’un texte.`,
      remedy: TEMPLATE,
    }));
