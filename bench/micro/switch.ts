/**
 * What a hop costs through a learning switch: 200 stations on cables of 100 Mbit/s, ten UDP frames each between station i and i + 1, which
 * go back and forth for ever. Wire digest, learning and look-ups on.
 *
 *     npx tsx bench/micro/switch.ts [hops]
 */
import { Ipv4Address, MacAddress } from '@netarium/core/base/address.ts';
import { Cable } from '@netarium/core/link/cable.ts';
import { type FrameReceiver, NetworkCard } from '@netarium/core/link/card.ts';
import type { LinkContext } from '@netarium/core/link/port.ts';
import { Switch } from '@netarium/core/link/switch.ts';
import { Randomness } from '@netarium/core/random/random.ts';
import { Recorder } from '@netarium/core/record/recorder.ts';
import { EventQueue } from '@netarium/core/time/queue.ts';
import { ETHERTYPE, Frame, IP_PROTOCOL, Ipv4Packet, PacketId, UdpDatagram } from '@netarium/core/wire/packet.ts';
import { payloadOf } from '@netarium/core/wire/payload.ts';

const STATIONS = 200;
const FRAMES_PER_STATION = 10;
const WARM_UP_HOPS = 400_000;

/** Sends back what it gets. */
class Echo implements FrameReceiver {
  receiveFrame(card: NetworkCard, frame: Frame): void {
    const { src, dst, protocol, payload, ident } = frame.payload as Ipv4Packet;
    const back = Ipv4Packet.of({ ident, src: dst, dst: src, protocol, ttl: 64, payload });
    card.transmit(new Frame(frame.src, card.mac, ETHERTYPE.ipv4, back));
  }

  carrierChanged(): void {}
}

function build(): { queue: EventQueue; recorder: Recorder } {
  const queue = new EventQueue();
  const recorder = new Recorder(queue);
  const random = new Randomness(1);
  const context = (name: string): LinkContext => ({ name, queue, recorder, random });
  const device = new Switch(context('sw'), { ports: STATIONS });
  const cards = device.ports.map((port, i) => {
    const mac = new MacAddress(0x0200_0000_0000 + i);
    const card = new NetworkCard(context(`h${i}`), { name: 'eth0', ifindex: 2, mac, up: true });
    card.receiver = new Echo();
    new Cable(context(''), card, port, { rate: 100_000_000, delayNs: 2_000 });
    return card;
  });
  let id = 0;
  cards.forEach((card, i) => {
    const next = (i + 1) % STATIONS;
    const udp = new UdpDatagram(7000, 7, payloadOf(new Uint8Array(512).fill(i)));
    const [src, dst] = [new Ipv4Address(0x0a00_0000 + i), new Ipv4Address(0x0a00_0000 + next)];
    for (let k = 0; k < FRAMES_PER_STATION; k++) {
      const packet = Ipv4Packet.of({
        ident: new PacketId(++id),
        src,
        dst,
        protocol: IP_PROTOCOL.udp,
        ttl: 64,
        payload: udp,
      });
      card.transmit(new Frame(cards[next]!.mac, card.mac, ETHERTYPE.ipv4, packet));
    }
  });
  return { queue, recorder };
}

const total = Number(process.argv[2] ?? 4_000_000);
const { queue, recorder } = build();
while (queue.fired < WARM_UP_HOPS) queue.step(Number.MAX_SAFE_INTEGER);
const start = process.cpuUsage();
const from = recorder.wire.items;
while (queue.fired < WARM_UP_HOPS + total) queue.step(Number.MAX_SAFE_INTEGER);
const used = process.cpuUsage(start);
const seconds = (used.user + used.system) / 1e6;
const hops = recorder.wire.items - from;
console.log(
  `${hops} hops, ${seconds.toFixed(2)} CPU s, ${(hops / seconds / 1e6).toFixed(2)} M hops/s, wire ${recorder.wire}`,
);
