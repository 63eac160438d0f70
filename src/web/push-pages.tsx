import { shortDate } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import type { Audience } from '../contacts/audience-queries.ts';
import type { PushLine } from '../deliveries/read-pushes.ts';
import { may } from '../organisations/permissions.ts';
import type { PushCheck } from '../proofs/check-schema.ts';
import { CHANNEL_NAMES, CHANNELS, type Channel } from '../pushes/schema.ts';
import { capital } from './capital.ts';
import { Proofreading } from './push-check.tsx';
import { Forecast, Ledger, SendingProgress, Untold } from './push-figures.tsx';
import { PushFields, type PushValues } from './push-form.tsx';
import type { Overview } from './push-overview.ts';
import { ApprovalList, NextStep, PushHead } from './push-parts.tsx';
import { TroubleNotes } from './push-troubles.tsx';
import { type Invitable, WebinarField } from './push-webinar.tsx';
import { listed, periodOf, pushUrl, recurrenceText, Standing, whenOf } from './push-words.tsx';
import { nextDates } from './recurrence-form.tsx';
import {
  Acts,
  Button,
  ButtonLink,
  Columns,
  Csrf,
  Empty,
  Facts,
  PageHead,
  Row,
  Rows,
  Section,
} from './ui/components.tsx';
import { Choices, ErrorSummary, Field } from './ui/fields.tsx';
import { UseRows } from './words-parts.tsx';

const CHANNEL_HINTS: Record<Channel, string> = {
  newsletter: 'une lettre en blocs, que chaque niveau lit avec ses mots',
  communique: 'pour la presse : chapô, contact, embargo, et une page publique',
  webinaire: 'la date, l’heure, les intervenants, et de quoi s’inscrire ou l’ajouter à son agenda',
};

type NewPushProps = {
  csrf: string;
  campaign: CampaignSheet;
  audiences: readonly Audience[];
  pushes: readonly PushLine[];
  values: PushValues;
  errors?: readonly FieldError[];
  source: string;
  channel: Channel;
  /** Those one may still be invited to, and the one that is chosen. */
  webinars: readonly Invitable[];
  webinar: string;
};

export const NewPushPage = ({
  csrf,
  campaign: c,
  audiences,
  pushes,
  values,
  errors,
  source,
  channel,
  webinars,
  webinar,
}: NewPushProps) => (
  <>
    <PageHead
      back={{ href: `/campagnes/${c.slug}`, label: c.name }}
      title="À qui, et quand ?"
      lead="Le texte vient juste après. Rien ne part avant la validation de chaque signataire."
    />
    <ErrorSummary errors={errors} />
    <Section title="L’envoi">
      {audiences.length ? (
        <form method="post" action={`/campagnes/${c.slug}/envois/nouveau`}>
          <Csrf token={csrf} />
          <Choices
            name="canal"
            label="Canal"
            value={channel}
            required
            options={CHANNELS.map((value) => ({
              value,
              label: capital(CHANNEL_NAMES[value]),
              hint: CHANNEL_HINTS[value],
            }))}
          />
          <WebinarField webinars={webinars} value={webinar} errors={errors} />
          <PushFields values={values} errors={errors} partners={c.partners} audiences={audiences} />
          {pushes.length > 0 && (
            <Field
              name="reprendre"
              label="Contenu de départ"
              kind="select"
              bare
              value={source}
              options={[
                { value: '', label: 'Une page blanche' },
                ...pushes.map((p) => ({ value: p.slug, label: `Le contenu de « ${p.title} »` })),
              ]}
            />
          )}
          <Acts>
            <Button primary>Créer l’envoi</Button>
            <ButtonLink href={`/campagnes/${c.slug}`} quiet>
              Ne rien créer
            </ButtonLink>
          </Acts>
        </form>
      ) : (
        <Empty
          title="Cette campagne n’a pas encore d’audience."
          act={{ href: '/audiences', label: 'Créer une audience' }}
        >
          <p>Un envoi part vers une audience : dites d’abord qui elle réunit.</p>
        </Empty>
      )}
    </Section>
  </>
);

type PushProps = Overview & {
  /** Null once it is too late to correct anything. */
  check: PushCheck | null;
  csrf: string;
  demo: boolean;
  values: PushValues;
  errors?: readonly FieldError[];
};

