import { DIMENSION_WORDS, inWords } from './dimensions.ts';
import { figure, type Scope } from './figure.ts';
import * as figures from './figures.ts';
import { mergedUnder, type Row, type Table } from './tables.ts';
import type { Touched } from './touched-addresses.ts';

/** What evaluators count, in their words, each with the tables that answer. */
export type Indicator = { key: string; title: string; question: string; tables: Table[] };

type Given = {
  types: Table;
  rhythm: Table;
  formats: Table;
  spread: Table;
  kinds: Table;
  phase: Table;
  relays: Table[];
  interest: Table;
  /** Of webinars: what people say of them, and what they do with it. */
  used: Table[];
  satisfied: Table[];
};

export function sixIndicators(t: Given): Indicator[] {
  return [
    {
      key: 'campagnes',
      title: '1. Nombre et types de campagnes',
      question: 'Combien de newsletters, de webinaires, d’événements, de publications, avant, pendant et après ?',
      tables: [t.types],
    },
    {
      key: 'frequence',
      title: '2. Fréquence',
      question: 'À quel rythme, par type et par phase ?',
      tables: [t.rhythm, only(t.phase, 'rhythm-phase', 'Envois par phase', ['envois', 'frequence'])],
    },
    {
      key: 'supports',
      title: '3. Supports produits',
      question: 'Combien de publications, de vidéos, de fiches, de synthèses ; combien ont été diffusés ?',
      tables: [t.formats, t.spread],
    },
    {
      key: 'destinataires',
      title: '4. Destinataires touchés, par nature',
      question: 'Qui a reçu quelque chose, et qui l’a relayé ?',
      tables: [
        t.kinds,
        only(t.phase, 'reach-phase', 'Destinataires par phase', ['adresses', 'distribues', 'touches']),
        ...t.relays,
      ],
    },
    {
      key: 'usages',
      title: '5. Types d’usage',
      question: 'Qu’en a-t-on fait : regardé, téléchargé, repris, utilisé ?',
      tables: [t.interest, ...t.used],
    },
    {
      key: 'satisfaction',
      title: '6. Satisfaction',
      question: 'Qu’en disent celles et ceux qui ont répondu ?',
      tables: t.satisfied,
    },
  ];
}

/** Some columns of a table: the same figures, counted once. */
const only = (table: Table, key: string, title: string, columns: Table['columns']): Table => ({
  ...table,
  key,
  title,
  columns,
  rows: table.rows.map((row) => ({
    ...row,
    figures: Object.fromEntries(Object.entries(row.figures).filter(([name]) => columns.some((c) => c === name))),
  })),
});

/** Recipients by kind of public: distinct addresses beside messages, since messages are not people. */
export function kindTable(scope: Scope, byPublic: Table, touched: Touched): Table {
  const exact = byPublic.columns.includes('clics');
  const told = exact ? figures.touches : figures.touchesEnviron;
  const rows = new Map(byPublic.rows.map((row): [string, Row] => [row.key, row]));
  const keys = [...new Set([...rows.keys(), ...touched.kind.keys()])].map((key) => ({ key }));
  return {
    key: 'kind',
    title: 'Destinataires touchés par public',
    counted: `${exact ? 'Public des groupes de destinataires.' : 'Public des contacts d’aujourd’hui, à la dizaine.'} Une adresse compte une fois par public. ${mergedUnder(scope.k)}`,
    columns: ['touches', 'distribues'],
    rows: inWords(keys, DIMENSION_WORDS.public).map(({ key, label }) => ({
      key,
      label,
      figures: {
        touches: told(scope, touched.kind.get(key) ?? 0),
        distribues: rows.get(key)?.figures.distribues ?? figure('distribues', 0, scope),
      },
    })),
  };
}
