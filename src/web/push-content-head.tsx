import type { FieldError } from '../base/errors.ts';
import { LEVEL_NAMES, type Level } from '../base/words.ts';
import type { PushSheet } from '../pushes/read-push.ts';
import { pushUrl } from './push-words.tsx';
import { Acts, Button, Csrf, Section } from './ui/components.tsx';
import { errorOf, Field } from './ui/fields.tsx';

type HeadProps = {
  csrf: string;
  push: PushSheet;
  head: { subject: string; subjects: Partial<Record<Level, string>>; preheader: string };
  errors?: readonly FieldError[];
  editable: boolean;
  choices: { levels: Level[] };
};

/** What is read in a mailbox before the message is opened. */
export const Head = ({ push, head, errors, editable, csrf, choices }: HeadProps) => (
  <Section title="Objet">
    {editable ? (
      <form method="post" action={pushUrl(push, '/contenu/objet')}>
        <Csrf token={csrf} />
        <input type="hidden" name="version" value={push.contentVersion} />
        <Field
          name="objet"
          label="Objet du message"
          hint="Ce que l’on lit d’abord dans sa boîte ; 60 caractères au mieux."
          size="full"
          value={head.subject}
          error={errorOf(errors, 'objet')}
          required
          maxlength={150}
        />
        {choices.levels.length > 1 &&
          choices.levels.map((level) => (
            <Field
              name={`objet-${level}`}
              label={`Autre objet pour le niveau ${LEVEL_NAMES[level]}`}
              size="full"
              value={head.subjects[level] ?? ''}
              error={errorOf(errors, `objet-${level}`)}
              maxlength={150}
            />
          ))}
        <Field
          name="accroche"
          label="Phrase d’accroche"
          hint="Affichée à côté de l’objet par la plupart des messageries."
          size="full"
          value={head.preheader}
          error={errorOf(errors, 'accroche')}
          maxlength={200}
        />
        <Acts>
          <Button>Enregistrer l’objet</Button>
        </Acts>
      </form>
    ) : (
      <p>{head.subject}</p>
    )}
  </Section>
);
