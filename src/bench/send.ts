import { existsSync } from 'node:fs';
import { unavailable } from '../base/errors.ts';
import { drainPush } from '../deliveries/drain.ts';
import { freezePush } from '../deliveries/freeze.ts';
import { pushStatus } from '../deliveries/queries.ts';
import { openPool } from '../mail/pool.ts';
import { parseTransport } from '../mail/transport.ts';
import { previewPush } from '../proofs/preview-push.ts';
import { savePush } from '../pushes/save-push.ts';
import type { Newsletter } from '../pushes/schema.ts';
import { addDomain } from '../senders/add-domain.ts';
import { approvedPush, campaignOf, fillContacts, type Member, member, newsletter } from './campaign.ts';
import { freePort, output, startListening, stop } from './children.ts';
import { type Bench, type BenchResult, benchResult, timed, watchingMemory } from './result.ts';
import { type BenchDeps, withScratch } from './scratch.ts';

/** Enough for smtp-sink never to wait for a connection. */
const SESSIONS = 20;
/** What fills a slot of a finished message, most often: an address of a link. */
const SLOT_BYTES = 60;

/**
 * Hands an approved push over to Debian's smtp-sink (ledger, tracked links, one-click unsubscribe), beside smtp-source
 * sending the same number of messages of the same size over as many connections, before and after. `signed`: with DKIM.
 */
export function benchSend(
  deps: BenchDeps,
  { recipients, size, signed = false }: { recipients: number; size: number; signed?: boolean },
): Promise<Bench<BenchResult & { rssBeforeMb: number }>> {
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
    const letter = await letterOf(lead, size);
    if (signed) await addDomain(lead.ctx, { domain: `${lead.slug}.example`, signing: 'ici' });
    const pool = openPool(parseTransport(`smtp://127.0.0.1:${port}?connections=${SESSIONS}&tls=none`));
    onClose(() => pool.close());
    const drain = async (slug: string, audience: string) => {
      const pushId = await approvedPush(service, [lead], slug, letter.content, audience);
      await freezePush(lead.ctx, pushId);
      const { addressed } = await pushStatus(lead.ctx, pushId);
      return {
        addressed,
        run: () => drainPush(service, { pushId, worker: 'banc', pool, signal: new AbortController().signal }),
      };
    };
    // A worker has been running for days, and this is not the first letter of these people: what the engine learns, and
    // the information that only a first message carries, are not measured.
    await (await drain('essai', 'tous')).run();

    const { addressed, run } = await drain('lettre', 'tous');
    const before = await sourceSeconds(source, { port, messages: addressed, bytes: letter.bytes });
    say(`smtp-source : ${Math.round(addressed / before)} messages par seconde`);
    const sent = await watchingMemory(() => timed(run));
    const { seconds, value: drained } = sent.value;
    if (drained.accepted !== addressed) throw new Error(`send: ${drained.accepted} of ${addressed} accepted`);
    say(`Porte-voix : ${Math.round(addressed / seconds)} messages par seconde`);
    const after = await sourceSeconds(source, { port, messages: addressed, bytes: letter.bytes });
    say(`smtp-source : ${Math.round(addressed / after)} messages par seconde`);
    const result = benchResult({
      name: 'send',
      work: `Remettre ${addressed} lettres de ${(letter.bytes / 1000).toFixed(1).replace('.', ',')} ko à smtp-sink par ${SESSIONS} connexions, registre${signed ? ', signature DKIM' : ''} et liens suivis compris`,
      units: addressed,
      seconds,
      rssMb: sent.rssMb,
      limit: {
        name: 'smtp-source, mêmes nombre, taille et connexions',
        rate: (2 * addressed) / (before + after),
      },
    });
    // What was there before (the contacts were made in this process) is not the sending's.
    const rssBeforeMb = Math.round(sent.rssBeforeMb);
    return {
      result: { ...result, rssBeforeMb },
      notes: [`mémoire : ${rssBeforeMb} Mo au départ, ${result.rssMb} au plus`],
    };
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

async function sourceSeconds(source: string, of: { port: number; messages: number; bytes: number }): Promise<number> {
  const args = ['-d', '-s', SESSIONS, '-l', of.bytes, '-m', of.messages, '-f', 'a@b.example', '-t', 'c@d.example'].map(
    String,
  );
  return (await timed(() => output(source, [...args, `127.0.0.1:${of.port}`]))).seconds;
}

/** A letter whose finished messages weigh `size` bytes, or as little as one can; and what they do weigh. */
async function letterOf(lead: Member, size: number): Promise<{ content: Newsletter; bytes: number }> {
  const weight = async (text: number): Promise<number> => {
    const content = newsletter(text);
    const { id } = await savePush(lead.ctx, 'banc', {
      slug: 'pesee',
      title: 'Pesée',
      audience: 'tous',
      signatories: [lead.slug],
      content,
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
  return { content: newsletter(text), bytes };
}
