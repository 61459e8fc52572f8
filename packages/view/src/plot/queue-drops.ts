/** Frames that found a queue full, on the curve of that queue: where a picture has its crosses. */
import type { Recording } from '../recording/recording.ts';

export interface QueueDrop {
  /** Of the recording's queues. */
  readonly curve: number;
  readonly atNs: number;
  readonly packet: number;
}

/** By time. */
export function queueDropsOf({ events, kinds, plots }: Recording): readonly QueueDrop[] {
  const curves = new Map(plots.queue.map(({ name }, i) => [name, i]));
  const kind = kinds.indexOf('frame.drop');
  const drops: QueueDrop[] = [];
  for (let i = 0; i < events.atNs.length; i++) {
    if (events.kind[i] !== kind) continue;
    const { reason, card, packet } = events.values.at(i);
    const curve = curves.get(String(card));
    if (reason === 'queue-full' && curve !== undefined)
      drops.push({ curve, atNs: events.atNs[i]!, packet: Number(packet) });
  }
  return drops;
}
