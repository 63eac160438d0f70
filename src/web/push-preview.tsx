import { Hono } from 'hono';
import { notFound, Refusal } from '../base/errors.ts';
import { LEVEL_NAMES, LEVELS, type Level } from '../base/words.ts';
import { type PushLine, readPushes } from '../deliveries/read-pushes.ts';
import { allow, may } from '../organisations/permissions.ts';
import { type Preview, previewChoices, previewPush, sendTest } from '../proofs/preview-push.ts';
import { type PushSheet, readPush } from '../pushes/read-push.ts';
import { acting } from './acting.ts';
import { capital } from './capital.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { mailPage } from './mail-page.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { PushHead } from './push-parts.tsx';
import { pushUrl } from './push-words.tsx';
import { Button, Csrf, Empty, Facts, Prose, Section } from './ui/components.tsx';
import { Field, FieldRow } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';
import { PlainText, Sheet } from './ui/flow.tsx';

const FORMS = { bureau: 'Grand écran', telephone: 'Téléphone', texte: 'Texte seul' } as const;
type Form = keyof typeof FORMS;
const isForm = (text: string): text is Form => Object.hasOwn(FORMS, text);

/** The message as each organisation's contacts of each level would read it now, before anything is stored. */
export function pushPreviewPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const base = '/campagnes/:campaign/envois/:push';
  const sheet = (c: WebContext) => readPush(acting(c), c.req.param('campaign') ?? '', c.req.param('push') ?? '');

  app.get(`${base}/apercu`, async (c) => {
    const ctx = acting(c);
    const push = await sheet(c);
    const [line] = await readPushes(ctx, { pushId: push.id });
    if (!line) throw notFound('Cet envoi');
    const choices = await previewChoices(ctx, push.id);
    const asked = c.req.query('organisation') ?? '';
    const own = choices.organisations.find((o) => o.id === ctx.actor.organisationId);
    const organisation = choices.organisations.find((o) => o.slug === asked) ?? own ?? choices.organisations[0];
    const level = choices.levels.find((l) => l === c.req.query('niveau')) ?? choices.levels[0];
    const form = c.req.query('forme') ?? '';
    return page(
      c,
      { title: `Aperçu, ${push.title}`, current: '/campagnes' },
      <PreviewPage
        csrf={c.get('session').csrf}
        organisation={ctx.actor.organisationId}
        address={ctx.actor.address}
        mayTest={may(ctx.actor, 'push.write')}
        push={push}
        line={line}
        choices={choices}
        form={isForm(form) ? form : 'bureau'}
        shown={
          organisation && level
            ? {
                organisation,
                level,
                preview: await previewOrRefusal(() => previewPush(ctx, push.id, organisation.slug, level)),
              }
            : null
        }
      />,
    );
  });

  app.get(`${base}/apercu.html`, async (c) => {
    const push = await sheet(c);
    const preview = await previewPush(
      acting(c),
      push.id,
      c.req.query('organisation') ?? '',
      levelOf(c.req.query('niveau')),
    );
    return mailPage(c, preview.html);
  });

  app.post(`${base}/essai`, async (c) => {
    const ctx = acting(c);
    allow(ctx.actor, 'push.write');
    const push = await sheet(c);
    const form = await formOf(c);
    const [organisation, level] = [form.text('organisation'), levelOf(form.text('niveau'))];
    await sendTest(ctx, push.id, organisation, level);
    await deps.wake({ kind: 'outbox' });
    return redirectWith(c, pushUrl(push, `/apercu?organisation=${encodeURIComponent(organisation)}&niveau=${level}`), {
      kind: 'ok',
      text: `Un essai part vers ${ctx.actor.address}${deps.demo ? ', dans le courrier de démonstration' : ''}.`,
    });
  });
  return app;
}

function levelOf(text: string | undefined): Level {
  const level = LEVELS.find((l) => l === text);
  if (!level) throw notFound('Ce niveau');
  return level;
}

/** What keeps the message from being made is said on the page, not instead of it. */
async function previewOrRefusal(read: () => Promise<Preview>): Promise<Preview | Refusal> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'invalid') return error;
    throw error;
  }
}

