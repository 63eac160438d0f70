import { LEVEL_NAMES, LEVELS } from '../base/words.ts';
import type { PublicInventory, PublicLine } from '../resources/public-inventory.ts';
import {
  RESOURCE_FORMAT_NAMES,
  RESOURCE_KIND_NAMES,
  RESOURCE_KIND_PLURALS,
  RESOURCE_KINDS,
} from '../resources/schema.ts';
import { Acts, Button, ButtonLink, Empty, Fold, PageHead, Section } from '../web/ui/components.tsx';
import { Field, FieldRow } from '../web/ui/fields.tsx';
import { number } from '../web/ui/figures.tsx';
import { Pagination } from '../web/ui/flow.tsx';
import { Tree, TreeLeaf } from '../web/ui/tree.tsx';
import type { PublicWebinar } from '../webinars/public-webinar.ts';
import { MeasureNote } from './measure.tsx';
import { type filtersOf, LEVEL_ACTS, listAddress, PROFILE_IDS, PROFILES, resourcePath } from './resource-words.ts';
import { WebinarRows } from './webinar-list.tsx';

export type Filters = ReturnType<typeof filtersOf>;

type ListProps = {
  inventory: PublicInventory;
  filters: Filters;
  /** Address of the list without its filters. */
  base: string;
  /** In a frame of another site. */
  framed?: boolean;
};

const count = (n: number): string => `${number(n)}\u00a0${n < 2 ? 'ressource' : 'ressources'}`;
const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
const filtered = (f: Filters): boolean => Object.values(f).some((value) => value !== undefined);

/** The public space: of one campaign, or of all of them. */
export const ResourcesSpace = (
  p: ListProps & {
    campaign: { name: string; slug: string; sites: { name: string; url: string }[] } | null;
    feed: string;
    /** Webinars to come, a few. */
    coming: readonly PublicWebinar[];
    refused: boolean;
  },
) => (
  <>
    <PageHead
      voice
      kicker={p.campaign ? 'Ressources' : undefined}
      title={p.campaign ? 'Tout ce que la campagne met à votre disposition' : 'Toutes les ressources, au même endroit'}
      lead="Dites qui vous êtes : chaque ressource vous dit à quoi elle peut vous servir."
    />
    <ResourceList {...p} />
    {p.campaign && p.campaign.sites.length > 0 && (
      <Section title="Sur les sites des partenaires">
        <ul>
          {p.campaign.sites.map((site) => (
            <li>
              <a href={site.url}>{site.name}</a>
            </li>
          ))}
        </ul>
      </Section>
    )}
    {p.coming.length > 0 && (
      <Section
        title="Les voir en vrai"
        action={{
          href: `/webinaires${p.campaign ? `?campagne=${p.campaign.slug}` : ''}`,
          label: 'Tous les webinaires',
        }}
      >
        <WebinarRows label="Webinaires à venir" webinars={p.coming} />
      </Section>
    )}
    <Section title="Suivre, reprendre">
      <p>
        Cet inventaire existe aussi en flux, pour le suivre ou le montrer ailleurs : <a href={`${p.feed}.rss`}>RSS</a>,{' '}
        <a href={`${p.feed}.json`}>JSON Feed</a>.
        {p.campaign && (
          <>
            {' '}
            <a href="/ressources">Les ressources des autres campagnes</a>
          </>
        )}
      </p>
      <MeasureNote refused={p.refused} />
    </Section>
  </>
);

/** The same in a frame: the questions, the list, nothing around. */
export const FramedResources = (p: ListProps & { whole: string }) => (
  <>
    <h1 class="hidden">Ressources</h1>
    <ResourceList {...p} framed />
    <Acts>
      <a href={p.whole} target="_blank" rel="noopener">
        Ouvrir tout l’inventaire<span class="hidden"> (nouvel onglet)</span>
      </a>
    </Acts>
  </>
);

const ResourceList = (p: ListProps) => (
  <>
    <Questions {...p} />
    {p.inventory.found === 0 ? (
      <Nothing {...p} />
    ) : (
      <>
        {p.inventory.pages > 1 && !p.framed && <Contents {...p} />}
        <div class="part" id="liste">
          <p class="note" role="status">
            {found(p)}
          </p>
          <Tree label="Les ressources" branches={branchesOf(p)} />
          <Pages {...p} />
        </div>
      </>
    )}
  </>
);

const found = ({ inventory: i, filters: f }: ListProps): string =>
  [
    count(i.found),
    f.profile && `pour : ${PROFILES[f.profile]}`,
    f.search && `sur «\u00a0${f.search}\u00a0»`,
    f.axis && `dans «\u00a0${f.axis}\u00a0»`,
    i.pages > 1 && `page ${i.page} sur ${i.pages}`,
  ]
    .filter(Boolean)
    .join(', ');

