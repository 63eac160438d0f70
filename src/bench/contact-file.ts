const LAST = [
  'Lefèvre',
  'Garçon',
  'Petit',
  'Moreau',
  'N’Diaye',
  'Dubois',
  'Le Goff',
  'Bénard',
  'Muñoz',
  'Roux',
  'Çelik',
  'Günther',
  'Da Silva',
  'Hébert',
  'Nguyen',
  'Fontaine',
];
const FIRST = [
  'Léa',
  'Anaïs',
  'Théo',
  'Chloé',
  'Jean-François',
  'Inès',
  'Zoë',
  'Mathéo',
  'Odile',
  'Noël',
  'Aïcha',
  'Sébastien',
  'Maëlle',
  'Hugo',
  'Éric',
  'Nadia',
];
const COMPANIES = [
  'Réseaux',
  'Fibre',
  'Télécoms',
  'Raccordement',
  'Génie civil',
  'Câblage',
  'Très Haut Débit',
  'Maintenance',
];
const PLACES = ['du Léman', 'du Vexin', 'de la Brède', 'd’Armor', 'de Gascogne', 'du Forez', 'des Dômes', 'de l’Yonne'];
const JOBS = [
  'Gérant',
  'Responsable RH',
  'Conseillère formation',
  'Délégué de branche',
  'Chef d’équipe',
  'Technicien',
  'Formateur',
  'Directrice',
  'Artisan',
  'Chargé d’études',
];
const LEVELS = ['Institutionnel', 'Opérationnel', 'Terrain', 'Terrain'];
const DEPARTEMENTS = ['01', '23', '29', '2A', '33', '35', '42', '59', '63', '67', '69', '74', '75', '87', '93', '974'];
const NAF = ['43.21A', '4321B', '61.10Z', '61.20Z', '42.22Z', '85.59A'];
const IDCC = ['2148', '1597', '1596', '1486', '44', '2609'];
const HEADER =
  'Civilité;Nom;Prénom;Adresse mél;Raison sociale;N° SIRET;Code NAF;IDCC;Effectif;Dépt;Fonction;Niveau;Date de collecte;Observations';

/**
 * A contact file as an association exports it: windows-1252, French titles, `;`, CRLF, some flaws (about 4 % of the
 * rows). Row i always has the same address, so that two files whose ranges meet share contacts. Invented people only.
 */
export function contactFile({ from = 0, rows }: { from?: number; rows: number }): Buffer {
  const lines = [HEADER];
  for (let i = from; i < from + rows; i++) lines.push(row(i));
  // Typographic apostrophes are the one character here whose windows-1252 byte is not the Latin-1 one.
  return Buffer.from(`${lines.join('\r\n')}\r\n`.replaceAll('’', '\u0092'), 'latin1');
}

function row(i: number): string {
  const draw = drawer(i);
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)] as T;
  const last = pick(LAST);
  const first = pick(FIRST);
  const company = `${pick(['SARL', 'SAS', 'EURL', 'Ets'])} ${pick(COMPANIES)} ${pick(PLACES)}`;
  const cells = [
    pick(['M.', 'Mme', '']),
    last,
    first,
    `${ascii(first)}.${ascii(last)}${i}@${ascii(company).slice(0, 30)}-${i % 9973}.example`,
    company,
    siret(i),
    pick(NAF),
    pick(IDCC),
    String(1 + draw(draw(4) === 0 ? 400 : 20)),
    pick(DEPARTEMENTS),
    pick(JOBS),
    pick(LEVELS),
    `${String(1 + draw(28)).padStart(2, '0')}/0${1 + draw(9)}/202${3 + draw(3)}`,
    draw(20) === 0 ? '"vu au salon ; à rappeler"' : '',
  ];
  const flaw = FLAWS[draw(25 * FLAWS.length)];
  if (flaw) cells[flaw.at] = flaw.cell;
  return cells.join(';');
}

const FLAWS: { at: number; cell: string }[] = [
  { at: 3, cell: '' },
  { at: 3, cell: 'leamartin(at)exemple.fr' },
  { at: 5, cell: '3,56E+13' },
  { at: 5, cell: '12345678901234' },
  { at: 8, cell: 'une dizaine' },
  { at: 9, cell: '1' },
  { at: 12, cell: '31/02/2024' },
];

const ascii = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');

/** A small generator seeded by the row: the same file everywhere, whatever ran before. */
function drawer(seed: number): (below: number) => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** A valid number that belongs to nobody in particular: both keys are right (FR-10). */
function siret(i: number): string {
  const siren = keyed(String(10_000_000 + (i % 80_000_000)));
  return keyed(`${siren}${String(1 + (i % 9)).padStart(4, '0')}`);
}

function keyed(digits: string): string {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const doubled = Number(digits[digits.length - 1 - at]) * (at % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
