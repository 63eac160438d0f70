import { longDate } from '../base/dates.ts';
import type { Refusal } from '../base/errors.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import type { ShareLine } from '../seals/read-shares.ts';
import { ViewTabs } from './report-pages.tsx';
import type { ReportPlace } from './report-place.ts';
import { Address } from './ui/calendar.tsx';
import { Acts, Button, CopyButton, Csrf, Empty, PageHead, Prose, Row, Rows, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';

type SharesProps = {
  campaign: Pick<CampaignRow, 'slug' | 'name'>;
  shares: readonly ShareLine[];
  place: ReportPlace;
  csrf: string;
  now: Date;
  typed: { label: string; until: string; error?: Refusal };
};

const lastDay = (share: ShareLine): string => longDate(new Date(share.expiresAt.getTime() - 1));

export const SharesPage = ({ campaign, shares, place, csrf, now, typed }: SharesProps) => {
  const living = shares.filter((s) => s.revokedAt === null && s.expiresAt > now);
  const over = shares.filter((s) => !living.includes(s));
  return (
    <>
      <PageHead
        {...(place.back ? { back: place.back } : {})}
        kicker={campaign.name}
        title="Partager le rapport."
        lead="Une adresse à envoyer à qui n’a pas de compte : les chiffres que lisent vos évaluateurs, et rien d’autre."
      />
      <ViewTabs place={place} view="partages" />
      <Section title="Adresses ouvertes">
        {living.length > 0 ? (
          living.map((share) => <Living share={share} place={place} csrf={csrf} />)
        ) : (
          <Empty title="Aucune adresse n’est ouverte.">
            <p>Qui détient une adresse lit le rapport sans mot de passe, jusqu’au jour que vous choisissez.</p>
          </Empty>
        )}
      </Section>
      <Section title="Créer une adresse">
        {typed.error && <ErrorSummary errors={typed.error.fields} message={typed.error.message} />}
        <form method="post" action={`${place.base}/partages`}>
          <Csrf token={csrf} />
          <Field
            name="label"
            label="Pour qui"
            hint="Un nom d’organisme, pour savoir laquelle fermer. Il n’est pas montré à qui ouvre l’adresse."
            required
            maxlength={120}
            value={typed.label}
            error={errorOf(typed.error?.fields, 'label')}
          />
          <Field
            name="until"
            label="Jusqu’au"
            kind="date"
            hint="Ce jour compris. Un an au plus."
            required
            value={typed.until}
            error={errorOf(typed.error?.fields, 'until')}
          />
          <Button primary>Créer l’adresse</Button>
        </form>
      </Section>
      {over.length > 0 && (
        <Section title="Adresses fermées">
          <Rows label="Adresses qui n’ouvrent plus rien">
            {over.map((share) => (
              <Row
                what={share.label}
                meta={share.revokedAt ? `fermée le ${longDate(share.revokedAt)}` : `finie le ${lastDay(share)}`}
              />
            ))}
          </Rows>
        </Section>
      )}
    </>
  );
};

const Living = ({ share, place, csrf }: { share: ShareLine; place: ReportPlace; csrf: string }) => (
  <>
    <Prose>
      <p>
        <strong>{share.label}</strong>, jusqu’au {lastDay(share)}
      </p>
    </Prose>
    <Address id={`adresse-${share.id}`}>{share.address}</Address>
    <Acts>
      <CopyButton from={`adresse-${share.id}`} label={`Copier l’adresse pour ${share.label}`}>
        Copier l’adresse
      </CopyButton>
      <form method="post" action={`${place.base}/partages/${share.id}/retrait`}>
        <Csrf token={csrf} />
        <Button label={`Fermer cette adresse, pour ${share.label}`}>Fermer cette adresse</Button>
      </form>
    </Acts>
  </>
);
