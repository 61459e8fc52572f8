/** A recording's frames as a pcapng file: what one card saw, or every card, each an interface of its own. */
import { PcapngWriter } from '@netarium/core/record/pcapng.ts';
import { DEFAULT_WALL_START_NS } from '@netarium/core/world/world.ts';
import { frameBytes, type Recording } from '../recording/recording.ts';

const EPOCH_SECONDS = Number(DEFAULT_WALL_START_NS / 1_000_000_000n);

/** `card` by its full name; the first one that saw anything where it is empty or unknown. */
export function captureFile(recording: Recording, card: string): Uint8Array {
  const { sights, cards } = recording;
  const named = cards.findIndex(({ name }) => name === card);
  const number = named >= 0 ? named : (sights.card[0] ?? 0);
  const chunks: Uint8Array[] = [];
  const { name = '', mac = '' } = cards[number] ?? {};
  const writer = new PcapngWriter({ name, description: mac, epochSeconds: EPOCH_SECONDS }, (chunk) => {
    chunks.push(chunk.slice());
  });
  for (let i = 0; i < sights.atNs.length; i++) {
    if (sights.card[i] !== number) continue;
    const bytes = frameBytes(recording, sights.frame[i]!);
    const start = writer.begin(sights.atNs[i]!, bytes.length);
    writer.bytes.set(bytes, start);
    writer.end(sights.out[i] === 1 ? 'outbound' : 'inbound');
  }
  writer.flush();
  const file = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}
