import type { Child } from 'hono/jsx';
import { describe, expect, test } from 'vitest';
import { BarChart, DayChart, topOfAxis } from '../../src/web/ui/charts.tsx';
import { Choices, ErrorSummary, Field } from '../../src/web/ui/fields.tsx';
import { Figure, HowCounted } from '../../src/web/ui/figures.tsx';
import { Pagination, Progress, Sheet } from '../../src/web/ui/flow.tsx';
import { Layout } from '../../src/web/ui/layout.tsx';
import { Level } from '../../src/web/ui/marks.tsx';
import { DataTable } from '../../src/web/ui/table.tsx';
import { figure, session } from './cast.ts';
import { PAGES } from './gallery.tsx';

const html = async (child: Child | Promise<unknown>): Promise<string> => String(await child);

describe.each(Object.entries(PAGES))('the page « %s »', (_, Page) => {
  test('holds no inline style, no inline script and no handler, so that the policy can be strict', async () => {
    const page = await html(<Page />);
    expect(page).not.toMatch(/\sstyle=/);
    expect(page).not.toContain('<style');
    expect(page).not.toMatch(/\son[a-z]+=/);
    expect(page).not.toMatch(/<script(?![^>]*\ssrc="\/)/);
  });

  test('takes nothing from another host (PRV-02)', async () => {
    const page = await html(<Page />);
    expect([...page.matchAll(/\s(?:src|href|action)="(?:https?:)?\/\//g)]).toEqual([]);
  });

  test('has one h1, its landmarks, a skip link and its language (A11Y-01)', async () => {
    const page = await html(<Page />);
    expect(page.match(/<h1[ >]/g)).toHaveLength(1);
    expect(page).toContain('<html lang="fr">');
    expect(page).toMatch(/<a class="skip" href="#contenu">/);
    for (const landmark of ['<header', '<main id="contenu"', '<footer']) expect(page).toContain(landmark);
    expect(page.startsWith('<!doctype html>')).toBe(true);
  });

  test('gives an id once', async () => {
    const ids = [...(await html(<Page />)).matchAll(/\sid="([^"]+)"/g)].map((m) => m[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('a field says what is wrong where the question is asked (A11Y-02)', async () => {
  const field = await html(
    <Field name="blocks[0].url" label="Adresse" kind="url" hint="Complète." error="Donnez une adresse." required />,
  );
  expect(field).toContain('<label for="champ-blocks-0-url">');
  expect(field).toContain('aria-describedby="champ-blocks-0-url-aide champ-blocks-0-url-erreur"');
  expect(field).toContain('aria-invalid="true"');
  expect(field).toMatch(/id="champ-blocks-0-url-erreur"><span class="hidden">Erreur : <\/span>Donnez une adresse\./);
  expect(field).toMatch(/<input[^>]* required/);
  const summary = await html(<ErrorSummary errors={[{ field: 'blocks[0].url', message: 'Donnez une adresse.' }]} />);
  expect(summary).toContain('href="#champ-blocks-0-url"');
  expect(summary).toMatch(/tabindex="-1" autofocus/);
});

test('a field without error claims none', async () => {
  const field = await html(<Field name="subject" label="Objet" />);
  expect(field).not.toContain('aria-invalid');
  expect(field).not.toContain('aria-describedby');
});

test('a group of answers is named by its question and keeps what was chosen', async () => {
  const group = await html(
    <Choices
      name="level"
      label="Niveau"
      value="terrain"
      error="Choisissez."
      options={[
        { value: 'operationnel', label: 'Opérationnel' },
        { value: 'terrain', label: 'Terrain' },
      ]}
    />,
  );
  expect(group).toContain('<legend>Niveau');
  expect(group).toContain('aria-describedby="champ-level-erreur"');
  expect(group.match(/ checked/g)).toHaveLength(1);
  expect(group).toMatch(/value="terrain" checked/);
});

test('what people write is text and stays text', async () => {
  const field = await html(<Field name="subject" label="Objet" value={'"><script>alert(1)</script>'} />);
  expect(field).not.toContain('<script');
});

describe('a figure', () => {
  test('never goes without « comment c’est compté »', async () => {
    for (const shown of [
      <Figure label="touchés" figure={figure(12_000, 'adresses')} />,
      <Figure label="touchés" figure={figure(null, 'adresses')} />,
    ]) {
      const text = await html(shown);
      for (const part of ['comment c’est compté', 'unité', 'fenêtre', 'source', 'définition', 'écarté', 'règle'])
        expect(text).toContain(part);
    }
  });

  test('says its window in days of Paris', async () => {
    const window = {
      from: new Date('2026-11-01T23:00:00Z'),
      to: new Date('2026-11-22T22:59:59Z'),
      zone: 'Europe/Paris',
    };
    expect(await html(<HowCounted passport={{ ...figure(1, 'clics'), window }} of="clics" />)).toContain(
      'du lun. 2 nov. 2026 au dim. 22 nov. 2026, heure de Paris',
    );
  });

  test('not measured is not zero', async () => {
    const text = await html(<Figure label="ouvertures" figure={figure(null, 'ouvertures')} />);
    expect(text).toContain('non mesuré');
    expect(text).not.toMatch(/<b>0<\/b>/);
  });

  test('tells how far it goes with the doubtful ones', async () => {
    expect(await html(<Figure label="clics" figure={figure(2410, 'clics', 2655)} />)).toMatch(
      /jusqu’à 2\s655 avec les douteux/,
    );
  });
});

test('a drawing comes with a title, a sentence, its table and how it was counted (A11Y-05)', async () => {
  const bars = await html(
    <BarChart
      id="b"
      title="Clics"
      summary="Deux barres."
      passport={figure(0, 'clics')}
      bars={[{ label: 'Terrain', value: 9, level: 'terrain' }]}
    />,
  );
  const days = await html(
    <DayChart
      id="d"
      title="Clics"
      summary="Un jour."
      passport={figure(0, 'clics')}
      days={[{ day: '2026-11-02', value: 3 }]}
    />,
  );
  for (const chart of [bars, days]) {
    expect(chart).toMatch(/<svg[^>]*role="img" aria-labelledby="(b-t b-d|d-t d-d)"/);
    expect(chart).toMatch(/<title[^>]*>Clics/);
    expect(chart).toContain('<table');
    expect(chart).toContain('comment c’est compté');
  }
});

test('a drawing of nothing is still a drawing', async () => {
  for (const bars of [[], [{ label: 'Terrain', value: 0 }]])
    expect(
      await html(<BarChart id="b" title="Clics" summary="Rien encore." passport={figure(0, 'clics')} bars={bars} />),
    ).not.toMatch(/NaN|Infinity/);
  expect(
    await html(<DayChart id="d" title="Clics" summary="Rien encore." passport={figure(0, 'clics')} days={[]} />),
  ).not.toMatch(/NaN|Infinity/);
});

test('the axis ends on a round number that covers the highest day', () => {
  expect([0, 1, 3, 10, 11, 49, 460, 501].map(topOfAxis)).toEqual([1, 1, 5, 10, 20, 50, 500, 1000]);
});

test('a table has a caption and says what each header rules (A11Y-04)', async () => {
  const table = await html(
    <DataTable
      caption="Refusées"
      columns={[{ label: 'Ligne', numeric: true, sorted: 'ascending' }, { label: 'Raison' }]}
      rows={[[1200, 'Adresse absente']]}
    />,
  );
  expect(table).toContain('<caption>Refusées');
  expect(table).toMatch(/<th scope="col"[^>]*aria-sort="ascending"/);
  expect(table).toMatch(/<th scope="row"[^>]*>1\s200<\/th>/);
});

test('a level has a shape and a word, not only a colour', async () => {
  const marks = await Promise.all(
    (['institutionnel', 'operationnel', 'terrain'] as const).map((level) => html(<Level level={level} />)),
  );
  expect(new Set(marks.map((m) => m.match(/<(path|circle)[^>]*>/)?.[0])).size).toBe(3);
  expect(marks[1]).toContain('opérationnel');
});

test('work that is over is no longer asked for', async () => {
  expect(await html(<Progress label="Import" done={7} total={7} text="7 sur 7" />)).not.toContain('data-live');
  expect(await html(<Progress label="Import" done={1} total={7} text="1 sur 7" live="/imports/1" />)).toContain(
    'data-live="/imports/1"',
  );
});

test('a mail is shown in a frame that may do nothing', async () => {
  expect(await html(<Sheet from="a" subject="b" title="Message" src="/apercu/1" />)).toMatch(/<iframe[^>]*sandbox=""/);
});

test('one page needs no pagination', async () => {
  expect(await html(<Pagination previous={null} next={null} />)).not.toContain('<nav');
});

test('the demonstration says so on every page, and only there', async () => {
  const shown = (demo: boolean) => html(<Layout title="Essai" session={session} csrf="jeton" demo={demo} />);
  expect(await shown(true)).toContain('Démonstration\u00a0: rien ne part');
  expect(await shown(false)).not.toMatch(/démonstration/i);
});

test('signing out is a form with its token', async () => {
  expect(await html(<Layout title="Essai" session={session} csrf="jeton-1" />)).toMatch(
    /<form method="post" action="\/deconnexion"><input type="hidden" name="csrf" value="jeton-1"/,
  );
});
