import { LEVEL_NAMES, LEVELS } from '../base/words.ts';
import { hasLeft } from '../campaigns/queries.ts';
import { PARTNER_ROLE_NAMES, type PartnerRole, TARGET_MEASURE_NAMES, TARGET_MEASURES } from '../campaigns/schema.ts';
import type { OrganisationName } from '../organisations/list-organisations.ts';
import { Presence, settingsUrl } from './campaign-presence.tsx';
import { type FormProps, Reopening, SettingsForm } from './campaign-settings-forms.tsx';
import { capital } from './capital.ts';
import { Acts, Button, Prose } from './ui/components.tsx';
import { Check, errorOf, Field, FieldRow } from './ui/fields.tsx';

/** In order; travels in the address while it is being put together, and is stored when it is saved. */
export type PartnersDraft = { organisation: string; role: PartnerRole }[];

type PartnersProps = FormProps<PartnersDraft> & {
  organisations: readonly OrganisationName[];
  /** The draft differs from what is stored, and saving it would ask for the approvals again. */
  changed: boolean;
  reopens: boolean;
  now: Date;
};

export const PartnersForm = (p: PartnersProps) => {
  const { campaign: c, values, organisations, errors } = p;
  const absent = organisations.filter((o) => !values.some((v) => v.organisation === o.slug));
  return (
    <SettingsForm
      {...p}
      part="/partenaires"
      title="Les partenaires"
      lead="Chacune garde ses contacts et leur écrit en son nom. Les signataires valident ce qui part sous le leur ; les relais font passer le message."
      section={p.changed ? 'La liste, pas encore enregistrée' : 'La liste, dans l’ordre'}
    >
      <Prose>
        <p>
          L’ordre décide qui écrit à une personne que plusieurs connaissent : la première de la liste, et elle seule. Le
          bandeau des pages et le pied des messages les nomment dans cet ordre.
        </p>
      </Prose>
      <ol class="rows">
        {values.map((v, i) => (
          <PartnerRow {...p} draft={v} place={i} error={errorOf(errors, `role-${v.organisation}`)} />
        ))}
      </ol>
      {absent.length > 0 && (
        <FieldRow>
          <Field
            kind="select"
            name="nouvelle"
            label="Ajouter une organisation"
            bare
            options={[{ value: '', label: 'choisissez' }, ...absent.map((o) => ({ value: o.slug, label: o.name }))]}
            error={errorOf(errors, 'nouvelle')}
          />
          <Field kind="select" name="nouveau-role" label="Son rôle" bare options={ROLES} />
          <Button name="acte" value="ajouter">
            Ajouter à la liste
          </Button>
        </FieldRow>
      )}
      <p class="meta">
        Une organisation au nom de laquelle des messages sont partis ne s’ôte pas : elle se retire, avec une date et une
        raison, et son histoire reste. Cela s’enregistre sur <a href={settingsUrl(c.slug)}>la page de la campagne</a>.
      </p>
      {p.changed && p.reopens && <Reopening what="En enregistrant cette liste" submitted={p.submitted} />}
      {!p.changed && <Reopening what="Si vous changez l’ordre, les rôles ou les signataires" submitted={p.submitted} />}
    </SettingsForm>
  );
};

const ROLES = (['signataire', 'relais'] as const).map((role) => ({
  value: role,
  label: role === 'signataire' ? 'signataire : écrit à ses contacts et valide' : 'relais : fait passer le message',
}));

