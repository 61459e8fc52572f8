/** Where marks stand on a slider: of those of one kind that fall together, the first. */
import type { Mark, MarkKind, Scale, Timeline } from './timeline.ts';

export interface MarkPlace {
  readonly mark: Mark;
  readonly x: number;
}

/** On a slider of so many pixels, in places so many pixels apart. */
export function markPlaces(timeline: Timeline, scale: Scale, width: number, apart: number): readonly MarkPlace[] {
  const places: MarkPlace[] = [];
  /** By kind: where the last one stands, and the instant before which others fall on the same place, so that most are passed over by their time alone. */
  const last = new Map<MarkKind, { readonly x: number; readonly untilNs: number }>();
  for (const mark of timeline.marks) {
    const before = last.get(mark.kind);
    if (before !== undefined && mark.atNs < before.untilNs) continue;
    const place = Math.round((timeline.position(mark.atNs, scale) * width) / apart);
    const x = place * apart;
    if (x !== before?.x) places.push({ mark, x });
    last.set(mark.kind, { x, untilNs: timeline.at(((place + 0.5) * apart) / Math.max(1, width), scale) });
  }
  return places;
}
