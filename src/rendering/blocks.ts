import { invalid, Refusal } from '../base/errors.ts';
import { LEVEL_MARKS, LEVEL_NAMES } from '../base/words.ts';
import type { Block } from '../pushes/schema.ts';
import type { Links } from './links.ts';
import { writeMarkdown } from './markdown.ts';
import type { Palette } from './palette.ts';
import { linkTarget, visible } from './sanitise.ts';
import type { VariantInput } from './schema.ts';
import { type Fragment, fill, html, NOTHING } from './template.ts';
import { heading, lines, RULE } from './text.ts';

/** One block in both forms, and what had to be left out of it, as sentences for the author. */
export type WrittenBlock = { mjml: Fragment; text: string; warnings: string[] };

export type BlockContext = {
  input: VariantInput;
  palette: Palette;
  links: Links;
  /** Under a title block, smaller titles are h3; before the first one, h2: no level is skipped (A11Y-20). */
  underTitle: boolean;
};

export const TYPE_NAMES: Record<Block['type'], string> = {
  title: 'titre',
  text: 'texte',
  image: 'image',
  button: 'bouton',
  resource: 'ressource',
  'key-message': 'élément de langage',
  testimony: 'témoignage',
  video: 'vidéo',
  survey: 'questionnaire',
  separator: 'séparateur',
};

/** « Bloc « intro » (texte) », as every refusal and warning names it. */
export const placeOf = (block: Block): string => `Bloc « ${block.id} » (${TYPE_NAMES[block.type]})`;

const linked = (url: string, label: string, { links, palette }: BlockContext): { html: Fragment; to: string } => {
  const to = links.to(url, label);
  return { html: html`<a href="${to}" style="color:${palette.link}">${label}</a>`, to };
};

type Writer<B extends Block> = (
  block: B,
  context: BlockContext,
) => { mjml: Fragment; text: string; warnings?: string[] };
type Writers = { [T in Block['type']]: Writer<Extract<Block, { type: T }>> };

const removedLinks = (labels: string[]): string[] =>
  labels.map(
    (label) =>
      `le lien « ${label} » est retiré, car il ne mène pas à une page. Donnez une adresse complète, qui commence par https://.`,
  );

/** What a message asks of whoever reads it. */
const SURVEY_BUTTON = 'Donner mon avis';
const NUMBERS = ['', 'Une', 'Deux', 'Trois'];

const markdown = (text: string, { links, palette }: BlockContext) =>
  writeMarkdown(text, links, `color:${palette.link}`);

