import type { Figure as Measured } from '../reports/figure.ts';
import type { Report } from '../reports/report.ts';
import type { Row, Table } from '../reports/tables.ts';
import { shown, tableOf } from './report-parts.tsx';
import { type ReportPlace, viewUrl } from './report-place.ts';
import { FigureList, isLevel } from './report-table.tsx';
import { Answer, Answers, Figure, number } from './ui/figures.tsx';
import { Contents } from './ui/flow.tsx';

/** The first screen of a report: whom it reached, what they did with it, how that is known; then what the page holds. */

const some = (n: number, one: string, many: string): string => `${number(n)} ${n < 2 ? one : many}`;

const tableIn = (r: Report, key: string): Table | undefined =>
  [...r.indicators.flatMap((i) => i.tables), ...r.means].find((t) => t.key === key);
const rowIn = (r: Report, table: string, row: string): Row | undefined =>
  tableIn(r, table)?.rows.find((x) => x.key === row);
const statementsOf = (r: Report) => r.pages.pages.flatMap((p) => p.statements);
const contradicted = (r: Report): boolean => r.pages.pages.some((p) => p.contradictions.length > 0);

/** What the report says, in one sentence. */
export function headline(r: Report): string {
  const { figures: f } = r;
  if (f.envois.value)
    return `${some(f.touches.value ?? 0, 'destinataire touché', 'destinataires touchés')}, ${some(f.clics.value ?? 0, 'clic retenu', 'clics retenus')}.`;
  const registered = r.webinars.figures?.inscriptions.value ?? 0;
  if (registered > 0) return `Aucun envoi, ${some(registered, 'inscription', 'inscriptions')} aux webinaires.`;
  return withoutSending(r);
}

/** Nothing left from here: what was done all the same, what it cost, and what people say of it. */
function withoutSending(r: Report): string {
  const done = rowIn(r, 'types', 'tout')?.figures.menees?.value ?? 0;
  const paid = rowIn(r, 'means-phase', 'tout')?.figures.paye?.value ?? 0;
  const said = statementsOf(r).length;
  const parts = [
    done > 0 ? some(done, 'action', 'actions') : '',
    done > 0 && paid > 0 ? `${number(paid)}\u00a0€ payés` : '',
    said > 0
      ? `${some(said, 'chiffre déclaré', 'chiffres déclarés')}${contradicted(r) ? ' qui ne s’accordent pas' : ''}`
      : '',
  ].filter(Boolean);
  const [first, ...others] = parts;
  if (first === undefined) return 'Rien n’est parti dans cette période.';
  const last = others.pop();
  return `${[first, ...others].join(', ')}${last === undefined ? '' : ` et ${last}`}.`;
}

type FirstProps = {
  report: Report;
  /** Where its other views are; null: in a file, which has none. */
  place: ReportPlace | null;
};

export const FirstScreen = ({ report: r, place }: FirstProps) => (
  <>
    <Answers>
      <Answer question="Qui la campagne a-t-elle touché ?">
        <Reached report={r} place={place} />
      </Answer>
      <Answer question="Qu’en a-t-on fait ?">
        <MadeOfIt report={r} place={place} />
      </Answer>
      <Answer question="Comment le sait-on ?">
        <Known report={r} place={place} />
      </Answer>
    </Answers>
    <Contents label="Dans ce rapport" entries={contentsOf(r)} />
  </>
);

const Reached = ({ report: r, place }: FirstProps) => {
  const level = tableOf(r, 'level');
  if (!r.figures.envois.value)
    return <p>Personne que l’on puisse compter : aucun message n’est parti d’ici dans cette période.</p>;
  return (
    <>
      <Figure
        label="destinataires touchés"
        figure={shown(r.figures.touches)}
        plain={place === null}
        note={r.simulated ? 'simulés : rien n’est parti vers de vraies personnes' : undefined}
      />
      <FigureList
        of="destinataires par niveau, messages et envois"
        plain={place === null}
        {...(level ? { counted: level.counted } : {})}
        items={[
          ...(level?.rows ?? []).flatMap(({ key, label, figures }) =>
            figures.touches ? [{ label, figure: figures.touches, level: isLevel(key) ? key : undefined }] : [],
          ),
          {
            label: r.figures.distribues.value === 1 ? 'message distribué' : 'messages distribués',
            figure: r.figures.distribues,
          },
          { label: r.figures.envois.value === 1 ? 'envoi' : 'envois', figure: r.figures.envois },
        ]}
      />
    </>
  );
};

type Item = { label: string; figure: Measured };

/** What people did, each in its own unit: nothing here is added up. */
function madeOf(r: Report): Item[] {
  const pages = tableIn(r, 'interest')?.rows.at(-1)?.figures;
  const items: [string, Measured | undefined][] = [
    ['pages consultées', pages?.consultations],
    ['téléchargements', pages?.telechargements],
    ['inscriptions aux webinaires', r.webinars.figures?.inscriptions],
    ['présents aux webinaires', r.webinars.figures?.presents],
    ['satisfaction sur 5', r.webinars.figures?.satisfaction],
  ];
  return items.flatMap(([label, figure]) => (figure?.value == null ? [] : [{ label, figure }]));
}

