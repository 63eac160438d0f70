import { Hono } from 'hono';
import { type FieldError, Refusal } from '../base/errors.ts';
import { keepLogo } from '../campaigns/logo.ts';
import { type CampaignSheet, readLogo } from '../campaigns/read-campaign.ts';
import { acting } from './acting.ts';
import { IdentityForm, type IdentityValues } from './campaign-identity-form.tsx';
import { ledCampaign, type Refused, saved, showForm } from './campaign-settings-frame.tsx';
import { adviceOn, type ColourAdvice } from './colour-advice.ts';
import type { WebContext, WebEnv } from './env.ts';
import { formOf, redirectWith } from './page.tsx';

type Form = Awaited<ReturnType<typeof formOf>>;

const TITLE = 'L’identité';
const FIELDS: Record<string, string> = {
  name: 'nom',
  tagline: 'slogan',
  summary: 'resume',
  startsOn: 'debut',
  endsOn: 'fin',
  'identity.colour': 'couleur',
  'identity.accent': 'accent',
  'identity.hashtag': 'motdiese',
  'identity.logo': 'logo',
  logo: 'logo',
};

/** Name, period, colours and logo of a campaign. */
export function identityPages() {
  const app = new Hono<WebEnv>();
  const path = '/campagnes/:campaign/reglages/identite';

  app.get(path, async (c) => {
    const campaign = await ledCampaign(c);
    return show(c, campaign, storedIdentity(campaign));
  });

  app.post(path, async (c) => {
    const campaign = await ledCampaign(c);
    const form = await formOf(c);
    const logo = await chosenLogo(c, campaign, form);
    const typed = { ...typedIdentity(form), logoGarde: logo.name ?? '' };
    const advice = newAdvice(campaign, typed);
    const choice = form.text('nuances');
    const unsettled = advice.length > 0 && choice !== 'proposees' && choice !== 'gardees';
    if (unsettled || logo.errors.length)
      return show(c, campaign, typed, { errors: [...(unsettled ? told(advice) : []), ...logo.errors] });
    const nearest = (field: ColourAdvice['field'], own: string) =>
      (choice === 'proposees' && advice.find((a) => a.field === field)?.nearest) || own;
    const answer = await saved(
      c,
      campaign,
      {
        name: typed.nom,
        tagline: typed.slogan,
        summary: typed.resume.replaceAll('\r\n', '\n'),
        startsOn: typed.debut,
        endsOn: typed.fin,
        identity: {
          colour: nearest('colour', typed.couleur),
          accent: nearest('accent', typed.accent),
          // Typed with its # as often as not.
          hashtag: typed.motdiese.trim().replace(/^#/, ''),
          logo: logo.name,
        },
      },
      (field) => FIELDS[field] ?? null,
    );
    return 'location' in answer ? redirectWith(c, answer.location, answer.flash) : show(c, campaign, typed, answer);
  });
  return app;
}

const storedIdentity = (c: CampaignSheet): IdentityValues => ({
  nom: c.name,
  slogan: c.tagline,
  resume: c.summary,
  debut: c.startsOn,
  fin: c.endsOn,
  couleur: c.identity.colour,
  accent: c.identity.accent,
  motdiese: c.identity.hashtag,
  logoGarde: c.identity.logo ?? '',
  retirerLogo: false,
});

const typedIdentity = (form: Form): IdentityValues => ({
  nom: form.text('nom'),
  slogan: form.text('slogan'),
  resume: form.text('resume'),
  debut: form.text('debut'),
  fin: form.text('fin'),
  couleur: form.text('couleur').toLowerCase(),
  accent: form.text('accent').toLowerCase(),
  motdiese: form.text('motdiese'),
  logoGarde: form.text('logoGarde'),
  retirerLogo: form.text('retirerLogo') !== '',
});

/** The file that was sent, else the one it had; kept at once, so that a mistake elsewhere does not ask for it again. */
async function chosenLogo(
  c: WebContext,
  campaign: CampaignSheet,
  form: Form,
): Promise<{ name: string | null; errors: FieldError[] }> {
  const file = form.file('logo');
  const before = form.text('retirerLogo') ? null : form.text('logoGarde') || null;
  if (!file) return { name: before, errors: [] };
  try {
    const bytes = Buffer.from(await file.arrayBuffer());
    const { name } = await keepLogo(acting(c), campaign.slug, { fileName: file.name, bytes });
    return { name, errors: [] };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
    return { name: before, errors: error.fields };
  }
}

/** About the colours that are new: one that was kept knowingly is not asked about again. */
const newAdvice = ({ identity }: CampaignSheet, { couleur, accent }: IdentityValues): ColourAdvice[] =>
  adviceOn({ colour: couleur, accent }).filter(
    ({ field }) => identity[field].toLowerCase() !== (field === 'colour' ? couleur : accent),
  );

const told = (advice: readonly ColourAdvice[]): FieldError[] =>
  advice.map(({ field, message }) => ({ field: FIELDS[`identity.${field}`] ?? field, message }));

async function show(c: WebContext, campaign: CampaignSheet, values: IdentityValues, refused?: Refused) {
  const logo = await readLogo(acting(c), campaign.slug);
  const advice = refused ? newAdvice(campaign, values) : [];
  return showForm(c, TITLE, campaign, values, (p) => <IdentityForm {...p} logo={logo} advice={advice} />, refused);
}
