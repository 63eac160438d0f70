import { hourOf, longDate, toParisDay, ZONE } from '../base/dates.ts';
import { invalid } from '../base/errors.ts';
import { icsCalendar } from '../base/ics.ts';
import { overseasLine } from '../base/overseas.ts';
import { type Attachment, slot } from '../mail/skeleton.ts';
import { fromLetter, invitedPage } from '../webinars/origins.ts';
import { blocksOf, compileVariant, writeBlocks } from './compile.ts';
import { type Frame, footerValues, frameOf, logoOf } from './frame.ts';
import { collectLinks } from './links.ts';
import { type Palette, paletteOf } from './palette.ts';
import { visible } from './sanitise.ts';
import type { RenderedVariant, VariantInput, WebinarShown } from './schema.ts';
import { type Fragment, fill, fillInvitation, html, join, NOTHING } from './template.ts';
import { closing, heading, lines, paragraphs, underlined } from './text.ts';

/** Part of the invitation in both forms; both are empty when there is nothing to say. */
type Part = { mjml: Fragment; text: string };
const NO_PART: Part = { mjml: NOTHING, text: '' };

const MAIN = 'Voir le programme et s’inscrire';
const PREFILLED = 'M’inscrire avec mes coordonnées déjà remplies';
const PERSONAL = 'Ce lien vous est personnel : ne le transmettez pas.';
const CALENDAR = 'Ajouter à mon agenda';
const SPEAKERS = 'Qui intervient';

/**
 * One variant of an invitation to a webinar as a finished message with slots: the webinar as it stands, then the author's
 * blocks. Its hour is written in it and in the calendar file it carries, so that a yes to these bytes is a yes to that
 * hour. Its first link is the webinar's page, where `register` leads whoever has no link of their own.
 */
export async function renderInvitation(input: VariantInput): Promise<RenderedVariant> {
  const { content, level, webinar } = input;
  if (!webinar)
    throw invalid(
      'webinar_missing',
      `Le webinaire « ${content.webinar ?? ''} » n’existe pas dans cette campagne : choisissez-en un autre.`,
    );
  const subject = content.subjects[level] ?? content.subject;
  const palette = paletteOf(input);
  const frame = invitationFrame(input, subject, webinar);
  const links = collectLinks();
  const page = links.to(invitedPage(pageOf(input, webinar)), MAIN);
  const agenda = `${pageOf(input, webinar)}/agenda.ics`;
  const blocks = writeBlocks(blocksOf(input), { input, palette, links });
  const parts = {
    card: cardPart(webinar, palette),
    speakers: speakersPart(webinar, palette),
    organisers: organisersPart(webinar),
  };
  const mjml = fillInvitation('layout', {
    ...palette,
    unsubscribe: slot('unsubscribe'),
    web: slot('web'),
    register: slot('register'),
    greeting: slot('greeting'),
    preview: fill('preview', { preheader: frame.preheader }),
    subject: frame.subject,
    headline: frame.headline,
    logo: logoOf(input),
    campaignName: frame.campaign,
    tagline: frame.tagline
      ? html`<p style="margin:4px 0 0;font-size:15px;line-height:1.4">${frame.tagline}</p>`
      : NOTHING,
    senderName: frame.sender,
    partners: frame.partners,
    card: parts.card.mjml,
    summary: summaryOf(webinar) ? fillInvitation('summary', { summary: summaryOf(webinar) }) : NOTHING,
    speakers: parts.speakers.mjml,
    organisers: parts.organisers.mjml,
    page,
    main: MAIN,
    prefilled: PREFILLED,
    personal: PERSONAL,
    agenda,
    calendar: CALENDAR,
    blocks: join(blocks.map((block) => block.mjml)),
    footer: fill('footer', footerValues(frame, palette)),
  });
  return compileVariant(input, {
    channel: 'webinaire',
    subject,
    mjml: mjml.html,
    text: invitationTwin(frame, {
      card: parts.card.text,
      about: [summaryOf(webinar), parts.speakers.text, parts.organisers.text],
      acts: [
        lines(`${MAIN} :`, page),
        lines(`${PREFILLED} :`, slot('register'), PERSONAL),
        lines(`${CALENDAR} :`, agenda),
      ],
      blocks: blocks.map((block) => block.text),
    }),
    links,
    warnings: blocks.flatMap((block) => block.warnings),
    attachments: [calendarFile(input, webinar)],
  });
}

/** Where anybody reads its programme and registers. */
const pageOf = ({ publicUrl }: Pick<VariantInput, 'publicUrl'>, { address }: WebinarShown): string =>
  `${publicUrl}/webinaires/${address}`;

const summaryOf = ({ summary }: WebinarShown): string => visible(summary).replace(/\s+/g, ' ').trim();

