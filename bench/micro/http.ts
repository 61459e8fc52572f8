/**
 * npx tsx bench/micro/http.ts [requests]: HTTP requests one after the other over one kept-alive connection, wall time. Simulated: two booted
 * hosts on a cable, programs against system calls, real TCP, every message parsed by the house's own parser; the server is a few lines as in
 * Node, then `httpd` with a file. Real: `node:http` over loopback in this process. They take turns; medians.
 */
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { buildWorld } from '@netarium/core/world/build.ts';
import { startCommand } from '@netarium/core/world/commands.ts';
import type { Host } from '@netarium/core/world/host.ts';
import { World } from '@netarium/core/world/world.ts';
import { HttpParser } from '@netarium/userland/http/parser.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { median } from '../workload.ts';

const ROUNDS = 5;
const BODY = 'Hello, world\n';
const REQUEST = encodeUtf8('GET /hello HTTP/1.1\r\nHost: 10.0.0.2\r\nConnection: keep-alive\r\n\r\n');
const RESPONSE = encodeUtf8(
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${BODY.length}\r\nConnection: keep-alive\r\n\r\n${BODY}`,
);
const READ_BYTES = 16_384;

/** Answers every request on every connection, one connection at a time. */
const hello: Program = async (sys) => {
  const listener = await sys.socket('inet', 'stream');
  await sys.bind(listener, { family: 'inet', address: '0.0.0.0', port: 80 });
  await sys.listen(listener, 10);
  for (;;) {
    const { fd } = await sys.accept(listener);
    const parser = new HttpParser('request');
    while (await readMessage(sys, fd, parser)) await sys.send(fd, RESPONSE);
    await sys.close(fd);
  }
};

const client: Program = async (sys, argv) => {
  const fd = await sys.socket('inet', 'stream');
  await sys.connect(fd, { family: 'inet', address: '10.0.0.2', port: 80 });
  await sys.setsockopt(fd, 'tcp', 'TCP_NODELAY', 1);
  const parser = new HttpParser('response');
  for (let left = Number(argv[1]); left > 0; left--) {
    parser.expect('GET');
    await sys.send(fd, REQUEST);
    if (!(await readMessage(sys, fd, parser))) return 1;
  }
  return 0;
};

/** Reads up to the end of a message; false at the end of the stream. */
async function readMessage(sys: Sys, fd: number, parser: HttpParser): Promise<boolean> {
  for (;;) {
    for (let event = parser.next(); event !== undefined; event = parser.next()) {
      if (event.kind === 'end') return true;
      if (event.kind === 'error') throw new Error(`HTTP: ${event.fault.text}`);
    }
    const bytes = await sys.recv(fd, READ_BYTES);
    if (bytes.length === 0) return false;
    parser.feed(bytes);
  }
}

async function simulated(server: string, requests: number): Promise<number> {
  const image = new Map(systemImage());
  const programs = new Map([
    ['hello', { program: hello }],
    ['client', { program: client }],
  ]);
  image.set('bench', { directory: programs });
  const world = new World({ seed: 1, turn });
  const files = { '/srv/hello': BODY };
  buildWorld(
    world,
    {
      machines: {
        a: { kind: 'host', interfaces: { eth0: '10.0.0.1/24' } },
        b: { kind: 'host', interfaces: { eth0: '10.0.0.2/24' }, files, run: [server] },
      },
      cables: [{ from: 'a', to: 'b', rate: '1Gbit', delay: '50us' }],
    },
    { image, compileFilter: () => () => false },
  );
  for (const host of world.hosts()) host.boot();
  await world.run(1_000_000_000);
  const command = startCommand((world.machines.get('a') as Host).kernel, `/bench/client ${requests}`);
  const start = performance.now();
  while (command.status === undefined) await world.run(world.queue.now + 1_000_000_000);
  const seconds = (performance.now() - start) / 1000;
  if (command.exitCode !== 0) throw new Error(`the client ended with ${command.exitCode}: ${command.stderr}`);
  return requests / seconds;
}

async function real(requests: number): Promise<number> {
  const server = createServer((_request, response) => response.end(BODY)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', path: '/hello', agent }, (response) =>
        response.resume().once('end', resolve),
      ).once('error', reject);
    });
  const start = performance.now();
  for (let i = 0; i < requests; i++) await one();
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  server.close();
  return requests / seconds;
}

const requests = Number(process.argv[2] ?? 20_000);
const ways: readonly [string, () => Promise<number>][] = [
  ['simulated, a few lines', () => simulated('/bench/hello', requests)],
  ['simulated, httpd', () => simulated('httpd -l /dev/null /srv', requests)],
  ['real loopback', () => real(requests)],
];
const rates = new Map<string, number[]>(ways.map(([name]) => [name, []]));
for (let round = 0; round < ROUNDS; round++) for (const [name, way] of ways) rates.get(name)!.push(await way());
for (const [name, values] of rates)
  console.log(`${name}: ${Math.round(median(values))} requests/s (${values.map((v) => Math.round(v)).join(', ')})`);
