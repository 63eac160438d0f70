import { fillSample } from '../rendering/sample.ts';
import { blocksOf } from './check-blocks.ts';
import { type Finding, quoted, type VariantCheck } from './check-schema.ts';
import { type Element, elementsOf, pageOf, wordsOf } from './check-tree.ts';

/** The message as a whole: its subject, its weight, its plain-text twin, the links the law wants in it. */

/** Mailboxes cut a subject after some 70 characters on a screen, 40 on a telephone. */
const SUBJECT_LONG = 80;
/** Of HTML: Gmail clips near 102 KB (MAIL-41). */
const WARN_BYTES = 80_000;
const BLOCK_BYTES = 100_000;

const FRAME = { place: 'Mise en page' };
const TEMPLATE = 'Ce défaut vient de la mise en page : prévenez l’administrateur du service.';

export const checkSubject: VariantCheck = ({ rendered: { subject } }) => {
  const finding = (code: string, level: Finding['level'], message: string, remedy: string): Finding => ({
    code,
    level,
    place: 'Objet',
    message,
    remedy,
  });
  if (!subject.trim())
    return [
      finding('objet_vide', 'bloquant', 'L’objet est vide.', 'Écrivez ce que le lecteur trouvera dans le message.'),
    ];
  if (!/[\p{L}\p{N}]/u.test(subject))
    return [
      finding(
        'objet_sans_mot',
        'bloquant',
        `L’objet ${quoted(subject)} n’a aucun mot : un lecteur d’écran n’en dit rien d’utile.`,
        'Écrivez quelques mots ; un symbole peut les accompagner.',
      ),
    ];
  const found: Finding[] = [];
  const length = [...subject].length;
  if (length > SUBJECT_LONG)
    found.push(
      finding(
        'objet_long',
        'a_voir',
        `L’objet compte ${length} caractères : la plupart des messageries le couperont.`,
        'Mettez l’essentiel dans les 60 premiers caractères.',
      ),
    );
  const letters = subject.replace(/[^\p{L}]/gu, '');
  if (letters.length >= 8 && letters === letters.toUpperCase())
    found.push(
      finding(
        'objet_capitales',
        'a_voir',
        'L’objet est tout en capitales : il se lit mal et ressemble à un message indésirable.',
        'Écrivez-le en minuscules, avec une capitale au début.',
      ),
    );
  if (/^\s*(?:re|fwd?|tr|rép)\s*:/i.test(subject))
    found.push(
      finding(
        'objet_fausse_reponse',
        'bloquant',
        `L’objet ${quoted(subject)} imite une réponse ou un transfert, ce qui trompe le lecteur.`,
        'Retirez ce début.',
      ),
    );
  return found;
};

/** MAIL-41, after links are rewritten: the longest a place can become, not the sample of a preview. */
export const checkWeight: VariantCheck = ({ input: { publicUrl }, rendered }, { linkMode }) => {
  const personal = `${publicUrl}/preferences/${'x'.repeat(43)}`;
  const { html } = fillSample(rendered, {
    greeting: 'Bonjour Marie-Alexandrine de La Rochefoucauld,',
    unsubscribe: personal,
    preferences: personal,
    web: personal,
    register: `${rendered.links[0]?.url ?? ''}/moi/${'x'.repeat(43)}`,
    ...(linkMode === 'direct'
      ? {}
      : Object.fromEntries(
          rendered.links.map((_, i) => [
            `link:${i}`,
            `${publicUrl}/r/${'x'.repeat(linkMode === 'individuel' ? 43 : 22)}`,
          ]),
        )),
  });
  const bytes = Buffer.byteLength(html);
  if (bytes <= WARN_BYTES) return [];
  const blocked = bytes > BLOCK_BYTES;
  return [
    {
      code: 'poids',
      level: blocked ? 'bloquant' : 'a_voir',
      place: 'Message',
      message: `Le message pèse ${Math.round(bytes / 1000)} ko : ${blocked ? 'au-delà de 100 ko, les messageries le coupent, lien de désinscription compris' : 'à partir de 100 ko, les messageries le couperont'}.`,
      remedy: 'Retirez des blocs, ou remplacez de longs textes par un lien vers une page.',
    },
  ];
};

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The words of a link when they are an address or a telephone number; nothing when they are a name. */
const typed = (anchor: Element): string =>
  /^(?:https?:\/\/|[^\s@]+@|[+\d][\d .()-]{3,}$)/i.test(wordsOf(anchor).trim()) ? wordsOf(anchor).trim() : '';

