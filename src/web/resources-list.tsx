import { longDate, parseParis } from '../base/dates.ts';
import { LEVEL_NAMES, LEVELS, PUBLIC_NAMES } from '../base/words.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import { lackNames } from '../resources/completeness.ts';
import {
  type Diffusion,
  INVENTORY_STATES,
  type Inventory,
  type InventoryFilters,
  type InventoryLine,
  type InventoryState,
} from '../resources/read-inventory.ts';
import { RESOURCE_KIND_NAMES, RESOURCE_KINDS } from '../resources/schema.ts';
import { CampaignTabs } from './campaign-pages.tsx';
import { plural } from './push-words.tsx';
import { NAMED_PUBLICS } from './resource-form.ts';
import { Acts, Button, ButtonLink, Empty, Fold, PageHead, Section } from './ui/components.tsx';
import { Field, FieldRow } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';
import { Pagination } from './ui/flow.tsx';
import { State, type StateKind } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';

type Props = {
  campaign: CampaignSheet;
  inventory: Inventory;
  filters: InventoryFilters;
  mayWrite: boolean;
  mayReport: boolean;
};

export const resourcesUrl = (campaign: string, f: InventoryFilters = {}, page = 1): string => {
  const params = new URLSearchParams(
    Object.entries({
      q: f.search,
      etat: f.state,
      type: f.kind,
      porteur: f.owner,
      niveau: f.level,
      public: f.public,
      page: page > 1 ? String(page) : undefined,
    }).filter((pair): pair is [string, string] => pair[1] !== undefined),
  ).toString();
  return `/campagnes/${campaign}/ressources${params && `?${params}`}`;
};

/** The inventory, what nobody ever received first. */
export const ResourcesPage = (p: Props) => {
  const { campaign: c, inventory: i } = p;
  const empty = i.counts.all + i.counts.retired === 0;
  return (
    <>
      <PageHead
        back={{ href: '/campagnes', label: 'Campagnes' }}
        kicker={c.name}
        title={titleOf(i)}
        lead={empty ? undefined : leadOf(i)}
      >
        <Acts>
          {p.mayWrite && !empty && (
            <ButtonLink href={`/campagnes/${c.slug}/ressources/nouvelle`} primary>
              Ajouter une ressource
            </ButtonLink>
          )}
          <ButtonLink href={`/ressources/campagne/${c.slug}`} quiet>
            L’espace public
          </ButtonLink>
          <ButtonLink href={`/campagnes/${c.slug}/ressources/partager`} quiet>
            Montrer l’inventaire sur votre site
          </ButtonLink>
        </Acts>
      </PageHead>
      <CampaignTabs slug={c.slug} current="ressources" mayReport={p.mayReport} />
      {empty ? (
        <Section title="L’inventaire">
          <Empty
            title="Aucune ressource pour l’instant."
            act={
              p.mayWrite
                ? { href: `/campagnes/${c.slug}/ressources/nouvelle`, label: 'Ajouter la première ressource' }
                : undefined
            }
          >
            <p>
              Une ressource est un livrable de la filière : étude, outil, fiche, vidéo. Inscrivez-les toutes, même
              incomplètes : ce qui n’est pas dans l’inventaire n’est pas diffusé.
            </p>
          </Empty>
        </Section>
      ) : (
        <>
          <States {...p} />
          <Questions {...p} />
          <Section title="L’inventaire" note={plural(i.found, 'ressource', 'ressources')} id="liste">
            <List {...p} />
          </Section>
        </>
      )}
    </>
  );
};

function titleOf({ counts }: Inventory): string {
  if (counts.all === 0) return 'L’inventaire est vide.';
  if (counts.never > 0)
    return counts.never === 1
      ? 'Une ressource n’a jamais été diffusée.'
      : `${number(counts.never)} ressources n’ont jamais été diffusées.`;
  return counts.complete < counts.all
    ? `${number(counts.complete)} ressources sur ${number(counts.all)} sont complètes.`
    : 'Tout l’inventaire est complet et diffusé.';
}

const leadOf = ({ counts }: Inventory): string =>
  [
    `${number(counts.complete)} sur ${number(counts.all)} complètes`,
    counts.planned > 0 && `${number(counts.planned)} dans un envoi prévu`,
    counts.due > 0 && `${number(counts.due)} à relire maintenant`,
    counts.retired > 0 && plural(counts.retired, 'retirée', 'retirées'),
  ]
    .filter(Boolean)
    .join(', ')
    .concat('.');

const STATE_NAMES: Record<InventoryState, string> = {
  jamais: 'jamais diffusées',
  diffusee: 'diffusées',
  incomplete: 'incomplètes',
  revoir: 'à relire',
  retiree: 'retirées',
};

