import { parseParis, toParisDay, toParisField } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import { slugOf } from '../base/slug.ts';
import { PARTNER_ROLES, type PartnerRole } from '../campaigns/schema.ts';
import type { OrganisationName } from '../organisations/list-organisations.ts';
import type { Bundle } from '../plan/bundle.ts';
import { audiencesFor, campaignFromModel, lengthInDays, shifted } from '../plan/from-model.ts';

/**
 * What has been answered so far. It travels in the address and in hidden fields, so that going back works, nothing is
 * stored before the end, and no script is needed. A list that is null has not been asked yet.
 */
export type Draft = {
  modele: string;
  nom: string;
  slogan: string;
  debut: string;
  fin: string;
  couleur: string;
  accent: string;
  partenaires: [slug: string, role: PartnerRole][] | null;
  audiences: string[] | null;
  /** Kept pushes with their date as a form gives it; empty: none. */
  envois: [slug: string, date: string][] | null;
};

/** What the steps are judged with: read once for each request. */
export type Around = {
  model: Bundle | null;
  organisations: readonly OrganisationName[];
  mine: OrganisationName;
  now: Date;
};

const TEXTS = ['modele', 'nom', 'slogan', 'debut', 'fin', 'couleur', 'accent'] as const;
const LISTS = ['partenaires', 'audiences', 'envois'] as const;
/** Stands for « asked, and none kept » in an address. */
const NONE = '-';
const DAY = 86_400_000;

export function draftOf(params: URLSearchParams): Draft {
  const texts = Object.fromEntries(TEXTS.map((name) => [name, params.get(name) ?? ''])) as Record<
    (typeof TEXTS)[number],
    string
  >;
  const list = (name: string) => (params.has(name) ? params.getAll(name).filter((v) => v !== NONE) : null);
  const pair = (text: string, mark: string): [string, string] => {
    const at = text.indexOf(mark);
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  };
  return {
    ...texts,
    partenaires:
      list('partenaires')
        ?.map((t) => pair(t, ':'))
        .filter((p): p is [string, PartnerRole] => (PARTNER_ROLES as readonly string[]).includes(p[1])) ?? null,
    audiences: list('audiences'),
    envois: list('envois')?.map((t) => pair(t, '@')) ?? null,
  };
}

export function paramsOf(draft: Draft): [name: string, value: string][] {
  const lists: Record<(typeof LISTS)[number], string[] | null> = {
    partenaires: draft.partenaires?.map((p) => p.join(':')) ?? null,
    audiences: draft.audiences,
    envois: draft.envois?.map((p) => p.join('@')) ?? null,
  };
  return [
    ...TEXTS.filter((name) => draft[name] !== '').map((name): [string, string] => [name, draft[name]]),
    ...LISTS.flatMap((name) => {
      const values = lists[name];
      return values === null ? [] : (values.length ? values : [NONE]).map((v): [string, string] => [name, v]);
    }),
  ];
}

/** The answer of a step from which later ones are proposed; a form sends back the one it was shown with. */
export function keyAnswer(step: number, d: Draft): string {
  if (step === 1) return d.modele;
  if (step === 2) return d.debut;
  if (step === 4) return String(d.partenaires);
  return step === 5 ? String(d.audiences) : '';
}

export const stepUrl = (step: number, draft: Draft): string =>
  `/campagnes/nouvelle?${new URLSearchParams([['etape', String(step)], ...paramsOf(draft)])}`;

/** What the model answers is proposed and only has to be agreed to. */
export function withDefaults(d: Draft, { model, organisations, mine, now }: Around): Draft {
  if (!model) return d;
  const { campaign } = model;
  const debut = d.debut || (campaign.startsOn > toParisDay(now) ? campaign.startsOn : nextMonday(now));
  const filled = {
    ...d,
    debut,
    nom: d.nom || campaign.name,
    slogan: d.nom ? d.slogan : d.slogan || campaign.tagline,
    fin: d.fin || new Date(Date.parse(debut) + lengthInDays(model) * DAY).toISOString().slice(0, 10),
    couleur: d.couleur || campaign.identity.colour,
    accent: d.accent || campaign.identity.accent,
    partenaires: d.partenaires ?? modelPartners(model, organisations, mine),
  };
  const audiences =
    filled.audiences ??
    audiencesFor(model, new Set(partnersOf(filled, mine).map((p) => p.organisation))).map((a) => a.slug);
  const envois =
    filled.envois ??
    model.pushes
      .filter((p) => audiences.includes(p.audience))
      .map((p): [string, string] => [
        p.slug,
        p.scheduledAt ? toParisField(shifted(p.scheduledAt, campaign.startsOn, debut)) : '',
      ]);
  return { ...filled, audiences, envois };
}

