import { fromParis, parisFields, parseParis, toParisDay } from '../base/dates.ts';
import { imagePath } from '../campaigns/image-file.ts';
import type { PartnerRole } from '../campaigns/schema.ts';
import type { AudienceRule } from '../contacts/audience-schema.ts';
import type { Block, PushInput } from '../pushes/schema.ts';
import { proposedWindow } from '../pushes/timing.ts';
import type { AudiencePart, Bundle } from './bundle.ts';
import { KINDS } from './kinds/all.ts';
import { pressFromModel } from './press-file.ts';
import { webinarSlugs } from './references.ts';

/** What a person answers; everything else comes from the model. */
export type Answers = {
  slug: string;
  name: string;
  tagline: string;
  startsOn: string;
  endsOn: string;
  colour: string;
  accent: string;
  /** In order; the lead is one of them. */
  partners: { organisation: string; role: PartnerRole }[];
  arrangement: string;
  contactPoint: string;
  /** Slugs of the model's audiences that are kept. */
  audiences: readonly string[];
  /** Slugs of the model's pushes that are kept, with their new date (null: none yet). */
  pushes: ReadonlyMap<string, Date | null>;
};

/** Pure: the campaign that a model becomes with these answers. */
export function campaignFromModel(model: Bundle, answers: Answers): Bundle {
  const organisations = new Set(answers.partners.map((p) => p.organisation));
  const signatories = answers.partners
    .filter((p) => p.role !== 'relais')
    .map((p) => p.organisation)
    .toSorted();
  const audiences = audiencesFor(model, organisations).filter((a) => answers.audiences.includes(a.slug));
  const reachable = new Set(audiences.map((a) => a.slug));
  const { slug, name, tagline, startsOn, endsOn, partners, arrangement, contactPoint } = answers;
  const more = moreFromModel(model, answers);
  const webinars = webinarSlugs({ more });
  const made: Bundle = {
    ...model,
    campaign: {
      ...model.campaign,
      name,
      tagline,
      startsOn,
      endsOn,
      partners,
      arrangement,
      contactPoint,
      demo: false,
      identity: { ...model.campaign.identity, colour: answers.colour, accent: answers.accent },
    },
    audiences,
    more,
    pushes: model.pushes
      .filter((p) => answers.pushes.has(p.slug) && reachable.has(p.audience))
      .filter(({ content: { webinar } }) => webinar === undefined || webinars.includes(webinar))
      .map((p) => ({
        ...p,
        signatories,
        scheduledAt: p.recurrence ? null : (answers.pushes.get(p.slug) ?? null),
        deadlineAt: p.deadlineAt && shifted(p.deadlineAt, model.campaign.startsOn, startsOn),
        // Dates of its own: the model's window and answers were about another one.
        window: windowFor(p, answers.pushes.get(p.slug) ?? null),
        answerBy: null,
        silence: 'rien_ne_part' as const,
        content: {
          ...p.content,
          blocks: p.content.blocks.flatMap((b) => blockFor(b, organisations)),
          ...(p.content.press && { press: pressFromModel(p.content.press, answers.pushes.get(p.slug) ?? null) }),
        },
      }))
      .map((p) => (p.scheduledAt && p.deadlineAt && p.deadlineAt <= p.scheduledAt ? { ...p, deadlineAt: null } : p)),
  };
  return underSlug(made, slug);
}

/** Actions, relays, kit…: at the new dates; what was decided, paid or declared in the model was about the model. */
function moreFromModel({ campaign, more }: Bundle, { startsOn, partners }: Answers): Bundle['more'] {
  const shift = {
    partners: new Set(partners.map((p) => p.organisation)),
    lead: partners.find((p) => p.role === 'pilote')?.organisation ?? '',
    startsOn,
    instant: (at: Date) => shifted(at, campaign.startsOn, startsOn),
    day: (day: string) => toParisDay(shifted(parseParis(day) ?? new Date(), campaign.startsOn, startsOn)),
  };
  return Object.fromEntries(
    KINDS.map((kind) => [
      kind.file,
      (more[kind.file] ?? []).map((thing) => kind.fromModel(thing, shift)).filter((thing) => thing !== null),
    ]),
  );
}

/** Around the date that was answered, as the form of a push proposes it, where the model's push has a window. */
const windowFor = (push: PushInput, scheduledAt: Date | null) =>
  push.window && scheduledAt && !push.recurrence ? proposedWindow(scheduledAt) : null;

/** The same campaign under another slug: its images are read under it too. */
export function underSlug(bundle: Bundle, slug: string): Bundle {
  const [from, to] = [imagePath(bundle.campaign.slug, ''), imagePath(slug, '')];
  const moved = (block: Block): Block =>
    block.type === 'image' && block.src.startsWith(from) ? { ...block, src: to + block.src.slice(from.length) } : block;
  return {
    ...bundle,
    campaign: { ...bundle.campaign, slug },
    pushes: bundle.pushes.map((p) => ({ ...p, content: { ...p.content, blocks: p.content.blocks.map(moved) } })),
  };
}

/**
 * The model's audiences as these partners can use them: organisations that take no part leave the rule. One that was
 * only about them is dropped, since without that criterion it would select everybody.
 */
export const audiencesFor = (model: Bundle, organisations: ReadonlySet<string>): AudiencePart[] =>
  model.audiences.flatMap((audience) => {
    const rule = only(audience.rule, organisations);
    return rule ? [{ ...audience, rule }] : [];
  });

function only(rule: AudienceRule, organisations: ReadonlySet<string>): AudienceRule | null {
  if (!rule.organisation) return rule;
  const kept = rule.organisation.filter((slug) => organisations.has(slug));
  return kept.length ? { ...rule, organisation: kept } : null;
}

/** A block said to some organisations is kept for those that are still there. */
function blockFor(block: Block, organisations: ReadonlySet<string>): Block[] {
  if (!block.organisations) return [block];
  const kept = block.organisations.filter((slug) => organisations.has(slug));
  return kept.length ? [{ ...block, organisations: kept }] : [];
}

const DAY = 86_400_000;

/** The same weekday and hour of Paris, as far from the new start as from the old one, a few days later at most. */
export function shifted(at: Date, from: string, to: string): Date {
  const start = (day: string): number => Date.parse(`${day}T00:00:00Z`);
  const weeks = Math.ceil((start(to) - start(from)) / (7 * DAY));
  const { year, month, day, hour, minute } = parisFields(at);
  const moved = new Date(Date.UTC(year, month - 1, day + weeks * 7));
  return fromParis(moved.getUTCFullYear(), moved.getUTCMonth() + 1, moved.getUTCDate(), hour, minute);
}

/** How many days a model's campaign lasts, for the end that is proposed first. */
export function lengthInDays({ campaign }: Bundle): number {
  const [from, to] = [parseParis(campaign.startsOn), parseParis(campaign.endsOn)];
  return from && to ? Math.round((to.getTime() - from.getTime()) / DAY) : 0;
}
