import { longDateTime } from '../base/dates.ts';
import { CopyButton, Fold, Folds, Row, Rows, Section } from '../web/ui/components.tsx';
import { PlainText } from '../web/ui/flow.tsx';
import type { KitProps } from './kit-pages.tsx';
import { Take } from './kit-parts.tsx';

/** What comes and may be announced: the words with the relay's own address, and a poster of its own. */
export const KitWebinars = ({ page, base }: KitProps) =>
  page.webinars.length > 0 && (
    <Section title="Les webinaires à annoncer" note="chaque lien est le vôtre" id="webinaires">
      <Rows label="Webinaires">
        {page.webinars.map((w) => (
          <Row
            what={w.title}
            href={w.link}
            meta={longDateTime(w.startsAt)}
            end={
              <Folds>
                <CopyButton
                  from={`webinaire-${w.address}`}
                  label={`Copier l’annonce : ${w.title}`}
                  told={{ to: `${base}/actes`, fields: { quoi: 'copie', detail: `webinaire:${w.address}` } }}
                >
                  Copier l’annonce
                </CopyButton>
                <Take base={base} detail={`affiche-webinaire:${w.address}`} label={`Affiche A4 : ${w.title} (PDF)`}>
                  Affiche A4
                </Take>
                <Fold title="Lire l’annonce" of={w.title}>
                  <PlainText id={`webinaire-${w.address}`} text={w.text} />
                </Fold>
              </Folds>
            }
          />
        ))}
      </Rows>
    </Section>
  );
