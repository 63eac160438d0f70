import { Hono } from 'hono';
import { conflict } from '../base/errors.ts';
import { readCampaign } from '../campaigns/read-campaign.ts';
import { allow, may } from '../organisations/permissions.ts';
import { cancelByOrganisation } from '../webinars/cancel-registration.ts';
import { exportRegistrant, forgetRegistrant } from '../webinars/forget-registrant.ts';
import { readRegistrant, readRegistrants } from '../webinars/read-registrants.ts';
import { readWebinar } from '../webinars/read-webinars.ts';
import { resendConfirmation } from '../webinars/resend-confirmation.ts';
import { exportForSpeakers } from '../webinars/speaker-export.ts';
import { acting, cursorOf, ID, idOf } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { page, redirectWith } from './page.tsx';
import { CancelRegistrationPage, ForgetRegistrantPage, RegistrantPage } from './webinar-registrant-page.tsx';
import { RegistrantsPage } from './webinar-registrants.tsx';
import { webinarUrl } from './webinar-words.tsx';

/** Who registered with one's own organisation, whoever runs the webinar. Partners' registrants are not here. */
export function webinarPeoplePages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const all = '/campagnes/:campaign/webinaires/:webinaire';
  const one = `${all}/inscriptions/${ID}`;
  const named = (c: WebContext): [string, string] => [c.req.param('campaign') ?? '', c.req.param('webinaire') ?? ''];
  const at = (c: WebContext, part = '') => webinarUrl(...named(c), `/inscriptions${part}`);

  app.get(`${all}/inscriptions`, async (c) => {
    const ctx = acting(c);
    allow(ctx.actor, 'registration.read');
    const webinar = await readWebinar(ctx, ...named(c));
    const search = (c.req.query('recherche') ?? '').slice(0, 200);
    const after = cursorOf(c, 'apres');
    return page(
      c,
      { title: `Inscriptions, ${webinar.title}`, current: '/campagnes', wide: true },
      <RegistrantsPage
        campaign={await readCampaign(ctx, c.req.param('campaign'))}
        webinar={webinar}
        list={await readRegistrants(ctx, ...named(c), { search }, after)}
        search={search}
        first={after === null}
      />,
    );
  });

  app.get(one, async (c) => {
    const { actor } = acting(c);
    const shown = await registration(c);
    return page(
      c,
      { title: 'Une inscription', current: '/campagnes' },
      <RegistrantPage
        {...shown}
        mayWrite={may(actor, 'registration.write')}
        mayExport={may(actor, 'contacts.export')}
      />,
    );
  });

  app.post(`${one}/renvoi`, async (c) => {
    await resendConfirmation(acting(c), ...named(c), idOf(c));
    await deps.wake({ kind: 'outbox' });
    return redirectWith(c, at(c, `/${idOf(c)}`), { kind: 'ok', text: 'La confirmation repart.' });
  });

  app.get(`${one}/annulation`, async (c) => {
    allow(acting(c).actor, 'registration.write');
    const shown = await registration(c);
    if (shown.registrant.cancelledAt) throw conflict('inscription_close', 'Cette inscription est déjà annulée.');
    return page(c, { title: 'Annuler une inscription', current: '/campagnes' }, <CancelRegistrationPage {...shown} />);
  });
  app.post(`${one}/annulation`, async (c) => {
    await cancelByOrganisation(acting(c), ...named(c), idOf(c));
    await deps.wake({ kind: 'outbox' });
    return redirectWith(c, at(c), { kind: 'ok', text: 'L’inscription est annulée, et la personne avertie.' });
  });

  app.get(`${one}/oubli`, async (c) => {
    allow(acting(c).actor, 'registration.write');
    return page(
      c,
      { title: 'Oublier une personne', current: '/campagnes' },
      <ForgetRegistrantPage {...(await registration(c))} />,
    );
  });
  app.post(`${one}/oubli`, async (c) => {
    allow(acting(c).actor, 'registration.write');
    // Of this webinar, as the address says it.
    const { id } = await readRegistrant(acting(c), ...named(c), idOf(c));
    await forgetRegistrant(acting(c), id);
    return redirectWith(c, at(c), { kind: 'ok', text: 'Cette personne est oubliée. Les totaux n’en changent pas.' });
  });

  app.get(`${one}/donnees.json`, async (c) => {
    allow(acting(c).actor, 'contacts.export');
    return c.body(JSON.stringify(await exportRegistrant(acting(c), idOf(c)), null, 2), 200, {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="donnees-de-l-inscription-${idOf(c)}.json"`,
      'cache-control': 'private, no-store',
    });
  });

  app.get(`${all}/intervenants.csv`, async (c) => {
    const { fileName, text } = await exportForSpeakers(acting(c), ...named(c));
    return c.body(text, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'private, no-store',
    });
  });

  async function registration(c: WebContext) {
    const ctx = acting(c);
    return {
      registrant: await readRegistrant(ctx, ...named(c), idOf(c)),
      webinar: await readWebinar(ctx, ...named(c)),
      campaign: await readCampaign(ctx, c.req.param('campaign') ?? ''),
      csrf: c.get('session').csrf,
    };
  }
  return app;
}
