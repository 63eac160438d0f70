import { Hono } from 'hono';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import { PARTNER_ROLES, type PartnerRole } from '../campaigns/schema.ts';
import { listOrganisations } from '../organisations/list-organisations.ts';
import { reopens } from '../pushes/edit-campaign.ts';
import { acting } from './acting.ts';
import { settingsUrl } from './campaign-presence.tsx';
import { ledCampaign, type Refused, saved, showForm } from './campaign-settings-frame.tsx';
import { type PartnersDraft, PartnersForm } from './campaign-settings-lists.tsx';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, redirectWith } from './page.tsx';

const TITLE = 'Les partenaires';
type Form = Awaited<ReturnType<typeof formOf>>;

/**
 * Who takes part, and in which order. The list is put together act by act; until it is saved it travels in the address
 * alone, so that no script is needed and the partners are not asked for their approvals at each step.
 */
export function partnersPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const path = '/campagnes/:campaign/reglages/partenaires';

  app.get(path, async (c) => {
    const campaign = await ledCampaign(c);
    return show(c, campaign, draftIn(c.req.queries('p')) ?? stored(campaign));
  });

  app.post(path, async (c) => {
    const campaign = await ledCampaign(c);
    const form = await formOf(c);
    const draft = typedIn(form);
    const [act, slug = ''] = form.text('acte').split(':');
    if (act === 'enregistrer') {
      const answer = await saved(c, campaign, { partners: draft }, (field) => fieldOf(field, draft));
      return 'location' in answer ? redirectWith(c, answer.location, answer.flash) : show(c, campaign, draft, answer);
    }
    const added = form.text('nouvelle');
    if (act === 'ajouter' && !added)
      return show(c, campaign, draft, {
        errors: [{ field: 'nouvelle', message: 'Choisissez l’organisation à ajouter.' }],
      });
    const next = after(act ?? '', slug, draft, { organisation: added, role: roleOf(form.text('nouveau-role')) });
    return redirectWith(c, `${settingsUrl(campaign.slug, '/partenaires')}?${addressOf(next)}`);
  });

  async function show(c: WebContext, campaign: CampaignSheet, draft: PartnersDraft, refused?: Refused) {
    const organisations = await listOrganisations(acting(c));
    const before = stored(campaign);
    const known = draft.filter((d) => organisations.some((o) => o.slug === d.organisation));
    const as = (partners: PartnersDraft) => ({ ...campaign, partners });
    return showForm(
      c,
      TITLE,
      campaign,
      known,
      (p) => (
        <PartnersForm
          {...p}
          organisations={organisations}
          changed={addressOf(known) !== addressOf(before)}
          reopens={reopens(as(before), as(known))}
          now={deps.now()}
        />
      ),
      refused,
    );
  }
  return app;
}

const stored = (c: CampaignSheet): PartnersDraft => c.partners.map((p) => ({ organisation: p.slug, role: p.role }));

const roleOf = (text: string): PartnerRole => PARTNER_ROLES.find((role) => role === text) ?? 'relais';

const addressOf = (draft: PartnersDraft): string =>
  new URLSearchParams(draft.map((d): [string, string] => ['p', `${d.organisation}:${d.role}`])).toString();

function draftIn(pairs: readonly string[] | undefined): PartnersDraft | null {
  if (!pairs?.length) return null;
  return pairs.map((pair) => {
    const [organisation = '', role = ''] = pair.split(':');
    return { organisation, role: roleOf(role) };
  });
}

const typedIn = (form: Form): PartnersDraft =>
  form.all('partenaire').map((organisation) => ({ organisation, role: roleOf(form.text(`role-${organisation}`)) }));

/** The list after one act on it. */
function after(act: string, slug: string, draft: PartnersDraft, added: PartnersDraft[number]): PartnersDraft {
  if (act === 'ajouter') return [...draft, added];
  if (act === 'oter') return draft.filter((d) => d.organisation !== slug);
  const from = draft.findIndex((d) => d.organisation === slug);
  const to = act === 'monter' ? from - 1 : from + 1;
  const moved = draft[from];
  const other = draft[to];
  return moved && other ? draft.with(from, other).with(to, moved) : draft;
}

/** A refusal names a partner by its place or by its short name. */
function fieldOf(field: string, draft: PartnersDraft): string | null {
  const place = /^partners\.(\d+)/.exec(field)?.[1];
  const slug = place === undefined ? field : draft[Number(place)]?.organisation;
  return draft.some((d) => d.organisation === slug) ? `role-${slug}` : null;
}
