import { Hono } from 'hono';
import { ROLES, type Role } from '../base/context.ts';
import { type FieldError, Refusal } from '../base/errors.ts';
import { inviteUser } from '../organisations/invite-user.ts';
import { allow, may } from '../organisations/permissions.ts';
import { readOrganisationPage } from '../organisations/read-organisation-page.ts';
import { updateOrganisation } from '../organisations/save-organisation.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { InvitationPage, OrganisationView, type Settings, SettingsPage } from './organisation-pages.tsx';
import { formOf, page, redirectWith } from './page.tsx';

const SETTINGS = [
  'name',
  'senderName',
  'senderAddress',
  'replyTo',
  'postalAddress',
  'privacyContact',
  'website',
  'colour',
  'accent',
] as const;

/** One's own organisation: what recipients see of it, and who works in it. Only an administrateur changes it. */
export function organisationPages(_deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get('/organisation', async (c) => {
    const ctx = acting(c);
    const organisation = await readOrganisationPage(ctx);
    return page(
      c,
      { title: organisation.settings.name, current: '/organisation' },
      <OrganisationView
        organisation={organisation}
        mayWrite={may(ctx.actor, 'organisation.write')}
        mayInvite={may(ctx.actor, 'user.write')}
      />,
    );
  });

  app.get('/organisation/identite', async (c) => {
    allow(acting(c).actor, 'organisation.write');
    const { settings } = await readOrganisationPage(acting(c));
    return showSettings(c, {
      ...settings,
      replyTo: settings.replyTo ?? '',
      postalAddress: settings.postalAddress ?? '',
      privacyContact: settings.privacyContact ?? '',
      website: settings.website ?? '',
      colour: settings.colour ?? '',
      accent: settings.accent ?? '',
    });
  });

  app.post('/organisation/identite', async (c) => {
    const form = await formOf(c);
    const typed = Object.fromEntries(SETTINGS.map((name) => [name, form.text(name)])) as Settings;
    try {
      await updateOrganisation(acting(c), { ...typed, replyTo: typed.replyTo.trim() || null });
    } catch (error) {
      return showSettings(c, typed, refusedFields(error));
    }
    return redirectWith(c, '/organisation', {
      kind: 'ok',
      text: 'L’identité est enregistrée. Elle vaut pour les prochains envois soumis à validation.',
    });
  });

  app.get('/organisation/invitation', (c) => {
    allow(acting(c).actor, 'user.write');
    return showInvitation(c, { name: '', address: '', roles: [] });
  });

  app.post('/organisation/invitation', async (c) => {
    const form = await formOf(c);
    const roles = form.all('roles').filter((role): role is Role => (ROLES as readonly string[]).includes(role));
    const typed = { name: form.text('name'), address: form.text('address'), roles };
    try {
      await inviteUser(acting(c), typed);
    } catch (error) {
      // The schema of the verb speaks to commands too: a form says what to do beside each field.
      return showInvitation(
        c,
        typed,
        refusedFields(error).map(({ field }) => ({ field, message: INVITATION_MESSAGES[field] ?? 'À corriger.' })),
      );
    }
    return redirectWith(c, '/organisation', {
      kind: 'ok',
      text: `${typed.name.trim()} peut se connecter dès maintenant avec l’adresse ${typed.address.trim()} : un code lui sera envoyé.`,
    });
  });

  return app;
}

const INVITATION_MESSAGES: Record<string, string> = {
  address: 'Donnez son adresse électronique, comme prenom.nom@organisation.fr.',
  name: 'Donnez son prénom et son nom (120 caractères au plus).',
  roles: 'Choisissez au moins un rôle.',
};

/** Field errors of a refused form; anything else goes to the error page. */
function refusedFields(error: unknown): FieldError[] {
  if (error instanceof Refusal && error.kind === 'invalid' && error.fields.length > 0) return error.fields;
  throw error;
}

const showSettings = (c: WebContext, settings: Settings, errors?: FieldError[]) =>
  page(
    c,
    { title: 'Identité de l’organisation', current: '/organisation', status: errors ? 422 : 200 },
    <SettingsPage settings={settings} errors={errors} csrf={c.get('session').csrf} />,
  );

const showInvitation = (
  c: WebContext,
  typed: { name: string; address: string; roles: Role[] },
  errors?: FieldError[],
) =>
  page(
    c,
    { title: 'Inviter une personne', current: '/organisation', status: errors ? 422 : 200 },
    <InvitationPage {...typed} errors={errors} csrf={c.get('session').csrf} />,
  );
