/** Child processes that start at an entry of the same program: fork(2), mmap(2), shm_open(3). */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { bytes, type Cases, content, contract, holds, MS, put, refused, same, text } from '../suite.ts';

/** Entries of child processes; what they answer is the exit code. */
export async function tellsIds(sys: Sys, fd: number): Promise<number> {
  await sys.write(fd, bytes(JSON.stringify([await sys.getpid(), await sys.getppid(), await sys.getcwd()])));
  return 7;
}

export async function changesCells(sys: Sys, own: number, shared: number, fd: number): Promise<number> {
  await sys.write(fd, bytes(JSON.stringify([await sys.cell_load(own), await sys.cell_load(shared)])));
  await sys.cell_store(own, 'child');
  await sys.cell_store(shared, 'child');
  return 0;
}

export async function adds(sys: Sys, cell: number, times: number): Promise<number> {
  for (let i = 0; i < times; i++) await sys.cell_add(cell, 1);
  return 0;
}

export async function addsLocked(sys: Sys, mutex: number, cell: number, times: number): Promise<number> {
  for (let i = 0; i < times; i++) {
    await sys.mutex_lock(mutex);
    await sys.cell_store(cell, ((await sys.cell_load(cell)) as number) + 1);
    await sys.mutex_unlock(mutex);
  }
  return 0;
}

export async function findsByName(sys: Sys, name: string): Promise<number> {
  return (await sys.cell_add(await sys.cell_create(0, { name }), 1)) as number;
}

export async function reads(sys: Sys, fd: number): Promise<number> {
  return (await sys.read(fd, 3)).length;
}

export async function writesAndExits(sys: Sys, fd: number): Promise<number> {
  await sys.write(fd, bytes('before the end'));
  await sys.exit(9);
  return 0;
}

export async function waitsForSignal(sys: Sys, fd: number): Promise<number> {
  await sys.write(fd, bytes('ready'));
  await sys.nanosleep(3_600_000 * MS);
  return 0;
}

/** As a program that tidies up and then dies of the signal after all. */
export async function tidiesUp(sys: Sys, fd: number): Promise<number> {
  await sys.sigaction('SIGTERM', {
    async handler(inner, signal) {
      await inner.write(fd, bytes('tidied'));
      await inner.sigaction(signal, 'default');
      await inner.kill(await inner.getpid(), signal);
      await inner.write(fd, bytes(', blocked'));
    },
  });
  await sys.write(fd, bytes('ready'));
  await sys.nanosleep(3_600_000 * MS).catch(() => undefined);
  await sys.write(fd, bytes(', went on'));
  return 0;
}

export async function takesShared(sys: Sys, list: number, full: number, sum: number): Promise<number> {
  for (let taken = 0; ; taken++) {
    await sys.sem_wait(full);
    const item = await sys.list_remove(list, 0);
    if (item === null) return taken;
    await sys.cell_add(sum, item as number);
  }
}

