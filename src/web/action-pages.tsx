import type { FieldError } from '../base/errors.ts';
import { PHASE_NAMES } from '../base/words.ts';
import type { ActionRow } from '../campaigns/action-queries.ts';
import type { ActionSheet } from '../campaigns/action-read.ts';
import { ACTION_KIND_NAMES } from '../campaigns/action-schema.ts';
import { calendarSpan } from '../campaigns/plan-fields.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import { DEFINITIONS } from '../reports/definitions.ts';
import { RULE_VERSION } from '../tracking/classify.ts';
import type { ActionLink } from '../tracking/read-action-links.ts';
import { ActionForm, type TypedAction } from './action-form.tsx';
import { ResultForm, Results, type TypedResult } from './action-result.tsx';
import { PlanTabs, planUrl, sentence, whenText } from './calendar-words.tsx';
import { CampaignTabs } from './campaign-pages.tsx';
import { capital } from './capital.ts';
import { plural } from './push-words.tsx';
import { Address } from './ui/calendar.tsx';
import {
  Acts,
  Button,
  ButtonLink,
  CopyButton,
  Csrf,
  Empty,
  Facts,
  PageHead,
  Row,
  Rows,
  Section,
} from './ui/components.tsx';
import { Figure, HowCounted } from './ui/figures.tsx';
import { Confirm } from './ui/flow.tsx';
import { Levels, State } from './ui/marks.tsx';

/** Declared actions: the list, one of them, and the two forms. */

const actionWhen = (a: Pick<ActionRow, 'startsAt' | 'endsAt'>): string => whenText(calendarSpan(a.startsAt, a.endsAt));

export const ActionsPage = (p: {
  campaign: CampaignSheet;
  actions: readonly (ActionRow & { statements: number })[];
  links: readonly ActionLink[];
  now: Date;
  mayWrite: boolean;
  mayReport: boolean;
}) => (
  <>
    <PageHead
      back={{ href: '/campagnes', label: 'Campagnes' }}
      kicker={p.campaign.name}
      title="Ce qui se fait à côté des envois"
      lead="Publicité, site, événement, presse, rendez-vous : chaque partenaire déclare les siennes, avec un lien suivi et ce qu’elles ont donné."
    >
      {p.mayWrite && (
        <Acts>
          <ButtonLink href={planUrl(p.campaign.slug, 'actions/nouvelle')} primary={p.actions.length === 0}>
            Déclarer une action
          </ButtonLink>
        </Acts>
      )}
    </PageHead>
    <CampaignTabs slug={p.campaign.slug} current="calendrier" mayReport={p.mayReport} />
    <PlanTabs slug={p.campaign.slug} current="actions" mayReadBudget={p.mayReport} />
    <Section title="Toutes les actions">
      {p.actions.length === 0 ? (
        <Empty title="Aucune action n’est déclarée.">
          <p>
            Une annonce, un article sur un site, un salon : tout ce qui parle de la campagne sans passer par un envoi.
          </p>
        </Empty>
      ) : (
        <Rows label="Actions, dans l’ordre des dates">
          {p.actions.map((a) => (
            <Row
              when={actionWhen(a)}
              datetime={a.startsAt.toISOString()}
              what={a.cancelledAt ? <s>{a.title}</s> : a.title}
              href={planUrl(p.campaign.slug, `actions/${a.slug}`)}
              meta={[
                ACTION_KIND_NAMES[a.kind],
                a.organisation.name,
                clicksText(p.links.filter((l) => l.actionId === a.id)),
                a.statements > 0 && plural(a.statements, 'résultat déclaré', 'résultats déclarés'),
              ]
                .filter(Boolean)
                .join(' · ')}
              end={a.cancelledAt ? <State kind="off">annulée</State> : undefined}
            />
          ))}
        </Rows>
      )}
      {p.links.length > 0 && <HowCounted passport={clicksFigure(p.links, p.now)} of="clics retenus" />}
    </Section>
  </>
);

const clicksText = (links: readonly ActionLink[]): string | null =>
  links.length === 0
    ? null
    : plural(
        links.reduce((n, l) => n + l.clicks.retained, 0),
        'clic retenu',
        'clics retenus',
      );

export const ActionPage = (p: {
  campaign: CampaignSheet;
  action: ActionSheet;
  links: readonly ActionLink[];
  publicUrl: string;
  now: Date;
  csrf: string;
  typed: TypedResult;
  errors?: readonly FieldError[];
  doubt: boolean;
}) => {
  const { action: a } = p;
  const here = planUrl(p.campaign.slug, `actions/${a.slug}`);
  return (
    <>
      <PageHead
        back={{ href: planUrl(p.campaign.slug, 'actions'), label: 'Actions' }}
        kicker={`${capital(ACTION_KIND_NAMES[a.kind])}, ${a.organisation.name}`}
        title={a.title}
        lead={sentence(`${capital(actionWhen(a))}${a.place ? `, ${a.place}` : ''}`)}
      >
        {a.cancelledAt ? (
          <p>
            <State kind="off">action annulée</State>
          </p>
        ) : (
          a.own && (
            <Acts>
              <ButtonLink href={`${here}/modifier`}>Modifier</ButtonLink>
              <ButtonLink href={`${here}/annulation`} quiet>
                Annuler cette action
              </ButtonLink>
            </Acts>
          )
        )}
      </PageHead>
      <Section title="De quoi il s’agit">
        {a.description.split(/\n{2,}/).map((part) => part && <p>{part}</p>)}
        <Facts
          items={[
            ['Niveau', a.levels.length ? <Levels levels={a.levels} /> : 'tous'],
            ['Moment du projet', PHASE_NAMES[a.phase]],
          ]}
        />
      </Section>
      <Links {...p} here={here} />
      <Results declared={a.declared} />
      {a.mayDeclare && (
        <ResultForm action={`${here}/resultats`} csrf={p.csrf} typed={p.typed} errors={p.errors} doubt={p.doubt} />
      )}
    </>
  );
};

