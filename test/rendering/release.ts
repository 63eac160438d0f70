import { pressReleaseSchema } from '../../src/pushes/schema.ts';
import type { VariantInput } from '../../src/rendering/schema.ts';
import { variant } from './letter.ts';

/** A press release with every part and every block it may hold. */
export const RELEASE = {
  subject: 'Communiqué : 28 fiches pour recruter dans la fibre',
  preheader: '',
  blocks: [
    {
      id: 'corps',
      type: 'text',
      markdown:
        'Les partenaires publient [28 fiches métiers](https://www.afdas.example/metiers/fiches), libres d’accès. Elles décrivent :\n\n- les gestes ;\n- les formations ;\n- les *passerelles*.',
    },
    {
      id: 'temoin',
      type: 'testimony',
      quote: 'Nous cherchons dix personnes, et nous les formons.',
      author: 'Nadia Ferrand',
      role: 'gérante, Fibre Limousin',
    },
    { id: 'titre', type: 'title', text: 'Ce qui change en 2027' },
    {
      id: 'photo',
      type: 'image',
      src: '/fichiers/essentiels/raccordeur.png',
      alt: 'Une raccordeuse ouvre une armoire.',
    },
    { id: 'outil', type: 'resource', resource: 'outil-gepp' },
    { id: 'filet', type: 'separator' },
    { id: 'bouton', type: 'button', label: 'Ouvrir le dossier de presse', url: 'https://www.afdas.example/presse' },
  ],
  press: {
    headline: 'Fibre : 28 fiches métiers pour recruter et se former',
    chapo:
      'Constructys et l’AFDAS ouvrent à tous 28 fiches qui décrivent les métiers de la fibre, de la pose au pilotage.',
    place: 'Limoges',
    day: '2026-12-03',
    embargoAt: '2026-12-03T07:00:00.000Z',
    contact: { name: 'Léa Petit', phone: '05 55 00 00 00', email: 'presse@afdas.example' },
    about:
      '**Les essentiels** réunissent les partenaires de la filière. [En savoir plus](https://www.afdas.example/campagne).',
  },
};

export function release(over: Record<string, unknown> = {}, press: Record<string, unknown> = {}): VariantInput {
  const input = variant('operationnel');
  const content = pressReleaseSchema.parse({ ...RELEASE, ...over, press: { ...RELEASE.press, ...press } });
  return { ...input, push: { id: 9, slug: 'fiches-metiers', title: 'Lancement des fiches' }, content };
}
