import { longDate, parseParis, toParisDay } from '../base/dates.ts';
import { standingOf } from '../decisions/queries.ts';
import type { ShownDecision } from '../decisions/read-memory.ts';
import { INSTANCE_LONG } from '../decisions/schema.ts';
import type { WatchNoteRow } from '../decisions/watch-queries.ts';
import type { Block, Document, Part, Text } from './document.ts';
import { madeOn } from './memory-minutes.ts';
import { dayOf, decisionUrl, noteUrl, participantText, STANDING_NAMES } from './memory-words.tsx';
import { plural } from './push-words.tsx';

type Whole = {
  campaign: { name: string; slug: string };
  decisions: readonly ShownDecision[];
  notes: readonly WatchNoteRow[];
  now: Date;
};

/** The whole memory of a campaign, numbered in the order of its meetings. `site` comes before every address of ours. */
export function wholeMemory({ campaign, decisions, notes, now }: Whole, site = ''): Document {
  const numbers = new Map(decisions.map((d, i) => [d.id, i + 1]));
  const parts: Part[] = [
    ...(decisions.length > 0
      ? [
          {
            id: 'decisions',
            title: 'Les décisions',
            blocks: [],
            parts: decisions.map((d) => decisionPart(d, numbers, site)),
          },
        ]
      : []),
    ...(notes.length > 0
      ? [
          {
            id: 'veille',
            title: 'La veille',
            blocks: [],
            parts: notes.map((n, i) => notePart(n, i + 1, site)),
          },
        ]
      : []),
  ];
  return {
    title: `La mémoire de « ${campaign.name} »`,
    lead: [
      `${plural(decisions.length, 'décision', 'décisions')}, ${plural(notes.length, 'note de veille', 'notes de veille')}. ${madeOn(now)}`,
    ],
    contents: true,
    parts,
  };
}

function decisionPart(d: ShownDecision, numbers: ReadonlyMap<number, number>, site: string): Part {
  const at = parseParis(d.date);
  const other = (id: number): Text => ({ text: `décision n° ${numbers.get(id) ?? id}`, href: `#d${id}` });
  const facts: [string, readonly Text[]][] = [
    ['Instance', [`${INSTANCE_LONG[d.instance]}, ${at ? longDate(at) : d.date}`]],
    ['État', [STANDING_NAMES[standingOf(d)]]],
    ...(d.supersedesId === null ? [] : [['Remplace', [other(d.supersedesId)]] as [string, Text[]]]),
    ...(d.supersededById === null ? [] : [['Remplacée par', [other(d.supersededById)]] as [string, Text[]]]),
    ...(d.due ? [['Échéance', [dayOf(d.due)]] as [string, Text[]]] : []),
    ...(d.participants.length > 0
      ? [['Participants', [d.participants.map(participantText).join(' ; ')]] as [string, Text[]]]
      : []),
    ...(d.push
      ? [
          [
            'Envoi',
            [{ text: d.push.title, href: `${site}/campagnes/${d.push.campaignSlug}/envois/${d.push.slug}` }],
          ] as [string, Text[]],
        ]
      : []),
    [
      'Source',
      [
        `notée par ${d.organisation} le ${dayOf(toParisDay(d.recordedAt))}, `,
        { text: 'fiche', href: `${site}${decisionUrl(d.id)}` },
      ],
    ],
  ];
  return {
    id: `d${d.id}`,
    title: `${numbers.get(d.id)}. ${d.subject}`,
    blocks: [
      ...labelled('Décision', d.decision || 'En attente.'),
      ...labelled('Pourquoi', d.why),
      ...labelled('Options examinées', d.options),
      { kind: 'facts', items: facts },
    ],
  };
}

const labelled = (label: string, text: string): Block[] =>
  text
    ? [
        { kind: 'sentence', text: [{ strong: label }] },
        { kind: 'typed', text },
      ]
    : [];

const notePart = (n: WatchNoteRow, number: number, site: string): Part => ({
  id: `v${n.id}`,
  title: `V${number}. ${n.title}`,
  blocks: [
    { kind: 'note', source: n.body },
    {
      kind: 'facts',
      items: [
        ['Date', [`${dayOf(n.date)}${n.archivedAt ? ', archivée' : ''}`]],
        [
          'Source',
          n.sourceUrl ? [{ text: n.sourceName || n.sourceUrl, href: n.sourceUrl }] : [n.sourceName || 'non précisée'],
        ],
        ...(n.resources.length > 0
          ? [['À relire', [n.resources.map((r) => r.title).join(' ; ')]] as [string, Text[]]]
          : []),
        ['Notée par', [`${n.organisation}, `, { text: 'fiche', href: `${site}${noteUrl(n.id)}` }]],
      ],
    },
  ],
});
