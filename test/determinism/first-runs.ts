/**
 * The first run of every built-in lab in this process, one after the other: what identifies it, and the first frames of each of its cards. Two
 * referees look at it (other engines, tshark), so it is made once for both.
 */
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { CardCapture } from '../tshark/card-capture.ts';
import { type Identity, identify, labIds } from './runs.ts';

export interface FirstRun {
  readonly identity: Identity;
  /** Of cards that saw a frame. */
  readonly captures: readonly CardCapture[];
}

let made: Promise<ReadonlyMap<string, FirstRun>> | undefined;

export function firstRuns(): Promise<ReadonlyMap<string, FirstRun>> {
  return (made ??= make());
}

async function make(): Promise<ReadonlyMap<string, FirstRun>> {
  const runs = new Map<string, FirstRun>();
  for (const id of labIds()) {
    const captures: CardCapture[] = [];
    const identity = await identify(id, turn, {
      cards: (cards) => void captures.push(...cards.map((card) => new CardCapture(id, card))),
    });
    runs.set(id, { identity, captures: captures.filter(({ frames }) => frames.length > 0) });
  }
  return runs;
}
