/** Faults in time: a longer way, jitter, frames that others overtake. A cable's own delay is its lane's. */
import { packetIdOf } from '../identity.ts';
import { chance, chooseNs, type Fault, type FrameMatch } from './rule.ts';

/** Holds every frame, or those that `match` picks, for `ns` longer. */
export function extraDelay(ns: number, match?: FrameMatch): Fault {
  return {
    text: `${ns} ns of extra delay`,
    attach: () => ({
      judge(verdict, now) {
        if (match === undefined || match(verdict.frame, now)) verdict.extraNs += ns;
      },
    }),
  };
}

/**
 * Uniform extra delay of 0 .. `spreadNs`. With `keepOrder` a frame never arrives before one that was ahead of it, as behind a queue; without,
 * frames that drew less overtake. Jitter of plus or minus j around a delay d is a cable delay of d - j and a spread of 2 j.
 */
export function jitter(spreadNs: number, options: { readonly keepOrder?: boolean } = {}): Fault {
  const keepOrder = options.keepOrder ?? true;
  return {
    text: `jitter of ${spreadNs} ns, ${keepOrder ? 'in order' : 'reordering'}`,
    attach(site) {
      let last = 0;
      return {
        judge(verdict, now) {
          verdict.extraNs += chooseNs(site, 'jitter', spreadNs);
          if (!keepOrder) return;
          last = Math.max(last, now + verdict.extraNs);
          verdict.extraNs = last - now;
        },
      };
    },
  };
}

export interface Reorder {
  readonly ppm: number;
  /** How long a chosen frame is held while others pass. */
  readonly holdNs: number;
  /** Only every `gap`-th frame is a candidate, counted from the `gap`-th (tc-netem(8) "gap"). */
  readonly gap?: number;
}

/** Holds single frames back, so that the ones behind overtake them. */
export function reorder(options: Reorder): Fault {
  const { ppm, holdNs, gap = 1 } = options;
  return {
    text: `reordering of ${ppm} ppm by ${holdNs} ns${gap === 1 ? '' : `, every ${gap}th frame`}`,
    attach(site) {
      let seen = 0;
      return {
        judge(verdict) {
          if (++seen % gap !== 0 || !chance(site, 'reorder', ppm)) return;
          verdict.extraNs += holdNs;
          const { from, context } = site;
          const packet = packetIdOf(verdict.frame);
          context.recorder.emit('frame.reorder', from.host, { card: from.fullName, packet, byNs: holdNs });
        },
      };
    },
  };
}
