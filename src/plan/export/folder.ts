import type { ImageFile } from '../../campaigns/image-file.ts';
import type { Bundle } from '../bundle.ts';
import { KINDS } from '../kinds/all.ts';
import { resourcesWritten } from '../resources-file.ts';
import { campaignWritten } from './campaign.ts';
import { messageWritten } from './message.ts';
import { pushWritten } from './push.ts';

/** Pure: the files of a campaign's folder, by their path inside it. Reading them back gives the same bundle. */
export function filesOf(
  bundle: Omit<Bundle, 'images'> & { images: Pick<ImageFile, 'name' | 'bytes'>[] },
): Map<string, string | Buffer> {
  const files = new Map<string, string | Buffer>([['campagne.yaml', campaignWritten(bundle)]]);
  if (bundle.resources.length) files.set('ressources.yaml', resourcesWritten(bundle.resources));
  for (const message of bundle.keyMessages) files.set(`messages/${message.slug}.md`, messageWritten(message));
  for (const push of bundle.pushes) files.set(`envois/${push.slug}.yaml`, pushWritten(push));
  const lead = bundle.campaign.partners.find((p) => p.role === 'pilote')?.organisation ?? '';
  for (const kind of KINDS) {
    const things = bundle.more[kind.file] ?? [];
    if (things.length) files.set(kind.file, kind.written(things, { lead }));
  }
  for (const { name, bytes } of bundle.images) files.set(`images/${name}`, bytes);
  return files;
}
