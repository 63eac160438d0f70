import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { acrossOrganisations } from '../../../src/db/database.ts';
import { readSession } from '../../../src/organisations/sessions.ts';
import { requestCode, signInWithCode } from '../../../src/organisations/sign-in.ts';
import { applyBundle } from '../../../src/plan/apply.ts';
import type { Bundle } from '../../../src/plan/bundle.ts';
import { DEFAULT_CAPS } from '../../../src/pressure/schema.ts';
import { resourceSchema } from '../../../src/resources/schema.ts';
import { signedIn } from '../../../src/server.ts';
import { errorPage, missingPage } from '../../../src/web/errors.tsx';
import { securityHeaders } from '../../../src/web/gate.ts';
import { NOW, type Person, SECRETS, type TestDatabase } from '../../support/database.ts';

/** The signed-in pages as they are served, a clock that stays still, and what was asked of the workers. */
export function house({ db }: TestDatabase, now: () => Date = () => NOW) {
  const woken: unknown[] = [];
  const deps = {
    db,
    secrets: SECRETS,
    publicUrl: 'https://pv.example',
    now,
    demo: true,
    trustedProxies: 0,
    dataDir: join(tmpdir(), `porte-voix-pages-${process.pid}`),
    wake: async (work: unknown) => void woken.push(work),
  };
  const app = signedIn(deps);
  app.use(securityHeaders(deps));
  app.onError(errorPage);
  app.notFound(missingPage);
  return { app, woken, deps };
}

export type House = ReturnType<typeof house>;

/** A person's browser, signed in with the one-time code that was sent to them. */
export async function browser({ app, deps }: House, person: Person) {
  const visitor = { ...deps, network: 'test' };
  const { challenge } = await requestCode(visitor, person.address, { name: 'Porte-voix', address: 'code@pv.example' });
  const mail = await acrossOrganisations(deps.db, (trx) =>
    trx
      .selectFrom('outbox')
      .select('message')
      .where('to_address', '=', person.address)
      .where('kind', '=', 'sign-in-code')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow(),
  );
  const code = /\d{6}/.exec((mail.message as { subject: string }).subject)?.[0] ?? '';
  const { secret } = await signInWithCode(visitor, { challenge, code });
  const csrf = (await readSession(deps, secret))?.csrf ?? '';
  const headers = { cookie: `__Host-porte-voix=${secret}` };
  return {
    csrf,
    async get(path: string) {
      const response = await app.request(path, { headers });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    async post(path: string, fields: Record<string, string | string[]>, token = csrf) {
      const body = new URLSearchParams([
        ['csrf', token],
        ...Object.entries(fields).flatMap(([name, value]) => [value].flat().map((v): [string, string] => [name, v])),
      ]);
      const response = await app.request(path, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body,
      });
      return { status: response.status, location: response.headers.get('location') ?? '', text: await response.text() };
    },
    /** A form with files, as a browser sends it. */
    async upload(path: string, fields: Record<string, string | File>) {
      const body = new FormData();
      for (const [name, value] of Object.entries({ csrf, ...fields })) body.append(name, value);
      const response = await app.request(path, { method: 'POST', headers, body });
      return { status: response.status, location: response.headers.get('location') ?? '', text: await response.text() };
    },
  };
}

/** A joint campaign of `opco` and `btp`, with one letter to everybody and two contacts to write to. */
export async function jointCampaign({ cast, ctx, db }: TestDatabase): Promise<void> {
  await applyBundle(ctx(cast.alice), BUNDLE);
  for (const [organisation, name] of [
    [cast.organisations.opco, 'lea'],
    [cast.organisations.btp, 'marc'],
  ] as const)
    await db.kysely.transaction().execute(async (trx) => {
      await sql`select set_config('app.organisation_id', ${String(organisation)}, true)`.execute(trx);
      await sql`insert into contacts (organisation_id, address, address_hash, level, address_kind, source, created_at, updated_at)
        values (${organisation}, ${`${name}@client.example`}, ${Buffer.from(name)}, 'terrain', 'nominative_pro', 'test', ${NOW}, ${NOW})`.execute(
        trx,
      );
    });
}

const BUNDLE: Bundle = {
  more: {},
  campaign: {
    slug: 'commune',
    name: 'La campagne commune',
    tagline: 'Ensemble',
    summary: '',
    identity: { colour: '#12355b', accent: '#c2410c', hashtag: '', logo: null },
    startsOn: '2026-11-02',
    endsOn: '2027-03-31',
    nature: 'information_de_mission',
    legalBasis: 'Mission d’intérêt public',
    arrangement: 'Chacun garde ses contacts.',
    contactPoint: 'dpo@opco.example',
    linkMode: 'cellule',
    cellDimensions: ['level'],
    k: 20,
    caps: DEFAULT_CAPS,
    demo: false,
    partners: [
      { organisation: 'opco', role: 'pilote' },
      { organisation: 'btp', role: 'signataire' },
      { organisation: 'federation', role: 'relais' },
    ],
    targets: [{ measure: 'touches', level: null, value: 100, note: '' }],
  },
  audiences: [{ slug: 'tous', name: 'Tout le monde', rule: {}, placedLevel: 'terrain' }],
  resources: [
    resourceSchema.parse({
      slug: 'outil',
      title: 'L’outil GEPP',
      summary: 'En ligne.',
      kind: 'outil',
      url: 'https://exemple.fr/outil',
      uses: { entreprise: 'Prévoir ses emplois.' },
      formats: ['en_ligne'],
    }),
  ],
  images: [],
  keyMessages: [
    { slug: 'essentiel', topic: 'L’essentiel', wordings: { terrain: { paragraphe: 'Des outils simples pour vous.' } } },
  ],
  pushes: [
    {
      slug: 'lettre',
      title: 'La première lettre',
      channel: 'newsletter',
      phase: 'pendant',
      audience: 'tous',
      signatories: ['btp', 'opco'],
      scheduledAt: null,
      deadlineAt: null,
      recurrence: null,
      window: null,
      answerBy: null,
      silence: 'rien_ne_part',
      content: {
        subject: 'Trois outils pour vous',
        subjects: {},
        preheader: '',
        blocks: [
          { id: 'b1', type: 'title', text: 'Trois outils pour recruter' },
          { id: 'b2', type: 'text', markdown: 'Bonjour à tous, voici **trois outils**.' },
          { id: 'b3', type: 'resource', resource: 'outil' },
          { id: 'b4', type: 'key-message', keyMessage: 'essentiel', format: 'paragraphe' },
        ],
      },
    },
  ],
};
