import { toParisDay } from '../base/dates.ts';
import { LEVEL_NAMES, LEVELS, PUBLIC_NAMES, PUBLICS } from '../base/words.ts';
import { REGIONS } from '../contacts/geography.ts';
import type { ContactCounts, ContactFilter, ContactListRow, Page } from '../contacts/queries.ts';
import { count } from './import-pages.tsx';
import { BarChart } from './ui/charts.tsx';
import { Acts, Button, ButtonLink, Empty, PageHead, Section } from './ui/components.tsx';
import { Field, FieldRow } from './ui/fields.tsx';
import { number, type Passport } from './ui/figures.tsx';
import { Pagination } from './ui/flow.tsx';
import { Level } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';

type ContactsProps = {
  counts: ContactCounts;
  list: Page<ContactListRow>;
  filter: ContactFilter;
  /** Whether this is the first page of the list. */
  first: boolean;
  organisation: string;
  today: Date;
  mayExport: boolean;
  /** May make an audience of what is shown. */
  mayCompose: boolean;
};

export const ContactsView = (p: ContactsProps) => (
  <>
    <PageHead
      title={
        p.counts.total === 0
          ? 'Votre liste est vide pour l’instant.'
          : `${count(p.counts.total, 'contact')} dans votre liste`
      }
      lead={`La liste de ${p.organisation} n’est lue par aucune autre organisation.`}
    />
    {p.counts.total === 0 ? (
      <Empty
        title="Commencez par le fichier que vous avez déjà."
        act={{ href: '/contacts/imports/nouveau', label: 'Importer des contacts' }}
      >
        <p>Un export CSV ou Excel suffit. Vous verrez ce qu’il contient avant que rien ne soit enregistré.</p>
      </Empty>
    ) : (
      <Full {...p} />
    )}
  </>
);

const Full = (p: ContactsProps) => (
  <>
    <Acts>
      <ButtonLink href="/contacts/imports/nouveau" primary>
        Importer des contacts
      </ButtonLink>
      <ButtonLink href="/contacts/imports">Voir les imports</ButtonLink>
      <ButtonLink href="/sollicitations">Voir les sollicitations</ButtonLink>
      {p.mayExport && (
        <>
          <ButtonLink href="/contacts/export.csv" download quiet>
            Exporter en CSV
          </ButtonLink>
          <ButtonLink href="/contacts/export.xlsx" download quiet>
            Exporter en Excel
          </ButtonLink>
        </>
      )}
    </Acts>
    <Section title="À qui vous parlez">
      <BarChart
        id="par-niveau"
        title="Contacts par niveau"
        summary={levelsInWords(p.counts)}
        bars={LEVELS.map((level) => ({ label: LEVEL_NAMES[level], value: p.counts.level[level] ?? 0, level }))}
        nameColumn="Niveau"
        passport={passport(p.today)}
      />
    </Section>
    <Section
      title="La liste"
      action={
        p.mayCompose && isFiltered(p.filter) && !p.filter.search
          ? { href: audienceFrom(p.filter), label: 'En faire une audience' }
          : undefined
      }
    >
      <Filters {...p.filter} />
      {p.list.rows.length === 0 ? (
        <Empty title="Aucun contact ne correspond." act={{ href: '/contacts', label: 'Voir toute la liste' }} />
      ) : (
        <DataTable
          caption={
            isFiltered(p.filter)
              ? 'Contacts qui correspondent, du plus récent au plus ancien'
              : 'Du plus récent au plus ancien'
          }
          columns={[
            { label: 'Contact' },
            { label: 'Adresse' },
            { label: 'Structure' },
            { label: 'Niveau' },
            { label: 'Région' },
          ]}
          compact
          rows={p.list.rows.map((row) => [
            <a href={`/contacts/${row.id}`}>{nameOf(row)}</a>,
            row.address,
            [row.company, row.job].filter(Boolean).join(', ') || '–',
            <Level level={row.level} />,
            regionName(row.region),
          ])}
        />
      )}
      {!p.first && (
        <p>
          <a href={here(p.filter)}>Revenir au début de la liste</a>
        </p>
      )}
      <Pagination next={p.list.next === null ? null : here(p.filter, p.list.next)} />
    </Section>
  </>
);

export const nameOf = (row: Pick<ContactListRow, 'firstName' | 'lastName' | 'address'>): string =>
  [row.firstName, row.lastName].filter(Boolean).join(' ') || row.address;

/** As one looks for a name: in alphabetical order, accents aside. */
export const REGION_CHOICES = [...REGIONS]
  .sort(new Intl.Collator('fr').compare)
  .map((value) => ({ value, label: regionName(value) }));

/** The official names are stored with a typewriter's apostrophe. */
export function regionName(region: string | null): string {
  return region?.replaceAll("'", '’') ?? '–';
}

const Filters = (f: ContactFilter) => (
  <form method="get" action="/contacts">
    <FieldRow>
      <Field kind="search" name="recherche" label="Nom, adresse, entreprise" value={f.search} bare />
      <Field
        kind="select"
        name="niveau"
        label="Niveau"
        value={f.level}
        bare
        options={[{ value: '', label: 'tous' }, ...LEVELS.map((value) => ({ value, label: LEVEL_NAMES[value] }))]}
      />
      <Field
        kind="select"
        name="public"
        label="Public"
        value={f.public}
        bare
        options={[{ value: '', label: 'tous' }, ...PUBLICS.map((value) => ({ value, label: PUBLIC_NAMES[value] }))]}
      />
      <Field
        kind="select"
        name="region"
        label="Région"
        value={f.region}
        bare
        options={[{ value: '', label: 'toutes' }, ...REGION_CHOICES]}
      />
      <Button>Chercher</Button>
    </FieldRow>
  </form>
);

const isFiltered = (f: ContactFilter): boolean => Boolean(f.search || f.level || f.public || f.region);

function here(f: ContactFilter, after?: number): string {
  const query = new URLSearchParams();
  if (f.search) query.set('recherche', f.search);
  if (f.level) query.set('niveau', f.level);
  if (f.public) query.set('public', f.public);
  if (f.region) query.set('region', f.region);
  if (after !== undefined) query.set('apres', String(after));
  return query.size > 0 ? `/contacts?${query}` : '/contacts';
}

function audienceFrom(f: ContactFilter): string {
  const query = new URLSearchParams();
  if (f.level) query.set('level', f.level);
  if (f.public) query.set('public', f.public);
  if (f.region) query.set('region', f.region);
  return `/audiences/nouvelle?${query}`;
}

/** « Les deux tiers… » would be a judgement; the largest group and its part are a fact. */
function levelsInWords({ total, level }: ContactCounts): string {
  const [first] = [...LEVELS].sort((a, b) => (level[b] ?? 0) - (level[a] ?? 0));
  const most = first ? (level[first] ?? 0) : 0;
  return first
    ? `Le niveau ${LEVEL_NAMES[first]} est le plus présent : ${number(Math.round((100 * most) / total))}\u00a0% de la liste.`
    : '';
}

const passport = (today: Date): Passport => ({
  unit: 'contacts',
  window: { from: toParisDay(today), to: toParisDay(today), zone: 'Europe/Paris' },
  source: 'la liste de contacts de votre organisation',
  definition: 'une personne par adresse, à son niveau par défaut ; une audience peut la placer à un autre niveau',
  leftOut: 'rien : les personnes désinscrites ou opposées y sont comptées, mais ne reçoivent rien',
  ruleVersion: 'contacts-1',
});
