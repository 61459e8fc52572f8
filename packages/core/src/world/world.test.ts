import { describe, expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import type { ImageNode } from '../syscall/image.ts';
import { turn } from '../syscall/kernel.test-util.ts';
import type { Program } from '../syscall/sys.ts';
import { MS, SECOND } from '../time/instant.ts';
import { buildWorld } from './build.ts';
import { startCommand } from './commands.ts';
import type { Host } from './host.ts';
import type { Topology } from './topology.ts';
import { World } from './world.ts';

/** A shell that knows one thing: `name args` runs the test's program of that name. */
function image(programs: Readonly<Record<string, Program>>): ReadonlyMap<string, ImageNode> {
  const sh: Program = (sys, argv) => {
    const [name, ...rest] = argv[2]!.replace(/^exec /, '').split(' ');
    return programs[name!]!(sys, [name!, ...rest]);
  };
  return new Map([['bin', { directory: new Map([['sh', { program: sh }]]) }]]);
}

const topology: Topology = {
  machines: {
    a: { kind: 'host', interfaces: { eth0: '10.0.1.2/24' }, gateway: '10.0.1.1' },
    r: { kind: 'router', interfaces: { eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' } },
    b: { kind: 'host', interfaces: { eth0: '10.0.2.2/24' }, gateway: '10.0.2.1' },
    sw: { kind: 'switch' },
  },
  cables: [
    { from: 'a', to: 'sw', rate: '100Mbit', delay: '1ms' },
    { from: 'sw', to: 'r.eth0', rate: '100Mbit', delay: '1ms' },
    { from: 'r.eth1', to: 'b', rate: '100Mbit', delay: '5ms' },
  ],
};

function start(
  programs: Readonly<Record<string, Program>>,
  seed = 1,
  strict = false,
): { world: World; host(name: string): Host } {
  const world = new World({ seed, turn, strict });
  buildWorld(world, topology, { image: image(programs), compileFilter: () => () => false });
  for (const host of world.hosts()) host.boot();
  return { world, host: (name) => world.machines.get(name) as Host };
}

const server: Program = async (sys) => {
  const fd = await sys.socket('inet', 'stream');
  await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: 80 });
  await sys.listen(fd, 5);
  const { fd: client, peer } = await sys.accept(fd);
  let text = '';
  for (;;) {
    const data = await sys.recv(client, 4096);
    if (data.length === 0) break;
    text += decodeUtf8(data);
  }
  await sys.send(client, encodeUtf8(`${text.toUpperCase()} from ${peer.family === 'inet' ? peer.address : '?'}`));
  await sys.close(client);
  return 0;
};

const client: Program = async (sys) => {
  const fd = await sys.socket('inet', 'stream');
  await sys.connect(fd, { family: 'inet', address: '10.0.2.2', port: 80 });
  await sys.send(fd, encodeUtf8('hello'));
  await sys.shutdown(fd, 'write');
  await sys.write(1, await sys.recv(fd, 4096));
  return 0;
};

describe('a world of two hosts, a switch and a router', () => {
  test('TCP through ARP, switch and router', async () => {
    const { world, host } = start({ server, client });
    startCommand(host('b').kernel, 'server');
    const run = startCommand(host('a').kernel, 'client');
    await world.run(10 * SECOND);
    expect(world.crashes).toEqual([]);
    expect(run.stderr).toBe('');
    expect(run.stdout).toBe('HELLO from 10.0.1.2');
    // ARP twice on each side, then handshake and data over 7 ms each way.
    expect(run.endNs).toBeGreaterThan(42 * MS);
    expect(run.endNs).toBeLessThan(80 * MS);
  });

  test('a refused and an unreachable connection', async () => {
    const errors: string[] = [];
    const tryTo =
      (address: string): Program =>
      async (sys) => {
        const fd = await sys.socket('inet', 'stream');
        const from = await sys.clock_gettime('monotonic');
        await sys
          .connect(fd, { family: 'inet', address, port: 81 })
          .catch((error: { code: string }) => errors.push(error.code));
        errors.push(String(Math.round(((await sys.clock_gettime('monotonic')) - from) / SECOND)));
        return 0;
      };
    const { world, host } = start({ refused: tryTo('10.0.2.2'), nobody: tryTo('10.0.2.77'), far: tryTo('8.8.8.8') });
    for (const line of ['refused', 'nobody', 'far']) {
      startCommand(host('a').kernel, line);
      await world.run(world.now + 10 * SECOND);
    }
    expect(errors).toEqual(['ECONNREFUSED', '0', 'EHOSTUNREACH', '3', 'ENETUNREACH', '0']);
  });

  test('same seed, same digests; strict mode too; another seed, another run', async () => {
    const digest = async (seed: number, strict = false): Promise<string> => {
      const { world, host } = start({ server, client }, seed, strict);
      startCommand(host('b').kernel, 'server');
      startCommand(host('a').kernel, 'client');
      await world.run(200 * SECOND);
      return `${world.recorder.wire} ${world.recorder.run}`;
    };
    const first = await digest(1);
    expect(await digest(1)).toBe(first);
    expect(await digest(1, true)).toBe(first);
    expect(await digest(2)).not.toBe(first);
  });
});
