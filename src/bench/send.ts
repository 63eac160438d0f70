import { existsSync } from 'node:fs';
import { unavailable } from '../base/errors.ts';
import { drainPush } from '../deliveries/drain.ts';
import { freezePush } from '../deliveries/freeze.ts';
import { pushStatus } from '../deliveries/queries.ts';
import { openPool } from '../mail/pool.ts';
import { parseTransport } from '../mail/transport.ts';
import { previewPush } from '../proofs/preview-push.ts';
import { savePush } from '../pushes/save-push.ts';
import { approvedPush, campaignOf, fillContacts, type Member, member, newsletter } from './campaign.ts';
import { freePort, output, startListening, stop } from './children.ts';
import { type Bench, benchResult, timed, watchingMemory } from './result.ts';
import { type BenchDeps, type Scratch, withScratch } from './scratch.ts';

const SESSIONS = 10;
/** What fills a slot of a finished message, most often: an address of a link. */
const SLOT_BYTES = 60;

/**
 * Hands an approved push over to Debian's smtp-sink (ledger, tracked links, one-click unsubscribe), beside smtp-source
 * sending the same number of messages of the same size over as many connections, before and after.
 */
export function benchSend(deps: BenchDeps, { recipients, size }: { recipients: number; size: number }): Promise<Bench> {
  const sink = program('smtp-sink');
  const source = program('smtp-source');
  return withScratch(deps, async (scratch) => {
    const { service, say, onClose } = scratch;
    const port = await freePort();
    // As root it asks whom to become.
    const server = await startListening(
      sink,
      [...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []), `127.0.0.1:${port}`, '256'],
      port,
    );
    onClose(() => stop(server));

    const lead = await member(scratch, 'opco');
    await campaignOf([lead]);
    say(`${recipients} contacts…`);
    await fillContacts(lead, { rows: Math.ceil(recipients * 1.02) });
    const { pushId, bytes } = await letterOf(scratch, lead, size);
    await freezePush(lead.ctx, pushId);
    const status = await pushStatus(lead.ctx, pushId);

    const limit = async () => {
      const { seconds } = await timed(() =>
        output(source, [
          '-d',
          '-s',
          String(SESSIONS),
          '-l',
          String(bytes),
          '-m',
          String(status.addressed),
          '-f',
          'a@b.example',
          '-t',
          'c@d.example',
          `127.0.0.1:${port}`,
        ]),
      );
      say(`smtp-source : ${Math.round(status.addressed / seconds)} messages par seconde`);
      return seconds;
    };
    const before = await limit();
    const pool = openPool(parseTransport(`smtp://127.0.0.1:${port}?connections=${SESSIONS}&tls=none`));
    onClose(() => pool.close());
    const sent = await watchingMemory(() =>
      timed(() => drainPush(service, { pushId, worker: 'banc', pool, signal: new AbortController().signal })),
    );
    const { seconds, value: drained } = sent.value;
    if (drained.accepted !== status.addressed)
      throw new Error(`send: ${drained.accepted} of ${status.addressed} accepted`);
    say(`Porte-voix : ${Math.round(drained.accepted / seconds)} messages par seconde`);
    const after = await limit();
    const result = benchResult({
      name: 'send',
      work: `Remettre ${drained.accepted} lettres de ${(bytes / 1000).toFixed(1).replace('.', ',')} ko à smtp-sink par ${SESSIONS} connexions, registre et liens suivis compris`,
      units: drained.accepted,
      seconds,
      rssMb: sent.rssMb,
      limit: {
        name: 'smtp-source, mêmes nombre, taille et connexions',
        rate: (2 * drained.accepted) / (before + after),
      },
    });
    return { result, notes: [] };
  });
}

function program(name: string): string {
  const found = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin']
    .map((folder) => `${folder}/${name}`)
    .find(existsSync);
  if (!found)
    throw unavailable(
      'smtp_sink',
      `La mesure de l’envoi a besoin de ${name}, du paquet Postfix : lancez « apt-get install postfix », puis recommencez.`,
    );
  return found;
}

/** An approved push whose finished messages weigh `size` bytes, or as little as a letter can; what they do weigh. */
async function letterOf({ service }: Scratch, lead: Member, size: number): Promise<{ pushId: number; bytes: number }> {
  const weight = async (text: number): Promise<number> => {
    const { id } = await savePush(lead.ctx, 'banc', {
      slug: 'essai',
      title: 'Essai',
      audience: 'tous',
      signatories: [lead.slug],
      content: newsletter(text),
    });
    const { rendered } = await previewPush(lead.ctx, id, lead.slug, 'terrain');
    return rendered.skeleton.pieces.reduce(
      (sum, piece) => sum + (typeof piece === 'string' ? piece.length : SLOT_BYTES),
      0,
    );
  };
  let text = 1_000;
  let bytes = await weight(text);
  // Paragraphs come whole: a few corrections come close enough. The text stands twice, as HTML and as plain text.
  for (let tries = 0; tries < 6 && Math.abs(size - bytes) > 100; tries++) {
    text = Math.max(100, text + Math.round((size - bytes) / 2.2));
    bytes = await weight(text);
  }
  return { bytes, pushId: await approvedPush(service, [lead], 'lettre', newsletter(text)) };
}
