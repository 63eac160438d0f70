import type { Child } from 'hono/jsx';
import { shortDate, shortDateTime } from '../base/dates.ts';
import { LEVELS, PUBLIC_NAMES } from '../base/words.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import type { Figure as FigureRow } from '../reports/figure.ts';
import type { Carrier } from '../reports/read-diffusion.ts';
import { lackSentence } from '../resources/completeness.ts';
import type { Diffusion } from '../resources/read-inventory.ts';
import type { ResourcePage } from '../resources/read-resource-page.ts';
import { RESOURCE_FORMAT_NAMES, RESOURCE_KIND_NAMES } from '../resources/schema.ts';
import { capital } from './capital.ts';
import { pushUrl } from './push-words.tsx';
import { NAMED_PUBLICS } from './resource-form.ts';
import { DiffusionState, dayText } from './resources-list.tsx';
import { Acts, Button, ButtonLink, Csrf, Empty, Facts, PageHead, Row, Rows, Section, Todo } from './ui/components.tsx';
import { fieldId } from './ui/fields.tsx';
import { Figure, Figures } from './ui/figures.tsx';
import { Level, State } from './ui/marks.tsx';
import { sizeText } from './ui/size.ts';

type Props = {
  campaign: CampaignSheet;
  resource: ResourcePage;
  carriers: readonly Carrier[];
  diffusion: Diffusion;
  visits: { visits: FigureRow; downloads: FigureRow } | null;
  /** Its review date has come. */
  due: boolean;
  mayWrite: boolean;
  mayReadPushes: boolean;
  csrf: string;
};

/** One resource of the inventory, as the partners see it. */
export const ResourceView = (p: Props) => {
  const { campaign: c, resource: r } = p;
  const here = `/campagnes/${c.slug}/ressources/${r.slug}`;
  const writes = p.mayWrite && r.mine;
  return (
    <>
      <PageHead
        back={{ href: `/campagnes/${c.slug}/ressources`, label: 'Les ressources' }}
        kicker={[capital(RESOURCE_KIND_NAMES[r.kind]), r.years].filter(Boolean).join(', ')}
        title={r.title}
        lead={r.summary || undefined}
      >
        <p>
          <DiffusionState diffusion={p.diffusion} />
        </p>
        {writes && (
          <Acts>
            <ButtonLink href={`${here}/modifier`}>Corriger la fiche</ButtonLink>
            <ButtonLink href={`${here}/formats`}>Ajouter un format</ButtonLink>
            {r.retiredOn ? (
              <form method="post" action={`${here}/retour`}>
                <Csrf token={p.csrf} />
                <Button quiet>Remettre dans l’inventaire</Button>
              </form>
            ) : (
              <ButtonLink href={`${here}/retrait`} quiet>
                Retirer
              </ButtonLink>
            )}
          </Acts>
        )}
      </PageHead>
      {p.due && !r.retiredOn && r.reviewOn && (
        <Section title="À relire maintenant">
          <Todo
            title={`Depuis le ${dayText(r.reviewOn)}`}
            act={
              writes
                ? { href: `${here}/modifier#${fieldId('reviewOn')}`, label: 'Relire et donner une nouvelle date' }
                : undefined
            }
          >
            <p>Est-ce encore juste, et les liens s’ouvrent-ils ?</p>
          </Todo>
        </Section>
      )}
      {!r.retiredOn && <Lacks {...p} here={here} writes={writes} />}
      <Section title="Où elle est passée">
        {p.carriers.length ? (
          <Rows label="Ce qui l’a portée, ou va la porter">
            {p.carriers.map((carrier) => (
              <CarrierRow carrier={carrier} campaign={c.slug} linked={p.mayReadPushes} />
            ))}
          </Rows>
        ) : (
          <Empty title="Aucun envoi ne l’a portée.">
            <p>Ajoutez-la à une lettre : un bloc « ressource » suffit.</p>
          </Empty>
        )}
      </Section>
      <Opened {...p} here={here} writes={writes} />
      <Uses resource={r} />
      <About {...p} />
      {p.visits && (
        <Section title="Dans l’espace public">
          <Figures>
            <Figure label="consultations" figure={shown(p.visits.visits)} />
            <Figure label="téléchargements" figure={shown(p.visits.downloads)} />
          </Figures>
        </Section>
      )}
    </>
  );
};

const shown = (f: FigureRow) => ({ ...f, ruleVersion: String(f.ruleVersion) });

const Lacks = ({ resource: r, here, writes }: Props & { here: string; writes: boolean }) => {
  const items = r.lacks.map(lackSentence);
  return (
    <Section
      title={items.length ? 'Ce qui manque' : 'La fiche est complète'}
      note={items.length ? undefined : <State kind="ok">rien ne manque</State>}
    >
      {items.length > 0 && (
        <Rows label="Ce qui manque à cette ressource">
          {items.map(({ text, field }) => (
            <Row
              what={text}
              href={
                writes ? (field === 'supports' ? `${here}/formats` : `${here}/modifier#${fieldId(field)}`) : undefined
              }
            />
          ))}
        </Rows>
      )}
      {items.length > 0 && !writes && <p class="meta">{r.owner.name} tient cette fiche, et peut la compléter.</p>}
    </Section>
  );
};

