import { Hono } from 'hono';
import { type FieldError, Refusal } from '../base/errors.ts';
import { keepImage } from '../campaigns/keep-image.ts';
import { readKitSettings } from '../relay-kits/read-settings-page.ts';
import type { KitSettings } from '../relay-kits/schema.ts';
import { saveKitSettings } from '../relay-kits/settings.ts';
import { acting } from './acting.ts';
import type { WebContext, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { KitSettingsPage } from './relays-kit-page.tsx';

const BASE = '/campagnes/:campaign/relais/kit';

/** What all kits of a campaign contain, and whether anybody may ask for one. */
export function relayKitPages() {
  const app = new Hono<WebEnv>();

  app.get(BASE, (c) => show(c));

  app.post(BASE, async (c) => {
    const form = await formOf(c);
    const slug = c.req.param('campaign');
    const chosen = (all: string, list: string) => (form.text(all) === 'tous' ? null : form.all(list));
    const typed: KitSettings = {
      open: form.text('open') === '1',
      introduction: form.text('introduction'),
      posterTitle: form.text('posterTitle'),
      posterText: form.text('posterText'),
      destination: form.text('destination') || null,
      keyMessages: chosen('toutEdl', 'keyMessages'),
      resources: chosen('touteRessource', 'resources'),
      visuals: form.all('visuals'),
      extract: form.text('extract') || null,
    };
    try {
      const file = form.file('image');
      if (file) {
        const { path } = await keepImage(acting(c), slug, {
          fileName: file.name,
          bytes: Buffer.from(await file.arrayBuffer()),
        });
        typed.visuals = [...new Set([...typed.visuals, path.split('/').at(-1) ?? ''])];
      }
      await saveKitSettings(acting(c), slug, typed);
      return redirectWith(c, `/campagnes/${slug}/relais/kit`, {
        kind: 'ok',
        text: 'Les kits sont à jour, pour tous les relais.',
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return show(
        c,
        typed,
        error.fields.map((f) => (f.field === 'fichier' ? { ...f, field: 'image' } : f)),
      );
    }
  });

  async function show(c: WebContext, typed?: KitSettings, errors?: FieldError[]) {
    const read = await readKitSettings(acting(c), c.req.param('campaign') ?? '');
    return page(
      c,
      { title: `Contenu des kits, ${read.campaign.name}`, current: '/campagnes', status: errors ? 422 : 200 },
      <KitSettingsPage
        {...read}
        settings={typed ?? read.settings}
        errors={errors}
        csrf={c.get('session').csrf}
        publicUrl={c.get('deps').publicUrl}
      />,
    );
  }
  return app;
}
