import { Hono } from 'hono';
import { invalid } from '../base/errors.ts';
import { readPushes } from '../deliveries/read-pushes.ts';
import { type RowFilter, readRow, readRows } from '../deliveries/read-rows.ts';
import { resendUnknown } from '../deliveries/resend.ts';
import { STATES } from '../deliveries/schema.ts';
import { allow, may } from '../organisations/permissions.ts';
import { readPush } from '../pushes/read-push.ts';
import { acting, cursorOf } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { RowPage, RowsView } from './push-rows-pages.tsx';
import { plural, pushUrl } from './push-words.tsx';
import { PageHead, Section } from './ui/components.tsx';
import { Confirm } from './ui/flow.tsx';

const base = '/campagnes/:campaign/envois/:push';

/** Who received it: one's own people in a push, each with its story; and sending again to those whose fate is unknown. */
export function pushRowsPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get(`${base}/destinataires`, async (c) => {
    const { ctx, push, line } = await opened(c);
    const asked = c.req.query('etat') ?? '';
    const filter: RowFilter = asked === 'campagne' ? asked : (STATES.find((s) => s === asked) ?? null);
    const list = await readRows(ctx, push.id, { filter, after: cursorOf(c, 'apres') });
    return page(
      c,
      { title: `${push.title} : destinataires`, current: '/campagnes' },
      <RowsView
        push={push}
        line={line}
        list={list}
        filter={filter}
        organisation={ctx.actor.organisationId}
        maySend={may(ctx.actor, 'push.send')}
      />,
    );
  });

  // Before the page of one row: it would take the word for a number.
  app.get(`${base}/destinataires/renvoi`, async (c) => {
    const { ctx, push } = await opened(c);
    allow(ctx.actor, 'push.send');
    const ids = chosen(c.req.queries('ligne'));
    if (ids.length === 0)
      return redirectWith(c, pushUrl(push, '/destinataires?etat=unknown'), {
        kind: 'problem',
        text: 'Cochez d’abord les personnes à qui renvoyer le message.',
      });
    return page(
      c,
      { title: 'Renvoyer à ces personnes ?', current: '/campagnes' },
      <>
        <PageHead
          back={{ href: pushUrl(push, '/destinataires?etat=unknown'), label: 'Destinataires au sort inconnu' }}
          title="Renvoyer à ces personnes ?"
        />
        <Section title="Ce que cela veut dire">
          <Confirm
            action={pushUrl(push, '/destinataires/renvoi')}
            csrf={c.get('session').csrf}
            effects={[
              ['Partiront de nouveau', plural(ids.length, 'message', 'messages')],
              [
                'Le risque',
                'Le serveur a pu recevoir le premier message sans que sa réponse nous parvienne : certaines de ces personnes le recevront deux fois.',
              ],
              ['Retour possible', 'Non, une fois le message parti.'],
            ]}
            submit="Renvoyer"
            back={{ href: pushUrl(push, '/destinataires?etat=unknown'), label: 'Ne rien renvoyer' }}
            danger
          >
            <input type="hidden" name="lignes" value={ids.join(' ')} />
          </Confirm>
        </Section>
      </>,
    );
  });

  app.post(`${base}/destinataires/renvoi`, async (c) => {
    const { ctx, push } = await opened(c);
    allow(ctx.actor, 'push.send');
    const form = await formOf(c);
    const ids = chosen(form.text('lignes').split(' '));
    if (ids.length === 0) throw invalid('no_row', 'Aucune personne n’est choisie : cochez-les dans la liste.');
    const n = await resendUnknown(ctx, { pushId: push.id, ids });
    await deps.wake({ kind: 'drain', pushId: push.id });
    return redirectWith(c, pushUrl(push, '/destinataires'), {
      kind: 'ok',
      text:
        n === 0
          ? 'Rien à renvoyer : leur sort est connu entre-temps.'
          : `${plural(n, 'message repart', 'messages repartent')}.`,
    });
  });

  app.get(`${base}/destinataires/:row{[0-9]{1,15}}`, async (c) => {
    const { ctx, push } = await opened(c);
    const row = await readRow(ctx, push.id, Number(c.req.param('row')));
    return page(c, { title: row.address ?? 'Destinataire', current: '/campagnes' }, <RowPage push={push} row={row} />);
  });

  return app;
}

async function opened(c: WebContext) {
  const ctx = acting(c);
  allow(ctx.actor, 'contacts.read');
  const push = await readPush(ctx, c.req.param('campaign') ?? '', c.req.param('push') ?? '');
  const [line] = await readPushes(ctx, { pushId: push.id });
  return { ctx, push, line: line! };
}

const chosen = (values: string[] | undefined): number[] =>
  (values ?? []).map(Number).filter((n) => Number.isSafeInteger(n) && n > 0);
