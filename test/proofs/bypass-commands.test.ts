import { expect, test } from 'vitest';
import { newPlace, porteVoix, start } from '../support/running.ts';

test('by the command line: without a person, without the role, for another organisation, unapproved: refused with a sentence', {
  timeout: 240_000,
}, async () => {
  const place = await newPlace();
  const running = await start(place);
  try {
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await porteVoix([...args, '--json'], { DATA_DIR: place.dataDir });
      expect(stderr).not.toContain('    at ');
      return { code, json: JSON.parse(stdout) };
    };
    const push = 'essentiels-infranum/recruter-et-garder-ses-raccordeurs';
    const refused = (code: string) => ({ code: 1, json: { error: { code } } });
    expect(await run('push', 'send', push, '--as', 'camille@afdas.example')).toMatchObject(refused('not_approved'));
    expect(await run('push', 'submit', push, '--as', 'camille@afdas.example')).toMatchObject({
      code: 0,
      json: { asked: 3 },
    });

    expect(await run('push', 'approve', push)).toMatchObject(refused('interdit'));
    // She writes it, he reads its figures: neither validates.
    expect(await run('push', 'approve', push, '--as', 'camille@afdas.example')).toMatchObject(refused('interdit'));
    expect(await run('push', 'approve', push, '--as', 'david@afdas.example')).toMatchObject(refused('interdit'));
    expect(await run('push', 'approve', push, '--as', 'personne@afdas.example')).toMatchObject(refused('unknown_user'));
    expect(await run('push', 'send', push)).toMatchObject(refused('not_approved'));

    // Each yes is its own organisation's, and one of three sends nothing.
    expect(await run('push', 'approve', push, '--as', 'bruno@constructys.example')).toMatchObject({
      code: 0,
      json: { complete: false },
    });
    expect(await run('push', 'approve', push, '--as', 'bruno@constructys.example')).toMatchObject({
      json: { complete: false },
    });
    expect(await run('push', 'send', push, '--as', 'bruno@constructys.example')).toMatchObject(refused('not_lead'));
    expect(await run('push', 'send', push)).toMatchObject(refused('not_approved'));
  } finally {
    await running.stop();
  }
});
