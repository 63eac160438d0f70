import type { FieldError } from '../base/errors.ts';
import type { EventRow } from '../campaigns/event-queries.ts';
import type { EventSheet } from '../campaigns/event-read.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import type { PlanEntry } from '../pushes/plan-calendar.ts';
import type { ResourceRow } from '../resources/queries.ts';
import { daysText, EntryMeta, EntryState, PlanTabs, planUrl, sentence, whenText } from './calendar-words.tsx';
import { CampaignTabs } from './campaign-pages.tsx';
import { capital } from './capital.ts';
import { listed, plural } from './push-words.tsx';
import { Acts, Button, ButtonLink, Csrf, Empty, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { Choices, ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';
import { Confirm } from './ui/flow.tsx';
import { State } from './ui/marks.tsx';

/** Temps forts of the sector: where the campaign may be shown, and what to bring there. */

export const EventsPage = (p: {
  campaign: CampaignSheet;
  events: readonly EventRow[];
  today: string;
  mayWrite: boolean;
  mayReport: boolean;
}) => (
  <>
    <PageHead
      back={{ href: '/campagnes', label: 'Campagnes' }}
      kicker={p.campaign.name}
      title="Les temps forts de la filière"
      lead="Salons, journées, assemblées : où être vu, et avec quelles ressources."
    >
      {p.mayWrite && (
        <Acts>
          <ButtonLink href={planUrl(p.campaign.slug, 'temps-forts/nouveau')} primary={p.events.length === 0}>
            Noter un temps fort
          </ButtonLink>
        </Acts>
      )}
    </PageHead>
    <CampaignTabs slug={p.campaign.slug} current="calendrier" mayReport={p.mayReport} />
    <PlanTabs slug={p.campaign.slug} current="temps-forts" mayReadBudget={p.mayReport} />
    <Section title="Tous les temps forts">
      {p.events.length === 0 ? (
        <Empty title="Aucun temps fort n’est noté.">
          <p>Notez les rendez-vous de la filière dès que vous en connaissez la date : chacun saura quoi y montrer.</p>
        </Empty>
      ) : (
        <Rows label="Temps forts, dans l’ordre des dates">
          {p.events.map((e) => (
            <Row
              when={daysText(e.from, e.to)}
              datetime={e.from}
              what={e.cancelledAt ? <s>{e.title}</s> : e.title}
              href={planUrl(p.campaign.slug, `temps-forts/${e.slug}`)}
              meta={[
                e.place,
                e.resources.length > 0
                  ? plural(e.resources.length, 'ressource à montrer', 'ressources à montrer')
                  : 'rien n’est prévu d’y montrer',
                `noté par ${e.organisation.name}`,
              ]
                .filter(Boolean)
                .join(' · ')}
              end={
                e.cancelledAt ? (
                  <State kind="off">retiré</State>
                ) : e.to < p.today ? (
                  <State kind="off">passé</State>
                ) : e.resources.length === 0 ? (
                  <State kind="todo">à préparer</State>
                ) : undefined
              }
            />
          ))}
        </Rows>
      )}
    </Section>
  </>
);

export const EventPage = (p: {
  campaign: CampaignSheet;
  event: EventSheet;
  around: readonly PlanEntry[];
  organisation: number;
}) => {
  const { event: e } = p;
  const here = planUrl(p.campaign.slug, `temps-forts/${e.slug}`);
  return (
    <>
      <PageHead
        back={{ href: planUrl(p.campaign.slug, 'temps-forts'), label: 'Temps forts' }}
        kicker={`Temps fort, noté par ${e.organisation.name}`}
        title={e.title}
        lead={sentence(`${capital(daysText(e.from, e.to))}${e.place ? `, ${e.place}` : ''}`)}
      >
        {e.cancelledAt ? (
          <p>
            <State kind="off">retiré du plan</State>
          </p>
        ) : (
          e.own && (
            <Acts>
              <ButtonLink href={`${here}/modifier`}>Modifier</ButtonLink>
              <ButtonLink href={`${here}/retrait`} quiet>
                Retirer du plan
              </ButtonLink>
            </Acts>
          )
        )}
      </PageHead>
      {(e.url || e.note) && (
        <Section title="De quoi il s’agit">
          {e.note && <p>{e.note}</p>}
          {e.url && (
            <p>
              <a href={e.url}>{e.url}</a>
            </p>
          )}
        </Section>
      )}
      <Section title="À y montrer">
        {e.shown.length === 0 ? (
          <Empty
            title="Rien n’est choisi."
            act={e.own && !e.cancelledAt ? { href: `${here}/modifier`, label: 'Choisir des ressources' } : undefined}
          >
            <p>Choisissez dans l’inventaire ce qui sert à ce public-là : une synthèse, une vidéo, une affiche.</p>
          </Empty>
        ) : (
          <Rows label="Ressources à montrer">
            {e.shown.map((r) => {
              const elsewhere = e.elsewhere.get(r.slug) ?? [];
              return (
                <Row
                  what={r.title}
                  href={planUrl(p.campaign.slug, `ressources#${r.slug}`)}
                  meta={elsewhere.length ? `montrée aussi à : ${listed(elsewhere.map((o) => o.title))}` : undefined}
                  end={r.url ? undefined : <State kind="todo">pas encore publiée</State>}
                />
              );
            })}
          </Rows>
        )}
      </Section>
      <Section title="Ce qui se passe autour" note="ces jours-là, et la semaine d’avant et d’après">
        {p.around.length === 0 ? (
          <p>Aucun envoi ni aucune action n’est prévu autour de ces dates.</p>
        ) : (
          <Rows label="Envois et actions autour de ces dates">
            {p.around.map((entry) => (
              <Row
                when={whenText(entry)}
                what={entry.title}
                href={planUrl(p.campaign.slug, entry.path)}
                meta={<EntryMeta entry={entry} />}
                end={<EntryState entry={entry} organisation={p.organisation} />}
              />
            ))}
          </Rows>
        )}
      </Section>
    </>
  );
};

export type TypedEvent = {
  title: string;
  from: string;
  to: string;
  place: string;
  url: string;
  note: string;
  resources: string[];
};

export const EventFormPage = (p: {
  campaign: CampaignSheet;
  slug: string | null;
  resources: readonly ResourceRow[];
  csrf: string;
  typed: TypedEvent;
  errors?: readonly FieldError[];
}) => {
  const back = planUrl(p.campaign.slug, p.slug ? `temps-forts/${p.slug}` : 'temps-forts');
  return (
    <>
      <PageHead
        back={{ href: back, label: p.slug ? 'Le temps fort' : 'Temps forts' }}
        kicker={p.campaign.name}
        title={p.slug ? 'Modifier le temps fort' : 'Noter un temps fort'}
      />
      <ErrorSummary errors={p.errors} />
      <form method="post" action={p.slug ? `${back}/modifier` : `${back}/nouveau`}>
        <Csrf token={p.csrf} />
        <Field
          name="title"
          label="Son nom"
          hint="Par exemple : salon des métiers du numérique."
          value={p.typed.title}
          error={errorOf(p.errors, 'title')}
          maxlength={160}
          required
        />
        <FieldRow>
          <Field kind="date" name="from" label="Du" value={p.typed.from} error={errorOf(p.errors, 'from')} required />
          <Field
            kind="date"
            name="to"
            label="Au"
            hint="Vide : un seul jour."
            value={p.typed.to}
            error={errorOf(p.errors, 'to')}
          />
        </FieldRow>
        <Field name="place" label="Où" value={p.typed.place} error={errorOf(p.errors, 'place')} maxlength={200} />
        <Field
          kind="url"
          name="url"
          label="Sa page"
          value={p.typed.url}
          error={errorOf(p.errors, 'url')}
          size="full"
          inputmode="url"
        />
        {p.resources.length > 0 && (
          <Choices
            kind="checkbox"
            name="resources"
            label="Ressources à y montrer"
            value={p.typed.resources}
            error={errorOf(p.errors, 'resources')}
            options={p.resources.map((r) => ({ value: r.slug, label: r.title }))}
          />
        )}
        <Field
          kind="textarea"
          name="note"
          label="À savoir"
          value={p.typed.note}
          error={errorOf(p.errors, 'note')}
          rows={3}
        />
        <Acts>
          <Button primary>{p.slug ? 'Enregistrer' : 'Noter'}</Button>
          <ButtonLink href={back} quiet>
            Annuler
          </ButtonLink>
        </Acts>
      </form>
    </>
  );
};

export const CancelEventPage = (p: { campaign: CampaignSheet; event: EventSheet; csrf: string }) => {
  const here = planUrl(p.campaign.slug, `temps-forts/${p.event.slug}`);
  return (
    <>
      <PageHead back={{ href: here, label: 'Le temps fort' }} title={`Retirer « ${p.event.title} » du plan ?`} />
      <Confirm
        action={`${here}/retrait`}
        csrf={p.csrf}
        effects={[
          ['Au calendrier', 'il reste, barré, pour tous les partenaires'],
          ['Ensuite', 'il ne peut plus être repris : il faudra le noter de nouveau'],
        ]}
        submit="Retirer du plan"
        back={{ href: here, label: 'Le garder' }}
        danger
      />
    </>
  );
};
