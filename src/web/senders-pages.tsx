import type { Child } from 'hono/jsx';
import { shortDateTime } from '../base/dates.ts';
import type { SendersPage, ShownDomain, ShownTransport } from '../senders/read-senders.ts';
import { AUTH_NAMES, SECURITY_NAMES, STEP_NAMES } from '../senders/schema.ts';
import { Acts, Button, Csrf, Empty, Facts, PageHead, Row, Rows, Section, Todo } from './ui/components.tsx';
import { number } from './ui/figures.tsx';
import { State } from './ui/marks.tsx';

const PATH = '/organisation/envoi';

type Props = { senders: SendersPage; mayWrite: boolean; demo: boolean; address: string; csrf: string };

/** How the organisation's mail leaves: by which server, from which domains, and what is missing for it to leave. */
export const SendersView = (p: Props) => (
  <>
    <PageHead
      title={titleOf(p.senders)}
      back={{ href: '/organisation', label: 'Votre organisation' }}
      lead="Le serveur qui remet vos messages, et les domaines depuis lesquels votre organisation écrit."
    />
    <Server {...p} />
    {p.senders.transport && <Trial transport={p.senders.transport} />}
    <Domains {...p} />
    {!p.mayWrite && <p class="meta">Ces réglages sont tenus par l’administrateur de votre organisation.</p>}
  </>
);

const titleOf = ({ transport }: SendersPage): string =>
  transport?.used
    ? `Vos messages partent par ${transport.host}.`
    : 'Vos messages partent par le serveur commun de ce service.';

const Server = ({ senders: { transport }, mayWrite, demo, address, csrf }: Props) => (
  <Section
    title="Par où part le courrier"
    action={mayWrite && transport ? { href: `${PATH}/serveur`, label: 'Modifier le serveur' } : undefined}
  >
    {demo && (
      <p class="meta">
        Démonstration : rien ne part vers de vraies personnes. Seul un serveur de cette machine (127.0.0.1) peut être
        essayé ici.
      </p>
    )}
    {transport ? (
      <>
        <Facts items={serverFacts(transport)} />
        {mayWrite && <ServerActs transport={transport} address={address} csrf={csrf} />}
      </>
    ) : (
      <Empty
        title="Votre organisation n’a pas de serveur à elle"
        act={mayWrite ? { href: `${PATH}/serveur`, label: 'Décrire votre serveur' } : undefined}
      >
        <p>
          Son courrier part par le serveur commun de ce service. Si vos messages doivent partir par votre propre serveur
          (votre hébergeur de messagerie ou un service d’envoi), décrivez-le et essayez-le.
        </p>
      </Empty>
    )}
  </Section>
);

const pace = (n: number | null, per: string): string =>
  n === null ? `sans limite par ${per}` : `${number(n)} par ${per}`;

const serverFacts = (t: ShownTransport): (readonly [Child, Child])[] => [
  ['Serveur', `${t.host}, port ${t.port}`],
  ['Protection', SECURITY_NAMES[t.security]],
  ['Identification', t.auth === 'aucune' ? AUTH_NAMES.aucune : `${AUTH_NAMES[t.auth]} (${t.username})`],
  [
    'Rythme',
    `${t.connections} connexion${t.connections > 1 ? 's' : ''} à la fois, ${pace(t.perMinute, 'minute')}, ${pace(t.perDay, 'jour')}`,
  ],
  ['Usage', <ServerState transport={t} />],
];

const ServerState = ({ transport: t }: { transport: ShownTransport }) =>
  t.used ? (
    <State kind="ok">en service</State>
  ) : t.trial === null ? (
    <State kind="todo">à essayer</State>
  ) : t.trial.ok ? (
    <State kind="pause">essayé, pas encore en service</State>
  ) : (
    <State kind="stop">l’essai a échoué</State>
  );

