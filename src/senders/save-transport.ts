import { actorLabel, type Ctx } from '../base/context.ts';
import type { FieldError } from '../base/errors.ts';
import { sealText } from '../base/tokens.ts';
import { withOrganisation } from '../db/database.ts';
import { isLoopback } from '../mail/transport.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { ownOrganisation, refuseFields } from './acting.ts';
import { transportOf } from './queries.ts';
import { type Instance, MAIL_PORTS, type TransportData, type TransportInput, transportSchema } from './schema.ts';

/**
 * Keeps the organisation's own server (MAIL-50). The secret is sealed and never shown again; left empty, the one already
 * kept stays, as long as it would still go to the same user of the same server. Another connection than the one that
 * was tried is no longer in use until it has been tried; limits alone change nothing of that.
 */
export async function saveTransport(ctx: Ctx, input: TransportInput, instance: Instance): Promise<void> {
  allow(ctx.actor, 'organisation.write');
  const organisationId = ownOrganisation(ctx);
  const parsed = transportSchema.safeParse(input);
  if (!parsed.success) refuseFields('transport', 'Certains réglages du serveur sont à corriger.', parsed.error.issues);
  const t = parsed.data;
  await withOrganisation(ctx.db, organisationId, async (trx) => {
    const kept = await transportOf(trx, organisationId);
    const sameDoor =
      kept !== undefined &&
      kept.host === t.host &&
      kept.port === t.port &&
      kept.auth === t.auth &&
      kept.username === t.username;
    const wrong = [
      ...placeRefused(t, instance),
      ...authRefused(t, sameDoor && kept.secret !== null, kept?.secret != null),
    ];
    if (wrong.length > 0) refuseFields('transport', 'Certains réglages du serveur sont à corriger.', wrong);
    const unchanged = sameDoor && kept.security === t.security && t.secret === '';
    const secret =
      t.auth === 'aucune' ? null : t.secret === '' ? (kept?.secret ?? null) : sealText(ctx.secrets.sealing, t.secret);
    const row = {
      host: t.host,
      port: t.port,
      security: t.security,
      auth: t.auth,
      username: t.auth === 'aucune' ? '' : t.username,
      secret,
      connections: t.connections,
      per_minute: t.perMinute,
      per_day: t.perDay,
      updated_at: ctx.now(),
      updated_by: actorLabel(ctx.actor),
      ...(unchanged ? {} : { used: false, tested_at: null, test_ok: null, test_reply: null }),
    };
    await trx
      .insertInto('transports')
      .values({ ...row, organisation_id: organisationId })
      .onConflict((oc) => oc.column('organisation_id').doUpdateSet(row))
      .execute();
    await recordAudit(trx, ctx, {
      action: 'transport.save',
      subject: `transport:${organisationId}`,
      detail: { host: t.host, port: t.port, security: t.security, auth: t.auth, tried: unchanged },
    });
  });
}

/**
 * Where a server may stand. In the demonstration: this machine only, so that nothing reaches a real person. Elsewhere:
 * anywhere but this machine, on a port of mail servers; an on-premise relay on a private network is one, and to look
 * around with this form one would have a few tries an hour, each of which tells nothing of what is no mail server.
 */
function placeRefused(t: TransportData, instance: Instance): FieldError[] {
  const loopback = isLoopback(t.host);
  if (instance.demo)
    return loopback
      ? []
      : [
          {
            field: 'host',
            message:
              'Démonstration : seul un serveur de cette machine (127.0.0.1) peut être essayé, rien ne doit partir.',
          },
        ];
  return [
    ...(loopback
      ? [
          {
            field: 'host',
            message: 'Ce nom désigne la machine de ce service : donnez le serveur de votre organisation.',
          },
        ]
      : []),
    ...(MAIL_PORTS.includes(t.port)
      ? []
      : [{ field: 'port', message: `Choisissez un port de messagerie : ${MAIL_PORTS.join(', ')}.` }]),
    ...(t.security === 'none' ? [{ field: 'security', message: 'Le courrier ne part jamais sans chiffrement.' }] : []),
  ];
}

function authRefused(t: TransportData, maySkipSecret: boolean, hadSecret: boolean): FieldError[] {
  if (t.auth === 'aucune') return [];
  const what = t.auth === 'jeton' ? 'Donnez le jeton d’accès' : 'Donnez le mot de passe';
  return [
    ...(t.username === '' ? [{ field: 'username', message: 'Donnez l’identifiant du compte d’envoi.' }] : []),
    ...(t.secret === '' && !maySkipSecret
      ? [{ field: 'secret', message: `${what}${hadSecret ? ' : le précédent ne vaut pas pour ces réglages' : ''}.` }]
      : []),
  ];
}
