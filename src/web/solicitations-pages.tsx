import { shortDate } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import type { AudienceRow } from '../contacts/read-audiences-page.ts';
import type { SolicitationsPage } from '../contacts/read-solicitations-page.ts';
import { type Caps, KIND_NAMES, KINDS } from '../pressure/schema.ts';
import { plural } from './push-words.tsx';
import { BarChart } from './ui/charts.tsx';
import { Acts, Button, Csrf, Empty, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';
import { State } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';

/** Over how many days one may look back. */
export const WINDOWS = [7, 30, 90] as const;

export type TypedSolicitation = { kind: string; label: string; day: string; audience: string; campaign: string };

type Props = SolicitationsPage & {
  days: number;
  audiences: readonly AudienceRow[];
  typed: TypedSolicitation;
  errors?: readonly FieldError[];
  csrf: string;
  mayWrite: boolean;
};

export const SolicitationsView = (p: Props) => (
  <>
    <PageHead
      back={{ href: '/contacts', label: 'Contacts' }}
      title="Un message utile, plutôt que six"
      lead="Ce que vous avez demandé à vos contacts autrement que par ce service compte aussi, pour toutes les campagnes."
    />
    <ErrorSummary errors={p.errors} />
    <Most {...p} />
    <Section title="Ce que vous avez déclaré">
      {p.declared.length === 0 ? (
        <Empty title="Rien n’est déclaré pour l’instant.">
          <p>Une enquête, un atelier, une série d’appels : déclarez-les, pour que les envois attendent leur tour.</p>
        </Empty>
      ) : (
        <Rows label="Sollicitations déclarées, la plus récente d’abord">
          {p.declared.map((d) => (
            <Row
              when={shortDate(d.at)}
              datetime={d.at.toISOString()}
              what={d.label}
              meta={`${KIND_NAMES[d.kind]}, ${d.audience ? `audience « ${d.audience} », ` : ''}${plural(d.people, 'contact', 'contacts')}`}
              end={
                d.withdrawnAt ? (
                  <State kind="off">retirée</State>
                ) : p.mayWrite ? (
                  <form method="post" action={`/sollicitations/${d.id}/retrait`}>
                    <Csrf token={p.csrf} />
                    <Button quiet label={`Retirer : ${d.label}`}>
                      Retirer
                    </Button>
                  </form>
                ) : undefined
              }
            />
          ))}
        </Rows>
      )}
    </Section>
    {p.mayWrite && <Declaration {...p} />}
    <CampaignCaps campaigns={p.campaigns} />
  </>
);

const TIMES = ['jamais', '1 fois', '2 fois', '3 fois ou plus'] as const;

const Most = ({ times, days, from, to }: Props) => {
  const total = times.reduce((sum, n) => sum + n, 0);
  const often = times[2] + times[3];
  return (
    <Section title="Qui est le plus sollicité">
      {total === 0 ? (
        <Empty
          title="Votre liste est vide."
          act={{ href: '/contacts/imports/nouveau', label: 'Importer des contacts' }}
        />
      ) : (
        <BarChart
          id="sollicitations"
          title={`Vos contacts, selon le nombre de sollicitations en ${days} jours`}
          summary={
            often === 0
              ? 'Aucun n’a été sollicité deux fois.'
              : `${plural(often, 'contact l’a été', 'contacts l’ont été')} deux fois ou plus, sur ${number(total)}.`
          }
          bars={TIMES.map((label, i) => ({ label, value: times[i] ?? 0 }))}
          nameColumn="Sollicités"
          passport={{
            unit: 'contacts',
            window: { from, to, zone: 'Europe/Paris' },
            source: 'vos envois par ce service, et ce que vous avez déclaré',
            definition: 'contacts de votre liste, rangés par nombre de messages partis et de sollicitations déclarées',
            leftOut:
              'ce que vos partenaires ont envoyé ou déclaré, et les messages traités par la campagne : ces nombres diraient qui est dans leurs listes',
            ruleVersion: '1',
          }}
        />
      )}
      <p>
        Sur{' '}
        {WINDOWS.map((w, i) => (
          <>
            {i > 0 && ', '}
            {w === days ? <strong>{w} jours</strong> : <a href={`/sollicitations?jours=${w}`}>{w} jours</a>}
          </>
        ))}
        .
      </p>
    </Section>
  );
};

const Declaration = ({ audiences, campaigns, typed, errors, csrf }: Props) => (
  <Section title="Déclarer une sollicitation">
    {audiences.length === 0 ? (
      <Empty
        title="Dites d’abord qui a été sollicité."
        act={{ href: '/audiences/nouvelle', label: 'Composer une audience' }}
      />
    ) : (
      <form method="post" action="/sollicitations">
        <Csrf token={csrf} />
        <Field
          kind="select"
          name="kind"
          label="Quoi"
          value={typed.kind}
          error={errorOf(errors, 'kind')}
          required
          options={[{ value: '', label: 'Choisissez' }, ...KINDS.map((value) => ({ value, label: KIND_NAMES[value] }))]}
        />
        <Field
          name="label"
          label="En quelques mots"
          hint="Par exemple : enquête sur les besoins en formation."
          value={typed.label}
          error={errorOf(errors, 'label')}
          maxlength={120}
          required
        />
        <Field
          kind="date"
          name="at"
          label="Quand"
          hint="Le jour où c’est arrivé, ou arrivera."
          value={typed.day}
          error={errorOf(errors, 'at')}
          size="short"
          required
        />
        <Field
          kind="select"
          name="audienceId"
          label="À qui"
          hint="Vos contacts de cette audience, tels qu’ils sont aujourd’hui."
          value={typed.audience}
          error={errorOf(errors, 'audienceId')}
          required
          options={[
            { value: '', label: 'Choisissez' },
            ...audiences.map((a) => ({
              value: String(a.id),
              label: a.campaign ? `${a.name} (${a.campaign})` : a.name,
            })),
          ]}
        />
        <Field
          kind="select"
          name="campaignId"
          label="Pour quelle campagne"
          value={typed.campaign}
          error={errorOf(errors, 'campaignId')}
          options={[
            { value: '', label: 'aucune en particulier' },
            ...campaigns.map((c) => ({ value: String(c.id), label: c.name })),
          ]}
        />
        <Acts>
          <Button primary>Déclarer</Button>
        </Acts>
      </form>
    )}
  </Section>
);

/** « 2 fois en 7 jours » */
export const capText = (times: number, days: number): string =>
  `${number(times)} fois en ${plural(days, 'jour', 'jours')}`;
export const capsText = (caps: Caps): string =>
  `une personne ${capText(caps.perPerson, caps.days)}, une entreprise ${capText(caps.perCompany, caps.companyDays)}`;

const CampaignCaps = ({ campaigns }: Pick<Props, 'campaigns'>) =>
  campaigns.length === 0 ? null : (
    <Section title="Jusqu’où va chaque campagne" note="le pilote en décide">
      <DataTable
        caption="Au-delà, un message attend son tour ; s’il arriverait trop tard, il n’est pas envoyé. Tout compte : vos envois, ceux de vos partenaires et ce qui est déclaré."
        columns={[{ label: 'Campagne' }, { label: 'Une personne' }, { label: 'Une entreprise' }]}
        rows={campaigns.map((c) => [
          <a href={`/campagnes/${c.slug}`}>{c.name}</a>,
          `au plus ${capText(c.caps.perPerson, c.caps.days)}`,
          `au plus ${capText(c.caps.perCompany, c.caps.companyDays)}`,
        ])}
      />
    </Section>
  );
