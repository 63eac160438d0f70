import type { CampaignInput } from '../../src/campaigns/schema.ts';

/** A joint campaign of the cast: led by opco, signed with btp, relayed by the federation. */
export const joint = (over: Partial<CampaignInput> = {}): Record<string, unknown> => ({
  slug: 'commune',
  name: 'Une campagne commune',
  identity: { colour: '#12355b', accent: '#c2410c', hashtag: 'Commune' },
  startsOn: '2026-11-02',
  endsOn: '2027-06-30',
  nature: 'information_de_mission',
  legalBasis: 'Mission d’intérêt public.',
  arrangement: 'Chacune écrit à ses propres contacts.',
  contactPoint: 'contact@opco.example',
  partners: [
    { organisation: 'opco', role: 'pilote' },
    { organisation: 'btp', role: 'signataire' },
    { organisation: 'federation', role: 'relais' },
  ],
  ...over,
});
