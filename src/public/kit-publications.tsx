import { longDate, parseParis } from '../base/dates.ts';
import { clicksPassport, NO_CLICKS, SOURCE_NAMES, type SourceKind, totalClicks } from '../relay-kits/figures.ts';
import { CHANNEL_NAMES, CHANNELS, type Channel } from '../relay-kits/schema.ts';
import { Acts, Button, Empty, Facts, Fold, Picture, Row, Rows, Section } from '../web/ui/components.tsx';
import { ErrorSummary, errorOf, Field } from '../web/ui/fields.tsx';
import { Figure, Figures, number } from '../web/ui/figures.tsx';
import type { KitProps } from './kit-pages.tsx';

/** « mardi 1 décembre 2026 » of a day written `2026-12-01`. */
const dayText = (day: string): string => longDate(parseParis(day) ?? new Date(day));

/** « J’ai publié »: one tap says where; the rest is for who wants to. */
export const KitPublications = ({ page, base, typed, errors }: KitProps) => (
  <Section title="J’ai publié" note="un geste suffit : dites où" id="publications">
    <ErrorSummary errors={errors} />
    <form method="post" action={`${base}/publications`} enctype="multipart/form-data">
      <Acts>
        {CHANNELS.map((channel) => (
          <Button name="channel" value={channel}>
            {CHANNEL_BUTTONS[channel]}
          </Button>
        ))}
      </Acts>
      <Fold title="Ajouter une date, une audience, une adresse, une image" open={(errors?.length ?? 0) > 0}>
        <Field
          kind="date"
          name="publishedOn"
          label="Le"
          value={typed.publishedOn}
          error={errorOf(errors, 'publishedOn')}
          size="short"
          bare
        />
        <Field
          name="audience"
          label="Combien de personnes ont pu le voir"
          hint="Votre estimation. Elle se lit à part, jamais ajoutée à ce qui est compté."
          value={typed.audience}
          error={errorOf(errors, 'audience')}
          inputmode="numeric"
          size="short"
        />
        <Field
          kind="url"
          name="url"
          label="L’adresse de la publication"
          value={typed.url}
          error={errorOf(errors, 'url')}
          inputmode="url"
        />
        <Field
          kind="file"
          name="picture"
          label="Une image"
          hint="Photo ou capture d’écran, 8 Mo au plus. Le lieu et l’heure que votre téléphone y inscrit sont effacés."
          error={errorOf(errors, 'picture')}
          accept="image/png,image/jpeg,image/webp"
        />
        <Field
          kind="textarea"
          name="note"
          label="Un mot"
          value={typed.note}
          error={errorOf(errors, 'note')}
          rows={2}
          maxlength={500}
        />
        <p class="hint">Puis choisissez ci-dessus où vous avez publié.</p>
      </Fold>
    </form>
    {page.declarations.length > 0 && (
      <Rows label="Ce que vous avez déclaré">
        {page.declarations.map((d) => (
          <Row
            what={CHANNEL_NAMES[d.channel as Channel]}
            meta={
              <>
                {[
                  dayText(d.publishedOn),
                  d.audience === null ? '' : `${number(d.audience)} personnes, selon vous`,
                  d.note,
                ]
                  .filter(Boolean)
                  .join(' · ')}
                {d.url && (
                  <>
                    {' · '}
                    <a href={d.url} rel="noopener noreferrer nofollow">
                      voir la publication
                    </a>
                  </>
                )}
              </>
            }
            end={
              <>
                {d.hasPicture && (
                  <Picture src={`${base}/publications/${d.id}/image`} alt="Image de cette publication" small />
                )}
                <form method="post" action={`${base}/publications/${d.id}/retrait`}>
                  <Button quiet label={`Retirer : ${CHANNEL_NAMES[d.channel as Channel]}, ${dayText(d.publishedOn)}`}>
                    Retirer
                  </Button>
                </form>
              </>
            }
          />
        ))}
      </Rows>
    )}
  </Section>
);

const CHANNEL_BUTTONS: Record<Channel, string> = {
  social: 'Sur un réseau social',
  lettre: 'Dans notre lettre',
  site: 'Sur notre site',
  affichage: 'Par une affiche',
  rendez_vous: 'En rendez-vous',
  reunion: 'En réunion',
  presse: 'Dans la presse',
  autre: 'Autrement',
};

/** What its links brought, counted; and beside it what it says: two things, never one number. */
export const KitFigures = ({ page, now }: KitProps) => {
  const clicks = totalClicks(page.clicks);
  return (
    <Section title="Ce que votre relais apporte" note="vous seul et le pilote le voyez" id="chiffres">
      {clicks.retained + clicks.doubtful === 0 && page.declarations.length === 0 ? (
        <Empty title="Rien encore : le premier clic sur un de vos liens paraîtra ici." />
      ) : (
        <>
          <Figures>
            <Figure
              label={clicks.retained < 2 ? 'clic retenu sur vos liens' : 'clics retenus sur vos liens'}
              figure={clicksPassport(clicks, page.since, now)}
            />
          </Figures>
          <Facts
            items={[
              ...(Object.keys(SOURCE_NAMES) as SourceKind[]).map((kind) => {
                const c = page.clicks[kind] ?? NO_CLICKS;
                const doubtful = c.doubtful > 0 ? `, et ${number(c.doubtful)} douteux` : '';
                return [
                  OWN_SOURCES[kind],
                  `${number(c.retained)} ${c.retained < 2 ? 'retenu' : 'retenus'}${doubtful}`,
                ] as const;
              }),
              [
                'Vous déclarez, à part',
                `${number(page.declarations.length)} ${page.declarations.length < 2 ? 'publication' : 'publications'}`,
              ] as const,
            ]}
          />
        </>
      )}
    </Section>
  );
};

const OWN_SOURCES: Record<SourceKind, string> = {
  relais: 'Vos liens',
  affiche: 'Le code de votre affiche',
  carte: 'Le code de votre carte de comptoir',
};
