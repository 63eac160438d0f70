import type { Child } from 'hono/jsx';
import { parseParis } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import { LEVEL_NAMES } from '../base/words.ts';
import type { Bundle } from '../plan/bundle.ts';
import { audiencesFor } from '../plan/from-model.ts';
import { type Around, type Draft, partnersOf } from './new-campaign-state.ts';
import { periodText, plural, quoted, recurrenceText, whenOf } from './push-words.tsx';
import { Facts } from './ui/components.tsx';
import { Check, Choices, errorOf, Field, FieldRow } from './ui/fields.tsx';
import { DataTable } from './ui/table.tsx';

export type StepProps = Around & {
  models: readonly Bundle[];
  draft: Draft;
  step: number;
  errors: readonly FieldError[] | undefined;
};

/** The questions of one step. */
export const screen = (p: StepProps): Child => {
  const { draft: d, errors } = p;
  switch (p.step) {
    case 1:
      return (
        <Choices
          name="modele"
          label="Partir de"
          required
          bare
          value={d.modele || p.models[0]?.campaign.slug}
          error={errorOf(errors, 'modele')}
          options={p.models.map((m) => ({
            value: m.campaign.slug,
            label: m.campaign.name,
            hint: `${m.campaign.tagline ? `${m.campaign.tagline}. ` : ''}${plural(m.pushes.length, 'envoi', 'envois')}, ${plural(m.audiences.length, 'audience', 'audiences')}, ${plural(m.resources.length, 'ressource', 'ressources')}.`,
          }))}
        />
      );
    case 2:
      return (
        <>
          <Field
            name="nom"
            label="Nom de la campagne"
            size="full"
            value={d.nom}
            error={errorOf(errors, 'nom')}
            required
            maxlength={160}
          />
          <Field
            name="slogan"
            label="Slogan"
            size="full"
            value={d.slogan}
            error={errorOf(errors, 'slogan')}
            maxlength={200}
          />
          <FieldRow>
            <Field name="debut" label="Début" kind="date" value={d.debut} error={errorOf(errors, 'debut')} required />
            <Field name="fin" label="Fin" kind="date" value={d.fin} error={errorOf(errors, 'fin')} required />
          </FieldRow>
        </>
      );
    case 3:
      return (
        <FieldRow>
          <Field
            name="couleur"
            label="Couleur principale"
            hint="Le bandeau et les titres."
            kind="color"
            value={d.couleur}
            error={errorOf(errors, 'couleur')}
            required
          />
          <Field
            name="accent"
            label="Couleur d’appel"
            hint="Les boutons et les liens."
            kind="color"
            value={d.accent}
            error={errorOf(errors, 'accent')}
            required
          />
        </FieldRow>
      );
    case 4:
      return <Partners {...p} />;
    case 5:
      return <Audiences {...p} />;
    case 6:
      return <Pushes {...p} />;
    default:
      return <Summary {...p} />;
  }
};

const Partners = ({ organisations, mine, draft: d, errors }: StepProps) => {
  const roles = new Map(d.partenaires ?? []);
  return (
    <>
      <p>
        <strong>{mine.name}</strong> pilote la campagne : elle écrit le tronc commun, et signe.
      </p>
      {organisations
        .filter((o) => o.id !== mine.id)
        .map((o) => (
          <>
            <input type="hidden" name="organisation" value={o.slug} />
            <Field
              name={`role-${o.slug}`}
              label={o.name}
              kind="select"
              bare
              value={roles.get(o.slug) ?? ''}
              error={errorOf(errors, `role-${o.slug}`)}
              options={[
                { value: '', label: 'ne participe pas' },
                { value: 'signataire', label: 'signataire : écrit à ses contacts et valide' },
                { value: 'relais', label: 'relais : fait passer le message' },
              ]}
            />
          </>
        ))}
    </>
  );
};

