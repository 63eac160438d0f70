import type { Effect } from '../pushes/edit-webinar.ts';
import type { WebinarCard } from '../webinars/read-webinars.ts';
import { REMINDERS, reminderName } from '../webinars/reminders.ts';
import { quoted } from './push-words.tsx';
import { Acts, Button, ButtonLink, Csrf, Facts, PageHead, Section } from './ui/components.tsx';
import { Choices, ErrorSummary, errorOf, Field } from './ui/fields.tsx';
import { webinarOf } from './webinar-form.tsx';
import { type FormProps, Speakers, What, When, Who } from './webinar-form-parts.tsx';
import { effectFacts, effectKey, spanText, webinarsUrl, webinarUrl } from './webinar-words.tsx';

type FormPageProps = FormProps & {
  csrf: string;
  /** Shown before it is done; the same form then confirms it. */
  effect?: Effect | undefined;
};

/** One page, from what it is to how long people are remembered. */
export const WebinarFormPage = (p: FormPageProps) => {
  const { campaign: c, webinar } = p;
  const back = webinar ? webinarUrl(c.slug, webinar.slug) : webinarsUrl(c.slug);
  return (
    <>
      <PageHead
        back={{ href: back, label: webinar ? 'Le webinaire' : 'Webinaires' }}
        kicker={c.name}
        title={webinar ? `Modifier ou déplacer ${quoted(webinar.title)}` : 'Préparer un webinaire'}
        lead={
          webinar
            ? 'Si l’heure ou le lien change, les personnes inscrites en reçoivent un message et leur agenda se met à jour.'
            : 'Rien n’est public tant que vous n’ouvrez pas les inscriptions.'
        }
      />
      <ErrorSummary errors={p.errors} />
      <form method="post" action={webinar ? `${back}/modifier` : `${back}/nouveau`}>
        <Csrf token={p.csrf} />
        {p.effect && webinar && <Before {...p} effect={p.effect} webinar={webinar} />}
        {/* The key « Entrée » presses the first button of a form: it must save, not add a row. */}
        <div class="hidden">
          <button type="submit" tabindex={-1}>
            Enregistrer
          </button>
        </div>
        <What {...p} />
        <When {...p} />
        <Who {...p} />
        <Speakers {...p} action={webinar ? `${back}/modifier` : `${back}/nouveau`} />
        <Section title="Les places">
          <Field
            kind="number"
            name="capacity"
            label="Nombre de places"
            hint="Vide : autant que de personnes. Une fois la salle pleine, qui s’inscrit attend, et prend la première place rendue."
            value={p.typed.capacity}
            error={errorOf(p.errors, 'capacity')}
            size="short"
            min={1}
            inputmode="numeric"
          />
        </Section>
        <Section title="Les rappels">
          <Choices
            kind="checkbox"
            name="reminders"
            label="Écrire aux personnes inscrites"
            hint="À elles seules. Rien de coché : pas de rappel."
            value={p.typed.reminders}
            error={errorOf(p.errors, 'reminders')}
            options={REMINDERS.map((value) => ({ value, label: reminderName(value) }))}
            inline
          />
        </Section>
        <Section title="Les données personnelles">
          <Field
            kind="number"
            name="keepDays"
            label="Jours pendant lesquels on sait qui est venu"
            hint="Après la fin du webinaire, de 30 à 760. Ensuite les noms et les adresses sont effacés ; les totaux restent. La page d’inscription le dit."
            value={p.typed.keepDays}
            error={errorOf(p.errors, 'keepDays')}
            size="short"
            min={30}
            max={760}
            inputmode="numeric"
            required
          />
        </Section>
        <Acts>
          <Button primary={!p.effect} name="act" value="save">
            {p.effect ? 'Enregistrer et prévenir' : 'Enregistrer'}
          </Button>
          <ButtonLink href={back} quiet>
            {webinar ? 'Ne rien changer' : 'Ne rien créer'}
          </ButtonLink>
        </Acts>
      </form>
    </>
  );
};

/** The yes is to what is shown: should it have changed meanwhile, it is shown again. Its reader starts here. */
const Before = (p: FormProps & { effect: Effect; webinar: WebinarCard }) => {
  const { startsAt, endsAt } = webinarOf(p.typed);
  const to = startsAt instanceof Date && endsAt instanceof Date ? { startsAt, endsAt } : null;
  return (
    <div role="alert" tabindex={-1} autofocus>
      <Section title="Avant d’enregistrer, voici ce que cela fera">
        <Facts
          items={[
            ...(p.effect.hour && to
              ? ([
                  ['Prévu jusqu’ici', spanText(p.webinar)],
                  ['Désormais', <strong>{spanText(to)}</strong>],
                ] as const)
              : []),
            ...effectFacts(p.effect, p.webinar, p.campaign.slug),
          ]}
        />
        <input type="hidden" name="sure" value={effectKey(p.effect)} />
        <Acts>
          <Button primary name="act" value="save">
            Enregistrer et prévenir
          </Button>
        </Acts>
      </Section>
    </div>
  );
};