/** Where the push stands, the one thing to do next, then whom it reaches and who said yes. */
export const PushPage = (p: PushProps) => {
  const { push, line } = p;
  const editable =
    push.leads && may(p.actor, 'push.write') && !line.progress && line.state !== 'annule' && line.state !== 'termine';
  return (
    <>
      <PushHead push={push} line={line} organisation={p.actor.organisationId} current="ensemble" />
      {p.errors && <ErrorSummary errors={p.errors} />}
      <Columns
        aside={
          <>
            <NextStep {...p} />
            {!push.recurrence && <ApprovalList {...p} />}
            {may(p.actor, 'memory.write') && (
              <Acts>
                <ButtonLink
                  quiet
                  href={`/campagnes/${push.campaignSlug}/memoire/decisions/nouvelle?envoi=${push.slug}`}
                >
                  Noter une décision
                </ButtonLink>
              </Acts>
            )}
          </>
        }
      >
        {line.progress && (
          <Section title="Où en est l’envoi">
            <SendingProgress line={line} />
            <TroubleNotes troubles={p.troubles} />
            {p.status && <Ledger status={p.status} demo={p.demo} />}
            {line.progress.partial && <Untold k={push.campaign.k} />}
          </Section>
        )}
        {p.check && <Proofreading check={p.check} push={push} actor={p.actor} csrf={p.csrf} />}
        {p.forecast && (
          <Forecast
            forecast={p.forecast}
            k={push.campaign.k}
            signatories={push.signatories.length}
            mayImport={may(p.actor, 'contacts.import')}
          />
        )}
        {p.wordings.length > 0 && (
          <Section title="Ses éléments de langage">
            <UseRows uses={p.wordings} campaign={push.campaignSlug} linked topics />
          </Section>
        )}
        {push.recurrence && <Issues {...p} recurrence={push.recurrence} />}
        <Section title="Quand et à qui">
          {editable ? (
            <form method="post" action={pushUrl(push)}>
              <Csrf token={p.csrf} />
              <input type="hidden" name="version" value={push.contentVersion} />
              <PushFields
                values={p.values}
                errors={p.errors}
                partners={push.partners}
                audiences={push.audiences}
                issue={push.modelId !== null}
                submitted={push.currentProofId !== null}
              />
              <Acts>
                <Button>Enregistrer ces réglages</Button>
              </Acts>
            </form>
          ) : (
            <Settings {...p} />
          )}
        </Section>
      </Columns>
    </>
  );
};

const Settings = ({ push, line }: PushProps) => (
  <Facts
    items={[
      ['Audience', push.audience.name],
      ['Signent', listed(push.signatories.map((s) => s.name))],
      [
        'Départ',
        push.recurrence
          ? recurrenceText(push.recurrence)
          : push.scheduledAt
            ? whenOf(push.scheduledAt)
            : line.progress
              ? 'à la demande du pilote'
              : 'sans date : il part quand le pilote le dit',
      ],
      ...(push.window ? [['Période de départ', periodOf(push.window)] as const] : []),
      ['Échéance', push.deadlineAt ? whenOf(push.deadlineAt) : 'aucune'],
      ...(push.answerBy ? [['Réponse attendue avant', whenOf(push.answerBy)] as const] : []),
    ]}
  />
);

const Issues = ({ push, recurrence, line, issues, actor, now }: PushProps & { recurrence: string }) => (
  <Section title="Les numéros de cette série">
    <Facts
      items={[
        ['Se répète', recurrenceText(recurrence)],
        ['Prochains départs', listed(nextDates(recurrence, now, push.deadlineAt).map(shortDate)) || 'aucun'],
      ]}
    />
    {issues.length ? (
      <Rows label="Numéros">
        {issues.map((issue) => (
          <Row
            when={whenOf(issue.at)}
            datetime={issue.at?.toISOString()}
            href={pushUrl(issue)}
            what={issue.title}
            end={<Standing push={issue} organisation={actor.organisationId} />}
          />
        ))}
      </Rows>
    ) : (
      <Empty title={line.at ? `Prochain numéro : ${whenOf(line.at)}.` : 'Cette série est terminée.'}>
        <p>Chaque numéro devient un envoi à part, copié d’ici, que les signataires valident à son tour.</p>
      </Empty>
    )}
  </Section>
);
