import type { Level } from '../base/words.ts';
import type { ImageFile } from '../campaigns/image-file.ts';
import type { CampaignInput } from '../campaigns/schema.ts';
import type { AudienceRule } from '../contacts/audience-schema.ts';
import type { KeyMessageInput } from '../key-messages/schema.ts';
import type { PushInput } from '../pushes/schema.ts';
import type { ResourceInput } from '../resources/schema.ts';

export type AudiencePart = { slug: string; name: string; rule: AudienceRule; placedLevel: Level | null };

/** A whole campaign in one value, the same whether it comes from a folder or from the database. */
export type Bundle = {
  campaign: CampaignInput;
  audiences: AudiencePart[];
  resources: ResourceInput[];
  images: ImageFile[];
  keyMessages: KeyMessageInput[];
  pushes: PushInput[];
  /** Everything else, by the file that holds it (`actions.yaml`): what each is, its kind knows. */
  more: Record<string, readonly unknown[]>;
};

/** As the database holds it: the name of an image says its content, which need not be read. */
export type CurrentBundle = Omit<Bundle, 'images'> & { images: Pick<ImageFile, 'name'>[] };
