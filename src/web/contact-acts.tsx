import type { FieldError } from '../base/errors.ts';
import type { ContactPage } from '../contacts/read-contacts-page.ts';
import { nameOf } from './contacts-pages.tsx';
import { PageHead, Section } from './ui/components.tsx';
import { Choices, ErrorSummary, errorOf, Field } from './ui/fields.tsx';
import { Confirm } from './ui/flow.tsx';

type Contact = ContactPage['contact'];

/** What is done for a person who exercises their rights: said before it is done. */
export const ErasurePage = ({ contact: c, csrf }: { contact: Contact; csrf: string }) => (
  <>
    <PageHead
      title={`Effacer ${nameOf(c)} ?`}
      lead="C’est définitif : personne ne pourra revenir en arrière."
      back={{ href: `/contacts/${c.id}`, label: nameOf(c) }}
    />
    <Section title="Ce qui va se passer">
      <Confirm
        action={`/contacts/${c.id}/effacement`}
        csrf={csrf}
        effects={[
          ['Son profil', 'effacé : nom, adresse, structure, étiquettes, commentaire'],
          ['Ses messages', 'les chiffres des envois restent justes, sans mener à cette personne'],
          [
            'La suite',
            'elle ne recevra plus rien de votre organisation, même si un fichier la contient de nouveau : seule une empreinte de son adresse est gardée, qui ne permet pas de la relire',
          ],
        ]}
        submit="Effacer définitivement"
        back={{ href: `/contacts/${c.id}`, label: 'Garder ce contact' }}
        danger
      />
    </Section>
  </>
);

export const MeasurePage = (p: { contact: Contact; source: string; errors?: FieldError[]; csrf: string }) => (
  <>
    <PageHead
      title="Ne plus compter ses clics à son nom"
      lead={`${nameOf(p.contact)} l’avait accepté, et a demandé que cela cesse.`}
      back={{ href: `/contacts/${p.contact.id}`, label: nameOf(p.contact) }}
    />
    <ErrorSummary errors={p.errors} />
    <Section title="Ce qui va se passer">
      <Confirm
        action={`/contacts/${p.contact.id}/mesure`}
        csrf={p.csrf}
        effects={[
          ['Ce qui était noté', 'détaché de son nom, pour toujours ; les totaux restent'],
          ['Ses prochains messages', 'sans lien à son nom, y compris dans les envois déjà prêts'],
          ['Retour en arrière', 'seule la personne peut accepter de nouveau, au pied d’un message'],
        ]}
        submit="Enregistrer le refus"
        back={{ href: `/contacts/${p.contact.id}`, label: 'Annuler' }}
      >
        <SourceField value={p.source} errors={p.errors} />
      </Confirm>
    </Section>
  </>
);

const SourceField = ({ value, errors }: { value: string; errors: FieldError[] | undefined }) => (
  <Field
    name="source"
    label="Comment la demande est-elle arrivée ?"
    hint="Par exemple : « appel du 20 novembre », « courrier reçu le 3 mars »."
    value={value}
    error={errorOf(errors, 'source')}
    maxlength={200}
    size="full"
    required
  />
);

export const OppositionPage = (p: {
  contact: Contact;
  source: string;
  scope: string;
  errors?: FieldError[];
  csrf: string;
  organisation: string;
}) => (
  <>
    <PageHead
      title="Ne plus lui écrire"
      lead={`${nameOf(p.contact)} a demandé, de vive voix ou par écrit, à ne plus recevoir de message.`}
      back={{ href: `/contacts/${p.contact.id}`, label: nameOf(p.contact) }}
    />
    <ErrorSummary errors={p.errors} />
    <Section title="Ce qui va se passer">
      <Confirm
        action={`/contacts/${p.contact.id}/opposition`}
        csrf={p.csrf}
        effects={[
          ['Les prochains envois', 'cette personne en est écartée, y compris de ceux déjà programmés'],
          ['Retour en arrière', 'aucun : seule la personne peut s’inscrire de nouveau'],
        ]}
        submit="Enregistrer l’opposition"
        back={{ href: `/contacts/${p.contact.id}`, label: 'Annuler' }}
      >
        <SourceField value={p.source} errors={p.errors} />
        <Choices
          name="scope"
          label="Qui ne doit plus lui écrire ?"
          value={p.scope}
          error={errorOf(p.errors, 'scope')}
          required
          options={[
            { value: 'organisation', label: p.organisation },
            {
              value: 'instance',
              label: 'Toutes les organisations de ce service',
              hint: 'Si la personne ne veut plus aucun message, de qui que ce soit.',
            },
          ]}
        />
      </Confirm>
    </Section>
  </>
);