function invitationFrame(input: VariantInput, subject: string, webinar: WebinarShown): Frame {
  const frame = frameOf(input, subject, webinar.title);
  const when = `${longDate(webinar.startsAt)}, ${hoursOf(webinar)}`;
  return {
    ...frame,
    preheader: visible(input.content.preheader || `${when}. ${summaryOf(webinar)}`.trim()),
    why: visible(
      `Vous recevez cette invitation parce que ${input.organisation.name} vous compte parmi ses contacts professionnels. Votre adresse n’est pas communiquée aux autres partenaires de la campagne.`,
    ),
  };
}

const hour = (at: Date): string => hourOf(at).replaceAll(' ', '\u00a0');

/** « de 14 h à 15 h 30 »; one that ends after midnight says on which day. */
const hoursOf = ({ startsAt, endsAt }: WebinarShown): string =>
  `de ${hour(startsAt)} à ${hour(endsAt)}${toParisDay(startsAt) === toParisDay(endsAt) ? '' : ` le ${longDate(endsAt)}`}`;

const leaf = (at: Date, part: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat('fr-FR', { timeZone: ZONE, ...part }).format(at);

function cardPart(webinar: WebinarShown, palette: Palette): Part {
  const date = longDate(webinar.startsAt);
  const hours = `${hoursOf(webinar)}, heure de Paris`;
  // An hour is never cut from its number, nor a line begun with a sign.
  const overseas = overseasLine(webinar.startsAt).replace(/ (?=[h:·])/g, '\u00a0');
  const limited = webinar.limited ? 'Les places sont limitées.' : '';
  return {
    mjml: fillInvitation('card', {
      ...palette,
      weekday: leaf(webinar.startsAt, { weekday: 'long' }),
      day: leaf(webinar.startsAt, { day: 'numeric' }),
      month: leaf(webinar.startsAt, { month: 'long' }),
      date,
      hours,
      overseas,
      limited: limited ? html`<p style="margin:8px 0 0"><strong>${limited}</strong></p>` : NOTHING,
    }),
    text: lines(underlined(date, '-'), hours, limited, `Outre-mer : ${overseas}`),
  };
}

function speakersPart({ speakers }: WebinarShown, palette: Palette): Part {
  if (speakers.length === 0) return NO_PART;
  const said = speakers.map((s) => ({
    name: visible(s.name),
    role: visible([s.role, s.organisation].filter(Boolean).join(', ')),
  }));
  return {
    mjml: fillInvitation('speakers', {
      ...palette,
      title: SPEAKERS,
      speakers: join(
        said.map(
          ({ name, role }) =>
            html`<li style="margin:0 0 6px"><strong>${name}</strong>${role ? html`<span class="soft" style="color:${palette.soft}">, ${role}</span>` : NOTHING}</li>`,
        ),
      ),
    }),
    text: lines(heading(SPEAKERS), ...said.map(({ name, role }) => `- ${[name, role].filter(Boolean).join(', ')}`)),
  };
}

const french = new Intl.ListFormat('fr', { type: 'conjunction' });

function organisersPart({ organisers }: WebinarShown): Part {
  if (organisers.length === 0) return NO_PART;
  const text = visible(`Un webinaire organisé par ${french.format(organisers)}.`);
  return { mjml: fillInvitation('organisers', { organisers: text }), text };
}

/**
 * For the calendar of whoever has not registered (CAL-01): nobody is invited by it, nothing answers to it, and it does not
 * say where to join (CAL-06). The same event as the one on the public page, whichever of them is opened first.
 */
function calendarFile(input: VariantInput, webinar: WebinarShown): Attachment {
  const { campaign, organisation } = input;
  const page = fromLetter(invitedPage(pageOf(input, webinar)), organisation.slug, input.level);
  return {
    name: 'webinaire.ics',
    type: 'text/calendar; charset=utf-8; method=PUBLISH',
    content: icsCalendar({
      name: campaign.name,
      method: 'PUBLISH',
      events: [
        {
          uid: webinar.uid,
          sequence: webinar.sequence,
          stamp: webinar.changedAt,
          start: webinar.startsAt,
          end: webinar.endsAt,
          summary: visible(webinar.title),
          description: paragraphs(
            summaryOf(webinar),
            `Programme et inscription : ${page}`,
            'L’adresse pour participer est donnée aux personnes inscrites.',
          ),
          location: 'En ligne',
          url: page,
          organizer: {
            name: organisation.senderName,
            address: organisation.replyTo ?? organisation.senderAddress,
          },
        },
      ],
    }),
  };
}

type Twin = { card: string; about: string[]; acts: string[]; blocks: string[] };

/** The same words and links in the same order (MAIL-40). */
const invitationTwin = (frame: Frame, { card, about, acts, blocks }: Twin): string =>
  `${paragraphs(
    lines(`Version en ligne : ${slot('web')}`, `Se désinscrire : ${slot('unsubscribe')}`),
    lines(frame.campaign.toUpperCase(), frame.tagline),
    lines('Webinaire', `Une invitation de ${frame.sender}${frame.partners}`),
    card,
    underlined(frame.headline, '='),
    slot('greeting'),
    ...about,
    ...acts,
    ...blocks,
    ...closing(frame),
  )}\n`;
