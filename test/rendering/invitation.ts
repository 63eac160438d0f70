import { invitationSchema } from '../../src/pushes/schema.ts';
import type { VariantInput, WebinarShown } from '../../src/rendering/schema.ts';
import { variant } from './letter.ts';

/** A webinar with all that an invitation can say of it. */
export const WEBINAR: WebinarShown = {
  address: 'vos-outils-en-pratique',
  title: 'Vos outils en pratique : GEPP, fiches métiers, vidéos',
  summary: 'Une heure et demie pour voir trois outils ouverts, et repartir avec celui qui vous sert.',
  startsAt: new Date('2026-12-03T13:00:00Z'),
  endsAt: new Date('2026-12-03T14:30:00Z'),
  speakers: [
    { name: 'Nadia Ferrand', role: 'gérante', organisation: 'Fibre Limousin' },
    { name: 'Hugo Renaud', role: 'conseiller', organisation: 'Constructys' },
    { name: 'Inès Colin', role: '', organisation: '' },
  ],
  organisers: ['AFDAS', 'Constructys'],
  limited: true,
  uid: 'q7h3k2-webinaire@lettre.afdas.example',
  sequence: 2,
  changedAt: new Date('2026-11-20T09:30:00Z'),
};

export const INVITATION = {
  subject: 'Webinaire du 3 décembre : vos outils en pratique',
  subjects: { terrain: 'Le 3 décembre, trois outils qui servent dans l’équipe' },
  preheader: '',
  webinar: 'vos-outils-en-pratique',
  blocks: [
    { id: 'titre', type: 'title', text: 'Avant de venir' },
    {
      id: 'corps',
      type: 'text',
      markdown: 'Ouvrez [l’outil GEPP](https://www.constructys.example/gepp) une fois, *même sans le remplir*.',
    },
    { id: 'outil', type: 'resource', resource: 'outil-gepp', levels: ['operationnel'] },
  ],
};

export function invitation(
  over: Record<string, unknown> = {},
  webinar: Partial<WebinarShown> = {},
  level: VariantInput['level'] = 'operationnel',
): VariantInput {
  return {
    ...variant(level),
    push: { id: 10, slug: 'invitation', title: 'Invitation' },
    content: invitationSchema.parse({ ...INVITATION, ...over }),
    webinar: { ...WEBINAR, ...webinar },
  };
}
