import type { AttendancePage, OwnPresent } from '../attendance/read-attendance.ts';
import { Acts, Button, Csrf, Empty, Fold, Section } from './ui/components.tsx';
import { Choices } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';
import { Pagination } from './ui/flow.tsx';
import { DataTable } from './ui/table.tsx';
import { minutesText } from './webinar-presence-words.tsx';
import { webinarUrl } from './webinar-words.tsx';

export type List = 'presents' | 'absents' | 'autres';
export type PresenceProps = {
  read: AttendancePage;
  refused?: string | undefined;
  /** From which line on a long list is shown. */
  from: (list: List) => number;
  csrf: string;
};

export const act = ({ read }: PresenceProps, part: string): string =>
  webinarUrl(read.campaign.slug, read.webinar.slug, `/presence/${part}`);

/** A word about one registrant, in a line of a list. */
export const Say = (
  p: PresenceProps & { of: { registrationId: number; person: string; name: string }; yes?: string; no?: string },
) => (
  <form method="post" action={act(p, 'decision')}>
    <Csrf token={p.csrf} />
    <input type="hidden" name="inscription" value={p.of.registrationId} />
    <input type="hidden" name="personne" value={p.of.person} />
    <Acts>
      {p.yes && (
        <Button name="venu" value="oui" label={`${p.yes} : ${p.of.name}`}>
          {p.yes}
        </Button>
      )}
      {p.no && (
        <Button name="venu" value="non" quiet label={`${p.no} : ${p.of.name}`}>
          {p.no}
        </Button>
      )}
    </Acts>
  </form>
);

const HOW: Record<OwnPresent['how'], string> = {
  adresse: 'par son adresse',
  nom: 'par son nom',
  proche: 'par un nom proche',
};
const howText = ({ inRoom, said, how, seenAs, name }: OwnPresent): string => {
  if (inRoom) return 'vue dans la salle, selon vous';
  if (said) return `selon vous${seenAs ? `, sous le nom « ${seenAs} »` : ''}`;
  return seenAs && seenAs !== name ? `${HOW[how]}, sous le nom « ${seenAs} »` : HOW[how];
};

const SHOWN = 100;
const part = <T,>(list: readonly T[], from: number) => list.slice(from, from + SHOWN);
const Pages = ({ list, from, length }: { list: List; from: number; length: number }) => (
  <Pagination
    previous={from > 0 ? `?${list}=${Math.max(0, from - SHOWN)}#${list}` : null}
    next={from + SHOWN < length ? `?${list}=${from + SHOWN}#${list}` : null}
    shown={`${number(Math.min(from + 1, length))} à ${number(Math.min(from + SHOWN, length))} sur ${number(length)}`}
  />
);

export const Present = (p: PresenceProps) => {
  const { present, mayDecide, open, runs, totals } = p.read;
  const from = p.from('presents');
  if (!open && present.length === 0) return null;
  return (
    <Section title="Vos inscrits venus" note={number(present.length)} id="presents">
      {present.length === 0 ? (
        <Empty title="Aucun de vos inscrits n’est encore reconnu.">
          <p>
            {totals.known
              ? 'Le fichier de la plateforme n’en nomme aucun. Cochez plus bas les personnes que vous avez vues.'
              : runs
                ? 'Importez le fichier de la plateforme, ou cochez plus bas les personnes que vous avez vues.'
                : 'Ils paraîtront ici dès que le fichier de la plateforme sera importé.'}
          </p>
        </Empty>
      ) : (
        <DataTable
          caption="Vos inscrits venus"
          hiddenCaption
          columns={[
            { label: 'Personne' },
            { label: 'Présence' },
            { label: 'Reconnue' },
            ...(mayDecide && open ? [{ label: 'Corriger' }] : []),
          ]}
          rows={part(present, from).map((r) => [
            <>
              {r.name || 'personne oubliée'}
              {r.company && <p class="meta">{r.company}</p>}
            </>,
            minutesText(r.minutes),
            howText(r),
            ...(mayDecide && open
              ? [
                  r.inRoom ? (
                    <Unsee {...p} id={r.registrationId} name={r.name} />
                  ) : (
                    <Say {...p} of={r} no="Ce n’est pas elle" />
                  ),
                ]
              : []),
          ])}
        />
      )}
      <Pages list="presents" from={from} length={present.length} />
    </Section>
  );
};

