/** Faults that end frames: independent loss, bursts, the n-th frame, whatever a predicate picks. */
import type { DropReason } from '../../record/catalogue.ts';
import { chance, type Fault, type FrameMatch } from './rule.ts';

/** Each frame is lost on its own with a probability of `ppm` millionths. */
export function loss(ppm: number): Fault {
  return {
    text: `loss of ${ppm} ppm`,
    attach: (site) => ({
      judge(verdict) {
        if (chance(site, 'loss', ppm)) verdict.reason = 'lost';
      },
    }),
  };
}

export interface GilbertElliott {
  /** Probability per frame to go from the good state to the bad one, and back. Millionths. */
  readonly toBadPpm: number;
  readonly toGoodPpm: number;
  /** Loss within each state; by default the good state loses nothing and the bad one everything (Gilbert's model). */
  readonly lossInBadPpm?: number;
  readonly lossInGoodPpm?: number;
}

/** Burst loss by a two-state chain (Elliott 1963; tc-netem(8) "loss gemodel"): the state may change, then the frame is judged by the state it found. */
export function gilbertElliott(model: GilbertElliott): Fault {
  const { toBadPpm, toGoodPpm, lossInBadPpm = 1_000_000, lossInGoodPpm = 0 } = model;
  return {
    text: `burst loss, to bad ${toBadPpm} ppm, to good ${toGoodPpm} ppm, loss ${lossInGoodPpm} and ${lossInBadPpm} ppm`,
    attach(site) {
      let bad = false;
      return {
        judge(verdict) {
          const found = bad;
          if (chance(site, 'burst-state', found ? toGoodPpm : toBadPpm)) bad = !found;
          if (chance(site, 'burst-loss', found ? lossInBadPpm : lossInGoodPpm)) verdict.reason = 'lost';
        },
      };
    },
  };
}

/** Loses the frames with these numbers, counted from 1 among the ones that `match` picks. */
export function nth(numbers: number | readonly number[], match?: FrameMatch): Fault {
  const wanted = new Set(typeof numbers === 'number' ? [numbers] : numbers);
  return {
    text: `loss of frame ${[...wanted].join(', ')}${match ? ' among those that match' : ''}`,
    attach() {
      let seen = 0;
      return {
        judge(verdict, now) {
          if (match !== undefined && !match(verdict.frame, now)) return;
          if (wanted.has(++seen)) verdict.reason = 'lost';
        },
      };
    },
  };
}

/** Ends every frame that `match` picks. The predicate must be a pure function of the frame and its own state. */
export function dropWhen(match: FrameMatch, reason: DropReason = 'lost', text = 'loss of frames that match'): Fault {
  return {
    text,
    attach: () => ({
      judge(verdict, now) {
        if (match(verdict.frame, now)) verdict.reason = reason;
      },
    }),
  };
}
