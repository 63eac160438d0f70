import { LEVEL_NAMES, LEVELS } from '../base/words.ts';
import { ACTION_KIND_NAMES, ACTION_KINDS } from '../campaigns/action-schema.ts';
import { ENTRY_KIND_NAMES, ENTRY_KINDS, type PlanEntry } from '../pushes/plan-calendar.ts';
import type { Collision } from '../pushes/plan-collisions.ts';
import { CHANNEL_NAMES, CHANNELS } from '../pushes/schema.ts';
import { FeedSection } from './calendar-feed-page.tsx';
import { monthName, shiftMonth } from './calendar-month.ts';
import { type CalendarProps, here, hrefOf, List, MonthTable, url } from './calendar-views.tsx';
import { collisionText, EntryMeta, EntryState, kindFilter, PlanTabs } from './calendar-words.tsx';
import { CampaignTabs } from './campaign-pages.tsx';
import { listed, plural } from './push-words.tsx';
import { MonthNav, NarrowOnly, WideOnly } from './ui/calendar.tsx';
import { Acts, Button, ButtonLink, Fold, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { Field, FieldRow } from './ui/fields.tsx';
import { State } from './ui/marks.tsx';

export const CalendarPage = (p: CalendarProps) => (
  <>
    <PageHead
      back={{ href: '/campagnes', label: 'Campagnes' }}
      kicker={p.plan.campaign.name}
      title={headline(p)}
      lead="Envois, webinaires, actions de chacun, temps forts de la filière et dates à tenir, au même endroit pour tous les partenaires."
    >
      {(p.may.write || p.may.push) && (
        <Acts>
          {p.may.push && <ButtonLink href={url(p, 'envois/nouveau')}>Ajouter un envoi</ButtonLink>}
          {p.may.write && <ButtonLink href={url(p, 'actions/nouvelle')}>Déclarer une action</ButtonLink>}
          {p.may.write && <ButtonLink href={url(p, 'temps-forts/nouveau')}>Noter un temps fort</ButtonLink>}
        </Acts>
      )}
    </PageHead>
    <CampaignTabs slug={p.plan.campaign.slug} current="calendrier" mayReport={p.may.report} />
    <PlanTabs slug={p.plan.campaign.slug} current="calendrier" mayReadBudget={p.may.report} />
    <Collisions {...p} />
    <MonthNav
      label="Mois"
      moves={[
        { href: here(p, { month: shiftMonth(p.month, -1) }), label: `← ${monthName(shiftMonth(p.month, -1))}` },
        { href: here(p, { month: p.today.slice(0, 7) }), label: 'aujourd’hui' },
        { href: here(p, { month: shiftMonth(p.month, 1) }), label: `${monthName(shiftMonth(p.month, 1))} →` },
      ]}
      views={[
        { href: here(p, { view: 'mois' }), label: 'mois', current: p.view === 'mois' },
        { href: here(p, { view: 'liste' }), label: 'liste', current: p.view === 'liste' },
      ]}
    />
    <FilterForm {...p} />
    {p.view === 'mois' ? (
      <MonthTable {...p} />
    ) : p.view === 'liste' ? (
      <List {...p} />
    ) : (
      <>
        <WideOnly>
          <MonthTable {...p} />
        </WideOnly>
        <NarrowOnly>
          <List {...p} />
        </NarrowOnly>
      </>
    )}
    {p.plan.undated.length > 0 && (
      <Section title="Sans date pour l’instant">
        <Rows label="Envois sans date">
          {p.plan.undated.map((e) => (
            <Row
              what={e.title}
              href={hrefOf(p, e)}
              meta={<EntryMeta entry={e} />}
              end={<EntryState entry={e} organisation={p.organisation} />}
            />
          ))}
        </Rows>
      </Section>
    )}
    <FeedSection campaign={p.plan.campaign.slug} feed={p.feed} csrf={p.csrf} mayWrite={p.may.write} />
  </>
);

/** « En novembre 2026, 4 envois et 2 actions. » */
function headline(p: CalendarProps): string {
  const alive = p.entries.filter((e) => !e.cancelled);
  const count = (kind: PlanEntry['kind']): number => alive.filter((e) => e.kind === kind).length;
  const said = [
    count('envoi') && plural(count('envoi'), 'envoi', 'envois'),
    count('webinaire') && plural(count('webinaire'), 'webinaire', 'webinaires'),
    count('action') && plural(count('action'), 'action', 'actions'),
    count('temps_fort') && plural(count('temps_fort'), 'temps fort', 'temps forts'),
  ].filter((text): text is string => typeof text === 'string');
  const month = monthName(p.month);
  return said.length ? `En ${month}, ${listed(said)}.` : `Rien de prévu en ${month}.`;
}

const SHOWN = 6;

const Collisions = (p: CalendarProps) => {
  const said = p.collisions.map((c) => ({ ...collisionText(c, p.plan.campaign.caps), collision: c }));
  if (!said.length) return null;
  const row = (s: (typeof said)[number]) => (
    <Row what={s.what} meta={s.remedy} end={<State kind="todo">{KIND[s.collision.kind]}</State>} />
  );
  return (
    <Section title="À regarder de plus près" note={plural(said.length, 'point ce mois-ci', 'points ce mois-ci')}>
      <Rows label="Ce qui se heurte ce mois-ci">{said.slice(0, SHOWN).map(row)}</Rows>
      {said.length > SHOWN && (
        <Fold title={`${said.length - SHOWN} de plus`} of="ce qui se heurte">
          <Rows label="La suite de ce qui se heurte">{said.slice(SHOWN, 60).map(row)}</Rows>
          {said.length > 60 && (
            <p class="meta">Et {plural(said.length - 60, 'autre', 'autres')} : filtrez d’abord ceux-ci.</p>
          )}
        </Fold>
      )}
    </Section>
  );
};

const KIND: Record<Collision['kind'], string> = {
  partenaires: 'deux partenaires à la fois',
  sollicitation: 'sollicitation',
  jour: 'jour non ouvré',
};

const FilterForm = (p: CalendarProps) => {
  const active = Object.values(p.filters).some((f) => f !== '');
  return (
    <Fold title={active ? 'Filtres actifs' : 'Filtrer'} of="organisation, niveau, canal" open={active}>
      <form method="get" action={url(p, 'calendrier')}>
        <input type="hidden" name="mois" value={p.month} />
        {p.view && <input type="hidden" name="vue" value={p.view} />}
        <FieldRow>
          <Field
            kind="select"
            name="organisation"
            label="Organisation"
            value={p.filters.organisation}
            bare
            options={[
              { value: '', label: 'toutes' },
              ...p.plan.partners.map((o) => ({ value: o.slug, label: o.name })),
            ]}
          />
          <Field
            kind="select"
            name="niveau"
            label="Niveau"
            value={p.filters.level}
            bare
            options={[{ value: '', label: 'tous' }, ...LEVELS.map((l) => ({ value: l, label: LEVEL_NAMES[l] }))]}
          />
          <Field
            kind="select"
            name="canal"
            label="Quoi, et par quel canal"
            value={p.filters.channel}
            bare
            options={[
              { value: '', label: 'tout' },
              ...CHANNELS.map((c) => ({ value: c, label: `envois, ${CHANNEL_NAMES[c]}` })),
              ...ACTION_KINDS.map((k) => ({ value: k, label: `actions, ${ACTION_KIND_NAMES[k]}` })),
              ...ENTRY_KINDS.filter((k) => k !== 'envoi' && k !== 'action').map((k) => ({
                value: kindFilter(k),
                label: ENTRY_KIND_NAMES[k],
              })),
            ]}
          />
        </FieldRow>
        <Acts>
          <Button>Filtrer</Button>
          {active && (
            <ButtonLink href={`${url(p, 'calendrier')}?mois=${p.month}`} quiet>
              Tout montrer
            </ButtonLink>
          )}
        </Acts>
      </form>
    </Fold>
  );
};
