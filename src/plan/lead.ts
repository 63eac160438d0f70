import { loadOrRefuse } from './load-folder.ts';

/** The organisation a campaign's folder names as its lead: for whom plan and apply act. */
export async function leadOf(dir: string): Promise<string> {
  const { bundle } = await loadOrRefuse(dir);
  return bundle.campaign.partners.find((p) => p.role === 'pilote')?.organisation ?? '';
}
