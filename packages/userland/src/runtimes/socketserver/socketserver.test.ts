import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { describe, expect, test } from 'vitest';
import { onHost } from '../../lib/on-host.test-kit.ts';
import { python } from '../threading/program.ts';
import type { PyModule, Python } from '../threading/python.ts';
import { Thread } from '../threading/thread.ts';
import { ForkingTCPServer, ThreadingTCPServer } from './mixins.ts';
import { type ServerOptions, TCPServer } from './server.ts';
import { Stream } from './stream.ts';

const ANY = { family: 'inet', address: '127.0.0.1', port: 0 } as const;

async function ran(module: PyModule): Promise<{ readonly lines: string[]; readonly stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const programs = { main: python('3.11', module) };
  await onHost(async (h) => void ({ stdout, stderr } = await h.sh('exec main')), { programs });
  return { lines: stdout.trimEnd().split('\n'), stderr };
}

async function call(py: Python, server: TCPServer, word: string): Promise<string> {
  const client = await Stream.connect(py, await server.serverAddress());
  await client.sendall(encodeUtf8(word));
  const answer = decodeUtf8(await client.recv(100));
  await client.close();
  return answer;
}

const handlers = {
  async answer(_py: Python, request: Stream) {
    const word = decodeUtf8(await request.recv(100));
    if (word === 'bad') throw new RangeError('bad word');
    await request.sendall(encodeUtf8(word.toUpperCase()));
  },
  async slow(py: Python, request: Stream) {
    await py.sleep(1);
    await request.sendall(encodeUtf8('late'));
  },
  async loop(_py: Python, server: TCPServer) {
    await server.serveForever();
  },
};

async function started(py: Python, server: TCPServer): Promise<Thread> {
  const loop = await Thread.create(py, { target: 'loop', args: [server] });
  await loop.start();
  return loop;
}

const SERVERS: readonly (readonly [string, typeof TCPServer])[] = [
  ['TCPServer', TCPServer],
  ['ThreadingTCPServer', ThreadingTCPServer],
  ['ForkingTCPServer', ForkingTCPServer],
];

describe.each(SERVERS)('%s', (_, Server) => {
  test('serves, tells what a handler raises and goes on, shuts down and closes', async () => {
    const { lines, stderr } = await ran({
      ...handlers,
      async main(py) {
        const server = await Server.create(py, ANY, { handler: 'answer' });
        const loop = await started(py, server);
        await py.print(
          await call(py, server, 'one'),
          `'${await call(py, server, 'bad')}'`,
          await call(py, server, 'two'),
        );
        const before = await py.monotonic();
        await server.shutdown();
        await loop.join();
        await py.print((await py.monotonic()) - before <= 0.51);
        const address = await server.serverAddress();
        await server.serverClose();
        const refused = await Stream.connect(py, address).catch((error: Error) => error.message);
        await py.print(refused);
      },
    });
    expect(lines).toEqual(["ONE '' TWO", 'True', 'connect: Connection refused']);
    expect(stderr).toMatch(
      /^-{40}\nException occurred during processing of request from \('127\.0\.0\.1', \d+\)\nTraceback/,
    );
    expect(stderr).toMatch(/RangeError: bad word\n-{40}\n$/);
  });
});

/** Starts three clients of a handler that takes a second; answers after how many whole seconds server_close was over, and the last client served. */
const closing = (make: (py: Python, options: ServerOptions) => Promise<TCPServer>, options: Partial<ServerOptions>) =>
  ran({
    ...handlers,
    async visit(py: Python, server: TCPServer) {
      await call(py, server, 'x');
    },
    async main(py) {
      const server = await make(py, { handler: 'slow', ...options });
      const loop = await started(py, server);
      const from = await py.monotonic();
      const visitors: Thread[] = [];
      for (let i = 0; i < 3; i++) {
        visitors.push(await Thread.create(py, { target: 'visit', args: [server] }));
        await visitors[i]!.start();
      }
      await py.sleep(0.1);
      await server.shutdown();
      await loop.join();
      await server.serverClose();
      const closed = (await py.monotonic()) - from;
      for (const visitor of visitors) await visitor.join();
      await py.print(Math.floor(closed), Math.floor((await py.monotonic()) - from));
    },
  });

describe('server_close', () => {
  const threading = (py: Python, options: ServerOptions) => ThreadingTCPServer.create(py, ANY, options);
  const forking = (py: Python, options: ServerOptions) => ForkingTCPServer.create(py, ANY, options);

  test('waits for threads that still serve, unless they are daemons or it is told not to', async () => {
    expect((await closing(threading, {})).lines).toEqual(['1 1']);
    expect((await closing(threading, { blockOnClose: false })).lines).toEqual(['0 1']);
    expect((await closing(threading, { daemonThreads: true })).lines).toEqual(['0 1']);
  });

  test('waits for processes that still serve', async () => {
    expect((await closing(forking, {})).lines).toEqual(['1 1']);
    expect((await closing(forking, { blockOnClose: false })).lines).toEqual(['0 1']);
  });
});

test.each([
  [2, ['1', '1', '2']],
  [3, ['1', '1', '1']],
])('at most %i processes at once: who comes then waits for the end of one', async (maxChildren, seconds) => {
  const { lines } = await ran({
    ...handlers,
    async visit(py: Python, server: TCPServer) {
      const from = await py.monotonic();
      await call(py, server, 'x');
      await py.print(Math.round((await py.monotonic()) - from));
    },
    async main(py) {
      const server = await ForkingTCPServer.create(py, ANY, { handler: 'slow', maxChildren });
      const loop = await started(py, server);
      for (let i = 0; i < 3; i++) await (await Thread.create(py, { target: 'visit', args: [server] })).start();
      await py.sleep(3);
      expect(await server.activeChildren()).toEqual([]);
      await server.shutdown();
      await loop.join();
      await server.serverClose();
    },
  });
  expect(lines).toEqual(seconds);
});

test('an address in use is an error, and no descriptor stays open', async () => {
  const { lines } = await ran({
    ...handlers,
    async main(py) {
      const server = await TCPServer.create(py, ANY, { handler: 'answer' });
      const address = await server.serverAddress();
      await py.print(await TCPServer.create(py, address, { handler: 'answer' }).catch((error: Error) => error.message));
      await py.print((await Stream.connect(py, address)).fileno - server.fileno);
    },
  });
  expect(lines).toEqual(['bind: Address already in use', '1']);
});
