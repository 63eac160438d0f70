import type { Report } from '../reports/report.ts';
import { ReportHead } from './report-pages.tsx';
import type { ReportPlace } from './report-place.ts';
import { Facts, Prose, Section } from './ui/components.tsx';
import { DataTable } from './ui/table.tsx';

/** How everything is counted, from the definitions and the rules in use. */
export const MethodsPage = ({ report: r, place }: { report: Report; place: ReportPlace }) => (
  <>
    <ReportHead report={r} place={place} view="methode" title="Comment chaque chiffre est compté." />
    <Section title="Réglages de cette campagne">
      <Facts items={r.methods.settings.map((s) => [s.what, s.value] as const)} />
    </Section>
    <Section title="Chiffres" note={`règles version ${r.methods.version}`}>
      <DataTable
        caption="Ce que compte chaque chiffre de ce rapport"
        hiddenCaption
        columns={[{ label: 'Chiffre' }, { label: 'Unité' }, { label: 'Définition' }, { label: 'Source' }]}
        rows={r.methods.figures.map((f) => [f.label, f.unit, f.definition, f.source])}
      />
    </Section>
    <Section title="Robots, douteux, retenus">
      <Prose>
        <p>
          Chaque requête reçue sur un lien suivi est classée par la première règle qui s’applique. Les règles ont un
          numéro de version, gardé avec chaque clic : les reclasser plus tard ne change rien en silence.
        </p>
      </Prose>
      <DataTable
        caption="Règles de classement, dans l’ordre de leur effet"
        hiddenCaption
        columns={[{ label: 'Classement' }, { label: 'Ce que la règle reconnaît' }]}
        rows={r.methods.rules.map((rule) => [rule.class, rule.reason])}
      />
    </Section>
    <Section title="Petits groupes">
      <Prose>
        <p>
          Aucun chiffre ne porte sur moins de {r.campaign.k} personnes, et aucun ne s’en déduit : les groupes sont faits
          à l’arrêt de la liste, jamais défaits, et chaque nombre en additionne des groupes entiers. Ce que les groupes
          ne distinguent pas est compté d’après les contacts et arrondi à la dizaine.
        </p>
        <ul>
          {r.methods.notes.map((note) => (
            <li>{note}</li>
          ))}
        </ul>
      </Prose>
    </Section>
  </>
);
