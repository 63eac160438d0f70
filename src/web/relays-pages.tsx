import { STEP_NAMES, STEPS } from '../relay-kits/progress.ts';
import type { RelaysPage as Read, RelayLine } from '../relay-kits/read-relays.ts';
import { RELAY_KIND_NAMES, RELAY_KINDS } from '../relays/schema.ts';
import { TERRITORIES, territoryWord } from '../relays/territory.ts';
import { CampaignTabs } from './campaign-pages.tsx';
import { plural } from './push-words.tsx';
import { type Node, treeOf } from './relays-tree.ts';
import { lineText, StepState } from './relays-words.tsx';
import { Acts, Button, ButtonLink, Csrf, Empty, PageHead, Row, Rows, Section, Todo } from './ui/components.tsx';
import { Field, FieldRow } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';
import { Pagination } from './ui/flow.tsx';

type Props = {
  relays: Read;
  /** Only what hangs from this relay. */
  under: number | null;
  after: string | undefined;
  csrf: string;
  mayWrite: boolean;
  mayReport: boolean;
};

/** For the lead: who waits, what there is to do, the cascade. Always by name, never by what each one brought. */
export const RelaysPage = (p: Props) => {
  const { campaign, all, pending } = p.relays;
  return (
    <>
      <PageHead
        back={{ href: '/campagnes', label: 'Campagnes' }}
        kicker={campaign.name}
        title="Les relais"
        lead={
          all.length === 0
            ? 'Ceux qui passent le message sans donner leur fichier : fédérations, conseillers, guichets.'
            : leadText(p.relays)
        }
      >
        {p.mayWrite && (
          <Acts>
            <ButtonLink href={`/campagnes/${campaign.slug}/relais/nouveau`}>Ajouter un relais</ButtonLink>
            <ButtonLink href={`/campagnes/${campaign.slug}/relais/import`}>Importer une liste</ButtonLink>
            <ButtonLink href={`/campagnes/${campaign.slug}/relais/kit`}>Contenu des kits</ButtonLink>
          </Acts>
        )}
      </PageHead>
      <CampaignTabs slug={campaign.slug} current="relais" mayReport={p.mayReport} />
      {pending.length > 0 && <Pending {...p} />}
      {p.mayWrite && <ToDo {...p} />}
      <Cascade {...p} />
    </>
  );
};

function leadText({ all, counts }: Read): string {
  const took = counts.repris + counts.publie;
  const relays = plural(all.length, 'relais', 'relais');
  return took === 0
    ? `${relays}. Aucun n’a encore repris quelque chose.`
    : `${relays}, dont ${number(took)} qui ${took < 2 ? 'a' : 'ont'} déjà repris quelque chose.`;
}

const Pending = ({ relays, csrf, mayWrite }: Props) => {
  const base = `/campagnes/${relays.campaign.slug}/relais`;
  return (
    <Section title="Ils demandent un kit" note={`à confirmer : ${number(relays.pending.length)}`}>
      <Rows label="Demandes, la plus ancienne d’abord">
        {relays.pending.map((r) => (
          <Row
            what={r.name}
            href={`${base}/${r.id}`}
            meta={[lineText(r), r.address, r.note].filter(Boolean).join(' · ')}
            end={
              mayWrite && (
                <Acts>
                  <form method="post" action={`${base}/${r.id}/confirmation`}>
                    <Csrf token={csrf} />
                    <Button label={`Confirmer et envoyer le kit : ${r.name}`}>Confirmer et envoyer le kit</Button>
                  </form>
                  <form method="post" action={`${base}/${r.id}/refus`}>
                    <Csrf token={csrf} />
                    <Button quiet label={`Écarter : ${r.name}`}>
                      Écarter
                    </Button>
                  </form>
                </Acts>
              )
            }
          />
        ))}
      </Rows>
    </Section>
  );
};

/** What may be written to them now; nothing leaves before the page that says to how many. */
const ToDo = ({ relays }: Props) => {
  const base = `/campagnes/${relays.campaign.slug}/relais`;
  const { invitable, remindable } = relays;
  const due = remindable.ouvrir + remindable.reprendre;
  if (invitable + due === 0) return null;
  return (
    <Section title="Leur écrire">
      {invitable > 0 && (
        <Todo
          title={`${plural(invitable, 'relais n’a pas encore reçu son kit', 'relais n’ont pas encore reçu leur kit')}.`}
          act={{ href: `${base}/invitations`, label: 'Préparer les invitations' }}
          primary
        />
      )}
      {due > 0 && (
        <Todo
          title={`${plural(due, 'relais n’a', 'relais n’ont')} rien repris depuis une semaine.`}
          act={{ href: `${base}/relances`, label: 'Préparer les relances' }}
        />
      )}
    </Section>
  );
};