const audiencesOf = ({ model, draft, mine }: Pick<StepProps, 'model' | 'draft' | 'mine'>) =>
  model ? audiencesFor(model, new Set(partnersOf(draft, mine).map((p) => p.organisation))) : [];

const Audiences = (p: StepProps) => {
  const available = audiencesOf(p);
  const lost = (p.model?.audiences.length ?? 0) - available.length;
  return (
    <Choices
      name="audiences"
      label="Audiences gardées"
      kind="checkbox"
      hint={
        lost > 0
          ? `${plural(lost, 'audience du modèle ne vise', 'audiences du modèle ne visent')} que des organisations qui ne participent pas : sans objet ici.`
          : undefined
      }
      value={p.draft.audiences}
      error={errorOf(p.errors, 'audiences')}
      options={available.map((a) => ({
        value: a.slug,
        label: a.name,
        hint: a.placedLevel ? `niveau ${LEVEL_NAMES[a.placedLevel]}` : undefined,
      }))}
    />
  );
};

const Pushes = ({ model, draft: d, errors }: StepProps) => {
  const kept = new Map(d.envois ?? []);
  return (
    <>
      {model?.pushes
        .filter((push) => d.audiences?.includes(push.audience))
        .map((push) => (
          <>
            <input type="hidden" name="envoi" value={push.slug} />
            <Check
              name={`garder-${push.slug}`}
              label={`Garder ${quoted(push.title)}`}
              hint={
                push.recurrence
                  ? `Se répète : ${recurrenceText(push.recurrence)}, pendant toute la campagne.`
                  : undefined
              }
              checked={kept.has(push.slug)}
            />
            {!push.recurrence && (
              <Field
                name={`date-${push.slug}`}
                label={`Départ de ${quoted(push.title)}`}
                kind="datetime-local"
                hint={
                  afterEnd(kept.get(push.slug), d.fin)
                    ? 'Après la fin de la campagne : avancez cette date, ou retirez l’envoi.'
                    : 'Heure de Paris. Sans date, il part quand vous le dites.'
                }
                value={kept.get(push.slug) ?? ''}
                error={errorOf(errors, `date-${push.slug}`)}
              />
            )}
          </>
        ))}
    </>
  );
};

const afterEnd = (date: string | undefined, end: string): boolean => Boolean(date && date.slice(0, 10) > end);

const Summary = (p: StepProps) => {
  const { draft: d, model, organisations, mine } = p;
  const nameOf = (slug: string) => organisations.find((o) => o.slug === slug)?.name ?? slug;
  const kept = model?.pushes.flatMap((push) => {
    const found = d.envois?.find(([slug]) => slug === push.slug);
    return found ? [{ push, at: found[1] ? parseParis(found[1]) : null }] : [];
  });
  return (
    <>
      <Facts
        items={[
          ['Nom', d.nom],
          ['Slogan', d.slogan || 'aucun'],
          ['Période', periodText(d.debut, d.fin)],
          [
            'Partenaires',
            partnersOf(d, mine)
              .map((o) => `${nameOf(o.organisation)} (${o.role})`)
              .join(', '),
          ],
          [
            'Audiences',
            audiencesOf(p)
              .filter((a) => d.audiences?.includes(a.slug))
              .map((a) => a.name)
              .join(', '),
          ],
          [
            'Repris du modèle',
            `${plural(model?.resources.length ?? 0, 'ressource', 'ressources')}, ${plural(model?.keyMessages.length ?? 0, 'élément de langage', 'éléments de langage')}`,
          ],
        ]}
      />
      {kept && kept.length > 0 && (
        <DataTable
          caption={`${plural(kept.length, 'envoi', 'envois')}, en brouillon`}
          columns={[{ label: 'Envoi' }, { label: 'Départ' }]}
          rows={kept.map(({ push, at }) => [
            push.title,
            push.recurrence ? recurrenceText(push.recurrence) : whenOf(at),
          ])}
        />
      )}
    </>
  );
};
