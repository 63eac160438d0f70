import { CopyButton, Row, Rows, Section } from '../web/ui/components.tsx';
import type { KitProps } from './kit-pages.tsx';

/** What may be handed on to whoever one relays to: the same address for all, which says nothing of the relay. */
export const KitSurveys = ({ page, base }: KitProps) =>
  page.surveys.length > 0 && (
    <Section title="Votre avis, et celui de vos lecteurs" note="anonyme, une minute" id="avis">
      <p>
        Répondez, et passez l’adresse : elle est la même pour tous les relais, et rien ne dit par qui une réponse est
        venue. Personne n’est interrogé en particulier : on compte des réponses, sans taux.
      </p>
      <Rows label="Questionnaires">
        {page.surveys.map((s, i) => (
          <Row
            what={s.title}
            href={s.url}
            meta={<span id={`avis-${i + 1}`}>{s.url}</span>}
            end={
              <CopyButton
                from={`avis-${i + 1}`}
                label={`Copier l’adresse : ${s.title}`}
                told={{ to: `${base}/actes`, fields: { quoi: 'copie', detail: 'questionnaire' } }}
              >
                Copier l’adresse
              </CopyButton>
            }
          />
        ))}
      </Rows>
    </Section>
  );
