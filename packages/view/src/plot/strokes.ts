/** How curves, and the parts of a time-sequence diagram, are told apart: by colour, and by width and dashes too. */
import type { INKS } from '../draw/inks.ts';

/** A colour by its name: the page has one of each for either theme, files those of `INKS`. */
export type Ink = keyof typeof INKS;

export interface Stroke {
  readonly ink: Ink;
  readonly width: number;
  readonly dash: readonly number[];
}

const CURVE_INKS: readonly Ink[] = ['tcp', 'error', 'application', 'icmp', 'udp', 'link'];
const CURVE_DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

/** Of a picture's first, second … curve. */
export function curveStroke(place: number): Stroke {
  return {
    ink: CURVE_INKS[place % CURVE_INKS.length]!,
    width: 2,
    dash: CURVE_DASHES[place % CURVE_DASHES.length]!,
  };
}

export type SequencePart = 'data' | 'again' | 'lost' | 'acks' | 'window' | 'sack';

export const SEQUENCE_STROKES: Readonly<Record<SequencePart, Stroke>> = {
  data: { ink: 'tcp', width: 2, dash: [] },
  again: { ink: 'error', width: 4, dash: [] },
  lost: { ink: 'error', width: 1.5, dash: [] },
  acks: { ink: 'application', width: 1.5, dash: [] },
  window: { ink: 'other', width: 1.5, dash: [6, 3] },
  sack: { ink: 'icmp', width: 2, dash: [2, 2] },
};
export const SEQUENCE_PARTS = Object.keys(SEQUENCE_STROKES) as readonly SequencePart[];
