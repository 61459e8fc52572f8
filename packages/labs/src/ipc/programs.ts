/**
 * `ipc MEANS MESSAGE`: a parent sends its child a message by one of the means that processes have; the child says what it got and how long after. Each is as
 * short as the means allows.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { encodeRequest, fromBytes, type Reply, readReply, toBytes } from '@netarium/userland/redis/resp.ts';
import { Queue } from '@netarium/userland/runtimes/multiprocessing/queue.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import { joinAll, startProcesses } from '../lib/python-threads.ts';

export const MEANS = ['pipe', 'queue', 'memory', 'signal', 'unix', 'tcp'] as const;
export type Means = (typeof MEANS)[number];

const MS = 1_000_000;
const SOCKET = '/tmp/ipc.sock';
const PORT = 7000;
const REDIS = { family: 'inet', address: '127.0.0.1', port: 6379 } as const;
const LENGTH = 4096;

/** When the message was sent: a cell that both have. */
async function sentNow(sys: Sys, sentAt: number): Promise<void> {
  await sys.cell_store(sentAt, await sys.clock_gettime('monotonic'));
}

async function got(sys: Sys, sentAt: number, message: string): Promise<number> {
  const afterNs = (await sys.clock_gettime('monotonic')) - ((await sys.cell_load(sentAt)) as number);
  await print(sys, `got ${message} after ${Math.round(afterNs / 100) / 10} us\n`);
  return 0;
}

/** A listening socket for the child, by path or by port. */
async function listener(sys: Sys, means: string): Promise<number> {
  const fd = await sys.socket(means === 'unix' ? 'unix' : 'inet', 'stream');
  await sys.bind(fd, addressOf(means));
  await sys.listen(fd, 1);
  return fd;
}

function addressOf(means: string) {
  if (means === 'unix') return { family: 'unix', path: SOCKET } as const;
  return { family: 'inet', address: '127.0.0.1', port: PORT } as const;
}

const bare: ProgramModule = {
  async main(sys, [, means = 'pipe', message = '']) {
    const sentAt = await sys.cell_create(0, { shared: true });
    if (means === 'memory') return throughMemory(sys, sentAt, message);
    if (means === 'signal') return bySignal(sys, sentAt, message);
    if (means === 'redis') return byRedis(sys, sentAt, message);
    if (means === 'pipe') {
      const [reader, writer] = await sys.pipe();
      const child = await sys.fork('readPipe', [reader, sentAt]);
      await sys.nanosleep(MS);
      await sentNow(sys, sentAt);
      await sys.write(writer, encodeUtf8(message));
      await sys.waitpid(child);
      return 0;
    }
    const listening = await listener(sys, means);
    const child = await sys.fork('readSocket', [listening, sentAt]);
    await sys.nanosleep(MS);
    await sentNow(sys, sentAt);
    const fd = await sys.socket(means === 'unix' ? 'unix' : 'inet', 'stream');
    await sys.connect(fd, addressOf(means));
    await sys.send(fd, encodeUtf8(message));
    await sys.close(fd);
    await sys.waitpid(child);
    return 0;
  },
  async readPipe(sys: Sys, reader: number, sentAt: number) {
    return got(sys, sentAt, decodeUtf8(await sys.read(reader, LENGTH)));
  },
  async readSocket(sys: Sys, listening: number, sentAt: number) {
    const { fd } = await sys.accept(listening);
    const message = decodeUtf8(await sys.recv(fd, LENGTH));
    return got(sys, sentAt, message);
  },
  async readMemory(sys: Sys, cell: number, ready: number, sentAt: number) {
    await sys.sem_wait(ready);
    return got(sys, sentAt, String(await sys.cell_load(cell)));
  },
  async takeSignal(sys: Sys, sentAt: number) {
    const { value } = await sys.sigtimedwait(['SIGUSR1'], -1);
    return got(sys, sentAt, String(value));
  },
  async popFromRedis(sys: Sys, sentAt: number) {
    const popped = await asked(sys, ['BRPOP', 'box', '0']);
    return popped === undefined ? 1 : got(sys, sentAt, decodeUtf8(toBytes(String((popped as readonly string[])[1]))));
  },
};

/** What a Redis server on this machine answers to one command; undefined where there is none. */
async function asked(sys: Sys, words: readonly string[]): Promise<Reply | undefined> {
  const fd = await sys.socket('inet', 'stream');
  try {
    await sys.connect(fd, REDIS);
    await sys.send(fd, toBytes(encodeRequest(words)));
    let text = '';
    for (;;) {
      const bytes = await sys.recv(fd, LENGTH);
      if (bytes.length === 0) return undefined;
      text += fromBytes(bytes);
      const read = readReply(text, 0);
      if (read !== undefined) return read.reply;
    }
  } catch (error) {
    if (error instanceof SysError) return undefined;
    throw error;
  } finally {
    await sys.close(fd);
  }
}

/** A list in a server: the child takes from it and sleeps until there is something, the parent pushes. */
async function byRedis(sys: Sys, sentAt: number, message: string): Promise<number> {
  const child = await sys.fork('popFromRedis', [sentAt]);
  await sys.nanosleep(MS);
  await sentNow(sys, sentAt);
  await asked(sys, ['LPUSH', 'box', fromBytes(encodeUtf8(message))]);
  await sys.waitpid(child);
  return 0;
}

async function throughMemory(sys: Sys, sentAt: number, message: string): Promise<number> {
  const [cell, ready] = [await sys.cell_create('', { shared: true }), await sys.sem_create(0, { shared: true })];
  const child = await sys.fork('readMemory', [cell, ready, sentAt]);
  await sys.nanosleep(MS);
  await sentNow(sys, sentAt);
  await sys.cell_store(cell, message);
  await sys.sem_post(ready);
  await sys.waitpid(child);
  return 0;
}

/** A signal carries one number (sigqueue(3)). */
async function bySignal(sys: Sys, sentAt: number, message: string): Promise<number> {
  await sys.sigprocmask('block', ['SIGUSR1']);
  const child = await sys.fork('takeSignal', [sentAt]);
  await sys.nanosleep(MS);
  await sentNow(sys, sentAt);
  await sys.sigqueue(child, 'SIGUSR1', Number.parseInt(message, 10) || 0);
  await sys.waitpid(child);
  return 0;
}

/** `ipc-queue queue MESSAGE`: the same by a queue between processes. */
const queued = python('3.11', {
  async main(py, [, , message = '']) {
    const sentAt = await py.sys.cell_create(0, { shared: true });
    const queue = await Queue.create(py);
    const started = await startProcesses(py, [{ target: 'take', args: [queue, sentAt] }]);
    await py.sleep(0.001);
    await sentNow(py.sys, sentAt);
    await queue.put(message);
    await joinAll(started);
  },
  async take(py, queue: Queue, sentAt: number) {
    await got(py.sys, sentAt, String(await queue.get()));
  },
});

export const programs = { ipc: bare, 'ipc-queue': queued };
