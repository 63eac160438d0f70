import { LEVEL_NAMES, LEVELS } from '../base/words.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import {
  FORMS,
  LIST_FILTERS,
  type ListFilter,
  type WordingLine,
  type WordingList,
} from '../key-messages/read-wording-list.ts';
import type { WordingUse } from '../proofs/wording-uses.ts';
import { CampaignTabs } from './campaign-pages.tsx';
import { plural } from './push-words.tsx';
import { surveysUrl } from './survey-pages.tsx';
import { Acts, Button, ButtonLink, Empty, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { Field, FieldRow } from './ui/fields.tsx';
import { Pagination } from './ui/flow.tsx';
import { Level } from './ui/marks.tsx';
import { isFlagged, Marks, wordsUrl } from './words-parts.tsx';

const FILTER_NAMES: Record<ListFilter, string> = {
  a_valider: 'à valider',
  brouillon: 'brouillons',
  valide: 'validés',
  perime: 'périmés',
  a_venir: 'à venir',
};

type Props = {
  campaign: CampaignSheet;
  list: WordingList;
  uses: ReadonlyMap<string, readonly WordingUse[]>;
  search: string;
  filter: ListFilter | undefined;
  organisation: number;
  mayApprove: boolean;
  mayWrite: boolean;
  mayReport: boolean;
  terms: number;
};

/** The topics of a campaign: how far each is written, approved, and still good to say. */
export const WordsPage = (p: Props) => {
  const { campaign: c, list } = p;
  const looking = p.search !== '' || p.filter !== undefined;
  return (
    <>
      <PageHead
        back={{ href: '/campagnes', label: 'Campagnes' }}
        kicker={c.name}
        title="Les éléments de langage"
        lead="La même idée, dite à chaque niveau avec ses mots. Copiez-les : ils sont faits pour être repris."
      >
        <Acts>
          {p.mayWrite && <ButtonLink href={wordsUrl(c.slug, '/nouveau')}>Nouvel élément de langage</ButtonLink>}
          <ButtonLink href={surveysUrl(c.slug)} quiet>
            Les questionnaires
          </ButtonLink>
          <ButtonLink href={wordsUrl(c.slug, '/glossaire')} quiet>
            Le glossaire{p.terms ? ` (${plural(p.terms, 'terme', 'termes')})` : ''}
          </ButtonLink>
        </Acts>
      </PageHead>
      <CampaignTabs slug={c.slug} current="elements" mayReport={p.mayReport} />
      <Section title="Les sujets" note={list.total ? plural(list.total, 'sujet', 'sujets') : undefined}>
        {(list.total > 0 || looking) && <Search {...p} />}
        {list.lines.length > 0 ? (
          <Rows label="Éléments de langage, par sujet">
            {list.lines.map((line) => (
              <TopicRow {...p} line={line} />
            ))}
          </Rows>
        ) : looking ? (
          <Empty title="Aucun sujet ne correspond." act={{ href: wordsUrl(c.slug), label: 'Voir tous les sujets' }} />
        ) : (
          <Empty
            title="Aucun élément de langage."
            act={
              p.mayWrite
                ? { href: wordsUrl(c.slug, '/nouveau'), label: 'Écrire le premier' }
                : { href: `/campagnes/${c.slug}`, label: 'Revenir aux envois' }
            }
          >
            <p>Un élément de langage dit une idée à chaque niveau : un titre, un post, un e-mail type, une FAQ.</p>
          </Empty>
        )}
        <Pagination
          previous={list.page > 1 ? pageUrl(p, list.page - 1) : null}
          next={list.page < list.pages ? pageUrl(p, list.page + 1) : null}
          shown={list.pages > 1 ? `page ${list.page} sur ${list.pages}` : undefined}
        />
      </Section>
    </>
  );
};

const TopicRow = ({ line: l, ...p }: Props & { line: WordingLine }) => {
  const uses = p.uses.get(l.slug) ?? [];
  const flagged = uses.filter(isFlagged).length;
  const pushes = uses.filter((u) => u.push).length;
  return (
    <Row
      what={l.topic}
      href={wordsUrl(p.campaign.slug, `/${l.slug}`)}
      meta={
        <>
          {LEVELS.map((level, i) => (
            <>
              {i > 0 && ', '}
              <Level level={level} />{' '}
              <span title={`formes écrites pour le niveau ${LEVEL_NAMES[level]}`}>
                {l.written[level]} sur {FORMS}
              </span>
            </>
          ))}
          <br />
          Version {l.version}
          {l.usable !== null && l.usable !== l.version ? ` (les kits disent la ${l.usable})` : ''}
          {pushes > 0 ? `, dans ${plural(pushes, 'envoi', 'envois')}` : ''}
          {flagged > 0 ? ` : ${plural(flagged, 'à revoir', 'à revoir')}` : ''}.
        </>
      }
      end={<Marks {...l} mine={p.mayApprove && l.state === 'a_valider' && l.missing.includes(p.organisation)} />}
    />
  );
};

const Search = (p: Props) => (
  <form method="get" action={wordsUrl(p.campaign.slug)}>
    <FieldRow>
      <Field kind="search" name="recherche" label="Chercher dans les textes" value={p.search} bare />
      <Field
        kind="select"
        name="etat"
        label="Où ils en sont"
        value={p.filter ?? ''}
        bare
        options={[
          { value: '', label: 'tous' },
          ...LIST_FILTERS.map((value) => ({ value, label: FILTER_NAMES[value] })),
        ]}
      />
      <Button>Chercher</Button>
    </FieldRow>
  </form>
);

const pageUrl = (p: Props, page: number): string =>
  wordsUrl(
    p.campaign.slug,
    `?${new URLSearchParams({
      ...(p.search ? { recherche: p.search } : {}),
      ...(p.filter ? { etat: p.filter } : {}),
      page: String(page),
    })}`,
  );
