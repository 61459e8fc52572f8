/** Everything that view computes of one recording, made when a pane first asks for it. */
import type { Dissection } from '@netarium/core/wire/tree.ts';
import { Gradual } from '@netarium/view/gradual/gradual.ts';
import { once } from '@netarium/view/gradual/once.ts';
import { DrawnLadder } from '@netarium/view/ladder/drawn-ladder.ts';
import type { LadderRow } from '@netarium/view/ladder/ladder.ts';
import { RunningTimers } from '@netarium/view/ladder/running-timers.ts';
import { MachineStates } from '@netarium/view/machine/machine-state.ts';
import { Chains } from '@netarium/view/packets/follow.ts';
import { FrameClasses } from '@netarium/view/packets/packet-class.ts';
import { PacketList } from '@netarium/view/packets/packet-list.ts';
import { type Fall, fallsOf } from '@netarium/view/plot/falls.ts';
import { type QueueDrop, queueDropsOf } from '@netarium/view/plot/queue-drops.ts';
import { type Sequence, sequenceSteps } from '@netarium/view/plot/sequence.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';
import { SourceView } from '@netarium/view/source/source-view.ts';
import { Hops } from '@netarium/view/steps/steps.ts';
import { type FirstLook, firstLook } from '@netarium/view/timeline/first-look.ts';
import { Timeline } from '@netarium/view/timeline/timeline.ts';
import { layout, type Place } from '@netarium/view/topology/layout.ts';
import { Motion } from '@netarium/view/topology/motion.ts';
import type { Pane, ViewState } from './state.ts';

export class Model {
  readonly timeline: () => Timeline;
  readonly motion: () => Motion;
  readonly places: () => ReadonlyMap<string, Place>;
  readonly machines: () => MachineStates;
  readonly chains: () => Chains;
  readonly classes: () => FrameClasses;
  readonly falls: () => readonly Fall[];
  readonly runningTimers: () => RunningTimers;
  /** All of its rows. */
  readonly drawnLadder: () => DrawnLadder;
  readonly queueDrops: () => readonly QueueDrop[];
  /** The time-sequence diagrams of all connections. */
  readonly sequences: Gradual<readonly Sequence[]>;
  readonly firstLook: () => FirstLook;
  readonly source: () => SourceView;
  /** The beginning of the run's digest: what a link says that it is a link to. */
  readonly run: string;
  private ladderShown: DrawnLadder | undefined;
  private readonly lists = new Map<string, PacketList>();
  private asked = { packet: -1, hops: undefined as Hops | undefined };

  constructor(readonly recording: Recording) {
    this.run = recording.runDigest.slice(0, 12);
    this.timeline = once(() => new Timeline(recording));
    this.motion = once(() => new Motion(recording));
    this.places = once(() => layout(recording.machines, recording.cables));
    this.machines = once(() => new MachineStates(recording));
    this.chains = once(() => new Chains(recording));
    this.classes = once(() => new FrameClasses(recording));
    this.runningTimers = once(() => new RunningTimers(recording.ladder.timers));
    this.drawnLadder = once(() => new DrawnLadder(recording.ladder));
    this.falls = once(() => fallsOf(recording));
    this.queueDrops = once(() => queueDropsOf(recording));
    this.sequences = new Gradual(() => sequenceSteps(recording.ladder));
    this.source = once(() => new SourceView(recording));
    this.firstLook = once(() => firstLook(recording, this.timeline()));
  }

  /** Nobody has asked for anything yet: the page says what to press. */
  begins({ nowNs, playing }: ViewState): boolean {
    return !playing && nowNs === this.firstLook().atNs;
  }

  /** What a view needs before it can be drawn, one after the other: each is some milliseconds' work, in a long recording some tens. */
  *preparing(pane: Pane): Generator<unknown, void> {
    yield this.timeline();
    yield this.timeline().marks;
    yield this.machines();
    yield this.runningTimers();
    yield* this.made(pane);
  }

  /** The same for the views that take longest, for who goes on to them. */
  *preparingNext(): Generator<unknown, void> {
    if (this.recording.ladder.rows.length === 0) return;
    yield* this.made('plots');
    yield* this.made('ladder');
  }

  private *made(pane: Pane): Generator<unknown, void> {
    for (const make of this.needs[pane]) yield make();
    if (pane === 'plots') yield* this.sequences.steps();
  }

  private readonly needs: Readonly<Record<Pane, readonly (() => unknown)[]>> = {
    topology: [() => this.motion(), () => this.chains(), () => this.classes(), () => this.list('').length],
    packets: [() => this.list('').length],
    ladder: [
      () => this.chains(),
      () => this.list('').length,
      () => this.drawnLadder().scaled(),
      () => this.drawnLadder().lanes(),
      () => this.drawnLadder().bars(),
    ],
    plots: [() => this.falls(), () => this.queueDrops()],
    lanes: [() => this.source()],
    events: [],
  };

  /** The ladder's pane shows these rows, all or those that pass the filter; in them keys move and zoom, too. */
  showLadder(rows: readonly LadderRow[]): DrawnLadder {
    const { ladder } = this.recording;
    if (this.shownLadder.rows !== rows)
      this.ladderShown = rows === ladder.rows ? undefined : new DrawnLadder(ladder, rows);
    return this.shownLadder;
  }

  get shownLadder(): DrawnLadder {
    return this.ladderShown ?? this.drawnLadder();
  }

  /** What a card saw; all packets once for the empty name, or one that no card has. */
  list(card: string): PacketList {
    const known = this.recording.cards.some(({ name }) => name === card) ? card : '';
    let list = this.lists.get(known);
    if (list === undefined) this.lists.set(known, (list = new PacketList(this.recording, known || undefined)));
    return list;
  }

  /** Of a packet and those that belong to it; of all for 0. */
  hops(packet: number): Hops {
    if (this.asked.packet !== packet || this.asked.hops === undefined) {
      const followed = new Set(
        this.chains()
          .of(packet)
          .map((each) => each.packet),
      );
      this.asked = { packet, hops: new Hops(this.recording, packet === 0 ? undefined : followed) };
    }
    return this.asked.hops!;
  }

  /** Of a packet where it was made; undefined for one that no card sent. */
  dissection(packet: number): Dissection | undefined {
    const list = this.list('');
    const row = list.rowOf(packet);
    return row < 0 ? undefined : list.dissection(row);
  }
}
