import { raw } from 'hono/html';
import type { FollowUpSheet, LetterPreview } from '../follow-up/read-follow-up.ts';
import { FOLLOWED, FOLLOWED_NAMES } from '../follow-up/schema.ts';
import type { Piece } from '../webinars/letter-body.ts';
import { Acts, Button, ButtonLink, Csrf, Facts, Fold, PageHead, Section } from './ui/components.tsx';
import { PlainText, Sheet } from './ui/flow.tsx';
import type { TypedLetters } from './webinar-suite-forms.tsx';
import { roughText, webinarUrl } from './webinar-words.tsx';

type LettersProps = { sheet: FollowUpSheet; letters: readonly LetterPreview[]; typed: TypedLetters; csrf: string };

/** What would leave, to how many, before it does. */
export const LettersPage = (p: LettersProps) => {
  const { webinar, campaign, groups, alone, doubtful } = p.sheet;
  const told = { alone, k: campaign.k };
  const here = webinarUrl(campaign.slug, webinar.slug, '/suite');
  return (
    <>
      <PageHead
        back={{ href: here, label: 'Après le webinaire' }}
        kicker={webinar.title}
        title={p.letters.length > 1 ? 'Relisez les lettres, puis envoyez-les.' : 'Relisez la lettre, puis envoyez-la.'}
        lead="Telles qu’une personne de votre organisation les lirait. Les autres les reçoivent au nom de la leur."
      />
      {p.letters.map((letter) => (
        <Section title={`Aux ${FOLLOWED_NAMES[letter.to]}`}>
          <Sheet
            title={`Lettre aux ${FOLLOWED_NAMES[letter.to]}`}
            from={`${letter.from.name} <${letter.from.address}>`}
            subject={letter.words.subject}
          >
            <h3>{letter.words.heading}</h3>
            {letter.words.pieces.map((piece) => (
              <PieceOf piece={piece} />
            ))}
          </Sheet>
          <Fold title="la même en texte seul" of={FOLLOWED_NAMES[letter.to]}>
            <PlainText text={letter.text} />
          </Fold>
        </Section>
      ))}
      <Section title="L’envoi">
        <Facts
          items={[
            ...(groups ?? [])
              .filter((g) => p.typed[g.to].chosen)
              .map((g) => [`Aux ${FOLLOWED_NAMES[g.to]}`, roughText(g.waiting, told)] as const),
            [
              'Ne reçoivent rien',
              `qui a refusé nos messages${doubtful.own > 0 ? `, et ${doubtful.own} à vérifier dans votre organisation` : ', et qui reste à vérifier'}`,
            ],
            [
              'Ensuite',
              'chaque lettre compte parmi les sollicitations, et ne part jamais deux fois à la même personne',
            ],
          ]}
        />
        <form method="post" action={`${here}/lettres`}>
          <Csrf token={p.csrf} />
          {FOLLOWED.filter((to) => p.typed[to].chosen).map((to) => (
            <>
              <input type="hidden" name={`ecrire-${to}`} value="1" />
              <input type="hidden" name={`objet-${to}`} value={p.typed[to].subject} />
              <input type="hidden" name={`texte-${to}`} value={p.typed[to].words} />
              {p.typed[to].survey && <input type="hidden" name={`questionnaire-${to}`} value="1" />}
            </>
          ))}
          <Acts>
            <Button primary name="geste" value="envoyer">
              {p.letters.length > 1 ? 'Envoyer les lettres' : 'Envoyer la lettre'}
            </Button>
            <ButtonLink href={here} quiet>
              Ne rien envoyer
            </ButtonLink>
          </Acts>
        </form>
      </Section>
    </>
  );
};

const lines = (text: string) => text.split('\n').map((line, i) => (i === 0 ? line : [<br />, line]));

const PieceOf = ({ piece }: { piece: Piece }) => {
  switch (piece.kind) {
    case 'paragraph':
      return <p>{lines(piece.text)}</p>;
    case 'fact':
      return (
        <p>
          <strong>{piece.label}</strong>
          <br />
          {lines(piece.text)}
        </p>
      );
    case 'link':
      return (
        <p>
          <a href={piece.url}>{piece.label}</a>
        </p>
      );
    // Made safe where it is written.
    case 'written':
      return raw(piece.html);
    case 'note':
      return <p class="meta">{lines(piece.text)}</p>;
  }
};
