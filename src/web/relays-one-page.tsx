import { longDate, parseParis, shortDate, shortDateTime } from '../base/dates.ts';
import { clicksPassport, NO_CLICKS, SOURCE_NAMES, type SourceKind, totalClicks } from '../relay-kits/figures.ts';
import type { ActRow, RelayPage as Read } from '../relay-kits/read-relay.ts';
import { CHANNEL_NAMES, type Channel, takenText } from '../relay-kits/schema.ts';
import type { RelayRow } from '../relays/queries.ts';
import { RELAY_KIND_NAMES } from '../relays/schema.ts';
import { territoryName } from '../relays/territory.ts';
import { CampaignTabs } from './campaign-pages.tsx';
import { plural } from './push-words.tsx';
import {
  Acts,
  Button,
  ButtonLink,
  CopyButton,
  Csrf,
  Empty,
  Facts,
  PageHead,
  Picture,
  Row,
  Rows,
  Section,
} from './ui/components.tsx';
import { Figure, Figures, number } from './ui/figures.tsx';
import { Confirm } from './ui/flow.tsx';

type Props = { p: Read; now: Date; csrf: string; mayWrite: boolean; mayReport: boolean };

/** One relay and its whole story, for the lead. */
export const RelayPage = (props: Props) => {
  const { relay: r, campaign } = props.p;
  const base = `/campagnes/${campaign.slug}/relais`;
  const living = r.confirmedAt !== null && r.stoppedAt === null;
  return (
    <>
      <PageHead
        back={{ href: base, label: 'Les relais' }}
        kicker={[RELAY_KIND_NAMES[r.kind], territoryName(r)].join(' · ')}
        title={r.name}
        lead={standing(r)}
      >
        {props.mayWrite && living && (
          <Acts>
            <ButtonLink href={`${base}/${r.id}/modifier`}>Modifier</ButtonLink>
            <ButtonLink href={`${base}/${r.id}/arret`} quiet>
              Arrêter ce relais
            </ButtonLink>
          </Acts>
        )}
      </PageHead>
      <CampaignTabs slug={campaign.slug} current="relais" mayReport={props.mayReport} />
      {props.mayWrite && !r.confirmedAt && <Answer {...props} />}
      {living && <Kit {...props} />}
      <Brought {...props} />
      <Story {...props} />
      <About {...props} />
    </>
  );
};

function standing(r: RelayRow): string | undefined {
  if (r.stoppedAt) return `Ne relaie plus depuis le ${longDate(r.stoppedAt)}.`;
  return r.confirmedAt ? undefined : `A demandé un kit le ${longDate(r.createdAt)} : à vous de confirmer.`;
}

const Answer = ({ p, csrf }: Props) => {
  const base = `/campagnes/${p.campaign.slug}/relais/${p.relay.id}`;
  return (
    <Section title="Votre réponse">
      <Acts>
        <form method="post" action={`${base}/confirmation`}>
          <Csrf token={csrf} />
          <Button primary>Confirmer et envoyer le kit</Button>
        </form>
        <form method="post" action={`${base}/refus`}>
          <Csrf token={csrf} />
          <Button>Écarter la demande</Button>
        </form>
      </Acts>
    </Section>
  );
};

const Kit = ({ p, csrf, mayWrite }: Props) => {
  const { relay: r, kit } = p;
  const base = `/campagnes/${p.campaign.slug}/relais/${r.id}`;
  const invited = p.acts.some((a) => a.what === 'invite');
  return (
    <Section title="Son kit">
      {kit?.state === 'ouvert' ? (
        <>
          <p>
            <a id="lien-du-kit" href={kit.url} rel="noreferrer">
              {kit.url}
            </a>
          </p>
          <p class="hint">
            Qui a cette adresse a son kit : ne la donnez qu’à lui.
            {kit.expiresAt && ` Elle ouvre jusqu’au ${longDate(kit.expiresAt)}.`}
          </p>
        </>
      ) : (
        <p>{kit?.state === 'expire' ? 'Son kit est arrivé à son terme.' : 'Son kit est fermé.'}</p>
      )}
      {mayWrite && (
        <Acts>
          {kit?.state === 'ouvert' && <CopyButton from="lien-du-kit">Copier le lien</CopyButton>}
          {r.address && (
            <form method="post" action={`${base}/${invited ? 'relance' : 'invitation'}`}>
              <Csrf token={csrf} />
              <Button>{invited ? 'Relancer' : 'Envoyer son invitation'}</Button>
            </form>
          )}
          <form method="post" action={`${base}/kit/renouvellement`}>
            <Csrf token={csrf} />
            <Button quiet>Changer l’adresse du kit</Button>
          </form>
          {kit?.state === 'ouvert' && (
            <form method="post" action={`${base}/kit/fermeture`}>
              <Csrf token={csrf} />
              <Button quiet>Fermer le kit</Button>
            </form>
          )}
        </Acts>
      )}
    </Section>
  );
};

