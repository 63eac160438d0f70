import { expect, test } from 'vitest';
import { Timeline, type TimelinePush } from '../../src/web/ui/timeline.tsx';

const on = (day: string): TimelinePush => ({
  title: `Envoi du ${day}`,
  at: new Date(`${day}T08:00:00Z`),
  kind: 'newsletter',
  levels: ['terrain'],
  state: { kind: 'off', text: 'brouillon' },
});
/** The numbers drawn on a large screen, then on a phone: the same pushes, each time with the room there is. */
const numbers = (days: string[]): string[][] => {
  const html = String(
    <Timeline from="2026-11-02" to="2027-06-30" today={new Date('2026-11-10T08:00:00Z')} pushes={days.map(on)} />,
  );
  return html
    .split('role="img"')
    .slice(1)
    .map((svg) => [...svg.matchAll(/class="value">([^<]*)</g)].map((m) => m[1] ?? ''));
};

test('pushes a few days apart are one burst with their numbers, and all stay in the list', () => {
  expect(numbers(['2026-11-26', '2026-12-01', '2026-12-01', '2026-12-08'])).toEqual([['1–3', '4'], ['1–4']]);
  expect(numbers(['2026-11-26', '2027-01-26', '2027-03-26'])).toEqual([
    ['1', '2', '3'],
    ['1', '2', '3'],
  ]);
});
