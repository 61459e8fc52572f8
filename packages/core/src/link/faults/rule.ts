/**
 * Faults: a packet goes in, a verdict comes out. A `Fault` is a value that says what goes wrong; attached to one direction of a cable
 * (a site) it becomes a `FaultRule` with state of its own. Rules run in the order of their attachment, each on what the ones before let
 * through, and are lifted by the handle that attaching gave.
 */
import type { DropReason } from '../../record/catalogue.ts';
import type { Instant } from '../../time/instant.ts';
import type { Frame } from '../../wire/packet.ts';
import type { LinkContext, Port } from '../port.ts';

/** One direction of a cable, as faults see it. */
export interface FaultSite {
  /** `laptop.eth0>sw.port1`: the entity that chance is asked about. */
  readonly name: string;
  readonly context: LinkContext;
  readonly from: Port;
  readonly to: Port;
}

export interface Fault {
  /** What goes wrong, for people: `loss of 10000 ppm`. */
  readonly text: string;
  attach(site: FaultSite): FaultRule;
}

export interface FaultRule {
  /** Changes the verdict on `verdict.frame`, which is about to arrive at `now` + `verdict.extraNs`. */
  judge(verdict: Verdict, now: Instant): void;
}

/** What is to become of one frame. One object per site, reset for each frame. */
export class Verdict {
  frame!: Frame;
  /** Set: the frame ends here. */
  reason: DropReason | undefined;
  /** Delay on top of the cable's. */
  extraNs = 0;
  /** True: a copy of the frame goes through the remaining rules too. */
  duplicate = false;

  reset(frame: Frame, extraNs: number): void {
    this.frame = frame;
    this.extraNs = extraNs;
    this.reason = undefined;
    this.duplicate = false;
  }
}

export interface FaultHandle {
  lift(): void;
}

/** Chooses frames: the faults that act on some only take one. */
export type FrameMatch = (frame: Frame, now: Instant) => boolean;

export const PPM = 1_000_000;

/** True with a probability of `ppm` millionths, asked of the stream `kind/site`. */
export function chance(site: FaultSite, kind: string, ppm: number): boolean {
  if (ppm <= 0) return false;
  return ppm >= PPM || site.context.random.choose(kind, site.name, PPM) < ppm;
}

/** A uniform number of nanoseconds in 0 .. `ns`. */
export function chooseNs(site: FaultSite, kind: string, ns: number): number {
  const { random } = site.context;
  if (ns < 0xffff_ffff) return random.choose(kind, site.name, ns + 1);
  return random.stream(`${kind}/${site.name}`).belowWide(ns + 1);
}

/**
 * Reads a probability as millionths: `0.01`, `"1%"`, `"0.05%"`, `"250ppm"`. Undefined for what is not a whole number of millionths between
 * none and all.
 */
export function parsePpm(value: number | string): number | undefined {
  const match = /^(\d{1,9})(?:\.(\d+))?\s*(%|ppm)?$/.exec(String(value).trim());
  if (!match) return undefined;
  const [, whole, fraction = '', unit] = match;
  const places = unit === '%' ? 4 : unit === 'ppm' ? 0 : 6;
  const digits = fraction.replace(/0+$/, '');
  if (digits.length > places) return undefined;
  const ppm = Number(`${whole}${digits.padEnd(places, '0')}`);
  return ppm <= PPM ? ppm : undefined;
}
