import type { Actor, Ctx } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import {
  askedVersion,
  lastApproved,
  requestOf,
  signatoriesOfVersion,
  validatedAmong,
  type WordingSignatory,
} from './approval-queries.ts';
import { authorNames } from './author-names.ts';
import { findKeyMessage, type VersionRow, versionsOf } from './queries.ts';
import { type Validity, validityOf } from './stored.ts';

export type SheetVersion = VersionRow & {
  validated: boolean;
  validity: Validity;
  /** Who wrote it; « une commande » when no person did. */
  author: string;
};
/** What the signatories are asked about today, and what they said of it. */
export type WordingAsked = {
  version: SheetVersion;
  hash: Buffer;
  at: Date;
  by: string;
  signatories: WordingSignatory[];
};
export type WordingSheet = {
  id: number;
  slug: string;
  /** Of the newest version. */
  topic: string;
  /** The newest first. */
  versions: SheetVersion[];
  newest: SheetVersion;
  /** The one that may be said outside today: approved by all, within its days. */
  usable: SheetVersion | null;
  asked: WordingAsked | null;
  /** The newest version that the reader's organisation said yes to. */
  agreed: SheetVersion | null;
};

/** One élément de langage with its whole history; `introuvable` for a stranger. */
export async function readWording(
  ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>,
  campaignId: number,
  slug: string,
): Promise<WordingSheet> {
  allow(ctx.actor, 'campaign.read');
  const now = ctx.now();
  const { organisationId } = ctx.actor;
  const read = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const id = await findKeyMessage(trx, campaignId, slug);
    if (id === null) throw notFound('Cet élément de langage');
    const rows = await versionsOf(trx, id);
    const validated = await validatedAmong(
      trx,
      rows.map((v) => v.versionId),
    );
    const askedId = await askedVersion(trx, id);
    return {
      id,
      versions: rows.map((v) => ({ ...v, validated: validated.has(v.versionId), validity: validityOf(v, now) })),
      agreedId: await lastApproved(trx, id, organisationId),
      askedId,
      request: askedId === null ? null : await requestOf(trx, askedId),
      signatories: askedId === null ? [] : await signatoriesOfVersion(trx, campaignId, askedId),
    };
  });
  const names = await authorNames(ctx, [...read.versions.map((v) => v.createdBy), read.request?.by ?? '']);
  const nameOf = (label: string) => names.get(label) ?? 'une commande';
  const versions = read.versions.map((v) => ({ ...v, author: nameOf(v.createdBy) }));
  const [newest] = versions;
  if (!newest) throw notFound('Cet élément de langage');
  const version = (id: number | null) => versions.find((v) => v.versionId === id) ?? null;
  const asked = version(read.askedId);
  return {
    id: read.id,
    slug,
    topic: newest.topic,
    versions,
    newest,
    usable: versions.find((v) => v.validated && v.validity === 'valable') ?? null,
    asked:
      asked && read.request
        ? {
            version: asked,
            hash: read.request.hash,
            at: read.request.at,
            by: nameOf(read.request.by),
            signatories: read.signatories,
          }
        : null,
    agreed: version(read.agreedId),
  };
}
