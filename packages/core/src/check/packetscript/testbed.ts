/**
 * The host that a script runs against: one simulated kernel with a card `tun0` whose other side is the script. Packets go straight into the IP
 * stack and come straight out of it; the clock is virtual and moves only here. System calls cost no time, so that a script's instants are exact.
 */
import { type Ipv4Address, MacAddress, parseIpv4 } from '../../base/address.ts';
import { assert } from '../../base/assert.ts';
import { SysctlTable } from '../../base/sysctl.ts';
import { DescriptorTable } from '../../kernel/descriptors.ts';
import { loopbackCard, NetworkCard } from '../../link/card.ts';
import { NO_COSTS } from '../../os/costs.ts';
import type { Party, Turnstile } from '../../os/party.ts';
import type { Process } from '../../os/process.ts';
import { Randomness } from '../../random/random.ts';
import type { HostContext } from '../../record/host-context.ts';
import { Recorder } from '../../record/recorder.ts';
import { SocketLayer } from '../../socket/socket-layer.ts';
import { Kernel } from '../../syscall/kernel.ts';
import { EventQueue } from '../../time/queue.ts';
import { ETHERTYPE, Frame, Ipv4Packet, type NetworkPdu } from '../../wire/packet.ts';
import { HostNetwork } from '../../world/host-network.ts';
import { ScriptThread } from './script-thread.ts';

/** Addresses and ports, as packetdrill's defaults have them. */
export interface Addresses {
  readonly local: string;
  readonly prefixLength: number;
  readonly gateway: string;
  readonly remote: string;
  readonly mtu: number;
}

export const DEFAULT_ADDRESSES: Addresses = {
  local: '192.168.0.1',
  prefixLength: 16,
  gateway: '192.168.0.2',
  remote: '192.0.2.1',
  mtu: 1500,
};

const LOCAL_MAC = new MacAddress(0x02_00_00_00_00_01);
const REMOTE_MAC = new MacAddress(0x02_00_00_00_00_02);
/** A kernel does not boot in the instant in which a script starts. */
const BOOT_NS = 1_000_000_000;
const WALL_START_NS = 1_767_225_600_000_000_000n;

export interface Captured {
  readonly at: number;
  readonly packet: Ipv4Packet;
}

/** The remote side is a network of 24 bits, of which `remote` is one address. */
function networkOf(remote: string): string {
  return `${remote.replace(/\d+$/, '0')}/24`;
}

export class Testbed implements Turnstile {
  readonly queue = new EventQueue();
  readonly ctx: HostContext;
  readonly network: HostNetwork;
  readonly kernel: Kernel;
  readonly card: NetworkCard;
  readonly process: Process;
  readonly local: Ipv4Address;
  readonly remote: Ipv4Address;
  /** Told of every packet that the host sends. */
  onSent: (captured: Captured) => void = () => {};
  private readonly threads: ScriptThread[] = [];
  private turn: Party | undefined;
  private failure: Error | undefined;
  private lastId = 0;

  constructor(readonly addresses: Addresses) {
    const { queue } = this;
    this.ctx = {
      name: 'host',
      queue,
      recorder: new Recorder(queue),
      random: new Randomness(1),
      ids: { next: () => this.nextId() },
      sysctl: new SysctlTable(),
      profile: 'linux-6.x',
    };
    this.local = parseIpv4(addresses.local)!;
    this.remote = parseIpv4(addresses.remote)!;
    const { ctx } = this;
    this.card = new NetworkCard(ctx, { name: 'tun0', ifindex: 2, mac: LOCAL_MAC, mtu: addresses.mtu });
    this.plugIn();
    this.network = new HostNetwork(ctx, [loopbackCard(ctx, 1), this.card]);
    this.kernel = new Kernel({
      ctx,
      turnstile: this,
      image: new Map(),
      sockets: new SocketLayer(ctx, this.network),
      network: this.network,
      wallStartNs: WALL_START_NS,
      costs: NO_COSTS,
      frontEndOf: () => assert(false, 'no program runs beside a packet script') as never,
    });
    this.configure();
    const { processes } = this.kernel;
    const argv = ['packetscript'];
    this.process = processes.add(processes.init, argv[0]!, argv, 0, 0, '/', new Map(), new DescriptorTable());
    this.process.dispositions.set('SIGPIPE', 'ignore');
    this.runUntil(BOOT_NS);
  }

  /** Where the script's time begins. */
  readonly startNs = BOOT_NS;

  private configure(): void {
    const { local, prefixLength, gateway, remote } = this.addresses;
    this.network.configure('host', {
      kind: 'host',
      interfaces: { tun0: `${local}/${prefixLength}` },
      routes: [`${networkOf(remote)} via ${gateway}`],
    } as never);
    const refused = this.network.change({
      add: 'neighbour',
      ifindex: 2,
      address: gateway,
      mac: String(REMOTE_MAC),
      permanent: true,
    });
    assert(refused === undefined, `the gateway ${gateway}: ${String(refused)}`);
  }

  private plugIn(): void {
    const { card } = this;
    card.egress = {
      send: (frame, now) => {
        const { payload } = frame;
        if (payload instanceof Ipv4Packet && frame.dst.key === REMOTE_MAC.key)
          this.onSent({ at: now, packet: payload });
        return true;
      },
      waiting: () => 0,
      waitingBytes: () => 0,
    };
    card.plug = { refresh: () => card.setCarrier(card.live), peerOf: () => undefined };
  }

  nextId(): number {
    return ++this.lastId;
  }

  /** The packet arrives now. What a TUN device is given arrives whatever its length: the MTU is about what goes out. */
  inject(packet: NetworkPdu): void {
    const frame = new Frame(LOCAL_MAC, REMOTE_MAC, ETHERTYPE.ipv4, packet);
    this.card.receiver?.receiveFrame(this.card, frame, this.queue.now);
    this.settle();
  }

  /** A thread without a call in progress, a new one where all wait. */
  idleThread(): ScriptThread {
    const idle = this.threads.find((thread) => !thread.busy);
    if (idle !== undefined) return idle;
    const made = new ScriptThread();
    this.threads.push(made);
    made.thread = this.kernel.startThread(this.process, made, 0);
    this.settle();
    return made;
  }

  /** Fires all that is due now. */
  settle(): void {
    while (this.step(this.queue.now));
  }

  runUntil(at: number): void {
    while (this.step(at));
    if (this.queue.now < at) this.queue.advance(at);
  }

  /** Fires the next event up to `until`, and lets the thread proceed that it woke. */
  step(until: number): boolean {
    const fired = this.queue.step(until);
    const party = this.turn;
    this.turn = undefined;
    party?.proceed();
    if (this.failure !== undefined) throw this.failure;
    return fired;
  }

  handTurn(party: Party): void {
    this.turn = party;
  }

  giveBack(): void {}

  fail(error: Error): void {
    this.failure ??= error;
  }
}
