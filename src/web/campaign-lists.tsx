import { toParisDay } from '../base/dates.ts';
import { PUBLIC_NAMES, type Public } from '../base/words.ts';
import type { CampaignCard, CampaignSheet } from '../campaigns/read-campaign.ts';
import type { PushLine } from '../deliveries/read-pushes.ts';
import type { Use } from '../pushes/read-uses.ts';
import type { ResourceRow } from '../resources/queries.ts';
import { RESOURCE_FORMAT_NAMES, RESOURCE_KIND_NAMES } from '../resources/schema.ts';
import { CampaignTabs } from './campaign-pages.tsx';
import { dayWord, periodText, plural, pushUrl } from './push-words.tsx';
import { Acts, ButtonLink, Empty, Facts, Fold, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { State } from './ui/marks.tsx';

/** The lists of a campaign: all of them, their resources. */

type CampaignsProps = {
  campaigns: readonly CampaignCard[];
  pushes: readonly PushLine[];
  today: Date;
  mayCreate: boolean;
};

export const CampaignsPage = ({ campaigns, pushes, today, mayCreate }: CampaignsProps) => {
  const day = toParisDay(today);
  const running = campaigns.filter((c) => c.startsOn <= day && c.endsOn >= day).length;
  return (
    <>
      <PageHead
        title={running ? `${plural(running, 'campagne est en cours', 'campagnes sont en cours')}.` : 'Vos campagnes'}
      >
        {mayCreate && campaigns.length > 0 && (
          <Acts>
            <ButtonLink href="/campagnes/nouvelle">Nouvelle campagne</ButtonLink>
          </Acts>
        )}
      </PageHead>
      <Section title="Toutes les campagnes">
        {campaigns.length ? (
          <Rows label="Campagnes">
            {campaigns.map((c) => (
              <Row
                href={`/campagnes/${c.slug}`}
                what={c.name}
                meta={`${periodText(c.startsOn, c.endsOn)} · ${c.partners.map((p) => p.name).join(', ')}${nextPush(c, pushes, today)}`}
                end={
                  c.endsOn < day ? (
                    <State kind="off">terminée</State>
                  ) : c.startsOn > day ? (
                    <State kind="wait">à venir</State>
                  ) : (
                    <State kind="run">en cours</State>
                  )
                }
              />
            ))}
          </Rows>
        ) : (
          <Empty
            title="Aucune campagne pour l’instant."
            act={mayCreate ? { href: '/campagnes/nouvelle', label: 'Créer une campagne' } : undefined}
          >
            <p>
              {mayCreate
                ? 'Partez d’un modèle : ses envois, ses audiences et ses textes sont déjà là, à vos dates et à votre nom.'
                : 'Une campagne paraît ici dès que votre organisation en est partenaire.'}
            </p>
          </Empty>
        )}
      </Section>
    </>
  );
};

function nextPush(c: CampaignCard, pushes: readonly PushLine[], now: Date): string {
  const next = pushes.find((p) => p.campaignId === c.id && p.at && p.at > now);
  return next?.at ? ` · prochain envoi : ${dayWord(next.at, now).toLowerCase()}` : '';
}

const Used = ({ uses, campaign, linked }: { uses: Use[] | undefined; campaign: string; linked: boolean }) =>
  uses?.length ? (
    uses.map((use, i) => (
      <>
        {i > 0 && ', '}
        {linked ? <a href={pushUrl({ campaignSlug: campaign, slug: use.slug })}>{use.title}</a> : use.title}
      </>
    ))
  ) : (
    <>aucun envoi pour l’instant</>
  );

type ListProps<T> = {
  campaign: CampaignSheet;
  uses: Map<string, Use[]> /** The reader may open pushes. */;
  linked: boolean;
  mayReport: boolean;
} & T;

export const ResourcesPage = ({
  campaign: c,
  resources,
  uses,
  linked,
  mayReport,
}: ListProps<{ resources: readonly ResourceRow[] }>) => (
  <>
    <PageHead
      back={{ href: '/campagnes', label: 'Campagnes' }}
      kicker={c.name}
      title="Les ressources"
      lead={`${plural(resources.length, 'livrable', 'livrables')}, et ce que chaque public peut en faire.`}
    />
    <CampaignTabs slug={c.slug} current="ressources" mayReport={mayReport} />
    {resources.map((r) => (
      <Section title={r.title} id={r.slug} note={[RESOURCE_KIND_NAMES[r.kind], r.years].filter(Boolean).join(', ')}>
        <p>{r.summary}</p>
        <p class="meta">
          {r.url ? <a href={r.url}>{r.url}</a> : 'Pas encore publiée : elle paraît sans lien dans les messages.'}
        </p>
        <Fold title="à qui elle sert, ses formats, ses envois" of={r.title}>
          <Facts
            items={[
              ...Object.entries(r.uses).map(([who, use]) => [`Pour : ${PUBLIC_NAMES[who as Public]}`, use] as const),
              ['Portée par', r.carriedBy || 'non précisé'],
              ['Formats', r.formats.map((f) => RESOURCE_FORMAT_NAMES[f]).join(', ') || 'non précisés'],
              ['Dans les envois', <Used uses={uses.get(r.slug)} campaign={c.slug} linked={linked} />],
            ]}
          />
        </Fold>
      </Section>
    ))}
    {!resources.length && (
      <Section title="L’inventaire">
        <Empty title="L’inventaire est vide." act={{ href: `/campagnes/${c.slug}`, label: 'Revenir aux envois' }}>
          <p>
            Une ressource est un livrable de la filière, avec son usage par public. Une campagne créée d’après un modèle
            en apporte.
          </p>
        </Empty>
      </Section>
    )}
  </>
);
