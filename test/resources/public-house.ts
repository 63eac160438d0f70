import type { Hono } from 'hono';
import { addFile, addLink } from '../../src/resources/attach.ts';
import { retireResource } from '../../src/resources/retire-resource.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { add } from './house.ts';
import { bytesOf, MP4, PDF } from './samples.ts';

export const HOSTILE = 'Guide <script>alert("1")</script> & « co » \u0001 ]]>';
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';

/** Two campaigns with resources of every standing, and a visitor who has no session. */
export async function publicHouse(t: TestDatabase, app: Hono, dataDir: string) {
  const alice = t.ctx(t.cast.alice);
  const campaign = await makeCampaign(t, { slug: 'essentiels', name: 'Les essentiels & co', tagline: 'Pour tous' });
  const other = await makeCampaign(t, { slug: 'autre-campagne', name: 'L’autre campagne' });
  await add(t, campaign.id, { related: ['guide', 'reservee'] });
  await add(t, campaign.id, {
    slug: 'guide',
    title: HOSTILE,
    summary: HOSTILE,
    kind: 'guide',
    axis: 'Axe 2',
    uses: { salarie: 'Évoluer.' },
  });
  await add(t, campaign.id, { slug: 'reservee', title: 'Réservée aux partenaires', listed: false });
  await add(t, campaign.id, { slug: 'demain', title: 'Pour plus tard', publishedOn: '2099-01-01' });
  await add(t, campaign.id, { slug: 'fermee', title: 'Rien à ouvrir', url: null });
  await add(t, campaign.id, { slug: 'vieille', title: 'Une vieille étude' });
  await retireResource(alice, campaign.id, 'vieille');
  await add(t, other.id, { slug: 'fiches', title: 'Fiches d’accueil', kind: 'fiches', axis: '' });
  for (const [slug, name, bytes] of [
    ['etude', 'Synthèse.pdf', PDF],
    ['etude', 'film.mp4', MP4],
    ['reservee', 'secret.pdf', PDF],
  ] as const)
    await addFile(
      alice,
      campaign.id,
      slug,
      { format: 'synthese', title: '', file: { name, bytes: bytesOf(bytes) } },
      dataDir,
    );
  await addLink(alice, campaign.id, 'etude', { format: 'video', title: 'Le film', url: 'https://exemple.fr/film' });
  const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const response = await app.request(`https://pv.example${path}`, {
      method,
      headers: { 'user-agent': BROWSER, ...headers },
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return { get, campaign };
}
