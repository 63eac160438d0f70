import { longDate } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import { overseasTimes } from '../base/overseas.ts';
import { Acts, Button, ButtonLink, Facts, Fold, PageHead, Section } from '../web/ui/components.tsx';
import { ErrorSummary, errorOf, Field, FieldRow } from '../web/ui/fields.tsx';
import { PublicLayout } from '../web/ui/layout.tsx';
import type { MyRegistration } from '../webinars/my-registration.ts';
import { spanLine, waitingWords, webinarPath } from './webinar-words.ts';

export type TypedChange = Record<'firstName' | 'lastName' | 'company' | 'question', string>;

type Props = { mine: MyRegistration; base: string; demo: boolean };

const DONE: Record<string, string> = {
  change: 'Votre inscription est corrigée.',
  annule: 'Votre inscription est annulée.',
};

/** A person's own registration: how to come first, then what may be corrected. */
export const RegistrationView = (
  p: Props & { done: string | undefined; typed: TypedChange; errors?: readonly FieldError[] | undefined },
) => {
  const { mine, base } = p;
  const { webinar: w } = mine;
  const text = p.done === undefined ? undefined : DONE[p.done];
  return (
    <PublicLayout
      title={`Votre inscription : ${w.title}`}
      campaign={w.campaign}
      demo={p.demo}
      flash={text ? { kind: 'ok', text } : null}
    >
      <PageHead kicker={w.title} title={titleOf(mine)} lead={leadOf(mine)}>
        <p>
          <strong>{spanLine(w)}</strong>, heure de Paris
        </p>
      </PageHead>
      <Joining {...p} />
      {mine.changeable && (
        <Section title="Corriger">
          <ErrorSummary {...(p.errors && { errors: p.errors })} />
          <form method="post" action={base}>
            <FieldRow>
              <Field
                name="firstName"
                label="Prénom"
                value={p.typed.firstName}
                error={errorOf(p.errors, 'firstName')}
                maxlength={80}
                autocomplete="given-name"
                required
              />
              <Field
                name="lastName"
                label="Nom"
                value={p.typed.lastName}
                error={errorOf(p.errors, 'lastName')}
                maxlength={80}
                autocomplete="family-name"
                required
              />
            </FieldRow>
            <Field
              name="company"
              label="Votre organisme ou entreprise"
              value={p.typed.company}
              error={errorOf(p.errors, 'company')}
              maxlength={160}
              autocomplete="organization"
            />
            <Field
              kind="textarea"
              name="question"
              label="Une question aux intervenants"
              value={p.typed.question}
              error={errorOf(p.errors, 'question')}
              rows={3}
              maxlength={600}
            />
            <Acts>
              <Button>Enregistrer</Button>
            </Acts>
          </form>
          <p class="note">
            Une autre adresse, ou une autre organisation ? Annulez, puis inscrivez-vous de nouveau sur{' '}
            <a href={webinarPath(w.address)}>la page du webinaire</a>.
          </p>
        </Section>
      )}
      <Section title="Ce qui est gardé de vous">
        <Facts
          items={[
            ['Inscription auprès de', mine.organisation.name],
            ['Votre adresse', mine.address],
            ['Jusqu’à quand', `jusqu’au ${longDate(w.keptUntil)}, puis tout ce qui dit qui vous êtes est effacé`],
            ['Vos droits', mine.organisation.privacyContact || `écrivez à ${mine.organisation.name}`],
          ]}
        />
        {mine.changeable && (
          <Acts>
            <ButtonLink href={`${base}/annulation`} danger>
              Annuler mon inscription
            </ButtonLink>
          </Acts>
        )}
      </Section>
    </PublicLayout>
  );
};

function titleOf({ state, webinar }: MyRegistration): string {
  if (webinar.state === 'annule') return 'Ce webinaire est annulé.';
  if (state === 'annulee') return 'Votre inscription est annulée.';
  if (webinar.state === 'passe') return 'Ce webinaire est passé.';
  return state === 'attente' ? 'Vous êtes sur la liste d’attente.' : 'Votre place est gardée.';
}

