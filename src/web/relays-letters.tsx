import { Hono } from 'hono';
import { Refusal } from '../base/errors.ts';
import { readCampaign } from '../campaigns/read-campaign.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { allow } from '../organisations/permissions.ts';
import { confirmRelay, inviteRelays, remindRelays, type Written } from '../relay-kits/invite.ts';
import { readRelays } from '../relay-kits/read-relays.ts';
import { REMINDERS } from '../relay-kits/to-write.ts';
import { importRelays } from '../relays/import-relays.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { plural } from './push-words.tsx';
import { ImportRelaysPage } from './relays-import-page.tsx';
import { InvitePage, RemindPage } from './relays-letters-pages.tsx';

const BASE = '/campagnes/:campaign/relais';
const ONE = `${BASE}/:relay{[0-9]{1,15}}`;
const slugOf = (c: WebContext): string => c.req.param('campaign') ?? '';
const relayIdOf = (c: WebContext): number => Number(c.req.param('relay'));
const back = (c: WebContext, one = false): string => `/campagnes/${slugOf(c)}/relais${one ? `/${relayIdOf(c)}` : ''}`;

/** A list of relays is small; its bytes travel once more, inside the page that says what it would do. */
const LARGEST_LIST = 2 * 1024 * 1024;

/** What is written to relays, and lists of them that come in. */
export function relayLetterPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get(`${BASE}/invitations`, async (c) => {
    const read = await toWrite(c);
    return page(
      c,
      { title: `Inviter les relais, ${read.campaign.name}`, current: '/campagnes' },
      <InvitePage relays={read} csrf={c.get('session').csrf} />,
    );
  });
  app.post(`${BASE}/invitations`, async (c) => said(c, await inviteRelays(acting(c), slugOf(c)), 'invité'));

  app.get(`${BASE}/relances`, async (c) => {
    const read = await toWrite(c);
    return page(
      c,
      { title: `Relancer les relais, ${read.campaign.name}`, current: '/campagnes' },
      <RemindPage relays={read} csrf={c.get('session').csrf} />,
    );
  });
  app.post(`${BASE}/relances`, async (c) => {
    const asked = (await formOf(c)).text('qui');
    const whom = REMINDERS.find((r) => r === asked) ?? 'tous';
    return said(c, await remindRelays(acting(c), slugOf(c), whom), 'relancé');
  });

  app.post(`${ONE}/confirmation`, async (c) => {
    const { name, sent } = await confirmRelay(acting(c), slugOf(c), relayIdOf(c));
    await deps.wake({ kind: 'outbox' });
    return redirectWith(c, back(c), {
      kind: sent > 0 ? 'ok' : 'problem',
      text:
        sent > 0
          ? `${name} est confirmé, son kit part par courriel.`
          : `${name} est confirmé, mais rien ne lui est écrit : son adresse refuse nos messages.`,
    });
  });
  app.post(`${ONE}/invitation`, async (c) =>
    said(c, await inviteRelays(acting(c), slugOf(c), relayIdOf(c)), 'invité', true),
  );
  app.post(`${ONE}/relance`, async (c) =>
    said(c, await remindRelays(acting(c), slugOf(c), relayIdOf(c)), 'relancé', true),
  );

  app.get(`${BASE}/import`, async (c) => {
    const campaign = await led(c);
    return page(
      c,
      { title: `Importer des relais, ${campaign.name}`, current: '/campagnes' },
      <ImportRelaysPage slug={campaign.slug} csrf={c.get('session').csrf} />,
    );
  });
  app.post(`${BASE}/import`, async (c) => {
    const ctx = acting(c);
    const { slug } = await led(c);
    const form = await formOf(c);
    const kept = form.text('liste');
    const file = form.file('fichier');
    try {
      if (!file && !kept) throw refuse('Choisissez un fichier.');
      const bytes = file ? Buffer.from(await file.arrayBuffer()) : Buffer.from(kept, 'base64');
      if (bytes.length > LARGEST_LIST) throw refuse('Ce fichier dépasse 2 Mo : gardez une feuille, sans image.');
      if (kept && !file) {
        const done = await importRelays(ctx, slug, { file: bytes });
        return redirectWith(c, back(c), {
          kind: 'ok',
          text: `${plural(done.created, 'relais ajouté', 'relais ajoutés')}, ${plural(done.updated, 'mis à jour', 'mis à jour')}. Rien ne leur est encore écrit.`,
        });
      }
      const report = await importRelays(ctx, slug, { file: bytes, dryRun: true });
      return page(
        c,
        { title: 'Vérifier la liste', current: '/campagnes' },
        <ImportRelaysPage
          slug={slug}
          csrf={c.get('session').csrf}
          report={{ ...report, fileName: file?.name ?? '', bytes: bytes.toString('base64') }}
        />,
      );
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return page(
        c,
        { title: 'Importer des relais', current: '/campagnes', status: 422 },
        <ImportRelaysPage slug={slug} csrf={c.get('session').csrf} refused={error.message} />,
      );
    }
  });

  /** Who might be written to; whoever may not write learns so before reading the list. */
  async function toWrite(c: WebContext) {
    const ctx = acting(c);
    allow(ctx.actor, 'relay.write');
    return readRelays(ctx, slugOf(c), {});
  }

  /** Whoever may not bring a list in learns so before anything is said of the list. */
  async function led(c: WebContext) {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, slugOf(c));
    mustLead(ctx, campaign);
    allow(ctx.actor, 'relay.write');
    return campaign;
  }

  /** How many were written to, and that some were not; never which ones nor why (no oracle). */
  async function said(c: WebContext, { sent, apart }: Written, done: 'invité' | 'relancé', one = false) {
    if (sent > 0) await deps.wake({ kind: 'outbox' });
    const kept =
      apart === 0
        ? ''
        : `${plural(apart, 'relais n’est pas écrit', 'relais ne sont pas écrits')} pour l’instant : trop sollicité récemment, ou il ne veut plus de messages.`;
    const told = sent === 0 ? '' : `${plural(sent, `relais est ${done}`, `relais sont ${done}s`)}.`;
    return redirectWith(c, back(c, one), {
      kind: sent > 0 ? 'ok' : 'problem',
      text: [told, kept].filter(Boolean).join(' ') || 'Il n’y avait personne à qui écrire.',
    });
  }
  return app;
}

const refuse = (message: string) => new Refusal('invalid', 'liste_relais', message, [{ field: 'fichier', message }]);