/** The questions one comes here with, in one tap, each with its answer. */
const States = ({ campaign, inventory: { counts }, filters }: Props) => {
  const n: Record<InventoryState, number> = {
    jamais: counts.never,
    diffusee: counts.all - counts.never,
    incomplete: counts.all - counts.complete,
    revoir: counts.due,
    retiree: counts.retired,
  };
  const shown = ['toutes', ...INVENTORY_STATES] as const;
  return (
    <p>
      {shown.map((state, i) => {
        const text =
          state === 'toutes' ? `toutes (${number(counts.all)})` : `${STATE_NAMES[state]} (${number(n[state])})`;
        const current = (filters.state ?? 'toutes') === state;
        return (
          <>
            {i > 0 && ' · '}
            {current ? (
              <strong>{text}</strong>
            ) : (
              <a href={resourcesUrl(campaign.slug, { ...filters, state: state === 'toutes' ? undefined : state })}>
                {text}
              </a>
            )}
          </>
        );
      })}
    </p>
  );
};

const Questions = ({ campaign, inventory, filters: f }: Props) => (
  <search>
    <form method="get" action={`/campagnes/${campaign.slug}/ressources`}>
      {f.state && <input type="hidden" name="etat" value={f.state} />}
      <Field kind="search" name="q" label="Chercher dans l’inventaire" value={f.search ?? ''} bare maxlength={200} />
      <Fold title="préciser" open={Boolean(f.kind || f.owner || f.level || f.public)}>
        <FieldRow>
          <Field
            kind="select"
            name="type"
            label="Forme"
            value={f.kind ?? ''}
            bare
            options={[
              { value: '', label: 'toutes' },
              ...RESOURCE_KINDS.map((value) => ({ value, label: RESOURCE_KIND_NAMES[value] })),
            ]}
          />
          <Field
            kind="select"
            name="porteur"
            label="Tenue par"
            value={f.owner ?? ''}
            bare
            options={[
              { value: '', label: 'tous les partenaires' },
              ...inventory.owners.map((o) => ({ value: o.slug, label: o.name })),
            ]}
          />
          <Field
            kind="select"
            name="niveau"
            label="Utile au niveau"
            value={f.level ?? ''}
            bare
            options={[{ value: '', label: 'tous' }, ...LEVELS.map((value) => ({ value, label: LEVEL_NAMES[value] }))]}
          />
          <Field
            kind="select"
            name="public"
            label="Utile à"
            value={f.public ?? ''}
            bare
            options={[
              { value: '', label: 'tous les publics' },
              ...NAMED_PUBLICS.map((value) => ({ value, label: PUBLIC_NAMES[value] })),
            ]}
          />
        </FieldRow>
      </Fold>
      <Acts>
        <Button>Chercher</Button>
        {Object.values(f).some((value) => value !== undefined) && (
          <ButtonLink href={resourcesUrl(campaign.slug)} quiet>
            Tout montrer
          </ButtonLink>
        )}
      </Acts>
    </form>
  </search>
);

const DIFFUSIONS: Record<Diffusion, { kind: StateKind; text: string }> = {
  jamais: { kind: 'todo', text: 'jamais diffusée' },
  prevue: { kind: 'wait', text: 'envoi prévu' },
  diffusee: { kind: 'ok', text: 'diffusée' },
  retiree: { kind: 'off', text: 'retirée' },
};

export const DiffusionState = ({ diffusion }: { diffusion: Diffusion }) => (
  <State kind={DIFFUSIONS[diffusion].kind}>{DIFFUSIONS[diffusion].text}</State>
);

const List = ({ campaign, inventory: i, filters }: Props) =>
  i.found === 0 ? (
    <Empty title="Aucune ressource ne répond à ces questions.">
      <p>La recherche ignore les accents et les pluriels. Retirez un filtre, ou montrez tout.</p>
    </Empty>
  ) : (
    <>
      <DataTable
        caption="Ressources, celles que personne n’a reçues d’abord"
        hiddenCaption
        columns={[
          { label: 'Ressource' },
          { label: 'Diffusion' },
          { label: 'Ce qui manque' },
          { label: 'Tenue par' },
          { label: 'À relire' },
        ]}
        rows={i.lines.map((line) => [
          <Named line={line} campaign={campaign.slug} />,
          <DiffusionState diffusion={line.diffusion} />,
          line.lacks.length ? lackNames(line.lacks) : <State kind="ok">complète</State>,
          line.owner,
          line.reviewOn ? <Review on={line.reviewOn} due={line.due} /> : 'sans date',
        ])}
      />
      <Pagination
        previous={i.page > 1 ? resourcesUrl(campaign.slug, filters, i.page - 1) : null}
        next={i.page < i.pages ? resourcesUrl(campaign.slug, filters, i.page + 1) : null}
        shown={`page ${i.page} sur ${i.pages}`}
      />
    </>
  );

const Named = ({ line, campaign }: { line: InventoryLine; campaign: string }) => (
  <>
    <a href={`/campagnes/${campaign}/ressources/${line.slug}`}>{line.title}</a>
    <br />
    <span class="meta">
      {[RESOURCE_KIND_NAMES[line.kind], line.years, line.axis, !line.listed && 'réservée aux partenaires']
        .filter(Boolean)
        .join(' · ')}
    </span>
  </>
);

export const dayText = (day: string): string => {
  const at = parseParis(day);
  return at ? longDate(at) : day;
};

const Review = ({ on, due }: { on: string; due: boolean }) =>
  due ? <State kind="todo">depuis le {dayText(on)}</State> : dayText(on);