const writers: Writers = {
  title: ({ text }, { palette }) => ({ mjml: fill('title', { ...palette, text }), text: heading(text) }),

  text: ({ markdown: source }, context) => {
    const body = markdown(source, context);
    return { mjml: fill('text', { body: body.html }), text: body.text, warnings: removedLinks(body.removed) };
  },

  image: (block, { input, links }) => {
    const alt = block.decorative ? '' : visible(block.alt).trim();
    const src = `${input.publicUrl}${block.src}`;
    if (!block.url) return { mjml: fill('image', { src, alt }), text: alt && `[Image : ${alt}]` };
    if (!alt)
      throw invalid(
        'image_link_unnamed',
        'cette image mène à une page, mais rien ne dit laquelle. Décrivez l’image, ou retirez son lien.',
      );
    const href = links.to(block.url, alt);
    return { mjml: fill('image-link', { src, alt, href }), text: lines(`[Image : ${alt}]`, href) };
  },

  button: ({ label, url }, { links }) => {
    const href = links.to(url, label);
    return { mjml: fill('button', { label, href }), text: lines(`${visible(label)} :`, href) };
  },

  resource: ({ resource: slug }, context) => {
    const resource = Object.hasOwn(context.input.resources, slug) ? context.input.resources[slug] : undefined;
    if (!resource)
      throw invalid(
        'resource_missing',
        `la ressource « ${slug} » n’existe pas dans cette campagne. Ajoutez-la à l’inventaire, ou choisissez-en une autre.`,
      );
    const { title, summary, kind, formats, url } = resource;
    const readable = url !== null && linkTarget(url) !== null;
    const link = readable ? linked(url, title, context) : null;
    const list = formats.length > 0 ? `Formats : ${formats.join(', ')}` : '';
    const soft = (text: string): Fragment =>
      html`<p class="soft" style="margin:10px 0 0;font-size:14px;color:${context.palette.soft}">${text}</p>`;
    return {
      mjml: fill('resource', {
        ...context.palette,
        kind,
        summary,
        title: link?.html ?? title,
        tag: context.underTitle ? 'h3' : 'h2',
        formats: list ? soft(list) : NOTHING,
      }),
      text: lines(`${visible(kind)} : ${visible(title)}`, visible(summary), visible(list), link?.to ?? ''),
      warnings:
        url && !readable
          ? [
              `l’adresse de la ressource « ${title} » n’est pas celle d’une page : la carte paraît sans lien. Corrigez-la dans l’inventaire.`,
            ]
          : [],
    };
  },

  'key-message': ({ keyMessage: slug, format }, context) => {
    const { input, palette } = context;
    const wordings = Object.hasOwn(input.keyMessages, slug) ? input.keyMessages[slug] : undefined;
    const wording = wordings?.[format]?.trim() ?? '';
    if (!wording)
      throw invalid(
        'key_message_missing',
        `l’élément de langage « ${slug} » n’a pas de ${format} pour le niveau ${LEVEL_NAMES[input.level]}. Écrivez cette formulation, ou limitez le bloc aux niveaux qui en ont une.`,
      );
    if (format === 'titre') {
      const words = visible(wording).replace(/\s+/g, ' ');
      return { mjml: fill('title', { ...palette, text: words }), text: heading(words) };
    }
    if (format === 'accroche') {
      const body = visible(wording).replace(/\s+/g, ' ');
      return { mjml: fill('hook', { ...palette, body }), text: body };
    }
    const body = markdown(wording, context);
    const mark = LEVEL_MARKS[input.level];
    return {
      mjml: fill('key-message', { ...palette, mark, body: body.html }),
      text: body.text,
      warnings: removedLinks(body.removed),
    };
  },

  testimony: ({ quote, author, role }) => {
    // An author who typed the guillemets gets one pair all the same.
    const words = visible(quote)
      .replace(/\s+/g, ' ')
      .replace(/^[«"“]\s*|\s*[»"”]$/gu, '')
      .trim();
    const signed = role ? `, ${visible(role)}` : '';
    return {
      mjml: fill('testimony', { quote: words, author, role: signed }),
      text: lines(`« ${words} »`, `${visible(author)}${signed}`),
    };
  },

  video: ({ title, url, duration }, context) => {
    const link = linked(url, title, context);
    const caption = duration ? `Vidéo, ${duration}` : 'Vidéo';
    return {
      mjml: fill('video', { ...context.palette, tag: context.underTitle ? 'h3' : 'h2', title: link.html, caption }),
      text: lines(`${visible(caption)} : ${visible(title)}`, link.to),
    };
  },

  survey: ({ survey: slug }, { input, palette, links, underTitle }) => {
    const survey = input.surveys && Object.hasOwn(input.surveys, slug) ? input.surveys[slug] : undefined;
    if (!survey)
      throw invalid(
        'survey_missing',
        `le questionnaire « ${slug} » n’existe pas dans cette campagne, ou c’est celui d’un webinaire. Écrivez-le sur sa page « Questionnaires », ou choisissez-en un autre.`,
      );
    const { title, introduction, questions, url } = survey;
    const href = links.to(url, `${SURVEY_BUTTON} : ${title}`);
    const promise = `${NUMBERS[questions] ?? questions} question${questions > 1 ? 's' : ''}, une minute. C’est anonyme : rien ne dit qui répond.`;
    return {
      mjml: fill('survey', {
        ...palette,
        title,
        introduction: introduction ? html`<p style="margin:0 0 10px">${introduction}</p>` : NOTHING,
        promise,
        tag: underTitle ? 'h3' : 'h2',
        label: SURVEY_BUTTON,
        href,
      }),
      text: lines(`Votre avis : ${visible(title)}`, visible(introduction), promise, `${SURVEY_BUTTON} :`, href),
    };
  },

  separator: (_, { input, palette }) => ({
    mjml: fill('separator', { ...palette, mark: LEVEL_MARKS[input.level] }),
    text: RULE,
  }),
};

/** Throws `invalid`, its sentence opening with the block's place, for what the author must mend. */
export function writeBlock(block: Block, context: BlockContext): WrittenBlock {
  const place = placeOf(block);
  try {
    const write = writers[block.type] as Writer<Block>;
    const { mjml, text, warnings = [] } = write(block, context);
    return { mjml, text, warnings: warnings.map((warning) => `${place} : ${warning}`) };
  } catch (error) {
    if (error instanceof Refusal) throw invalid(error.code, `${place} : ${error.message}`);
    throw error;
  }
}
