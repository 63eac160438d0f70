import type { FieldError } from '../base/errors.ts';
import { overseasTimes } from '../base/overseas.ts';
import { Acts, ButtonLink, Facts, Fold, PageHead, Prose, Row, Rows, Section } from '../web/ui/components.tsx';
import { ErrorSummary } from '../web/ui/fields.tsx';
import { Markdown } from '../web/ui/markdown.tsx';
import type { PublicWebinar } from '../webinars/public-webinar.ts';
import { MeasureNote } from './measure.tsx';
import { RegistrationForm, RegistrationNotice, type TypedRegistration } from './webinar-form.tsx';
import { organisersText, placeWords, spanLine, webinarPath } from './webinar-words.ts';

export type WebinarProps = {
  webinar: PublicWebinar;
  typed: TypedRegistration;
  origin: string;
  errors?: readonly FieldError[] | undefined;
  message?: string | undefined;
  refused: boolean;
  /** They came by their own link, to register: the form comes first. */
  personal?: boolean;
};

/** One webinar, as it is read on a telephone: when, whether one may come, then what it is about, then the form. */
export const WebinarView = (p: WebinarProps) => {
  const { webinar: w } = p;
  const open = w.state === 'ouvert' || w.state === 'complet';
  const form = open && (
    <>
      <RegistrationForm {...p} />
      <RegistrationNotice webinar={w} />
    </>
  );
  return (
    <>
      {!open && p.message !== undefined && <ErrorSummary message={p.message} />}
      <PageHead voice kicker="Webinaire" title={w.title} lead={w.summary}>
        <p>
          <strong>{spanLine(w)}</strong>, heure de Paris
        </p>
        <Standing webinar={w} />
        <Acts>
          {open && !p.personal && (
            <ButtonLink href="#inscription" primary>
              {w.state === 'complet' ? 'Rejoindre la liste d’attente' : 'S’inscrire'}
            </ButtonLink>
          )}
          {w.replay && (
            <ButtonLink href={webinarPath(w.address, '/replay')} primary>
              Voir l’enregistrement
            </ButtonLink>
          )}
          {w.state !== 'passe' && w.state !== 'annule' && (
            <ButtonLink href={webinarPath(w.address, '/agenda.ics')}>Mettre dans mon agenda</ButtonLink>
          )}
        </Acts>
      </PageHead>
      {p.personal && form}
      <Section title="En pratique">
        <Facts
          items={[
            ['Organisé par', organisersText(w)],
            ...(w.state === 'passe' ? [] : [['Où', 'En ligne : le lien est donné aux personnes inscrites.'] as const]),
            ...(open ? [['Places', placeWords(w)] as const] : []),
          ]}
        />
        {w.state !== 'passe' && <Overseas webinar={w} />}
      </Section>
      {w.description !== '' && (
        <Section title="De quoi il s’agit">
          <Markdown source={w.description} />
        </Section>
      )}
      <Speakers webinar={w} />
      <Resources webinar={w} />
      {!p.personal && form}
      <Section title="Les organisations et vos données">
        <Prose>
          <p>
            <a href={`/c/${w.campaign.slug}`}>{w.campaign.name}</a>, une campagne menée ensemble.{' '}
            <a href="/webinaires">Tous les webinaires</a>.
          </p>
        </Prose>
        <MeasureNote refused={p.refused} />
      </Section>
    </>
  );
};

/** Why one may not come, when one may not. */
const Standing = ({ webinar: w }: { webinar: PublicWebinar }) => {
  switch (w.state) {
    case 'bientot':
      return <p>Les inscriptions ne sont pas encore ouvertes : revenez bientôt.</p>;
    case 'complet':
      return <p>Toutes les places sont prises. Une place qui se libère va à la liste d’attente, dans l’ordre.</p>;
    case 'clos':
      return <p>Les inscriptions sont closes. Vous êtes inscrit ? Le lien est dans votre confirmation.</p>;
    case 'annule':
      return (
        <p>
          <strong>Ce webinaire est annulé.</strong> {w.reason}
        </p>
      );
    case 'passe':
      return (
        <p>
          {w.replay
            ? 'Ce webinaire a eu lieu. Vous pouvez en voir l’enregistrement.'
            : 'L’heure de ce webinaire est passée.'}
        </p>
      );
    default:
      return null;
  }
};

const Overseas = ({ webinar: w }: { webinar: PublicWebinar }) => (
  <Fold title="À quelle heure outre-mer ?">
    <Facts items={overseasTimes(w.startsAt).map(({ place, time, day }) => [place, day ? `${time} (${day})` : time])} />
  </Fold>
);

const Speakers = ({ webinar: w }: { webinar: PublicWebinar }) =>
  w.speakers.length > 0 && (
    <Section title={w.state === 'passe' ? 'Qui a parlé' : 'Qui parlera'}>
      <Rows label="Intervenants">
        {w.speakers.map((s) => (
          <Row what={s.name} meta={[s.role, s.organisation].filter(Boolean).join(', ') || undefined} />
        ))}
      </Rows>
    </Section>
  );

const Resources = ({ webinar: w }: { webinar: PublicWebinar }) =>
  w.resources.length > 0 && (
    <Section title={w.state === 'passe' ? 'Les ressources présentées' : 'À lire avant, ou après'}>
      <Rows label="Ressources">
        {w.resources.map((r) => (
          <Row what={r.title} href={r.path} />
        ))}
      </Rows>
    </Section>
  );

/** After « Ce n’était pas moi »; the address says nothing, so that anybody may read it. */
export const DisownedView = ({ webinar: w }: { webinar: PublicWebinar }) => (
  <>
    <PageHead
      kicker={w.title}
      title="C’est effacé."
      lead="L’inscription faite avec votre adresse est annulée, et rien n’en est gardé qui dise qui vous êtes."
    />
    <Acts>
      <ButtonLink href={webinarPath(w.address)}>Voir le webinaire</ButtonLink>
    </Acts>
  </>
);

/** Whoever it was, known or not, with a place or waiting: the same words. */
export const RegisteredView = ({ webinar: w }: { webinar: PublicWebinar }) => (
  <>
    <PageHead
      kicker={w.title}
      title="C’est reçu. Guettez votre messagerie."
      lead="Votre confirmation arrive à l’adresse que vous avez donnée, avec ce qu’il faut pour venir, changer ou annuler."
    />
    <Prose>
      <p>
        S’il ne reste plus de place, elle dit que vous êtes sur la liste d’attente. Vous étiez déjà inscrit ? Votre
        confirmation vous est renvoyée, une fois par jour au plus.
      </p>
      <p>Rien ne vient ? Regardez dans les courriers indésirables, et vérifiez l’adresse donnée.</p>
    </Prose>
    <Acts>
      <ButtonLink href={webinarPath(w.address)}>Revenir au webinaire</ButtonLink>
      <ButtonLink href={`/ressources/campagne/${w.campaign.slug}`}>Voir les ressources</ButtonLink>
    </Acts>
  </>
);
