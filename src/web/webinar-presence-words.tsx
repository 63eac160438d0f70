import type { AttendanceReport, LineNote } from '../attendance/schema.ts';
import { shortDateTime } from '../base/dates.ts';
import { PLATFORM_NAMES, type Platform } from '../webinars/schema.ts';
import { plural } from './push-words.tsx';
import { Fold } from './ui/components.tsx';
import { number } from './ui/figures.tsx';
import { DataTable } from './ui/table.tsx';

/** Where each platform keeps its list of who came. */
const WHERE: Record<Exclude<Platform, 'autre'>, string> = {
  teams:
    'Dans l’agenda de Teams, ouvrez la réunion, puis l’onglet « Présence » et « Télécharger ». Seules les personnes qui l’organisent le voient.',
  zoom: 'Sur le site de Zoom : « Rapports », « Utilisation », puis le nombre de participants de la réunion. Cochez « Exporter avec les données de réunion », et « Exporter ».',
  bigbluebutton:
    'Pendant la réunion, une modératrice ouvre « Tableau de bord d’apprentissage » dans la roue crantée des participants, puis « Télécharger les données de la session ». Faites-le avant de fermer la salle.',
  livestorm: 'Sur la page de l’événement : « Personnes », puis « Exporter », en CSV ou en Excel.',
};

/** The way to the file: of the platform that was said first, of the others in a fold. */
export const WhereToFind = ({ platform }: { platform: Platform }) => {
  const all = Object.entries(WHERE) as [keyof typeof WHERE, string][];
  const own = platform === 'autre' ? undefined : WHERE[platform];
  const others = all.filter(([name]) => name !== platform);
  return (
    <>
      {own && (
        <p>
          <strong>{PLATFORM_NAMES[platform]}.</strong> {own}
        </p>
      )}
      <Fold title={own ? 'le fichier vient d’ailleurs' : 'où trouver ce fichier'}>
        <dl>
          {others.map(([name, text]) => (
            <>
              <dt>{PLATFORM_NAMES[name]}</dt>
              <dd>{text}</dd>
            </>
          ))}
          <dt>Un autre outil</dt>
          <dd>Une liste en CSV ou en Excel convient : vous direz quelle colonne est laquelle.</dd>
        </dl>
      </Fold>
    </>
  );
};

/** « 1 h 05 », « 48 min »; a dash when no file says how long. */
export function minutesText(minutes: number): string {
  if (minutes === 0) return '–';
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}\u00a0min` : `${number(hours)}\u00a0h\u00a0${String(minutes % 60).padStart(2, '0')}`;
}

/** « jeu. 26 nov., de 13 h 55 à 15 h 05 » */
export function whenText({ from, to }: Pick<AttendanceReport, 'from' | 'to'>): string {
  if (!from || !to) return 'le fichier ne donne pas d’heures';
  const [day, hour] = shortDateTime(new Date(from)).split(', ');
  const [lastDay, lastHour] = shortDateTime(new Date(to)).split(', ');
  return day === lastDay ? `${day}, de ${hour} à ${lastHour}` : `de ${day}, ${hour} à ${lastDay}, ${lastHour}`;
}

/** The account of a file: every line of it is in one of these. */
export const lineFacts = (r: AttendanceReport): [string, string][] => [
  ['Reconnu comme', r.platform === 'autre' ? 'une liste dont vous avez dit les colonnes' : PLATFORM_NAMES[r.platform]],
  ['Présences', whenText(r)],
  [
    'Lignes',
    `${number(r.rows)} : ${number(r.read)} lues, ${number(r.aside)} mises de côté, ${number(r.rejected)} refusées`,
  ],
  ['Personnes', r.anonymous > 0 ? `${number(r.people)}, dont ${number(r.anonymous)} sans nom` : number(r.people)],
  ['Temps passé en tout', minutesText(r.minutes)],
];

const SHOWN = 100;
const SEVERITIES: Record<LineNote['severity'], string> = {
  rejected: 'refusée',
  warned: 'lue en partie',
  aside: 'mise de côté',
};
const lineText = ({ line, to, n }: LineNote): string =>
  to === undefined ? number(line) : `${number(line)} à ${number(to)} (${plural(n, 'ligne', 'lignes')})`;

/** Every line that is not simply read, refused ones first. */
export const LineNotes = ({ lines }: { lines: readonly LineNote[] }) => {
  const order: LineNote['severity'][] = ['rejected', 'warned', 'aside'];
  const sorted = lines.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || a.line - b.line);
  return (
    <DataTable
      caption={
        sorted.length > SHOWN
          ? `${number(sorted.length)} remarques, dont voici les ${SHOWN} premières`
          : plural(sorted.length, 'remarque', 'remarques')
      }
      columns={[{ label: 'Ligne' }, { label: 'Ce qui en est fait' }, { label: 'Pourquoi' }]}
      rows={sorted.slice(0, SHOWN).map((l) => [lineText(l), SEVERITIES[l.severity], l.message])}
    />
  );
};
