import { Hono } from 'hono';
import { decideAttendance, markSeen } from '../attendance/decide-attendance.ts';
import { MAX_ATTENDANCE_BYTES } from '../attendance/formats.ts';
import { type AttendanceOptions, analyseAttendance, importAttendance } from '../attendance/import-attendance.ts';
import { readAttendanceImport, readAttendancePage } from '../attendance/read-attendance.ts';
import { ATTENDANCE_FIELDS, type AttendanceMapping, DATE_ORDERS } from '../attendance/schema.ts';
import { withdrawAttendance } from '../attendance/withdraw-attendance.ts';
import { invalid, Refusal } from '../base/errors.ts';
import { oneLine } from '../base/visible.ts';
import { mustOwnLine } from '../campaigns/plan-partner.ts';
import { allow } from '../organisations/permissions.ts';
import { readWebinar } from '../webinars/read-webinars.ts';
import { acting, ID, idIn, idOf } from './acting.ts';
import { carried, carry } from './carried-file.ts';
import type { WebContext, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { plural } from './push-words.tsx';
import { AttendanceFilePage } from './webinar-presence-file.tsx';
import { AttendancePreview, type Carried } from './webinar-presence-import.tsx';
import { PresencePage } from './webinar-presence-page.tsx';
import { webinarUrl } from './webinar-words.tsx';

const ALL = '/campagnes/:campaign/webinaires/:webinaire/presence';
const campaignOf = (c: WebContext): string => c.req.param('campaign') ?? '';
const webinarOf = (c: WebContext): string => c.req.param('webinaire') ?? '';
const at = (c: WebContext, part = ''): string => webinarUrl(campaignOf(c), webinarOf(c), `/presence${part}`);

/** Who came: files of the platform read, shown and then imported; doubtful ones decided; people seen in the room. */
export function presencePages() {
  const app = new Hono<WebEnv>();

  app.get(ALL, (c) => show(c));

  app.post(`${ALL}/lecture`, async (c) => {
    await mustRun(c);
    try {
      return await preview(c, await sent(c));
    } catch (error) {
      return again(c, error);
    }
  });

  app.post(`${ALL}/import`, async (c) => {
    await mustRun(c);
    try {
      const { bytes, options } = await sent(c);
      const done = await importAttendance(acting(c), campaignOf(c), webinarOf(c), { file: bytes, options });
      const { people, rejected } = done.report;
      const refused = rejected > 0 ? ` ${plural(rejected, 'ligne refusée', 'lignes refusées')}.` : '';
      const ask =
        done.matched.doubtful > 0
          ? ` ${plural(done.matched.doubtful, 'personne est', 'personnes sont')} à vérifier.`
          : '';
      return redirectWith(c, at(c), {
        kind: 'ok',
        text: `${plural(people, 'personne est notée', 'personnes sont notées')}, dont ${plural(done.matched.sure, 'inscrite chez vous', 'inscrites chez vous')}.${ask}${refused}`,
      });
    } catch (error) {
      return again(c, error);
    }
  });

  app.get(`${ALL}/releves/${ID}`, async (c) => {
    const read = await readAttendanceImport(acting(c), campaignOf(c), webinarOf(c), idOf(c));
    return page(
      c,
      { title: read.file.fileName, current: '/campagnes' },
      <AttendanceFilePage {...read} csrf={c.get('session').csrf} />,
    );
  });
  app.post(`${ALL}/releves/${ID}/retrait`, async (c) => {
    const { fileName } = await withdrawAttendance(acting(c), campaignOf(c), webinarOf(c), idOf(c));
    return redirectWith(c, at(c), { kind: 'ok', text: `« ${fileName} » est retiré, et rien de lui ne compte plus.` });
  });

  app.post(`${ALL}/decision`, async (c) => {
    const form = await formOf(c);
    const came = form.text('venu') === 'oui';
    await decideAttendance(acting(c), campaignOf(c), webinarOf(c), {
      registrationId: idIn(form.text('inscription')),
      person: form.text('personne'),
      came,
    });
    return redirectWith(c, at(c), {
      kind: 'ok',
      text: came ? 'Cette personne est notée comme venue.' : 'C’est noté : ce n’est pas cette personne.',
    });
  });

  app.post(`${ALL}/salle`, async (c) => {
    allow(acting(c).actor, 'registration.write');
    await readWebinar(acting(c), campaignOf(c), webinarOf(c));
    const form = await formOf(c);
    const seen = form.text('vu') !== 'non';
    const registrationIds = form.all('inscription').map(idIn);
    if (registrationIds.length === 0)
      return redirectWith(c, at(c), { kind: 'problem', text: 'Cochez d’abord les personnes que vous avez vues.' });
    const { changed } = await markSeen(acting(c), campaignOf(c), webinarOf(c), { registrationIds, seen });
    return redirectWith(c, at(c), {
      kind: 'ok',
      text: seen
        ? `${plural(changed, 'personne est notée', 'personnes sont notées')} comme venue${changed < 2 ? '' : 's'}.`
        : 'Cette personne n’est plus notée comme venue.',
    });
  });

  return app;
}

/** Whoever may not import learns so before anything is said of a file. */
async function mustRun(c: WebContext): Promise<void> {
  const ctx = acting(c);
  const webinar = await readWebinar(ctx, campaignOf(c), webinarOf(c));
  mustOwnLine(ctx, webinar);
  allow(ctx.actor, 'webinar.write');
}

const show = async (c: WebContext, refused?: string) => {
  const read = await readAttendancePage(acting(c), campaignOf(c), webinarOf(c));
  return page(
    c,
    { title: `Présences, ${read.webinar.title}`, current: '/campagnes', status: refused ? 422 : 200 },
    <PresencePage
      read={read}
      refused={refused}
      from={(list) => Number(c.req.query(list)) || 0}
      csrf={c.get('session').csrf}
    />,
  );
};

/** A form that was refused shows itself again; what is no form's fault goes on. */
async function again(c: WebContext, error: unknown) {
  if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
  return show(c, error.message);
}

type Sent = { bytes: Buffer; options: AttendanceOptions };

/** The file, just chosen or carried by the page, with what was said of it. */
async function sent(c: WebContext): Promise<Sent> {
  const form = await formOf(c);
  const file = form.file('fichier');
  const kept = form.text('contenu');
  if (!file && !kept) throw refused('Choisissez le fichier de la plateforme.');
  if (file && file.size > MAX_ATTENDANCE_BYTES)
    throw refused('Ce fichier dépasse 5 Mo : ce n’est sans doute pas une liste de participants.');
  const bytes = file ? Buffer.from(await file.arrayBuffer()) : carried(kept, MAX_ATTENDANCE_BYTES);
  if (!bytes) throw refused('Le fichier s’est perdu en route : choisissez-le de nouveau.');
  const dates = DATE_ORDERS.find((order) => order === form.text('dates'));
  const mapping = mappingOf(form.all('titre'), form.all('colonne'));
  const fileName = oneLine(file?.name ?? form.text('nom'), 255) || 'sans nom';
  return { bytes, options: { fileName, ...(dates ? { dates } : {}), ...(mapping ? { mapping } : {}) } };
}

const refused = (message: string) => invalid('fichier', message, [{ field: 'fichier', message }]);

/** Titles and what each was chosen to be, in their order; of two columns for one thing, the first. */
function mappingOf(titles: readonly string[], chosen: readonly string[]): AttendanceMapping | null {
  if (titles.length === 0) return null;
  const mapping: AttendanceMapping = {};
  titles.forEach((title, i) => {
    const field = ATTENDANCE_FIELDS.find((f) => f === chosen[i]);
    if (field && mapping[field] === undefined) mapping[field] = title.slice(0, 200);
  });
  return mapping;
}

async function preview(c: WebContext, { bytes, options }: Sent, refusal?: Refusal): Promise<Response> {
  try {
    const analysis = await analyseAttendance(acting(c), campaignOf(c), webinarOf(c), { file: bytes, options });
    const file: Carried = { ...options, bytes: carry(bytes) };
    return page(
      c,
      { title: `Vérifier ${options.fileName}`, current: '/campagnes', status: refusal ? 422 : 200 },
      <AttendancePreview
        back={at(c)}
        file={file}
        analysis={analysis}
        refused={refusal?.message}
        csrf={c.get('session').csrf}
      />,
    );
  } catch (error) {
    // Columns that were chosen wrongly are chosen again, on the same page.
    if (!(error instanceof Refusal) || !error.code.startsWith('column_') || refusal) throw error;
    const { mapping: _, ...rest } = options;
    return preview(c, { bytes, options: rest }, error);
  }
}
