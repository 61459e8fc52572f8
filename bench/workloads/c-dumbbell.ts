/**
 * C: a dumbbell. 100 senders and 100 receivers on links of 1 Gbit/s and 1 ms, between two routers 100 Mbit/s, 10 ms and a drop-tail queue of
 * 250 packets; flow i starts at i x 10 ms; 30 s. Goodput and Jain's fairness index say whether it is the same network.
 */
import { Ipv4Address, Prefix } from '@netarium/core/base/address.ts';
import { BenchHost, BenchWorld, POINT_TO_POINT } from '../host.ts';
import { BulkSender, congestionOf, fixedBuffers, Sink } from '../tcp-flow.ts';
import type { Mode, Result, Variant } from '../workload.ts';

const MS = 1_000_000;
const SECONDS = 30;
const FLOWS = 100;
const ACCESS = { rate: 1_000_000_000, delayNs: MS, queuePackets: 1000, ...POINT_TO_POINT };
const NECK = { rate: 100_000_000, delayNs: 10 * MS, queuePackets: 250, ...POINT_TO_POINT };
const NETS = { left: 0x0a01_0000, right: 0x0a02_0000, neck: 0x0a03_0000 } as const;

export function run(mode: Mode, { cc, send }: Variant): Result {
  const world = new BenchWorld(mode);
  const left = new BenchHost(world, 'left').forwards();
  const right = new BenchHost(world, 'right').forwards();
  const [nearNeck, farNeck] = [new Ipv4Address(NETS.neck + 1), new Ipv4Address(NETS.neck + 2)];
  world.cable(left.card(nearNeck, 30), right.card(farNeck, 30), NECK);
  left.route(new Prefix(new Ipv4Address(NETS.right), 16), farNeck);
  right.route(new Prefix(new Ipv4Address(NETS.left), 16), nearNeck);
  const hosts = [left, right];
  const sinks: Sink[] = [];
  for (let i = 0; i < FLOWS; i++) {
    const sender = edge(world, left, `l${i}`, NETS.left + i * 4);
    const receiver = edge(world, right, `r${i}`, NETS.right + i * 4);
    hosts.push(sender, receiver);
    sinks.push(new Sink(receiver));
    new BulkSender(sender, new Ipv4Address(NETS.right + i * 4 + 1), i * 10 * MS, congestionOf(cc), send === 'write');
  }
  world.run(SECONDS * 1000 * MS);
  world.end();
  const { hops, drops, recorder, queue, capturedBytes } = world;
  const details = { ...shares(sinks), drops, events: queue.fired, capturedBytes };
  return { hops, details: { ...details, digest: recorder.wire.toString().slice(0, 16) } };
}

function edge(world: BenchWorld, router: BenchHost, name: string, subnet: number): BenchHost {
  const host = new BenchHost(world, name);
  const gateway = new Ipv4Address(subnet + 2);
  world.cable(host.card(new Ipv4Address(subnet + 1), 30), router.card(gateway, 30), ACCESS);
  host.defaultRoute(gateway);
  fixedBuffers(host);
  return host;
}

function shares(sinks: readonly Sink[]): { goodputMbit: number; jain: number } {
  const sum = sinks.reduce((total, { bytes }) => total + bytes, 0);
  const squares = sinks.reduce((total, { bytes }) => total + bytes * bytes, 0);
  return { goodputMbit: (sum * 8) / SECONDS / 1e6, jain: (sum * sum) / (sinks.length * squares) };
}
