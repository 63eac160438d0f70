import type { FieldError } from '../base/errors.ts';
import type { RelayRow } from '../relays/queries.ts';
import { RELAY_KIND_NAMES, RELAY_KINDS } from '../relays/schema.ts';
import { TERRITORIES, territoryWord } from '../relays/territory.ts';
import { Acts, Button, ButtonLink, Csrf, PageHead } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';

export type TypedRelay = Partial<
  Record<'name' | 'kind' | 'territory' | 'parent' | 'contactName' | 'address' | 'member' | 'note', string>
>;

export const typedRelay = (r: RelayRow, parentId: number | null, member = ''): TypedRelay => ({
  name: r.name,
  kind: r.kind,
  territory: territoryWord(r),
  parent: parentId === null ? '' : String(parentId),
  contactName: r.contactName,
  address: r.address ?? '',
  member,
  note: r.note,
});

type Props = {
  slug: string;
  /** Null: a new one. */
  id: number | null;
  typed: TypedRelay;
  parents: readonly { id: number; name: string }[];
  organisations: readonly { slug: string; name: string }[];
  errors?: readonly FieldError[] | undefined;
  csrf: string;
};

export const RelayFormPage = ({ slug, id, typed, parents, organisations, errors, csrf }: Props) => {
  const base = `/campagnes/${slug}/relais`;
  return (
    <>
      <PageHead
        back={{ href: id === null ? base : `${base}/${id}`, label: id === null ? 'Les relais' : 'Le relais' }}
        title={id === null ? 'Ajouter un relais' : 'Modifier le relais'}
        lead="Il relaie sans fichier : son kit lui suffit."
      />
      <ErrorSummary errors={errors} />
      <form method="post" action={id === null ? `${base}/nouveau` : `${base}/${id}/modifier`}>
        <Csrf token={csrf} />
        <Field
          name="name"
          label="Nom"
          hint="Tel qu’il paraîtra sur son affiche."
          value={typed.name}
          error={errorOf(errors, 'name')}
          maxlength={160}
          required
        />
        <Field
          kind="select"
          name="kind"
          label="Type"
          value={typed.kind}
          error={errorOf(errors, 'kind')}
          options={[
            { value: '', label: 'Choisissez' },
            ...RELAY_KINDS.map((value) => ({ value, label: RELAY_KIND_NAMES[value] })),
          ]}
          required
        />
        <Field
          kind="select"
          name="territory"
          label="Territoire"
          value={typed.territory}
          error={errorOf(errors, 'territory')}
          options={[{ value: '', label: 'Choisissez' }, ...TERRITORIES]}
          required
        />
        <Field
          kind="select"
          name="parent"
          label="Rattaché à"
          hint="Le relais qui lui passe le message : du national au régional, puis au guichet."
          value={typed.parent}
          error={errorOf(errors, 'parent')}
          options={[{ value: '', label: 'personne' }, ...parents.map((r) => ({ value: String(r.id), label: r.name }))]}
        />
        <Field
          name="contactName"
          label="Personne à qui écrire"
          value={typed.contactName}
          error={errorOf(errors, 'contactName')}
          maxlength={160}
        />
        <Field
          kind="email"
          name="address"
          label="Adresse électronique"
          hint="Sans adresse, remettez-lui vous-même le lien de son kit."
          value={typed.address}
          error={errorOf(errors, 'address')}
          maxlength={254}
        />
        <Field
          kind="select"
          name="member"
          label="Organisation de ce service"
          hint="Si ce relais gère désormais ici sa propre liste."
          value={typed.member}
          error={errorOf(errors, 'member')}
          options={[
            { value: '', label: 'aucune : il relaie sans fichier' },
            ...organisations.map((o) => ({ value: o.slug, label: o.name })),
          ]}
        />
        <Field
          kind="textarea"
          name="note"
          label="Note"
          hint="Pour vous seuls."
          value={typed.note}
          error={errorOf(errors, 'note')}
          rows={3}
          maxlength={2000}
        />
        <Acts>
          <Button primary>{id === null ? 'Ajouter le relais' : 'Enregistrer'}</Button>
          <ButtonLink href={id === null ? base : `${base}/${id}`} quiet>
            Annuler
          </ButtonLink>
        </Acts>
      </form>
    </>
  );
};
