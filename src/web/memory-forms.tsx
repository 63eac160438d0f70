import type { FieldError } from '../base/errors.ts';
import type { FormChoices } from '../decisions/read-memory.ts';
import { INSTANCE_LONG, INSTANCES } from '../decisions/schema.ts';
import type { TypedDecision, TypedNote } from './memory-form.ts';
import { memoryUrl } from './memory-words.tsx';
import { Acts, Button, ButtonLink, Csrf, PageHead, Section } from './ui/components.tsx';
import { Choices, ErrorSummary, errorOf, Field, FieldRow, fieldId } from './ui/fields.tsx';

type Props<T> = { choices: FormChoices; typed: T; errors?: readonly FieldError[] | undefined; csrf: string };

const whose = ({ choices }: { choices: FormChoices }): string =>
  choices.campaign
    ? `Dans la mémoire de « ${choices.campaign.name} » : tous ses partenaires la liront.`
    : 'Dans la mémoire de votre organisation : elle seule la lira.';

export const DecisionForm = (p: Props<TypedDecision> & { replaces: { subject: string; pending: boolean } | null }) => {
  const { choices, typed, errors } = p;
  const base = memoryUrl(choices.campaign);
  return (
    <>
      <PageHead
        back={{ href: base, label: 'Mémoire' }}
        title={
          p.replaces
            ? p.replaces.pending
              ? 'Noter ce qui est décidé'
              : 'Remplacer une décision'
            : 'Noter une décision'
        }
        lead={
          p.replaces
            ? `« ${p.replaces.subject} » reste dans la mémoire, avec un lien vers celle que vous notez ici.`
            : whose(p)
        }
      />
      <ErrorSummary errors={errors} />
      <form method="post" action={`${base}/decisions`}>
        <Csrf token={p.csrf} />
        {typed.supersedes && <input type="hidden" name="supersedes" value={typed.supersedes} />}
        <Section title="La décision">
          <Field
            name="subject"
            label="De quoi s’agit-il"
            value={typed.subject}
            error={errorOf(errors, 'subject')}
            maxlength={200}
            size="full"
            required
          />
          <Field
            kind="textarea"
            name="decision"
            label="Ce qui est décidé"
            hint="Laissez vide si la question reste ouverte : elle sera rappelée comme en attente."
            value={typed.decision}
            error={errorOf(errors, 'decision')}
            rows={4}
            size="full"
          />
          <Field
            kind="textarea"
            name="why"
            label="Pourquoi"
            hint="Ce qu’il faudra savoir dans deux ans."
            value={typed.why}
            error={errorOf(errors, 'why')}
            rows={4}
            size="full"
          />
          <Field
            kind="textarea"
            name="options"
            label="Les options examinées"
            value={typed.options}
            error={errorOf(errors, 'options')}
            rows={4}
            size="full"
          />
          <Field
            kind="date"
            name="due"
            label="Échéance"
            hint="De ce que la décision demande, ou de la décision à prendre."
            value={typed.due}
            error={errorOf(errors, 'due')}
            size="short"
          />
        </Section>
        <Section title="Où et quand">
          <Choices
            name="instance"
            label="Instance"
            value={typed.instance}
            error={errorOf(errors, 'instance')}
            required
            options={INSTANCES.map((value) => ({ value, label: INSTANCE_LONG[value] }))}
          />
          <Field
            kind="date"
            name="date"
            label="Date"
            value={typed.date}
            error={errorOf(errors, 'date')}
            size="short"
            required
          />
          {choices.pushes.length > 0 && (
            <Field
              kind="select"
              name="push"
              label="À propos d’un envoi"
              value={typed.push}
              error={errorOf(errors, 'push')}
              options={[
                { value: '', label: 'aucun en particulier' },
                ...choices.pushes.map((x) => ({ value: x.slug, label: x.title })),
              ]}
            />
          )}
        </Section>
        <Participants {...p} />
        <Acts>
          <Button primary>Garder en mémoire</Button>
          <ButtonLink href={base} quiet>
            Ne rien noter
          </ButtonLink>
        </Acts>
      </form>
    </>
  );
};

