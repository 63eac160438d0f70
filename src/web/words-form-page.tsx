import type { FieldError } from '../base/errors.ts';
import { LEVEL_NAMES, LEVELS, type Level } from '../base/words.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import { FORMS } from '../key-messages/read-wording-list.ts';
import { LONGEST, SPOKEN_WORDS, WORDING_FORMAT_NAMES, type WordingFormat } from '../key-messages/schema.ts';
import { MOST_POINTS, MOST_QUESTIONS } from '../key-messages/shapes.ts';
import type { WordToReview } from '../proofs/review-wordings.ts';
import { capital } from './capital.ts';
import { Acts, Button, ButtonLink, Csrf, Fold, PageHead, Section } from './ui/components.tsx';
import { Check, ErrorSummary, errorOf, Field, FieldRow, fieldId } from './ui/fields.tsx';
import { Count } from './ui/wording.tsx';
import { nameOf, type WordsValues, wordingsOf } from './words-form.ts';
import { countOf, WordsToReview, wordsUrl } from './words-parts.tsx';

type Props = {
  csrf: string;
  campaign: CampaignSheet;
  /** What is changed; null: a new one. */
  edited: { slug: string; topic: string; version: number } | null;
  values: WordsValues;
  level: Level;
  errors?: readonly FieldError[] | undefined;
  /** Why it was not saved, when no field is to blame. */
  message?: string | undefined;
  /** New words that the glossaries say to avoid: to be corrected or kept on purpose. */
  words?: readonly WordToReview[] | undefined;
};

export const WordsFormPage = (p: Props) => {
  const { campaign: c, edited } = p;
  const back = edited ? wordsUrl(c.slug, `/${edited.slug}`) : wordsUrl(c.slug);
  return (
    <>
      <PageHead
        back={{ href: back, label: edited ? edited.topic : 'Éléments de langage' }}
        kicker={c.name}
        title={edited ? `Écrire la version ${edited.version + 1}` : 'Une idée, trois niveaux'}
        lead={
          edited
            ? 'La version d’avant est gardée, et reste en usage tant que celle-ci n’est pas validée.'
            : 'Donnez le sujet, puis écrivez ce dont vous avez besoin : chaque forme est facultative.'
        }
      />
      <ErrorSummary errors={p.errors} message={p.message} />
      <form method="post" action={edited ? `${back}/edition` : wordsUrl(c.slug, '/nouveau')}>
        <Csrf token={p.csrf} />
        <input type="hidden" name="version" value={String(edited?.version ?? 0)} />
        {p.words && p.words.length > 0 && (
          <Section title="Des mots à revoir" id="mots">
            <WordsToReview words={p.words} placed />
            <Check name="garder" label="Je garde ces mots : enregistrer tel quel" />
          </Section>
        )}
        <Field
          name="topic"
          label="Sujet"
          hint="Ce dont on parle, en quelques mots : « Les métiers de la filière en 28 fiches »."
          value={p.values.topic}
          error={errorOf(p.errors, 'topic')}
          size="full"
          maxlength={160}
          required
        />
        {LEVELS.map((level) => (
          <LevelFields {...p} at={level} />
        ))}
        <FieldRow>
          <Field
            kind="date"
            name="validFrom"
            label="Peut être dit à partir du"
            value={p.values.validFrom}
            error={errorOf(p.errors, 'validFrom')}
            size="short"
          />
          <Field
            kind="date"
            name="validTo"
            label="Et jusqu’au"
            value={p.values.validTo}
            error={errorOf(p.errors, 'validTo')}
            size="short"
          />
        </FieldRow>
        {edited && (
          <Field
            name="note"
            label="Pourquoi cette version"
            hint="Lu par celles et ceux qui valident : « le chiffre de 2030 a été révisé »."
            value={p.values.note}
            error={errorOf(p.errors, 'note')}
            size="full"
            maxlength={300}
            required
          />
        )}
        <Acts>
          <Button primary>{edited ? 'Enregistrer cette version' : 'Enregistrer'}</Button>
          <ButtonLink href={back} quiet>
            Ne rien changer
          </ButtonLink>
        </Acts>
      </form>
    </>
  );
};