export const cases: Cases = {
  async 'a child has a pid of its own, its parent’s directory and an exit code'(sys, dir) {
    const [reader, writer] = await sys.pipe();
    const pid = await sys.fork('tellsIds', [writer]);
    const told = JSON.parse(text(await sys.read(reader, 1000))) as unknown;
    same(told, [pid, await sys.getpid(), dir], 'pid, ppid, cwd');
    holds(pid !== (await sys.getpid()), 'two processes');
    same(await sys.waitpid(pid), { pid, code: 7 }, 'what the entry answered');
    await refused(sys.waitpid(pid), 'ECHILD', 'waited for once');
    await refused(sys.fork('no such entry'), 'EINVAL', 'an unknown entry');
  },

  async 'cells are copied, shared ones are shared'(sys) {
    const [own, shared] = [await sys.cell_create('parent'), await sys.cell_create('parent', { shared: true })];
    const [reader, writer] = await sys.pipe();
    const pid = await sys.fork('changesCells', [own, shared, writer]);
    same((await sys.waitpid(pid))?.code, 0, 'the child');
    same(JSON.parse(text(await sys.read(reader, 100))), ['parent', 'parent'], 'what it found');
    same([await sys.cell_load(own), await sys.cell_load(shared)], ['parent', 'child'], 'what it left');
  },

  async 'cell_add and a shared lock lose nothing between processes'(sys) {
    const [plain, locked] = [await sys.cell_create(0, { shared: true }), await sys.cell_create(0, { shared: true })];
    const mutex = await sys.mutex_create({ shared: true });
    for (let i = 0; i < 3; i++) {
      await sys.fork('adds', [plain, 200]);
      await sys.fork('addsLocked', [mutex, locked, 50]);
    }
    for (let i = 0; i < 6; i++) same((await sys.waitpid(-1))?.code, 0, 'a child');
    same([await sys.cell_load(plain), await sys.cell_load(locked)], [600, 150], 'counted');
  },

  async 'a name finds the same cell in every process'(sys) {
    const name = `/contract-${await sys.getpid()}`;
    const cell = await sys.cell_create(5, { name });
    const pid = await sys.fork('findsByName', [name]);
    same(await sys.waitpid(pid), { pid, code: 5 }, 'the child found what was there');
    same(await sys.cell_load(cell), 6, 'and added to it');
    await sys.shm_unlink(name);
    await refused(sys.shm_unlink(name), 'ENOENT', 'the name has gone');
  },

  async 'parent and child share the offset of an open file'(sys) {
    await put(sys, 'f', 'abcdefgh');
    const fd = await sys.open('f', { read: true });
    const pid = await sys.fork('reads', [fd]);
    same(await sys.waitpid(pid), { pid, code: 3 }, 'the child read three bytes');
    same(text(await sys.read(fd, 3)), 'def', 'the parent the next three');
    same(await content(sys, 'f'), 'abcdefgh', 'another open starts at the beginning');
  },

  async 'a pipe ends when parent and child have closed it'(sys) {
    const [reader, writer] = await sys.pipe();
    const pid = await sys.fork('writesAndExits', [writer]);
    await sys.close(writer);
    same(text(await sys.read(reader, 100)), 'before the end', 'what it wrote');
    same((await sys.read(reader, 1)).length, 0, 'the end');
    same(await sys.waitpid(pid), { pid, code: 9 }, 'exit');
  },

  async 'a signal ends a child, and ignored ones stay ignored'(sys) {
    const [reader, writer] = await sys.pipe();
    await sys.sigaction('SIGTERM', 'ignore');
    const pid = await sys.fork('waitsForSignal', [writer]);
    same(text(await sys.read(reader, 10)), 'ready', 'it runs');
    await sys.kill(pid, 'SIGTERM');
    await sys.nanosleep(30 * MS);
    same(await sys.waitpid(pid, { nohang: true }), undefined, 'SIGTERM is ignored, as its parent had it');
    await sys.kill(pid, 'SIGKILL');
    same(await sys.waitpid(pid), { pid, signal: 'SIGKILL' }, 'SIGKILL is not');
  },

  async 'a handler that sends its signal again, by default now: that ends the process when it returns'(sys) {
    const [reader, writer] = await sys.pipe();
    const pid = await sys.fork('tidiesUp', [writer]);
    same(text(await sys.read(reader, 10)), 'ready', 'it runs');
    await sys.kill(pid, 'SIGTERM');
    same(await sys.waitpid(pid), { pid, signal: 'SIGTERM' }, 'how it ended');
    await sys.close(writer);
    same(text(await sys.read(reader, 100)), 'tidied, blocked', 'what it did before');
  },

  async 'a queue between processes hands each item to one taker'(sys) {
    const [list, full] = [await sys.list_create([], { shared: true }), await sys.sem_create(0, { shared: true })];
    const sum = await sys.cell_create(0, { shared: true });
    for (let i = 0; i < 2; i++) await sys.fork('takesShared', [list, full, sum]);
    for (let item = 1; item <= 50; item++) {
      await sys.list_push(list, item);
      await sys.sem_post(full);
    }
    for (let i = 0; i < 2; i++) {
      await sys.list_push(list, null);
      await sys.sem_post(full);
    }
    let taken = 0;
    for (let i = 0; i < 2; i++) taken += (await sys.waitpid(-1))!.code!;
    same([taken, await sys.cell_load(sum)], [50, 1275], 'items and their sum');
  },
};

export const main = contract(cases);
