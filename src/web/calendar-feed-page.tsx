import { longDate } from '../base/dates.ts';
import type { CalendarFeed } from '../campaigns/calendar-feed.ts';
import { planUrl } from './calendar-words.tsx';
import { Address } from './ui/calendar.tsx';
import { Acts, Button, ButtonLink, CopyButton, Csrf, Facts, Fold, Section } from './ui/components.tsx';

/** The plan in one's own calendar program: by subscription, which stays up to date, or as a file, once. */
export const FeedSection = (p: { campaign: string; feed: CalendarFeed | null; csrf: string; mayWrite: boolean }) => (
  <Section title="Ce plan dans votre agenda" id="abonnement">
    {p.feed ? (
      <>
        <p>
          Votre organisation a une adresse d’abonnement depuis le {longDate(p.feed.since)}. Qui la détient lit le plan,
          sans mot de passe : ne la publiez pas, et changez-la si elle s’est perdue.
        </p>
        <Address id="adresse-abonnement">{p.feed.address}</Address>
        <Acts>
          <CopyButton from="adresse-abonnement">Copier l’adresse</CopyButton>
          <ButtonLink href={p.feed.address.replace(/^https?:/, 'webcal:')}>Ouvrir dans mon agenda</ButtonLink>
          <ButtonLink href={planUrl(p.campaign, 'calendrier.ics')} quiet download>
            Télécharger une fois (.ics)
          </ButtonLink>
        </Acts>
        <HowTo />
        {p.mayWrite && (
          <Acts>
            <Act {...p} path="calendrier/abonnement" label="Changer d’adresse" />
            <Act {...p} path="calendrier/abonnement/retrait" label="Fermer cette adresse" />
          </Acts>
        )}
      </>
    ) : (
      <>
        <p>
          Abonnez Outlook, Google Agenda ou le calendrier de votre téléphone à ce plan : il s’y tient à jour de
          lui-même.
          {!p.mayWrite && ' L’adresse est créée par une personne de votre organisation qui a le rôle de communicant.'}
        </p>
        <Acts>
          {p.mayWrite && <Act {...p} path="calendrier/abonnement" label="Créer l’adresse d’abonnement" />}
          <ButtonLink href={planUrl(p.campaign, 'calendrier.ics')} quiet download>
            Télécharger une fois (.ics)
          </ButtonLink>
        </Acts>
      </>
    )}
  </Section>
);

const Act = (p: { campaign: string; csrf: string; path: string; label: string }) => (
  <form method="post" action={planUrl(p.campaign, p.path)}>
    <Csrf token={p.csrf} />
    <Button>{p.label}</Button>
  </form>
);

const HowTo = () => (
  <Fold title="Comment s’abonner" of="Outlook, Google Agenda, Apple">
    <Facts
      items={[
        ['Outlook', 'Calendrier, « Ajouter un calendrier », « S’abonner à partir du web » : collez l’adresse.'],
        ['Google Agenda', 'Sur ordinateur : « Autres agendas », +, « À partir de l’URL » : collez l’adresse.'],
        ['Mac', 'Calendrier, menu Fichier, « Nouvel abonnement à un calendrier » : collez l’adresse.'],
        ['iPhone, iPad', 'Calendrier, « Calendriers », « Ajouter », « Ajouter un abonnement » : collez l’adresse.'],
      ]}
    />
    <p class="meta">
      Chaque programme revient à son rythme : de quelques minutes à une journée. Un lien annulé ici y paraît annulé.
    </p>
  </Fold>
);
