import { fromParis, toParisDay } from '../base/dates.ts';
import { LEVEL_NAMES, LEVELS, type Level } from '../base/words.ts';
import type { AudiencePart, Bundle } from './bundle.ts';
import { withKnownKeys } from './fields.ts';
import { KINDS } from './kinds/all.ts';
import type { PushInFile } from './load-folder.ts';
import { type Problem, suggestion } from './problems.ts';
import type { YamlSource } from './yaml-source.ts';

type Places = { campaign: YamlSource; pushes: readonly PushInFile[] };

/** What only shows once everything is read: names that lead nowhere, dates outside the campaign, wordings that lack. */
export function checkReferences(bundle: Bundle, places: Places): Problem[] {
  return [...audienceProblems(bundle, places.campaign), ...places.pushes.flatMap((p) => pushProblems(bundle, p))];
}

function audienceProblems(bundle: Bundle, source: YamlSource): Problem[] {
  const partners = bundle.campaign.partners.map((p) => p.organisation);
  return bundle.audiences.flatMap((audience, i) =>
    [audience.rule.organisation ?? [], audience.rule.not?.organisation ?? []].flatMap((slugs, negated) =>
      slugs.flatMap((slug, j) => {
        if (partners.includes(slug)) return [];
        const path = ['audiences', i, 'règle', ...(negated ? ['sauf'] : []), 'organisations', j];
        return [source.at(path, `« ${slug} » n’est pas partenaire de la campagne. ${suggestion(slug, partners)}`)];
      }),
    ),
  );
}

function pushProblems(bundle: Bundle, { push, source }: PushInFile): Problem[] {
  const problems: Problem[] = [];
  const unknown = (path: (string | number)[], what: string, slug: string, known: readonly string[]) =>
    problems.push(
      source.at(
        path,
        `${what} « ${slug} » n’existe pas dans cette campagne. ${known.length ? suggestion(slug, known) : 'Elle n’en a pas encore.'}`,
      ),
    );

  const audience = bundle.audiences.find((a) => a.slug === push.audience);
  if (!audience)
    unknown(
      ['audience'],
      'L’audience',
      push.audience,
      bundle.audiences.map((a) => a.slug),
    );

  const signers = bundle.campaign.partners.filter((p) => p.role !== 'relais').map((p) => p.organisation);
  for (const [i, slug] of writtenSignatories(source).entries())
    if (!signers.includes(slug))
      problems.push(
        source.at(
          ['signataires', i],
          `« ${slug} » n’est ni le pilote ni un signataire de la campagne. ${suggestion(slug, signers)}`,
        ),
      );

  const { startsOn, endsOn } = bundle.campaign;
  for (const [key, at] of [
    ['date', push.scheduledAt],
    ['échéance', push.deadlineAt],
  ] as const)
    if (at && (toParisDay(at) < startsOn || at > endOfDay(endsOn)))
      problems.push(source.at([key], `Cette date est hors de la campagne, qui va du ${startsOn} au ${endsOn}.`));

  const { webinar } = push.content;
  const webinars = webinarSlugs(bundle);
  if (webinar !== undefined && !webinars.includes(webinar)) unknown(['webinaire'], 'Le webinaire', webinar, webinars);

  const resources = bundle.resources.map((r) => r.slug);
  const surveys = keysOf(bundle, 'questionnaires.yaml');
  const partners = bundle.campaign.partners.map((p) => p.organisation);
  for (const [i, block] of push.content.blocks.entries()) {
    for (const [j, slug] of (block.organisations ?? []).entries())
      if (!partners.includes(slug))
        problems.push(
          source.at(
            ['blocs', i, 'organisations', j],
            `« ${slug} » n’est pas partenaire de la campagne. ${suggestion(slug, partners)}`,
          ),
        );
    if (block.type === 'resource' && !resources.includes(block.resource))
      unknown(['blocs', i, 'ressource'], 'La ressource', block.resource, resources);
    if (block.type === 'survey' && !surveys.includes(block.survey))
      unknown(['blocs', i, 'questionnaire'], 'Le questionnaire', block.survey, surveys);
    if (block.type === 'key-message') {
      const message = bundle.keyMessages.find((m) => m.slug === block.keyMessage);
      if (!message) {
        unknown(
          ['blocs', i, 'edl'],
          'L’élément de langage',
          block.keyMessage,
          bundle.keyMessages.map((m) => m.slug),
        );
        continue;
      }
      const lacking = levelsReading(block.levels, audience).filter((level) => !message.wordings[level]?.[block.format]);
      if (lacking.length)
        problems.push(
          source.at(
            ['blocs', i, 'edl'],
            `« ${block.keyMessage} » n’a pas de ${block.format} pour le niveau ${lacking.map((l) => LEVEL_NAMES[l]).join(', ')} : écrivez-la dans messages/${block.keyMessage}.md, ou réservez ce bloc à d’autres niveaux.`,
          ),
        );
    }
  }
  return problems;
}

/** Things of a kind are told apart by its own key: a webinar's is its slug. */
const keysOf = ({ more }: Pick<Bundle, 'more'>, file: string): string[] =>
  KINDS.filter((kind) => kind.file === file).flatMap((kind) => (more[file] ?? []).map((thing) => kind.keyOf(thing)));

export const webinarSlugs = (bundle: Pick<Bundle, 'more'>): string[] => keysOf(bundle, 'webinaires.yaml');

/** The levels at which a block is read: those it names, among those its audience may contain. */
function levelsReading(named: readonly Level[] | undefined, audience: AudiencePart | undefined): Level[] {
  const reached = audience?.placedLevel ? [audience.placedLevel] : (audience?.rule.level ?? LEVELS);
  return LEVELS.filter((l) => reached.includes(l) && (!named || named.includes(l)));
}

/** In the order of the file: the checked list is sorted, and a place is a position. */
function writtenSignatories(source: YamlSource): string[] {
  const list = (withKnownKeys(source.value, ['signataires']) as Record<string, unknown>).signataires;
  return (Array.isArray(list) ? list : [list]).map((s) => String(s).trim());
}

function endOfDay(day: string): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return fromParis(year, month, date, 23, 59);
}
