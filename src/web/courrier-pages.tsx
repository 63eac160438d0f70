import { longDateTime, shortDateTime } from '../base/dates.ts';
import type { MailboxPage, StoredMail } from '../deliveries/read-mailbox.ts';
import type { ReadMessage } from '../mail/read-message.ts';
import type { MailTab } from './courrier.tsx';
import { Acts, Button, Empty, Facts, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { Field, FieldRow } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';
import { Pagination, PlainText, Sheet, Tabs } from './ui/flow.tsx';

export const MailboxView = ({ rows, next, search, first }: MailboxPage & { search: string; first: boolean }) => (
  <>
    <PageHead
      title="Ce qui serait parti"
      lead="En démonstration, les messages de votre organisation s’arrêtent ici au lieu d’aller vers de vraies personnes. Ouvrez-les comme leurs destinataires le feraient."
    />
    {rows.length === 0 && search === '' && first ? (
      <Empty title="Aucun message n’est encore arrivé." act={{ href: '/campagnes', label: 'Voir les campagnes' }}>
        <p>
          Envoyez un essai ou une campagne validée : chaque message paraîtra ici quelques secondes après son départ.
        </p>
      </Empty>
    ) : (
      <Section title="Messages" action={first ? undefined : { href: here(search), label: 'Revenir aux plus récents' }}>
        <form method="get" action="/courrier">
          <FieldRow>
            <Field kind="search" name="recherche" label="Destinataire ou objet" value={search} bare />
            <Button>Rechercher</Button>
          </FieldRow>
        </form>
        {rows.length === 0 ? (
          <Empty
            title={`Aucun message ne correspond à « ${search} ».`}
            act={{ href: '/courrier', label: 'Voir tous les messages' }}
          />
        ) : (
          <Rows label="Messages, du plus récent au plus ancien">
            {rows.map((mail) => (
              <Row
                when={shortDateTime(mail.receivedAt)}
                datetime={mail.receivedAt.toISOString()}
                href={`/courrier/${mail.id}`}
                what={mail.subject || 'Message sans objet'}
                meta={`à ${mail.to}, de ${mail.from}`}
              />
            ))}
          </Rows>
        )}
        <Pagination next={next === null ? null : here(search, next)} />
      </Section>
    )}
  </>
);

const here = (search: string, before?: number): string => {
  const query = new URLSearchParams();
  if (search) query.set('recherche', search);
  if (before !== undefined) query.set('avant', String(before));
  return query.size > 0 ? `/courrier?${query}` : '/courrier';
};

export const MailView = (p: {
  mail: StoredMail;
  message: ReadMessage;
  tab: MailTab;
  source: string;
  rights: string;
}) => {
  const { mail, message } = p;
  const address = `/courrier/${mail.id}`;
  return (
    <>
      <PageHead
        title={message.subject || 'Message sans objet'}
        lead={`Arrivé ${longDateTime(mail.receivedAt)} chez ${mail.to}.`}
        back={{ href: '/courrier', label: 'Courrier de démonstration' }}
      />
      <Tabs
        label="Présentation du message"
        tabs={[
          ...(message.html === null ? [] : [{ href: address, label: 'Message', current: p.tab === 'message' }]),
          { href: `${address}?vue=texte`, label: 'Texte seul', current: p.tab === 'texte' },
          { href: `${address}?vue=source`, label: 'Source', current: p.tab === 'source' },
        ]}
      />
      {p.tab === 'source' ? (
        <PlainText text={p.source} />
      ) : (
        <Sheet from={message.from} to={message.to} subject={message.subject} title={message.subject}>
          {p.tab === 'message' ? (
            <iframe
              src={`${address}/html`}
              title={`Le message « ${message.subject} »`}
              sandbox={p.rights}
              loading="lazy"
            />
          ) : (
            <PlainText text={message.text || 'Ce message n’a pas de version texte.'} />
          )}
        </Sheet>
      )}
      {p.tab === 'message' && (
        <Section title="Ses liens" note={message.links.length > 1 ? `${message.links.length} liens` : undefined}>
          {message.links.length === 0 ? (
            <p>Ce message ne contient aucun lien.</p>
          ) : (
            <Rows label="Liens du message, dans l’ordre de lecture">
              {message.links.map((link) => (
                <Row href={link.href} what={link.text} meta={link.text === link.href ? undefined : link.href} />
              ))}
            </Rows>
          )}
        </Section>
      )}
      {message.attachments.length > 0 && (
        <Section title={message.attachments.length > 1 ? 'Ses pièces jointes' : 'Sa pièce jointe'}>
          <Rows label="Pièces jointes">
            {message.attachments.map((file, i) => (
              <Row
                href={`${address}/pieces/${i + 1}`}
                what={file.name || 'Sans nom'}
                meta={`${file.type}, ${number(file.bytes.length)} octets`}
              />
            ))}
          </Rows>
        </Section>
      )}
      <Section title="Ce que dit son enveloppe">
        <Facts items={envelope(mail, message)} />
        {p.tab !== 'message' && message.html !== null && (
          <Acts>
            <a href={address}>Revenir au message</a>
          </Acts>
        )}
      </Section>
    </>
  );
};

const envelope = (mail: StoredMail, m: ReadMessage): [string, string][] => [
  ['Remis à', mail.to],
  ['Écrit par', m.from],
  ['Les réponses vont à', m.replyTo ?? 'l’expéditeur'],
  ['Les retours d’erreur vont à', mail.from],
  ['Daté du', m.date ? longDateTime(m.date) : 'aucune date'],
  [
    'Désinscription',
    m.unsubscribe === null
      ? 'pas de lien dans l’enveloppe'
      : m.unsubscribe.oneClick
        ? 'en un clic, depuis la messagerie du destinataire'
        : 'par un lien, depuis la messagerie du destinataire',
  ],
  ['Signature de l’expéditeur', m.signed ? 'présente (DKIM)' : 'absente : normal en démonstration'],
  ['Numéro du message', m.messageId ?? 'aucun'],
];
