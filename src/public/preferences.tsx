import type { Recipient } from '../deliveries/recipient.ts';
import { Acts, Button, Facts, PageHead, Prose, Section } from '../web/ui/components.tsx';
import { number } from '../web/ui/figures.tsx';
import { PublicLayout } from '../web/ui/layout.tsx';

/** The wording kept as evidence of the choice (PRV-03). */
export const MEASURE_WORDING =
  'J’accepte que mes clics dans les messages de cette organisation soient comptés à mon nom, pour améliorer ce qu’elle m’envoie.';

export const campaignOf = (r: Recipient) => ({ name: r.campaign, tagline: r.tagline, ...r.identity });

/** To agree or refuse is one press each, and as easy to take back as to give (PRV-03). */
export const Preferences = ({
  recipient: r,
  action,
  saved,
}: {
  recipient: Recipient;
  action: string;
  saved?: boolean;
}) => (
  <PublicLayout
    title="Vos choix de mesure"
    campaign={campaignOf(r)}
    flash={
      saved ? { kind: 'ok', text: r.measure === 'granted' ? 'Votre accord est noté.' : 'Votre refus est noté.' } : null
    }
  >
    <PageHead title="Être compté, ou pas." lead={today(r)} />
    <Prose>
      <p>Ce choix ne change rien aux messages que vous recevez. Aucune image cachée ne dit si vous les ouvrez.</p>
      {r.measure !== 'granted' && <p>« {MEASURE_WORDING} »</p>}
    </Prose>
    <form method="post" action={action}>
      <Acts>
        {r.measure !== 'granted' && (
          <Button name="mesure" value="oui">
            Accepter d’être compté
          </Button>
        )}
        {r.measure !== 'refused' && (
          <Button name="mesure" value="non">
            {r.measure === 'granted' ? 'Ne plus être compté' : 'Refuser'}
          </Button>
        )}
      </Acts>
    </form>
    <Section title="Ce que change votre choix">
      <Facts
        items={[
          ['Si vous acceptez', agreed(r)],
          ['Si vous refusez', refused(r)],
          ['Si vous changez d’avis', CHANGED],
          ['Accès, rectification, effacement', r.privacyContact || `Répondez à un message de ${r.organisation}.`],
        ]}
      />
    </Section>
  </PublicLayout>
);

function today({ measure, organisation, linkMode }: Recipient): string {
  if (measure === 'granted')
    return linkMode === 'individuel'
      ? `Vous avez accepté que ${organisation} compte vos clics à votre nom.`
      : `Vous avez accepté que ${organisation} compte vos clics à votre nom ; les messages de cette campagne ne le font pas.`;
  const why = measure === 'refused' ? 'Vous avez refusé' : 'Vous n’avez rien choisi, ce qui vaut refus';
  return `${why} : ${organisation} ne sait pas sur quoi vous cliquez.`;
}

const agreed = ({ organisation, linkMode, k }: Recipient): string =>
  [
    linkMode === 'individuel'
      ? 'Dès la prochaine liste de destinataires, vos messages ont des liens à vous.'
      : 'Cette campagne ne fait pas de liens personnels ; une autre de cette organisation le peut.',
    `Pendant treize mois après l’envoi, on note quel lien, le jour et l’heure ; on l’efface au bout de 25 mois au plus. Aucune page ne dit qui a cliqué : il n’en sort que des nombres, à partir de ${number(k)} personnes. Ce qui est noté à votre nom ne sort que pour vous, si vous le demandez à ${organisation}.`,
  ].join(' ');

const refused = ({ linkMode, k }: Recipient): string =>
  linkMode === 'direct'
    ? 'Les liens mènent tout droit à leur page : aucun clic n’est compté.'
    : `Vos clics comptent pour un groupe d’au moins ${number(k)} personnes, ou ne sont pas comptés du tout.`;

const CHANGED =
  'Cette page reste ouverte à cette adresse. Un refus agit tout de suite : ce qui était noté est détaché de votre nom pour toujours, et les liens déjà reçus ne disent plus qui vous êtes.';
