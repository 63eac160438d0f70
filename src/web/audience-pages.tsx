import type { FieldError } from '../base/errors.ts';
import { LEVEL_NAMES, LEVELS, PUBLIC_NAMES, PUBLICS, SIZE_CLASSES, SIZE_NAMES } from '../base/words.ts';
import type { Audience, AudiencePreview } from '../contacts/audience-queries.ts';
import type { AudienceRule } from '../contacts/audience-schema.ts';
import { audienceSentence } from '../contacts/audience-sentence.ts';
import type { AudienceRow, CampaignChoice } from '../contacts/read-audiences-page.ts';
import type { TypedAudience } from './audience-form.ts';
import { nameOf, REGION_CHOICES } from './contacts-pages.tsx';
import { count } from './import-pages.tsx';
import {
  Acts,
  Button,
  ButtonLink,
  Columns,
  Csrf,
  Empty,
  Facts,
  PageHead,
  Row,
  Rows,
  Section,
} from './ui/components.tsx';
import { Choices, ErrorSummary, errorOf, Field, FieldRow } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';
import { Level } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';

const BACK = { href: '/audiences', label: 'Audiences' };

export const AudienceList = ({
  audiences,
  organisationId,
  mayWrite,
}: {
  audiences: AudienceRow[];
  organisationId: number;
  mayWrite: boolean;
}) => (
  <>
    <PageHead
      title="À qui parler"
      lead="Une audience est une règle, pas une copie : elle choisit ses contacts au moment où un envoi se prépare."
    />
    {audiences.length === 0 ? (
      <Empty
        title="Aucune audience pour l’instant."
        act={mayWrite ? { href: '/audiences/nouvelle', label: 'Composer une audience' } : undefined}
      >
        <p>Par exemple : « les dirigeants d’entreprises de moins de 11 salariés, en Bretagne ».</p>
      </Empty>
    ) : (
      <>
        {mayWrite && (
          <Acts>
            <ButtonLink href="/audiences/nouvelle" primary>
              Composer une audience
            </ButtonLink>
          </Acts>
        )}
        <Section title="Audiences">
          <Rows label="Audiences">
            {audiences.map((a) => (
              <Row
                href={`/audiences/${a.id}`}
                what={a.name}
                meta={audienceSentence(a.rule)}
                end={
                  <span class="meta">
                    {a.campaign ?? 'toutes vos campagnes'}
                    {a.organisationId !== organisationId && `, tenue par ${a.organisation}`}
                  </span>
                }
              />
            ))}
          </Rows>
        </Section>
      </>
    )}
  </>
);

/** `rule` null: something typed cannot be understood yet. */
export type Counted = { rule: AudienceRule | null; preview: AudiencePreview | null };

/** The count, replaced as a whole while the form is filled in. */
export const CountedRegion = ({ counted: { rule, preview } }: { counted: Counted }) => (
  <div id="compte" role="status">
    {rule && preview ? (
      <>
        <p>
          <strong>{count(preview.count, 'contact')}</strong> de votre liste{' '}
          {preview.count < 2 ? 'correspond' : 'correspondent'}, désinscrits compris.
        </p>
        <p class="meta">{audienceSentence(rule)}</p>
        <Facts items={preview.levels.map(({ level, count: n }) => [<Level level={level} />, number(n)])} />
      </>
    ) : (
      <p>Corrigez ce qui est signalé pour connaître le nombre de contacts.</p>
    )}
  </div>
);

const Sample = ({ preview }: { preview: AudiencePreview }) =>
  preview.sample.length === 0 ? null : (
    <Section title="Qui, par exemple">
      <DataTable
        caption={
          preview.sample.length < preview.count
            ? `${preview.sample.length} contacts sur ${number(preview.count)}`
            : 'Tous les contacts choisis'
        }
        columns={['Contact', 'Structure', 'Niveau', 'Public', 'Région'].map((label) => ({ label }))}
        rows={preview.sample.map((row) => [
          <a href={`/contacts/${row.id}`}>{nameOf(row)}</a>,
          [row.company, row.job].filter(Boolean).join(', ') || '–',
          <Level level={row.level} />,
          PUBLIC_NAMES[row.public],
          row.region ?? '–',
        ])}
      />
    </Section>
  );

export const AudienceView = ({
  audience,
  counted,
  mine,
  mayWrite,
}: {
  audience: Audience;
  counted: Counted;
  mine: boolean;
  mayWrite: boolean;
}) => (
  <>
    <PageHead title={audience.name} lead={audienceSentence(audience.rule)} back={BACK} />
    <Section
      title="Combien, dans votre liste"
      note={mine ? undefined : 'Chaque organisation ne voit que sa propre liste.'}
    >
      <CountedRegion counted={counted} />
      {audience.placedLevel && (
        <p>
          L’envoi leur parle au niveau <Level level={audience.placedLevel} />, quel que soit leur niveau habituel.
        </p>
      )}
      {mayWrite && (
        <Acts>
          <ButtonLink href={`/audiences/${audience.id}/modification`}>Modifier cette audience</ButtonLink>
        </Acts>
      )}
    </Section>
    {counted.preview && <Sample preview={counted.preview} />}
  </>
);

type FormProps = {
  /** null: a new audience. */
  id: number | null;
  typed: TypedAudience;
  errors: FieldError[];
  counted: Counted;
  campaigns: CampaignChoice[];
  csrf: string;
};

