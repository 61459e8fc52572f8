/**
 * Takes down what a plot needs while a run goes on. Looks on only: congestion windows and round trips are TCP's own samples (one per
 * acknowledgement or measurement, and recovery events between them), queues the lengths of the cables' lanes at every frame that passes anywhere.
 */
import type { Cable } from '@netarium/core/link/cable.ts';
import type { NetworkCard, Tap } from '@netarium/core/link/card.ts';
import type { CableLane } from '@netarium/core/link/lane.ts';
import type { Recorder } from '@netarium/core/record/recorder.ts';
import { MS } from '@netarium/core/time/instant.ts';
import { SSTHRESH_INFINITE } from '@netarium/core/transport/tcp/constants.ts';
import type { Frame } from '@netarium/core/wire/packet.ts';
import { Goodput } from './goodput.ts';
import { type Curve, changed, type PlotKind, type Point } from './plot.ts';

interface Recording {
  readonly name: string;
  readonly points: Point[];
  readonly bound: Point[];
  readonly used: Point[];
  readonly samples: Point[];
}

export class PlotLog implements Tap {
  private readonly recordings = new Map<string, Recording>();
  private readonly goodput = new Goodput();
  private readonly lanes = new Map<string, CableLane>();
  private readonly busy = new Set<string>();

  constructor(private readonly kind: PlotKind) {}

  attach(cards: readonly NetworkCard[]): void {
    if (this.kind === 'goodput' || this.kind === 'queue') for (const card of cards) card.addTap(this);
  }

  cables(cables: readonly Cable[]): void {
    for (const { a, b, aToB, bToA } of cables) {
      this.lanes.set(a.fullName, aToB);
      this.lanes.set(b.fullName, bToA);
      // A half-duplex medium gives no samples of its own: it is looked at all the time.
      if (aToB.duplex === 'half') this.busy.add(a.fullName);
      if (bToA.duplex === 'half') this.busy.add(b.fullName);
    }
  }

  listen(recorder: Recorder): void {
    if (this.kind === 'cwnd') this.listenWindows(recorder);
    if (this.kind === 'rtt') {
      recorder.on('tcp.rtt', ({ at, host, values }) => {
        this.connection(host, values.socket, values).samples.push([at, values.rttNs / MS]);
      });
      recorder.on('tcp.cwnd', ({ at, host, values }) => {
        if (values.srttNs > 0) this.connection(host, values.socket, values).points.push([at, values.srttNs / MS]);
      });
    }
    if (this.kind === 'queue')
      recorder.on('queue.length', ({ at, values }) => {
        this.busy.add(values.card);
        changed(this.recording(values.card, values.card).points, at, values.packets);
      });
    if (this.kind === 'goodput') {
      recorder.on('udp.drop', ({ host, values }) => this.goodput.drop(values.packet, host));
      recorder.on('ip.drop', ({ host, values }) => this.goodput.drop(values.packet, host));
    }
  }

  private listenWindows(recorder: Recorder): void {
    const note = (recording: Recording, at: number, cwnd: number, ssthresh: number, flight: number): void => {
      const { points, bound, used } = recording;
      changed(points, at, cwnd);
      changed(used, at, flight);
      if (ssthresh < SSTHRESH_INFINITE) changed(bound, at, ssthresh);
    };
    recorder.on('tcp.cwnd', ({ at, host, values }) =>
      note(this.connection(host, values.socket, values), at, values.cwnd, values.ssthresh, values.flight),
    );
    recorder.on('tcp.recovery', ({ at, host, values }) => {
      const known = this.recordings.get(`${host} ${values.socket}`);
      if (known !== undefined) note(known, at, values.cwnd, values.ssthresh, values.flight);
    });
  }

  frame(card: NetworkCard, frame: Frame, direction: 'in' | 'out', at: number): void {
    if (this.kind === 'goodput') this.goodput.frame(card, frame, direction, at);
    else for (const name of this.busy) this.look(name, at);
  }

  private look(name: string, at: number): void {
    const lane = this.lanes.get(name);
    const waiting = lane?.waiting(at) ?? 0;
    const known = this.recordings.get(name);
    if (waiting > 0 || known !== undefined) changed(this.recording(name, name).points, at, waiting);
    if (waiting === 0 && lane?.duplex !== 'half') this.busy.delete(name);
  }

  private connection(host: string, socket: number, ends: { local: string; peer: string }): Recording {
    return this.recording(`${host} ${socket}`, `${host} ${ends.local} → ${ends.peer}`);
  }

  private recording(key: string, name: string): Recording {
    let recording = this.recordings.get(key);
    if (recording === undefined) {
      recording = { name, points: [], bound: [], used: [], samples: [] };
      this.recordings.set(key, recording);
    }
    return recording;
  }

  curves(): Curve[] {
    if (this.kind === 'goodput') return this.goodput.curves();
    return [...this.recordings.values()]
      .filter(({ points }) => points.length > 0)
      .map(({ name, points, bound, used, samples }) => ({
        name,
        points,
        ...(bound.length === 0 ? {} : { bound }),
        ...(used.length === 0 ? {} : { used }),
        ...(samples.length === 0 ? {} : { samples }),
      }));
  }
}