const Brought = ({ p, now }: Props) => {
  const clicks = totalClicks(p.clicks);
  const base = `/campagnes/${p.campaign.slug}/relais/${p.relay.id}`;
  return (
    <>
      <Section title="Ce qu’il a apporté" note="lui et vous seuls le voyez">
        <Figures>
          <Figure
            label="clics retenus sur ses liens"
            figure={clicksPassport(clicks, p.relay.confirmedAt ?? p.relay.createdAt, now)}
          />
        </Figures>
        <Facts
          items={(Object.keys(SOURCE_NAMES) as SourceKind[]).map((kind) => {
            const c = p.clicks[kind] ?? NO_CLICKS;
            return [
              `Par ${SOURCE_NAMES[kind]}`,
              `${plural(c.retained, 'retenu', 'retenus')}, ${number(c.doubtful)} douteux`,
            ];
          })}
        />
      </Section>
      <Section title="Ce qu’il déclare" note="jamais ajouté aux clics">
        {p.declarations.length === 0 ? (
          <Empty title="Il n’a encore rien déclaré." />
        ) : (
          <Rows label="Publications déclarées, la plus récente d’abord">
            {p.declarations.map((d) => (
              <Row
                when={shortDate(parseParis(d.publishedOn) ?? d.declaredAt)}
                datetime={d.publishedOn}
                what={CHANNEL_NAMES[d.channel as Channel]}
                meta={
                  <>
                    {[d.audience === null ? '' : `${number(d.audience)} personnes, selon lui`, d.note]
                      .filter(Boolean)
                      .join(' · ')}
                    {d.url && (
                      <>
                        {' '}
                        <a href={d.url} rel="noopener noreferrer nofollow">
                          voir la publication
                        </a>
                      </>
                    )}
                  </>
                }
                end={
                  d.hasPicture && (
                    <Picture src={`${base}/publications/${d.id}/image`} alt="Image de cette publication" small />
                  )
                }
              />
            ))}
          </Rows>
        )}
      </Section>
    </>
  );
};

const ACT_TEXTS: Record<string, (detail: string) => string> = {
  invite: () => 'Invité',
  rappel: () => 'Relancé',
  ouvert: () => 'Kit ouvert',
  copie: (detail) => `A copié ${takenText(detail)}`,
  telecharge: (detail) => `A téléchargé ${takenText(detail)}`,
};
const actText = (a: ActRow): string => ACT_TEXTS[a.what]?.(a.detail) ?? a.what;

const Story = ({ p }: Props) => (
  <Section title="Son histoire" note="une ouverture n’est pas une lecture : une messagerie peut ouvrir le lien">
    <Rows label="Gestes, le plus récent d’abord">
      {p.acts.map((a) => (
        <Row when={shortDateTime(a.at)} datetime={a.at.toISOString()} what={actText(a)} />
      ))}
      {p.relay.confirmedAt && (
        <Row
          when={shortDateTime(p.relay.confirmedAt)}
          datetime={p.relay.confirmedAt.toISOString()}
          what={ORIGINS[p.relay.origin] ?? 'Ajouté'}
        />
      )}
    </Rows>
  </Section>
);

const ORIGINS: Record<string, string> = {
  formulaire: 'Sa demande est confirmée',
  import: 'Venu d’une liste importée',
  saisie: 'Ajouté à la main',
  campagne: 'Venu avec la campagne',
};

const About = ({ p }: Props) => {
  const { relay: r, parent, children, member } = p;
  const base = `/campagnes/${p.campaign.slug}/relais`;
  return (
    <Section title="Qui c’est">
      <Facts
        items={[
          ['Personne à qui écrire', r.contactName || 'non précisée'],
          ['Adresse', r.address ?? 'aucune'],
          ['Rattaché à', parent ? <a href={`${base}/${parent.id}`}>{parent.name}</a> : 'personne'],
          [
            'Passe le message à',
            children.length === 0
              ? 'personne'
              : children.slice(0, 20).map((child, i) => (
                  <>
                    {i > 0 && ', '}
                    <a href={`${base}/${child.id}`}>{child.name}</a>
                  </>
                )),
          ],
          ['Fichier', member ? `géré ici par ${member.name}` : 'relaie sans fichier'],
          ['Note', r.note || 'aucune'],
        ]}
      />
    </Section>
  );
};

export const StopRelayPage = ({ relay, slug, csrf }: { relay: RelayRow; slug: string; csrf: string }) => {
  const url = `/campagnes/${slug}/relais/${relay.id}`;
  return (
    <>
      <PageHead back={{ href: url, label: relay.name }} title={`Arrêter ${relay.name} ?`} />
      <Confirm
        action={`${url}/arret`}
        csrf={csrf}
        danger
        effects={[
          ['Son kit', 'se ferme tout de suite'],
          ['Les messages', 'plus personne ne lui écrit pour cette campagne'],
          ['Ses liens et ses affiches', 'mènent toujours au bon endroit, et restent comptés'],
          ['Pour revenir', 'c’est lui qui redemande un kit'],
        ]}
        submit="Arrêter ce relais"
        back={{ href: url, label: 'Ne rien changer' }}
      />
    </>
  );
};