const Cascade = (p: Props) => {
  const { relays, under } = p;
  const base = `/campagnes/${relays.campaign.slug}/relais`;
  const top = under === null ? undefined : relays.all.find((r) => r.id === under);
  return (
    <Section
      title={top ? `Sous ${top.name}` : 'La cascade'}
      action={p.mayWrite && relays.all.length > 0 ? { href: `${base}/liste.csv`, label: 'La liste (CSV)' } : undefined}
    >
      {relays.all.length === 0 ? (
        <Empty
          title="Aucun relais pour l’instant."
          act={p.mayWrite ? { href: `${base}/import`, label: 'Importer une liste' } : undefined}
        >
          <p>Importez votre liste, ajoutez-les un à un, ou ouvrez le formulaire public : ils demandent leur kit.</p>
        </Empty>
      ) : (
        <>
          <Filters {...p} />
          {relays.filtered ? <Flat {...p} /> : <Tree {...p} />}
        </>
      )}
    </Section>
  );
};

const Filters = ({ relays }: Props) => {
  const { filters, campaign, all } = relays;
  const used = new Set(all.flatMap((r) => [territoryWord(r), r.region ?? 'France']));
  const kinds = new Set(all.map((r) => r.kind));
  return (
    <form method="get" action={`/campagnes/${campaign.slug}/relais`}>
      <FieldRow>
        <Field
          kind="select"
          name="territoire"
          label="Territoire"
          value={filters.territory}
          options={[{ value: '', label: 'tous' }, ...TERRITORIES.filter((t) => used.has(t.value))]}
          bare
        />
        <Field
          kind="select"
          name="type"
          label="Type"
          value={filters.kind}
          options={[
            { value: '', label: 'tous' },
            ...RELAY_KINDS.filter((k) => kinds.has(k)).map((value) => ({ value, label: RELAY_KIND_NAMES[value] })),
          ]}
          bare
        />
        <Field
          kind="select"
          name="geste"
          label="Où ils en sont"
          value={filters.step}
          options={[
            { value: '', label: 'tous' },
            ...STEPS.filter((s) => s !== 'demande').map((value) => ({ value, label: STEP_NAMES[value] })),
          ]}
          bare
        />
        <Button>Filtrer</Button>
      </FieldRow>
    </form>
  );
};

const PER_PAGE = 60;

const Flat = (p: Props) => {
  const { shown, campaign, filters } = p.relays;
  const start = Math.max(
    0,
    shown.findIndex((r) => String(r.id) === p.after),
  );
  const lines = shown.slice(start, start + PER_PAGE);
  const query = (more: Record<string, string>) =>
    new URLSearchParams({
      ...(filters.territory ? { territoire: filters.territory } : {}),
      ...(filters.kind ? { type: filters.kind } : {}),
      ...(filters.step ? { geste: filters.step } : {}),
      ...more,
    });
  const next = shown[start + PER_PAGE];
  const base = `/campagnes/${campaign.slug}/relais`;
  if (shown.length === 0)
    return <Empty title="Aucun relais ne répond à ces filtres." act={{ href: base, label: 'Voir tous les relais' }} />;
  return (
    <>
      <p>
        {plural(shown.length, 'relais', 'relais')}. <a href={base}>Voir tous les relais</a>
      </p>
      <Rows label="Relais, par nom">
        {lines.map((r) => (
          <Row what={r.name} href={`${base}/${r.id}`} meta={lineText(r)} end={<StepState step={r.step} />} />
        ))}
      </Rows>
      <Pagination next={next ? `${base}?${query({ apres: String(next.id) })}` : null} />
    </>
  );
};

const Tree = ({ relays, under, after }: Props) => {
  const base = `/campagnes/${relays.campaign.slug}/relais`;
  const { nodes, next } = treeOf(relays.shown, under, Number(after) || null);
  return (
    <>
      {under !== null && (
        <p>
          <a href={base}>Toute la cascade</a>
        </p>
      )}
      {nodes.length === 0 ? (
        <Empty title="Aucun relais n’est rattaché à celui-ci." />
      ) : (
        <Branch nodes={nodes} base={base} />
      )}
      <Pagination
        next={
          next === null
            ? null
            : `${base}?${new URLSearchParams({ ...(under ? { sous: String(under) } : {}), apres: String(next) })}`
        }
      />
    </>
  );
};

const Branch = ({ nodes, base }: { nodes: readonly Node<RelayLine>[]; base: string }) => (
  <ul class="branches">
    {nodes.map(({ item: r, children, more }) => (
      <li>
        <p class="what">
          <a href={`${base}/${r.id}`}>{r.name}</a> <StepState step={r.step} />
        </p>
        <p class="meta">{lineText(r)}</p>
        {children.length > 0 && <Branch nodes={children} base={base} />}
        {more > 0 && (
          <p>
            <a href={`${base}?sous=${r.id}`}>
              {plural(more, 'relais rattaché', 'relais rattachés')}
              <span class="hidden"> à {r.name}</span>
            </a>
          </p>
        )}
      </li>
    ))}
  </ul>
);