function leadOf(mine: MyRegistration): string {
  const { state, webinar } = mine;
  if (webinar.state === 'annule') return webinar.reason;
  if (state === 'annulee')
    return webinar.state === 'passe' ? '' : 'Vous changez d’avis ? Inscrivez-vous de nouveau sur la page du webinaire.';
  if (webinar.state === 'passe') return webinar.replay ? 'Vous pouvez en voir l’enregistrement.' : '';
  if (mine.before !== null) return `${waitingWords(mine.before)} Dès qu’une place se libère, un courriel vous le dit.`;
  return mine.firstName ? `À bientôt, ${mine.firstName}.` : 'À bientôt.';
}

const Joining = ({ mine, base }: Props) => {
  const { webinar: w, join } = mine;
  if (!mine.changeable)
    return (
      <Acts>
        {w.replay && (
          <ButtonLink href={webinarPath(w.address, '/replay')} primary>
            Voir l’enregistrement
          </ButtonLink>
        )}
        <ButtonLink href={webinarPath(w.address)}>La page du webinaire</ButtonLink>
      </Acts>
    );
  return (
    <Section title="Venir">
      {join && (
        <>
          <p>
            {join.url
              ? 'Le lien est pour vous : ne le publiez pas.'
              : 'Le lien pour rejoindre vous sera envoyé, et paraîtra ici.'}
          </p>
          {join.note !== '' && <p class="said">{join.note}</p>}
        </>
      )}
      <Acts>
        {join?.url && (
          <ButtonLink href={join.url} primary>
            Rejoindre le webinaire
          </ButtonLink>
        )}
        {join && <ButtonLink href={`${base}/agenda.ics`}>Mettre dans mon agenda</ButtonLink>}
        <ButtonLink href={webinarPath(w.address)} quiet>
          La page du webinaire
        </ButtonLink>
      </Acts>
      <Fold title="À quelle heure outre-mer ?">
        <Facts
          items={overseasTimes(w.startsAt).map(({ place, time, day }) => [place, day ? `${time} (${day})` : time])}
        />
      </Fold>
    </Section>
  );
};

export const LeaveRegistration = ({ mine, base, demo }: Props) => (
  <PublicLayout title="Annuler mon inscription" campaign={mine.webinar.campaign} demo={demo}>
    <PageHead
      kicker={mine.webinar.title}
      title="Annuler votre inscription ?"
      lead={
        mine.state === 'attente'
          ? 'Vous quittez la liste d’attente.'
          : 'Votre place sera rendue, et votre agenda prévenu.'
      }
    />
    <form method="post" action={`${base}/annulation`}>
      <Acts>
        <Button danger>Annuler mon inscription</Button>
        <ButtonLink href={base} quiet>
          Garder ma place
        </ButtonLink>
      </Acts>
    </form>
  </PublicLayout>
);

/** For whoever finds in their mailbox a registration that they never asked for. */
export const DisownRegistration = ({ mine, base, demo }: Props) => (
  <PublicLayout title="Ce n’était pas moi" campaign={mine.webinar.campaign} demo={demo}>
    <PageHead
      kicker={mine.webinar.title}
      title="Quelqu’un d’autre a donné votre adresse ?"
      lead={`${mine.organisation.name} annule cette inscription, retire l’accord donné avec elle, et efface ce qui a été écrit de vous.`}
    />
    <form method="post" action={`${base}/pas-moi`}>
      <Acts>
        <Button danger>Tout annuler et tout effacer</Button>
        <ButtonLink href={base} quiet>
          C’était bien moi
        </ButtonLink>
      </Acts>
    </form>
  </PublicLayout>
);

/** A link that opens nothing, whatever the reason. */
export const RegistrationGone = () => (
  <PublicLayout title="Inscription introuvable">
    <PageHead
      title="Ce lien n’ouvre aucune inscription."
      lead="Il est peut-être incomplet, ou l’inscription est effacée depuis."
    />
    <p>
      Reprenez-le en entier dans votre confirmation, ou retrouvez le webinaire parmi{' '}
      <a href="/webinaires">ceux qui sont annoncés</a>.
    </p>
  </PublicLayout>
);