const ServerActs = ({ transport: t, address, csrf }: { transport: ShownTransport; address: string; csrf: string }) => (
  <>
    <form method="post" action={`${PATH}/essai`}>
      <Csrf token={csrf} />
      <p class="hint">Un message d’essai part vers {address}. La réponse peut demander une minute.</p>
      <Acts>
        <Button primary={!t.used && !t.trial?.ok}>Essayer ce serveur</Button>
      </Acts>
    </form>
    {(t.used || t.trial?.ok) && (
      <form method="post" action={`${PATH}/usage`}>
        <Csrf token={csrf} />
        <Acts>
          {t.used ? (
            <Button name="usage" value="commun">
              Revenir au serveur commun
            </Button>
          ) : (
            <Button primary name="usage" value="propre">
              Faire partir nos messages par ce serveur
            </Button>
          )}
        </Acts>
      </form>
    )}
  </>
);

/** Step by step, in the server's own words: what a technician needs to read. */
const Trial = ({ transport: { trial, used } }: { transport: ShownTransport }) =>
  trial && (
    <Section id="essai" title="Le dernier essai" note={shortDateTime(trial.at)}>
      {trial.ok && <p>Le serveur a pris le message d’essai. Voici ce qu’il a répondu, étape par étape.</p>}
      {!trial.ok && (
        <p>
          Le serveur n’a pas pris le message d’essai. L’étape refusée et ses mots disent à votre service informatique ce
          qui manque.
          {used && ' Ce serveur reste en service jusqu’à ce que vous en changiez.'}
        </p>
      )}
      <Rows label="Ce que le serveur a répondu, dans l’ordre">
        {trial.steps.map((step) => (
          <Row
            what={STEP_NAMES[step.name]}
            meta={step.words}
            end={<State kind={step.ok ? 'ok' : 'stop'}>{step.ok ? 'accepté' : 'refusé'}</State>}
          />
        ))}
      </Rows>
    </Section>
  );

const Domains = ({ senders: { domains, senderDomain, senderAddress }, mayWrite, demo }: Props) => {
  const add = { href: `${PATH}/domaines/nouveau`, label: 'Ajouter un domaine' };
  const mine = domains.find((d) => d.domain === senderDomain);
  return (
    <Section title="Les domaines d’expédition" action={mayWrite && domains.length > 0 ? add : undefined}>
      {domains.length === 0 ? (
        <Empty title="Aucun domaine n’est déclaré" act={mayWrite ? add : undefined}>
          <p>
            Votre organisation écrit depuis {senderAddress}. Déclarez {senderDomain}, publiez la clé qui vous sera
            donnée, puis vérifiez : sans signature, les messageries refusent ou cachent vos messages
            {demo ? '. La démonstration s’en passe, puisque rien ne part' : ', et rien ne part d’ici'}.
          </p>
        </Empty>
      ) : (
        <>
          {!mine && (
            <Todo title={`${senderDomain} n’est pas dans la liste`}>
              <p>C’est pourtant le domaine de votre adresse d’expédition ({senderAddress}).</p>
            </Todo>
          )}
          <Rows label="Domaines">
            {domains.map((d) => (
              <Row
                what={d.domain}
                href={`${PATH}/domaines/${d.id}`}
                meta={[
                  d.signing === 'ici' ? 'signé par Porte-voix' : 'signé par votre serveur',
                  d.checkedAt ? `vérifié ${shortDateTime(d.checkedAt)}` : 'jamais vérifié',
                ].join(' · ')}
                end={<DomainState domain={d} demo={demo} />}
              />
            ))}
          </Rows>
        </>
      )}
    </Section>
  );
};

const DomainState = ({ domain: d, demo }: { domain: ShownDomain; demo: boolean }) => {
  const toMend = d.checks.filter((c) => c.level === 'a_corriger').length;
  if (d.verifiedAt)
    return toMend === 0 ? (
      <State kind="ok">en règle</State>
    ) : (
      <State kind="wait">
        vérifié, {toMend} point{toMend > 1 ? 's' : ''} à corriger
      </State>
    );
  return d.checkedAt ? (
    <State kind="stop">{demo ? 'pas en règle' : 'rien ne peut en partir'}</State>
  ) : (
    <State kind="todo">à vérifier</State>
  );
};
