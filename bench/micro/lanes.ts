/**
 * What a hop costs at the link layer: a ring of 200 cables of 100 Mbit/s and 2 us with 20 frames each; every station takes a UDP frame from
 * one card, makes the next hop's headers (TTL, addresses) and sends it out of the other. Wire digest on, address filter and counters on.
 *
 *     npx tsx bench/micro/lanes.ts [hops]
 */
import { Ipv4Address, MacAddress } from '@netarium/core/base/address.ts';
import { Cable } from '@netarium/core/link/cable.ts';
import { type FrameReceiver, NetworkCard } from '@netarium/core/link/card.ts';
import type { LinkContext } from '@netarium/core/link/port.ts';
import { Randomness } from '@netarium/core/random/random.ts';
import { Recorder } from '@netarium/core/record/recorder.ts';
import { EventQueue } from '@netarium/core/time/queue.ts';
import { ETHERTYPE, Frame, IP_PROTOCOL, Ipv4Packet, PacketId, UdpDatagram } from '@netarium/core/wire/packet.ts';
import { payloadOf } from '@netarium/core/wire/payload.ts';

const LINKS = 200;
const FRAMES_PER_LINK = 20;
const WARM_UP_HOPS = 400_000;

class Station implements FrameReceiver {
  hops = 0;
  peer: MacAddress | undefined;
  constructor(readonly out: NetworkCard) {}

  receiveFrame(_card: NetworkCard, frame: Frame): void {
    this.hops++;
    const packet = frame.payload as Ipv4Packet;
    const next = packet.withTtl(packet.ttl === 1 ? 64 : packet.ttl - 1);
    this.out.transmit(new Frame(this.peer!, this.out.mac, ETHERTYPE.ipv4, next));
  }

  carrierChanged(): void {}
}

function build(): { queue: EventQueue; recorder: Recorder; hops: () => number } {
  const queue = new EventQueue();
  const recorder = new Recorder(queue);
  const random = new Randomness(1);
  const stations: Station[] = [];
  const inputs: NetworkCard[] = [];
  for (let i = 0; i < LINKS; i++) {
    const context: LinkContext = { name: `s${i}`, queue, recorder, random };
    const input = new NetworkCard(context, {
      name: 'eth0',
      ifindex: 2,
      mac: new MacAddress(2 * i + 0x2_0000_0000),
      up: true,
    });
    const out = new NetworkCard(context, {
      name: 'eth1',
      ifindex: 3,
      mac: new MacAddress(2 * i + 0x2_0000_0001),
      up: true,
    });
    const station = new Station(out);
    input.receiver = station;
    stations.push(station);
    inputs.push(input);
  }
  stations.forEach((station, i) => {
    const to = inputs[(i + 1) % LINKS]!;
    station.peer = to.mac;
    new Cable({ name: '', queue, recorder, random }, station.out, to, { rate: 100_000_000, delayNs: 2_000 });
  });
  let id = 0;
  for (const station of stations) {
    for (let k = 0; k < FRAMES_PER_LINK; k++) {
      const udp = new UdpDatagram(7000, 7, payloadOf(new Uint8Array(512).fill(k)));
      const packet = Ipv4Packet.of({
        ident: new PacketId(++id),
        src: new Ipv4Address(0x0a00_0000 + id),
        dst: new Ipv4Address(0x0a01_0000 + id),
        protocol: IP_PROTOCOL.udp,
        ttl: 64,
        payload: udp,
      });
      station.out.transmit(new Frame(station.peer!, station.out.mac, ETHERTYPE.ipv4, packet));
    }
  }
  return { queue, recorder, hops: () => stations.reduce((sum, station) => sum + station.hops, 0) };
}

const total = Number(process.argv[2] ?? 4_000_000);
const world = build();
const { queue } = world;
while (queue.fired < WARM_UP_HOPS) queue.step(Number.MAX_SAFE_INTEGER);
const start = process.cpuUsage();
const from = world.hops();
while (queue.fired < WARM_UP_HOPS + total) queue.step(Number.MAX_SAFE_INTEGER);
const used = process.cpuUsage(start);
const seconds = (used.user + used.system) / 1e6;
const hops = world.hops() - from;
console.log(
  `${hops} hops, ${seconds.toFixed(2)} CPU s, ${(hops / seconds / 1e6).toFixed(2)} M hops/s, wire ${world.recorder.wire}`,
);
