import { longDate, shortDate, toParisDay } from '../base/dates.ts';
import { LEVEL_NAMES, roleName } from '../base/words.ts';
import { NATURE_NAMES, PARTNER_ROLE_NAMES, TARGET_MEASURE_NAMES } from '../campaigns/schema.ts';
import type { ShownDecision } from '../decisions/read-memory.ts';
import { INSTANCE_NAMES } from '../decisions/schema.ts';
import type { Handover, Knowing } from '../reports/handover.ts';
import { BlockView } from './document-view.tsx';
import { comingList, waitingBlocks } from './memory-minutes.ts';
import { beginning } from './memory-view.tsx';
import { DecisionState, dayOf, decisionUrl, memoryUrl } from './memory-words.tsx';
import { listed, periodText, plural } from './push-words.tsx';
import { Acts, ButtonLink, Empty, Facts, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { number } from './ui/figures.tsx';
import { State } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';

type Props = { handover: Handover; today: Date };

/** For whoever arrives: what is decided, what is pending, who knows what. */
export const HandoverView = ({ handover: h, today }: Props) => {
  const base = `/campagnes/${h.campaign.slug}`;
  return (
    <>
      <PageHead
        back={{ href: memoryUrl(h.campaign), label: `Mémoire, ${h.campaign.name}` }}
        kicker={`Passation, ${longDate(today)}`}
        title="Ce qui est décidé, ce qui attend, qui sait quoi"
        lead={opening(h)}
      >
        <Acts>
          <ButtonLink href={`${base}/memoire/document`}>Toute la mémoire en un document</ButtonLink>
        </Acts>
      </PageHead>
      <Section title="La campagne en un paragraphe" action={{ href: base, label: 'La campagne' }}>
        <p>{paragraph(h)}</p>
        {h.campaign.summary && <p>{h.campaign.summary}</p>}
      </Section>
      <Partners handover={h} />
      {h.detail ? (
        <>
          <Section
            title="Ce qui est décidé"
            note={plural(h.counts.inForce, 'décision en vigueur', 'décisions en vigueur')}
            action={{ href: `${base}/memoire?etat=vigueur`, label: 'Dans la mémoire' }}
          >
            <Decisions decisions={h.detail.inForce.toReversed()} none="Aucune décision n’est encore en vigueur." />
          </Section>
          <Section title="Ce qui attend">
            {waitingBlocks(h.detail, base).map((block) => (
              <BlockView block={block} />
            ))}
          </Section>
          <Section
            title="Les prochaines dates"
            note="soixante jours"
            action={{ href: `${base}/calendrier`, label: 'Le calendrier' }}
          >
            {h.detail.coming.length > 0 ? (
              <BlockView block={comingList(h.detail.coming, base)} />
            ) : (
              <p>Aucune date dans les soixante jours.</p>
            )}
          </Section>
          <WhoKnows detail={h.detail} base={base} />
          <Resources detail={h.detail} base={base} />
        </>
      ) : (
        <Section title="En chiffres" note="le détail est réservé aux équipes de la campagne">
          <Facts
            items={[
              ['Décisions en vigueur', number(h.counts.inForce)],
              ['Décisions en attente', number(h.counts.pending)],
              ['Validations attendues', number(h.counts.approvals)],
              ['Dates dans les soixante jours', number(h.counts.coming)],
              ['Ressources', number(h.counts.resources)],
            ]}
          />
        </Section>
      )}
    </>
  );
};

function opening({ counts: c }: Handover): string {
  const waits = c.pending + c.approvals;
  return `${plural(c.inForce, 'décision est en vigueur', 'décisions sont en vigueur')} ; ${
    waits === 0 ? 'rien n’attend de réponse' : plural(waits, 'point attend une réponse', 'points attendent une réponse')
  }.`;
}

function paragraph({ campaign: c, partners, targets }: Handover): string {
  const lead = partners.find((p) => p.role === 'pilote')?.name ?? '';
  const others = partners.filter((p) => p.role !== 'pilote' && !p.left).map((p) => p.name);
  const aims = targets.map(
    (t) => `${number(t.value)} ${TARGET_MEASURE_NAMES[t.measure]}${t.level ? ` (${LEVEL_NAMES[t.level]})` : ''}`,
  );
  return [
    `« ${c.name} » court ${periodText(c.startsOn, c.endsOn)}.`,
    others.length > 0 ? `${lead} la pilote, avec ${listed(others)}.` : `${lead} la mène.`,
    `Nature : ${NATURE_NAMES[c.nature]}.`,
    aims.length > 0 ? `Objectifs : ${listed(aims)}.` : '',
    c.contactPoint ? `Point de contact : ${c.contactPoint}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

const Partners = ({ handover: h }: { handover: Handover }) => (
  <Section title="Qui y prend part">
    <Rows label="Partenaires">
      {h.partners.map((p) => (
        <Row
          what={p.name}
          meta={
            <>
              {PARTNER_ROLE_NAMES[p.role]}
              {p.own && h.detail
                ? h.detail.people.length > 0 &&
                  ` : ${h.detail.people.map((x) => `${x.name} (${x.roles.map(roleName).join(', ')})`).join(' ; ')}`
                : p.contact && ` · écrire à ${p.contact}`}
              {p.withdrawnAt && p.reason && ` · raison donnée : ${p.reason}`}
            </>
          }
          end={
            p.withdrawnAt ? (
              <State kind={p.left ? 'off' : 'wait'}>
                {p.left ? 'retirée' : 'se retire'} le {dayOf(toParisDay(p.withdrawnAt))}
              </State>
            ) : undefined
          }
        />
      ))}
    </Rows>
  </Section>
);

const Decisions = ({ decisions, none }: { decisions: readonly ShownDecision[]; none: string }) =>
  decisions.length === 0 ? (
    <p>{none}</p>
  ) : (
    <Rows label="Décisions en vigueur, la plus récente d’abord">
      {decisions.slice(0, 40).map((d) => (
        <Row
          when={dayOf(d.date)}
          datetime={d.date}
          what={d.subject}
          href={decisionUrl(d.id)}
          meta={`${INSTANCE_NAMES[d.instance]} · ${beginning(d.decision)}${d.due ? ` · pour le ${dayOf(d.due)}` : ''}`}
          end={<DecisionState decision={d} />}
        />
      ))}
    </Rows>
  );

type Detail = { detail: NonNullable<Handover['detail']>; base: string };

const WhoKnows = ({ detail, base }: Detail) => (
  <Section title="Qui sait quoi" note="d’après le journal de votre organisation">
    {detail.knowing.length === 0 ? (
      <Empty title="Personne de votre organisation n’a encore travaillé à cette campagne ici." />
    ) : (
      <Rows label="Les personnes de votre organisation, la dernière active d’abord">
        {detail.knowing.map((k) => (
          <Row
            what={k.name}
            meta={workedText(k)}
            end={<span class="meta">la dernière fois {shortDate(k.last)}</span>}
          />
        ))}
      </Rows>
    )}
    {detail.signed.length > 0 && (
      <DataTable
        caption="Qui a validé quoi"
        columns={[{ label: 'Envoi' }, { label: 'Organisation' }, { label: 'Par' }, { label: 'Le' }]}
        rows={detail.signed.map((s) => [
          <a href={`${base}/envois/${s.slug}/validation`}>{s.title}</a>,
          s.organisation,
          s.by ?? '',
          shortDate(s.at),
        ])}
      />
    )}
  </Section>
);

const WORKED: Record<string, readonly [one: string, many: string]> = {
  campaign: ['la campagne elle-même', 'la campagne elle-même'],
  push: ['envoi', 'envois'],
  resource: ['ressource', 'ressources'],
  'key-message': ['élément de langage', 'éléments de langage'],
  edl: ['élément de langage relu', 'éléments de langage relus'],
  event: ['temps fort', 'temps forts'],
  audience: ['audience', 'audiences'],
  decision: ['décision', 'décisions'],
  'watch-note': ['note de veille', 'notes de veille'],
  action: ['action', 'actions'],
  relay: ['relais', 'relais'],
};

function workedText({ worked, approved }: Knowing): string {
  const on = worked.flatMap(({ kind, n }) => {
    const words = WORKED[kind];
    return words ? [kind === 'campaign' ? words[0] : plural(n, ...words)] : [];
  });
  return `a travaillé sur ${listed(on)}${approved > 0 ? ` ; a validé ${plural(approved, 'texte', 'textes')}` : ''}`;
}

const Resources = ({ detail, base }: Detail) => (
  <Section title="Les ressources et qui les tient" action={{ href: `${base}/ressources`, label: 'L’inventaire' }}>
    {detail.resources.length === 0 ? (
      <p>L’inventaire est vide.</p>
    ) : (
      <DataTable
        caption={plural(detail.resources.length, 'ressource', 'ressources')}
        columns={[
          { label: 'Ressource' },
          { label: 'Portée par' },
          { label: 'Tenue ici par' },
          { label: 'À relire le' },
        ]}
        rows={detail.resources.map((r) => [
          <a href={`${base}/ressources/${r.slug}`}>{r.title}</a>,
          r.carriedBy,
          r.contact ? `${r.organisation} · ${r.contact}` : r.organisation,
          r.reviewOn ? dayOf(r.reviewOn) : '',
        ])}
      />
    )}
  </Section>
);