type Choices = Awaited<ReturnType<typeof previewChoices>>;
type PreviewProps = {
  csrf: string;
  organisation: number;
  address: string;
  mayTest: boolean;
  push: PushSheet;
  line: PushLine;
  choices: Choices;
  form: Form;
  shown: { organisation: Choices['organisations'][number]; level: Level; preview: Preview | Refusal } | null;
};

const PreviewPage = (p: PreviewProps) => {
  const { push, line, shown } = p;
  return (
    <>
      <PushHead push={push} line={line} organisation={p.organisation} current="apercu" />
      {shown ? (
        <>
          <Chooser {...p} />
          {shown.preview instanceof Refusal ? (
            <Section title="Ce message ne peut pas encore être composé">
              <Empty
                title={shown.preview.message}
                act={{ href: pushUrl(push, '/contenu'), label: 'Corriger le contenu' }}
              />
            </Section>
          ) : (
            <Message {...p} preview={shown.preview} />
          )}
        </>
      ) : (
        <Section title="Rien à montrer">
          <Empty
            title="Aucune organisation ne signe cet envoi."
            act={{ href: pushUrl(push), label: 'Choisir qui signe' }}
          />
        </Section>
      )}
    </>
  );
};

const Chooser = ({ push, choices, shown, form }: PreviewProps) => (
  <Section title="Qui lit, et sur quoi">
    <form method="get" action={pushUrl(push, '/apercu')}>
      <FieldRow>
        <Field
          name="organisation"
          label="Contact de"
          kind="select"
          bare
          value={shown?.organisation.slug}
          options={choices.organisations.map((o) => ({ value: o.slug, label: o.name }))}
        />
        <Field
          name="niveau"
          label="Niveau"
          kind="select"
          bare
          value={shown?.level}
          options={choices.levels.map((l) => ({ value: l, label: capital(LEVEL_NAMES[l]) }))}
        />
        <Field
          name="forme"
          label="Forme"
          kind="select"
          bare
          value={form}
          options={Object.entries(FORMS).map(([value, label]) => ({ value, label }))}
        />
        <Button>Afficher</Button>
      </FieldRow>
    </form>
  </Section>
);

const Message = ({ push, shown, form, preview, csrf, address, mayTest }: PreviewProps & { preview: Preview }) => {
  const { rendered } = preview;
  return (
    <>
      {rendered.warnings.length > 0 && (
        <Section title={rendered.warnings.length > 1 ? 'À vérifier' : 'Un point à vérifier'}>
          <Prose>
            <ul>
              {rendered.warnings.map((w) => (
                <li>{w}</li>
              ))}
            </ul>
          </Prose>
        </Section>
      )}
      <Section title="Le message">
        <Sheet
          from={preview.organisation}
          subject={rendered.subject}
          title={`Message de ${preview.organisation}, niveau ${LEVEL_NAMES[preview.level]}`}
          width={form === 'telephone' ? 'phone' : 'desktop'}
          src={
            form === 'texte'
              ? undefined
              : pushUrl(push, `/apercu.html?organisation=${shown?.organisation.slug}&niveau=${preview.level}`)
          }
        >
          <PlainText text={preview.text} />
        </Sheet>
        <Facts
          items={[
            ['Poids', `${number(Math.ceil(rendered.htmlBytes / 1000))} ko sur 100 au plus`],
            ['Liens', number(rendered.links.length)],
            ...rendered.attachments.map(({ name }) => ['Pièce jointe', `${name}, absente des essais`] as const),
          ]}
        />
        {mayTest && (
          <form method="post" action={pushUrl(push, '/essai')}>
            <Csrf token={csrf} />
            <input type="hidden" name="organisation" value={shown?.organisation.slug} />
            <input type="hidden" name="niveau" value={preview.level} />
            <Button>M’envoyer cet essai</Button>
            <p class="hint">Vers {address}, et personne d’autre.</p>
          </form>
        )}
      </Section>
    </>
  );
};
