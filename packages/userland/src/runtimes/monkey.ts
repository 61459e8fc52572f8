/**
 * Monkey patching (gevent.monkey.patch_all): another `sys` with the same calls, whose waits switch greenlets instead of blocking the thread. A program
 * written against `sys` runs on it unchanged and knows nothing of it. What a patched program cannot wait for together blocks as before.
 *
 * Patched: sleeping, sockets, poll, select. Not patched, as in gevent: files and pipes. Unlike gevent: waitpid blocks. epoll is taken away, as gevent does, for
 * it would block the thread. Patching after a socket was made leaves that one as it was: patch first.
 */
import { E, SysError } from '@netarium/core/base/errno.ts';
import { type FdSets, POLL, type PollResult, type Sys } from '@netarium/core/syscall/sys.ts';
import { sysWith } from '@netarium/core/syscall/sys-of.ts';
import { errnoOf, unless } from '../lib/failure.ts';
import type { Hub } from './gevent.ts';
import type { Direction } from './readiness.ts';

/** What the patched calls replace. */
type Patched = Pick<
  Sys,
  | 'nanosleep'
  | 'socket'
  | 'accept'
  | 'connect'
  | 'send'
  | 'sendto'
  | 'recv'
  | 'recvfrom'
  | 'read'
  | 'write'
  | 'poll'
  | 'select'
  | 'close'
  | 'setNonblock'
  | 'epoll_create'
>;

/** The calls of `hub.sys`, with those that wait made cooperative. */
export function patchAll(hub: Hub): Sys {
  const { sys } = hub;
  /** Sockets that the program takes for blocking ones; the kernel has them non-blocking. */
  const cooperative = new Set<number>();
  const attempt = <T>(fd: number, direction: Direction, call: () => Promise<T>, dontwait = false): Promise<T> =>
    cooperative.has(fd) && !dontwait ? untilDone(hub, fd, direction, call) : call();
  const patched: Patched = {
    nanosleep: (ns) => hub.sleep(ns),
    async socket(family, type, protocol, flags) {
      const fd = await sys.socket(family, type, protocol, { ...flags, nonblock: true });
      if (flags?.nonblock !== true) cooperative.add(fd);
      return fd;
    },
    async accept(fd, flags) {
      const accepted = await attempt(fd, 'read', () => sys.accept(fd, { ...flags, nonblock: true }));
      if (flags?.nonblock !== true) cooperative.add(accepted.fd);
      return accepted;
    },
    connect: (fd, address) => (cooperative.has(fd) ? connect(hub, fd, address) : sys.connect(fd, address)),
    send: (fd, data, flags) => attempt(fd, 'write', () => sys.send(fd, data, flags), flags?.dontwait),
    sendto: (fd, data, to, flags) => attempt(fd, 'write', () => sys.sendto(fd, data, to, flags), flags?.dontwait),
    recv: (fd, length, flags) => attempt(fd, 'read', () => sys.recv(fd, length, flags), flags?.dontwait),
    recvfrom: (fd, length, flags) => attempt(fd, 'read', () => sys.recvfrom(fd, length, flags), flags?.dontwait),
    read: (fd, length) => attempt(fd, 'read', () => sys.read(fd, length)),
    write: (fd, data) => attempt(fd, 'write', () => sys.write(fd, data)),
    poll: (requests, timeoutNs) => poll(hub, requests, timeoutNs),
    select: (sets, timeoutNs) => select(hub, sets, timeoutNs),
    close(fd) {
      cooperative.delete(fd);
      return sys.close(fd);
    },
    async setNonblock(fd, on) {
      if (on) cooperative.delete(fd);
      else cooperative.add(fd);
      await sys.setNonblock(fd, true);
    },
    epoll_create: () => Promise.reject(new SysError(E.ENOSYS, 'epoll_create', 'taken away by monkey patching')),
  };
  return sysWith(sys, patched);
}

/** The call again and again, with a wait at the hub wherever it would block. */
async function untilDone<T>(hub: Hub, fd: number, direction: Direction, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN') throw error;
    }
    await hub.waitReady([[fd, direction]]);
  }
}

async function connect(hub: Hub, fd: number, address: Parameters<Sys['connect']>[1]): Promise<void> {
  try {
    return await hub.sys.connect(fd, address);
  } catch (error) {
    if (errnoOf(error) !== 'EINPROGRESS') throw error;
  }
  await hub.waitReady([[fd, 'write']]);
  // The second call fails with the outcome of the first, or with EISCONN (connect(2)).
  await unless(hub.sys.connect(fd, address), 'EISCONN');
}

async function poll(hub: Hub, requests: Parameters<Sys['poll']>[0], timeoutNs: number): Promise<readonly PollResult[]> {
  const ready = await hub.sys.poll(requests, 0);
  if (ready.length > 0 || timeoutNs === 0) return ready;
  const wanted = requests.flatMap(({ fd, events }): [number, Direction][] => {
    if (fd < 0) return [];
    const read: [number, Direction][] = (events & ~POLL.OUT) !== 0 || events === 0 ? [[fd, 'read']] : [];
    return (events & POLL.OUT) === 0 ? read : [...read, [fd, 'write']];
  });
  await hub.waitReady(wanted, timeoutNs);
  return hub.sys.poll(requests, 0);
}

async function select(hub: Hub, sets: FdSets, timeoutNs: number): Promise<Required<FdSets>> {
  const ready = await hub.sys.select(sets, 0);
  if (timeoutNs === 0 || ready.read.length + ready.write.length + ready.except.length > 0) return ready;
  const read = new Set([...(sets.read ?? []), ...(sets.except ?? [])]);
  const wanted = [...read].map((fd): [number, Direction] => [fd, 'read']);
  for (const fd of sets.write ?? []) wanted.push([fd, 'write']);
  await hub.waitReady(wanted, timeoutNs);
  return hub.sys.select(sets, 0);
}
