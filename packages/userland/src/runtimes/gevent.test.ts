import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { expect, test } from 'vitest';
import { Hub, LoopExit } from './gevent.ts';
import { patchAll } from './monkey.ts';
import { inProgram, onNetwork } from './program.test-util.ts';

const SECOND = 1_000_000_000;

const inHub = (body: (hub: Hub, note: (line: string) => void) => Promise<void>) =>
  inProgram(async (sys, note) => {
    const hub = await Hub.create(sys);
    await body(hub, note);
    await hub.close();
  });

test('greenlets begin in the order of spawning, when the spawner waits, and go on as their sleeps end', async () => {
  const { lines, endNs } = await inHub(async (hub, note) => {
    const act = (name: string, ns: number) => async () => {
      note(`start ${name}`);
      await hub.sleep(ns);
      note(`end ${name}`);
    };
    const all = [act('slow', 2 * SECOND), act('play', SECOND), act('sleep', SECOND)].map((body) => hub.spawn(body));
    note('spawned');
    await hub.joinAll(all);
  });
  expect(lines.join()).toBe('spawned,start slow,start play,start sleep,end play,end sleep,end slow');
  expect(Math.round(endNs / 1e6)).toBe(2000);
});

test('values, exceptions and kills', async () => {
  const { lines, text } = await inHub(async (hub, note) => {
    const fine = hub.spawn(async () => 7);
    const failing = hub.spawn(async () => {
      throw new RangeError('bad');
    });
    const endless = hub.spawn(async () => {
      try {
        await hub.sleep(100 * SECOND);
      } finally {
        note('finally');
      }
    });
    const unborn = hub.spawn(async () => note('never'));
    await unborn.kill();
    await hub.joinAll([fine, failing]);
    note(`${await fine.get()} ${fine.successful} ${failing.successful}`);
    await failing.get().catch((error: Error) => note(error.message));
    await hub.joinAll([fine, failing], { raiseError: true }).catch((error: Error) => note(`joined: ${error.message}`));
    await endless.kill();
    note(`${endless.ready} ${unborn.ready}`);
  });
  expect(lines).toEqual(['7 true false', 'bad', 'joined: bad', 'finally', 'true true']);
  expect(text).toBe('RangeError: bad\n<Greenlet "Greenlet-1"> failed with RangeError\n');
});

test('a wait that nobody can end is LoopExit', async () => {
  const { lines } = await inHub(async (hub, note) => {
    const first: { join(): Promise<void> } = hub.spawn(async () => second.join());
    const second: { join(): Promise<void> } = hub.spawn(async () => first.join());
    await first.join().catch((error: unknown) => note(String(error instanceof LoopExit)));
  });
  expect(lines).toEqual(['true']);
});

test('an unpatched sleep blocks every greenlet, a patched one only its own', async () => {
  for (const [patched, seconds] of [
    [false, 3],
    [true, 1],
  ] as const) {
    const { endNs } = await inHub(async (hub) => {
      const sys = patched ? patchAll(hub) : hub.sys;
      await hub.joinAll([1, 2, 3].map(() => hub.spawn(() => sys.nanosleep(SECOND))));
    });
    expect(Math.round(endNs / 1e7)).toBe(seconds * 100);
  }
});

/** One greenlet waits for a pipe by select, then by poll, while another writes into it. */
async function waitsTogether(hub: Hub, sys: Sys, note: (line: string) => void): Promise<void> {
  const [r, w] = await sys.pipe();
  const writer = hub.spawn(async () => {
    await sys.nanosleep(1_000_000);
    note('the other writes');
    await sys.write(w, encodeUtf8('x'));
  });
  note(`select: ${(await sys.select({ read: [r] }, SECOND)).read.length}`);
  note(`poll: ${(await sys.poll([{ fd: r, events: 1 }], SECOND)).length}`);
  await sys.read(r, 1);
  const none = await sys.select({ read: [r] }, 1000);
  note(`nothing: ${none.read.length} ${(await sys.poll([{ fd: r, events: 1 }], 1000)).length}`);
  await writer.join();
}

/** Knows nothing of greenlets. */
async function echoServer(sys: Sys, clients: number, serve: (fd: number) => void): Promise<void> {
  const listening = await sys.socket('inet', 'stream');
  await sys.bind(listening, { family: 'inet', address: '0.0.0.0', port: 7000 });
  await sys.listen(listening, 10);
  for (let i = 0; i < clients; i++) serve((await sys.accept(listening)).fd);
  await sys.close(listening);
}

async function client(sys: Sys, text: string): Promise<string> {
  const fd = await sys.socket('inet', 'stream');
  await sys.connect(fd, { family: 'inet', address: '127.0.0.1', port: 7000 });
  await sys.send(fd, encodeUtf8(text));
  const answer = decodeUtf8(await sys.recv(fd, 100));
  await sys.close(fd);
  return answer;
}

test('programs written for blocking sockets serve and ask in one thread once they are patched', async () => {
  const lines = await onNetwork(async (real, note) => {
    const hub = await Hub.create(real);
    const sys = patchAll(hub);
    const server = hub.spawn(() =>
      echoServer(sys, 5, (fd) => {
        hub.spawn(async () => {
          await sys.send(fd, await sys.recv(fd, 100));
          await sys.close(fd);
        });
      }),
    );
    const clients = [1, 2, 3, 4, 5].map((i) => hub.spawn(() => client(sys, `hello ${i}`)));
    await hub.joinAll([server, ...clients]);
    note(clients.map(({ value }) => value).join());
    await client(sys, 'nobody').catch((error: { code: string }) => note(error.code));
    await expect(sys.epoll_create()).rejects.toThrow('taken away');
    await waitsTogether(hub, sys, note);
    await hub.close();
  });
  expect(lines).toEqual([
    'hello 1,hello 2,hello 3,hello 4,hello 5',
    'ECONNREFUSED',
    'the other writes',
    'select: 1',
    'poll: 1',
    'nothing: 0 0',
  ]);
});
