/** Hosts in a star, each with a cable of 100 Mbit/s of its own. */
import { Ipv4Address } from '@netarium/core/base/address.ts';
import { Switch } from '@netarium/core/link/switch.ts';
import { BenchHost, type BenchWorld, POINT_TO_POINT } from './host.ts';

const MS = 1_000_000;

/** Around one router, each behind a point-to-point link of 1 ms with a /30 of its own; answers their addresses. */
export function behindRouter(world: BenchWorld, hosts: readonly BenchHost[]): readonly Ipv4Address[] {
  const router = new BenchHost(world, 'router').forwards();
  // One neighbour a link: more of them than a router's table holds by default.
  for (const threshold of ['1', '2', '3']) router.set(`net.ipv4.neigh.default.gc_thresh${threshold}`, '20000');
  return hosts.map((host, i) => {
    const subnet = 0x0a01_0000 + i * 4;
    const [address, gateway] = [new Ipv4Address(subnet + 1), new Ipv4Address(subnet + 2)];
    const [near, far] = [host.card(address, 30), router.card(gateway, 30)];
    host.defaultRoute(gateway);
    world.cable(near, far, { rate: 100_000_000, delayNs: MS, ...POINT_TO_POINT });
    return address;
  });
}

/** On one learning switch in one subnet, 2 us away; answers their addresses. */
export function onSwitch(world: BenchWorld, hosts: readonly BenchHost[]): readonly Ipv4Address[] {
  const device = new Switch(world.context('switch'), { ports: hosts.length });
  return hosts.map((host, i) => {
    const address = new Ipv4Address(0x0a01_0001 + i);
    world.cable(host.card(address, 16), device.ports[i]!, { rate: 100_000_000, delayNs: 2_000 });
    return address;
  });
}
