import { toParisDay, ZONE } from '../base/dates.ts';
import { type RelayGroup, type RelayTotals, SMALLEST_GROUP } from '../relay-kits/read-totals.ts';
import { RULE_VERSION } from '../tracking/classify.ts';
import { CampaignTabs } from './campaign-pages.tsx';
import { plural } from './push-words.tsx';
import { Empty, PageHead, Section } from './ui/components.tsx';
import { HowCounted } from './ui/figures.tsx';
import { DataTable } from './ui/table.tsx';

/** What a partner reads: sums, in the order of the names. Who relays is the lead's to know. */
export const RelayTotalsPage = ({
  totals: t,
  mayReport,
  now,
}: {
  totals: RelayTotals;
  mayReport: boolean;
  now: Date;
}) => (
  <>
    <PageHead
      back={{ href: '/campagnes', label: 'Campagnes' }}
      kicker={t.campaign.name}
      title="Les relais"
      lead={
        t.whole
          ? `${plural(t.whole.relays, 'relais passe', 'relais passent')} le message. Leurs noms ne sont connus que du pilote.`
          : 'Ceux qui passent le message sans donner leur fichier. Leurs noms ne sont connus que du pilote.'
      }
    />
    <CampaignTabs slug={t.campaign.slug} current="relais" mayReport={mayReport} />
    {t.whole ? (
      <>
        <Groups title="Par type" totals={t} groups={t.byKind} whole={t.whole} now={now} />
        <Groups title="Par territoire" totals={t} groups={t.byTerritory} whole={t.whole} now={now} />
      </>
    ) : (
      <Section title="Ce qu’ils font">
        <Empty title={`Moins de ${SMALLEST_GROUP} relais pour l’instant.`}>
          <p>Les totaux paraissent à partir de {SMALLEST_GROUP} relais : en deçà, ils désigneraient quelqu’un.</p>
        </Empty>
      </Section>
    )}
  </>
);

const Groups = (p: { title: string; totals: RelayTotals; groups: RelayGroup[]; whole: RelayGroup; now: Date }) => {
  const { campaign } = p.totals;
  const cells = (g: RelayGroup) => [
    g.name,
    g.relays,
    g.invited,
    g.opened,
    g.taken,
    g.declared,
    g.clicks ?? 'non publié',
  ];
  return (
    <Section title={p.title}>
      <DataTable
        caption={`${p.title} : ce que les relais ont fait`}
        hiddenCaption
        columns={[
          { label: 'Relais' },
          { label: 'Nombre', numeric: true },
          { label: 'Invités', numeric: true },
          { label: 'Kit ouvert', numeric: true },
          { label: 'Ont repris', numeric: true },
          { label: 'Disent avoir publié', numeric: true },
          { label: 'Clics retenus', numeric: true },
        ]}
        rows={p.groups.map(cells)}
        total={cells(p.whole)}
      />
      <HowCounted
        of={p.title}
        passport={{
          unit: 'relais ; clics',
          window: { from: campaign.startsOn, to: toParisDay(p.now), zone: ZONE },
          source: 'Les pages de kit et les redirections de Porte-voix ; les publications, ce que les relais en disent.',
          definition:
            'Un relais est compté une fois par colonne. « Ont repris » : au moins un texte copié ou un fichier téléchargé par le bouton prévu. Un kit ouvert n’est pas un kit lu : une messagerie peut l’ouvrir pour contrôler le lien.',
          leftOut: `Les groupes de moins de ${SMALLEST_GROUP} relais sont réunis dans « autres ». Les clics d’un groupe ne sont pas publiés en dessous de ${campaign.k}, ni quand ils se déduiraient des autres.`,
          ruleVersion: String(RULE_VERSION),
        }}
      />
    </Section>
  );
};
