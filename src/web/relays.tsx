import { Hono } from 'hono';
import type { FieldError } from '../base/errors.ts';
import { Refusal } from '../base/errors.ts';
import { listOrganisations } from '../organisations/list-organisations.ts';
import { allow, may } from '../organisations/permissions.ts';
import { readDeclarationPicture, readRelay } from '../relay-kits/read-relay.ts';
import { filtersOf, readRelays } from '../relay-kits/read-relays.ts';
import { readRelayTotals } from '../relay-kits/read-totals.ts';
import { relaysCsv } from '../relay-kits/relays-csv.ts';
import { changeKit } from '../relays/change-kit.ts';
import { declineRelay, stopRelay } from '../relays/end-relay.ts';
import { saveRelay } from '../relays/save-relay.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { RelayFormPage, type TypedRelay, typedRelay } from './relays-form-page.tsx';
import { RelayPage, StopRelayPage } from './relays-one-page.tsx';
import { RelaysPage } from './relays-pages.tsx';
import { RelayTotalsPage } from './relays-totals-page.tsx';

const BASE = '/campagnes/:campaign/relais';
const ONE = `${BASE}/:relay{[0-9]{1,15}}`;

export const slugOf = (c: WebContext): string => c.req.param('campaign') ?? '';
export const relayIdOf = (c: WebContext): number => Number(c.req.param('relay'));
export const relaysUrl = (slug: string): string => `/campagnes/${slug}/relais`;

/** The relays of a campaign: by name for its lead, as totals for its partners. Writing to them is in relays-letters.tsx. */
export function relayPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get(BASE, async (c) => {
    const ctx = acting(c);
    const totals = await readRelayTotals(ctx, slugOf(c));
    const mayReport = may(ctx.actor, 'report.read');
    const { name } = totals.campaign;
    if (!totals.leads || !may(ctx.actor, 'relay.read'))
      return page(
        c,
        { title: `Relais, ${name}`, current: '/campagnes' },
        <RelayTotalsPage totals={totals} mayReport={mayReport} now={deps.now()} />,
      );
    const relays = await readRelays(
      ctx,
      slugOf(c),
      filtersOf((ask) => c.req.query(ask)),
    );
    return page(
      c,
      { title: `Relais, ${name}`, current: '/campagnes' },
      <RelaysPage
        relays={relays}
        under={Number(c.req.query('sous')) || null}
        after={c.req.query('apres')}
        csrf={c.get('session').csrf}
        mayWrite={may(ctx.actor, 'relay.write')}
        mayReport={mayReport}
      />,
    );
  });

  app.get(`${BASE}/liste.csv`, async (c) =>
    c.body(await relaysCsv(acting(c), slugOf(c)), 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="relais-${slugOf(c).replace(/[^a-z0-9-]/g, '')}.csv"`,
    }),
  );

  app.get(`${BASE}/nouveau`, (c) => form(c, null, {}));
  app.post(`${BASE}/nouveau`, (c) => save(c, null));

  app.get(ONE, async (c) => {
    const ctx = acting(c);
    const relay = await readRelay(ctx, slugOf(c), relayIdOf(c));
    return page(
      c,
      { title: `${relay.relay.name}, ${relay.campaign.name}`, current: '/campagnes' },
      <RelayPage
        p={relay}
        now={deps.now()}
        csrf={c.get('session').csrf}
        mayWrite={may(ctx.actor, 'relay.write')}
        mayReport={may(ctx.actor, 'report.read')}
      />,
    );
  });

  app.get(`${ONE}/modifier`, async (c) => {
    allow(acting(c).actor, 'relay.write');
    const { relay, parent, member } = await readRelay(acting(c), slugOf(c), relayIdOf(c));
    return form(c, relay.id, typedRelay(relay, parent?.id ?? null, member?.slug));
  });
  app.post(`${ONE}/modifier`, (c) => save(c, relayIdOf(c)));

  app.post(`${ONE}/refus`, async (c) => {
    const { name } = await declineRelay(acting(c), slugOf(c), relayIdOf(c));
    return redirectWith(c, relaysUrl(slugOf(c)), { kind: 'ok', text: `La demande de ${name} est écartée.` });
  });

  app.get(`${ONE}/arret`, async (c) => {
    allow(acting(c).actor, 'relay.write');
    const { relay, campaign } = await readRelay(acting(c), slugOf(c), relayIdOf(c));
    return page(
      c,
      { title: `Arrêter ${relay.name}`, current: '/campagnes' },
      <StopRelayPage relay={relay} slug={campaign.slug} csrf={c.get('session').csrf} />,
    );
  });
  app.post(`${ONE}/arret`, async (c) => {
    const { name } = await stopRelay(acting(c), slugOf(c), relayIdOf(c));
    return redirectWith(c, relaysUrl(slugOf(c)), { kind: 'ok', text: `${name} ne relaie plus.` });
  });

  for (const [path, what, text] of [
    ['renouvellement', 'renew', 'Le kit a une nouvelle adresse ; l’ancienne n’ouvre plus rien.'],
    ['fermeture', 'revoke', 'Le kit est fermé. Ses liens et ses affiches mènent toujours au bon endroit.'],
  ] as const)
    app.post(`${ONE}/kit/${path}`, async (c) => {
      await changeKit(acting(c), slugOf(c), relayIdOf(c), what);
      return redirectWith(c, `${relaysUrl(slugOf(c))}/${relayIdOf(c)}`, { kind: 'ok', text });
    });

  app.get(`${ONE}/publications/:declaration{[0-9]{1,15}}/image`, async (c) => {
    const id = Number(c.req.param('declaration'));
    const picture = await readDeclarationPicture(acting(c), slugOf(c), relayIdOf(c), id);
    if (!picture) return c.notFound();
    return c.body(new Uint8Array(picture.bytes), 200, {
      'Content-Type': picture.type,
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; sandbox",
    });
  });

  async function form(c: WebContext, id: number | null, typed: TypedRelay, errors?: FieldError[]) {
    const ctx = acting(c);
    allow(ctx.actor, 'relay.write');
    const { campaign, all } = await readRelays(ctx, slugOf(c), {});
    const title = id === null ? 'Ajouter un relais' : 'Modifier le relais';
    return page(
      c,
      { title: `${title}, ${campaign.name}`, current: '/campagnes', status: errors ? 422 : 200 },
      <RelayFormPage
        slug={campaign.slug}
        id={id}
        typed={typed}
        parents={all.filter((r) => r.id !== id && !r.stoppedAt)}
        organisations={(await listOrganisations(ctx)).filter((o) => o.id !== campaign.organisationId)}
        errors={errors}
        csrf={c.get('session').csrf}
      />,
    );
  }

  async function save(c: WebContext, id: number | null) {
    const read = await formOf(c);
    const typed: TypedRelay = Object.fromEntries(
      ['name', 'kind', 'territory', 'parent', 'contactName', 'address', 'member', 'note'].map((f) => [f, read.text(f)]),
    );
    try {
      const { parent, address, member, ...rest } = typed;
      const saved = await saveRelay(
        acting(c),
        slugOf(c),
        { ...rest, address: address || null, member: member || null },
        { ...(id === null ? {} : { id }), parentId: Number(parent) || null },
      );
      return redirectWith(c, `${relaysUrl(slugOf(c))}/${saved.id}`, {
        kind: 'ok',
        text: id === null ? 'Le relais est ajouté, et son kit est prêt.' : 'Le relais est enregistré.',
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return form(c, id, typed, error.fields);
    }
  }
  return app;
}
