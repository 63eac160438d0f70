import type { Child } from 'hono/jsx';
import { longDate, longDateTime, parseParis, toParisField } from '../base/dates.ts';
import { LEVEL_NAMES } from '../base/words.ts';
import type { PublicDate } from '../relay-kits/dates.ts';
import { Acts, Button, CopyButton, Empty, Fold, Folds, Picture, Row, Rows, Section } from '../web/ui/components.tsx';
import { PlainText, Tabs } from '../web/ui/flow.tsx';
import type { KitProps } from './kit-pages.tsx';

/** A file of the kit: asking for it is told, then the file comes. Works without a script, and on every telephone. */
export const Take = (p: { base: string; detail: string; label?: string; children?: Child }) => (
  <form method="post" action={`${p.base}/actes`}>
    <input type="hidden" name="quoi" value="telecharge" />
    <input type="hidden" name="detail" value={p.detail} />
    <Button label={p.label}>{p.children}</Button>
  </form>
);

export const KitTexts = ({ page, base }: KitProps) => (
  <Section title="Les textes à copier" note="validés par tous les signataires, avec votre lien dedans" id="textes">
    {page.levels.length > 1 && (
      <Tabs
        label="À qui vous parlez"
        tabs={page.levels.map((level) => ({
          href: `${base}?niveau=${level}#textes`,
          label: `Niveau ${LEVEL_NAMES[level]}`,
          current: level === page.level,
        }))}
      />
    )}
    {page.topics.length === 0 ? (
      <Empty title="Aucun texte n’est encore validé.">
        <p>
          Ils paraîtront ici dès que les signataires se seront mis d’accord. Votre lien et votre affiche servent déjà.
        </p>
      </Empty>
    ) : (
      page.topics.map((topic) => (
        <>
          <h3>{topic.topic}</h3>
          <Rows label={topic.topic}>
            {topic.texts.map((text) => (
              <Row
                what={text.name}
                meta={excerpt(text.text)}
                end={
                  <Folds>
                    <CopyButton
                      from={text.id}
                      label={`Copier : ${text.name}, ${topic.topic}`}
                      told={{ to: `${base}/actes`, fields: { quoi: 'copie', detail: text.act } }}
                    />
                    <Fold title="Lire en entier" of={`${text.name}, ${topic.topic}`}>
                      <PlainText id={text.id} text={text.text} />
                    </Fold>
                  </Folds>
                }
              />
            ))}
          </Rows>
        </>
      ))
    )}
  </Section>
);

const excerpt = (text: string): string => {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length <= 110 ? flat : `${flat.slice(0, 109).trimEnd()}…`;
};

export const KitExtract = ({ page, base }: KitProps) =>
  page.extract && (
    <Section title="L’extrait pour votre lettre" note={page.extract.title}>
      <p>À glisser dans votre propre lettre ou sur votre site. Les liens sont les vôtres.</p>
      <Acts>
        <CopyButton
          from="extrait-texte"
          told={{ to: `${base}/actes`, fields: { quoi: 'copie', detail: 'extrait:texte' } }}
        >
          Copier le texte
        </CopyButton>
        <CopyButton
          from="extrait-html"
          told={{ to: `${base}/actes`, fields: { quoi: 'copie', detail: 'extrait:html' } }}
        >
          Copier le HTML
        </CopyButton>
      </Acts>
      <Fold title="Lire le texte">
        <PlainText id="extrait-texte" text={page.extract.text} />
        <Take base={base} detail="extrait:texte">
          Télécharger le texte
        </Take>
      </Fold>
      <Fold title="Voir le HTML">
        <PlainText id="extrait-html" text={page.extract.html} />
        <Take base={base} detail="extrait:html">
          Télécharger le HTML
        </Take>
      </Fold>
    </Section>
  );

export const KitPaper = ({ base }: KitProps) => (
  <Section title="À imprimer" note="votre nom et votre code, à scanner" id="imprimer">
    <Acts>
      <Take base={base} detail="affiche:a4" label="Affiche A4 (PDF)">
        Affiche A4
      </Take>
      <Take base={base} detail="affiche:a3" label="Affiche A3 (PDF)">
        Affiche A3
      </Take>
      <Take base={base} detail="carte" label="Carte de comptoir (PDF)">
        Carte de comptoir
      </Take>
      <Take base={base} detail="qr" label="Code QR seul (image)">
        Code QR seul
      </Take>
    </Acts>
  </Section>
);

export const KitVisuals = ({ page, base }: KitProps) =>
  page.visuals.length > 0 && (
    <Section title="Les visuels">
      <Rows label="Visuels">
        {page.visuals.map((v, i) => (
          <Row
            what={<Picture src={v.src} alt={`Visuel ${i + 1}`} small />}
            end={
              <Take base={base} detail={`visuel:${v.name}`} label={`Ouvrir le visuel ${i + 1}`}>
                Ouvrir
              </Take>
            }
          />
        ))}
      </Rows>
    </Section>
  );

export const KitDates = ({ page, base }: KitProps) => (
  <Section title="Ce qui vient" id="dates">
    {page.dates.length === 0 ? (
      <Empty title="Aucune date publique n’est encore fixée." />
    ) : (
      <>
        <Rows label="Dates à venir">
          {page.dates.map((d) => (
            <Row
              what={d.title}
              href={d.url ?? undefined}
              meta={[whenText(d), d.place, d.what].filter(Boolean).join(' · ')}
            />
          ))}
        </Rows>
        <Acts>
          <Take base={base} detail="agenda">
            Mettre dans mon agenda
          </Take>
        </Acts>
      </>
    )}
  </Section>
);

const asDay = (day: string): string => longDate(parseParis(day) ?? new Date(day));
function whenText({ start, end }: PublicDate): string {
  if (typeof start !== 'string') return toParisField(start).endsWith('T00:00') ? longDate(start) : longDateTime(start);
  return typeof end === 'string' ? `du ${asDay(start)} au ${asDay(end)}` : asDay(start);
}

export const KitResources = ({ page, base }: KitProps) =>
  page.resources.length > 0 && (
    <Section title="Les ressources à faire connaître" note="chaque lien est le vôtre">
      <Rows label="Ressources">
        {page.resources.map((r, i) => (
          <Row
            what={r.title}
            meta={`${r.kind} · ${r.summary}`}
            end={
              <Folds>
                <CopyButton
                  from={`ressource-${i}`}
                  label={`Copier le lien : ${r.title}`}
                  told={{ to: `${base}/actes`, fields: { quoi: 'copie', detail: 'lien' } }}
                >
                  Copier le lien
                </CopyButton>
                <Fold title="Voir le lien" of={r.title}>
                  <PlainText id={`ressource-${i}`} text={r.link} />
                </Fold>
              </Folds>
            }
          />
        ))}
      </Rows>
    </Section>
  );