const Unsee = (p: PresenceProps & { id: number; name: string }) => (
  <form method="post" action={act(p, 'salle')}>
    <Csrf token={p.csrf} />
    <input type="hidden" name="inscription" value={p.id} />
    <Button name="vu" value="non" quiet label={`Annuler : ${p.name}`}>
      Annuler
    </Button>
  </form>
);

export const Absent = (p: PresenceProps) => {
  const { absent, mayDecide, open, totals } = p.read;
  const from = p.from('absents');
  if (absent.length === 0) return null;
  const shown = part(absent, from).map((r) => ({
    id: r.registrationId,
    name: r.name || 'personne oubliée',
    company: r.company,
  }));
  return (
    <Section title={totals.known ? 'Vos inscrits pas venus' : 'Vos inscrits'} note={number(absent.length)} id="absents">
      {mayDecide && open ? (
        <form method="post" action={act(p, 'salle')}>
          <Csrf token={p.csrf} />
          <Choices
            kind="checkbox"
            name="inscription"
            label="Avez-vous vu l’une de ces personnes ?"
            hint="Le fichier ne la nomme pas, ou pas encore : cochez, puis enregistrez."
            options={shown.map(({ id, name, company }) => ({
              value: String(id),
              label: [name, company].filter(Boolean).join(', '),
            }))}
          />
          <Acts>
            <Button name="vu" value="oui">
              Noter qu’elles étaient là
            </Button>
          </Acts>
        </form>
      ) : (
        <DataTable
          caption="Vos inscrits qui ne sont pas reconnus"
          hiddenCaption
          columns={[{ label: 'Personne' }, { label: 'Structure' }]}
          rows={shown.map(({ name, company }) => [name, company || '–'])}
        />
      )}
      <Pages list="absents" from={from} length={absent.length} />
    </Section>
  );
};

export const Denied = (p: PresenceProps) => (
  <Section title="Écartés par vous">
    <Fold title="voir ces réponses">
      <DataTable
        caption="Présences que vous avez écartées"
        hiddenCaption
        columns={[
          { label: 'Vu dans la salle' },
          { label: 'Votre inscrit' },
          ...(p.read.mayDecide && p.read.open ? [{ label: 'Corriger' }] : []),
        ]}
        rows={p.read.denied.map((d) => [
          d.seenAs || 'nom effacé',
          d.name || 'personne oubliée',
          ...(p.read.mayDecide && p.read.open ? [<Say {...p} of={d} yes="C’était bien elle" />] : []),
        ])}
      />
    </Fold>
  </Section>
);

export const Strangers = (p: PresenceProps) => {
  const { strangers } = p.read;
  const from = p.from('autres');
  return (
    <Section title="Venues, pas parmi vos inscrits" note={number(strangers.length)} id="autres">
      <p>
        Des personnes qui ont reçu le lien, des intervenants, ou les inscrits des autres organisations : chacune
        retrouve les siens.
      </p>
      <Fold title="voir ces personnes" open={from > 0}>
        <DataTable
          caption="Personnes venues qui ne sont pas parmi vos inscrits"
          hiddenCaption
          columns={[{ label: 'Nom donné à la plateforme' }, { label: 'Adresse' }, { label: 'Présence' }]}
          rows={part(strangers, from).map((s) => [
            s.name || 'personne sans nom',
            s.address ?? '–',
            minutesText(s.minutes),
          ])}
        />
        <Pages list="autres" from={from} length={strangers.length} />
      </Fold>
    </Section>
  );
};
