import { z } from 'zod';
import { LEVEL_NAMES, LEVELS, PHASE_NAMES, PHASES } from '../../base/words.ts';
import { actionInput, actionsOfCampaign, getAction, resultsOfActions } from '../../campaigns/action-queries.ts';
import { writeResult } from '../../campaigns/action-results.ts';
import { writeAction } from '../../campaigns/action-save.ts';
import {
  ACTION_KIND_NAMES,
  ACTION_KINDS,
  actionSchema,
  RESULT_UNIT_NAMES,
  RESULT_UNITS,
  resultSchema,
} from '../../campaigns/action-schema.ts';
import { fields, text, word } from '../fields.ts';
import { instant } from '../push-file.ts';
import { kind } from './kind.ts';
import { type Column, listFile, moment, oneOf, said, someOf } from './list-file.ts';
import { fromYaml } from './yaml-text.ts';

/** What was said of an action's results, in the order in which it was said; by the organisation of the action. */
const resultKeys = fields({
  valeur: z.number(),
  unité: word(RESULT_UNITS, RESULT_UNIT_NAMES),
  du: text,
  au: text,
  source: text,
  note: text.optional(),
}).transform((r) => ({ value: r.valeur, unit: r.unité, from: r.du, to: r.au, source: r.source, note: r.note ?? '' }));

const results: Column = {
  as: 'results',
  read: z.array(resultKeys).optional(),
  say: (all) =>
    (all as z.output<typeof resultSchema>[]).map((r) => ({
      valeur: r.value,
      unité: RESULT_UNIT_NAMES[r.unit],
      du: r.from,
      au: r.to,
      source: r.source,
      note: r.note,
    })),
};

const schema = actionSchema.safeExtend({
  organisation: z.string().optional(),
  results: z.array(resultSchema).default([]),
});
type Action = z.output<typeof schema>;

const file = listFile(
  {
    identifiant: said('slug'),
    type: oneOf('kind', ACTION_KINDS, ACTION_KIND_NAMES),
    titre: said('title'),
    organisation: said('organisation'),
    phase: oneOf('phase', PHASES, PHASE_NAMES),
    niveaux: someOf('levels', LEVELS, LEVEL_NAMES),
    début: moment('startsAt', instant),
    fin: moment('endsAt', instant),
    lieu: said('place'),
    lien: said('url'),
    description: said('description'),
    résultats: results,
  },
  schema,
);

/** `actions.yaml`: what is done beside the pushes. Those that were cancelled stay where they are. */
export const actions = kind<Action>({
  what: 'action',
  file: 'actions.yaml',
  keyOf: (a) => a.slug,
  ownerOf: (a) => a.organisation ?? '',
  read: (name, bytes) => fromYaml(name, bytes, file.of),
  written: file.written,
  async current(trx, campaign, { lead }) {
    const all = await resultsOfActions(trx, { campaignId: campaign.id });
    return (await actionsOfCampaign(trx, campaign.id))
      .filter((a) => !a.cancelledAt)
      .map((a) => ({
        ...actionInput(a),
        ...(a.organisation.slug === lead ? {} : { organisation: a.organisation.slug }),
        results: all
          .filter((r) => r.actionId === a.id && r.organisationId === a.organisationId)
          .map(({ value, unit, from, to, source, note }) => ({ value, unit, from, to, source, note })),
      }));
  },
  async write(trx, ctx, campaign, { organisation: _, results: said, ...action }) {
    await writeAction(trx, ctx, campaign.id, action);
    const row = await getAction(trx, campaign.id, action.slug);
    for (const result of said) await writeResult(trx, ctx, row, result);
  },
  fromModel: ({ organisation: _, ...a }, { instant: at }) => ({
    ...a,
    startsAt: at(a.startsAt),
    endsAt: a.endsAt && at(a.endsAt),
    results: [],
  }),
});
