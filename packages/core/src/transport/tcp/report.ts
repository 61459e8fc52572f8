/** What TCP reports: state changes, drops, recoveries, and samples of windows and timers for whoever draws them (`record/catalogue.ts`). */
import type { IpAddress } from '../../base/address.ts';
import { type Seq, unsigned } from '../../base/sequence.ts';
import type { DropReason, TcpStateReason, TcpTimer, TimerSlot } from '../../record/catalogue.ts';
import type { HostContext } from '../../record/host-context.ts';
import { NEVER, US } from '../../time/instant.ts';
import type { TimerWatch } from '../../time/timer.ts';
import type { Ipv4Packet } from '../../wire/packet.ts';
import type { State } from './constants.ts';
import type { ControlBlock } from './control-block.ts';
import { inFlight } from './cwnd.ts';
import { stateName } from './outcome.ts';

interface Identified {
  readonly id: number;
  readonly localAddress: IpAddress;
  readonly localPort: number;
  readonly remoteAddress: IpAddress;
  readonly remotePort: number;
}

export class TcpReport {
  /** The packet that is being processed. */
  packet = 0;

  constructor(private readonly context: HostContext) {}

  state(c: Identified, from: State, to: State, reason: TcpStateReason): void {
    const { socket, local, peer } = ends(c);
    // Written out: the engine makes an object that begins with the fields of another by a way ten times as slow.
    this.context.recorder.emit('tcp.state', this.context.name, {
      socket,
      local,
      peer,
      from: stateName(from),
      to: stateName(to),
      reason,
    });
  }

  drop(c: ControlBlock, seq: Seq, reason: DropReason): void {
    this.context.recorder.emit('tcp.drop', this.context.name, {
      socket: c.id,
      packet: this.packet,
      reason,
      seq: unsigned(seq),
    });
  }

  packetDrop(socket: number, packet: Ipv4Packet, seq: Seq, reason: DropReason): void {
    this.context.recorder.emit('tcp.drop', this.context.name, {
      socket,
      packet: packet.ident.id,
      reason,
      seq: unsigned(seq),
    });
  }

  recovery(c: ControlBlock, what: string): void {
    const { recorder, name } = this.context;
    recorder.emit('tcp.recovery', name, {
      socket: c.id,
      what,
      cwnd: c.cwnd,
      ssthresh: c.ssthresh,
      flight: inFlight(c),
    });
  }

  /** Follows a timer where somebody asked before it was made. */
  watch(c: Identified, slot: TimerSlot, purpose: () => TcpTimer): TimerWatch | undefined {
    const { recorder, name } = this.context;
    if (!recorder.wants('tcp.timer.state')) return undefined;
    return (deadline, expired) => {
      const running = deadline !== NEVER;
      recorder.sample('tcp.timer.state', name, {
        ...ends(c),
        slot,
        timer: running ? purpose() : '',
        untilNs: running ? deadline : -1,
        expired,
      });
    };
  }

  /** A measured round trip. */
  roundTrip(c: ControlBlock, us: number): void {
    const { recorder, name } = this.context;
    if (!recorder.wants('tcp.rtt')) return;
    recorder.sample('tcp.rtt', name, {
      ...ends(c),
      rttNs: us * US,
    });
  }

  window(c: ControlBlock): void {
    const { recorder, name } = this.context;
    if (!recorder.wants('tcp.cwnd')) return;
    recorder.sample('tcp.cwnd', name, {
      ...ends(c),
      cwnd: c.cwnd,
      ssthresh: c.ssthresh,
      flight: inFlight(c),
      sendWindow: c.sndWnd,
      srttNs: (c.srttUs8 >> 3) * US,
      rtoNs: c.rtoNs,
    });
  }
}

/** The connection that a sample is about. */
function ends(c: Identified): { socket: number; local: string; peer: string } {
  return { socket: c.id, local: `${c.localAddress}:${c.localPort}`, peer: `${c.remoteAddress}:${c.remotePort}` };
}
