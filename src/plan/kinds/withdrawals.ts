import type { z } from 'zod';
import { withdrawalSchema } from '../../campaigns/schema.ts';
import { withdrawalsOfCampaign, writeWithdrawal } from '../../campaigns/withdrawals.ts';
import { kind } from './kind.ts';
import { listFile, said } from './list-file.ts';
import { fromYaml } from './yaml-text.ts';

const file = listFile(
  { organisation: said('organisation'), 'à compter du': said('effectiveOn'), motif: said('reason') },
  withdrawalSchema,
  (w) => w.organisation,
);

/** `retraits.yaml`: who has left the campaign, from which day, and why. */
export const withdrawals = kind<z.output<typeof withdrawalSchema>>({
  what: 'retrait',
  file: 'retraits.yaml',
  keyOf: (w) => w.organisation,
  read: (name, bytes) => fromYaml(name, bytes, file.of),
  written: file.written,
  current: (trx, campaign) => withdrawalsOfCampaign(trx, campaign.id),
  write: (trx, ctx, campaign, given) => writeWithdrawal(trx, ctx, campaign.id, given),
  record: 'un retrait est noté pour de bon, et ne se change pas.',
  fromModel: () => null,
});