const LevelFields = (p: Props & { at: Level }) => {
  const written = Object.keys(wordingsOf(p.values)[p.at] ?? {}).length;
  const wrong = p.errors?.some((e) => e.field.startsWith(`${p.at}.`));
  return (
    <Fold
      title={`Niveau ${LEVEL_NAMES[p.at]} : ${written} forme${written > 1 ? 's' : ''} sur ${FORMS}`}
      open={wrong || p.at === p.level}
    >
      <One {...p} format="titre" hint="La ligne qu’on lit d’abord, en haut d’une page ou d’un message." />
      <One {...p} format="accroche" hint="Une phrase qui donne envie de lire la suite." />
      <One {...p} format="paragraphe" rows={5} hint={MARKDOWN} />
      <One
        {...p}
        format="post"
        rows={8}
        hint="Tel qu’il sera publié, lignes et mots-dièse compris. LinkedIn compte un emoji pour deux caractères ou plus, comme ici."
      />
      <Email {...p} />
      <Slide {...p} />
      <One
        {...p}
        format="rendez_vous"
        rows={8}
        hint={`Ce qu’un conseiller suit en face de quelqu’un : une question, un argument, une ressource à montrer. ${MARKDOWN}`}
      />
      <One
        {...p}
        format="discours"
        rows={5}
        hint={`Dit à voix haute, sans se presser : ${SPOKEN_WORDS} mots font 30 secondes.`}
      />
      <One
        {...p}
        format="faq"
        rows={8}
        hint={`Chaque question sur une ligne « Q : … », sa réponse dessous, « R : … ». ${MOST_QUESTIONS} questions au plus.`}
      />
    </Fold>
  );
};

const MARKDOWN = '**gras**, - liste, [un lien](https://…).';

type OneProps = Props & { at: Level; format: WordingFormat; hint: string; rows?: number };

const One = (p: OneProps) => {
  const name = nameOf(p.at, p.format);
  const value = p.values[name] ?? '';
  return (
    <Field
      name={name}
      kind={p.rows ? 'textarea' : 'text'}
      rows={p.rows}
      label={capital(WORDING_FORMAT_NAMES[p.format])}
      hint={
        <>
          {p.hint} <Count of={fieldId(name)} {...countOf(p.format, value.trim())} />
        </>
      }
      value={value}
      error={errorOf(p.errors, name)}
      size="full"
    />
  );
};

const Email = (p: Props & { at: Level }) => {
  const [subject, body] = [nameOf(p.at, 'email', 'objet'), nameOf(p.at, 'email', 'texte')];
  return (
    <>
      <Field
        name={subject}
        label="E-mail type : objet"
        value={p.values[subject]}
        error={errorOf(p.errors, subject)}
        size="full"
        maxlength={150}
      />
      <Field
        name={body}
        kind="textarea"
        rows={8}
        label="E-mail type : texte"
        hint={`${MARKDOWN} ${LONGEST.email.toLocaleString('fr-FR')} caractères au plus, objet compris.`}
        value={p.values[body]}
        error={errorOf(p.errors, body)}
        size="full"
      />
    </>
  );
};

const Slide = (p: Props & { at: Level }) => {
  const [title, points] = [nameOf(p.at, 'diapositive', 'titre'), nameOf(p.at, 'diapositive', 'points')];
  return (
    <>
      <Field
        name={title}
        label="Diapositive : titre"
        value={p.values[title]}
        error={errorOf(p.errors, title)}
        size="full"
        maxlength={120}
      />
      <Field
        name={points}
        kind="textarea"
        rows={5}
        label="Diapositive : points"
        hint={`Un par ligne, ${MOST_POINTS} au plus.`}
        value={p.values[points]}
        error={errorOf(p.errors, points)}
        size="full"
      />
    </>
  );
};
