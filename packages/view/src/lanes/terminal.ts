/**
 * Lanes as lines of a terminal: a column stands for a stretch of virtual time and shows the state in which the thread spent most of it, by a letter, so that
 * nothing depends on colour.
 */
import { formatInstant } from '@netarium/core/time/instant.ts';
import { padded } from '../draw/width.ts';
import { LANE_LETTERS, type Lane, type LaneState, type Lanes } from './lanes.ts';

/** A run of equal columns of one lane: its letters, and the state for a colour; undefined where the thread does not exist. */
export interface LanePiece {
  readonly text: string;
  readonly state: LaneState | undefined;
}

export interface LaneLine {
  readonly name: string;
  readonly pieces: readonly LanePiece[];
}

export interface LaneDrawing {
  /** The scale: instants over the columns. */
  readonly scale: string;
  readonly lines: readonly LaneLine[];
  /** Virtual time of one column. */
  readonly columnNs: number;
}

const NAME_MAX = 32;
const COLUMNS_MIN = 20;

export function laneDrawing(lanes: Lanes, width: number): LaneDrawing {
  const nameWidth = Math.min(NAME_MAX, Math.max(4, ...lanes.lanes.map(({ name }) => name.length)));
  const columns = Math.max(COLUMNS_MIN, width - nameWidth - 2);
  const columnNs = Math.max(1, Math.ceil((lanes.toNs - lanes.fromNs) / columns));
  return {
    scale: `${padded('', nameWidth)}  ${scaleOf(lanes.fromNs, columnNs, columns)}`,
    lines: lanes.lanes.map((lane) => ({
      name: padded(lane.name.length > nameWidth ? `${lane.name.slice(0, nameWidth - 1)}…` : lane.name, nameWidth),
      pieces: piecesOf(lane, lanes.fromNs, columnNs, columns),
    })),
    columnNs,
  };
}

function scaleOf(fromNs: number, columnNs: number, columns: number): string {
  const step = 16;
  let scale = '';
  for (let at = 0; at + step <= columns || at === 0; at += step)
    scale += padded(`│${formatInstant(fromNs + at * columnNs)} s`.slice(0, step - 1), step);
  return scale.trimEnd();
}

function piecesOf(lane: Lane, fromNs: number, columnNs: number, columns: number): readonly LanePiece[] {
  const states: (LaneState | undefined)[] = [];
  let first = 0;
  for (let column = 0; column < columns; column++) {
    const from = fromNs + column * columnNs;
    while (first < lane.stretches.length && lane.stretches[first]!.toNs <= from) first++;
    states.push(mostOf(lane, first, from, from + columnNs));
  }
  const pieces: { text: string; state: LaneState | undefined }[] = [];
  for (const state of states) {
    const letter = state === undefined ? ' ' : LANE_LETTERS[state];
    const last = pieces.at(-1);
    if (last !== undefined && last.state === state) last.text += letter;
    else pieces.push({ text: letter, state });
  }
  return pieces;
}

/** The state with the largest share of [from, to); running wins a tie. */
function mostOf(lane: Lane, first: number, from: number, to: number): LaneState | undefined {
  let best: LaneState | undefined;
  let bestNs = 0;
  const shares = new Map<LaneState, number>();
  for (let i = first; i < lane.stretches.length && lane.stretches[i]!.fromNs < to; i++) {
    const { state, fromNs, toNs } = lane.stretches[i]!;
    const share = (shares.get(state) ?? 0) + Math.min(to, toNs) - Math.max(from, fromNs);
    shares.set(state, share);
    if (share > bestNs || (share === bestNs && state === 'running')) {
      best = state;
      bestNs = share;
    }
  }
  return best;
}