const Links = (p: {
  action: ActionSheet;
  links: readonly ActionLink[];
  publicUrl: string;
  now: Date;
  csrf: string;
  here: string;
}) => {
  const { action: a } = p;
  const waits = a.url !== null && !p.links.some((l) => l.url === a.url);
  if (!waits && p.links.length === 0)
    return (
      <Section title="Le lien suivi">
        <Empty
          title="Cette action ne mène à aucune page."
          act={a.own && !a.cancelledAt ? { href: `${p.here}/modifier`, label: 'Lui donner une page' } : undefined}
        >
          <p>Avec une page, elle aurait un lien à elle, et ses clics seraient comptés ici.</p>
        </Empty>
      </Section>
    );
  return (
    <Section title={p.links.length > 1 ? 'Les liens suivis' : 'Le lien suivi'}>
      {waits && (
        <>
          <p>
            Cette action mène à <a href={a.url ?? ''}>{a.url}</a> : son lien suivi n’est pas encore fait.
          </p>
          {a.own && (
            <form method="post" action={`${p.here}/lien`}>
              <Csrf token={p.csrf} />
              <Button>Faire son lien suivi</Button>
            </form>
          )}
        </>
      )}
      {p.links.map((l, i) => (
        <>
          <Address id={`lien-${i + 1}`}>{`${p.publicUrl}/r/${l.token}`}</Address>
          <p class="meta">
            mène à <a href={l.url}>{l.url}</a>
            {l.url !== a.url && ', sa destination d’avant'}
          </p>
          <Acts>
            <CopyButton from={`lien-${i + 1}`}>Copier ce lien</CopyButton>
          </Acts>
          <Figure label="clics retenus" figure={clicksFigure([l], p.now)} />
        </>
      ))}
    </Section>
  );
};

/** The same definition as every other click of the house, on the links of actions. */
function clicksFigure(links: readonly ActionLink[], now: Date) {
  const { unit, source, definition } = DEFINITIONS.clics;
  const sum = (of: keyof ActionLink['clicks']): number => links.reduce((n, l) => n + l.clicks[of], 0);
  const since = links.map((l) => l.since).reduce((first, at) => (at < first ? at : first), now);
  return {
    value: sum('retained'),
    unit,
    window: { from: since, to: now, zone: 'Europe/Paris' },
    source,
    definition: `${definition} Sur ${links.length > 1 ? 'ces liens seuls, depuis que chacun' : 'ce lien seul, depuis qu’il'} existe.`,
    leftOut: `${plural(sum('robots'), 'robot', 'robots')}, ${plural(sum('doubtful'), 'douteux', 'douteux')}.`,
    ruleVersion: `version ${RULE_VERSION}`,
    range: { to: sum('retained') + sum('doubtful') },
  };
}

export const ActionFormPage = (p: {
  campaign: CampaignSheet;
  slug: string | null;
  csrf: string;
  typed: TypedAction;
  errors?: readonly FieldError[];
}) => {
  const back = planUrl(p.campaign.slug, p.slug ? `actions/${p.slug}` : 'actions');
  return (
    <>
      <PageHead
        back={{ href: back, label: p.slug ? 'L’action' : 'Actions' }}
        kicker={p.campaign.name}
        title={p.slug ? 'Modifier l’action' : 'Déclarer une action'}
        lead={p.slug ? undefined : 'Elle paraît au calendrier de tous les partenaires, au nom de votre organisation.'}
      />
      <ActionForm
        action={p.slug ? `${back}/modifier` : `${back}/nouvelle`}
        csrf={p.csrf}
        typed={p.typed}
        errors={p.errors}
        submit={p.slug ? 'Enregistrer' : 'Déclarer'}
        back={back}
      />
    </>
  );
};

export const CancelActionPage = (p: { campaign: CampaignSheet; action: ActionSheet; csrf: string }) => {
  const here = planUrl(p.campaign.slug, `actions/${p.action.slug}`);
  return (
    <>
      <PageHead back={{ href: here, label: 'L’action' }} title={`Annuler « ${p.action.title} » ?`} />
      <Confirm
        action={`${here}/annulation`}
        csrf={p.csrf}
        effects={[
          ['Au calendrier', 'elle reste, barrée, pour tous les partenaires'],
          ['Son lien', 'continue de mener où il mène, et ses clics de compter'],
          ['Ses résultats', 'restent écrits'],
          ['Ensuite', 'elle ne peut plus être reprise : il faudra en déclarer une autre'],
        ]}
        submit="Annuler cette action"
        back={{ href: here, label: 'La garder' }}
        danger
      />
    </>
  );
};