const Questions = ({ filters: f, base, framed }: ListProps) => (
  <search>
    <form method="get" action={base}>
      {f.axis !== undefined && <input type="hidden" name="axe" value={f.axis} />}
      <FieldRow>
        <Field
          kind="select"
          name="profil"
          label="Je suis"
          value={f.profile ?? ''}
          bare
          options={[
            { value: '', label: 'peu importe' },
            ...PROFILE_IDS.map((value) => ({ value, label: PROFILES[value] })),
          ]}
        />
        <Field kind="search" name="q" label="Je cherche" value={f.search ?? ''} bare maxlength={200} />
      </FieldRow>
      {!framed && (
        <Fold title="préciser" open={Boolean(f.level || f.kind)}>
          <FieldRow>
            <Field
              kind="select"
              name="niveau"
              label="Pour"
              value={f.level ?? ''}
              bare
              options={[
                { value: '', label: 'tous les usages' },
                ...LEVELS.map((value) => ({ value, label: `${LEVEL_ACTS[value]} (${LEVEL_NAMES[value]})` })),
              ]}
            />
            <Field
              kind="select"
              name="type"
              label="Sous la forme"
              value={f.kind ?? ''}
              bare
              options={[
                { value: '', label: 'peu importe' },
                ...RESOURCE_KINDS.map((value) => ({ value, label: RESOURCE_KIND_NAMES[value] })),
              ]}
            />
          </FieldRow>
        </Fold>
      )}
      <Acts>
        <Button primary>Chercher</Button>
        {filtered(f) && (
          <ButtonLink href={base} quiet>
            Tout montrer
          </ButtonLink>
        )}
      </Acts>
    </form>
  </search>
);

const Nothing = ({ filters, base }: ListProps) =>
  filtered(filters) ? (
    <Empty title="Aucune ressource ne répond à ces questions." act={{ href: base, label: 'Tout montrer' }}>
      <p>Essayez un mot plus simple, ou un autre profil : la recherche ignore les accents et les pluriels.</p>
    </Empty>
  ) : (
    <Empty title="Aucune ressource n’est publiée pour l’instant.">
      <p>Elles paraîtront ici dès qu’elles pourront être ouvertes.</p>
    </Empty>
  );

const OTHER_AXIS = 'Autres ressources';

/** What a long inventory holds, before its first page. */
const Contents = ({ inventory, filters, base }: ListProps) => {
  const axes = Map.groupBy(inventory.tree, (t) => t.axis);
  const lines = (kinds: PublicInventory['tree']) => (
    <ul class="leaves">
      {kinds.map(({ axis, kind, n }) => (
        <li>
          <a href={`${listAddress(base, filters, { axis, kind })}#liste`}>
            {capital(RESOURCE_KIND_PLURALS[kind])} ({number(n)})
          </a>
        </li>
      ))}
    </ul>
  );
  return (
    <Section title="Sommaire">
      {axes.size === 1 ? (
        <nav class="tree" aria-label="Sommaire">
          {lines(inventory.tree)}
        </nav>
      ) : (
        <nav aria-label="Sommaire">
          <ul class="tree">
            {[...axes].map(([axis, kinds]) => (
              <li>
                <a href={`${listAddress(base, filters, { axis })}#liste`}>{axis || OTHER_AXIS}</a>
                {lines(kinds)}
              </li>
            ))}
          </ul>
        </nav>
      )}
    </Section>
  );
};

function branchesOf(p: ListProps) {
  const { lines } = p.inventory;
  const axes = new Set(p.inventory.tree.map((t) => t.axis));
  const several = new Set(lines.map((l) => l.campaign.slug)).size > 1;
  return [...Map.groupBy(lines, (l) => l.axis)].map(([axis, ofAxis]) => ({
    // Where nothing is sorted by axis, the kinds are the first step.
    title: axes.size === 1 && axis === '' ? '' : axis || OTHER_AXIS,
    twigs: [...Map.groupBy(ofAxis, (l) => l.kind)].map(([kind, ofKind]) => ({
      title: capital(RESOURCE_KIND_PLURALS[kind]),
      leaves: ofKind.map((line) => <Leaf line={line} several={several} {...p} />),
    })),
  }));
}

const Leaf = ({ line: r, several, filters: f, framed }: ListProps & { line: PublicLine; several: boolean }) => (
  <TreeLeaf
    href={resourcePath(r, f.profile)}
    title={r.title}
    text={(f.profile && r.uses[f.profile]) || (f.level && r.levelUses[f.level]) || r.summary}
    meta={[
      r.carriedBy || r.owner,
      r.years,
      r.formats.map((format) => RESOURCE_FORMAT_NAMES[format]).join(', '),
      several && r.campaign.name,
    ]
      .filter(Boolean)
      .join(' · ')}
    tab={framed ?? false}
  />
);

const Pages = ({ inventory: i, filters, base }: ListProps) => {
  const to = (page: number): string => `${listAddress(base, filters, { page })}#liste`;
  return (
    <Pagination
      previous={i.page > 1 ? to(i.page - 1) : null}
      next={i.page < i.pages ? to(i.page + 1) : null}
      shown={`page ${i.page} sur ${i.pages}`}
    />
  );
};
