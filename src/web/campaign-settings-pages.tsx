import { LEVEL_NAMES } from '../base/words.ts';
import type { ShownLogo } from '../campaigns/logo.ts';
import type { Partner } from '../campaigns/queries.ts';
import type { CampaignSheet } from '../campaigns/read-campaign.ts';
import {
  CELL_DIMENSION_NAMES,
  LINK_MODE_NAMES,
  NATURE_NAMES,
  PARTNER_ROLE_NAMES,
  TARGET_MEASURE_NAMES,
} from '../campaigns/schema.ts';
import { CampaignTabs } from './campaign-pages.tsx';
import { Presence, settingsUrl, withdrawalUrl } from './campaign-presence.tsx';
import { capital } from './capital.ts';
import { listed, periodText, plural } from './push-words.tsx';
import { capsText } from './solicitations-pages.tsx';
import { Acts, ButtonLink, Empty, Facts, Logo, PageHead, Prose, Section, Swatch } from './ui/components.tsx';
import { DataTable } from './ui/table.tsx';

type Props = {
  campaign: CampaignSheet;
  logo: ShownLogo | null;
  /** The reader's organisation. */
  organisation: number;
  now: Date;
  mayWrite: boolean;
  mayWithdraw: boolean;
  mayReport: boolean;
};

/** All that a campaign is, for everybody who takes part in it; its lead changes each part on a page of its own. */
export const SettingsPage = (p: Props) => {
  const { campaign: c, mayWrite } = p;
  const lead = c.partners.find((partner) => partner.role === 'pilote')?.name ?? 'le pilote';
  const change = (part: string, label: string) => (mayWrite ? { href: settingsUrl(c.slug, part), label } : undefined);
  return (
    <>
      <PageHead
        back={{ href: '/campagnes', label: 'Campagnes' }}
        kicker={c.name}
        title="Qui la porte, et comment"
        lead={mayWrite ? undefined : `Ces réglages sont tenus par ${lead}, qui pilote la campagne.`}
      />
      <CampaignTabs slug={c.slug} current="reglages" mayReport={p.mayReport} />
      <Section title="L’identité" action={change('/identite', 'Modifier l’identité')}>
        {p.logo && <Logo {...p.logo} alt={`Logo de la campagne ${c.name}`} />}
        {c.summary && <Paragraphs text={c.summary} />}
        <Facts
          items={[
            ['Nom', c.name],
            ['Slogan', c.tagline || 'aucun'],
            ['Période', periodText(c.startsOn, c.endsOn)],
            ['Mot-dièse', c.identity.hashtag ? `#${c.identity.hashtag}` : 'aucun'],
            ['Couleur principale', <Swatch colour={c.identity.colour} />],
            ['Couleur d’appel', <Swatch colour={c.identity.accent} />],
            ...(p.logo ? [] : [['Logo', 'aucun : le nom de la campagne en tient lieu'] as const]),
          ]}
        />
      </Section>
      <Partners {...p} action={change('/partenaires', 'Modifier les partenaires')} />
      <Section title="Les cibles" action={change('/cibles', 'Modifier les cibles')}>
        {c.targets.length ? (
          <DataTable
            caption="Ce que la campagne vise"
            columns={[{ label: 'Mesure' }, { label: 'Niveau' }, { label: 'Cible', numeric: true }, { label: 'Note' }]}
            rows={c.targets.map((t) => [
              capital(TARGET_MEASURE_NAMES[t.measure]),
              t.level ? LEVEL_NAMES[t.level] : 'tous',
              t.value,
              t.note,
            ])}
          />
        ) : (
          <Empty
            title="Aucune cible n’est fixée."
            act={mayWrite ? { href: settingsUrl(c.slug, '/cibles'), label: 'Fixer une cible' } : undefined}
          >
            <p>Une cible se compare, dans le rapport, à ce qui est atteint.</p>
          </Empty>
        )}
      </Section>
      <Section title="Le cadre juridique" action={change('/cadre', 'Modifier le cadre')}>
        <Facts
          items={[
            ['Nature', capital(NATURE_NAMES[c.nature])],
            ['Base légale', c.legalBasis],
            ['Point de contact', c.contactPoint || 'non précisé'],
          ]}
        />
        {c.arrangement && (
          <>
            <h3>L’essentiel de l’accord entre les organisations</h3>
            <Paragraphs text={c.arrangement} />
          </>
        )}
        <p>
          <a href={`/confidentialite/${c.slug}`}>Ce que le public en lit</a>
        </p>
      </Section>
      <Section title="La mesure et la sollicitation" action={change('/mesure', 'Modifier la mesure')}>
        <Facts
          items={[
            ['Liens des messages', capital(LINK_MODE_NAMES[c.linkMode])],
            ['Résultats donnés par', listed(c.cellDimensions.map((d) => CELL_DIMENSION_NAMES[d])) || 'ensemble'],
            ['Plus petit groupe publié', plural(c.k, 'destinataire', 'destinataires')],
            ['Sollicite au plus', capsText(c.caps)],
          ]}
        />
      </Section>
    </>
  );
};

const Paragraphs = ({ text }: { text: string }) => (
  <Prose>
    {text.split(/\n{2,}/).map((part) => (
      <p>{part}</p>
    ))}
  </Prose>
);

const Partners = (p: Props & { action: { href: string; label: string } | undefined }) => {
  const { campaign: c, organisation, mayWithdraw } = p;
  const acts = mayWithdraw && c.partners.some((partner) => mayLeave(partner, p));
  const mine = c.partners.find((partner) => partner.organisationId === organisation);
  return (
    <Section title="Les partenaires" action={p.action}>
      <DataTable
        caption="Dans cet ordre : à une personne que plusieurs connaissent, seule la première de la liste écrit."
        columns={[
          { label: 'Organisation' },
          { label: 'Rôle' },
          { label: 'Situation' },
          ...(acts && c.leads ? [{ label: 'Retrait' }] : []),
        ]}
        rows={c.partners.map((partner) => [
          partner.name,
          capital(PARTNER_ROLE_NAMES[partner.role]),
          <Presence partner={partner} now={p.now} />,
          ...(acts && c.leads
            ? [
                mayLeave(partner, p) ? (
                  <a href={withdrawalUrl(c.slug, partner.slug)}>
                    Noter le retrait<span class="hidden"> de {partner.name}</span>
                  </a>
                ) : (
                  '–'
                ),
              ]
            : []),
        ])}
      />
      {mayWithdraw && mine && !c.leads && mayLeave(mine, p) && (
        <Acts>
          <ButtonLink href={withdrawalUrl(c.slug, mine.slug)} quiet>
            Retirer votre organisation de la campagne
          </ButtonLink>
        </Acts>
      )}
    </Section>
  );
};

/** The lead carries the campaign; a withdrawal is for good; and one speaks for oneself, or as the lead. */
const mayLeave = (partner: Partner, { campaign: c, organisation }: Pick<Props, 'campaign' | 'organisation'>): boolean =>
  partner.withdrawnAt === null &&
  partner.organisationId !== c.organisationId &&
  (c.leads || partner.organisationId === organisation);
