import { shortDateTime } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import type { BlockRemark } from '../proofs/read-remarks.ts';
import type { PushSheet } from '../pushes/read-push.ts';
import type { Block } from '../pushes/schema.ts';
import { BLOCK_NAMES, blockExcerpt } from './block-form.ts';
import { capital } from './capital.ts';
import { pushUrl, quoted } from './push-words.tsx';
import { Fold, Row, Rows } from './ui/components.tsx';
import { errorOf, Field } from './ui/fields.tsx';
import { State } from './ui/marks.tsx';

export type Names = ReadonlyMap<string, string>;

/** « bloc 3, texte » */
export const blockName = (blocks: readonly Block[], id: string): string => {
  const i = blocks.findIndex((b) => b.id === id);
  const block = blocks[i];
  return block ? `bloc ${i + 1}, ${BLOCK_NAMES[block.type]}` : 'bloc retiré depuis';
};

const Settled = ({ settled }: { settled: boolean }) =>
  settled ? <State kind="ok">réglée</State> : <State kind="todo">à traiter</State>;

/** Beside a block of the content: what partners ask there. */
export const RemarkNotes = ({ remarks }: { remarks: readonly BlockRemark[] }) =>
  remarks.length ? (
    <ul class="remarks" aria-label="Remarques sur ce bloc">
      {remarks.map((r) => (
        <li>
          <p>
            {r.organisation} : {quoted(r.text)}
          </p>
          <p class="meta">
            {r.by}, {shortDateTime(r.at)} · <Settled settled={r.settled} />
          </p>
        </li>
      ))}
    </ul>
  ) : null;

/** All of them, for whoever corrects: each leads to its block. */
export const RemarkRows = ({ remarks, push }: { remarks: readonly BlockRemark[]; push: PushSheet }) =>
  remarks.length ? (
    <Rows label="Remarques, bloc par bloc">
      {remarks.map((r) => {
        const there = push.content.blocks.some((b) => b.id === r.block);
        return (
          <Row
            href={there && !r.settled ? pushUrl(push, `/contenu/blocs/${r.block}`) : undefined}
            what={capital(blockName(push.content.blocks, r.block))}
            meta={`${r.organisation} : ${quoted(r.text)}`}
            end={<Settled settled={r.settled} />}
          />
        );
      })}
    </Rows>
  ) : null;

export const remarkField = (block: string): string => `remarque-${block}`;

/** One question per block that the reader has, each folded: most have nothing to say of most of them. */
export const RemarkFields = (p: {
  blocks: readonly { block: Block; n: number }[];
  names: Names;
  values: Readonly<Record<string, string>>;
  errors: readonly FieldError[] | undefined;
}) => {
  const said = p.blocks.filter(({ block }) => block.type !== 'separator');
  return (
    <Fold title="Commenter un bloc précis" open={said.some(({ block }) => p.values[block.id])}>
      {said.map(({ block, n }) => (
        <Fold
          title={`Bloc ${n}, ${BLOCK_NAMES[block.type]} : ${shortly(blockExcerpt(block, p.names))}`}
          open={Boolean(p.values[block.id])}
        >
          <Field
            name={remarkField(block.id)}
            label={`Ce qu’il faut changer dans le bloc ${n}`}
            kind="textarea"
            rows={2}
            bare
            value={p.values[block.id]}
            error={errorOf(p.errors, remarkField(block.id))}
          />
        </Fold>
      ))}
    </Fold>
  );
};

const SHORT = 60;
const shortly = (text: string): string =>
  text.length > SHORT ? `${text.slice(0, SHORT).replace(/\s+\S*$/, '')}…` : text;