const MadeOfIt = ({ report: r, place }: FirstProps) => {
  const said = statementsOf(r);
  const items = madeOf(r);
  return (
    <>
      {r.figures.envois.value ? (
        <Figure label="clics retenus" figure={shown(r.figures.clics, r.figures.clicsJusqua)} plain={place === null} />
      ) : null}
      {items.length > 0 && <FigureList of="ce qu’on en a fait" items={items} plain={place === null} />}
      {said.length > 0 && (
        <>
          <p>{said.length === 1 ? 'Une source l’affirme :' : 'Des sources l’affirment :'}</p>
          <ul>
            {said.map((s) => (
              <li>
                <strong>{s.amount}</strong> {s.window}, <span class="meta">selon {s.saidBy}</span>
              </li>
            ))}
          </ul>
          <p>
            {contradicted(r) ? 'Elles ne s’accordent pas, et rien ne permet de choisir. ' : 'Rien ici ne l’a compté. '}
            <a href="#pages">Ce qu’on peut en dire</a>
          </p>
        </>
      )}
      {!r.figures.envois.value && items.length + said.length === 0 && <p>Rien n’a pu être compté.</p>}
    </>
  );
};

const Known = ({ report: r, place }: FirstProps) => {
  const { clicsDouteux, clicsRobots } = r.figures;
  const apart = [
    clicsDouteux.value ? some(clicsDouteux.value, 'clic douteux', 'clics douteux') : '',
    clicsRobots.value ? some(clicsRobots.value, 'demande de robot', 'demandes de robots') : '',
  ].filter(Boolean);
  return (
    <ul>
      <li>
        {place
          ? 'Chaque chiffre s’ouvre sur « comment c’est compté » : son unité, ses dates, sa source et ce qui est laissé de côté.'
          : 'Chaque chiffre a son unité, ses dates, sa source et ce qui est laissé de côté : la méthode, à la fin, les dit.'}
      </li>
      {apart.length > 0 && (
        <li>
          Sont mis à part, chacun avec sa raison : {apart.join(' et ')}.{' '}
          {place && <a href={viewUrl(place, 'series')}>Lesquels</a>}
        </li>
      )}
      <li>Aucun chiffre ne porte sur moins de {r.campaign.k} personnes, ni ne permet d’en retrouver une.</li>
      <li>
        <a href="#non-mesure">
          {some(r.unmeasured.length, 'chose n’a pas été mesurée', 'choses n’ont pas été mesurées')}
        </a>
        , et la raison est dite. Le détail est dans la{' '}
        <a href={place ? viewUrl(place, 'methode') : '#methode'}>méthode</a> (règles version {r.methods.version}).
      </li>
    </ul>
  );
};

/** What each part answers, in a few words: the same figures, open on how they are counted in their part. */
function contentsOf(r: Report) {
  const value = (table: string, row: string, name: 'menees' | 'paye' | 'supports'): number | null | undefined =>
    rowIn(r, table, row)?.figures[name]?.value;
  const done = value('types', 'tout', 'menees') ?? 0;
  const supports = value('formats', 'tout', 'supports');
  const paid = value('means-phase', 'tout', 'paye');
  const answers: Record<string, string | undefined> = {
    campagnes: done > 0 ? some(done, 'action', 'actions') : undefined,
    frequence: r.figures.envois.value
      ? some(r.figures.frequence.value ?? 0, 'envoi par mois', 'envois par mois')
      : undefined,
    supports: supports == null ? undefined : some(supports, 'support', 'supports'),
    destinataires: r.figures.envois.value
      ? some(r.figures.touches.value ?? 0, 'destinataire', 'destinataires')
      : undefined,
  };
  return [
    ...(r.targets.length > 0
      ? [{ href: '#cibles', label: 'Cibles', answer: some(r.targets.length, 'cible', 'cibles') }]
      : []),
    ...r.indicators.map(({ key, title, tables }) => ({
      href: `#${key}`,
      label: title,
      answer: tables.length === 0 ? 'rien de compté' : answers[key],
    })),
    ...(r.pages.pages.length > 0 || r.pages.visits.own.value || r.pages.visits.sites
      ? [
          {
            href: '#pages',
            label: 'Les pages où l’on envoie',
            answer: some(r.pages.pages.length, 'page suivie', 'pages suivies'),
          },
        ]
      : []),
    { href: '#moyens', label: 'Les moyens', answer: paid == null ? undefined : `${number(paid)}\u00a0€ payés` },
    {
      href: '#non-mesure',
      label: 'Ce qui n’a pas été mesuré',
      answer: some(r.unmeasured.length, 'chose', 'choses'),
    },
  ];
}
