import { z } from 'zod';
import { actorLabel } from '../base/context.ts';
import { longDateTime, shortDateTime } from '../base/dates.ts';
import { conflict, invalid } from '../base/errors.ts';
import { sha256 } from '../base/tokens.ts';
import { mustOwnLine, mustPlan } from '../campaigns/plan-partner.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { rememberedMapping, rememberMapping } from '../contacts/import-mappings.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { ownWebinar } from '../webinars/act-webinar.ts';
import { getWebinar, type WebinarRow } from '../webinars/queries.ts';
import type { MemberCtx } from '../webinars/schema.ts';
import { type Read, readAttendance } from './formats.ts';
import { storeLines } from './lines.ts';
import { type OwnMatches, ownMatches, reportOf } from './report.ts';
import { ATTENDANCE_FIELDS, type AttendanceMapping, type AttendanceReport, DATE_ORDERS } from './schema.ts';
import type { UnknownTable } from './table.ts';

export const attendanceOptionsSchema = z.strictObject({
  fileName: z.string().trim().min(1).max(255),
  /** How 03/12 is read, where the file does not settle it. */
  dates: z.enum(DATE_ORDERS).optional(),
  /** For a table of no platform we know: which column holds what. */
  mapping: z.partialRecord(z.enum(ATTENDANCE_FIELDS), z.string().max(200)).optional(),
});
export type AttendanceOptions = z.infer<typeof attendanceOptionsSchema>;
type Input = { file: Buffer; options: AttendanceOptions };

export type AttendanceAnalysis =
  | { kind: 'file'; report: AttendanceReport; matched: OwnMatches; table: UnknownTable | null }
  | Exclude<Read, { kind: 'file' }>;

/** What a file would bring: read whole with the import's own code, and nothing is kept. */
export async function analyseAttendance(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  input: Input,
): Promise<AttendanceAnalysis> {
  allow(ctx.actor, 'webinar.write');
  const options = attendanceOptionsSchema.parse(input.options);
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { webinar, read } = await readAlone(trx, ctx, campaignSlug, slug, { file: input.file, options });
    if (read.kind !== 'file') return read;
    return {
      kind: 'file',
      report: await reportOf(trx, ctx, webinar, read.file),
      matched: await ownMatches(trx, ctx, webinar, read.file),
      table: read.file.table,
    };
  });
}

/**
 * Keeps a file of who came, by the organisation that runs the webinar, and finds among all registrants those it tells of.
 * Throws `presences_deja_lues` for the same bytes twice, `dates_a_dire` and `colonnes_a_dire` where somebody must say.
 */
export async function importAttendance(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  input: Input,
): Promise<{ importId: number; report: AttendanceReport; matched: OwnMatches }> {
  allow(ctx.actor, 'webinar.write');
  const options = attendanceOptionsSchema.parse(input.options);
  const { organisationId } = ctx.actor;
  // A long file is read before anything is held: whoever registers meanwhile does not wait for it.
  const { read } = await withOrganisation(ctx.db, organisationId, (trx) =>
    readAlone(trx, ctx, campaignSlug, slug, { file: input.file, options }),
  );
  if (read.kind === 'dates') throw toSayDates(read.example);
  if (read.kind === 'columns') throw toSayColumns(read.table.header);
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const webinar = await ownWebinar(trx, ctx, (await getCampaign(trx, campaignSlug)).id, slug);
    mustHaveBegun(webinar, ctx.now());
    await mustBeNew(trx, webinar, input.file);
    const report = await reportOf(trx, ctx, webinar, read.file);
    const { id: importId } = await trx
      .insertInto('attendance_imports')
      .values({
        organisation_id: webinar.organisationId,
        campaign_id: webinar.campaignId,
        webinar_id: webinar.id,
        file_name: options.fileName,
        file_hash: sha256(input.file),
        platform: report.platform,
        report: JSON.stringify(report),
        imported_by: actorLabel(ctx.actor),
        imported_at: ctx.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await storeLines(trx, ctx, { webinar, importId, stays: read.file.stays });
    const { table } = read.file;
    if (options.mapping && table)
      await rememberMapping(trx, webinar.organisationId, remembered(table.header), options.mapping, ctx.now());
    const { rows, read: kept, rejected, people } = report;
    await recordAudit(trx, ctx, {
      action: 'webinar.attendance',
      subject: `webinar:${webinar.id}`,
      detail: { importId, platform: report.platform, rows, read: kept, rejected, people },
    });
    return { importId, report, matched: await ownMatches(trx, ctx, webinar, read.file) };
  });
}

/** The file as the webinar's own organisation may read it, with nothing held. */
async function readAlone(
  trx: Trx,
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  { file, options }: Input,
): Promise<{ webinar: WebinarRow; read: Read }> {
  const { id: campaignId } = await getCampaign(trx, campaignSlug);
  await mustPlan(trx, campaignId);
  const webinar = await getWebinar(trx, campaignId, slug);
  mustOwnLine(ctx, webinar);
  mustHaveBegun(webinar, ctx.now());
  await mustBeNew(trx, webinar, file);
  const read = await readAttendance(file, webinar, options, (header) =>
    rememberedMapping<AttendanceMapping>(trx, ctx.actor.organisationId, remembered(header)),
  );
  return { webinar, read };
}

/** Before its hour there is nothing to read, and after the purge nobody. */
function mustHaveBegun(webinar: WebinarRow, now: Date): void {
  if (webinar.said === 'annule')
    throw conflict('webinaire_annule', `« ${webinar.title} » est annulé : personne n’y est venu.`);
  if (webinar.startsAt > now)
    throw conflict(
      'pas_encore',
      `« ${webinar.title} » commence ${longDateTime(webinar.startsAt)} : importez les présences après.`,
    );
  if (webinar.purgedAt)
    throw conflict('presences_effacees', 'La durée de conservation est passée : on ne note plus qui est venu.');
}

/** Apart from the contact files with the same titles. */
const remembered = (header: readonly string[]): string[] => ['presence', ...header];

async function mustBeNew(trx: Trx, webinar: WebinarRow, file: Buffer): Promise<void> {
  const before = await trx
    .selectFrom('attendance_imports')
    .select(['file_name', 'imported_at'])
    .where('webinar_id', '=', webinar.id)
    .where('file_hash', '=', sha256(file))
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
  if (before)
    throw invalid(
      'presences_deja_lues',
      `Ce fichier est déjà lu : « ${before.file_name} », ${shortDateTime(before.imported_at)}. Rien n’est compté deux fois.`,
    );
}

const toSayDates = (example: string) =>
  invalid(
    'dates_a_dire',
    `Les jours de ce fichier se lisent de deux façons (« ${example} ») : dites si le jour vient en premier (jour) ou le mois (mois).`,
    [{ field: 'dates', message: 'Choisissez comment les jours sont écrits.' }],
  );

const toSayColumns = (header: readonly string[]) =>
  invalid(
    'colonnes_a_dire',
    `Ce fichier ne vient d’aucune plateforme connue : dites quelle colonne est laquelle. Colonnes lues : ${header.filter(Boolean).join(', ') || 'aucune'}.`,
    [{ field: 'colonne-0', message: 'Dites au moins quelle colonne contient le nom ou l’adresse.' }],
  );
