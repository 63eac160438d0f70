import { PUBLIC_NAMES } from '../base/words.ts';
import type { Audience, AudiencePreview } from '../contacts/audience-queries.ts';
import type { AudienceRule } from '../contacts/audience-schema.ts';
import { audienceSentence } from '../contacts/audience-sentence.ts';
import type { AudienceRow } from '../contacts/read-audiences-page.ts';
import { nameOf } from './contacts-pages.tsx';
import { count } from './import-pages.tsx';
import { Acts, ButtonLink, Empty, Facts, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { number } from './ui/figures.tsx';
import { Level } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';

export const BACK = { href: '/audiences', label: 'Audiences' };

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

export const Sample = ({ preview }: { preview: AudiencePreview }) =>
  preview.sample.length === 0 ? null : (
    <Section title="Qui, par exemple">
      <DataTable
        caption={
          preview.sample.length < preview.count
            ? `${preview.sample.length} contacts sur ${number(preview.count)}`
            : 'Tous les contacts choisis'
        }
        columns={['Contact', 'Structure', 'Niveau', 'Public', 'Région'].map((label) => ({ label }))}
        compact
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
