import type { Ctx } from '../base/context.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import type { ProbeStep } from '../mail/probe.ts';
import { ownOrganisation } from './acting.ts';
import { readDomain } from './check-domain.ts';
import { keyName, keyRecord } from './dkim-record.ts';
import { DMARC, suggestedRecord } from './dmarc.ts';
import { type DomainRow, healthOf } from './health.ts';
import { transportOf } from './queries.ts';
import { type Auth, domainOf, type Finding, type Proof, type Security, type Signing, stepsSchema } from './schema.ts';

/** The organisation's server as its people may see it: of the secret, only whether there is one. */
export type ShownTransport = {
  host: string;
  port: number;
  security: Security;
  auth: Auth;
  username: string;
  hasSecret: boolean;
  connections: number;
  perMinute: number | null;
  perDay: number | null;
  used: boolean;
  trial: { at: Date; ok: boolean; steps: ProbeStep[] } | null;
};

export type ShownDomain = {
  id: number;
  domain: string;
  signing: Signing;
  bounceAddress: string | null;
  checks: Finding[];
  checkedAt: Date | null;
  verifiedAt: Date | null;
  proof: Proof | null;
  /** What the DNS must say, name and text; the key's first. */
  records: { name: string; text: string; why: string }[];
};

export type SendersPage = {
  senderAddress: string;
  senderDomain: string;
  transport: ShownTransport | null;
  domains: ShownDomain[];
};

/** How the actor's organisation sends: its server, the domains it writes from. Every member may read it. */
export function readSenders(ctx: Ctx): Promise<SendersPage> {
  const organisationId = ownOrganisation(ctx);
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const senderAddress = await senderOf(trx, organisationId);
    const row = await transportOf(trx, organisationId);
    const domains = await trx
      .selectFrom('sender_domains')
      .selectAll()
      .where('organisation_id', '=', organisationId)
      .orderBy('domain')
      .execute();
    return {
      senderAddress,
      senderDomain: domainOf(senderAddress),
      transport: row ? shownTransport(row) : null,
      domains: domains.map(shownDomain),
    };
  });
}

/** One of them, with what the DNS must say. Throws not-found for another organisation's. */
export function readSenderDomain(ctx: Ctx, id: number): Promise<ShownDomain> {
  const organisationId = ownOrganisation(ctx);
  return withOrganisation(ctx.db, organisationId, async (trx) =>
    shownDomain(await readDomain(trx, organisationId, id)),
  );
}

/** For a command, which names the domain. */
export async function senderDomainId(ctx: Ctx, domain: string): Promise<number | null> {
  const { domains } = await readSenders(ctx);
  return domains.find((d) => d.domain === domain.trim().toLowerCase())?.id ?? null;
}

async function senderOf(trx: Trx, organisationId: number): Promise<string> {
  const row = await trx
    .selectFrom('organisations')
    .select('sender_address')
    .where('id', '=', organisationId)
    .executeTakeFirstOrThrow();
  return row.sender_address;
}

function shownTransport(row: NonNullable<Awaited<ReturnType<typeof transportOf>>>): ShownTransport {
  return {
    host: row.host,
    port: row.port,
    security: row.security as Security,
    auth: row.auth as Auth,
    username: row.username,
    hasSecret: row.secret !== null,
    connections: row.connections,
    perMinute: row.per_minute,
    perDay: row.per_day,
    used: row.used,
    trial:
      row.tested_at === null ? null : { at: row.tested_at, ok: row.test_ok === true, steps: stepsOf(row.test_reply) },
  };
}

function stepsOf(reply: string | null): ProbeStep[] {
  const parsed = stepsSchema.safeParse(JSON.parse(reply ?? '[]'));
  return parsed.success ? parsed.data : [];
}

function shownDomain(row: DomainRow): ShownDomain {
  const health = healthOf(row);
  const dmarcIsGood = health?.checks.some((c) => c.name === DMARC && c.level === 'bon') ?? false;
  return {
    id: row.id,
    domain: row.domain,
    signing: row.signing as Signing,
    bounceAddress: row.bounce_address,
    checks: health?.checks ?? [],
    checkedAt: row.checked_at,
    verifiedAt: row.verified_at,
    proof: health?.proof ?? null,
    records: [
      ...(row.public_key === null
        ? []
        : [
            {
              name: keyName(row.domain, row.selector),
              text: keyRecord(row.public_key),
              why: 'La clé publique qui vérifie vos messages (DKIM).',
            },
          ]),
      ...(!dmarcIsGood
        ? [
            {
              name: `_dmarc.${row.domain}`,
              text: suggestedRecord(row.domain),
              why: 'La politique du domaine (DMARC), à ajouter seulement s’il n’y en a pas déjà une.',
            },
          ]
        : []),
    ],
  };
}
