import type { Readable } from 'node:stream';

/**
 * A stream of bytes as the body of an answer. Node's own adapter throws where nobody can catch it when a reader leaves
 * between two pieces, which ends the process: a download that somebody cancels would stop the service for all.
 */
export function streamBody(stream: Readable): ReadableStream<Uint8Array> {
  const pieces: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  // What fails before the first piece is asked for is told to whoever asks, or to nobody.
  stream.on('error', () => undefined);
  return new ReadableStream({
    async pull(controller) {
      const piece = await pieces.next();
      if (piece.done) controller.close();
      else controller.enqueue(piece.value);
    },
    cancel: () => void stream.destroy(),
  });
}
