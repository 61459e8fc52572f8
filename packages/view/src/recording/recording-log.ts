/** Takes a run down as a `Recording` while it goes on. Looks on only, so digests are those of a run that nobody records. */
import type { LabDefinition, Text } from '@netarium/core/check/lab.ts';
import type { LabRun, RunListener } from '@netarium/core/check/lab-run.ts';
import type { Cable } from '@netarium/core/link/cable.ts';
import type { NetworkCard, Tap } from '@netarium/core/link/card.ts';
import { identOf } from '@netarium/core/link/identity.ts';
import type { CableLane, LaneObserver } from '@netarium/core/link/lane.ts';
import type { EventKind, WorldEvent } from '@netarium/core/record/catalogue.ts';
import type { Recorder } from '@netarium/core/record/recorder.ts';
import { encodeFrame } from '@netarium/core/wire/codec.ts';
import type { Frame } from '@netarium/core/wire/packet.ts';
import { LadderLog } from '../ladder/ladder-log.ts';
import { LaneLog } from '../lanes/lane-log.ts';
import { PLOT_KINDS, type PlotKind } from '../plot/plot.ts';
import { PlotLog } from '../plot/plot-log.ts';
import { NO_PROGRAM, type ProgramText } from '../source/program-source.ts';
import { SourceLog } from '../source/source-log.ts';
import { ByteColumn, Column, Names } from './columns.ts';
import { EventValuesLog } from './event-values.ts';
import type { RecordedMachine, Recording } from './recording.ts';

export interface RecordingOptions {
  /** Only so many bytes of each frame are kept: its headers. */
  readonly snapLength?: number;
}

interface Way {
  readonly cable: number;
  readonly back: 0 | 1;
  /** The card or port that sends: whose drops end a frame's way. */
  readonly from: string;
}

const NO_TEXT: Text = { en: '', zh: '' };

export class RecordingLog implements Tap, LaneObserver {
  private readonly ladder = new LadderLog();
  private readonly lanes = new LaneLog();
  private readonly source = new SourceLog();
  private readonly plots = new Map<PlotKind, PlotLog>(PLOT_KINDS.map((kind) => [kind, new PlotLog(kind)]));
  private readonly known = new Map<Frame, number>();
  private readonly cards: NetworkCard[] = [];
  private readonly cardNumbers = new Map<NetworkCard, number>();
  private allCables: readonly Cable[] = [];
  private readonly ways = new Map<CableLane, Way>();
  private readonly kinds = new Names();
  private readonly hosts = new Names();
  private readonly causes = new Names();
  private readonly reasons = new Names();
  private readonly bytes = new ByteColumn();
  private readonly frames = {
    offsets: new Column(),
    lengths: new Column(),
    packets: new Column(),
    of: new Column(),
    cause: new Column(),
  };
  private readonly sights = { atNs: new Column(), card: new Column(), out: new Column(), frame: new Column() };
  private readonly hops = {
    startNs: new Column(),
    arrivalNs: new Column(),
    cable: new Column(),
    back: new Column(),
    frame: new Column(),
    fate: new Column(),
  };
  private readonly events = { atNs: new Column(), kind: new Column(), host: new Column() };
  private readonly values = new EventValuesLog();
  /** Hops that may still end in a drop: by the sender's name and the packet. */
  private readonly underWay = new Map<string, number>();

  /** What a run is to be told with. */
  readonly listener: RunListener = {
    cards: (cards) => this.attach(cards),
    cables: (cables) => this.cables(cables),
    recorder: (recorder) => this.listen(recorder),
  };

  constructor(private readonly options: RecordingOptions = {}) {}

  attach(cards: readonly NetworkCard[]): void {
    for (const card of cards) {
      this.cardNumbers.set(card, this.cards.length);
      this.cards.push(card);
      card.addTap(this);
    }
    this.ladder.attach(cards);
    for (const plot of this.plots.values()) plot.attach(cards);
  }

  cables(cables: readonly Cable[]): void {
    this.allCables = cables;
    for (const [number, { a, b, aToB, bToA }] of cables.entries()) {
      this.ways.set(aToB, { cable: number, back: 0, from: a.fullName });
      this.ways.set(bToA, { cable: number, back: 1, from: b.fullName });
      aToB.observer = this;
      bToA.observer = this;
    }
    for (const plot of this.plots.values()) plot.cables(cables);
  }

  listen(recorder: Recorder): void {
    this.ladder.listen(recorder);
    this.lanes.listen(recorder);
    this.source.listen(recorder);
    for (const plot of this.plots.values()) plot.listen(recorder);
    recorder.onEvent((event) => this.event(event));
  }

  frame(card: NetworkCard, frame: Frame, direction: 'in' | 'out', atNs: number): void {
    const { sights } = this;
    sights.atNs.push(atNs);
    sights.card.push(this.cardNumbers.get(card)!);
    sights.out.push(direction === 'out' ? 1 : 0);
    sights.frame.push(this.frameNumber(frame));
  }

