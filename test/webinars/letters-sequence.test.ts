import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { Refusal } from '../../src/base/errors.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { cancelWebinar, saveWebinar } from '../../src/pushes/edit-webinar.ts';
import { cancelByOrganisation } from '../../src/webinars/cancel-registration.ts';
import { moveUp } from '../../src/webinars/move-up.ts';
import { resendConfirmation } from '../../src/webinars/resend-confirmation.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { event, mailsAbout, write } from './letters-house.ts';
import { madeWebinar, readAgain, registered, WEBINAR } from './made-webinar.ts';

const t = await testDatabase();
const campaign = await makeCampaign(t);

type Act =
  | { what: 'hour'; days: number }
  | { what: 'link'; n: number }
  | { what: 'title'; n: number }
  | { what: 'register' | 'wait' | 'moveUp' | 'end' }
  | { what: 'leave' | 'again'; who: number };

const small = fc.nat({ max: 5 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ what: fc.constant('hour' as const), days: small }),
  fc.record({ what: fc.constant('link' as const), n: small }),
  fc.record({ what: fc.constant('title' as const), n: small }),
  fc.record({ what: fc.constantFrom('register' as const, 'register' as const, 'wait' as const, 'moveUp' as const) }),
  fc.record({ what: fc.constantFrom('leave' as const, 'again' as const), who: small }),
);
const life = fc.array(act, { minLength: 3, maxLength: 12 }).map((acts) => [...acts, { what: 'end' } as const]);

let minutes = 0;

async function live(acts: readonly Act[]) {
  const webinar = await madeWebinar(t, campaign.slug, { title: `Vie ${minutes}` });
  const ids: number[] = [];
  let input: Record<string, unknown> = { ...WEBINAR, title: webinar.title, slug: webinar.slug };
  for (const one of acts) {
    // Each act has a minute of its own.
    minutes += 1;
    const ctx = t.ctx(t.cast.alice, new Date(Date.UTC(2026, 10, 22, 10, minutes)));
    const save = async (change: Record<string, unknown>) => {
      input = { ...input, ...change };
      await saveWebinar(ctx, campaign.slug, input);
    };
    const enter = async (place: 'inscrit' | 'attente') => {
      const [id = 0] = await registered(t, await readAgain(t, webinar.id), 'opco', 1, { place });
      ids.push(id);
      await write(t, webinar, [id], { kind: place === 'attente' ? 'attente' : 'confirmation' }, ctx.now());
    };
    const who = 'who' in one ? (ids[one.who % Math.max(1, ids.length)] ?? 0) : 0;
    const acted: Record<Act['what'], () => Promise<unknown>> = {
      hour: () =>
        save({
          startsAt: fromParis(2027, 1, 14 + ('days' in one ? one.days : 0), 14),
          endsAt: fromParis(2027, 1, 14 + ('days' in one ? one.days : 0), 15),
        }),
      link: () => save({ joinUrl: `https://reunion.example/${'n' in one ? one.n : 0}` }),
      title: () => save({ summary: `Résumé ${'n' in one ? one.n : 0}` }),
      register: () => enter('inscrit'),
      wait: () => enter('attente'),
      moveUp: async () => acrossOrganisations(t.db, async (trx) => moveUp(trx, ctx, await readAgain(t, webinar.id))),
      leave: () => cancelByOrganisation(ctx, campaign.slug, webinar.slug, who),
      again: () => resendConfirmation(ctx, campaign.slug, webinar.slug, who),
      end: () => cancelWebinar(ctx, campaign.slug, webinar.slug, 'Fin.'),
    };
    // What a life cannot do (cancel twice, resend what has ended) is refused, and writes nothing.
    await acted[one.what]().catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
  }
  return mailsAbout(t, webinar);
}

test('whatever a webinar goes through, no calendar is told a lower SEQUENCE, nor two things under one (CAL-03, property)', async () => {
  await fc.assert(
    fc.asyncProperty(life, async (acts) => {
      const said = new Map<string, { sequence: number; what: string }[]>();
      for (const { calendar } of await live(acts)) {
        if (!calendar) continue;
        const { uid, sequence, method, start } = event(calendar);
        const place = /\r\nLOCATION:(.*)\r\n/.exec(calendar.content)?.[1] ?? '';
        said.set(uid, [...(said.get(uid) ?? []), { sequence, what: `${method} ${start.toISOString()} ${place}` }]);
      }
      for (const [uid, letters] of said)
        for (const [i, letter] of letters.entries()) {
          const last = letters[i - 1];
          if (!last) continue;
          expect(letter.sequence, `${uid} ${JSON.stringify(letters)}`).toBeGreaterThanOrEqual(last.sequence);
          if (letter.sequence === last.sequence) expect(letter.what).toBe(last.what);
        }
    }),
    { numRuns: 25 },
  );
}, 120_000);
