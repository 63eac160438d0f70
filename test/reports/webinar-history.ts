import { randomToken } from '../../src/base/tokens.ts';
import { LEVELS } from '../../src/base/words.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { ORIGIN_CHANNELS } from '../../src/webinars/schema.ts';
import { NOW, type TestDatabase } from '../support/database.ts';
import { seeded } from '../support/random.ts';

const DAY = 86_400_000;
const STATES = ['sur', 'sur', 'oui', 'douteux', 'non'] as const;
const REGIONS = ['Bretagne', 'Occitanie', 'Normandie', null];
const PUBLICS = ['entreprise', 'salarie', 'prescripteur', 'presse'];

export type MadeHistory = { webinars: number[] };

/** Webinars of a campaign that `people` registered to over ten days, cancelled, waited for, came to: all of it by chance. */
export async function webinarHistory(
  t: TestDatabase,
  campaignId: number,
  { seed, count = 3, people = 120 }: { seed: number; count?: number; people?: number },
): Promise<MadeHistory> {
  const random = seeded(seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const { opco, btp, federation } = t.cast.organisations;
  return acrossOrganisations(t.db, async (trx) => {
    const webinars: number[] = [];
    for (let n = 0; n < count; n++) {
      const startsAt = new Date(NOW.getTime() - (3 + n) * DAY);
      const of = { organisation_id: opco, campaign_id: campaignId };
      const { id } = await trx
        .insertInto('webinars')
        .values({
          ...of,
          slug: `webinaire-${n}`,
          address: `webinaire-${campaignId}-${n}`,
          title: `Webinaire ${n}`,
          starts_at: startsAt,
          ends_at: new Date(startsAt.getTime() + DAY / 24),
          organisers: ['opco', 'btp', 'federation'],
          uid: randomToken(),
          changed_at: startsAt,
          created_by: 'test',
          created_at: new Date(NOW.getTime() - 20 * DAY),
          updated_at: startsAt,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      webinars.push(id);
      const own = { ...of, webinar_id: id };
      await trx
        .insertInto('webinar_acts')
        .values({ ...own, what: 'tenu', at: NOW, by: 'test' })
        .execute();
      const file = await trx
        .insertInto('attendance_imports')
        .values({
          ...own,
          file_name: 'p.csv',
          file_hash: Buffer.from(`${id}`),
          platform: 'teams',
          report: '{}',
          imported_by: 'test',
          imported_at: NOW,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      const line = { ...own, import_id: file.id, line: 2, minutes: 10, own: false };
      for (let i = 0; i < 6; i++)
        await trx
          .insertInto('attendance_lines')
          .values({ ...line, person: `inconnu ${i % 4}`, name: 'Invité' })
          .execute();
      for (let i = 0; i < people; i++) {
        const organisation_id = pick([opco, opco, btp, btp, federation]);
        const cancelled = random() < 0.1;
        const registered_at = new Date(NOW.getTime() - Math.floor(random() * 10 * DAY));
        const level = pick([...LEVELS, 'terrain', null]);
        const registration = await trx
          .insertInto('registrations')
          .values({
            ...own,
            organisation_id,
            public: pick(PUBLICS),
            level,
            region: pick(REGIONS),
            place: random() < 0.1 ? 'attente' : 'inscrit',
            registered_at,
            cancelled_at: cancelled ? new Date(registered_at.getTime() + DAY) : null,
            cancelled_by: cancelled ? 'lien' : null,
            uid: randomToken(),
            sequence: 0,
          })
          .returning('id')
          .executeTakeFirstOrThrow();
        const channel = pick(ORIGIN_CHANNELS);
        const relayed = ['relais', 'affiche', 'carte', 'social'].includes(channel);
        await trx
          .insertInto('registration_origins')
          .values({
            ...own,
            organisation_id,
            channel,
            level: channel === 'invitation' ? (level ?? '') : '',
            relay_id: relayed ? 7 : 0,
            relay_kind: relayed ? 'guichet' : '',
            n: 1,
          })
          .onConflict((on) =>
            on
              .columns(['webinar_id', 'organisation_id', 'channel', 'level', 'relay_id'])
              .doUpdateSet((eb) => ({ n: eb('registration_origins.n', '+', 1) })),
          )
          .execute();
        for (let seen = Math.floor(random() * 3); seen > 0; seen--) {
          const person = `${registration.id}/${seen}`;
          const minutes = Math.floor(random() * 80);
          await trx
            .insertInto('attendances')
            .values({
              ...own,
              organisation_id,
              registration_id: registration.id,
              person,
              minutes,
              how: 'nom',
              state: pick(STATES),
            })
            .execute();
          await trx
            .insertInto('attendance_lines')
            .values({ ...line, person, name: person, minutes })
            .execute();
        }
      }
      await trx
        .insertInto('page_counts')
        .values(
          [`webinaire:${id}`, `replay:${id}`].flatMap((page) =>
            ['inconnu', 'scanner'].flatMap((c) =>
              [0, 2, 5].map((days) => ({
                organisation_id: opco,
                campaign_id: campaignId,
                page,
                what: 'visite',
                class: c,
                hour: new Date(NOW.getTime() - days * DAY),
                n: 1 + Math.floor(random() * 30),
              })),
            ),
          ),
        )
        .execute();
    }
    return { webinars };
  });
}
