/** How curves, and the parts of a time-sequence diagram, are told apart on the page and in files: by colour, and by width and dashes too. */
import type { INKS } from '../draw/inks.ts';

/** A colour by its name: the page has one of each for either theme, files those of `INKS`. */
export type Ink = keyof typeof INKS;

/** Of a picture's first, second … curve; then from the beginning. */
export const CURVE_INKS: readonly Ink[] = ['tcp', 'error', 'application', 'icmp', 'udp', 'link'];

export interface Stroke {
  readonly ink: Ink;
  readonly width: number;
  readonly dash: readonly number[];
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
