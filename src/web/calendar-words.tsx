import { longDate, shortDate, shortDateTime } from '../base/dates.ts';
import { LEVEL_NAMES } from '../base/words.ts';
import type { PlanEntry } from '../pushes/plan-calendar.ts';
import { channelName, ENTRY_KIND_NAMES, firstDay, lastDay } from '../pushes/plan-calendar.ts';
import type { Collision } from '../pushes/plan-collisions.ts';
import { noonOf } from './calendar-month.ts';
import { listed, periodText, quoted, standing } from './push-words.tsx';
import { Tabs } from './ui/flow.tsx';
import { Levels, State, type StateKind } from './ui/marks.tsx';

/** How the pages of the plan say what an entry is, when, and what is wrong with it. */

export const planUrl = (campaign: string, path: string): string =>
  `/campagnes/${campaign}${path === '' ? '' : `/${path}`}`;

/** The parts of a plan, under the tab « Calendrier » of its campaign. */
export const PlanTabs = (p: {
  slug: string;
  current: 'calendrier' | 'actions' | 'temps-forts' | 'budget';
  mayReadBudget: boolean;
}) => (
  <Tabs
    label="Le plan"
    tabs={[
      { href: planUrl(p.slug, 'calendrier'), label: 'Tout le plan', current: p.current === 'calendrier' },
      { href: planUrl(p.slug, 'actions'), label: 'Actions', current: p.current === 'actions' },
      { href: planUrl(p.slug, 'temps-forts'), label: 'Temps forts', current: p.current === 'temps-forts' },
      ...(p.mayReadBudget
        ? [{ href: planUrl(p.slug, 'budget'), label: 'Budget', current: p.current === 'budget' }]
        : []),
    ]}
  />
);

/** « du 1er octobre au 30 novembre 2023 »: for what may be of another year. */
export const fullDays = (from: string, to: string): string =>
  (from === to ? `le ${longDate(noonOf(from)).replace(/^\S+ /, '')}` : periodText(from, to)).replace(
    /\b1 (?=\p{L})/gu,
    '1er ',
  );

/** A sentence that may end with the dot of « janv. » already. */
export const sentence = (text: string): string => `${text.replace(/\.$/, '')}.`;

/** « du jeu. 26 nov. au ven. 27 nov. » */
export const daysText = (from: string, to: string): string =>
  from === to ? shortDate(noonOf(from)) : `du ${shortDate(noonOf(from))} au ${shortDate(noonOf(to))}`;

/** « jeu. 26 nov., 9 h », « du jeu. 26 nov. au ven. 27 nov. » */
export function whenText(entry: Pick<PlanEntry, 'start' | 'end'>): string {
  const [first, last] = [firstDay(entry), lastDay(entry)];
  if (first !== last) return daysText(first, last);
  return typeof entry.start === 'string' ? shortDate(noonOf(first)) : shortDateTime(entry.start);
}

/** A kind in the filter, where invitations to a webinar are a channel of that name. */
export const kindFilter = (kind: PlanEntry['kind']): string => (kind === 'webinaire' ? 'webinaires' : kind);

/** Where an entry stands, in a sign and a word. */
export function standingOf(entry: PlanEntry, organisation: number): { kind: StateKind; text: string } | null {
  if (entry.cancelled) return { kind: 'off', text: entry.kind === 'temps_fort' ? 'retiré' : 'annulé' };
  if (!entry.push) return null;
  const { state, recurrence, signatories } = entry.push;
  const asked = signatories.map((s) => ({ ...s, asked: null, absent: null }));
  if (state === 'modele') return { kind: 'wait', text: 'numéro à venir' };
  return standing({ state, recurrence, signatories: asked, changesAskedBy: [] }, organisation);
}

export const EntryState = ({ entry, organisation }: { entry: PlanEntry; organisation: number }) => {
  const found = standingOf(entry, organisation);
  return found ? <State kind={found.kind}>{found.text}</State> : null;
};

/** What it is, for whom, by whom, where. */
export const EntryMeta = ({ entry: e }: { entry: PlanEntry }) => (
  <>
    {e.channel ? `${ENTRY_KIND_NAMES[e.kind]}, ${channelName(e.channel)}` : ENTRY_KIND_NAMES[e.kind]}
    {e.levels.length > 0 && (
      <>
        {' · '}
        <Levels levels={e.levels} />
      </>
    )}
    {e.organisations.length > 0 && ` · ${listed(e.organisations.map((o) => o.name))}`}
    {e.place && ` · ${e.place}`}
  </>
);

const by = (e: PlanEntry): string => listed(e.organisations.map((o) => o.name));
const levelsText = (
  levels: Collision extends { levels: infer L } ? L : readonly (keyof typeof LEVEL_NAMES)[],
): string => listed(levels.map((l) => LEVEL_NAMES[l]));

/** A collision as a sentence, and what to do about it. */
export function collisionText(
  c: Collision,
  caps: { perPerson: number; days: number },
): { what: string; remedy: string } {
  switch (c.kind) {
    case 'partenaires':
      return {
        what: `${quoted(c.a.title)} (${by(c.a)}, ${whenText(c.a)}) et ${quoted(c.b.title)} (${by(c.b)}, ${whenText(c.b)}) s’adressent en même temps au niveau ${levelsText(c.levels)}.`,
        remedy: 'Éloignez-les de quelques jours, ou faites-en une seule prise de parole, signée ensemble.',
      };
    case 'sollicitation':
      return {
        what: `${quoted(c.entry.title)} serait le ${c.pushes}ᵉ envoi en ${caps.days} jours vers le niveau ${levelsText(c.levels)}, quand la campagne en permet ${caps.perPerson}.`,
        remedy: `Les destinataires communs attendront leur tour, ou ne recevront rien. À partir du ${shortDate(noonOf(c.free))}, il n’y aurait plus à attendre.`,
      };
    case 'jour':
      return {
        what: `${quoted(c.entry.title)} part ${c.why}.`,
        remedy: `Peu de gens lisent ce jour-là : le ${shortDate(noonOf(c.next))} est le premier jour ouvré qui suit.`,
      };
  }
}
