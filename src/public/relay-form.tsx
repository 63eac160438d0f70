import type { Context } from 'hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type FieldError, Refusal } from '../base/errors.ts';
import type { Instance } from '../relay-kits/open-kit.ts';
import { type CampaignFace, campaignFace } from '../relay-kits/public-page.ts';
import { requestKit } from '../relay-kits/request-kit.ts';
import { RELAY_KIND_NAMES, RELAY_KINDS } from '../relays/schema.ts';
import { TERRITORIES } from '../relays/territory.ts';
import { Acts, Button, ButtonLink, Facts, PageHead, Prose, Section } from '../web/ui/components.tsx';
import { ErrorSummary, errorOf, Field } from '../web/ui/fields.tsx';
import { PublicLayout } from '../web/ui/layout.tsx';

export type RelayFormDeps = Instance & {
  demo: boolean;
  networkOf: (c: Context) => string;
};

const smallForm = bodyLimit({ maxSize: 16 * 1024, onError: (c) => c.text('Cette demande est trop longue.', 413) });

/** `GET|POST /relayer/:campagne`: « Obtenir notre kit ». Whoever asks, whatever is known of them, reads the same answer. */
export function relayFormPages(deps: RelayFormDeps) {
  const app = new Hono();

  app.get('/relayer/:campaign', async (c) => {
    const face = await campaignFace(deps, c.req.param('campaign'));
    if (!face?.kitsOpen) return c.notFound();
    if (c.req.query('demande') === 'faite') return c.html(<Asked face={face} demo={deps.demo} />);
    return c.html(<Ask face={face} demo={deps.demo} typed={{}} />);
  });

  app.post('/relayer/:campaign', smallForm, async (c) => {
    const slug = c.req.param('campaign');
    const body = await c.req.parseBody();
    const text = (name: string): string => {
      const value = body[name];
      return typeof value === 'string' ? value.replaceAll('\0', '') : '';
    };
    const typed = {
      name: text('name'),
      kind: text('kind'),
      territory: text('territory'),
      address: text('address'),
    };
    try {
      await requestKit({ ...deps, network: deps.networkOf(c) }, slug, typed);
      return c.redirect(`/relayer/${slug}?demande=faite`, 303);
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      const face = await campaignFace(deps, slug);
      if (!face) return c.notFound();
      return c.html(<Ask face={face} demo={deps.demo} typed={typed} errors={error.fields} />, 422);
    }
  });
  return app;
}

type Typed = Partial<Record<'name' | 'kind' | 'territory' | 'address', string>>;

const Ask = (p: { face: CampaignFace; demo: boolean; typed: Typed; errors?: readonly FieldError[] }) => (
  <PublicLayout title="Obtenir notre kit" campaign={p.face} demo={p.demo}>
    <PageHead
      title="Relayez sans donner votre fichier."
      lead="Textes à copier, visuels, affiche et liens à votre nom : demandez votre kit, il arrive par courriel."
    />
    <ErrorSummary errors={p.errors} />
    <form method="post" action={`/relayer/${p.face.slug}`}>
      <Field
        name="name"
        label="Votre organisme"
        hint="Tel qu’il paraîtra sur votre affiche."
        value={p.typed.name}
        error={errorOf(p.errors, 'name')}
        maxlength={160}
        autocomplete="organization"
        required
      />
      <Field
        kind="select"
        name="kind"
        label="Vous êtes"
        value={p.typed.kind}
        error={errorOf(p.errors, 'kind')}
        options={[
          { value: '', label: 'Choisissez' },
          ...RELAY_KINDS.map((value) => ({ value, label: RELAY_KIND_NAMES[value] })),
        ]}
        required
      />
      <Field
        kind="select"
        name="territory"
        label="Votre territoire"
        value={p.typed.territory}
        error={errorOf(p.errors, 'territory')}
        options={[{ value: '', label: 'Choisissez' }, ...TERRITORIES]}
        required
      />
      <Field
        kind="email"
        name="address"
        label="Votre adresse électronique"
        hint="Le lien de votre kit y est envoyé."
        value={p.typed.address}
        error={errorOf(p.errors, 'address')}
        maxlength={254}
        autocomplete="email"
        required
      />
      <Acts>
        <Button primary>Demander notre kit</Button>
      </Acts>
    </form>
    <Notice face={p.face} />
  </PublicLayout>
);

/** Told where the data are given, not elsewhere (GDPR art. 13). */
const Notice = ({ face: f }: { face: CampaignFace }) => (
  <Section title="Ce que deviennent ces informations">
    <Facts
      items={[
        ['Qui les reçoit', `${f.lead.name}, pilote de la campagne, et personne d’autre`],
        ['Pourquoi', 'vous envoyer votre kit, deux rappels au plus, et savoir par où la campagne est relayée'],
        [
          'Ce que voient les partenaires',
          'des totaux par type de relais et par territoire, jamais votre nom ni votre adresse',
        ],
        ['Vos droits', f.lead.privacyContact || `écrivez à ${f.lead.name}`],
      ]}
    />
    <p>
      <a href={`/confidentialite/${f.slug}`}>Tout sur les données personnelles de cette campagne</a>
    </p>
  </Section>
);

const Asked = ({ face: f, demo }: { face: CampaignFace; demo: boolean }) => (
  <PublicLayout title="Demande reçue" campaign={f} demo={demo}>
    <PageHead
      title="Merci. Guettez votre messagerie."
      lead={`${f.lead.name} lit les demandes une à une. Dès la réponse, le lien de votre kit arrive à l’adresse que vous avez donnée.`}
    />
    <Prose>
      <p>Vous aviez déjà un kit ? Son lien vous est renvoyé à la même adresse.</p>
    </Prose>
    <Acts>
      <ButtonLink href={`/c/${f.slug}`}>Revenir à la campagne</ButtonLink>
    </Acts>
  </PublicLayout>
);
