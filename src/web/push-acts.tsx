import { Hono } from 'hono';
import type { Child } from 'hono/jsx';
import { conflict, Refusal } from '../base/errors.ts';
import { cancelPush, pausePush, resumePush } from '../deliveries/control.ts';
import type { PushState } from '../deliveries/queries.ts';
import { sendNow } from '../deliveries/send-now.ts';
import { allow } from '../organisations/permissions.ts';
import { submitPush } from '../proofs/submit-push.ts';
import { type PushSheet, readPush } from '../pushes/read-push.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { page, redirectWith } from './page.tsx';
import { Findings, proofreadingOf } from './push-check.tsx';
import { roundly } from './push-figures.tsx';
import { type Overview, overviewOf } from './push-overview.ts';
import { listed, plural, pushUrl, whenOf } from './push-words.tsx';
import { Acts, ButtonLink, PageHead, Section } from './ui/components.tsx';
import { Confirm } from './ui/flow.tsx';

type Effects = (readonly [Child, Child])[];

/** An act of the lead on its push: the page that shows what it will do, the states it makes sense in, then the act. */
type Act = {
  path: string;
  states: readonly PushState[];
  title: string;
  submit: string;
  danger?: boolean;
  effects: (o: Overview) => Effects;
  run: (c: WebContext, o: Overview) => Promise<void>;
  done: string;
};

const left = ({ line }: Overview): number => (line.progress ? line.progress.addressed - line.progress.done : 0);
/** What acts on everybody's messages says so where partners' few are not counted. */
const andOthers = ({ line, push }: Overview): string =>
  line.progress?.partial ? `, et ceux de partenaires qui écrivent à moins de ${push.campaign.k} personnes` : '';

const acts = (deps: WebDeps): Act[] => [
  {
    path: '/depart',
    states: ['pret'],
    title: 'Faire partir cet envoi ?',
    submit: 'Envoyer maintenant',
    effects: ({ push, forecast }) => [
      ['Partiront', `${roundly(forecast?.addressed ?? null, push.campaign.k)}\u00a0messages`],
      ['Sous les noms de', listed(push.signatories.map((s) => s.name))],
      ['Objet', push.content.subject],
      ['Retour possible', 'Vous pourrez suspendre ou annuler ce qui n’est pas encore parti.'],
    ],
    run: async (c, { push }) => {
      await sendNow(acting(c), push.id);
      await deps.wake({ kind: 'drain', pushId: push.id });
    },
    done: 'L’envoi commence. La liste de ses destinataires est arrêtée.',
  },
  {
    path: '/suspension',
    states: ['en_cours'],
    title: 'Suspendre cet envoi ?',
    submit: 'Suspendre',
    effects: (o) => [
      ['Déjà partis', plural(o.line.progress?.done ?? 0, 'message, qui reste', 'messages, qui restent')],
      ['Attendront', `${plural(left(o), 'message', 'messages')}${andOthers(o)}`],
      ['Retour possible', 'Oui : la reprise continue là où l’envoi s’est arrêté, sans rien répéter.'],
    ],
    run: (c, { push }) => pausePush(acting(c), push.id),
    done: 'L’envoi est suspendu. Rien de plus ne part.',
  },
  {
    path: '/reprise',
    states: ['en_pause'],
    title: 'Reprendre cet envoi ?',
    submit: 'Reprendre l’envoi',
    effects: (o) => [
      ['Déjà partis', plural(o.line.progress?.done ?? 0, 'message', 'messages')],
      ['Repartiront', `${plural(left(o), 'message', 'messages')}${andOthers(o)}`],
    ],
    run: async (c, { push, line }) => {
      await resumePush(acting(c), push.id);
      // One paused before its hour waits for it: only what had begun goes on at once.
      if (line.progress) await deps.wake({ kind: 'drain', pushId: push.id });
    },
    done: 'L’envoi reprend là où il s’était arrêté.',
  },
  {
    path: '/annulation',
    states: ['modele', 'brouillon', 'a_valider', 'programme', 'pret', 'en_cours', 'en_pause'],
    title: 'Annuler cet envoi ?',
    submit: 'Annuler l’envoi',
    danger: true,
    effects: (o) => [
      ...(o.line.progress
        ? ([
            [
              'Déjà partis',
              plural(o.line.progress.done, 'message, qui ne peut être repris', 'messages, qui ne peuvent être repris'),
            ],
            ['Ne partiront pas', `${plural(left(o), 'message', 'messages')}${andOthers(o)}`],
          ] as const)
        : ([
            [
              'Ne partiront pas',
              o.push.recurrence
                ? 'les prochains numéros de cette série'
                : `${roundly(o.forecast?.addressed ?? null, o.push.campaign.k)}\u00a0messages${o.line.at ? `, prévus ${whenOf(o.line.at)}` : ''}`,
            ],
          ] as const)),
      ['Retour possible', 'Non : il faudra créer un autre envoi. Son contenu pourra être repris.'],
    ],
    run: (c, { push }) => cancelPush(acting(c), push.id),
    done: 'L’envoi est annulé.',
  },
];