/** A week ahead at least: there is time to read and to approve. */
function nextMonday(now: Date): string {
  const day = new Date(Date.parse(toParisDay(now)) + 7 * DAY);
  return new Date(day.getTime() + ((8 - day.getUTCDay()) % 7) * DAY).toISOString().slice(0, 10);
}

const modelPartners = (
  { campaign }: Bundle,
  organisations: readonly OrganisationName[],
  mine: OrganisationName,
): [string, PartnerRole][] =>
  campaign.partners
    .filter((p) => p.organisation !== mine.slug && organisations.some((o) => o.slug === p.organisation))
    .map((p) => [p.organisation, p.role === 'relais' ? 'relais' : 'signataire']);

/** The lead first: it keeps an address that several of them hold. */
export const partnersOf = (
  d: Pick<Draft, 'partenaires'>,
  mine: OrganisationName,
): { organisation: string; role: PartnerRole }[] => [
  { organisation: mine.slug, role: 'pilote' },
  ...(d.partenaires ?? [])
    .filter(([slug]) => slug !== mine.slug)
    .map(([organisation, role]) => ({ organisation, role })),
];

/** What is wrong with the answers of one step (1 to 6), by field. */
export function stepErrors(step: number, d: Draft, around: Around): FieldError[] {
  const { model, organisations, now } = around;
  const wrong = (field: string, message: string, when: boolean): FieldError[] => (when ? [{ field, message }] : []);
  switch (step) {
    case 1:
      return wrong('modele', 'Choisissez un modèle.', model === null);
    case 2:
      return [
        ...wrong('nom', 'Donnez un nom à la campagne.', d.nom.trim() === ''),
        ...wrong('nom', '160 caractères au plus.', d.nom.trim().length > 160),
        ...wrong('slogan', '200 caractères au plus.', d.slogan.trim().length > 200),
        ...wrong('debut', 'Donnez une date qui existe.', !isDay(d.debut)),
        ...wrong('fin', 'Donnez une date qui existe.', !isDay(d.fin)),
        ...wrong(
          'fin',
          'La campagne finit avant d’avoir commencé : choisissez une date plus tardive.',
          isDay(d.debut) && isDay(d.fin) && d.fin < d.debut,
        ),
      ];
    case 3:
      return (['couleur', 'accent'] as const).flatMap((f) =>
        wrong(f, 'Une couleur s’écrit #1a2330 : un dièse et six chiffres ou lettres.', !/^#[0-9a-f]{6}$/i.test(d[f])),
      );
    case 4:
      return (d.partenaires ?? []).flatMap(([slug]) =>
        wrong(`role-${slug}`, 'Cette organisation n’existe pas ici.', !organisations.some((o) => o.slug === slug)),
      );
    case 5:
      return wrong(
        'audiences',
        'Gardez au moins une audience : sans elle, il n’y a personne à qui écrire.',
        !d.audiences?.length,
      );
    case 6:
      return (d.envois ?? []).flatMap(([slug, date]) => {
        const at = date ? parseParis(date) : null;
        return [
          ...wrong(`date-${slug}`, 'Donnez une date et une heure qui existent.', date !== '' && at === null),
          ...wrong(
            `date-${slug}`,
            'Cette date est passée : choisissez-en une à venir, ou aucune.',
            at !== null && at <= now,
          ),
        ];
      });
    default:
      return [];
  }
}

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseParis(text) !== null;

const DEFAULT_ARRANGEMENT =
  'Les organisations partenaires décident ensemble des messages, du calendrier et de la façon de compter les résultats. Chacune écrit à ses propres contacts, depuis sa propre adresse, et reste seule à les connaître : aucune liste ne circule.\n\nChacune informe ses contacts, reçoit leurs demandes d’accès ou d’opposition et y répond ; une demande reçue par erreur est transmise sans délai. Les résultats sont partagés sous forme de totaux.';

/** The campaign these answers make. The model must be there: step 1 was passed. */
export function bundleOf(d: Draft, model: Bundle, mine: OrganisationName): Bundle {
  const partners = partnersOf(d, mine);
  const sameAsModel =
    model.campaign.partners.length === partners.length &&
    model.campaign.partners.every((p) => partners.some((q) => q.organisation === p.organisation && q.role === p.role));
  return campaignFromModel(model, {
    slug: slugOf(d.nom),
    name: d.nom.trim(),
    tagline: d.slogan.trim(),
    startsOn: d.debut,
    endsOn: d.fin,
    colour: d.couleur,
    accent: d.accent,
    partners,
    arrangement: sameAsModel ? model.campaign.arrangement : DEFAULT_ARRANGEMENT,
    contactPoint: mine.privacyContact || (sameAsModel ? model.campaign.contactPoint : ''),
    audiences: d.audiences ?? [],
    pushes: new Map((d.envois ?? []).map(([slug, date]) => [slug, date ? parseParis(date) : null])),
  });
}
