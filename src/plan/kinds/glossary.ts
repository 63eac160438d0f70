import { glossaryOfCampaign } from '../../key-messages/glossary-queries.ts';
import { type TermInput, termSchema } from '../../key-messages/glossary-schema.ts';
import { writeTerm } from '../../key-messages/save-term.ts';
import { kind } from './kind.ts';
import { listFile, said, words } from './list-file.ts';
import { fromYaml } from './yaml-text.ts';

const file = listFile(
  { terme: said('term'), définition: said('definition'), éviter: words('avoid') },
  termSchema,
  (t) => t.term,
);

/** `glossaire.yaml`: what we say, what it means, what we do not write instead. */
export const glossary = kind<TermInput>({
  what: 'terme',
  file: 'glossaire.yaml',
  keyOf: (t) => t.term,
  read: (name, bytes) => fromYaml(name, bytes, file.of),
  written: file.written,
  current: (trx, campaign) => glossaryOfCampaign(trx, campaign.id),
  write: (trx, ctx, campaign, term) => writeTerm(trx, ctx, campaign.id, term),
  fromModel: (t) => t,
});
