import type { ImportRow } from '../contacts/import-queries.ts';
import type { PushLine } from '../deliveries/read-pushes.ts';
import type { WordingToApprove } from '../key-messages/read-to-approve.ts';
import { may } from '../organisations/permissions.ts';
import type { Session } from '../organisations/sessions.ts';
import type { RelayRequests } from '../relays/read-requests.ts';
import type { NextWebinar } from '../webinars/read-next-webinars.ts';
import { listed, plural, pushUrl, quoted, whenOf } from './push-words.tsx';
import { Empty, Section, Todo } from './ui/components.tsx';
import { webinarUrl } from './webinar-words.tsx';

type Item = { title: string; text: string; act: { href: string; label: string } };

/** Drafts are shown a few at a time: the nearest ones are what can be done today. */
const DRAFTS = 2;
/** So are texts to read again: the oldest requests first. */
const TEXTS = 3;

/** What waits for this very person: what is asked of their organisation, then what they began. */
export const Waiting = (p: {
  actor: Session['actor'];
  pushes: readonly PushLine[];
  imports: readonly ImportRow[];
  wordings: readonly WordingToApprove[];
  relays: readonly RelayRequests[];
  webinars: readonly NextWebinar[];
  quiet?: boolean;
}) => {
  const items = [
    ...approvals(p),
    ...texts(p),
    ...changes(p),
    ...kits(p),
    ...held(p),
    ...ready(p),
    ...imports(p),
    ...drafts(p),
  ];
  if (!items.length && p.quiet) return null;
  return (
    <Section title="Ce qui vous attend">
      {items.map((item, i) => (
        <Todo title={item.title} primary={i === 0} act={item.act}>
          <p>{item.text}</p>
        </Todo>
      ))}
      {!items.length && (
        <Empty title="Rien ne vous attend.">
          <p>Une validation demandée ou un brouillon à finir paraîtra ici.</p>
        </Empty>
      )}
    </Section>
  );
};

type From = { actor: Session['actor']; pushes: readonly PushLine[] };

const approvals = ({ actor, pushes }: From): Item[] =>
  may(actor, 'push.approve')
    ? pushes
        .toSorted((a, b) => limitOf(a) - limitOf(b))
        .filter(
          (p) =>
            p.state === 'a_valider' &&
            !p.changesAskedBy.length &&
            p.signatories.some((s) => s.id === actor.organisationId && s.missing),
        )
        .map((p) => ({
          title: `Relire ${quoted(p.title)}`,
          text: `${p.at ? `Départ prévu ${whenOf(p.at)}.` : 'Sans date de départ.'} ${answerText(p)}`,
          act: { href: pushUrl(p, '/validation'), label: 'Lire et décider' },
        }))
    : [];

/** The most pressing first. */
const limitOf = (p: PushLine): number => (p.answerBy ?? p.at)?.getTime() ?? Number.POSITIVE_INFINITY;

/** Until when one may answer. Past it, only the page says what can still be done. */
function answerText({ answerBy, silenceToldAt }: PushLine): string {
  if (silenceToldAt) return 'La date de réponse est passée : rien ne part sans votre accord.';
  return answerBy ? `Réponse attendue avant ${whenOf(answerBy)}.` : 'Sans votre accord, rien ne part sous votre nom.';
}

const texts = ({ wordings }: { wordings: readonly WordingToApprove[] }): Item[] =>
  wordings.slice(0, TEXTS).map((w, i) => ({
    title: `Relire ${quoted(w.topic)}`,
    text: `Élément de langage, ${w.campaign}. Les relais le reprendront une fois validé.${
      wordings.length > TEXTS && i === TEXTS - 1
        ? ` Et ${plural(wordings.length - TEXTS, 'autre texte', 'autres textes')} dans les campagnes.`
        : ''
    }`,
    act: { href: `/campagnes/${w.campaignSlug}/elements/${w.slug}/validation`, label: 'Lire et décider' },
  }));

const kits = ({ relays }: { relays: readonly RelayRequests[] }): Item[] =>
  relays.map((r) => ({
    title: r.waiting === 1 ? 'Confirmer un relais' : `Confirmer ${r.waiting} relais`,
    text: `${r.waiting === 1 ? 'Une demande de kit attend' : `${r.waiting} demandes de kit attendent`} votre accord, ${r.campaign}.`,
    act: { href: `/campagnes/${r.campaignSlug}/relais`, label: 'Voir qui demande' },
  }));

/** Its figures, and what is written to those who came, wait for this word. */
const held = ({ webinars }: { webinars: readonly NextWebinar[] }): Item[] =>
  webinars
    .filter((w) => w.state === 'passe' && w.runs)
    .map((w) => ({
      title: `Dire si ${quoted(w.title)} a eu lieu`,
      text: `Il était prévu ${whenOf(w.startsAt)}. Ensuite viennent les présences, et la suite à écrire.`,
      act: { href: webinarUrl(w.campaign.slug, w.slug), label: 'Ouvrir le webinaire' },
    }));

const own = ({ actor, pushes }: From): PushLine[] => pushes.filter((p) => p.organisationId === actor.organisationId);

const changes = (p: From): Item[] =>
  may(p.actor, 'push.write')
    ? own(p)
        .filter((push) => push.changesAskedBy.length)
        .map((push) => ({
          title: `Corriger ${quoted(push.title)}`,
          text: `${listed(push.changesAskedBy)} ${push.changesAskedBy.length > 1 ? 'demandent' : 'demande'} un changement.`,
          act: { href: pushUrl(push, '/validation'), label: 'Lire la demande' },
        }))
    : [];

const ready = (p: From): Item[] =>
  may(p.actor, 'push.send')
    ? own(p)
        .filter((push) => push.state === 'pret' && !push.at)
        .map((push) => ({
          title: `Envoyer ${quoted(push.title)}`,
          text: 'Toutes les signataires ont validé. Cet envoi n’a pas de date : il part quand vous le dites.',
          act: { href: pushUrl(push, '/depart'), label: 'Voir ce qui partira' },
        }))
    : [];

const imports = ({ actor, imports: all }: { actor: Session['actor']; imports: readonly ImportRow[] }): Item[] =>
  may(actor, 'contacts.import')
    ? all
        .filter((i) => i.state === 'analysed')
        .map((i) => ({
          title: `Finir l’import de ${i.fileName}`,
          text: `${plural(i.rowsTotal, 'ligne lue', 'lignes lues')}. Rien n’est enregistré avant votre accord.`,
          act: { href: `/contacts/imports/${i.id}`, label: 'Voir ce qui changera' },
        }))
    : [];

function drafts(p: From): Item[] {
  if (!may(p.actor, 'push.submit')) return [];
  const all = own(p).filter((push) => push.state === 'brouillon' && !push.recurrence);
  const rest = all.length - DRAFTS;
  return all.slice(0, DRAFTS).map((push, i) => ({
    title: `Soumettre ${quoted(push.title)}`,
    text: `${push.at ? `Départ prévu ${whenOf(push.at)}.` : 'Sans date de départ.'} Relisez-le, puis demandez les validations.${
      rest > 0 && i === DRAFTS - 1
        ? ` Et ${plural(rest, 'autre brouillon', 'autres brouillons')} dans les campagnes.`
        : ''
    }`,
    act: { href: pushUrl(push), label: 'Ouvrir le brouillon' },
  }));
}
