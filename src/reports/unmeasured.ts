import { longDateTime } from '../base/dates.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import { CELL_DIMENSION_NAMES } from '../campaigns/schema.ts';
import type { Dimension } from '../deliveries/select.ts';
import type { LinkRow } from './click-counts.ts';
import type { Facts } from './facts.ts';
import type { Scope } from './figure.ts';
import { delivered, type LedgerRow, selected } from './ledger-counts.ts';
import type { PagesReport } from './pages.ts';
import { type SurveyReport, saysSomething } from './surveys.ts';
import { dimensionsOf } from './tables.ts';
import type { ToldTrait } from './told-traits.ts';
import type { WebinarReport } from './webinars.ts';

/** Something a reader could look for and will not find, and why. */
export type Unmeasured = { what: string; why: string };

type Known = {
  scope: Scope;
  campaign: CampaignRow;
  facts: Facts;
  ledger: readonly LedgerRow[];
  traits: readonly ToldTrait[];
  blurred: readonly Dimension[];
  links: readonly LinkRow[];
  webinars: WebinarReport;
  surveys: SurveyReport;
  pages: PagesReport;
};

const french = new Intl.NumberFormat('fr-FR');
const list = new Intl.ListFormat('fr', { type: 'conjunction' });
const namesOf = (of: readonly Dimension[]): string => list.format(of.map((d) => CELL_DIMENSION_NAMES[d]));

/** What was not measured in this window, worked out from what is there: a silence is never read as a nought. */
export function notMeasured(known: Known): Unmeasured[] {
  return [
    ...always,
    whoClicked(known),
    ...aboutGaps(known),
    ...aboutLinks(known),
    ...aboutPages(known),
    ...aboutUses(known),
    ...aboutMeans(known),
  ];
}

const always: readonly Unmeasured[] = [
  {
    what: 'Les ouvertures de messages',
    why: 'Aucune image cachée n’est mise dans les messages : la loi demande un accord que personne n’a donné, et les boîtes ouvrent d’elles-mêmes.',
  },
  {
    what: 'L’effet de la campagne',
    why: 'Un écart avec une période d’avant se constate ; sans groupe témoin, rien ne dit qu’il vient de la campagne.',
  },
];

const whoClicked = ({ campaign }: Known): Unmeasured => ({
  what:
    campaign.linkMode === 'individuel'
      ? 'Les personnes qui ont cliqué, parmi celles qui n’ont pas accepté d’être comptées'
      : 'Les personnes qui ont cliqué',
  why: 'Les liens sont communs à des groupes de destinataires : on compte des clics, jamais des personnes.',
});

const aboutGaps = ({ facts }: Known): Unmeasured[] =>
  facts.gaps.map(({ from, to, hits }) => ({
    what: `${french.format(hits)} requêtes, du ${longDateTime(from)} au ${longDateTime(to)}`,
    why: 'Le service a redirigé les personnes sans pouvoir écrire leurs clics : il manque au plus ce nombre, toutes campagnes ensemble.',
  }));

