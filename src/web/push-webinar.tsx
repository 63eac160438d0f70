import { Hono } from 'hono';
import { longDateTime, shortDateTime, toParisField } from '../base/dates.ts';
import { type FieldError, invalid } from '../base/errors.ts';
import { editPush } from '../pushes/edit-push.ts';
import { type PushSheet, pushInputOf } from '../pushes/read-push.ts';
import { WEBINAR_STATE_NAMES, type WebinarState } from '../webinars/schema.ts';
import { acting } from './acting.ts';
import type { WebEnv } from './env.ts';
import { formOf, redirectWith } from './page.tsx';
import type { PushValues } from './push-form.tsx';
import { listed, pushUrl } from './push-words.tsx';
import { writable } from './push-writable.ts';
import { Acts, Button, Csrf, Facts, Section } from './ui/components.tsx';
import { errorOf, Field } from './ui/fields.tsx';

/** Which webinar an invitation is for: chosen with the push, shown with its content, changed there. */

export type Invitable = {
  slug: string;
  title: string;
  startsAt: Date;
  endsAt: Date;
  state: WebinarState;
  address: string;
  organiserNames: readonly string[];
};

/** Over or cancelled, nobody is invited to it any more. */
export const toCome = <W extends Pick<Invitable, 'state'>>(webinars: readonly W[]): W[] =>
  webinars.filter((w) => w.state === 'prepare' || w.state === 'ouvert' || w.state === 'ferme');

const optionsOf = (webinars: readonly Invitable[]) =>
  webinars.map((w) => ({ value: w.slug, label: `${shortDateTime(w.startsAt)} : ${w.title}` }));

type FieldProps = { webinars: readonly Invitable[]; value: string; errors?: readonly FieldError[] };

/** Nothing where there is no webinar to invite to, unless an invitation was asked for: then it says so. */
export const WebinarField = ({ webinars, value, errors }: FieldProps) =>
  webinars.length > 0 || errorOf(errors, 'webinaire') ? (
    <Field
      name="webinaire"
      label="Webinaire"
      kind="select"
      hint="Pour une invitation seulement."
      bare
      value={value}
      error={errorOf(errors, 'webinaire')}
      options={[{ value: '', label: 'Aucun' }, ...optionsOf(webinars)]}
    />
  ) : null;

/** What a new invitation to this webinar proposes: its name, and nothing that leaves once it has begun. */
export const invitationValues = (webinar: Pick<Invitable, 'title' | 'startsAt'>): Partial<PushValues> => ({
  titre: `Invitation : ${webinar.title}`.slice(0, 160).trim(),
  echeance: toParisField(webinar.startsAt),
});

/** The webinar that was chosen, or what is wrong with the choice. */
export function chosenWebinar<W extends Invitable>(
  webinars: readonly W[],
  slug: string,
): { webinar: W | null; errors: FieldError[] } {
  const webinar = webinars.find((w) => w.slug === slug) ?? null;
  if (webinar) return { webinar, errors: [] };
  const message = webinars.length
    ? 'Choisissez le webinaire auquel vous invitez.'
    : 'La campagne n’a pas de webinaire à venir : créez-le d’abord, dans « Webinaires ».';
  return { webinar: null, errors: [{ field: 'webinaire', message }] };
}

/** The choice alone, saved on its own as the other parts of the content are. */
export function pushWebinarPages() {
  const app = new Hono<WebEnv>();

  app.post('/campagnes/:campaign/envois/:push/contenu/webinaire', async (c) => {
    const push = await writable(c);
    const form = await formOf(c);
    const webinar = form.text('webinaire');
    if (!webinar) throw invalid('webinaire', 'Choisissez un webinaire de la campagne.');
    await editPush(
      acting(c),
      { campaign: push.campaignSlug, seen: Number(form.text('version')) },
      { ...pushInputOf(push), content: { ...push.content, webinar } },
    );
    return redirectWith(c, pushUrl(push, '/contenu'), { kind: 'ok', text: 'Le webinaire de l’invitation est choisi.' });
  });
  return app;
}

type SectionProps = {
  csrf: string;
  push: PushSheet;
  slug: string;
  webinars: readonly Invitable[];
  editable: boolean;
};

export const WebinarSection = ({ csrf, push, slug, webinars, editable }: SectionProps) => {
  const webinar = webinars.find((w) => w.slug === slug);
  const others = toCome(webinars).filter((w) => w.slug !== slug);
  return (
    <Section title="Le webinaire" note="repris tel qu’il est, avec son fichier d’agenda">
      {webinar ? (
        <Facts
          items={[
            ['Titre', <a href={`/campagnes/${push.campaignSlug}/webinaires/${webinar.slug}`}>{webinar.title}</a>],
            ['Quand', longDateTime(webinar.startsAt)],
            ['État', WEBINAR_STATE_NAMES[webinar.state]],
            ['Organisé par', listed(webinar.organiserNames)],
            ['Page d’inscription', <a href={`/webinaires/${webinar.address}`}>{`/webinaires/${webinar.address}`}</a>],
          ]}
        />
      ) : (
        <p>Le webinaire « {slug} » n’existe pas dans cette campagne : choisissez-en un autre.</p>
      )}
      {editable && others.length > 0 && (
        <form method="post" action={pushUrl(push, '/contenu/webinaire')}>
          <Csrf token={csrf} />
          <input type="hidden" name="version" value={push.contentVersion} />
          <Field
            name="webinaire"
            label="Inviter à un autre webinaire"
            kind="select"
            bare
            value=""
            options={[{ value: '', label: 'Choisir un webinaire' }, ...optionsOf(others)]}
          />
          <Acts>
            <Button>Changer de webinaire</Button>
          </Acts>
        </form>
      )}
    </Section>
  );
};