/** MAIL-40: what has no HTML reads the same words and finds the same links. */
export const checkTwin: VariantCheck = ({ rendered }) => {
  if (!plain(rendered.text))
    return [
      {
        code: 'texte_absent',
        level: 'bloquant',
        ...FRAME,
        message: 'Le message n’a pas de version en texte.',
        remedy: TEMPLATE,
      },
    ];
  const page = pageOf(rendered);
  const anchors = [...elementsOf(page)].filter((e) => e.name === 'a' && e.attributes.href);
  const hrefs = new Set(anchors.map((e) => e.attributes.href ?? ''));
  const words = wordsOf(page);
  // An address that is its own words (a controller's page) is read there as it was typed.
  const missing = anchors
    .filter(
      (e) =>
        ![(e.attributes.href ?? '').replace(/^(?:mailto|tel):/, ''), typed(e)].some(
          (said) => said && rendered.text.includes(said),
        ),
    )
    .map((e) => e.attributes.href ?? '');
  const alone = (
    rendered.text.match(/\{\{(?:link:\d+|unsubscribe|preferences|web|register)\}\}|https?:\/\/[^\s<>]+/g) ?? []
  ).filter((href) => !hrefs.has(href) && !words.includes(href));
  const differing = [...new Set([...missing, ...alone])];
  if (!differing.length) return [];
  const named = differing.map((href) => rendered.links[Number(/^\{\{link:(\d+)/.exec(href)?.[1] ?? -1)]?.label ?? href);
  return [
    {
      code: 'texte_liens',
      level: 'bloquant',
      ...FRAME,
      message: `La version en texte et le message n’ont pas les mêmes liens : ${named.map((n) => quoted(n)).join(', ')}.`,
      remedy: TEMPLATE,
    },
  ];
};

const OWED = [
  {
    code: 'desinscription_absente',
    what: 'de lien de désinscription',
    has: (href: string) => href === '{{unsubscribe}}',
  },
  {
    code: 'preferences_absentes',
    what: 'de lien vers les choix de mesure',
    has: (href: string) => href === '{{preferences}}',
  },
  {
    code: 'confidentialite_absente',
    what: 'de lien vers l’information sur les données personnelles',
    has: (href: string) => /\/confidentialite\//.test(href),
  },
] as const;

/** PRV-06: three links, apart, in both forms of the message. */
export const checkOwedLinks: VariantCheck = ({ rendered }) => {
  const hrefs = [...elementsOf(pageOf(rendered))].flatMap((e) => (e.name === 'a' ? [e.attributes.href ?? ''] : []));
  const inText = rendered.text.match(/\{\{\w+\}\}|https?:\/\/\S+/g) ?? [];
  return OWED.filter(({ has }) => !hrefs.some(has) || !inText.some(has)).map(({ code, what }) => ({
    code,
    level: 'bloquant',
    ...FRAME,
    message: `Le message n’a pas ${what}.`,
    remedy: TEMPLATE,
  }));
};

/** A message that says nothing once its pictures are off (A11Y-20). Frame and footer do not count. */
export const checkPicturesOnly: VariantCheck = (variant) => {
  const blocks = blocksOf(variant);
  const pictures = blocks.filter((b) => b.type === 'image').length;
  const written = plain(
    blocks
      .filter((b) => b.type !== 'image')
      .map((b) => b.words)
      .join(' '),
  ).length;
  if (pictures === 0 || written >= 80 * Math.min(pictures, 3)) return [];
  return [
    {
      code: 'image_seule',
      level: 'bloquant',
      place: 'Message',
      message: `Le message tient presque tout entier dans ${pictures > 1 ? 'des images' : 'une image'} : sans elles, il ne dit rien.`,
      remedy: 'Écrivez dans un bloc de texte ce que les images montrent.',
    },
  ];
};
