import { Hono } from 'hono';
import { shortDateTime } from '../base/dates.ts';
import { type PageProbe, pageProbe } from '../base/probe-page.ts';
import { may } from '../organisations/permissions.ts';
import { checkPush } from '../proofs/check-push.ts';
import type { Finding, PushCheck } from '../proofs/check-schema.ts';
import { type PushSheet, readPush } from '../pushes/read-push.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { redirectWith } from './page.tsx';
import type { Overview } from './push-overview.ts';
import { plural, pushUrl } from './push-words.tsx';
import { Acts, Button, Csrf, Prose, Row, Rows, Section } from './ui/components.tsx';
import { State } from './ui/marks.tsx';

/** What the pages of a push say of its proofreading, and the calling of its links. */
export function pushCheckPages(deps: WebDeps, probe: PageProbe = pageProbe()) {
  const app = new Hono<WebEnv>();

  app.post('/campagnes/:campaign/envois/:push/verification', async (c) => {
    const ctx = acting(c);
    const push = await readPush(ctx, c.req.param('campaign'), c.req.param('push'));
    const { findings, askedAt } = await checkPush(ctx, push.id, { demo: deps.demo, probe });
    const dead = findings.filter((f) => f.code.startsWith('lien_') && f.level === 'bloquant').length;
    const unknown = askedAt ? '' : ' Les liens n’ont pas tous pu être vérifiés : la relecture dit pourquoi.';
    const text = dead
      ? `${plural(dead, 'lien est à corriger', 'liens sont à corriger')} : la relecture dit où.${unknown}`
      : unknown || 'Les liens ont été vérifiés : ils mènent tous quelque part.';
    return redirectWith(c, pushUrl(push, '#relecture'), {
      kind: dead || !askedAt ? 'problem' : 'ok',
      text: text.trim(),
    });
  });
  return app;
}

/** The proofreading that the overview of a push shows: while it can still be corrected, without asking the network anything. */
export async function proofreadingOf(c: WebContext, { push, line, forecast }: Overview): Promise<PushCheck | null> {
  const open = line.state === 'brouillon' || line.state === 'a_valider' || line.state === 'modele';
  return open ? checkPush(acting(c), push.id, { demo: c.get('deps').demo, forecast }) : null;
}

type Props = { check: PushCheck; push: PushSheet; actor: Overview['actor']; csrf: string };

/** Before anybody says yes: what blocks, what is to be looked at, and where each is mended. */
export const Proofreading = ({ check, push, actor, csrf }: Props) => {
  // Who still has to say yes stands beside, in its own list.
  const shown = check.findings.filter((f) => f.code !== 'validation_manquante');
  const editable = push.leads && may(actor, 'push.write');
  return (
    <Section title="Relecture automatique" id="relecture" note={countsOf(shown)}>
      <Findings findings={shown} push={push} editable={editable} />
      {check.pages > 0 && (
        <form method="post" action={pushUrl(push, '/verification')}>
          <Csrf token={csrf} />
          <Acts>
            <Button>{check.askedAt ? 'Vérifier de nouveau les liens' : 'Vérifier les liens'}</Button>
          </Acts>
          {check.askedAt && <p class="note">Pages appelées {shortDateTime(check.askedAt)}.</p>}
        </form>
      )}
    </Section>
  );
};

const countsOf = (findings: readonly Finding[]): string | undefined => {
  const [blocking, others] = ['bloquant', 'a_voir'].map(
    (level) => findings.filter((f) => f.level === level).length,
  ) as [number, number];
  return (
    [blocking ? plural(blocking, 'point bloquant', 'points bloquants') : '', others ? `${others}\u00a0à voir` : '']
      .filter(Boolean)
      .join(', ') || undefined
  );
};

/** By level, the most serious first. */
export const Findings = ({
  findings,
  push,
  editable,
}: {
  findings: readonly Finding[];
  push: PushSheet;
  editable: boolean;
}) => {
  const groups = [
    { title: 'À corriger avant de soumettre', level: 'bloquant', sign: <State kind="stop">bloquant</State> },
    { title: 'À voir', level: 'a_voir', sign: null },
  ] as const;
  if (!findings.length)
    return (
      <Prose>
        <p>Rien à signaler : liens, lisibilité, mentions obligatoires et vocabulaire sont en ordre.</p>
      </Prose>
    );
  return (
    <>
      {groups.map(({ title, level, sign }) => {
        const own = findings.filter((f) => f.level === level);
        return (
          own.length > 0 && (
            <>
              <h3>{title}</h3>
              <Rows label={title}>
                {own.map((f) => (
                  <Row
                    what={f.message}
                    meta={
                      <>
                        {f.place}. {f.remedy} {editable && <Mend finding={f} push={push} />}
                      </>
                    }
                    end={sign}
                  />
                ))}
              </Rows>
            </>
          )
        );
      })}
    </>
  );
};

/** Where a finding is mended: its block, or the page that holds its place. */
const Mend = ({ finding: { block, place }, push }: { finding: Finding; push: PushSheet }) => {
  const [part, label] = block
    ? [`/contenu/blocs/${block.id}`, `Modifier le bloc\u00a0${block.n}`]
    : place.startsWith('Objet') || place.startsWith('Phrase')
      ? ['/contenu', 'Modifier l’objet']
      : place.startsWith('Message')
        ? ['/contenu', 'Modifier le contenu']
        : [null, ''];
  return part ? <a href={pushUrl(push, part)}>{label}</a> : null;
};