/** What is done to a push: submitted, sent, paused, resumed, cancelled; each with its effect shown before. */
export function pushActs(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const base = '/campagnes/:campaign/envois/:push';
  const sheet = (c: WebContext) => readPush(acting(c), c.req.param('campaign') ?? '', c.req.param('push') ?? '');

  app.post(`${base}/soumission`, async (c) => {
    const push = await sheet(c);
    try {
      const view = await overviewOf(acting(c), push);
      const { asked } = await submitPush(acting(c), push.id, { demo: deps.demo, forecast: view.forecast });
      await deps.wake({ kind: 'outbox' });
      const text = asked
        ? `L’envoi est soumis. ${plural(asked, 'organisation est appelée', 'organisations sont appelées')} à valider.`
        : 'L’envoi est soumis. Rien n’a changé pour les signataires : leur accord tient.';
      return redirectWith(c, pushUrl(push), { kind: 'ok', text });
    } catch (error) {
      // What the content lacks is corrected in the content: the page says what, and leads there.
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      if (error.code === 'preflight') return refused(c, push);
      return page(
        c,
        { title: 'À corriger avant de soumettre', current: '/campagnes', status: 422 },
        <PageHead
          back={{ href: pushUrl(push), label: push.title }}
          title="Il reste un point à corriger."
          lead={error.message}
        >
          <Acts>
            <ButtonLink href={pushUrl(push, '/contenu')} primary>
              Corriger le contenu
            </ButtonLink>
          </Acts>
        </PageHead>,
      );
    }
  });

  for (const act of acts(deps)) {
    app.get(`${base}${act.path}`, async (c) => {
      const view = await allowed(c, act);
      return page(
        c,
        { title: act.title, current: '/campagnes' },
        <>
          <PageHead back={{ href: pushUrl(view.push), label: view.push.title }} title={act.title} />
          <Section title="Ce qui va se passer">
            <Confirm
              action={pushUrl(view.push, act.path)}
              csrf={c.get('session').csrf}
              effects={act.effects(view)}
              submit={act.submit}
              back={{ href: pushUrl(view.push), label: 'Ne rien changer' }}
              danger={act.danger}
            />
          </Section>
        </>,
      );
    });
    app.post(`${base}${act.path}`, async (c) => {
      const view = await allowed(c, act);
      await act.run(c, view);
      return redirectWith(c, pushUrl(view.push), { kind: 'ok', text: act.done });
    });
  }

  /** All that blocks, where each point is mended; what is only to be looked at stays on the page of the push. */
  async function refused(c: WebContext, push: PushSheet) {
    const check = await proofreadingOf(c, await overviewOf(acting(c), push));
    const blocking = check?.findings.filter((f) => f.level === 'bloquant') ?? [];
    return page(
      c,
      { title: 'À corriger avant de soumettre', current: '/campagnes', status: 422 },
      <>
        <PageHead
          back={{ href: pushUrl(push), label: push.title }}
          title={
            blocking.length > 1 ? `Il reste ${blocking.length} points à corriger.` : 'Il reste un point à corriger.'
          }
          lead="Corrigez, puis soumettez de nouveau : rien n’a été envoyé aux signataires."
        />
        <Section title="Relecture automatique">
          <Findings findings={blocking} push={push} editable />
        </Section>
      </>,
    );
  }

  async function allowed(c: WebContext, act: Act): Promise<Overview> {
    const ctx = acting(c);
    const push = await sheet(c);
    allow(ctx.actor, 'push.send');
    if (!push.leads)
      throw conflict(
        'not_lead',
        'Seule l’organisation pilote de la campagne décide du départ, de la pause et de l’annulation.',
      );
    const view = await overviewOf(ctx, push);
    if (!act.states.includes(view.line.state))
      throw conflict('state', 'Cet envoi n’en est plus là. Revenez à sa page : elle dit où il en est.');
    return view;
  }
  return app;
}
