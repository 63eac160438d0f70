import { toParisDay } from '../base/dates.ts';
import type { CampaignCard } from '../campaigns/read-campaign.ts';
import type { PushLine } from '../deliveries/read-pushes.ts';
import { dayWord, periodText, plural } from './push-words.tsx';
import { Acts, ButtonLink, Empty, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { State } from './ui/marks.tsx';

/** All the campaigns one takes part in. */

type CampaignsProps = {
  campaigns: readonly CampaignCard[];
  pushes: readonly PushLine[];
  today: Date;
  mayCreate: boolean;
};

export const CampaignsPage = ({ campaigns, pushes, today, mayCreate }: CampaignsProps) => {
  const day = toParisDay(today);
  const running = campaigns.filter((c) => c.startsOn <= day && c.endsOn >= day).length;
  return (
    <>
      <PageHead
        title={running ? `${plural(running, 'campagne est en cours', 'campagnes sont en cours')}.` : 'Vos campagnes'}
      >
        {mayCreate && campaigns.length > 0 && (
          <Acts>
            <ButtonLink href="/campagnes/nouvelle">Nouvelle campagne</ButtonLink>
          </Acts>
        )}
      </PageHead>
      <Section title="Toutes les campagnes">
        {campaigns.length ? (
          <Rows label="Campagnes">
            {campaigns.map((c) => (
              <Row
                href={`/campagnes/${c.slug}`}
                what={c.name}
                meta={`${periodText(c.startsOn, c.endsOn)} · ${c.partners.map((p) => p.name).join(', ')}${nextPush(c, pushes, today)}`}
                end={
                  c.endsOn < day ? (
                    <State kind="off">terminée</State>
                  ) : c.startsOn > day ? (
                    <State kind="wait">à venir</State>
                  ) : (
                    <State kind="run">en cours</State>
                  )
                }
              />
            ))}
          </Rows>
        ) : (
          <Empty
            title="Aucune campagne pour l’instant."
            act={mayCreate ? { href: '/campagnes/nouvelle', label: 'Créer une campagne' } : undefined}
          >
            <p>
              {mayCreate
                ? 'Partez d’un modèle : ses envois, ses audiences et ses textes sont déjà là, à vos dates et à votre nom.'
                : 'Une campagne paraît ici dès que votre organisation en est partenaire.'}
            </p>
          </Empty>
        )}
      </Section>
    </>
  );
};

function nextPush(c: CampaignCard, pushes: readonly PushLine[], now: Date): string {
  const next = pushes.find((p) => p.campaignId === c.id && p.at && p.at > now);
  return next?.at ? ` · prochain envoi : ${dayWord(next.at, now).toLowerCase()}` : '';
}
