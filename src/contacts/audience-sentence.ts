import { LEVEL_NAMES, PUBLIC_NAMES, SIZE_NAMES } from '../base/words.ts';
import type { AudienceCriteria, AudienceRule } from './audience-schema.ts';
import { DEPARTEMENTS } from './geography.ts';
import type { Purpose } from './schema.ts';

const DEPARTEMENT_NAMES = new Map(DEPARTEMENTS.map((d) => [d.code, d.name]));
const CONSENT_NAMES: Record<Purpose, string> = {
  message: 'les messages',
  mesure_clic: 'la mesure de leurs clics',
  mesure_ouverture: 'la mesure de leurs ouvertures',
};

/** « a », « a ou b », « a, b ou c » */
const or = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ou ${items.at(-1)}`;
const quoted = (items: readonly string[]): string => or(items.map((item) => `« ${item} »`));

/** Each criterion as the end of « les contacts… », in the order in which one says them. */
const SAID: { [K in keyof Required<AudienceCriteria>]: (values: NonNullable<AudienceCriteria[K]>) => string } = {
  level: (levels) => `de niveau ${or(levels.map((l) => LEVEL_NAMES[l]))}`,
  public: (publics) => `du public ${quoted(publics.map((p) => PUBLIC_NAMES[p]))}`,
  organisation: (slugs) => `de la liste de ${or(slugs)}`,
  region: (names) => `en ${or(names)}`,
  departement: (codes) =>
    `dans le département ${or(codes.map((code) => `${code} (${DEPARTEMENT_NAMES.get(code) ?? '?'})`))}`,
  sizeClass: (classes) => {
    const known = classes.filter((c) => c !== 'inconnu').map((c) => SIZE_NAMES[c]);
    return [
      ...(known.length > 0 ? [`dont l’entreprise compte ${or(known)}`] : []),
      ...(classes.includes('inconnu') ? ['dont l’effectif est inconnu'] : []),
    ].join(' ou ');
  },
  naf: (prefixes) => `dont le code NAF commence par ${or(prefixes)}`,
  idcc: (codes) => `dont la convention collective est l’IDCC ${or(codes)}`,
  job: (words) => `dont la fonction contient ${quoted(words)}`,
  tags: (tags) => `qui portent l’étiquette ${quoted(tags)}`,
  consent: ({ purpose, value }) =>
    value === 'unknown'
      ? `qui n’ont pas dit s’ils acceptent ${CONSENT_NAMES[purpose]}`
      : `qui ont ${value === 'granted' ? 'accepté' : 'refusé'} ${CONSENT_NAMES[purpose]}`,
};

function parts(rule: AudienceCriteria): string[] {
  const said = <K extends keyof AudienceCriteria>(key: K): string[] => {
    const values = rule[key];
    return values === undefined ? [] : [SAID[key](values as NonNullable<AudienceCriteria[K]>)];
  };
  return (Object.keys(SAID) as (keyof AudienceCriteria)[]).flatMap(said);
}

/** A rule as one French sentence: « Les contacts de niveau terrain, en Bretagne ou Normandie, sauf ceux … ». */
export function audienceSentence({ not, ...rule }: AudienceRule): string {
  const wanted = parts(rule);
  const excepted = not ? `, sauf ceux ${parts(not).join(' et ')}` : '';
  return `${wanted.length === 0 ? 'Tous les contacts' : `Les contacts ${wanted.join(', ')}`}${excepted}.`;
}