const PEOPLE_HINT = 'Leurs noms, séparés par des virgules. Laissez vide si seule compte l’organisation.';

/** One box per partner, whose people are asked once it is ticked; then blank lines for whoever else came. */
const Participants = ({ choices, typed, errors }: Props<TypedDecision>) => (
  <Section title="Qui était là">
    {choices.organisations.length > 0 && (
      <Choices
        kind="checkbox"
        name="present"
        label="Organisations présentes"
        value={typed.present}
        bare
        options={choices.organisations.map((name) => ({
          value: name,
          label: name,
          more: (
            <Field
              name={`people.${name}`}
              label={`Pour ${name}`}
              hint={PEOPLE_HINT}
              value={typed.people[name] ?? ''}
              error={errorOf(errors, `people.${name}`)}
              maxlength={1000}
            />
          ),
        }))}
      />
    )}
    {typed.others.map((other, i) => (
      <FieldRow>
        <Field
          name={`other.${i}.organisation`}
          label={i === 0 ? 'Une autre organisation' : 'Encore une autre'}
          value={other.organisation}
          error={errorOf(errors, `other.${i}.organisation`)}
          maxlength={120}
        />
        <Field
          name={`other.${i}.people`}
          label="Ses représentants"
          value={other.people}
          error={errorOf(errors, `other.${i}.people`)}
          maxlength={1000}
        />
      </FieldRow>
    ))}
    {errorOf(errors, 'participants') && (
      <p class="error" id={fieldId('participants')}>
        {errorOf(errors, 'participants')}
      </p>
    )}
  </Section>
);

export const NoteForm = (p: Props<TypedNote>) => {
  const { choices, typed, errors } = p;
  const base = memoryUrl(choices.campaign);
  return (
    <>
      <PageHead back={{ href: base, label: 'Mémoire' }} title="Noter une lecture" lead={whose(p)} />
      <ErrorSummary errors={errors} />
      <form method="post" action={`${base}/veille`}>
        <Csrf token={p.csrf} />
        <Field
          name="title"
          label="Titre"
          value={typed.title}
          error={errorOf(errors, 'title')}
          maxlength={200}
          size="full"
          required
        />
        <Field
          kind="textarea"
          name="body"
          label="Ce qu’il faut en retenir"
          hint="Une ligne vide sépare deux paragraphes ; un tiret en début de ligne fait une liste ; **deux étoiles** mettent en gras."
          value={typed.body}
          error={errorOf(errors, 'body')}
          rows={10}
          size="full"
          required
        />
        <Field
          kind="date"
          name="date"
          label="Date"
          value={typed.date}
          error={errorOf(errors, 'date')}
          size="short"
          required
        />
        <Field
          name="sourceName"
          label="Source"
          hint="Qui le dit : un observatoire, un ministère, un journal."
          value={typed.sourceName}
          error={errorOf(errors, 'sourceName')}
          maxlength={200}
        />
        <Field
          kind="url"
          name="sourceUrl"
          label="Adresse de la page"
          value={typed.sourceUrl}
          error={errorOf(errors, 'sourceUrl')}
          maxlength={500}
        />
        {choices.resources.length > 0 && (
          <Choices
            kind="checkbox"
            name="resources"
            label="Ressources à relire à cette lumière"
            value={typed.resources}
            error={errorOf(errors, 'resources')}
            options={choices.resources.map((r) => ({ value: r.slug, label: r.title }))}
          />
        )}
        {choices.pushes.length > 0 && (
          <Field
            kind="select"
            name="push"
            label="À propos d’un envoi"
            value={typed.push}
            error={errorOf(errors, 'push')}
            options={[
              { value: '', label: 'aucun en particulier' },
              ...choices.pushes.map((x) => ({ value: x.slug, label: x.title })),
            ]}
          />
        )}
        <Acts>
          <Button primary>Garder en mémoire</Button>
          <ButtonLink href={base} quiet>
            Ne rien noter
          </ButtonLink>
        </Acts>
      </form>
    </>
  );
};