export const AudienceFormPage = (p: FormProps) => (
  <>
    <PageHead
      title={p.id === null ? 'Composer une audience' : 'Modifier l’audience'}
      lead="Chaque critère rempli restreint la liste ; laissez vide ce qui n’importe pas."
      back={p.id === null ? BACK : { href: `/audiences/${p.id}`, label: p.typed.name }}
    />
    <ErrorSummary errors={p.errors} />
    <Columns
      aside={
        <Section title="Combien">
          <CountedRegion counted={p.counted} />
        </Section>
      }
    >
      <form
        method="post"
        id="audience"
        data-audience={p.id ?? undefined}
        action={p.id === null ? '/audiences/nouvelle' : `/audiences/${p.id}/modification`}
        novalidate
      >
        <Csrf token={p.csrf} />
        <Criteria {...p} />
        <Acts>
          <Button primary>Enregistrer l’audience</Button>
          <Button name="geste" value="compter">
            Compter
          </Button>
          <ButtonLink href={p.id === null ? '/audiences' : `/audiences/${p.id}`} quiet>
            Annuler
          </ButtonLink>
        </Acts>
      </form>
    </Columns>
    {p.counted.preview && <Sample preview={p.counted.preview} />}
    <script src="/audiences/apercu.js" type="module" />
  </>
);

const Criteria = ({ id, typed: t, errors, campaigns }: FormProps) => {
  const several = (name: 'departement' | 'naf' | 'idcc' | 'job' | 'tags', label: string, hint: string) => (
    <Field
      name={name}
      label={label}
      hint={hint}
      value={t[name]}
      error={errorOf(errors, name)}
      autocomplete="off"
      size="full"
      bare
    />
  );
  return (
    <>
      <Section title="Qui">
        <Choices
          kind="checkbox"
          inline
          name="level"
          label="Niveau"
          value={t.level}
          error={errorOf(errors, 'level')}
          options={LEVELS.map((value) => ({ value, label: LEVEL_NAMES[value] }))}
        />
        <Choices
          kind="checkbox"
          inline
          name="public"
          label="Public"
          value={t.public}
          error={errorOf(errors, 'public')}
          options={PUBLICS.map((value) => ({ value, label: PUBLIC_NAMES[value] }))}
        />
        {several('job', 'Fonction', 'Des mots de la fonction, séparés par des virgules : gérant, RH, formation.')}
        {several('tags', 'Étiquettes', 'Séparées par des virgules ; une seule suffit pour être choisi.')}
      </Section>
      <Section title="Où">
        <Choices
          kind="checkbox"
          inline
          name="region"
          label="Région"
          value={t.region}
          error={errorOf(errors, 'region')}
          options={REGION_CHOICES}
        />
        {several('departement', 'Département', 'Numéros ou noms, séparés par des virgules : 35, 2A, Creuse.')}
      </Section>
      <Section title="Quelle structure">
        <Choices
          kind="checkbox"
          inline
          name="sizeClass"
          label="Effectif"
          value={t.sizeClass}
          error={errorOf(errors, 'sizeClass')}
          options={SIZE_CLASSES.map((value) => ({ value, label: SIZE_NAMES[value] }))}
        />
        {several('naf', 'Code NAF', 'Le début suffit : 61, 43.21.')}
        {several('idcc', 'Convention collective (IDCC)', 'Numéros séparés par des virgules : 1597, 2148.')}
      </Section>
      <Section title="Leurs accords">
        <FieldRow>
          <Field
            kind="select"
            name="consentPurpose"
            label="Accord"
            value={t.consentPurpose}
            error={errorOf(errors, 'consentPurpose')}
            bare
            options={[
              { value: '', label: 'peu importe' },
              { value: 'message', label: 'recevoir des messages' },
              { value: 'mesure_clic', label: 'mesure des clics' },
              { value: 'mesure_ouverture', label: 'mesure des ouvertures' },
            ]}
          />
          <Field
            kind="select"
            name="consentValue"
            label="Réponse"
            value={t.consentValue || 'granted'}
            bare
            options={[
              { value: 'granted', label: 'accepté' },
              { value: 'refused', label: 'refusé' },
              { value: 'unknown', label: 'pas de réponse connue' },
            ]}
          />
        </FieldRow>
      </Section>
      <Section title="L’audience">
        <Field
          name="name"
          label="Nom"
          hint="Pour la retrouver : « Dirigeants de TPE en Bretagne »."
          value={t.name}
          error={errorOf(errors, 'name')}
          maxlength={120}
          size="full"
          required
        />
        <Field
          kind="select"
          name="placedLevel"
          label="Leur parler à un autre niveau"
          hint="Sinon, chacun est abordé à son niveau habituel."
          value={t.placedLevel}
          error={errorOf(errors, 'placedLevel')}
          options={[
            { value: '', label: 'à leur niveau habituel' },
            ...LEVELS.map((value) => ({ value, label: `au niveau ${LEVEL_NAMES[value]}` })),
          ]}
        />
        {id === null && (
          <Field
            kind="select"
            name="campaign"
            label="Pour quelle campagne"
            value={t.campaign}
            error={errorOf(errors, 'campaign')}
            options={[
              { value: '', label: 'toutes les campagnes de votre organisation' },
              ...campaigns.map((c) => ({ value: String(c.id), label: c.name })),
            ]}
          />
        )}
      </Section>
    </>
  );
};
