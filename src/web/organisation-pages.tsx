import { ROLES, type Role } from '../base/context.ts';
import type { FieldError } from '../base/errors.ts';
import { roleName } from '../base/words.ts';
import type { OrganisationPage } from '../organisations/read-organisation-page.ts';
import { KIND_NAMES } from '../organisations/schema.ts';
import { Acts, Button, ButtonLink, Csrf, Facts, PageHead, Section, Swatch } from './ui/components.tsx';
import { Choices, ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';
import { DataTable } from './ui/table.tsx';

export type Settings = {
  name: string;
  senderName: string;
  senderAddress: string;
  replyTo: string;
  postalAddress: string;
  privacyContact: string;
  website: string;
  colour: string;
  accent: string;
};

/** What each role is for, in the words of the person who gives it. */
const ROLE_HINTS: Record<Role, string> = {
  administrateur: 'règle l’organisation, invite des personnes, exporte et efface des contacts',
  communicant: 'prépare les campagnes, importe les contacts, programme les envois',
  valideur: 'lit ce qui partira au nom de l’organisation et le valide',
  relais: 'reçoit les kits et voit ce que ses relais ont apporté',
  evaluateur: 'lit les chiffres et leur mode de calcul, sans donnée personnelle',
};

const BACK = { href: '/organisation', label: 'Votre organisation' };

const none = <span class="meta">non renseigné</span>;

export const OrganisationView = ({
  organisation: { settings, kind, members },
  mayWrite,
  mayInvite,
}: {
  organisation: OrganisationPage;
  mayWrite: boolean;
  mayInvite: boolean;
}) => (
  <>
    <PageHead title={settings.name} lead={`${KIND_NAMES[kind as keyof typeof KIND_NAMES] ?? 'Organisation'}`} />
    <Section
      title="Ce que voit le destinataire"
      action={mayWrite ? { href: '/organisation/identite', label: 'Modifier l’identité' } : undefined}
    >
      <Facts
        items={[
          ['Expéditeur', `${settings.senderName} <${settings.senderAddress}>`],
          ['Les réponses vont à', settings.replyTo ?? `${settings.senderAddress}`],
          ['Adresse postale', settings.postalAddress || none],
          ['Contact pour les données personnelles', settings.privacyContact || none],
          ['Site', settings.website ? <a href={settings.website}>{settings.website}</a> : none],
          ['Couleur principale', <Swatch colour={settings.colour ?? ''} />],
          ['Couleur d’accent', <Swatch colour={settings.accent ?? ''} />],
        ]}
      />
      {!mayWrite && <p class="meta">Ces réglages sont tenus par l’administrateur de votre organisation.</p>}
    </Section>
    <Section title="Par où part le courrier" action={{ href: '/organisation/envoi', label: 'Ouvrir « Envoi »' }}>
      <p>Le serveur qui remet vos messages, et les domaines depuis lesquels votre organisation peut écrire.</p>
    </Section>
    <Section
      title="Les personnes"
      action={mayInvite ? { href: '/organisation/journal', label: 'Qui a fait quoi, et quand' } : undefined}
    >
      <DataTable
        caption={members.length === 1 ? 'Une personne travaille ici' : `${members.length} personnes travaillent ici`}
        columns={[{ label: 'Nom' }, { label: 'Adresse' }, { label: 'Rôles' }]}
        rows={members.map((m) => [m.name, m.address, m.roles.map(roleName).join(', ')])}
      />
      {mayInvite && (
        <Acts>
          <ButtonLink href="/organisation/invitation">Inviter une personne</ButtonLink>
        </Acts>
      )}
    </Section>
  </>
);

export const SettingsPage = ({
  settings: s,
  errors,
  csrf,
}: {
  settings: Settings;
  errors?: FieldError[];
  csrf: string;
}) => {
  const text = (name: keyof Settings, label: string, hint?: string, required = false) => (
    <Field
      name={name}
      label={label}
      hint={hint}
      value={s[name]}
      error={errorOf(errors, name)}
      required={required}
      autocomplete="off"
      size="full"
    />
  );
  return (
    <>
      <PageHead
        title="Ce que voit le destinataire"
        back={BACK}
        lead="Le nom, les adresses et les couleurs qui signent les messages de votre organisation."
      />
      <ErrorSummary errors={errors} />
      <Section title="Identité">
        <form method="post" action="/organisation/identite" novalidate>
          <Csrf token={csrf} />
          {text('name', 'Nom de l’organisation', undefined, true)}
          {text('senderName', 'Nom de l’expéditeur', 'Ce que le destinataire lit avant d’ouvrir.', true)}
          <Field
            kind="email"
            name="senderAddress"
            label="Adresse de l’expéditeur"
            hint="Sur le domaine de votre organisation, comme lettre@organisation.fr."
            value={s.senderAddress}
            error={errorOf(errors, 'senderAddress')}
            required
            autocomplete="off"
          />
          <Field
            kind="email"
            name="replyTo"
            label="Adresse de réponse"
            hint="Sans elle, les réponses vont à l’expéditeur."
            value={s.replyTo}
            error={errorOf(errors, 'replyTo')}
            autocomplete="off"
          />
          {text('postalAddress', 'Adresse postale', 'Écrite au pied de chaque message.')}
          {text(
            'privacyContact',
            'Contact pour les données personnelles',
            'Une adresse ou une page, donnée au pied de chaque message.',
          )}
          {text('website', 'Site de l’organisation', 'Les pages publiques de vos campagnes y renvoient.')}
          <FieldRow>
            <Field
              kind="color"
              name="colour"
              label="Couleur principale"
              value={s.colour}
              error={errorOf(errors, 'colour')}
              required
              size="short"
            />
            <Field
              kind="color"
              name="accent"
              label="Couleur d’accent"
              value={s.accent}
              error={errorOf(errors, 'accent')}
              required
              size="short"
            />
          </FieldRow>
          <Acts>
            <Button primary>Enregistrer l’identité</Button>
            <ButtonLink href="/organisation" quiet>
              Annuler
            </ButtonLink>
          </Acts>
        </form>
      </Section>
    </>
  );
};

export const InvitationPage = (p: {
  name: string;
  address: string;
  roles: readonly string[];
  errors?: FieldError[];
  csrf: string;
}) => (
  <>
    <PageHead
      title="Inviter une personne"
      back={BACK}
      lead="Elle se connecte avec son adresse et un code reçu par message : pas de mot de passe à lui donner."
    />
    <ErrorSummary errors={p.errors} />
    <Section title="Qui, et pour quoi faire">
      <form method="post" action="/organisation/invitation" novalidate>
        <Csrf token={p.csrf} />
        <Field
          name="name"
          label="Prénom et nom"
          value={p.name}
          error={errorOf(p.errors, 'name')}
          required
          autocomplete="off"
        />
        <Field
          kind="email"
          name="address"
          label="Adresse électronique"
          value={p.address}
          error={errorOf(p.errors, 'address')}
          required
          autocomplete="off"
        />
        <Choices
          kind="checkbox"
          name="roles"
          label="Rôles"
          value={p.roles}
          error={errorOf(p.errors, 'roles')}
          options={ROLES.map((role) => ({ value: role, label: roleName(role), hint: ROLE_HINTS[role] }))}
        />
        <Acts>
          <Button primary>Inviter cette personne</Button>
          <ButtonLink href="/organisation" quiet>
            Annuler
          </ButtonLink>
        </Acts>
      </form>
    </Section>
  </>
);
