import type { FieldError } from '../base/errors.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import type { TermRow } from '../key-messages/glossary-queries.ts';
import { CampaignTabs } from './campaign-pages.tsx';
import { plural } from './push-words.tsx';
import { Acts, Button, ButtonLink, Csrf, Empty, Facts, PageHead, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';
import { wordsUrl } from './words-parts.tsx';

export type TypedTerm = { term: string; definition: string; avoid: string };

type Props = {
  csrf: string;
  campaign: CampaignSheet;
  terms: readonly TermRow[];
  typed: TypedTerm;
  errors?: readonly FieldError[] | undefined;
  mayWrite: boolean;
  mayReport: boolean;
};

/** The words of the campaign: what is said, what it means, what is not written instead. */
export const GlossaryPage = (p: Props) => {
  const { campaign: c, terms } = p;
  const at = wordsUrl(c.slug, '/glossaire');
  return (
    <>
      <PageHead
        back={{ href: wordsUrl(c.slug), label: 'Éléments de langage' }}
        kicker={c.name}
        title="Le glossaire"
        lead="Les mots de la campagne. Ceux à éviter sont signalés pendant qu’on écrit, dans les messages et les éléments de langage."
      />
      <CampaignTabs slug={c.slug} current="elements" mayReport={p.mayReport} />
      <ErrorSummary errors={p.errors} />
      <Section title="Les termes" note={terms.length ? plural(terms.length, 'terme', 'termes') : undefined}>
        {terms.length ? (
          terms.map((t) => (
            <>
              <h3 id={`terme-${t.id}`}>{t.term}</h3>
              {t.definition && <p class="said">{t.definition}</p>}
              {t.avoid.length > 0 && <Facts items={[['À éviter', t.avoid.join(', ')]]} />}
              {p.mayWrite && (
                <form method="post" action={`${at}/${t.id}/retrait`}>
                  <Csrf token={p.csrf} />
                  <Acts>
                    <ButtonLink href={`${at}/${t.id}`} quiet label={`Modifier : ${t.term}`}>
                      Modifier
                    </ButtonLink>
                    <Button quiet label={`Retirer : ${t.term}`}>
                      Retirer
                    </Button>
                  </Acts>
                </form>
              )}
            </>
          ))
        ) : (
          <Empty title="Le glossaire est vide.">
            <p>
              {p.mayWrite
                ? 'Commencez par les mots que les partenaires n’écrivent pas de la même façon.'
                : 'Le pilote de la campagne l’écrit.'}
            </p>
          </Empty>
        )}
      </Section>
      {p.mayWrite && (
        <Section title="Ajouter un terme">
          <TermForm {...p} action={at} submit="Ajouter" />
        </Section>
      )}
    </>
  );
};

export const TermPage = (p: Omit<Props, 'terms' | 'mayReport' | 'mayWrite'> & { id: number; name: string }) => {
  const at = wordsUrl(p.campaign.slug, '/glossaire');
  return (
    <>
      <PageHead back={{ href: at, label: 'Le glossaire' }} kicker={p.campaign.name} title={p.name} />
      <ErrorSummary errors={p.errors} />
      <TermForm {...p} action={`${at}/${p.id}`} submit="Enregistrer" back={at} />
    </>
  );
};

const TermForm = (p: Pick<Props, 'csrf' | 'typed' | 'errors'> & { action: string; submit: string; back?: string }) => (
  <form method="post" action={p.action}>
    <Csrf token={p.csrf} />
    <Field
      name="term"
      label="Terme"
      hint="Comme la campagne l’écrit."
      value={p.typed.term}
      error={errorOf(p.errors, 'term')}
      maxlength={80}
      required
    />
    <Field
      name="definition"
      label="Ce qu’il veut dire"
      kind="textarea"
      rows={3}
      value={p.typed.definition}
      error={errorOf(p.errors, 'definition')}
      maxlength={1000}
    />
    <Field
      name="avoid"
      label="Formulations à éviter"
      hint="Une par ligne. Majuscules, accents et pluriels sont reconnus."
      kind="textarea"
      rows={4}
      value={p.typed.avoid}
      error={errorOf(p.errors, 'avoid')}
    />
    <Acts>
      <Button primary>{p.submit}</Button>
      {p.back && (
        <ButtonLink href={p.back} quiet>
          Ne rien changer
        </ButtonLink>
      )}
    </Acts>
  </form>
);
