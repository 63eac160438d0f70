import { Hono } from 'hono';
import { conflict, type FieldError, invalid, notFound, Refusal } from '../base/errors.ts';
import { LEVELS, type Level } from '../base/words.ts';
import { readPushes } from '../deliveries/read-pushes.ts';
import { readKeyMessages } from '../key-messages/read-key-messages.ts';
import { may } from '../organisations/permissions.ts';
import { previewChoices } from '../proofs/preview-push.ts';
import { readRemarks } from '../proofs/read-remarks.ts';
import { editPush } from '../pushes/edit-push.ts';
import { type PushSheet, pushInputOf } from '../pushes/read-push.ts';
import { readCampaignSurveys } from '../pushes/read-surveys.ts';
import type { Newsletter } from '../pushes/schema.ts';
import { readResources } from '../resources/read-resources.ts';
import { readWebinars } from '../webinars/read-webinars.ts';
import { acting } from './acting.ts';
import { BLOCK_NAMES, type BlockType, blockTypesOf, blockValues, isBlockType, readBlock } from './block-form.ts';
import { blockImage } from './block-image.ts';
import { insertAfter, move, remove, replace } from './block-list.ts';
import type { WebContext, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { BlockChoicePage } from './push-block-choice.tsx';
import { BlockPage, ContentPage, RemovePage } from './push-content-pages.tsx';
import { PRESS_FIELDS, type PressValues, pressOf, pressTyped } from './push-press.tsx';
import { pushWebinarPages } from './push-webinar.tsx';
import { pushUrl } from './push-words.tsx';
import { sheet, writable } from './push-writable.ts';

/** What a push says: its subject and its blocks, each edited on its own; every change is one save of the whole. */
export function pushContentPages() {
  const app = new Hono<WebEnv>();
  const base = '/campagnes/:campaign/envois/:push/contenu';

  app.route('/', pushWebinarPages());

  app.get(base, (c) => content(c));

  app.post(`${base}/objet`, async (c) => {
    const form = await formOf(c);
    const push = await writable(c);
    const subjects = Object.fromEntries(
      LEVELS.flatMap((l) => (form.text(`objet-${l}`).trim() ? [[l, form.text(`objet-${l}`)]] : [])),
    );
    const head = { subject: form.text('objet'), subjects, preheader: form.text('accroche') };
    try {
      await save(c, push, Number(form.text('version')), { ...push.content, ...head });
      return redirectWith(c, pushUrl(push, '/contenu'), { kind: 'ok', text: 'L’objet est enregistré.' });
    } catch (error) {
      return content(c, { head, errors: refusedFields(error, HEAD_FIELDS) });
    }
  });

  app.post(`${base}/communique`, async (c) => {
    const form = await formOf(c);
    const push = await writable(c);
    const values = pressTyped(form);
    const { press, errors } = pressOf(values);
    if (!push.content.press) throw notFound('Ce communiqué');
    if (errors.length) return content(c, { head: push.content, press: values, errors });
    try {
      await save(c, push, Number(form.text('version')), { ...push.content, press });
      return redirectWith(c, pushUrl(push, '/contenu'), { kind: 'ok', text: 'Le communiqué est enregistré.' });
    } catch (error) {
      return content(c, { head: push.content, press: values, errors: refusedFields(error, PRESS_FIELDS) });
    }
  });

  app.get(`${base}/blocs/nouveau`, async (c) => {
    const push = await writable(c);
    const [type, after] = [c.req.query('type'), c.req.query('apres') ?? ''];
    if (type === undefined)
      return page(
        c,
        { title: 'Ajouter un bloc', current: '/campagnes' },
        <BlockChoicePage push={push} after={after} />,
      );
    if (!isBlockType(type) || !blockTypesOf(push.channel).includes(type)) throw notFound('Ce type de bloc');
    return blockPage(c, push, { type, id: null, after, values: {} });
  });

  app.post(`${base}/blocs/nouveau`, async (c) => {
    const push = await writable(c);
    const form = await formOf(c);
    const type = form.text('type');
    if (!isBlockType(type)) throw notFound('Ce type de bloc');
    const { block, values, refused } = await writtenBlock(c, push, form, { type, id: freeId(push.content) });
    if (refused) return blockPage(c, push, { type, id: null, after: form.text('apres'), values, errors: refused });
    const { blocks, index } = insertAfter(push.content.blocks, form.text('apres'), block);
    try {
      await save(c, push, Number(form.text('version')), { ...push.content, blocks });
      return redirectWith(c, pushUrl(push, `/contenu#${freeId(push.content)}`), {
        kind: 'ok',
        text: `Le bloc « ${BLOCK_NAMES[type]} » est ajouté.`,
      });
    } catch (error) {
      return blockPage(c, push, {
        type,
        id: null,
        after: form.text('apres'),
        values,
        errors: blockErrors(error, index),
      });
    }
  });

  app.get(`${base}/blocs/:block`, async (c) => {
    const push = await writable(c);
    const block = blockOf(push, c.req.param('block'));
    return blockPage(c, push, { type: block.type, id: block.id, after: '', values: blockValues(block) });
  });

  app.post(`${base}/blocs/:block`, async (c) => {
    const push = await writable(c);
    const form = await formOf(c);
    const { id, type } = blockOf(push, c.req.param('block'));
    const { block, values, refused } = await writtenBlock(c, push, form, { type, id });
    if (refused) return blockPage(c, push, { type, id, after: '', values, errors: refused });
    const { blocks, index } = replace(push.content.blocks, id, block);
    try {
      await save(c, push, Number(form.text('version')), { ...push.content, blocks });
      return redirectWith(c, pushUrl(push, `/contenu#${id}`), {
        kind: 'ok',
        text: `Le bloc « ${BLOCK_NAMES[type]} » est enregistré.`,
      });
    } catch (error) {
      return blockPage(c, push, { type, id, after: '', values, errors: blockErrors(error, index) });
    }
  });

  app.post(`${base}/blocs/:block/place`, async (c) => {
    const push = await writable(c);
    const form = await formOf(c);
    const { id } = blockOf(push, c.req.param('block'));
    const blocks = move(push.content.blocks, id, form.text('sens') === 'haut' ? -1 : 1);
    await save(c, push, Number(form.text('version')), { ...push.content, blocks });
    return redirectWith(c, pushUrl(push, `/contenu#${id}`));
  });

  app.get(`${base}/blocs/:block/retrait`, async (c) => {
    const push = await writable(c);
    const block = blockOf(push, c.req.param('block'));
    return page(
      c,
      { title: 'Retirer un bloc', current: '/campagnes' },
      <RemovePage push={push} block={block} csrf={c.get('session').csrf} {...(await inventoryOf(c, push))} />,
    );
  });

  app.post(`${base}/blocs/:block/retrait`, async (c) => {
    const push = await writable(c);
    const form = await formOf(c);
    const { id, type } = blockOf(push, c.req.param('block'));
    if (push.content.blocks.length === 1 && push.channel === 'newsletter')
      throw conflict(
        'dernier_bloc',
        'Un message garde au moins un bloc. Ajoutez-en un autre avant de retirer celui-ci.',
      );
    await save(c, push, Number(form.text('version')), { ...push.content, blocks: remove(push.content.blocks, id) });
    return redirectWith(c, pushUrl(push, '/contenu'), {
      kind: 'ok',
      text: `Le bloc « ${BLOCK_NAMES[type]} » est retiré.`,
    });
  });
  return app;
}

const inventoryOf = async (c: WebContext, push: PushSheet) => ({
  resources: await readResources(acting(c), push.campaignId),
  messages: await readKeyMessages(acting(c), push.campaignId),
  surveys: (await readCampaignSurveys(acting(c), push.campaignSlug)).surveys,
});

/** What the form says, its image kept; `refused` when that image cannot be. */
async function writtenBlock(
  c: WebContext,
  push: PushSheet,
  form: Awaited<ReturnType<typeof formOf>>,
  { type, id }: { type: BlockType; id: string },
) {
  const image = type === 'image' ? await blockImage(c, push.campaignSlug, form) : { src: '', errors: [] };
  return { ...readBlock(form, type, id, image.src), refused: image.errors.length ? image.errors : null };
}

const save = (c: WebContext, push: PushSheet, seen: number, content: { blocks: readonly unknown[]; press?: unknown }) =>
  editPush(acting(c), { campaign: push.campaignSlug, seen }, { ...pushInputOf(push), content });

function blockOf(push: PushSheet, id: string) {
  const block = push.content.blocks.find((b) => b.id === id);
  if (!block) throw notFound('Ce bloc');
  return block;
}

/** `b7`: after the highest number in use, so that a removed block's name is not given to another one at once. */
const freeId = ({ blocks }: Newsletter): string =>
  `b${Math.max(0, ...blocks.map((b) => Number(/^b(\d+)$/.exec(b.id)?.[1] ?? 0))) + 1}`;

const HEAD_FIELDS: Record<string, string> = {
  'content.subject': 'objet',
  'content.preheader': 'accroche',
  ...Object.fromEntries(LEVELS.map((l) => [`content.subjects.${l}`, `objet-${l}`])),
};

function refusedFields(error: unknown, names: Record<string, string>): FieldError[] {
  if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
  return error.fields.map((f) => ({ ...f, field: names[f.field] ?? f.field }));
}

/** The block's own fields by their names in the form; a mistake elsewhere in the message is said whole. */
function blockErrors(error: unknown, index: number): FieldError[] {
  if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
  const prefix = `content.blocks.${index}.`;
  const elsewhere = error.fields.find((f) => !f.field.startsWith(prefix));
  if (elsewhere) throw invalid(error.code, `Une autre partie de l’envoi est à corriger d’abord : ${elsewhere.message}`);
  return error.fields.map((f) => {
    const field = f.field.slice(prefix.length).split('.')[0] ?? '';
    return { ...f, field: field === 'src' ? 'fichier' : field };
  });
}

type Edited = {
  type: BlockType;
  id: string | null;
  after: string;
  values: Record<string, string | string[]>;
  errors?: FieldError[];
};

async function blockPage(c: WebContext, push: PushSheet, edited: Edited) {
  return page(
    c,
    {
      title: `${edited.id ? 'Modifier' : 'Ajouter'} un bloc`,
      current: '/campagnes',
      status: edited.errors ? 422 : 200,
    },
    <BlockPage
      {...edited}
      csrf={c.get('session').csrf}
      push={push}
      remarks={(await readRemarks(acting(c), push.id)).filter((r) => r.block === edited.id)}
      {...(await inventoryOf(c, push))}
    />,
  );
}

type Refused = {
  head: { subject: string; subjects: Partial<Record<Level, string>>; preheader: string };
  press?: PressValues;
  errors: FieldError[];
};

async function content(c: WebContext, refused?: Refused) {
  const ctx = acting(c);
  const push = await sheet(c);
  const [line] = await readPushes(ctx, { pushId: push.id });
  if (!line) throw notFound('Cet envoi');
  return page(
    c,
    { title: `Contenu, ${push.title}`, current: '/campagnes', wide: true, status: refused ? 422 : 200 },
    <ContentPage
      csrf={c.get('session').csrf}
      organisation={ctx.actor.organisationId}
      push={push}
      line={line}
      head={refused?.head ?? push.content}
      press={refused?.press}
      errors={refused?.errors}
      editable={push.leads && may(ctx.actor, 'push.write') && !push.cancelledAt && !push.finishedAt}
      webinars={push.channel === 'webinaire' ? await readWebinars(ctx, push.campaignSlug) : []}
      choices={await previewChoices(ctx, push.id)}
      remarks={push.leads ? await readRemarks(ctx, push.id) : []}
      {...(await inventoryOf(c, push))}
    />,
  );
}
