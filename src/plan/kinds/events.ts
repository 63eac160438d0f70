import { z } from 'zod';
import { eventInput, eventsOfCampaign } from '../../campaigns/event-queries.ts';
import { writeEvent } from '../../campaigns/event-save.ts';
import { eventSchema } from '../../campaigns/event-schema.ts';
import { kind } from './kind.ts';
import { listFile, said, words } from './list-file.ts';
import { fromYaml } from './yaml-text.ts';

const schema = eventSchema.safeExtend({ organisation: z.string().optional() });

const file = listFile(
  {
    identifiant: said('slug'),
    titre: said('title'),
    organisation: said('organisation'),
    du: said('from'),
    au: said('to'),
    lieu: said('place'),
    lien: said('url'),
    note: said('note'),
    ressources: words('resources'),
  },
  schema,
);

/** `temps-forts.yaml`: the sector's events, and what to show there. */
export const events = kind<z.output<typeof schema>>({
  what: 'temps fort',
  file: 'temps-forts.yaml',
  keyOf: (e) => e.slug,
  ownerOf: (e) => e.organisation ?? '',
  read: (name, bytes) => fromYaml(name, bytes, file.of),
  written: file.written,
  current: async (trx, campaign, { lead }) =>
    (await eventsOfCampaign(trx, campaign.id))
      .filter((e) => !e.cancelledAt)
      .map((e) => ({
        ...eventInput(e),
        ...(e.organisation.slug === lead ? {} : { organisation: e.organisation.slug }),
      })),
  write: (trx, ctx, campaign, { organisation: _, ...event }) => writeEvent(trx, ctx, campaign.id, event),
  fromModel: ({ organisation: _, ...e }, { day }) => ({ ...e, from: day(e.from), to: day(e.to) }),
});
