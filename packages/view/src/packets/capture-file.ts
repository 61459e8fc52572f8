/** A recording's frames as a pcapng file: what one card saw, or the whole network, where every card is an interface of its own. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { PcapngWriter } from '@netarium/core/record/pcapng.ts';
import { DEFAULT_WALL_START_NS } from '@netarium/core/world/world.ts';
import type { FilePiece } from '../files/file-piece.ts';
import { frameBytes, type Recording } from '../recording/recording.ts';

const EPOCH_SECONDS = Number(DEFAULT_WALL_START_NS / 1_000_000_000n);

/** Sights of a piece, of which most may be of other cards: at most some milliseconds' work. */
const SLICE = 512;

/** `card` by its full name; every packet once, by the card that sent it first, where it is empty or unknown. */
export function* captureFile(recording: Recording, card: string): Generator<FilePiece<Uint8Array>, void> {
  const { sights, cards, frames } = recording;
  const named = cards.findIndex(({ name }) => name === card);
  const shown = named >= 0 ? [cards[named]!] : cards;
  const chunks: Uint8Array[] = [];
  const { name = '', mac = '' } = shown[0] ?? {};
  const writer = new PcapngWriter({ name, description: mac, epochSeconds: EPOCH_SECONDS }, (chunk) => {
    chunks.push(chunk.slice());
  });
  for (const each of shown.slice(1)) writer.interfaceDescription({ name: each.name, description: each.mac });
  const sent = new Set<number>();
  for (let i = 0; i < sights.atNs.length; i++) {
    if (i % SLICE === 0) yield { content: concatBytes(chunks.splice(0)), part: i / sights.atNs.length };
    const frame = sights.frame[i]!;
    const packet = frames.packets[frame]!;
    if (named >= 0 ? sights.card[i] !== named : sights.out[i] !== 1 || sent.has(packet)) continue;
    // Bytes that are nobody's packet are each shown.
    if (packet !== 0) sent.add(packet);
    const bytes = frameBytes(recording, frame);
    const device = named >= 0 ? 0 : sights.card[i]!;
    const start = writer.begin(sights.atNs[i]!, frames.lengths[frame]!, device, bytes.length);
    writer.bytes.set(bytes, start);
    writer.end(sights.out[i] === 1 ? 'outbound' : 'inbound');
  }
  writer.flush();
  yield { content: concatBytes(chunks), part: 1 };
}