  passes(lane: CableLane, frame: Frame, startNs: number, arrivalNs: number): void {
    const { hops } = this;
    const { cable, back, from } = this.ways.get(lane)!;
    const number = this.frameNumber(frame);
    this.underWay.set(`${from} ${this.frames.packets.at(number)}`, hops.startNs.length);
    hops.startNs.push(startNs);
    hops.arrivalNs.push(arrivalNs);
    hops.cable.push(cable);
    hops.back.push(back);
    hops.frame.push(number);
    hops.fate.push(0);
  }

  private frameNumber(frame: Frame): number {
    const known = this.known.get(frame);
    if (known !== undefined) return known;
    const number = this.frames.packets.length;
    this.known.set(frame, number);
    const ident = identOf(frame);
    const bytes = encodeFrame(frame);
    this.frames.offsets.push(this.bytes.length);
    this.frames.lengths.push(bytes.length);
    this.frames.packets.push(ident?.id ?? 0);
    this.frames.of.push(ident?.of ?? 0);
    this.frames.cause.push(this.causes.number(ident?.cause ?? 'origin'));
    this.bytes.append(bytes.subarray(0, this.options.snapLength));
    return number;
  }

  private event(event: WorldEvent<EventKind>): void {
    const { at, kind, host, values } = event;
    this.events.atNs.push(at);
    this.events.kind.push(this.kinds.number(kind));
    this.events.host.push(this.hosts.number(host));
    this.values.push(values);
    if (kind === 'frame.drop') this.dropped(at, event as WorldEvent<'frame.drop'>);
  }

  /** A frame that is under way from that card, and dropped before it arrives, ends there. */
  private dropped(atNs: number, { values }: WorldEvent<'frame.drop'>): void {
    const hop = this.underWay.get(`${values.card} ${values.packet}`);
    if (hop === undefined || values.packet === 0) return;
    if (atNs < this.hops.startNs.at(hop) || atNs > this.hops.arrivalNs.at(hop)) return;
    this.hops.fate.set(hop, 1 + this.reasons.number(values.reason));
    this.hops.arrivalNs.set(hop, atNs);
  }

  /** The whole recording, once the run is over. `program` is the text of what the run's `CallSite` met, where it had one. */
  recording(definition: LabDefinition, run: LabRun, engine: string, program: ProgramText = NO_PROGRAM): Recording {
    const { frames, sights, hops, events, cards } = this;
    const lanes = this.lanes.read(run.virtualNs);
    const offsets = [...frames.offsets.values(), this.bytes.length];
    // A frame is told of when it enters its lane, which it may leave only when others have left.
    const order = [...hops.startNs.values().keys()].sort((a, b) => hops.startNs.at(a) - hops.startNs.at(b));
    return {
      engine,
      lab: run.lab,
      title: definition.title ?? { en: run.lab, zh: run.lab },
      text: definition.text ?? NO_TEXT,
      seed: run.seed,
      params: run.params,
      wireDigest: run.wireDigest,
      runDigest: run.runDigest,
      endNs: run.virtualNs,
      machines: this.machines(definition),
      cables: this.allCables.map(({ name, a, b }) => ({ name, a: a.fullName, b: b.fullName })),
      cards: cards.map((card) => ({ name: card.fullName, host: card.host, mac: String(card.mac) })),
      story: run.story,
      checks: run.checks,
      problems: run.problems,
      kinds: this.kinds.all,
      hosts: this.hosts.all,
      causes: this.causes.all,
      dropReasons: this.reasons.all,
      ladder: this.ladder.ladder(),
      lanes,
      source: this.source.source(program),
      calls: this.source.recorded(lanes),
      plots: Object.fromEntries(
        [...this.plots].map(([kind, log]) => [kind, log.curves()]),
      ) as unknown as Recording['plots'],
      frames: {
        offsets: Float64Array.from(offsets),
        bytes: this.bytes.take(),
        lengths: Float64Array.from(frames.lengths.values()),
        packets: Float64Array.from(frames.packets.values()),
        of: Float64Array.from(frames.of.values()),
        cause: Uint8Array.from(frames.cause.values()),
      },
      sights: {
        atNs: Float64Array.from(sights.atNs.values()),
        card: Uint16Array.from(sights.card.values()),
        out: Uint8Array.from(sights.out.values()),
        frame: Uint32Array.from(sights.frame.values()),
      },
      hops: {
        startNs: Float64Array.from(order, (hop) => hops.startNs.at(hop)),
        arrivalNs: Float64Array.from(order, (hop) => hops.arrivalNs.at(hop)),
        cable: Uint16Array.from(order, (hop) => hops.cable.at(hop)),
        back: Uint8Array.from(order, (hop) => hops.back.at(hop)),
        frame: Uint32Array.from(order, (hop) => hops.frame.at(hop)),
        fate: Uint8Array.from(order, (hop) => hops.fate.at(hop)),
      },
      events: {
        atNs: Float64Array.from(events.atNs.values()),
        kind: Uint16Array.from(events.kind.values()),
        host: Uint16Array.from(events.host.values()),
        values: this.values.values(),
      },
    };
  }

  private machines({ machines }: LabDefinition): RecordedMachine[] {
    return Object.entries(machines).map(([name, { kind }]) => ({
      name,
      kind,
      cards: this.cards.filter(({ host }) => host === name).map((card) => card.fullName.slice(name.length + 1)),
    }));
  }
}