function aboutLinks({ scope, campaign, ledger, traits, blurred, links }: Known): Unmeasured[] {
  const direct = ledger.filter((r) => !r.measured);
  const untracked = delivered(direct, scope.period);
  const partly = links.filter((l) => l.partlyDirect).length;
  const { cut, traits: others } = dimensionsOf(campaign);
  const names = others.map((d) => CELL_DIMENSION_NAMES[d]);
  const unknown = [...others, ...blurred].flatMap((d) => {
    const of = traits.filter((t) => t.trait === d);
    const blank = selected(
      of.filter((t) => t.line === '' || t.line === 'inconnu'),
      scope.period,
    );
    return blank > 0 && blank * 2 > selected(of, scope.period) ? [CELL_DIMENSION_NAMES[d]] : [];
  });
  return [
    ...(campaign.linkMode === 'direct'
      ? [{ what: 'Les clics', why: 'Cette campagne a choisi des liens directs : ils ne passent pas par Porte-voix.' }]
      : []),
    ...(campaign.linkMode !== 'direct' && untracked > 0
      ? [
          {
            what: `Les clics de ${french.format(untracked)} messages`,
            why: `Ils sont partis à moins de ${scope.k} personnes d’une organisation : leurs liens sont directs, pour ne désigner personne.`,
          },
        ]
      : []),
    ...(partly > 0
      ? [
          {
            what:
              partly === 1
                ? 'Une partie des clics d’un lien'
                : `Une partie des clics de ${french.format(partly)} liens`,
            why: `Dans certains groupes, moins de ${scope.k} personnes les reçoivent : ils les mènent droit à la page, pour ne désigner personne.`,
          },
        ]
      : []),
    ...(campaign.linkMode !== 'direct' && names.length > 0
      ? [
          {
            what: `Les clics par ${list.format(names)}`,
            why: `Les groupes de cette campagne distinguent ${cut.length > 0 ? namesOf(cut) : 'la seule organisation'} ; chaque dimension de plus ferait des groupes trop petits.`,
          },
        ]
      : []),
    ...(blurred.length > 0
      ? [
          {
            what: `Les clics par ${namesOf(blurred)}`,
            why: `Par cette répartition, tous les groupes de destinataires auraient moins de ${scope.k} personnes : ils sont réunis, et seul ce qui est envoyé se lit ainsi.`,
          },
        ]
      : []),
    ...(unknown.length > 0
      ? [
          {
            what: `Plus de la moitié des envois par ${list.format(unknown)}`,
            why: 'Les fichiers de contacts ne disent pas cette information : elle se complète en les important de nouveau.',
          },
        ]
      : []),
  ];
}

const aboutPages = ({ pages }: Known): Unmeasured[] =>
  pages.pages.flatMap((p) =>
    p.comparison.kind === 'aucune'
      ? [{ what: `Ce que la campagne a changé à « ${p.name} »`, why: p.comparison.says }]
      : [],
  );

function aboutUses({ facts, ledger, scope, webinars, surveys }: Known): Unmeasured[] {
  const told = webinars.figures;
  return [
    ...(delivered(ledger, scope.period) === 0
      ? [{ what: 'Les destinataires touchés', why: 'Aucun message n’a été remis par Porte-voix dans la période.' }]
      : []),
    ...(facts.resources.length === 0
      ? [
          {
            what: 'Les supports produits',
            why: 'Aucune ressource n’est inscrite à l’inventaire à la fin de la période.',
          },
        ]
      : []),
    ...(told?.satisfaction.value == null && !saysSomething(surveys)
      ? [
          {
            what: 'La satisfaction et l’usage déclaré',
            why: 'Aucun questionnaire de la période n’a reçu assez de réponses.',
          },
        ]
      : []),
    ...(told === null
      ? [{ what: 'La présence aux webinaires', why: 'Aucun webinaire ne se tient dans la période.' }]
      : []),
    ...(facts.relays.length < 5
      ? [
          {
            what: 'Ce que font les relais',
            why:
              facts.relays.length === 0
                ? 'Aucun relais n’est confirmé à la fin de la période.'
                : 'Moins de cinq relais : les chiffres diraient ce que fait chacun.',
          },
        ]
      : []),
    {
      what: 'Les usages et la satisfaction, phase par phase',
      why: 'Une page ouverte ou une réponse ne dit pas à quelle phase elle se rattache ; bornez la période pour les séparer.',
    },
  ];
}

function aboutMeans({ facts, scope }: Known): Unmeasured[] {
  const sent = facts.pushes.filter((p) => p.frozenAt !== null && p.frozenAt < scope.period.end);
  const unpaid = sent.filter((p) => !facts.budget.some((b) => b.push === p.slug)).length;
  const silent = facts.actions.filter(
    (a) => a.cancelledAt === null && !facts.results.some((r) => r.actionId === a.id),
  ).length;
  return [
    ...(unpaid > 0
      ? [
          {
            what: unpaid === 1 ? 'Le coût d’un envoi' : `Le coût de ${french.format(unpaid)} envois`,
            why: 'Aucun partenaire n’a déclaré de montant pour eux ; les montants de la campagne dans son ensemble se lisent à part.',
          },
        ]
      : []),
    ...(silent > 0
      ? [
          {
            what:
              silent === 1
                ? 'Le résultat d’une action déclarée'
                : `Le résultat de ${french.format(silent)} actions déclarées`,
            why: 'Personne n’a dit ce qu’elles ont apporté, ni sur quelle période, ni d’après quoi.',
          },
        ]
      : []),
  ];
}
