import type { Child } from 'hono/jsx';
import { longDate, parseParis } from '../base/dates.ts';
import { LEVELS } from '../base/words.ts';
import type { PublicResource } from '../resources/public-resource.ts';
import { RESOURCE_FORMAT_NAMES, RESOURCE_KIND_NAMES, type SupportInput } from '../resources/schema.ts';
import { Facts, Flash, PageHead, Prose, Row, Rows, Section } from '../web/ui/components.tsx';
import { Level } from '../web/ui/marks.tsx';
import { sizeText } from '../web/ui/size.ts';
import { MeasureNote } from './measure.tsx';
import { LEVEL_ACTS, PROFILE_IDS, PROFILES, type Profile, resourcePath } from './resource-words.ts';

type SheetProps = { resource: PublicResource; profile: Profile | undefined; list: string; refused: boolean };

const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;

/** One resource: what it is good for, to whom it speaks first, then how to open it. */
export const ResourceSheet = ({ resource: r, profile, list, refused }: SheetProps) => (
  <>
    <PageHead
      back={{ href: list, label: 'Toutes les ressources' }}
      kicker={[capital(RESOURCE_KIND_NAMES[r.kind]), r.years].filter(Boolean).join(', ')}
      title={r.title}
      lead={r.summary || undefined}
    />
    {r.retiredOn && (
      <Flash
        kind="problem"
        text={`Cette ressource n’est plus à jour depuis le ${longDate(parseParis(r.retiredOn) ?? r.updatedAt)}. Elle reste ici pour mémoire.`}
      />
    )}
    <Section title="L’ouvrir">
      <Rows label="Formats">
        {r.url && <Row what="Ouvrir la ressource" href={r.url} meta={`chez ${URL.parse(r.url)?.host ?? r.url}`} />}
        {r.supports.map((s) => (
          <SupportRow support={s} resource={r} />
        ))}
      </Rows>
    </Section>
    <Uses resource={r} profile={profile} />
    <Section title="Qui la porte">
      <Facts
        items={
          [
            r.carriedBy ? ['Portée par', r.carriedBy] : null,
            ['Tenue à jour par', r.owner.name],
            r.axis ? ['Dans le programme', r.axis] : null,
            ['Campagne', <a href={`/ressources/campagne/${r.campaign.slug}`}>{r.campaign.name}</a>],
            r.contact ? ['Une question ?', contact(r.contact)] : null,
          ].filter((item) => item !== null) as [Child, Child][]
        }
      />
    </Section>
    {r.seeAlso.length > 0 && (
      <Section title="Voir aussi">
        <Rows label="Ressources proches">
          {r.seeAlso.map((other) => (
            <Row href={resourcePath(other, profile)} what={other.title} meta={other.owner} />
          ))}
        </Rows>
      </Section>
    )}
    <MeasureNote refused={refused} />
  </>
);

/** What it is good for: for whom one said one is first, then for the others, then at each level. */
const Uses = ({ resource: r, profile }: Pick<SheetProps, 'resource' | 'profile'>) => {
  const mine = profile && r.uses[profile];
  const others = PROFILE_IDS.filter((id) => r.uses[id] && !(mine && id === profile));
  const levels = LEVELS.filter((level) => r.levelUses[level]);
  if (!mine && others.length + levels.length === 0) return null;
  return (
    <Section title="À quoi elle sert">
      {mine && (
        <Prose>
          <p>
            <strong>Pour vous, {PROFILES[profile]} :</strong> {mine}
          </p>
        </Prose>
      )}
      <Facts
        items={[
          ...others.map((id) => [capital(PROFILES[id]), r.uses[id] ?? ''] as const),
          ...levels.map(
            (level) =>
              [
                <>
                  <Level level={level} /> : {LEVEL_ACTS[level]}
                </>,
                r.levelUses[level] ?? '',
              ] as const,
          ),
        ]}
      />
    </Section>
  );
};

const SupportRow = ({ support: s, resource }: { support: SupportInput; resource: PublicResource }) => {
  const format = capital(RESOURCE_FORMAT_NAMES[s.format]);
  return 'url' in s ? (
    <Row
      what={s.title || format}
      href={s.url}
      meta={[s.title && format, `chez ${URL.parse(s.url)?.host ?? s.url}`].filter(Boolean).join(' · ')}
    />
  ) : (
    <Row
      what={s.title || format}
      href={`${resourcePath({ campaign: resource.campaign, slug: resource.slug })}/${s.name}`}
      meta={[s.title && format, s.name.split('.').at(-1)?.toUpperCase(), sizeText(s.size)].filter(Boolean).join(' · ')}
    />
  );
};

const ADDRESS = /^[^\s@<>"]+@[^\s@<>"]+\.[a-z]{2,}$/i;
const contact = (text: string): Child => (ADDRESS.test(text) ? <a href={`mailto:${text}`}>{text}</a> : text);
