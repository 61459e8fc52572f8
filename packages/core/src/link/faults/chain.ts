/**
 * The rules of one site, in order, and the frames that they delayed. A frame that leaves first-in first-out order has an event of its own.
 */
import type { DropReason } from '../../record/catalogue.ts';
import type { Instant } from '../../time/instant.ts';
import type { Event } from '../../time/queue.ts';
import type { Frame } from '../../wire/packet.ts';
import { packetIdOf } from '../identity.ts';
import { type Fault, type FaultHandle, type FaultRule, type FaultSite, Verdict } from './rule.ts';

export class FaultChain {
  /** Frames that a rule ended, and copies that a rule made. */
  dropped = 0;
  duplicated = 0;
  private rules: readonly FaultRule[] = [];
  private readonly late = new Set<LateFrame>();
  private readonly verdict = new Verdict();

  constructor(
    private readonly site: FaultSite,
    private readonly deliver: (frame: Frame, now: Instant) => void,
  ) {}

  add(fault: Fault): FaultHandle {
    const rule = fault.attach(this.site);
    this.rules = [...this.rules, rule];
    return {
      lift: () => {
        this.rules = this.rules.filter((other) => other !== rule);
      },
    };
  }

  /** Delayed frames that have not arrived. */
  get underWay(): number {
    return this.late.size;
  }

  /** A frame has come to the end of the cable. */
  pass(frame: Frame, now: Instant): void {
    if (this.rules.length === 0) this.deliver(frame, now);
    else this.judge(frame, this.rules, 0, 0, now);
  }

  private judge(frame: Frame, rules: readonly FaultRule[], first: number, extraNs: number, now: Instant): void {
    const { verdict, site } = this;
    verdict.reset(frame, extraNs);
    for (let i = first; i < rules.length; i++) {
      rules[i]!.judge(verdict, now);
      if (verdict.reason !== undefined) {
        this.dropped++;
        site.from.drop(frame, verdict.reason);
        return;
      }
      if (verdict.duplicate) {
        const { frame: original, extraNs: extra } = verdict;
        this.duplicated++;
        const packet = packetIdOf(original);
        site.context.recorder.emit('frame.duplicate', site.from.host, { card: site.from.fullName, packet });
        this.judge(original, rules, i + 1, extra, now);
        verdict.reset(original, extra);
      }
    }
    this.finish(verdict.frame, verdict.extraNs, now);
  }

  private finish(frame: Frame, extraNs: number, now: Instant): void {
    if (extraNs === 0) this.deliver(frame, now);
    else this.late.add(new LateFrame(this.site, frame, now + extraNs, this.arrive));
  }

  private readonly arrive = (late: LateFrame, now: Instant): void => {
    this.late.delete(late);
    this.deliver(late.frame, now);
  };

  /** The cable is gone: delayed frames go with it. */
  flush(reason: DropReason): void {
    for (const late of this.late) {
      late.cancel();
      this.dropped++;
      this.site.from.drop(late.frame, reason);
    }
    this.late.clear();
  }
}

class LateFrame implements Event {
  private readonly slot: number;

  constructor(
    private readonly site: FaultSite,
    readonly frame: Frame,
    at: Instant,
    private readonly arrive: (late: LateFrame, now: Instant) => void,
  ) {
    this.slot = site.context.queue.schedule(at, this);
  }

  fire(now: Instant): void {
    this.arrive(this, now);
  }

  cancel(): void {
    this.site.context.queue.cancel(this.slot, this);
  }
}
