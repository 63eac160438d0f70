import { shortDate } from '../base/dates.ts';
import { Acts, Empty, PageHead, Row, Rows, Section } from '../web/ui/components.tsx';
import type { PublicList } from '../webinars/coming.ts';
import { SITE_ORIGIN } from '../webinars/origins.ts';
import type { PublicWebinar } from '../webinars/public-webinar.ts';
import { MeasureNote } from './measure.tsx';
import { organisersText, spanText, stateWords, webinarPath } from './webinar-words.ts';

type ListProps = { list: PublicList; query: string };

export const WebinarsView = (p: ListProps & { campaign: { name: string; slug: string } | null; refused: boolean }) => (
  <>
    <PageHead
      voice
      kicker={p.campaign ? 'Webinaires' : undefined}
      title={p.list.coming.length > 0 ? 'Venez poser vos questions' : 'Les webinaires'}
      lead={
        p.campaign
          ? `Ce que proposent ensemble les partenaires de « ${p.campaign.name} ».`
          : 'Une heure en ligne pour voir les outils en vrai, avec celles et ceux qui s’en servent.'
      }
    />
    <Coming {...p} />
    {p.list.past.length > 0 && (
      <Section title="À revoir">
        <WebinarRows label="Webinaires passés" webinars={p.list.past} />
      </Section>
    )}
    <Section title="Suivre, reprendre">
      <p>
        <a href={`/webinaires/agenda.ics${p.query}`}>S’abonner dans un agenda</a>
        {p.campaign && (
          <>
            {' · '}
            <a href={`/c/${p.campaign.slug}`}>La campagne</a>
            {' · '}
            <a href="/webinaires">Les webinaires des autres campagnes</a>
          </>
        )}
      </p>
      <MeasureNote refused={p.refused} />
    </Section>
  </>
);

const Coming = ({ list }: ListProps) =>
  list.coming.length === 0 ? (
    <Empty
      title="Aucun webinaire n’est annoncé pour l’instant."
      act={{ href: '/ressources', label: 'Voir les ressources' }}
    >
      <p>Abonnez-vous à l’agenda, plus bas : les prochains y paraîtront.</p>
    </Empty>
  ) : (
    <Section title="À venir">
      <WebinarRows label="Webinaires à venir" webinars={list.coming} />
    </Section>
  );

/** Lines of a list, each with its day, when it is and whether one may come. */
export const WebinarRows = ({ webinars, label }: { webinars: readonly PublicWebinar[]; label: string }) => (
  <Rows label={label}>
    {webinars.map((w) => (
      <Row
        when={shortDate(w.startsAt)}
        datetime={w.startsAt.toISOString()}
        what={w.title}
        href={webinarPath(w.address)}
        meta={[spanText(w), organisersText(w), w.state === 'passe' ? w.replay && 'enregistrement' : stateWords(w)]
          .filter(Boolean)
          .join(' · ')}
      />
    ))}
  </Rows>
);

/** The same inside another site: what comes, nothing around. Whoever registers from there is counted as such. */
export const FramedWebinars = ({ coming, query }: { coming: readonly PublicWebinar[]; query: string }) => (
  <>
    <h1 class="hidden">Webinaires</h1>
    {coming.length === 0 ? (
      <Empty title="Aucun webinaire n’est annoncé pour l’instant." />
    ) : (
      <ul class="rows">
        {coming.map((w) => (
          <li class="row">
            <time datetime={w.startsAt.toISOString()}>{shortDate(w.startsAt)}</time>
            <div>
              <p class="what">
                <a href={webinarPath(w.address, `?de=${SITE_ORIGIN}`)} target="_blank" rel="noopener">
                  {w.title}
                  <span class="hidden"> (nouvel onglet)</span>
                </a>
              </p>
              <p class="meta">{[spanText(w), organisersText(w), stateWords(w)].join(' · ')}</p>
            </div>
          </li>
        ))}
      </ul>
    )}
    <Acts>
      <a href={`/webinaires${query}`} target="_blank" rel="noopener">
        Tous les webinaires<span class="hidden"> (nouvel onglet)</span>
      </a>
    </Acts>
  </>
);