const CarrierRow = ({ carrier: x, campaign, linked }: { carrier: Carrier; campaign: string; linked: boolean }) => (
  <Row
    when={x.at ? shortDateTime(x.at) : x.repeats ? 'à chaque numéro' : 'sans date'}
    datetime={x.at?.toISOString() ?? ''}
    what={x.title}
    href={linked ? pushUrl({ campaignSlug: campaign, slug: x.slug }) : undefined}
    meta={x.repeats ? 'envoi qui se répète' : 'envoi'}
    end={x.sent ? <State kind="ok">parti</State> : <State kind="wait">prévu</State>}
  />
);

const Opened = ({ campaign, resource: r, here, writes, csrf }: Props & { here: string; writes: boolean }) => (
  <Section title="Ce qu’on peut ouvrir">
    {r.url || r.supports.length ? (
      <Rows label="Formats à ouvrir">
        {r.url && <Row what="Sa page" href={r.url} meta={r.url} />}
        {r.supports.map((s) => {
          const name = capital(RESOURCE_FORMAT_NAMES[s.format]);
          const file = 'url' in s ? null : s;
          return (
            <Row
              what={s.title || name}
              href={'url' in s ? s.url : `${here}/fichiers/${s.id}`}
              meta={
                <>
                  {s.title ? `${name} · ` : ''}
                  {'url' in s ? s.url : `${s.name}, ${sizeText(s.size)}`}
                  {file && isPublic(r) && (
                    <>
                      {' · '}
                      <a href={`/ressources/${campaign.slug}/${r.slug}/${file.name}`}>adresse publique</a>
                    </>
                  )}
                </>
              }
              end={
                writes ? (
                  <form method="post" action={`${here}/formats/${s.id}/retrait`}>
                    <Csrf token={csrf} />
                    <Button quiet label={`Ne plus proposer : ${s.title || name}`}>
                      Ne plus proposer
                    </Button>
                  </form>
                ) : undefined
              }
            />
          );
        })}
      </Rows>
    ) : (
      <Empty
        title="Rien ne peut être ouvert."
        act={writes ? { href: `${here}/formats`, label: 'Ajouter un fichier ou une adresse' } : undefined}
      >
        <p>Elle paraît sans lien dans les messages, et l’espace public ne la montre pas encore.</p>
      </Empty>
    )}
  </Section>
);

const isPublic = (r: ResourcePage): boolean => r.listed && (r.url !== null || r.supports.length > 0);

const Uses = ({ resource: r }: { resource: ResourcePage }) => {
  const levels = LEVELS.filter((level) => r.levelUses[level]);
  const publics = NAMED_PUBLICS.filter((who) => r.uses[who]);
  if (levels.length + publics.length === 0) return null;
  return (
    <Section title="À quoi elle sert">
      <Facts
        items={[
          ...levels.map((level) => [<Level level={level} />, r.levelUses[level] ?? ''] as [Child, Child]),
          ...publics.map((who) => [`Pour : ${PUBLIC_NAMES[who]}`, r.uses[who] ?? ''] as [Child, Child]),
        ]}
      />
    </Section>
  );
};

const About = ({ campaign: c, resource: r }: Props) => (
  <Section title="La fiche">
    <Facts
      items={[
        ['Portée par', r.carriedBy || 'non précisé'],
        ['Fiche tenue par', r.mine ? `${r.owner.name} (votre organisation)` : r.owner.name],
        ['Axe du programme', r.axis || 'non précisé'],
        ['Formats', r.formats.map((f) => RESOURCE_FORMAT_NAMES[f]).join(', ') || 'non précisés'],
        ['Questions', r.contact || 'personne n’est nommé'],
        [
          'À relire',
          r.reviewOn ? (
            <>
              avant le {dayText(r.reviewOn)}
              {r.remindedAt && ` ; rappelé le ${shortDate(r.remindedAt)}`}
            </>
          ) : (
            'sans date'
          ),
        ],
        [
          'Espace public',
          r.retiredOn ? (
            `retirée le ${dayText(r.retiredOn)} : sa page reste, et le dit`
          ) : !r.listed ? (
            'réservée aux partenaires'
          ) : isPublic(r) ? (
            <a href={`/ressources/${c.slug}/${r.slug}`}>sa page publique</a>
          ) : (
            'dès qu’elle pourra être ouverte'
          ),
        ],
        ['Publiée', r.publishedOn ? `le ${dayText(r.publishedOn)}` : 'sans date'],
        [
          'Voir aussi',
          r.seeAlso.length
            ? r.seeAlso.map((other, i) => (
                <>
                  {i > 0 && ', '}
                  <a href={`/campagnes/${c.slug}/ressources/${other.slug}`}>{other.title}</a>
                </>
              ))
            : 'rien',
        ],
      ]}
    />
  </Section>
);