const PartnerRow = (p: PartnersProps & { draft: PartnersDraft[number]; place: number; error: string | undefined }) => {
  const { draft: v, place, campaign: c, organisations } = p;
  const name = organisations.find((o) => o.slug === v.organisation)?.name ?? v.organisation;
  const partner = c.partners.find((x) => x.slug === v.organisation);
  const left = partner?.withdrawnAt ? partner : null;
  const fixed = v.role === 'pilote' || (left && hasLeft(left, p.now));
  return (
    <li class="row undated">
      <div>
        <input type="hidden" name="partenaire" value={v.organisation} />
        {fixed ? (
          <>
            <p class="what">
              {place + 1}. {name}
            </p>
            <p class="meta">
              {capital(PARTNER_ROLE_NAMES[v.role])}
              {v.role === 'pilote' && ' : écrit le tronc commun, et signe'}
            </p>
            <input type="hidden" name={`role-${v.organisation}`} value={v.role} />
          </>
        ) : (
          <Field
            kind="select"
            name={`role-${v.organisation}`}
            label={`${place + 1}. ${name}`}
            bare
            value={v.role}
            options={ROLES}
            error={p.error}
          />
        )}
        {left && <Presence partner={left} now={p.now} />}
      </div>
      <Acts>
        {place > 0 && (
          <Button quiet name="acte" value={`monter:${v.organisation}`} label={`Monter : ${name}`}>
            Monter
          </Button>
        )}
        {place < p.values.length - 1 && (
          <Button quiet name="acte" value={`descendre:${v.organisation}`} label={`Descendre : ${name}`}>
            Descendre
          </Button>
        )}
        {!fixed && !left && (
          <Button quiet name="acte" value={`oter:${v.organisation}`} label={`Ôter de la liste : ${name}`}>
            Ôter de la liste
          </Button>
        )}
      </Acts>
    </li>
  );
};

export type TargetRow = { mesure: string; niveau: string; valeur: string; note: string; oter: boolean };
/** So many empty rows wait after the last one. */
export const SPARE_ROWS = 3;
export const NO_TARGET: TargetRow = { mesure: 'touches', niveau: '', valeur: '', note: '', oter: false };

export const TargetsForm = (p: FormProps<TargetRow[]>) => (
  <SettingsForm
    {...p}
    part="/cibles"
    title="Les cibles"
    lead="Ce que la campagne veut atteindre. Le rapport met chaque cible à côté de ce qui est compté."
    section="Une ligne par cible"
  >
    <input type="hidden" name="lignes" value={String(p.values.length)} />
    {p.values.map((v, i) => (
      <Target row={v} index={i} errors={p.errors} />
    ))}
    <p class="meta">
      Une ligne sans nombre n’est pas gardée. La note dit d’où vient le nombre, ou ce qu’il comprend. Enregistrez pour
      avoir d’autres lignes.
    </p>
  </SettingsForm>
);

const Target = ({
  row: v,
  index: i,
  errors,
}: Pick<FormProps<unknown>, 'errors'> & { row: TargetRow; index: number }) => (
  <fieldset class="field">
    <legend>Cible {i + 1}</legend>
    <FieldRow>
      <Field
        kind="select"
        name={`mesure-${i}`}
        label="Mesure"
        bare
        value={v.mesure}
        options={TARGET_MEASURES.map((m) => ({ value: m, label: TARGET_MEASURE_NAMES[m] }))}
        error={errorOf(errors, `mesure-${i}`)}
      />
      <Field
        kind="select"
        name={`niveau-${i}`}
        label="Niveau"
        bare
        value={v.niveau}
        options={[
          { value: '', label: 'tous ensemble' },
          ...LEVELS.map((level) => ({ value: level, label: LEVEL_NAMES[level] })),
        ]}
        error={errorOf(errors, `niveau-${i}`)}
      />
      <Field
        kind="number"
        name={`valeur-${i}`}
        label="Nombre visé"
        bare
        min={1}
        value={v.valeur}
        error={errorOf(errors, `valeur-${i}`)}
      />
      <Field name={`note-${i}`} label="Note" value={v.note} maxlength={300} error={errorOf(errors, `note-${i}`)} />
    </FieldRow>
    {v.valeur && <Check name={`oter-${i}`} label={`Ôter la cible ${i + 1}`} checked={v.oter} />}
  </fieldset>
);
