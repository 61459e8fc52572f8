/**
 * A: one TCP bulk flow, host - router - host, both links 100 Mbit/s and 10 ms, a queue of 1000 packets at each egress, 60 s. The window of
 * 1 MiB covers the bandwidth-delay product, so nothing is lost and every simulator moves the same data.
 */
import { Ipv4Address } from '@netarium/core/base/address.ts';
import { assert } from '@netarium/core/base/assert.ts';
import { BenchHost, BenchWorld, POINT_TO_POINT } from '../host.ts';
import { BulkSender, congestionOf, fixedBuffers, Sink } from '../tcp-flow.ts';
import type { Mode, Result, Variant } from '../workload.ts';

const MS = 1_000_000;
const SECONDS = 60;
const CABLE = { rate: 100_000_000, delayNs: 10 * MS, queuePackets: 1000, ...POINT_TO_POINT };

export function run(mode: Mode, { cc, send }: Variant): Result {
  const world = new BenchWorld(mode);
  const [source, router, target] = ['source', 'router', 'target'].map((name) => new BenchHost(world, name));
  const address = (subnet: number, host: number): Ipv4Address => new Ipv4Address(0x0a00_0000 + subnet * 256 + host);
  world.cable(source!.card(address(1, 1), 24), router!.forwards().card(address(1, 2), 24), CABLE);
  world.cable(target!.card(address(2, 2), 24), router!.card(address(2, 1), 24), CABLE);
  source!.defaultRoute(address(1, 2));
  target!.defaultRoute(address(2, 1));
  for (const host of [source!, target!]) fixedBuffers(host);
  const sink = new Sink(target!);
  new BulkSender(source!, address(2, 2), 0, congestionOf(cc), send === 'write');
  world.run(SECONDS * 1000 * MS);
  world.end();
  const { hops, drops, recorder, queue, capturedBytes } = world;
  assert(drops === 0, `${drops} drops in a run without loss`);
  const details = { bytes: sink.bytes, drops, events: queue.fired, capturedBytes };
  return { hops, details: { ...details, digest: recorder.wire.toString().slice(0, 16) } };
}
