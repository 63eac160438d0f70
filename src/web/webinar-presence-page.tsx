import { NEARNESS_NAMES } from '../attendance/match-attendance.ts';
import type { AttendancePage, OwnDoubtful } from '../attendance/read-attendance.ts';
import { shortDateTime } from '../base/dates.ts';
import { PLATFORM_NAMES } from '../webinars/schema.ts';
import { plural } from './push-words.tsx';
import { Acts, Button, Csrf, Facts, Fold, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { ErrorSummary, Field } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';
import { DataTable } from './ui/table.tsx';
import { Absent, act, Denied, type PresenceProps, Present, Say, Strangers } from './webinar-presence-lists.tsx';
import { minutesText, WhereToFind } from './webinar-presence-words.tsx';
import { webinarUrl } from './webinar-words.tsx';

/** Who came: what is to be decided first, then the files, then everybody. */
export const PresencePage = (p: PresenceProps) => {
  const { read } = p;
  const known = read.totals.known || read.present.length > 0;
  return (
    <>
      <PageHead
        back={{ href: webinarUrl(read.campaign.slug, read.webinar.slug), label: 'Le webinaire' }}
        kicker={read.webinar.title}
        title={titleOf(read, known)}
        lead={leadOf(read)}
      />
      <ErrorSummary errors={p.refused ? [{ field: 'fichier', message: p.refused }] : undefined} />
      {read.doubtful.length > 0 && <Doubtful {...p} />}
      {known && <Totals {...p} />}
      {read.files.length > 0 ? <Files {...p} /> : read.mayImport && read.open && <FirstFile {...p} />}
      <Present {...p} />
      <Absent {...p} />
      {read.denied.length > 0 && <Denied {...p} />}
      {read.runs && read.strangers.length > 0 && <Strangers {...p} />}
    </>
  );
};

const titleOf = ({ totals, open, webinar, state, runs }: AttendancePage, known: boolean): string => {
  if (state === 'annule') return 'Ce webinaire est annulé.';
  if (webinar.purgedAt) return 'Qui est venu est oublié.';
  if (!open) return 'Ce webinaire n’a pas commencé.';
  if (!known) return 'Qui est venu ?';
  const { people } = totals.joint;
  const about = runs || totals.joint.exact ? '' : 'Environ ';
  if (people) return `${about}${plural(people, 'personne est venue', 'personnes sont venues')}.`;
  const { present } = totals.own;
  return present === 0
    ? 'Aucun de vos inscrits n’est encore reconnu.'
    : `${plural(present, 'de vos inscrits est venu', 'de vos inscrits sont venus')}.`;
};

const leadOf = ({ webinar, open, runs }: AttendancePage): string | undefined => {
  if (webinar.purgedAt) return 'La durée de conservation est passée : il ne reste que des nombres.';
  if (!open) return undefined;
  return runs
    ? 'La plateforme donne un fichier de qui était là : il se lit ici, et chaque organisation retrouve ses inscrits.'
    : `${webinar.organisation.name} importe le fichier de la plateforme ; vous voyez vos inscrits, et vous seuls.`;
};

const WHY: Record<OwnDoubtful['why'], string> = {
  ...NEARNESS_NAMES,
  plusieurs: 'le même nom, que l’adresse ne confirme pas',
  fichier_retire: 'confirmée d’après un fichier retiré depuis',
};

const Doubtful = (p: PresenceProps) => {
  const { doubtful, mayDecide, open } = p.read;
  return (
    <Section title="Est-ce la même personne ?" note={`${number(doubtful.length)} à vérifier`} id="a-verifier">
      <p>Le nom donné à la plateforme ressemble à celui d’une personne inscrite. Vous seuls pouvez le dire.</p>
      <DataTable
        caption="Présences à vérifier"
        hiddenCaption
        columns={[
          { label: 'Vu dans la salle' },
          { label: 'Votre inscrit' },
          { label: 'Présence' },
          { label: 'Pourquoi ce doute' },
          ...(mayDecide && open ? [{ label: 'Votre réponse' }] : []),
        ]}
        rows={doubtful.map((d) => [
          d.seenAs || 'nom effacé',
          [d.name || 'personne oubliée', d.company].filter(Boolean).join(', '),
          minutesText(d.minutes),
          WHY[d.why],
          ...(mayDecide && open ? [<Say {...p} of={d} yes="Oui" no="Non" />] : []),
        ])}
      />
    </Section>
  );
};

const told = (n: number | null, k: number): string => (n === null ? `moins de ${k}` : number(n));

const Totals = ({ read }: PresenceProps) => {
  const { own, joint } = read.totals;
  const around = (n: number | null): string => (joint.exact || n === null ? '' : 'environ ');
  return (
    <Section title="En tout">
      <Facts
        items={[
          ['Vos inscrits venus', `${number(own.present)} sur ${number(own.registered)}`],
          ['Temps passé par eux', minutesText(own.minutes)],
          ...(joint.exact
            ? []
            : [
                [
                  'Personnes venues, toutes organisations',
                  `${read.runs ? '' : around(joint.people)}${told(joint.people, read.campaign.k)}`,
                ] as const,
                ['Inscrites, à coup sûr', `${around(joint.sure)}${told(joint.sure, read.campaign.k)}`] as const,
              ]),
          ['À vérifier, toutes organisations', told(joint.doubtful, read.campaign.k)],
          ...(joint.notAmong === null ? [] : [['Venues sans être inscrites', number(joint.notAmong)] as const]),
        ]}
      />
    </Section>
  );
};

const FirstFile = (p: PresenceProps) => (
  <Section title="Le fichier de la plateforme">
    <WhereToFind platform={p.read.webinar.platform} />
    <ChooseFile {...p} primary />
  </Section>
);

const ChooseFile = (p: PresenceProps & { primary?: boolean }) => (
  <form method="post" action={act(p, 'lecture')} enctype="multipart/form-data">
    <Csrf token={p.csrf} />
    <Field
      kind="file"
      name="fichier"
      label="Qui était là"
      hint="Tel que la plateforme le donne, CSV ou Excel, 5 Mo au plus. Vous verrez ce qu’il contient avant de l’importer."
      accept=".csv,.tsv,.txt,.xlsx"
      error={p.refused}
      required
    />
    <Acts>
      <Button primary={p.primary}>Lire ce fichier</Button>
    </Acts>
  </form>
);

const Files = (p: PresenceProps) => (
  <Section title="Fichiers importés">
    <Rows label="Fichiers importés">
      {p.read.files.map((f) => (
        <Row
          when={shortDateTime(f.importedAt)}
          datetime={f.importedAt.toISOString()}
          what={f.fileName}
          href={p.read.mayImport ? act(p, `releves/${f.id}`) : undefined}
          meta={`${PLATFORM_NAMES[f.platform]} : ${plural(f.report.people, 'personne', 'personnes')}, ${plural(f.report.rejected, 'ligne refusée', 'lignes refusées')}`}
        />
      ))}
    </Rows>
    {p.read.mayImport && p.read.open && (
      <Fold title="ajouter un autre fichier" open={p.refused !== undefined}>
        <ChooseFile {...p} />
      </Fold>
    )}
  </Section>
);
