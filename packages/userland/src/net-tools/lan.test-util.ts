/** A small network with all programs installed, for tests: laptop (10.0.1.2) - router gw (10.0.1.1, 10.0.2.1) - web (10.0.2.2). */
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { buildWorld } from '@netarium/core/world/build.ts';
import { startCommand } from '@netarium/core/world/commands.ts';
import type { Host } from '@netarium/core/world/host.ts';
import type { Topology } from '@netarium/core/world/topology.ts';
import { World } from '@netarium/core/world/world.ts';
import { systemImage } from '../image.ts';

export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export interface Lan {
  readonly world: World;
  /** Runs a shell line on a host until it ends, or for so many seconds of virtual time. */
  sh(host: string, line: string, seconds?: number): Promise<Result>;
  /** Starts a shell line and lets it go on. */
  start(host: string, line: string): { result(): Result; kill(): void };
  /** Lets virtual time pass. */
  sleep(seconds: number): Promise<void>;
}

const SECOND = 1_000_000_000;

export interface LanOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly run?: readonly string[];
  readonly mtu?: number;
  readonly hosts?: string;
  readonly sysctl?: Readonly<Record<string, number>>;
}

export function lan(options: LanOptions = {}): Lan {
  const hosts = options.hosts ?? '127.0.0.1 localhost\n10.0.2.2 web www.shop.test\n10.0.1.1 gw\n';
  const files = { '/etc/hosts': hosts };
  const mtu = options.mtu ?? 1500;
  const sysctl = options.sysctl ?? {};
  const topology: Topology = {
    machines: {
      laptop: { kind: 'host', interfaces: { eth0: '10.0.1.2/24' }, gateway: '10.0.1.1', files, sysctl },
      gw: { kind: 'router', interfaces: { eth0: '10.0.1.1/24', eth1: { address: '10.0.2.1/24', mtu } }, files, sysctl },
      web: {
        kind: 'host',
        interfaces: { eth0: { address: '10.0.2.2/24', mtu } },
        gateway: '10.0.2.1',
        sysctl,
        files: { ...files, ...options.files },
        run: options.run ?? [],
      },
    },
    cables: [
      { from: 'laptop', to: 'gw.eth0', rate: '100Mbit', delay: '1ms' },
      { from: 'gw.eth1', to: 'web', rate: '100Mbit', delay: '4ms' },
    ],
  };
  const world = new World({ seed: 1, turn });
  buildWorld(world, topology, { image: systemImage(), compileFilter: () => () => false });
  for (const host of world.hosts()) host.boot();
  const advance = async (ns: number) => {
    await world.run(world.queue.now + ns);
    if (world.crashes.length > 0) throw new Error(JSON.stringify(world.crashes[0]));
  };
  const begin = (host: string, line: string) => startCommand((world.machines.get(host) as Host).kernel, line);
  return {
    world,
    async sh(host, line, seconds = 60) {
      const command = begin(host, line);
      for (let i = 0; i < seconds * 100 && command.status === undefined; i++) await advance(SECOND / 100);
      return { stdout: command.stdout, stderr: command.stderr, code: command.exitCode };
    },
    start(host, line) {
      const command = begin(host, line);
      return {
        result: () => ({ stdout: command.stdout, stderr: command.stderr, code: command.exitCode }),
        kill: () => command.signal('SIGINT'),
      };
    },
    sleep: (seconds) => advance(seconds * SECOND),
  };
}
