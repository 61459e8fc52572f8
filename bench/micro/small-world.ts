/**
 * What a small world costs: two hosts on one cable, built from a topology and booted (kernel, files, addresses, routes), as every small lab
 * and every schedule of an explorer pays it. Worlds must die young: a closure that is written to a property (`a.b = () => …`) or a getter in
 * an object literal lands in the engine's old generation, and keeps its whole world alive until the next full collection. That alone made
 * this figure seven times what it is.
 *
 *     npx tsx bench/micro/small-world.ts [worlds]
 */
import { buildWorld } from '@netarium/core/world/build.ts';
import type { Topology } from '@netarium/core/world/topology.ts';
import { World } from '@netarium/core/world/world.ts';

const WARM_UP_WORLDS = 2_000;
const BATCHES = 9;

const topology: Topology = {
  machines: {
    a: { kind: 'host', interfaces: { eth0: '10.0.0.1/24' } },
    b: { kind: 'host', interfaces: { eth0: '10.0.0.2/24' } },
  },
  cables: [{ from: 'a.eth0', to: 'b.eth0', rate: '100Mbit', delay: '1ms' }],
} as Topology;

const image = new Map();

function build(boot: boolean): World {
  const world = new World({ seed: 1, turn: { request: () => undefined } as never });
  buildWorld(world, topology, { image, compileFilter: () => () => true });
  if (boot) for (const host of world.hosts()) host.boot();
  return world;
}

function cpuMicroseconds(worlds: number, boot: boolean): number {
  const before = process.cpuUsage();
  for (let i = 0; i < worlds; i++) build(boot);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / worlds;
}

const worlds = Number(process.argv[2] ?? 2_000);
for (const boot of [false, true]) {
  cpuMicroseconds(WARM_UP_WORLDS, boot);
  const batches = Array.from({ length: BATCHES }, () => cpuMicroseconds(worlds, boot)).sort((x, y) => x - y);
  const [least, median, most] = [batches[0]!, batches[BATCHES >> 1]!, batches[BATCHES - 1]!];
  console.log(
    `${boot ? 'built and booted' : 'built'}: ${median.toFixed(1)} us of CPU time (${least.toFixed(1)} to ${most.toFixed(1)}), ${BATCHES} x ${worlds} worlds`,
  );
}
