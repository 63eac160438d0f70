import { z } from 'zod';
import type { Ctx } from '../base/context.ts';
import { conflict, forbidden, invalid, tooMany } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { type DkimKey, signMessage } from '../mail/dkim.ts';
import { type ProbeStep, probe } from '../mail/probe.ts';
import { isLoopback, type Transport } from '../mail/transport.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { ownOrganisation } from './acting.ts';
import { dkimKeys, openTransport, transportOf } from './queries.ts';
import { domainOf, type Instance } from './schema.ts';
import { trialMessage } from './trial-message.ts';

export type Trial = { ok: boolean; host: string; to: string; steps: ProbeStep[] };

const TRIES_AN_HOUR = 10;
const HOUR = 3_600_000;
/** Somebody waits in front of a page. */
const PATIENCE = { connect: 10_000, greeting: 15_000, command: 15_000, data: 15_000, block: 15_000, end: 20_000 };
const WHOLE_MS = 45_000;

/**
 * Sends a trial message by the organisation's own server (else by the instance's, where it is given), and keeps what the
 * server answered at each step. A person's trial goes to that person only. Ten an hour. The result belongs to the
 * settings that were tried: if they have changed meanwhile, it is not kept.
 */
export async function testTransport(
  ctx: Ctx,
  { to }: { to: string },
  instance: Instance & { transport?: Transport },
): Promise<Trial> {
  allow(ctx.actor, 'organisation.write');
  const organisationId = ownOrganisation(ctx);
  if (ctx.actor.kind === 'user' && to.toLowerCase() !== ctx.actor.address.toLowerCase())
    throw forbidden('Un essai part vers votre propre adresse, et vers nulle autre.');
  if (!z.email().max(254).safeParse(to).success)
    throw invalid('address', `« ${to} » n’est pas une adresse : donnez celle qui doit recevoir l’essai.`);
  const { transport, settings, message, from } = await prepare(ctx, organisationId, to, instance);
  const found = await probe(transport, { from, to, data: message }, AbortSignal.timeout(WHOLE_MS));
  const trial = { ok: found.ok, host: transport.host, to, steps: withoutSecret(found.steps, transport) };
  await withOrganisation(ctx.db, organisationId, (trx) => keep(trx, ctx, organisationId, settings, trial));
  return trial;
}

/** What is needed on the way, read and counted before anything leaves: a try that hangs is a try too. */
const prepare = (ctx: Ctx, organisationId: number, to: string, instance: Instance & { transport?: Transport }) =>
  withOrganisation(ctx.db, organisationId, async (trx) => {
    // Held to the end of the transaction: of two at once, the second counts the first.
    const from = await trx
      .selectFrom('organisations')
      .select(['id', 'name', 'sender_name', 'sender_address'])
      .where('id', '=', organisationId)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    const row = await transportOf(trx, organisationId);
    const given = row ? openTransport(row, ctx.secrets, instance) : instance.transport;
    if (!given)
      throw invalid(
        'no_transport',
        'Aucun serveur d’envoi n’est enregistré pour votre organisation : décrivez-le d’abord.',
      );
    if (row && instance.demo && !isLoopback(row.host))
      throw conflict('demo', 'Démonstration : seul un serveur de cette machine (127.0.0.1) peut être essayé.');
    await countTry(trx, ctx, organisationId);
    const transport = { ...given, timeouts: PATIENCE };
    const key = (await dkimKeys(trx, ctx.secrets)).get(domainOf(from.sender_address));
    return {
      transport,
      settings: row?.updated_at ?? null,
      message: await signed(await trialMessage(ctx, from, to, transport.host), key),
      from: from.sender_address,
    };
  });

const signed = async (message: Buffer, key: DkimKey | undefined): Promise<Buffer> =>
  key ? signMessage(message, key) : message;

async function countTry(trx: Trx, ctx: Ctx, organisationId: number): Promise<void> {
  const subject = `transport:${organisationId}`;
  const { tries } = await trx
    .selectFrom('audit_log')
    .select((eb) => eb.fn.countAll<number>().as('tries'))
    .where('subject', '=', subject)
    .where('action', '=', 'transport.try')
    .where('at', '>', new Date(ctx.now().getTime() - HOUR))
    .executeTakeFirstOrThrow();
  if (tries >= TRIES_AN_HOUR)
    throw tooMany(`${TRIES_AN_HOUR} essais ont été faits depuis une heure : attendez un peu avant le suivant.`);
  await recordAudit(trx, ctx, { action: 'transport.try', subject });
}

async function keep(trx: Trx, ctx: Ctx, organisationId: number, settings: Date | null, trial: Trial): Promise<void> {
  if (settings !== null)
    await trx
      .updateTable('transports')
      .set({
        tested_at: ctx.now(),
        test_ok: trial.ok,
        test_reply: JSON.stringify(trial.steps),
      })
      .where('organisation_id', '=', organisationId)
      .where('updated_at', '=', settings)
      .execute();
  await recordAudit(trx, ctx, {
    action: 'transport.tried',
    subject: `transport:${organisationId}`,
    detail: { host: trial.host, ok: trial.ok, step: trial.steps.at(-1)?.name ?? null },
  });
}

/** A server may repeat what it was told: neither the password nor the forms in which it travels are kept. */
function withoutSecret(steps: ProbeStep[], { auth }: Transport): ProbeStep[] {
  if (auth === null) return steps;
  const secret = auth.kind === 'token' ? auth.token : auth.password;
  const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '');
  const told = [
    base64(`\0${auth.user}\0${secret}`),
    base64(`user=${auth.user}\u0001auth=Bearer ${secret}\u0001\u0001`),
    base64(secret),
    secret,
  ];
  return steps.map((step) => ({
    ...step,
    words: told.reduce((words, one) => words.replaceAll(one, '•••'), step.words),
  }));
}
