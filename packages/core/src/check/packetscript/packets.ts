/**
 * The packets of a run: makes those that come in, keeps those that the host sends until the script expects them. The next packet of the right
 * connection is the one that is compared; nothing is skipped, so a segment that the script does not know fails the next expectation.
 */
import { type IcmpMessage, IP_PROTOCOL, TCP_FLAG, TcpSegment, UdpDatagram } from '../../wire/packet.ts';
import type { IcmpPacketSpec, PacketSpec, TcpPacketSpec } from './ast.ts';
import { Flow, Flows } from './flow.ts';
import { icmpMessage, ipPacket, tcpSegment, udpDatagram } from './inbound.ts';
import { CannotRun } from './problem.ts';
import type { Settings } from './settings.ts';
import type { Captured, Testbed } from './testbed.ts';

/** A captured packet of a kind, with its connection where it is TCP's. */
export interface Candidate extends Captured {
  readonly flow: Flow | undefined;
}

export interface DatagramPorts {
  localPort: number;
  remotePort: number;
}

export class Packets {
  readonly flows = new Flows();
  /** Where a listener waits: a SYN without ports goes there. */
  listenPort: number | undefined;
  datagram: DatagramPorts | undefined;
  private readonly waiting: Candidate[] = [];

  constructor(
    private readonly bed: Testbed,
    private readonly settings: Settings,
  ) {
    bed.onSent = (captured) => this.capture(captured);
  }

  private capture(captured: Captured): void {
    const { payload } = captured.packet;
    if (payload instanceof TcpSegment) {
      this.waiting.push({ ...captured, flow: this.flowOf(payload) });
      return;
    }
    if (payload instanceof UdpDatagram) this.datagram ??= { localPort: payload.srcPort, remotePort: payload.dstPort };
    this.waiting.push({ ...captured, flow: undefined });
  }

  private flowOf(segment: TcpSegment): Flow {
    let flow = this.flows.find(segment.srcPort, segment.dstPort);
    if (flow === undefined) {
      const { current } = this.flows;
      flow = this.flows.add(new Flow(segment.srcPort, segment.dstPort, undefined, undefined));
      flow.fresh = true;
      this.flows.current = current;
    }
    if (segment.has(TCP_FLAG.syn)) flow.liveIsn = segment.seq;
    flow.lastSent = segment.seq;
    return flow;
  }

  // -- in

  inject(spec: PacketSpec, line: number): void {
    const { bed } = this;
    const ends = { remote: bed.remote, local: bed.local, id: bed.nextId(), line };
    if (spec.protocol === 'tcp') {
      const flow = this.inboundFlow(spec);
      bed.inject(ipPacket(ends, spec.ip, IP_PROTOCOL.tcp, tcpSegment(spec, flow, line)));
    } else if (spec.protocol === 'udp') {
      const { localPort, remotePort } = this.datagramPorts();
      const { from, to } = spec.ports ?? { from: remotePort, to: localPort };
      bed.inject(ipPacket(ends, spec.ip, IP_PROTOCOL.udp, udpDatagram(spec, from, to)));
    } else bed.inject(ipPacket(ends, spec.ip, IP_PROTOCOL.icmp, this.icmp(spec, ends, line)));
  }

  private datagramPorts(): DatagramPorts {
    return (this.datagram ??= { localPort: this.settings.bindPort, remotePort: this.flows.freshRemotePort() });
  }

  private icmp(spec: IcmpPacketSpec, ends: Parameters<typeof icmpMessage>[1], line: number): IcmpMessage {
    const { current } = this.flows;
    const udp = spec.quoted?.udp ?? current === undefined;
    if (udp) return icmpMessage(spec, ends, { ...this.datagramPorts(), toLive: (seq) => seq }, IP_PROTOCOL.udp);
    if (current === undefined) throw new CannotRun(line, 'an ICMP message about a connection before there is one');
    const toLive = (seq: number): number => (spec.quoted === undefined ? current.lastSent : current.toLive(seq));
    const { localPort, remotePort } = current;
    return icmpMessage(spec, ends, { localPort, remotePort, toLive }, IP_PROTOCOL.tcp);
  }

  private inboundFlow(spec: TcpPacketSpec): Flow {
    const flow = this.chooseFlow(spec);
    if ((spec.flags & TCP_FLAG.syn) !== 0) {
      flow.remoteIsn = spec.seq;
      this.flows.current = flow;
    }
    if ((spec.flags & TCP_FLAG.ack) !== 0) flow.opened = true;
    return flow;
  }

  private chooseFlow(spec: TcpPacketSpec): Flow {
    const { flows, settings } = this;
    const { ports } = spec;
    if (ports !== undefined) {
      return flows.named(ports.to, ports.from) ?? flows.add(new Flow(ports.to, ports.from, ports.to, ports.from));
    }
    const { current } = flows;
    const onlySyn = (spec.flags & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn;
    if (current !== undefined && !(onlySyn && this.opensAnother(current, spec))) return current;
    return flows.add(new Flow(this.listenPort ?? settings.bindPort, flows.freshRemotePort(), undefined, undefined));
  }

  /** A SYN with the number of one that is open already is another connection's; before that it is a retransmission, and any other is a stray one. */
  private opensAnother(current: Flow, { seq }: TcpPacketSpec): boolean {
    return this.listenPort !== undefined && current.opened && seq === current.remoteIsn;
  }

  // -- out

  /** The packet that an expectation is about, if it was sent. */
  candidate(spec: PacketSpec): Candidate | undefined {
    return this.waiting.find((one) => this.concerns(spec, one));
  }

  take(one: Candidate): void {
    this.waiting.splice(this.waiting.indexOf(one), 1);
  }

  private concerns(spec: PacketSpec, { packet, flow }: Candidate): boolean {
    const { payload } = packet;
    if (spec.protocol === 'udp') return payload instanceof UdpDatagram;
    if (spec.protocol === 'icmp') return payload.kind === 'icmp';
    if (flow === undefined) return false;
    const { current } = this.flows;
    const { ports } = spec;
    const opening = (spec.flags & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn;
    if (ports !== undefined) {
      const named = this.flows.named(ports.from, ports.to);
      return named === undefined ? opening && flow.fresh : flow === named;
    }
    return flow === current || current === undefined || (opening && flow.fresh);
  }

  /** An expectation has met the first segment of a connection of ours. */
  adopt(flow: Flow, spec: TcpPacketSpec): void {
    if ((spec.flags & TCP_FLAG.syn) !== 0) flow.scriptIsn = spec.seq;
    if (!flow.fresh) return;
    flow.fresh = false;
    flow.scriptLocalPort = spec.ports?.from;
    flow.scriptRemotePort = spec.ports?.to;
    this.flows.current = flow;
  }
}
