import type { FieldError } from '../base/errors.ts';
import { LEVEL_NAMES, LEVELS, type Level } from '../base/words.ts';
import type { PushLine } from '../deliveries/read-pushes.ts';
import type { KeyMessageRow } from '../key-messages/queries.ts';
import type { BlockRemark } from '../proofs/read-remarks.ts';
import type { PushSheet } from '../pushes/read-push.ts';
import type { SurveyLine } from '../pushes/read-surveys.ts';
import type { Block, Channel } from '../pushes/schema.ts';
import type { ResourceRow } from '../resources/queries.ts';
import { RemarkNotes } from './approval-remarks.tsx';
import { BlockFields } from './block-fields.tsx';
import { BLOCK_NAMES, type BlockType, type BlockValues, blockExcerpt } from './block-form.ts';
import { capital } from './capital.ts';
import { Head } from './push-content-head.tsx';
import { PushHead } from './push-parts.tsx';
import { PressSection, type PressValues, pressValues } from './push-press.tsx';
import { type Invitable, WebinarSection } from './push-webinar.tsx';
import { pushUrl } from './push-words.tsx';
import { Acts, Button, ButtonLink, Csrf, Empty, Flash, PageHead, Picture, Section } from './ui/components.tsx';
import { ErrorSummary } from './ui/fields.tsx';
import { Confirm, Sheet } from './ui/flow.tsx';
import { Levels } from './ui/marks.tsx';

type Inventory = {
  resources: readonly ResourceRow[];
  messages: readonly KeyMessageRow[];
  surveys: readonly SurveyLine[];
};

type ContentProps = Inventory & {
  csrf: string;
  organisation: number;
  push: PushSheet;
  line: PushLine;
  head: { subject: string; subjects: Partial<Record<Level, string>>; preheader: string };
  /** What was typed of a press release and refused; else what it says. */
  press?: PressValues;
  /** Of an invitation: those of its campaign. */
  webinars: readonly Invitable[];
  errors?: readonly FieldError[];
  editable: boolean;
  /** What partners ask, block by block. */
  remarks: readonly BlockRemark[];
  choices: { levels: Level[]; organisations: { slug: string; name: string }[] };
};

/** The blocks in order, and beside them, where there is room, the message as it would be read. */
export const ContentPage = (p: ContentProps) => {
  const { push, line, choices } = p;
  const [level, organisation] = [choices.levels[0], choices.organisations[0]];
  return (
    <>
      <PushHead push={push} line={line} organisation={p.organisation} current="contenu" />
      <ErrorSummary errors={p.errors} />
      {p.editable && push.currentProofId !== null && (
        <Flash
          kind="problem"
          text={
            line.progress
              ? 'Cet envoi a commencé : le modifier suspend ce qui n’est pas parti, jusqu’aux nouvelles validations.'
              : 'Ce texte est soumis : le modifier redemande les validations qu’il change.'
          }
        />
      )}
      <div class="columns">
        <div class="main">
          <Head {...p} />
          {push.content.press && <PressSection {...p} press={p.press ?? pressValues(push.content.press)} />}
          {push.content.webinar !== undefined && <WebinarSection {...p} slug={push.content.webinar} />}
          <Blocks {...p} />
        </div>
        <div class="aside">
          {level && organisation && (
            <Section title="Tel qu’il sera lu" action={{ href: pushUrl(push, '/apercu'), label: 'Tous les aperçus' }}>
              <Sheet
                from={organisation.name}
                subject={push.content.subjects[level] ?? push.content.subject}
                title={`Aperçu pour ${organisation.name}, niveau ${LEVEL_NAMES[level]}`}
                src={pushUrl(push, `/apercu.html?organisation=${organisation.slug}&niveau=${level}`)}
              />
            </Section>
          )}
        </div>
      </div>
    </>
  );
};

const namesOf = ({ resources, messages, surveys }: Inventory): Map<string, string> =>
  new Map([
    ...resources.map((r) => [r.slug, r.title] as const),
    ...messages.map((m) => [m.slug, m.topic] as const),
    ...surveys.map(({ survey }) => [survey.slug, survey.title] as const),
  ]);

/** Where the blocks of a message stand that may have none. */
const UNDER: Record<Channel, string> = {
  newsletter: 'ce qui fait la lettre.',
  communique: 'ce qui vient sous le chapô.',
  webinaire: 'ce qui vient sous l’invitation, si vous voulez en dire plus.',
};

