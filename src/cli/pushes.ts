import type { Command } from 'commander';
import type { Ctx } from '../base/context.ts';
import { forbidden, invalid } from '../base/errors.ts';
import { pageProbe } from '../base/probe-page.ts';
import { LEVELS, type Level } from '../base/words.ts';
import { cancelPush, pausePush, resumePush } from '../deliveries/control.ts';
import { drainPush } from '../deliveries/drain.ts';
import { type Forecast, forecastPush } from '../deliveries/forecast.ts';
import { type PushStatus, pushStatus } from '../deliveries/queries.ts';
import { readPushes } from '../deliveries/read-pushes.ts';
import { REASON_NAMES, type Reason, STATE_NAMES, type State } from '../deliveries/schema.ts';
import { sendNow } from '../deliveries/send-now.ts';
import { workerName } from '../jobs/work.ts';
import { approvePush } from '../proofs/approve-push.ts';
import { askedOf } from '../proofs/asked-of.ts';
import { type CheckAt, checkPush } from '../proofs/check-push.ts';
import type { Check } from '../proofs/check-schema.ts';
import { previewChoices, previewPush } from '../proofs/preview-push.ts';
import { submitPush } from '../proofs/submit-push.ts';
import { locatePush } from '../pushes/locate-push.ts';
import type { Service } from '../service.ts';
import { asPerson } from './acting.ts';
import { type Answer, count } from './output.ts';
import type { Tools } from './run.ts';

type Flags = { as?: string };
type Acting = Ctx<Extract<Ctx['actor'], { organisationId: number }>>;

export function pushCommands(program: Command, { answer, withService }: Tools): void {
  const push = program.command('push').description('les envois');
  const verb = (
    name: string,
    description: string,
    run: (at: {
      service: Service;
      ctx: Acting;
      id: number;
      title: string;
      flags: Flags & Record<string, string>;
    }) => Promise<Answer>,
  ) =>
    push
      .command(name)
      .argument('<envoi>', 'nom court, ou campagne/envoi')
      .description(description)
      .option('--as <adresse>', 'au nom de cette personne')
      .action((reference: string, flags: Flags & Record<string, string>, command: Command) =>
        answer(command, () =>
          withService(async (service) => {
            const found = await locatePush(service.db, reference);
            const ctx: Acting = flags.as
              ? await asPerson(service, flags.as)
              : { ...service, actor: { kind: 'command', name: 'commande', organisationId: found.organisationId } };
            return run({ service, ctx, id: found.id, title: found.title, flags });
          }),
        ),
      );

  verb('preview', 'affiche une variante en texte', async ({ ctx, id, flags }) => {
    const choices = await previewChoices(ctx, id);
    const organisation = flags.organisation ?? choices.organisations[0]?.slug;
    const level = LEVELS.find((l) => l === flags.level) ?? choices.levels[0];
    if (!organisation || !level) throw invalid('signatories', 'Aucune organisation ne signe cet envoi.');
    const p = await previewPush(ctx, id, organisation, level satisfies Level);
    return {
      json: {
        organisation,
        level,
        subject: p.rendered.subject,
        html: p.html,
        text: p.text,
        links: p.rendered.links,
        bytes: p.rendered.htmlBytes,
      },
      text: `Objet : ${p.rendered.subject}\n\n${p.text}`,
    };
  })
    .option('--organisation <slug>')
    .option('--level <niveau>');

  verb(
    'check',
    'relit l’envoi et appelle ses liens ; refuse ce qui ne peut pas partir',
    async ({ service, ctx, id }) => {
      const { blocking, warnings, findings } = await checkPush(ctx, id, {
        ...(await checkedAt(service, ctx, id)),
        probe: pageProbe(),
      });
      // Refused, with its reasons: they are the answer itself.
      if (blocking) process.exitCode = 1;
      const told = findings.map(({ code, level, place, message, remedy }) => ({ code, level, place, message, remedy }));
      const check = { blocking, warnings, findings: told };
      return { json: check, text: checkInWords(check) };
    },
  );

  verb('submit', 'fige le contenu exact et demande leur accord aux signataires', async ({ service, ctx, id }) => {
    const done = await submitPush(ctx, id, await checkedAt(service, ctx, id));
    return {
      json: done,
      text: done.asked === 0 ? 'Tout est déjà validé.' : `Soumis : ${done.asked} validation(s) demandée(s).`,
    };
  });

  verb('approve', 'valide le contenu soumis, au nom de l’organisation de la personne', async ({ ctx, id, flags }) => {
    if (ctx.actor.kind !== 'user') throw forbidden('Seule une personne peut valider : donnez son adresse avec --as.');
    const seen = await askedOf(ctx, id);
    const done = await approvePush(
      ctx,
      id,
      flags.comment ? { seen, decision: 'changement', comment: flags.comment } : { seen, decision: 'valide' },
    );
    return {
      json: done,
      text: flags.comment
        ? 'Changement demandé.'
        : done.complete
          ? 'Validé. Toutes les signataires ont dit oui.'
          : 'Validé. D’autres signataires doivent encore dire oui.',
    };
  }).option('--comment <texte>', 'demande un changement au lieu de valider');

  verb('send', 'fait partir l’envoi maintenant et attend la fin', async ({ service, ctx, id }) => {
    const frozen = await sendNow(ctx, id);
    const ways = await service.ways();
    const stop = new AbortController();
    // Told to stop: nothing more is claimed, and what is in flight has eight seconds to be answered.
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        stop.abort();
        void ways.close(8_000);
      });
    const drained = await drainPush(service, {
      pushId: id,
      worker: workerName(),
      pool: ways,
      ways,
      signal: stop.signal,
    });
    const status = await pushStatus(ctx, id);
    return { json: { frozen, ...drained, status }, text: statusInWords(status) };
  });

  verb('status', 'dit où en est l’envoi ; le total tombe toujours juste', async ({ ctx, id }) => {
    const status = await pushStatus(ctx, id);
    const [line] = await readPushes(ctx, { pushId: id });
    if (line?.progress) return { json: status, text: statusInWords(status) };
    const forecast = await forecastPush(ctx, id);
    return { json: { ...status, forecast }, text: forecastInWords(forecast) };
  });

  for (const [name, description, run, done] of [
    ['pause', 'suspend l’envoi', pausePush, 'Suspendu.'],
    ['resume', 'reprend l’envoi', resumePush, 'Repris.'],
    ['cancel', 'annule ce qui n’est pas parti', cancelPush, 'Annulé.'],
  ] as const)
    verb(name, description, async ({ ctx, id }) => {
      await run(ctx, id);
      const status = await pushStatus(ctx, id);
      return { json: { done: name, status }, text: name === 'cancel' ? cancelledInWords(status) : done };
    });
}

