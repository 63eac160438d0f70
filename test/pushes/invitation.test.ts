import { describe, expect, test } from 'vitest';
import { firstContent, invitationSubject } from '../../src/pushes/blank-content.ts';
import { type Content, invitationSchema, pressReleaseSchema, pushSchema } from '../../src/pushes/schema.ts';
import { INVITATION } from '../rendering/invitation.ts';
import { RELEASE } from '../rendering/release.ts';
import { content, letter } from '../support/factories.ts';

const push = (over: Record<string, unknown> = {}) =>
  letter({ slug: 'invitation', channel: 'webinaire', content: INVITATION, ...over });
const fields = (input: unknown) => pushSchema.safeParse(input).error?.issues.map((i) => i.path.join('.')) ?? [];

const WEBINAR = { slug: 'outils', title: 'Vos outils en pratique', startsAt: new Date('2026-12-03T13:00:00Z') };

describe('what an invitation may say', () => {
  test('it names its webinar, which no other channel does; its blocks may be none, and any of a letter’s', () => {
    expect(pushSchema.parse(push()).content).toMatchObject({ webinar: INVITATION.webinar });
    const { blocks: _, ...short } = INVITATION;
    expect(pushSchema.parse(push({ content: short })).content.blocks).toEqual([]);
    const video = [{ id: 'a', type: 'video', title: 'Film', url: 'https://video.example' }];
    expect(fields(push({ content: { ...INVITATION, blocks: video } }))).toEqual([]);
    expect(fields(push({ content: content('Sans webinaire') }))).toEqual(['content.webinar']);
    expect(fields(push({ content: { ...INVITATION, webinar: '' } }))).toEqual(['content.webinar']);
    expect(fields(push({ content: { ...INVITATION, webinar: 'Pas un identifiant' } }))).toEqual(['content.webinar']);
    expect(fields(push({ content: { ...INVITATION, press: RELEASE.press } }))).toEqual(['content']);
    expect(fields(letter({ slug: 'lettre', content: INVITATION }))).toEqual(['content']);
  });

  test('it is for one day, and never repeats (MAIL-43: its subject is one line)', () => {
    expect(fields(push({ recurrence: '0 9 1 * *' }))).toEqual(['recurrence']);
    expect(fields(push({ content: { ...INVITATION, subject: 'Webinaire\r\nBcc: tous@exemple.fr' } }))).toEqual([
      'content.subject',
    ]);
  });
});

describe('what a new invitation says at first', () => {
  test('the day and the title of its webinar', () => {
    expect(firstContent('webinaire', 'Nom', null, WEBINAR)).toEqual({
      subject: 'Webinaire du 3 décembre : Vos outils en pratique',
      blocks: [],
      webinar: 'outils',
    });
  });

  test('never more than a subject may hold, and the day it is in Paris', () => {
    const long = { ...WEBINAR, title: 'Mot '.repeat(60), startsAt: new Date('2026-12-02T23:30:00Z') };
    const subject = invitationSubject(long);
    expect(subject.length).toBeLessThanOrEqual(150);
    expect(subject).toMatch(/^Webinaire du 3 décembre : Mot .*…$/);
    expect(invitationSchema.safeParse(firstContent('webinaire', 'Nom', null, long)).success).toBe(true);
  });

  test('the words of a letter are taken over; those of another invitation are about another day', () => {
    const source = invitationSchema.parse(INVITATION);
    expect(firstContent('webinaire', 'Nom', content('Une lettre') as Content, WEBINAR)).toMatchObject({
      subject: 'Une lettre',
      webinar: 'outils',
    });
    expect(firstContent('webinaire', 'Nom', source, WEBINAR)).toEqual({
      subject: 'Webinaire du 3 décembre : Vos outils en pratique',
      blocks: source.blocks,
      webinar: 'outils',
    });
    expect(firstContent('newsletter', 'Nom', source)).not.toHaveProperty('webinar');
    const release = firstContent('communique', 'Nom', source) as Content;
    expect(pressReleaseSchema.safeParse(release).success).toBe(true);
    expect(release).not.toHaveProperty('webinar');
    expect(firstContent('webinaire', 'Nom', pressReleaseSchema.parse(RELEASE), WEBINAR)).not.toHaveProperty('press');
  });
});
