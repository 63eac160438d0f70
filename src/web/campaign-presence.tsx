import { hasLeft, type Partner } from '../campaigns/queries.ts';
import { withdrawalText } from '../campaigns/withdrawals.ts';
import { State } from './ui/marks.tsx';

/** Where a campaign is set up, and who is still in it. */

export const settingsUrl = (slug: string, part = ''): string => `/campagnes/${slug}/reglages${part}`;
export const withdrawalUrl = (slug: string, organisation: string): string =>
  `/campagnes/${slug}/partenaires/${organisation}/retrait`;

/** Whether a partner takes part, or since when it does not. */
export const Presence = ({ partner, now }: { partner: Pick<Partner, 'withdrawnAt'>; now: Date }) =>
  partner.withdrawnAt ? (
    <State kind={hasLeft(partner, now) ? 'off' : 'wait'}>{withdrawalText(partner.withdrawnAt, now)}</State>
  ) : (
    <State kind="ok">présente</State>
  );

/** To an organisation that has left, at the top of the campaign's page: why it finds no form there any more. */
export const OwnAbsence = ({
  partners,
  organisation,
  now,
}: {
  partners: readonly Partner[];
  organisation: number;
  now: Date;
}) => {
  const mine = partners.find((p) => p.organisationId === organisation);
  return mine?.withdrawnAt ? (
    <p>
      <State kind={hasLeft(mine, now) ? 'off' : 'wait'}>
        Votre organisation {withdrawalText(mine.withdrawnAt, now)}
      </State>{' '}
      : vous lisez ce qui a été fait{hasLeft(mine, now) ? ', sans plus y écrire' : ''}.
    </p>
  ) : null;
};
