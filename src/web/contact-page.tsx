import type { Child } from 'hono/jsx';
import { longDate, parseParis, shortDateTime } from '../base/dates.ts';
import { PUBLIC_NAMES, SIZE_NAMES } from '../base/words.ts';
import type { ContactPage } from '../contacts/read-contacts-page.ts';
import { REASON_NAMES } from '../deliveries/schema.ts';
import { TREATED } from '../pressure/own-view.ts';
import { nameOf } from './contacts-pages.tsx';
import { stateName } from './person-file.ts';
import { Acts, ButtonLink, Facts, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { Level, State } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';

type Contact = ContactPage['contact'];

const PURPOSE_NAMES = {
  message: 'recevoir des messages',
  mesure_clic: 'mesure individuelle des clics',
  mesure_ouverture: 'mesure des ouvertures',
};
const ADDRESS_KINDS: Record<string, string> = {
  nominative_pro: 'professionnelle, à son nom',
  generique_pro: 'générique de la structure',
  personnelle: 'messagerie personnelle',
};

export const ContactView = ({
  contact: c,
  consents,
  suppressions,
  messages,
  mayWrite,
  mayExport,
}: ContactPage & { mayWrite: boolean; mayExport: boolean }) => (
  <>
    <PageHead
      title={nameOf(c)}
      lead={[c.job, c.company].filter(Boolean).join(', ') || c.address}
      back={{ href: '/contacts', label: 'Contacts' }}
    />
    <Section title="Peut-on lui écrire ?">
      <MayWrite consents={consents} suppressions={suppressions} />
    </Section>
    <Section title="Ce que l’on sait">
      <Facts items={profile(c)} />
    </Section>
    <Section title="Ses accords">
      {consents.length === 0 ? (
        <p>Aucun accord ni refus n’est enregistré : la mesure individuelle est donc exclue.</p>
      ) : (
        <DataTable
          caption="Du plus récent au plus ancien ; le dernier de chaque sorte fait foi"
          columns={[
            { label: 'Pour' },
            { label: 'Réponse' },
            { label: 'Le' },
            { label: 'Source' },
            { label: 'Texte présenté' },
          ]}
          rows={consents.map((k) => [
            PURPOSE_NAMES[k.purpose],
            k.value === 'granted' ? 'accord' : 'refus',
            longDate(k.at),
            k.source,
            k.wording ?? '–',
          ])}
        />
      )}
    </Section>
    <Section title="Ce que cette personne a reçu">
      {messages.length === 0 ? (
        <p>Votre organisation ne lui a encore rien envoyé par ce service.</p>
      ) : (
        <Rows label="Messages, du plus récent au plus ancien">
          {messages.map((m) => (
            <Row
              when={m.at ? shortDateTime(m.at) : m.state === TREATED ? 'sans date' : 'pas encore'}
              datetime={m.at?.toISOString()}
              what={m.title}
              end={<MessageState state={m.state} />}
            />
          ))}
        </Rows>
      )}
    </Section>
    {(mayWrite || mayExport) && (
      <Section title="Si cette personne exerce ses droits">
        <Acts>
          {mayWrite && isMeasured(consents) && (
            <ButtonLink href={`/contacts/${c.id}/mesure`}>Ne plus compter ses clics à son nom</ButtonLink>
          )}
          {mayWrite && suppressions.length === 0 && (
            <ButtonLink href={`/contacts/${c.id}/opposition`}>Enregistrer une opposition</ButtonLink>
          )}
          {mayExport && (
            <>
              <ButtonLink href={`/contacts/${c.id}/donnees.csv`} download>
                Ses données en CSV
              </ButtonLink>
              <ButtonLink href={`/contacts/${c.id}/donnees.json`} download>
                Ses données en JSON
              </ButtonLink>
            </>
          )}
          {mayWrite && (
            <ButtonLink href={`/contacts/${c.id}/effacement`} danger>
              Effacer ce contact…
            </ButtonLink>
          )}
        </Acts>
      </Section>
    )}
  </>
);

const isMeasured = (consents: ContactPage['consents']): boolean =>
  consents.find((k) => k.purpose === 'mesure_clic')?.value === 'granted';

/** The last word on messages, or a suppression: either one stops them. */
const MayWrite = ({ consents, suppressions }: Pick<ContactPage, 'consents' | 'suppressions'>) => {
  const said = consents.find((k) => k.purpose === 'message');
  const [stop] = suppressions;
  if (stop)
    return (
      <p>
        <State kind="stop">Non : {STOPS[stop.reason]}</State> depuis le {longDate(stop.at)} ({stop.source}).
      </p>
    );
  if (said?.value === 'refused')
    return (
      <p>
        <State kind="stop">Non : refus des messages</State> depuis le {longDate(said.at)} ({said.source}).
      </p>
    );
  return (
    <p>
      <State kind="ok">Oui</State> : ni désinscription ni opposition auprès de votre organisation.
    </p>
  );
};

const STOPS = {
  desinscrit: 'désinscription',
  opposition: REASON_NAMES.opposition,
  adresse_invalide: 'adresse qui n’existe plus',
  plainte: 'plainte pour message indésirable',
};

const MessageState = ({ state }: { state: string }) => {
  const kind =
    state === 'accepted'
      ? 'ok'
      : ['failed', 'bounced', 'complained', 'unknown'].includes(state)
        ? 'stop'
        : ['set_apart', 'cancelled', TREATED].includes(state)
          ? 'off'
          : 'wait';
  return <State kind={kind}>{stateName(state)}</State>;
};

function profile(c: Contact): [string, Child][] {
  const collected = c.collectedOn ? parseParis(c.collectedOn) : null;
  const known: [string, Child | null][] = [
    ['Adresse', `${c.address} (${ADDRESS_KINDS[c.addressKind] ?? c.addressKind})`],
    ['Civilité', c.civility],
    ['Fonction', c.job],
    ['Structure', c.company],
    ['SIRET', c.siret],
    ['Code NAF', c.naf],
    ['Convention collective', c.idcc && `IDCC ${c.idcc}`],
    ['Effectif', c.headcount === null ? SIZE_NAMES[c.sizeClass] : `${c.headcount} (${SIZE_NAMES[c.sizeClass]})`],
    [
      'Lieu',
      [c.postalCode, c.departement && `département ${c.departement}`, c.region].filter(Boolean).join(', ') || null,
    ],
    ['Niveau par défaut', <Level level={c.level} />],
    ['Public', PUBLIC_NAMES[c.public]],
    ['Étiquettes', c.tags.join(', ') || null],
    ['Commentaire', c.note],
    ['D’où vient cette adresse', c.source],
    ['Date de collecte', collected && longDate(collected)],
    [
      'Informé de ses droits',
      c.noticeSentAt ? `par le premier message, ${longDate(c.noticeSentAt)}` : 'le sera par son premier message',
    ],
    ['Dans la liste depuis', longDate(c.createdAt)],
  ];
  return known.filter((fact): fact is [string, Child] => fact[1] !== null && fact[1] !== '');
}