const Blocks = (p: ContentProps) => {
  const { blocks } = p.push.content;
  const names = namesOf(p);
  return (
    <Section title="Le message, bloc par bloc" note="du haut vers le bas">
      {blocks.length === 0 && (
        <Empty
          title="Aucun bloc pour l’instant."
          act={p.editable ? { href: pushUrl(p.push, '/contenu/blocs/nouveau'), label: 'Ajouter un bloc' } : undefined}
        >
          <p>Un texte, une citation, une image : {UNDER[p.push.channel]}</p>
        </Empty>
      )}
      <ul class="rows">
        {blocks.map((block, i) => (
          <li class="row undated" id={block.id}>
            <div>
              <p class="what">{capital(BLOCK_NAMES[block.type])}</p>
              {block.type === 'image' && <Picture src={block.src} alt={block.decorative ? '' : block.alt} small />}
              <p>{blockExcerpt(block, names)}</p>
              <ForWhom block={block} push={p.push} />
              <RemarkNotes remarks={p.remarks.filter((r) => r.block === block.id)} />
              {p.editable && <BlockActs {...p} block={block} n={i + 1} last={blocks.length} />}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
};

const ForWhom = ({ block, push }: { block: Block; push: PushSheet }) => {
  if (!block.levels && !block.organisations) return null;
  const organisations = block.organisations?.map((slug) => push.partners.find((p) => p.slug === slug)?.name ?? slug);
  return (
    <p class="meta">
      Pour {block.levels ? <Levels levels={block.levels} /> : 'tous les niveaux'}
      {organisations && ` · chez ${organisations.join(', ')}`}
    </p>
  );
};

const BlockActs = ({ push, csrf, block, n, last }: ContentProps & { block: Block; n: number; last: number }) => {
  const at = (part: string) => pushUrl(push, `/contenu/blocs/${block.id}${part}`);
  const name = `bloc ${n}, ${BLOCK_NAMES[block.type]}`;
  return (
    <Acts>
      <ButtonLink href={at('')} quiet label={`Modifier le ${name}`}>
        Modifier
      </ButtonLink>
      <form method="post" action={at('/place')}>
        <Csrf token={csrf} />
        <input type="hidden" name="version" value={push.contentVersion} />
        {n > 1 && (
          <Button quiet name="sens" value="haut" label={`Monter le ${name}`}>
            Monter
          </Button>
        )}
        {n < last && (
          <Button quiet name="sens" value="bas" label={`Descendre le ${name}`}>
            Descendre
          </Button>
        )}
      </form>
      {(last > 1 || push.channel !== 'newsletter') && (
        <ButtonLink href={at('/retrait')} quiet label={`Retirer le ${name}`}>
          Retirer
        </ButtonLink>
      )}
      <ButtonLink
        href={pushUrl(push, `/contenu/blocs/nouveau?apres=${block.id}`)}
        quiet
        label={`Ajouter après le ${name}`}
      >
        Ajouter après
      </ButtonLink>
    </Acts>
  );
};

type BlockPageProps = Inventory & {
  csrf: string;
  push: PushSheet;
  type: BlockType;
  id: string | null;
  after: string;
  values: BlockValues;
  /** What partners ask of this very block. */
  remarks: readonly BlockRemark[];
  errors?: readonly FieldError[];
};

export const BlockPage = ({
  csrf,
  push,
  type,
  id,
  after,
  values,
  remarks,
  errors,
  resources,
  messages,
  surveys,
}: BlockPageProps) => (
  <>
    <PageHead
      back={{ href: pushUrl(push, '/contenu'), label: 'Contenu' }}
      kicker={push.title}
      title={`${id ? 'Modifier' : 'Ajouter'} : ${BLOCK_NAMES[type]}`}
    />
    <ErrorSummary errors={errors} />
    <Section title="Le bloc">
      <RemarkNotes remarks={remarks} />
      <form
        method="post"
        action={pushUrl(push, `/contenu/blocs/${id ?? 'nouveau'}`)}
        enctype={type === 'image' ? 'multipart/form-data' : undefined}
      >
        <Csrf token={csrf} />
        <input type="hidden" name="version" value={push.contentVersion} />
        {!id && <input type="hidden" name="type" value={type} />}
        {!id && <input type="hidden" name="apres" value={after} />}
        <BlockFields
          type={type}
          values={values}
          errors={errors}
          resources={resources}
          messages={messages}
          surveys={surveys}
          levels={LEVELS}
          organisations={push.signatories}
        />
        <Acts>
          <Button primary>{id ? 'Enregistrer ce bloc' : 'Ajouter ce bloc'}</Button>
          <ButtonLink href={pushUrl(push, id ? `/contenu#${id}` : '/contenu')} quiet>
            Ne rien changer
          </ButtonLink>
        </Acts>
      </form>
    </Section>
  </>
);

export const RemovePage = ({
  push,
  block,
  csrf,
  resources,
  messages,
  surveys,
}: Inventory & { push: PushSheet; block: Block; csrf: string }) => (
  <>
    <PageHead back={{ href: pushUrl(push, '/contenu'), label: 'Contenu' }} title="Retirer ce bloc ?" />
    <Section title="Ce qui va se passer">
      <Confirm
        action={pushUrl(push, `/contenu/blocs/${block.id}/retrait`)}
        csrf={csrf}
        danger
        effects={[
          ['Bloc', capital(BLOCK_NAMES[block.type])],
          ['Ce qu’il dit', blockExcerpt(block, namesOf({ resources, messages, surveys }))],
          ['Retour possible', 'Non : il faudra l’écrire de nouveau.'],
        ]}
        submit="Retirer ce bloc"
        back={{ href: pushUrl(push, `/contenu#${block.id}`), label: 'Le garder' }}
      >
        <input type="hidden" name="version" value={push.contentVersion} />
      </Confirm>
    </Section>
  </>
);
