import { longDateTime, shortDateTime } from '../base/dates.ts';
import { PUBLIC_NAMES } from '../base/words.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import { LETTER_FATE_NAMES, type LetterFate, type LetterState } from '../webinars/letter-states.ts';
import type { Registrant } from '../webinars/read-registrants.ts';
import type { WebinarSheet } from '../webinars/read-webinars.ts';
import type { LetterKind } from '../webinars/schema.ts';
import { Acts, Button, ButtonLink, Csrf, Facts, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { Confirm } from './ui/flow.tsx';
import { State, type StateKind } from './ui/marks.tsx';
import { registrantName, Standing } from './webinar-registrants.tsx';
import { webinarUrl } from './webinar-words.tsx';

/** One of the organisation's own registrants: what they said, what was written to them, and what may be done for them. */

type OneProps = {
  campaign: CampaignSheet;
  webinar: WebinarSheet;
  registrant: Registrant & { letters: LetterState[] };
  csrf: string;
};

export const RegistrantPage = (p: OneProps & { mayWrite: boolean; mayExport: boolean }) => {
  const { registrant: r, webinar: w } = p;
  const list = webinarUrl(p.campaign.slug, w.slug, '/inscriptions');
  const here = `${list}/${r.id}`;
  const living = !r.cancelledAt && r.address !== null;
  const coming = w.state === 'ouvert' || w.state === 'ferme';
  return (
    <>
      <PageHead back={{ href: list, label: 'Les personnes inscrites' }} kicker={w.title} title={registrantName(r)}>
        <p>
          <Standing registrant={r} />
        </p>
      </PageHead>
      <Section title="Son inscription">
        <Facts
          items={[
            ['Adresse', r.address ?? 'oubliée'],
            ['Structure', r.company ?? 'non précisée'],
            ['Public', PUBLIC_NAMES[r.public]],
            ['Département', r.departement ?? 'non précisé'],
            ['Question aux intervenants', r.question ?? 'aucune'],
            ['Depuis', longDateTime(r.registeredAt)],
            ...(r.cancelledAt ? [['Annulée', longDateTime(r.cancelledAt)] as const] : []),
          ]}
        />
        <Acts>
          {p.mayWrite && living && coming && (
            <>
              <form method="post" action={`${here}/renvoi`}>
                <Csrf token={p.csrf} />
                <Button>Renvoyer sa confirmation</Button>
              </form>
              <ButtonLink href={`${here}/annulation`}>Annuler son inscription</ButtonLink>
            </>
          )}
          {p.mayExport && r.address !== null && (
            <ButtonLink href={`${here}/donnees.json`} download quiet>
              Ses données (JSON)
            </ButtonLink>
          )}
          {p.mayWrite && r.address !== null && (
            <ButtonLink href={`${here}/oubli`} quiet>
              Oublier cette personne
            </ButtonLink>
          )}
        </Acts>
      </Section>
      {r.letters.length > 0 && (
        <Section title="Ce que nous lui avons écrit" note="le plus récent d’abord">
          <Rows label="Ce que nous lui avons écrit">
            {r.letters.map((l) => (
              <Row
                when={shortDateTime(l.at)}
                datetime={l.at.toISOString()}
                what={LETTERS[l.kind]}
                end={<State kind={FATES[l.fate]}>{LETTER_FATE_NAMES[l.fate]}</State>}
              />
            ))}
          </Rows>
        </Section>
      )}
    </>
  );
};

const LETTERS: Record<LetterKind, string> = {
  confirmation: 'Confirmation d’inscription',
  attente: 'Mise en attente d’une place',
  place: 'Une place s’est libérée',
  modification: 'Le webinaire a changé',
  annulation: 'Le webinaire est annulé',
  desinscription: 'Confirmation de l’annulation',
  rappel: 'Rappel',
  suite: 'Après le webinaire',
};

const FATES: Record<LetterFate, StateKind> = {
  attend: 'wait',
  parti: 'ok',
  refuse: 'stop',
  inconnu: 'stop',
  remplace: 'off',
  ancien: 'ok',
};

export const CancelRegistrationPage = (p: OneProps) => {
  const here = webinarUrl(p.campaign.slug, p.webinar.slug, `/inscriptions/${p.registrant.id}`);
  return (
    <>
      <PageHead
        back={{ href: here, label: registrantName(p.registrant) }}
        kicker={p.webinar.title}
        title={`Annuler l’inscription de ${registrantName(p.registrant)} ?`}
      />
      <Confirm
        action={`${here}/annulation`}
        csrf={p.csrf}
        effects={[
          ['La personne', 'en est avertie par un message, et son agenda se met à jour'],
          [
            'Sa place',
            p.registrant.place === 'inscrit' ? 'va à la première personne qui attend' : 'elle n’attend plus',
          ],
          ['Ensuite', 'elle peut s’inscrire de nouveau'],
        ]}
        submit="Annuler cette inscription"
        back={{ href: here, label: 'La garder' }}
        danger
      />
    </>
  );
};

export const ForgetRegistrantPage = (p: OneProps) => {
  const here = webinarUrl(p.campaign.slug, p.webinar.slug, `/inscriptions/${p.registrant.id}`);
  return (
    <>
      <PageHead
        back={{ href: here, label: registrantName(p.registrant) }}
        kicker={p.webinar.title}
        title={`Oublier ${registrantName(p.registrant)} ?`}
        lead="À la demande de la personne : tout ce que votre organisation sait d’elle disparaît."
      />
      <Confirm
        action={`${here}/oubli`}
        csrf={p.csrf}
        effects={[
          [
            'Ses inscriptions',
            'à tous vos webinaires : nom, adresse, question effacés ; elles restent dans les totaux',
          ],
          ['Sa place', 'est rendue, si le webinaire est à venir'],
          ['Vos contacts', 'la personne en est effacée aussi, si elle y est'],
          ['Ensuite', 'rien ne peut être retrouvé'],
        ]}
        submit="Oublier cette personne"
        back={{ href: here, label: 'La garder' }}
        danger
      />
    </>
  );
};
