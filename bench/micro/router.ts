/**
 * What a hop costs through an IP router with nothing above: 200 stations, each on its own cable (100 Mbit/s, 1 ms, a /30), one router with
 * a real network layer between them. Ten UDP datagrams each between station i and i + 1 go back and forth for ever; the stations only swap
 * the addresses. Wire digest, ARP state, route and flow look-ups on. This is B-router of bench/workloads without sockets and hosts.
 *
 *     npx tsx bench/micro/router.ts [hops]
 */
import { Ipv4Address, MacAddress } from '@netarium/core/base/address.ts';
import { SysctlTable } from '@netarium/core/base/sysctl.ts';
import { Cable } from '@netarium/core/link/cable.ts';
import { type FrameReceiver, NetworkCard } from '@netarium/core/link/card.ts';
import { IpStack } from '@netarium/core/network/ip-stack.ts';
import { Randomness } from '@netarium/core/random/random.ts';
import type { HostContext } from '@netarium/core/record/host-context.ts';
import { Recorder } from '@netarium/core/record/recorder.ts';
import { EventQueue } from '@netarium/core/time/queue.ts';
import {
  ETHERTYPE,
  Frame,
  IP_PROTOCOL,
  Ipv4Packet,
  PacketId,
  serviceWord,
  UdpDatagram,
} from '@netarium/core/wire/packet.ts';
import { payloadOf } from '@netarium/core/wire/payload.ts';

const STATIONS = 200;
const PACKETS_PER_STATION = 10;
const WARM_UP_HOPS = 400_000;
const BASE = 0x0a00_0000;

const routerAddress = (i: number): Ipv4Address => new Ipv4Address(BASE + i * 4 + 1);
const stationAddress = (i: number): Ipv4Address => new Ipv4Address(BASE + i * 4 + 2);
const stationMac = (i: number): MacAddress => new MacAddress(0x0200_0000_1000 + i);

/** Sends a datagram back to where it came from. */
class Station implements FrameReceiver {
  receiveFrame(card: NetworkCard, frame: Frame): void {
    const packet = frame.payload;
    if (packet.kind !== 'ipv4') return;
    const { src, dst, protocol, tos, fragment, payload, ident } = packet;
    const back = new Ipv4Packet(ident, dst, src, serviceWord(protocol, 64, tos), fragment, undefined, payload);
    card.transmit(new Frame(frame.src, card.mac, ETHERTYPE.ipv4, back));
  }

  carrierChanged(): void {}
}

function build(): { queue: EventQueue; recorder: Recorder } {
  const queue = new EventQueue();
  const recorder = new Recorder(queue);
  const random = new Randomness(1);
  let id = 0;
  const ids = { next: () => ++id };
  const context = (name: string): HostContext => ({
    name,
    queue,
    recorder,
    random,
    ids,
    sysctl: new SysctlTable(),
    profile: 'linux-6.x',
  });
  const host = context('router');
  const router = new IpStack(host);
  host.sysctl.get('net.ipv4.ip_forward')!.set('1');
  const stations = Array.from({ length: STATIONS }, (_, i) => {
    const port = new NetworkCard(host, { name: `eth${i}`, ifindex: i + 1, mac: new MacAddress(0x0200_0000_0000 + i) });
    router.attach(port);
    router.config.setUp(i + 1, true);
    router.config.addAddress(i + 1, { address: routerAddress(i), prefixLength: 30 });
    const entry = { ifindex: i + 1, address: stationAddress(i), mac: stationMac(i), state: 'PERMANENT' } as const;
    const card = new NetworkCard(context(`h${i}`), { name: 'eth0', ifindex: 2, mac: stationMac(i), up: true });
    card.receiver = new Station();
    new Cable(context(''), card, port, { rate: 100_000_000, delayNs: 1_000_000 });
    router.config.addNeighbour(entry);
    return { card, port };
  });
  stations.forEach(({ card, port }, i) => {
    const next = (i + 1) % STATIONS;
    const udp = new UdpDatagram(7000, 7, payloadOf(new Uint8Array(512).fill(i)));
    for (let k = 0; k < PACKETS_PER_STATION; k++) {
      const packet = Ipv4Packet.of({
        ident: new PacketId(ids.next()),
        src: stationAddress(i),
        dst: stationAddress(next),
        protocol: IP_PROTOCOL.udp,
        ttl: 64,
        dontFragment: true,
        payload: udp,
      });
      card.transmit(new Frame(port.mac, card.mac, ETHERTYPE.ipv4, packet));
    }
  });
  return { queue, recorder };
}

const total = Number(process.argv[2] ?? 4_000_000);
const { queue, recorder } = build();
while (recorder.wire.items < WARM_UP_HOPS) queue.step(Number.MAX_SAFE_INTEGER);
const start = process.cpuUsage();
const from = recorder.wire.items;
while (recorder.wire.items < from + total) queue.step(Number.MAX_SAFE_INTEGER);
const used = process.cpuUsage(start);
const seconds = (used.user + used.system) / 1e6;
console.log(
  `${total} hops, ${seconds.toFixed(2)} CPU s, ${(total / seconds / 1e6).toFixed(2)} M hops/s, wire ${recorder.wire}`,
);
