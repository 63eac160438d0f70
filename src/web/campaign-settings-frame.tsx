import type { Child } from 'hono/jsx';
import { type FieldError, Refusal } from '../base/errors.ts';
import { type CampaignSheet, readCampaign } from '../campaigns/read-campaign.ts';
import type { CampaignInput } from '../campaigns/schema.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { allow } from '../organisations/permissions.ts';
import { editCampaign } from '../pushes/edit-campaign.ts';
import { readSubmittedPushes } from '../pushes/read-reopened.ts';
import { acting } from './acting.ts';
import { settingsUrl } from './campaign-presence.tsx';
import type { FormProps } from './campaign-settings-forms.tsx';
import type { WebContext } from './env.ts';
import { page } from './page.tsx';
import { plural } from './push-words.tsx';

/** What the pages of settings have in common: whose they are, how they are saved, how they come back. */

/** The campaign of the address, for whoever may change it. */
export async function ledCampaign(c: WebContext): Promise<CampaignSheet> {
  const ctx = acting(c);
  const campaign = await readCampaign(ctx, c.req.param('campaign') ?? '');
  mustLead(ctx, campaign);
  allow(ctx.actor, 'campaign.write');
  return campaign;
}

export type Refused = { errors: FieldError[]; message?: string };
type Done = { location: string; flash: { kind: 'ok'; text: string } };

/** Saves the changes: where to go and what to say, or what to correct, by the names that the page's fields have. */
export async function saved(
  c: WebContext,
  campaign: CampaignSheet,
  changes: Partial<CampaignInput>,
  field: (path: string) => string | null,
): Promise<Done | Refused> {
  try {
    const { changed, reopened } = await editCampaign(acting(c), campaign.slug, changes);
    const again = reopened
      ? ` ${plural(reopened, 'envoi doit être validé', 'envois doivent être validés')} de nouveau : soumettez-${reopened < 2 ? 'le' : 'les'}.`
      : '';
    return {
      location: settingsUrl(campaign.slug),
      flash: { kind: 'ok', text: changed.length ? `Les réglages sont enregistrés.${again}` : 'Rien n’a changé.' },
    };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
    const errors = error.fields.flatMap((e) => {
      const name = field(e.field);
      return name === null ? [] : [{ field: name, message: e.message }];
    });
    // What stands on another page is said as a whole.
    const elsewhere = error.fields.filter((e) => field(e.field) === null).map((e) => e.message);
    const message = elsewhere.length ? elsewhere.join(' ') : errors.length ? undefined : error.message;
    return { errors, ...(message === undefined ? {} : { message }) };
  }
}

/** One form, as stored or as typed. */
export async function showForm<V>(
  c: WebContext,
  title: string,
  campaign: CampaignSheet,
  values: V,
  view: (p: FormProps<V>) => Child,
  refused?: Refused,
) {
  const submitted = await readSubmittedPushes(acting(c), campaign.id);
  return page(
    c,
    { title: `${title}, ${campaign.name}`, current: '/campagnes', status: refused ? 422 : 200 },
    view({
      campaign,
      values,
      errors: refused?.errors,
      message: refused?.message,
      csrf: c.get('session').csrf,
      submitted: submitted.map((p) => p.title),
    }),
  );
}
