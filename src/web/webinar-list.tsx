import { longDateTime, shortDateTime } from '../base/dates.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import type { WebinarCard } from '../webinars/read-webinars.ts';
import { CampaignTabs } from './campaign-pages.tsx';
import { Acts, ButtonLink, Empty, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { Levels } from './ui/marks.tsx';
import { organisersText, peopleText, WebinarMark, webinarsUrl, webinarUrl } from './webinar-words.tsx';

/** The webinars of a campaign: those to come, then those that were. */
export const WebinarsPage = (p: {
  campaign: CampaignSheet;
  webinars: readonly WebinarCard[];
  mayWrite: boolean;
  mayReport: boolean;
}) => {
  const over = (w: WebinarCard): boolean => w.state === 'passe' || w.state === 'tenu' || w.state === 'annule';
  const coming = p.webinars.filter((w) => !over(w));
  const past = p.webinars.filter(over).toReversed();
  return (
    <>
      <PageHead
        back={{ href: '/campagnes', label: 'Campagnes' }}
        kicker={p.campaign.name}
        title={
          coming[0]
            ? `Prochain webinaire : ${longDateTime(coming[0].startsAt)}.`
            : p.webinars.length
              ? 'Aucun webinaire à venir.'
              : 'Se retrouver en direct, à plusieurs organisations.'
        }
        lead="Une page publique, des inscriptions qui restent à chaque organisation, des rappels, et ce que cela a donné."
      >
        {p.mayWrite && p.webinars.length > 0 && (
          <Acts>
            <ButtonLink href={webinarsUrl(p.campaign.slug, '/nouveau')}>Préparer un webinaire</ButtonLink>
          </Acts>
        )}
      </PageHead>
      <CampaignTabs slug={p.campaign.slug} current="webinaires" mayReport={p.mayReport} />
      {p.webinars.length === 0 && (
        <Section title="Les webinaires">
          <Empty
            title="Cette campagne n’a encore aucun webinaire."
            act={
              p.mayWrite
                ? { href: webinarsUrl(p.campaign.slug, '/nouveau'), label: 'Préparer le premier webinaire' }
                : undefined
            }
          >
            <p>
              Donnez une date, des intervenants et un lien de réunion. Vous relisez la page, puis vous ouvrez les
              inscriptions : d’ici là, personne ne peut s’inscrire.
            </p>
          </Empty>
        </Section>
      )}
      {coming.length > 0 && <List title="À venir" campaign={p.campaign} webinars={coming} />}
      {past.length > 0 && <List title="Passés et annulés" campaign={p.campaign} webinars={past} />}
    </>
  );
};

const List = (p: { title: string; campaign: CampaignSheet; webinars: readonly WebinarCard[] }) => (
  <Section title={p.title}>
    <Rows label={p.title}>
      {p.webinars.map((w) => (
        <Row
          when={shortDateTime(w.startsAt)}
          datetime={w.startsAt.toISOString()}
          what={w.state === 'annule' ? <s>{w.title}</s> : w.title}
          href={webinarUrl(p.campaign.slug, w.slug)}
          meta={
            <>
              {organisersText(w)}
              {w.levels.length > 0 && (
                <>
                  {' · '}
                  <Levels levels={w.levels} />
                </>
              )}
              {w.state !== 'prepare' && ` · ${peopleText(w.counts.placed, w)}`}
            </>
          }
          end={<WebinarMark state={w.state} />}
        />
      ))}
    </Rows>
  </Section>
);
