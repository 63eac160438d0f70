import { longDate, longDateTime, shortDate, shortDateTime } from '../base/dates.ts';
import { overseasTimes } from '../base/overseas.ts';
import { PUBLIC_NAMES } from '../base/words.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import type { WebinarSheet } from '../webinars/read-webinars.ts';
import { dueAt, reminderName } from '../webinars/reminders.ts';
import { PLATFORM_NAMES } from '../webinars/schema.ts';
import { CampaignTabs } from './campaign-pages.tsx';
import { capital } from './capital.ts';
import { Address } from './ui/calendar.tsx';
import {
  Acts,
  Button,
  ButtonLink,
  CopyButton,
  Csrf,
  Facts,
  Fold,
  Folds,
  PageHead,
  Prose,
  Row,
  Rows,
  Section,
  Todo,
} from './ui/components.tsx';
import { Levels } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';
import { Places } from './webinar-places.tsx';
import { organisersText, spanText, WebinarMark, webinarsUrl, webinarUrl } from './webinar-words.tsx';

type PageProps = {
  campaign: CampaignSheet;
  webinar: WebinarSheet;
  publicUrl: string;
  now: Date;
  csrf: string;
  may: { report: boolean; push: boolean };
};

/** One webinar: where it stands, what comes next, who comes; for partners that do not run it, the same, to read. */
export const WebinarPage = (p: PageProps) => {
  const { webinar: w, campaign: c } = p;
  return (
    <>
      <PageHead
        back={{ href: webinarsUrl(c.slug), label: 'Webinaires' }}
        kicker={`Webinaire organisé par ${organisersText(w)}`}
        title={w.title}
        lead={`${capital(spanText(w))} (heure de Paris).`}
      >
        <p>
          <WebinarMark state={w.state} />
        </p>
      </PageHead>
      <CampaignTabs slug={c.slug} current="webinaires" mayReport={p.may.report} />
      <Next {...p} />
      {w.state !== 'prepare' && <Places webinar={w} now={p.now} />}
      <Doors {...p} />
      <About {...p} />
      {w.acts.length > 0 && <Acted webinar={w} />}
    </>
  );
};

/** The one thing to do now, or the assurance that there is none. */
const Next = (p: PageProps) => {
  const { webinar: w } = p;
  const here = webinarUrl(p.campaign.slug, w.slug);
  const act = (path: string, label: string, primary = false) => (
    <form method="post" action={`${here}/${path}`}>
      <Csrf token={p.csrf} />
      <Button primary={primary}>{label}</Button>
    </form>
  );
  return (
    <Section title="Ce qui vient ensuite">
      {w.runs && !w.joinUrl && (w.state === 'ouvert' || w.state === 'ferme') && (
        <Todo title="Donner le lien de la réunion" act={{ href: `${here}/modifier#champ-joinUrl`, label: 'L’ajouter' }}>
          <p>Sans lui, les rappels ne diraient pas où rejoindre le webinaire.</p>
        </Todo>
      )}
      <Prose>
        <p>{nextText(w, p.now)}</p>
      </Prose>
      {w.runs && (
        <Acts>
          {w.state === 'prepare' && act('ouverture', 'Ouvrir les inscriptions', true)}
          {w.state === 'ferme' && act('ouverture', 'Rouvrir les inscriptions')}
          {w.state === 'ouvert' && act('cloture', 'Clore les inscriptions')}
          {(w.state === 'passe' || (w.startsAt <= p.now && (w.state === 'ouvert' || w.state === 'ferme'))) &&
            act('tenue', 'Il a eu lieu', true)}
          {w.state === 'tenu' && (
            <>
              <ButtonLink href={`${here}/presence`}>Les présences</ButtonLink>
              <ButtonLink href={`${here}/suite`}>La suite à donner</ButtonLink>
            </>
          )}
          {w.state !== 'annule' && (
            <ButtonLink href={`${here}/modifier`} quiet={w.state === 'tenu'}>
              {w.state === 'tenu' ? 'Modifier' : 'Modifier ou déplacer'}
            </ButtonLink>
          )}
          {w.state !== 'annule' && w.state !== 'tenu' && (
            <ButtonLink href={`${here}/annulation`} quiet>
              Annuler ce webinaire
            </ButtonLink>
          )}
        </Acts>
      )}
    </Section>
  );
};

function nextText(w: WebinarSheet, now: Date): string {
  switch (w.state) {
    case 'prepare':
      return w.runs
        ? 'Relisez la page publique, puis ouvrez les inscriptions. D’ici là, personne ne peut s’inscrire.'
        : `${w.organisation.name} le prépare. Les inscriptions ne sont pas ouvertes.`;
    case 'ouvert':
    case 'ferme':
      return [
        w.state === 'ouvert'
          ? 'On s’inscrit sur la page publique, jusqu’à la fin du webinaire.'
          : 'On ne s’inscrit plus. Les personnes inscrites restent attendues.',
        remindersText(w, now),
      ].join(' ');
    case 'passe':
      return w.runs
        ? 'Son heure est passée. Dites s’il a eu lieu : ses chiffres paraîtront, et vous pourrez écrire à qui est venu. Sinon, déplacez-le ou annulez-le.'
        : `Son heure est passée. ${w.organisation.name} dira s’il a eu lieu.`;
    case 'tenu':
      return w.runs
        ? 'Il a eu lieu. Importez les présences, puis écrivez à qui est venu et à qui n’a pas pu.'
        : 'Il a eu lieu.';
    case 'annule':
      return `Il n’aura pas lieu. ${w.acts.find((a) => a.what === 'annule')?.reason ?? ''}`;
  }
}

