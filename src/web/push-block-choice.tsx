import type { PushSheet } from '../pushes/read-push.ts';
import { BLOCK_NAMES, type BlockType, blockTypesOf } from './block-form.ts';
import { capital } from './capital.ts';
import { pushUrl } from './push-words.tsx';
import { PageHead, Row, Rows, Section } from './ui/components.tsx';

const BLOCK_HINTS: Record<BlockType, string> = {
  title: 'Ouvre le message ou une partie.',
  text: 'Quelques paragraphes, une liste, des liens.',
  'key-message': 'Une formulation validée, que chaque niveau lit avec ses mots.',
  resource: 'Un livrable de l’inventaire, avec son résumé et son lien.',
  button: 'La page où vous voulez que l’on aille.',
  image: 'Un visuel de la campagne, décrit pour ceux qui ne le voient pas.',
  testimony: 'Quelqu’un de la filière parle, avec son nom et sa fonction.',
  video: 'Un lien vers une vidéo, avec sa durée.',
  survey: 'Une à trois questions, anonymes : l’usage, la satisfaction.',
  separator: 'Un filet entre deux parties.',
};

/** Which block comes next. */
export const BlockChoicePage = ({ push, after }: { push: PushSheet; after: string }) => (
  <>
    <PageHead
      back={{ href: pushUrl(push, after ? `/contenu#${after}` : '/contenu'), label: 'Contenu' }}
      kicker={push.title}
      title="Que voulez-vous ajouter ?"
    />
    <Section title="Les blocs">
      <Rows label="Sortes de blocs">
        {blockTypesOf(push.channel).map((type) => (
          <Row
            href={pushUrl(push, `/contenu/blocs/nouveau?type=${type}&apres=${after}`)}
            what={capital(BLOCK_NAMES[type])}
            meta={BLOCK_HINTS[type]}
          />
        ))}
      </Rows>
    </Section>
  </>
);
