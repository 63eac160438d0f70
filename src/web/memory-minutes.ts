import { longDate, longDateTime, parseParis, shortDate, shortDateTime, toParisField } from '../base/dates.ts';
import type { DecisionRow } from '../decisions/queries.ts';
import { INSTANCE_LONG, INSTANCE_NAMES } from '../decisions/schema.ts';
import type { Minutes } from '../reports/minutes.ts';
import type { Coming } from '../reports/waiting.ts';
import type { Block, Document, Part, Text } from './document.ts';
import { dayOf, decisionUrl } from './memory-words.tsx';
import { listed, plural } from './push-words.tsx';

/** The minutes to be of the next meeting: short enough for one page. `site` comes before every address of ours. */
export function minutesDocument(m: Minutes, site = ''): Document {
  const base = `${site}/campagnes/${m.campaign.slug}`;
  const at = parseParis(m.date);
  const parts: Part[] = [
    {
      id: 'presents',
      title: 'Présents',
      blocks: [
        { kind: 'list', items: [...m.partners.map((name) => [`${name} : …………………………`]), ['Autres : …………………………']] },
      ],
    },
    ...(m.last && m.last.decisions.length > 0
      ? [
          {
            id: 'derniere-fois',
            title: `Décidé la dernière fois, le ${dayOf(m.last.date)}`,
            blocks: [shortened(decisionList(m.last.decisions, site))],
          },
        ]
      : []),
    ...(m.due.length > 0
      ? [{ id: 'echu', title: 'Arrivé à échéance', blocks: [shortened(decisionList(m.due, site))] }]
      : []),
    { id: 'attente', title: 'Ce qui attend', blocks: waitingBlocks(m, base, site).map(shortened) },
    ...(m.coming.length > 0
      ? [{ id: 'trente-jours', title: 'Dans les trente jours', blocks: [shortened(comingList(m.coming, base))] }]
      : []),
    {
      id: 'decisions',
      title: 'Décisions de la réunion',
      blocks: [
        {
          kind: 'table',
          caption: 'Une ligne par décision, à noter ensuite dans la mémoire',
          columns: ['Sujet', 'Options', 'Décision et raison', 'Qui', 'Échéance'],
          blank: 4,
        },
      ],
    },
  ];
  return {
    title: `Compte rendu, ${INSTANCE_NAMES[m.instance]} du ${at ? longDate(at) : m.date}`,
    lead: [`${m.campaign.name}. ${INSTANCE_LONG[m.instance]}.`],
    contents: false,
    parts,
  };
}

/** Minutes hold on one page: the rest is in the memory and the calendar. */
const MOST = 6;
const shortened = (block: Block): Block =>
  block.kind !== 'list' || block.items.length <= MOST
    ? block
    : { ...block, items: [...block.items.slice(0, MOST - 1), [`et ${block.items.length - MOST + 1} autres.`]] };

const decisionList = (decisions: readonly DecisionRow[], site: string): Block => ({
  kind: 'list',
  items: decisions.map((d) => [
    { text: d.subject, href: `${site}${decisionUrl(d.id)}` },
    d.due ? `, pour le ${dayOf(d.due)}` : '',
    ' : ……',
  ]),
});

/** Each thing that waits, in one line; nothing waiting is worth saying. */
export function waitingBlocks(
  { pending, waiting }: Pick<Minutes, 'waiting'> & { pending: readonly Pick<DecisionRow, 'id' | 'subject' | 'due'>[] },
  base: string,
  site = '',
): Block[] {
  const items: Text[][] = [
    ...pending.map((d): Text[] => [
      'À décider : ',
      { text: d.subject, href: `${site}${decisionUrl(d.id)}` },
      d.due ? `, avant le ${dayOf(d.due)}` : '',
    ]),
    ...waiting.approvals.map((a): Text[] => [
      'À valider : ',
      { text: a.title, href: `${base}/envois/${a.slug}/validation` },
      `, par ${listed(a.missing)}`,
      a.answerBy
        ? `, avant le ${shortDateTime(a.answerBy)}`
        : a.leavesAt
          ? `, départ prévu le ${shortDateTime(a.leavesAt)}`
          : '',
    ]),
    ...waiting.wordings.map((w): Text[] => [
      'Élément de langage à valider : ',
      { text: w.topic, href: `${base}/elements/${w.slug}/validation` },
      ` (version ${w.version}), par ${listed(w.missing)}`,
    ]),
    ...waiting.reviews.map((r): Text[] => [
      'À relire : ',
      { text: r.title, href: `${base}/ressources/${r.slug}` },
      `, ${r.organisation}, pour le ${dayOf(r.on)}`,
    ]),
    ...(waiting.relays
      ? [
          [
            { text: plural(waiting.relays, 'demande de kit', 'demandes de kit'), href: `${base}/relais` },
            ' à confirmer',
          ] as Text[],
        ]
      : []),
  ];
  return items.length > 0 ? [{ kind: 'list', items }] : [{ kind: 'sentence', text: ['Rien n’attend.'] }];
}

const KINDS: Record<Coming['kind'], string> = { envoi: 'Envoi', action: 'Action', evenement: 'Temps fort' };

export const comingList = (coming: readonly Coming[], base: string): Block => ({
  kind: 'list',
  items: coming.map((x): Text[] => [
    `${hasHour(x) ? shortDateTime(x.at) : shortDate(x.at)} : ${KINDS[x.kind]}, `,
    { text: x.title, href: x.kind === 'envoi' ? `${base}/envois/${x.slug}` : `${base}/calendrier` },
    x.place ? `, ${x.place}` : '',
  ]),
});

/** Midnight is how a whole day is kept. */
const hasHour = ({ kind, at }: Coming): boolean => kind !== 'evenement' && !toParisField(at).endsWith('T00:00');

/** « Établi le lundi 23 novembre 2026, 9 h » */
export const madeOn = (now: Date): string => `Établi le ${longDateTime(now)}.`;
