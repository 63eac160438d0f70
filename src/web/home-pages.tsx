import type { CampaignCard } from '../campaigns/read-campaign.ts';
import type { ImportRow } from '../contacts/import-queries.ts';
import type { PushLine } from '../deliveries/read-pushes.ts';
import type { WordingToApprove } from '../key-messages/read-to-approve.ts';
import { may } from '../organisations/permissions.ts';
import type { Session } from '../organisations/sessions.ts';
import type { RelayRequests } from '../relays/read-requests.ts';
import type { Summary } from '../reports/summary.ts';
import type { NextWebinar } from '../webinars/read-next-webinars.ts';
import { Waiting } from './home-parts.tsx';
import { dayWord, listed, PushMeta, plural, pushUrl, quoted, Standing, whenOf } from './push-words.tsx';
import { Brought } from './report-parts.tsx';
import { Acts, ButtonLink, Columns, Empty, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { number } from './ui/figures.tsx';
import { Progress } from './ui/flow.tsx';
import { WebinarMark, webinarUrl } from './webinar-words.tsx';

type HomeProps = {
  actor: Session['actor'];
  now: Date;
  campaigns: readonly CampaignCard[];
  pushes: readonly PushLine[];
  leaving: readonly PushLine[];
  next: { push: PushLine; recipients: number | null } | null;
  imports: readonly ImportRow[];
  wordings: readonly WordingToApprove[];
  relays: readonly RelayRequests[];
  webinars: readonly NextWebinar[];
  brought: Summary | null;
};

export const HomePage = (p: HomeProps) => {
  if (!p.campaigns.length) return <FirstVisit {...p} />;
  const { title, lead } = opening(p);
  return (
    <>
      <PageHead voice title={title} lead={lead} />
      <Columns
        aside={
          <>
            <Waiting {...p} />
            <Running actor={p.actor} pushes={p.pushes} imports={p.imports} />
          </>
        }
      >
        <Section title="Ce qui part" note="14 prochains jours">
          {p.leaving.length ? (
            <Rows label="Envois des 14 prochains jours">
              {p.leaving.map((push) => (
                <Row
                  when={whenOf(push.at)}
                  datetime={push.at?.toISOString()}
                  href={may(p.actor, 'push.read') ? pushUrl(push) : undefined}
                  what={push.title}
                  meta={<PushMeta push={push} campaign={p.campaigns.length > 1} />}
                  end={<Standing push={push} organisation={p.actor.organisationId} />}
                />
              ))}
            </Rows>
          ) : (
            <Empty
              title="Aucun envoi n’est daté pour ces deux semaines."
              act={{ href: '/campagnes', label: 'Voir les campagnes' }}
            >
              <p>Donnez une date à un envoi : il paraîtra ici, avec les validations qui lui manquent.</p>
            </Empty>
          )}
        </Section>
        <Webinars {...p} />
        {p.brought && <Brought report={p.brought} />}
      </Columns>
    </>
  );
};

/** The next ones, however far: one prepares them weeks before. */
const WEBINARS = 3;

const Webinars = ({ webinars, campaigns }: HomeProps) => {
  const coming = webinars.filter((w) => w.state !== 'passe').slice(0, WEBINARS);
  return coming.length ? (
    <Section title="En direct">
      <Rows label="Prochains webinaires">
        {coming.map((w) => (
          <Row
            when={whenOf(w.startsAt)}
            datetime={w.startsAt.toISOString()}
            href={webinarUrl(w.campaign.slug, w.slug)}
            what={w.title}
            meta={campaigns.length > 1 ? `Webinaire · ${w.campaign.name}` : 'Webinaire'}
            end={<WebinarMark state={w.state} />}
          />
        ))}
      </Rows>
    </Section>
  ) : null;
};

/** Nothing exists yet: the page says where to start, and shows an import under way all the same. */
const FirstVisit = ({ actor, imports, pushes }: HomeProps) => (
  <>
    <PageHead
      voice
      title={may(actor, 'campaign.write') ? 'Commençons par une campagne.' : 'Aucune campagne ne vous concerne encore.'}
      lead="Une campagne réunit des organisations, une identité et des envois datés. Un modèle en apporte l’essentiel : il vous reste à dire qui, quand et sous quel nom."
    >
      <Acts>
        {may(actor, 'campaign.write') && (
          <ButtonLink href="/campagnes/nouvelle" primary>
            Créer une campagne
          </ButtonLink>
        )}
        {may(actor, 'contacts.import') && (
          <ButtonLink href="/contacts/imports/nouveau">Importer des contacts</ButtonLink>
        )}
      </Acts>
    </PageHead>
    <Waiting actor={actor} pushes={pushes} imports={imports} wordings={[]} relays={[]} webinars={[]} quiet />
    <Running actor={actor} pushes={pushes} imports={imports} />
    {!may(actor, 'campaign.write') && (
      <Section title="Et maintenant">
        <p>
          Une campagne paraît ici dès que votre organisation en est partenaire. C’est la personne chargée de la
          communication qui la crée.
        </p>
      </Section>
    )}
  </>
);

/** The title answers « what happens next? », the lead « is it sure? ». */
function opening({ now, pushes, next, leaving }: HomeProps): { title: string; lead: string } {
  const running = pushes.find((p) => p.state === 'en_cours');
  if (running?.progress)
    return {
      title: `Une lettre part en ce moment vers ${contacts(running.progress.addressed)}.`,
      lead: `${quoted(running.title)} : ${plural(running.progress.done, 'message est parti', 'messages sont partis')}. Vous pouvez suivre, suspendre ou laisser faire.`,
    };
  if (!next?.push.at)
    return {
      title: leaving.length
        ? 'Rien n’est programmé, mais un envoi attend.'
        : 'Rien ne part dans les deux prochaines semaines.',
      lead: leaving.length
        ? 'La date prévue est passée : il partira dès que toutes les validations seront là.'
        : 'Un brouillon à dater, une campagne à ouvrir : tout commence dans les campagnes.',
    };
  const { push, recipients } = next;
  const day = dayWord(next.push.at, now);
  const whom = recipients === null ? '' : ` vers environ ${contacts(recipients)}`;
  const missing = push.signatories.filter((s) => s.missing);
  if (push.state === 'programme' || push.state === 'pret')
    return {
      title: `${day}, la lettre part${whom}.`,
      lead: `${quoted(push.title)} est validée par toutes ses signataires. Vous n’avez rien à faire.`,
    };
  return {
    title: `${day}, une lettre doit partir${whom}.`,
    lead:
      push.state === 'a_valider'
        ? `${quoted(push.title)} attend encore ${listed(missing.map((s) => s.name))}. Rien ne partira sans ${missing.length > 1 ? 'ces validations' : 'cette validation'}.`
        : push.state === 'modele'
          ? `${quoted(push.title)} se répète : ce numéro sera à valider comme les autres.`
          : `${quoted(push.title)} est encore un brouillon : rien ne partira avant d’être soumis et validé.`,
  };
}

const contacts = (n: number): string => plural(n, 'contact', 'contacts');

type RunningProps = Pick<HomeProps, 'actor' | 'pushes' | 'imports'>;

/** Sends and imports under way. Replaced every second and a half while there is something; nothing when all is quiet. */
export const Running = ({ actor, pushes, imports }: RunningProps) => {
  const sending = pushes.filter((p) => p.state === 'en_cours' && p.progress);
  const loading = imports.filter((i) => i.state !== 'analysed');
  if (!sending.length && !loading.length) return <div />;
  return (
    <div data-live="/en-cours" data-say={sending.map((p) => `${p.title} : ${share(p)}`).join(' ; ')}>
      <Section title="En cours">
        {sending.map((p) => (
          <Progress label={p.title} done={p.progress?.done ?? 0} total={p.progress?.addressed ?? 0} text={share(p)}>
            {may(actor, 'push.read') && (
              <p>
                <a href={pushUrl(p)}>Suivre cet envoi</a>
              </p>
            )}
          </Progress>
        ))}
        {loading.map((i) => (
          <Progress
            label={`Import de ${i.fileName}`}
            done={i.rowsDone}
            total={i.rowsTotal}
            text={i.state === 'queued' ? 'en attente' : `${number(i.rowsDone)} lignes sur ${number(i.rowsTotal)}`}
          />
        ))}
      </Section>
    </div>
  );
};

const share = (p: PushLine): string =>
  `${number(p.progress?.done ?? 0)} messages sur ${number(p.progress?.addressed ?? 0)}`;
