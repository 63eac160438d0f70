import { toParisField } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import { embargoOf, embargoWords, parseEmbargo } from '../pushes/embargo.ts';
import type { PushSheet } from '../pushes/read-push.ts';
import type { Press } from '../pushes/schema.ts';
import type { formOf } from './page.tsx';
import { pushUrl } from './push-words.tsx';
import { Acts, Button, Csrf, Facts, Section } from './ui/components.tsx';
import { errorOf, Field } from './ui/fields.tsx';

/** What a press release says beside its blocks, as a form: its parts in the order a journalist reads them. */

const NAMES = ['titre', 'chapo', 'lieu', 'jour', 'embargo', 'nom', 'telephone', 'adresse', 'a-propos'] as const;
export type PressValues = Record<(typeof NAMES)[number], string>;

export const pressTyped = (form: Awaited<ReturnType<typeof formOf>>): PressValues =>
  Object.fromEntries(NAMES.map((name) => [name, form.text(name)])) as PressValues;

export function pressValues(press: Press): PressValues {
  const embargo = embargoOf({ press });
  return {
    titre: press.headline,
    chapo: press.chapo,
    lieu: press.place,
    jour: press.day,
    embargo: embargo ? toParisField(embargo) : '',
    nom: press.contact.name,
    telephone: press.contact.phone,
    adresse: press.contact.email,
    'a-propos': press.about,
  };
}

/** The part of the content, for the verb to judge; only what is no hour at all is refused here. */
export function pressOf(v: PressValues): { press: Press; errors: FieldError[] } {
  const embargo = v.embargo ? parseEmbargo(v.embargo) : null;
  return {
    press: {
      headline: v.titre,
      chapo: v.chapo,
      place: v.lieu,
      day: v.jour,
      embargoAt: embargo?.toISOString() ?? null,
      contact: { name: v.nom, phone: v.telephone, email: v.adresse },
      about: v['a-propos'],
    },
    errors: v.embargo && !embargo ? [{ field: 'embargo', message: 'Donnez une date et une heure qui existent.' }] : [],
  };
}

/** The refusal's fields under the names of this form. */
export const PRESS_FIELDS: Record<string, string> = Object.fromEntries(
  (
    [
      ['headline', 'titre'],
      ['chapo', 'chapo'],
      ['place', 'lieu'],
      ['day', 'jour'],
      ['embargoAt', 'embargo'],
      ['contact.name', 'nom'],
      ['contact.phone', 'telephone'],
      ['contact.email', 'adresse'],
      ['about', 'a-propos'],
    ] as const
  ).map(([field, name]) => [`content.press.${field}`, name]),
);

type Props = { csrf: string; push: PushSheet; press: PressValues; errors?: readonly FieldError[]; editable: boolean };

export const PressSection = (p: Props) => (
  <Section title="Le communiqué" note="ce que la presse attend">
    <Address push={p.push} />
    {p.editable ? <PressForm {...p} /> : <PressFacts {...p} />}
  </Section>
);

const PressForm = ({ csrf, push, press, errors }: Props) => {
  const field = (name: keyof PressValues) => ({ name, value: press[name], error: errorOf(errors, name) });
  return (
    <form method="post" action={pushUrl(push, '/contenu/communique')}>
      <Csrf token={csrf} />
      <input type="hidden" name="version" value={push.contentVersion} />
      <Field {...field('titre')} label="Titre" size="full" required maxlength={200} />
      <Field
        {...field('chapo')}
        label="Chapô"
        hint="Qui, quoi, quand, où, pourquoi : ce qui suffit si l’on ne lit rien d’autre."
        kind="textarea"
        rows={4}
        size="full"
        bare
        maxlength={1500}
      />
      <Field {...field('lieu')} label="Lieu" hint="Par exemple : Paris." size="short" bare maxlength={80} />
      <Field {...field('jour')} label="Date du communiqué" kind="date" size="short" bare />
      <Field
        {...field('embargo')}
        label="Embargo jusqu’au"
        kind="datetime-local"
        hint="Heure de Paris. Avant, rien ne part, et personne au-dehors ne peut lire le communiqué. La nuit d’octobre où 2 h 30 vient deux fois, c’est la seconde."
      />
      <Field
        {...field('nom')}
        label="Contact presse"
        hint="La personne que les journalistes appellent."
        bare
        maxlength={120}
      />
      <Field {...field('telephone')} label="Son téléphone" size="short" bare maxlength={40} />
      <Field {...field('adresse')} label="Son adresse électronique" kind="email" bare maxlength={200} />
      <Field
        {...field('a-propos')}
        label="À propos"
        hint="Qui parle : la campagne et ses partenaires, en un paragraphe. **gras**, [un lien](https://…)."
        kind="textarea"
        rows={5}
        size="full"
        maxlength={3000}
      />
      <Acts>
        <Button>Enregistrer le communiqué</Button>
      </Acts>
    </form>
  );
};

const PressFacts = ({ push, press }: Props) => {
  const embargo = embargoOf(push.content);
  return (
    <Facts
      items={[
        ['Titre', press.titre],
        ['Chapô', press.chapo || 'à écrire'],
        ['Lieu et date', [press.lieu, press.jour].filter(Boolean).join(', ') || 'à préciser'],
        ['Embargo', embargo ? `jusqu’au ${embargoWords(embargo)}` : 'aucun'],
        ['Contact presse', [press.nom, press.telephone, press.adresse].filter(Boolean).join(' · ') || 'à préciser'],
      ]}
    />
  );
};

/** Where journalists will read it, said before it can be. */
const Address = ({ push }: Pick<Props, 'push'>) => {
  const path = `/communiques/${push.campaignSlug}/${push.slug}`;
  const embargo = embargoOf(push.content);
  return (
    <p class="prose soft">
      Sa page publique : <a href={path}>{path}</a>.{' '}
      {embargo
        ? `Elle s’ouvre le ${embargoWords(embargo)}, s’il est validé ; avant, elle ne montre ni son titre ni son texte.`
        : 'Elle s’ouvre quand il part.'}
    </p>
  );
};
