import { Hono } from 'hono';
import { csvFile } from '../base/csv.ts';
import { type FieldError, Refusal } from '../base/errors.ts';
import { streamBody } from '../base/stream-body.ts';
import { LEVELS, PUBLICS } from '../base/words.ts';
import { eraseContact } from '../contacts/erase-contact.ts';
import { exportContacts } from '../contacts/export-contacts.ts';
import { exportPerson } from '../contacts/export-person.ts';
import { REGIONS } from '../contacts/geography.ts';
import type { ContactFilter } from '../contacts/queries.ts';
import { readContactPage, readContactsPage } from '../contacts/read-contacts-page.ts';
import { refuseMeasure } from '../contacts/refuse-measure.ts';
import { suppressAddress } from '../contacts/suppress.ts';
import { allow, may } from '../organisations/permissions.ts';
import { acting, cursorOf, ID, idOf } from './acting.ts';
import { ErasurePage, MeasurePage, OppositionPage } from './contact-acts.tsx';
import { ContactView } from './contact-page.tsx';
import { ContactsView } from './contacts-pages.tsx';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { personRows } from './person-file.ts';

/** The organisation's own list, one person of it, and what that person may ask for. */
export function contactPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get('/contacts', async (c) => {
    const ctx = acting(c);
    const filter = filterOf(c);
    const after = cursorOf(c, 'apres');
    const { counts, list } = await readContactsPage(ctx, filter, after);
    const mine = c.get('session').organisation.name;
    return page(
      c,
      { title: 'Contacts', current: '/contacts' },
      <ContactsView
        counts={counts}
        list={list}
        filter={filter}
        first={after === null}
        organisation={mine}
        today={deps.now()}
        mayExport={may(ctx.actor, 'contacts.export')}
        mayCompose={may(ctx.actor, 'audience.write')}
      />,
    );
  });

  for (const format of ['csv', 'xlsx'] as const)
    app.get(`/contacts/export.${format}`, async (c) => {
      const file = await exportContacts(acting(c), { format });
      return c.body(streamBody(file.body), 200, download(file.type, file.fileName));
    });

  app.get(`/contacts/${ID}`, async (c) => {
    const ctx = acting(c);
    const found = await readContactPage(ctx, idOf(c));
    return page(
      c,
      { title: 'Un contact', current: '/contacts' },
      <ContactView
        {...found}
        mayWrite={may(ctx.actor, 'contacts.write')}
        mayExport={may(ctx.actor, 'contacts.export')}
      />,
    );
  });

  app.get(`/contacts/${ID}/donnees.json`, async (c) =>
    c.body(
      JSON.stringify(await exportPerson(acting(c), idOf(c)), null, 2),
      200,
      download('application/json; charset=utf-8', `donnees-du-contact-${idOf(c)}.json`),
    ),
  );

  app.get(`/contacts/${ID}/donnees.csv`, async (c) =>
    c.body(
      csvFile(personRows(await exportPerson(acting(c), idOf(c)))),
      200,
      download('text/csv; charset=utf-8', `donnees-du-contact-${idOf(c)}.csv`),
    ),
  );

  app.get(`/contacts/${ID}/effacement`, async (c) => {
    allow(acting(c).actor, 'contacts.write');
    const { contact } = await readContactPage(acting(c), idOf(c));
    return page(
      c,
      { title: 'Effacer un contact', current: '/contacts' },
      <ErasurePage contact={contact} csrf={c.get('session').csrf} />,
    );
  });

  app.post(`/contacts/${ID}/effacement`, async (c) => {
    await eraseContact(acting(c), idOf(c));
    return redirectWith(c, '/contacts', {
      kind: 'ok',
      text: 'Le contact est effacé. Un import ne le fera pas revenir dans vos envois.',
    });
  });

  app.get(`/contacts/${ID}/mesure`, (c) => showMeasure(c, ''));

  app.post(`/contacts/${ID}/mesure`, async (c) => {
    const source = (await formOf(c)).text('source').trim();
    if (source === '' || source.length > 200) return showMeasure(c, source, [NO_SOURCE]);
    await refuseMeasure(acting(c), { contactId: idOf(c), source });
    return redirectWith(c, `/contacts/${idOf(c)}`, {
      kind: 'ok',
      text: 'Le refus est enregistré : rien n’est plus compté au nom de cette personne.',
    });
  });

  app.get(`/contacts/${ID}/opposition`, (c) => showOpposition(c, { source: '', scope: 'organisation' }));

  app.post(`/contacts/${ID}/opposition`, async (c) => {
    const form = await formOf(c);
    const typed = { source: form.text('source').trim(), scope: form.text('scope') };
    const scope = SCOPES.find((s) => s === typed.scope);
    const errors: FieldError[] = [];
    if (typed.source === '' || typed.source.length > 200) errors.push(NO_SOURCE);
    if (!scope) errors.push({ field: 'scope', message: 'Dites qui ne doit plus écrire à cette personne.' });
    if (errors.length > 0) return showOpposition(c, typed, errors);
    const ctx = acting(c);
    const { contact } = await readContactPage(ctx, idOf(c));
    try {
      await suppressAddress(ctx, { address: contact.address, scope, source: typed.source });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return showOpposition(c, typed, [{ field: 'source', message: error.message }]);
    }
    return redirectWith(c, `/contacts/${contact.id}`, {
      kind: 'ok',
      text: 'L’opposition est enregistrée : cette personne ne recevra plus de message.',
    });
  });

  return app;
}

const download = (type: string, name: string) => ({
  'content-type': type,
  'content-disposition': `attachment; filename="${name}"`,
});

const NO_SOURCE: FieldError = {
  field: 'source',
  message: 'Dites comment la demande est arrivée (200 caractères au plus).',
};

async function showMeasure(c: WebContext, source: string, errors?: FieldError[]) {
  allow(acting(c).actor, 'contacts.write');
  const { contact } = await readContactPage(acting(c), idOf(c));
  return page(
    c,
    { title: 'Ne plus compter les clics', current: '/contacts', status: errors ? 422 : 200 },
    <MeasurePage contact={contact} source={source} errors={errors} csrf={c.get('session').csrf} />,
  );
}

const SCOPES = ['organisation', 'instance'] as const;

async function showOpposition(c: WebContext, typed: { source: string; scope: string }, errors?: FieldError[]) {
  allow(acting(c).actor, 'contacts.write');
  const { contact } = await readContactPage(acting(c), idOf(c));
  return page(
    c,
    { title: 'Enregistrer une opposition', current: '/contacts', status: errors ? 422 : 200 },
    <OppositionPage
      contact={contact}
      {...typed}
      errors={errors}
      csrf={c.get('session').csrf}
      organisation={c.get('session').organisation.name}
    />,
  );
}

/** A value that is not one of ours filters nothing: addresses get shared and cut. */
const filterOf = (c: WebContext): ContactFilter => ({
  search: (c.req.query('recherche') ?? '').slice(0, 200),
  level: LEVELS.find((level) => level === c.req.query('niveau')),
  public: PUBLICS.find((p) => p === c.req.query('public')),
  region: REGIONS.find((region) => region === c.req.query('region')),
});
