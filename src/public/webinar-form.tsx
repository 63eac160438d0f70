import { longDate } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import { PUBLICS } from '../base/words.ts';
import { DEPARTEMENTS } from '../contacts/geography.ts';
import { Acts, Button, Facts, Section } from '../web/ui/components.tsx';
import { Check, Choices, ErrorSummary, errorOf, Field, FieldRow } from '../web/ui/fields.tsx';
import type { PublicWebinar } from '../webinars/public-webinar.ts';
import { newsWording } from '../webinars/register.ts';
import { PROFILES } from './resource-words.ts';
import { webinarPath } from './webinar-words.ts';

/** What the form shows already: of a link in a message, or of a form that was refused. `news`: slugs whose box was ticked. */
export type TypedRegistration = Partial<
  Record<
    'firstName' | 'lastName' | 'address' | 'company' | 'public' | 'departement' | 'organisation' | 'question',
    string
  >
> & { news?: readonly string[] };

type FormProps = {
  webinar: PublicWebinar;
  typed: TypedRegistration;
  /** Where the visitor came from, handed on. */
  origin: string;
  errors?: readonly FieldError[] | undefined;
  /** Why the whole was refused. */
  message?: string | undefined;
};

const PUBLIC_OPTIONS = [
  { value: '', label: 'Choisissez' },
  ...PUBLICS.filter((p) => p !== 'inconnu').map((value) => ({ value, label: PROFILES[value] })),
  { value: 'inconnu', label: 'autre, ou je préfère ne pas le dire' },
];
const DEPARTEMENT_OPTIONS = [
  { value: '', label: 'Choisissez' },
  ...DEPARTEMENTS.map((d) => ({ value: d.code, label: `${d.code} ${d.name}` })),
];

/** The name of the box of one organisation. */
export const newsField = (slug: string): string => `news-${slug}`;

export const RegistrationForm = ({ webinar: w, typed, origin, errors, message }: FormProps) => (
  <Section title={w.state === 'complet' ? 'S’inscrire sur la liste d’attente' : 'S’inscrire'} id="inscription">
    <ErrorSummary {...(errors && { errors })} {...(message !== undefined && { message })} />
    <form method="post" action={webinarPath(w.address, '/inscription')}>
      {origin !== '' && <input type="hidden" name="de" value={origin} />}
      <FieldRow>
        <Field
          name="firstName"
          label="Prénom"
          value={typed.firstName}
          error={errorOf(errors, 'firstName')}
          maxlength={80}
          autocomplete="given-name"
          required
        />
        <Field
          name="lastName"
          label="Nom"
          value={typed.lastName}
          error={errorOf(errors, 'lastName')}
          maxlength={80}
          autocomplete="family-name"
          required
        />
      </FieldRow>
      <Field
        kind="email"
        name="address"
        label="Votre adresse électronique"
        hint="Le lien pour rejoindre y est envoyé."
        value={typed.address}
        error={errorOf(errors, 'address')}
        maxlength={254}
        autocomplete="email"
        required
      />
      <Field
        name="company"
        label="Votre organisme ou entreprise"
        value={typed.company}
        error={errorOf(errors, 'company')}
        maxlength={160}
        autocomplete="organization"
      />
      <Field
        kind="select"
        name="public"
        label="Vous êtes"
        value={typed.public}
        error={errorOf(errors, 'public')}
        options={PUBLIC_OPTIONS}
        required
      />
      <Field
        kind="select"
        name="departement"
        label="Votre département"
        value={typed.departement}
        error={errorOf(errors, 'departement')}
        options={DEPARTEMENT_OPTIONS}
      />
      <Field
        kind="textarea"
        name="question"
        label="Une question aux intervenants"
        value={typed.question}
        error={errorOf(errors, 'question')}
        rows={3}
        maxlength={600}
      />
      <With webinar={w} typed={typed} errors={errors} />
      <Acts>
        <Button primary>{w.state === 'complet' ? 'Rejoindre la liste d’attente' : 'M’inscrire'}</Button>
      </Acts>
    </form>
  </Section>
);

/** Which organisation keeps the registration, and whether it may write again: a box that nobody ticked for the person. */
const With = ({ webinar: w, typed, errors }: Pick<FormProps, 'webinar' | 'typed' | 'errors'>) => {
  const box = ({ slug, name }: { slug: string; name: string }) => (
    <Check
      name={newsField(slug)}
      value={slug}
      label={newsWording(name)}
      hint="Sans rapport avec votre inscription. Vous pourrez changer d’avis à tout moment."
      checked={typed.news?.includes(slug) ?? false}
    />
  );
  const [only] = w.organisers;
  if (only && w.organisers.length === 1) return box(only);
  return (
    <Choices
      name="organisation"
      label="Auprès de qui vous inscrivez-vous ?"
      hint="Cette organisation garde votre inscription, et elle seule. Prenez celle qui vous connaît, ou celle que vous voulez."
      value={typed.organisation}
      error={errorOf(errors, 'organisation')}
      options={w.organisers.map((o) => ({ value: o.slug, label: o.name, more: box(o) }))}
      required
    />
  );
};

const french = new Intl.ListFormat('fr', { type: 'disjunction' });

/** Told where the data are given, not elsewhere (GDPR art. 13). */
export const RegistrationNotice = ({ webinar: w }: { webinar: PublicWebinar }) => {
  const rights = w.organisers.map((o) => `${o.name} : ${o.privacyContact || 'écrivez à cette organisation'}`);
  return (
    <Section title="Ce que deviennent ces informations">
      <Facts
        items={[
          [
            'Qui les garde',
            w.organisers.length === 1
              ? `${w.organisers[0]?.name}, et personne d’autre`
              : `l’organisation que vous choisissez (${french.format(w.organisers.map((o) => o.name))}), et elle seule`,
          ],
          ['Pourquoi', 'vous envoyer le lien et les rappels, savoir qui est venu, vous écrire ensuite une fois'],
          ['Les intervenants', 'lisent votre nom, votre organisme et votre question, jamais votre adresse'],
          ['Les autres organisations', 'ne voient que des totaux'],
          ['Jusqu’à quand', `jusqu’au ${longDate(w.keptUntil)}, puis tout ce qui dit qui vous êtes est effacé`],
          [
            'Vos droits',
            rights.map((line, i) => (
              <>
                {i > 0 && <br />}
                {line}
              </>
            )),
          ],
        ]}
      />
      <p>
        <a href={`/confidentialite/${w.campaign.slug}`}>Tout sur les données personnelles de cette campagne</a>
      </p>
    </Section>
  );
};
