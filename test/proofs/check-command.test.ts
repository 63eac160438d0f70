import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { newPlace, porteVoix, start, temporaryFolder } from '../support/running.ts';

const DEMONSTRATION = fileURLToPath(new URL('../../campaigns/essentiels-infranum', import.meta.url));
const PUSHES = [
  'lancement-de-la-campagne',
  'lettre-mensuelle',
  'outil-gepp-en-15-minutes',
  'recruter-et-garder-ses-raccordeurs',
];

test('the campaign of the demonstration passes `push check`; one bad link in it is refused, by check and by submit', {
  timeout: 180_000,
}, async () => {
  const place = await newPlace();
  const running = await start(place);
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await porteVoix([...args, '--json'], { DATA_DIR: place.dataDir });
    expect(stderr).not.toContain('    at ');
    return { code, json: JSON.parse(stdout) };
  };
  // The demonstration has fixed dates, and this test runs on any day: what is about them is left out.
  const apart = (found: { place: string; code: string }[]) =>
    found.filter((f) => f.place !== 'Date d’envoi' && f.code !== 'validation_manquante');
  for (const push of PUSHES) {
    const { code, json } = await run('push', 'check', `essentiels-infranum/${push}`);
    expect({ push, found: apart(json.findings) }).toEqual({ push, found: [] });
    expect(code).toBe(json.blocking ? 1 : 0);
  }

  const folder = join(temporaryFolder(), 'essentiels-infranum');
  cpSync(DEMONSTRATION, folder, { recursive: true });
  const file = join(folder, 'envois/outil-gepp-en-15-minutes.yaml');
  const text = readFileSync(file, 'utf8');
  const spoilt = text.replace('lien: https://ressources.example/essentiels/gepp', 'lien: http://localhost:8080/gepp');
  expect(spoilt).not.toBe(text);
  writeFileSync(file, spoilt);
  expect((await run('campaign', 'apply', folder)).code).toBe(0);

  const checked = await run('push', 'check', 'outil-gepp-en-15-minutes');
  expect(checked.code).toBe(1);
  expect(checked.json.blocking).toBeGreaterThan(0);
  expect(apart(checked.json.findings)).toEqual([
    {
      code: 'lien_interne',
      level: 'bloquant',
      place: 'Bloc 3 (bouton), niveaux opérationnel et terrain',
      message: expect.stringContaining('localhost:8080'),
      remedy: expect.stringContaining('adresse publique'),
    },
  ]);
  expect(await run('push', 'submit', 'outil-gepp-en-15-minutes')).toMatchObject({
    code: 1,
    json: { error: { code: 'preflight' } },
  });
  const told = await porteVoix(['push', 'check', 'outil-gepp-en-15-minutes'], { DATA_DIR: place.dataDir });
  expect(told).toMatchObject({ code: 1, stdout: expect.stringMatching(/BLOQUANT · Bloc 3 \(bouton\)/) });
  await running.stop();
});