function remindersText(w: WebinarSheet, now: Date): string {
  const next = w.reminders
    .map((reminder) => ({ reminder, at: dueAt(w.startsAt, reminder) }))
    .filter(({ at }) => at > now)
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())[0];
  return next
    ? `Prochain rappel aux personnes inscrites : ${longDateTime(next.at)} (${reminderName(next.reminder)}).`
    : w.reminders.length
      ? 'Plus aucun rappel à venir.'
      : 'Aucun rappel n’est prévu.';
}

/** Its public page, and the pages of those who work on it. */
const Doors = (p: PageProps) => {
  const { webinar: w, campaign: c } = p;
  const here = webinarUrl(c.slug, w.slug);
  const address = `${p.publicUrl}/webinaires/${w.address}`;
  const begun = w.startsAt <= p.now && w.state !== 'annule';
  // For whoever runs it these are what comes next, at the top.
  const after = w.runs && w.state === 'tenu';
  return (
    <>
      <Section title="La page publique">
        <Address id="adresse-publique">{address}</Address>
        <Acts>
          <CopyButton from="adresse-publique">Copier cette adresse</CopyButton>
          <ButtonLink href={address}>La voir</ButtonLink>
          {p.may.push && (w.state === 'prepare' || w.state === 'ouvert') && (
            <ButtonLink href={`/campagnes/${c.slug}/envois/nouveau?canal=webinaire&webinaire=${w.slug}`}>
              Écrire l’invitation
            </ButtonLink>
          )}
        </Acts>
      </Section>
      {(w.mayReadNames || begun) && (
        <Section title="Les personnes">
          <Acts>
            {w.mayReadNames && (
              <>
                <ButtonLink href={`${here}/inscriptions`}>
                  {w.alone ? 'Les inscriptions' : 'Les inscriptions de votre organisation'}
                </ButtonLink>
                <ButtonLink href={`${here}/intervenants.csv`} download>
                  La liste pour les intervenants (CSV, sans adresses)
                </ButtonLink>
              </>
            )}
            {w.mayReadNames && begun && !after && <ButtonLink href={`${here}/presence`}>Les présences</ButtonLink>}
            {w.state === 'tenu' && !w.runs && <ButtonLink href={`${here}/suite`}>Ce qu’il a donné</ButtonLink>}
          </Acts>
        </Section>
      )}
    </>
  );
};

const About = ({ webinar: w, campaign: c }: PageProps) => (
  <Section title="De quoi il s’agit">
    {w.summary && <p>{w.summary}</p>}
    <Facts
      items={[
        [
          'Intervenants',
          w.speakers.length
            ? w.speakers.map((s) => <p>{[s.name, s.role, s.organisation].filter(Boolean).join(', ')}</p>)
            : 'pas encore dits',
        ],
        ['Niveau', w.levels.length ? <Levels levels={w.levels} /> : 'tous'],
        ['Publics', w.publics.length ? w.publics.map((x) => PUBLIC_NAMES[x]).join(', ') : 'tous'],
        [
          'Ressources',
          w.resourceTitles.length
            ? w.resourceTitles.map((r) => (
                <p>
                  <a href={`/campagnes/${c.slug}/ressources/${r.slug}`}>{r.title}</a>
                </p>
              ))
            : 'aucune',
        ],
        ['Outil', PLATFORM_NAMES[w.platform]],
        // Of those who may write to registrants, or read who they are.
        ...(w.mayReadNames && w.joinUrl ? [['Lien de la réunion', <a href={w.joinUrl}>{w.joinUrl}</a>] as const] : []),
        ...(w.mayReadNames && w.joinNote ? [['Pour se connecter', w.joinNote] as const] : []),
        ...(w.replayUrl ? [['Enregistrement', <a href={w.replayUrl}>{w.replayUrl}</a>] as const] : []),
        ['On sait qui est venu', `jusqu’au ${longDate(new Date(w.endsAt.getTime() + w.keepDays * 86_400_000))}`],
        ['Tenu par', w.organisation.name],
      ]}
    />
    <Folds>
      <Fold title="l’heure outre-mer">
        <DataTable
          caption="L’heure de début, outre-mer"
          hiddenCaption
          columns={[{ label: 'Où' }, { label: 'Heure de début' }]}
          rows={overseasTimes(w.startsAt).map(({ place, time, day }) => [place, day ? `${time}, ${day}` : time])}
        />
      </Fold>
      <Fold title="quand partent les rappels">
        {w.reminders.length ? (
          <DataTable
            caption="Rappels aux personnes inscrites"
            hiddenCaption
            columns={[{ label: 'Rappel' }, { label: 'Quand' }]}
            rows={w.reminders.map((r) => [reminderName(r), longDateTime(dueAt(w.startsAt, r))])}
          />
        ) : (
          <p>Aucun rappel n’est prévu.</p>
        )}
      </Fold>
    </Folds>
  </Section>
);

const ACT_WORDS: Record<WebinarSheet['acts'][number]['what'], string> = {
  ouvert: 'Inscriptions ouvertes',
  ferme: 'Inscriptions closes',
  deplace: 'Déplacé',
  annule: 'Annulé',
  tenu: 'A eu lieu',
  suite: 'Suite écrite',
};

const Acted = ({ webinar: w }: { webinar: WebinarSheet }) => (
  <Section title="Ce qui s’est passé" note="le plus récent d’abord">
    <Rows label="Ce qui s’est passé">
      {w.acts.toReversed().map((a) => (
        <Row
          when={shortDate(a.at)}
          datetime={a.at.toISOString()}
          what={ACT_WORDS[a.what]}
          meta={a.from ? `il était prévu ${shortDateTime(a.from.startsAt)}` : a.reason || undefined}
        />
      ))}
    </Rows>
  </Section>
);
