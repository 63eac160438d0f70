import { readFileSync } from 'node:fs';
import { toParisField } from '../../src/base/dates.ts';

/** Those of a list of the demonstration whom its first start registers, and after them one whom it does not. */
type Contact = { name: string; first: string; last: string; address: string; company: string };
function listOf(organisation: string): Contact[] {
  const file = new URL(`../../campaigns/essentiels-infranum/contacts/${organisation}.csv`, import.meta.url);
  const [titles = '', ...lines] = readFileSync(file, 'utf8').replace('\ufeff', '').trim().split(/\r?\n/);
  const columns = titles.split(';');
  return lines
    .map((line) => line.split(';'))
    .map((cells) => (title: string) => cells[columns.indexOf(title)] ?? '')
    .filter((cell) => ['entreprise', 'independant', 'prescripteur'].includes(cell('Public')))
    .map((cell) => {
      const [first, last] = [cell('Prénom'), cell('Nom')];
      return {
        name: `${first} ${last}`,
        first,
        last,
        address: cell('Adresse électronique'),
        company: cell('Entreprise'),
      };
    });
}
export const AFDAS = listOf('afdas');
const REGISTERED = 16;
export const GUEST = AFDAS[REGISTERED] as Contact;

/** Those who have a place and come, the guest among them, and some whom nobody registered. One is in two lists, and came once. */
const CAME = [GUEST, ...AFDAS.slice(0, 12), ...listOf('constructys').slice(0, 21)];
export const PRESENT = [...new Map(CAME.map((p) => [p.address, p])).values()];
export const STRANGERS = ['Salle de réunion du 2e étage', 'iPhone de Maëlle', 'Théo Rivoire'];

/** As Teams writes it in French: in parts, tabs between, UTF-16. The guest came back, and a telephone has no address. */
export function attendanceOf(starts: Date): Buffer {
  const at = (minutes: number) => {
    const [day = '', hour = ''] = toParisField(new Date(starts.getTime() + minutes * 60_000)).split('T');
    return `${day.split('-').toReversed().join('/')} ${hour}:00`;
  };
  const people = [...PRESENT.filter((p) => p !== GUEST), ...STRANGERS.map((name) => ({ name, address: '' }))];
  const rows = [
    ['1. Résumé'],
    ['Titre de la réunion', 'Les outils de la filière'],
    ['Participants présents', String(PRESENT.length + STRANGERS.length)],
    [],
    ['2. Participants'],
    ['Nom', 'Première jonction', 'Dernière sortie', 'Durée de la réunion', 'Adresse e-mail', 'Rôle'],
    [GUEST.name, at(0), at(70), '1 h 5 min 0 s', GUEST.address, 'Participant'],
    ...people.map(({ name, address }) => [name, at(2), at(60), '58 min 0 s', address, 'Participant']),
    [],
    ['3. Activités au cours de la réunion'],
    ['Nom', 'Heure de jonction', 'Heure de sortie', 'Durée', 'Adresse e-mail', 'Rôle'],
    [GUEST.name, at(0), at(30), '30 min 0 s', GUEST.address, 'Participant'],
    [GUEST.name, at(35), at(70), '35 min 0 s', GUEST.address, 'Participant'],
  ];
  return Buffer.from(`\ufeff${rows.map((cells) => cells.join('\t')).join('\r\n')}`, 'utf16le');
}