/** What this instance can tell the proofreading; once the list is drawn there is nothing left to foresee. */
async function checkedAt(service: Service, ctx: Acting, id: number): Promise<CheckAt> {
  const [line] = await readPushes(ctx, { pushId: id });
  return { demo: service.demo, forecast: line?.progress ? null : await forecastPush(ctx, id) };
}

function checkInWords({ blocking, warnings, findings }: Check): string {
  if (!findings.length) return 'Rien à signaler.';
  return [
    `Points bloquants : ${count(blocking)} ; à voir : ${count(warnings)}`,
    ...findings.flatMap((f) => [
      '',
      `${f.level === 'bloquant' ? 'BLOQUANT' : 'À voir'} · ${f.place}`,
      `  ${f.message}`,
      `  ${f.remedy}`,
    ]),
  ].join('\n');
}

/** Before the list is drawn: what it would be now. To a person, « – » stands for a number too small to be told. */
function forecastInWords({
  selected,
  addressed,
  setApart,
  pressure: { people, held, setApart: late },
  agreed,
}: Forecast): string {
  const told = (n: number | null): string => (n === null ? '–' : count(n));
  return [
    'Si l’envoi partait maintenant :',
    `Sélectionnés : ${told(selected)}`,
    ...Object.entries(setApart).map(([reason, n]) => `    ${REASON_NAMES[reason as Reason] ?? reason} : ${count(n)}`),
    `  adressés : ${told(addressed)}`,
    `  déjà assez sollicités : ${told(people)}, dont écartés : ${count(late)}`,
    ...held.map(({ day, n }) => `    différés au ${day ?? '(autres jours)'} : ${count(n)}`),
    ...(agreed === null ? [] : [`  ont accepté des liens à leur nom : ${count(agreed)}`]),
  ].join('\n');
}

/** Who had it already stays in the ledger: a cancellation takes nothing back. */
function cancelledInWords({ states, setApart }: PushStatus): string {
  const { accepted = 0, handed = 0, unknown = 0 } = states;
  const doubtful = handed + unknown;
  return [
    `Annulé. Déjà remis : ${count(accepted)}`,
    ...(doubtful > 0 ? [`en cours de remise ou de sort inconnu : ${count(doubtful)}`] : []),
    `ne partiront pas : ${count(setApart.annule ?? 0)}.`,
  ].join(' ; ');
}

function statusInWords(s: PushStatus): string {
  const apart = Object.entries(s.setApart).map(
    ([reason, n]) => `    ${REASON_NAMES[reason as Reason] ?? reason} : ${count(n)}`,
  );
  const states = Object.entries(s.states).map(([state, n]) => `    ${STATE_NAMES[state as State]} : ${count(n)}`);
  const total = Object.values(s.setApart).reduce((a, b) => a + b, 0);
  return [
    `Sélectionnés : ${count(s.selected)}`,
    `  écartés : ${count(total)}`,
    ...apart,
    `  adressés : ${count(s.addressed)}`,
    ...states,
  ].join('\n');
}
