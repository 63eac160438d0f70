import {
  Acts,
  Button,
  ButtonLink,
  CopyButton,
  Facts,
  Flash,
  PageHead,
  Prose,
  Section,
} from '../../src/web/ui/components.tsx';
import { Check, Choices, ErrorSummary, errorOf, Field, FieldRow } from '../../src/web/ui/fields.tsx';
import { Confirm, PlainText, Sheet, Steps } from '../../src/web/ui/flow.tsx';
import { Layout, PublicLayout } from '../../src/web/ui/layout.tsx';
import { nav, session } from './cast.ts';

const errors = [
  { field: 'subject', message: 'Écrivez l’objet du message.' },
  { field: 'level', message: 'Choisissez un niveau.' },
];

export const FormPage = () => (
  <Layout
    title="Nouvelle campagne"
    current="/campagnes"
    nav={nav}
    session={session}
    csrf="jeton"
    flash={{ kind: 'problem', text: 'Le fichier n’a pas été lu.' }}
  >
    <PageHead back={{ href: '/campagnes', label: 'Campagnes' }} title="Que dira le message ?" />
    <Steps
      current={3}
      steps={[
        { label: 'Modèle', href: '#1' },
        { label: 'Partenaires', href: '#2' },
        { label: 'Message' },
        { label: 'Audience' },
        { label: 'Dates' },
      ]}
    />
    <ErrorSummary errors={errors} />
    <Section title="Le message">
      <form method="post" action="/nouveau">
        <Field
          name="subject"
          label="Objet"
          hint="Ce que le destinataire lit d’abord, 60 caractères au mieux."
          error={errorOf(errors, 'subject')}
          required
        />
        <Field
          name="body"
          label="Texte"
          kind="textarea"
          value={'Vous cherchez des techniciens ?\nLa filière a préparé une fiche.'}
          size="full"
        />
        <Choices
          name="level"
          label="Niveau"
          required
          error={errorOf(errors, 'level')}
          options={[
            { value: 'institutionnel', label: 'Institutionnel', hint: 'gouvernance, branches, État' },
            { value: 'operationnel', label: 'Opérationnel' },
            { value: 'terrain', label: 'Terrain' },
          ]}
        />
        <Choices
          name="publics"
          label="Publics"
          kind="checkbox"
          inline
          value={['entreprise']}
          options={[
            { value: 'entreprise', label: 'entreprise' },
            { value: 'salarie', label: 'salarié' },
            { value: 'presse', label: 'presse', disabled: true },
          ]}
        />
        <FieldRow>
          <Field name="at" label="Date et heure" kind="datetime-local" value="2026-11-26T09:00" />
          <Field
            name="region"
            label="Région"
            kind="select"
            value="53"
            options={[
              { value: '', label: 'toutes' },
              { value: '53', label: 'Bretagne' },
            ]}
          />
        </FieldRow>
        <Field name="file" label="Fichier de contacts" kind="file" hint="CSV, TSV ou XLSX." accept=".csv" />
        <Field name="code" label="Code reçu par mail" kind="code" required maxlength={6} />
        <Check name="agree" label="J’ai relu le message" hint="La validation porte sur ce texte exact." />
        <Acts>
          <Button primary>Continuer</Button>
          <ButtonLink href="#0">Revenir</ButtonLink>
          <Button quiet name="act" value="later">
            Enregistrer pour plus tard
          </Button>
          <Button disabled>Indisponible</Button>
        </Acts>
      </form>
    </Section>
    <Section title="Annuler l’envoi">
      <Confirm
        action="/annuler"
        csrf="jeton"
        danger
        effects={[
          ['Déjà partis', '1 240 messages, qui ne peuvent être repris'],
          ['Ne partiront pas', '4 972 messages'],
        ]}
        submit="Annuler l’envoi"
        back={{ href: '#non', label: 'Ne rien changer' }}
      />
    </Section>
  </Layout>
);

export const PublicPage = ({ colour = '#0f6b6b', accent = '#e8b11a' }: { colour?: string; accent?: string }) => (
  <PublicLayout
    title="Vos préférences"
    demo
    campaign={{
      name: 'Les essentiels pour la filière des infrastructures du numérique',
      tagline: 'Des outils simples pour recruter et former',
      colour,
      accent,
      partners: ['AFDAS', 'Constructys'],
    }}
  >
    <PageHead
      voice
      title="Ne plus recevoir ces messages"
      lead="Un clic suffit. Vous pourrez revenir quand vous voudrez."
    />
    <form method="post" action="/d/jeton">
      <Acts>
        <Button primary>Me désinscrire</Button>
      </Acts>
    </form>
    <Section title="Ce que vous avez reçu">
      <Sheet
        from="Constructys <infos@constructys.example>"
        to="vous"
        subject="Trois outils pour recruter un raccordeur"
        title="Message"
        width="phone"
      >
        <h3>Trois outils pour recruter un raccordeur</h3>
        <p>Vous cherchez des techniciens ? La filière a préparé une fiche d’une page et une vidéo de deux minutes.</p>
      </Sheet>
      <PlainText id="texte" text={'Trois outils pour recruter un raccordeur\n\nhttps://exemple.fr/r/abc'} />
      <Acts>
        <CopyButton from="texte">Copier le texte</CopyButton>
      </Acts>
    </Section>
    <Section title="Vos droits">
      <Prose>
        <p>Votre adresse vient du fichier des adhérents.</p>
        <ul>
          <li>la corriger</li>
          <li>la faire effacer</li>
        </ul>
      </Prose>
      <Facts
        items={[
          ['Responsable', 'Constructys'],
          ['Écrire à', 'dpo@constructys.example'],
        ]}
      />
      <Flash kind="problem" text="Cette adresse n’est plus valable." />
    </Section>
  </PublicLayout>
);
