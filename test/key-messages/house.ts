import { withOrganisation } from '../../src/db/database.ts';
import { addVersion } from '../../src/key-messages/add-version.ts';
import { approveWording } from '../../src/key-messages/approve-wording.ts';
import { usableWordings } from '../../src/key-messages/queries.ts';
import { readWording } from '../../src/key-messages/read-wording.ts';
import { requestWordingApproval } from '../../src/key-messages/request-approval.ts';
import { NOW, type Person, type TestDatabase } from '../support/database.ts';

export type Wording = Record<string, unknown> & { slug: string };

export const wording = (text: string, over: Record<string, unknown> = {}): Wording => ({
  slug: 'gepp',
  topic: 'L’outil GEPP',
  wordings: { terrain: { paragraphe: text, accroche: text } },
  ...over,
});

/** What the tests of a campaign's wordings do, as their people do it. */
export function wordsOf(t: TestDatabase, campaignId: number) {
  const { alice, bruno } = t.cast;
  const sheet = (person: Person, slug = 'gepp') => readWording(t.ctx(person), campaignId, slug);
  const write = (text: string, over: Record<string, unknown> = {}, now = NOW) =>
    addVersion(t.ctx(alice, now), campaignId, wording(text, over));
  const ask = async (slug = 'gepp') =>
    requestWordingApproval(t.ctx(alice), campaignId, { slug, seen: (await sheet(alice, slug)).newest.version });
  /** A yes, or a request for changes, about what is asked today. */
  const answer = async (person: Person, slug = 'gepp', decision: 'valide' | 'changement' = 'valide') =>
    approveWording(t.ctx(person), campaignId, slug, {
      seen: (await sheet(person, slug)).asked?.hash.toString('hex') ?? '0'.repeat(64),
      decision,
      ...(decision === 'changement' ? { comment: 'À revoir.' } : {}),
    });
  return {
    sheet,
    write,
    ask,
    answer,
    async validated(text: string, over: Record<string, unknown> = {}) {
      const { version } = await write(text, over);
      const slug = String(over.slug ?? 'gepp');
      await ask(slug);
      await answer(alice, slug);
      await answer(bruno, slug);
      return version;
    },
    /** slug → version, as kits would show it at that moment. */
    usable: (at = NOW, level?: 'institutionnel' | 'operationnel' | 'terrain', person = alice) =>
      withOrganisation(t.db, person.organisationId, async (trx) =>
        Object.fromEntries((await usableWordings(trx, campaignId, at, level)).map((w) => [w.slug, w.version])),
      ),
  };
}
