/** select(2), poll(2) and epoll(7). */
import { POLL } from '@netarium/core/syscall/sys.ts';
import { connected, listening } from '../sockets.ts';
import { bytes, type Cases, contract, holds, MS, refused, same, tookNs } from '../suite.ts';

const READY_MASK = POLL.IN | POLL.OUT | POLL.ERR | POLL.HUP | POLL.NVAL;

export const cases: Cases = {
  async 'poll tells what is ready, and how a pipe ends'(sys) {
    const [reader, writer] = await sys.pipe();
    const both = [
      { fd: reader, events: POLL.IN },
      { fd: writer, events: POLL.OUT },
    ];
    same(await sys.poll(both, -1), [{ fd: writer, revents: POLL.OUT }], 'an empty pipe');
    await sys.write(writer, bytes('x'));
    same(
      await sys.poll(both, -1),
      [
        { fd: reader, revents: POLL.IN },
        { fd: writer, revents: POLL.OUT },
      ],
      'a pipe with a byte',
    );
    await sys.close(writer);
    same(await sys.poll([both[0]!], -1), [{ fd: reader, revents: POLL.IN | POLL.HUP }], 'the byte and the end');
    await sys.read(reader, 1);
    same(await sys.poll([both[0]!], -1), [{ fd: reader, revents: POLL.HUP }], 'the end');
    const [lost, alone] = await sys.pipe();
    await sys.close(lost);
    same(await sys.poll([{ fd: alone, events: POLL.OUT }], -1), [{ fd: alone, revents: POLL.OUT | POLL.ERR }], 'EPIPE');
  },

  async 'poll waits as long as it is told'(sys) {
    const [reader] = await sys.pipe();
    const wanted = [{ fd: reader, events: POLL.IN }];
    same(await sys.poll(wanted, 0), [], 'only looked');
    const took = await tookNs(sys, () => sys.poll(wanted, 30 * MS));
    holds(took >= 30 * MS && took < 5000 * MS, `30 ms took ${took} ns`);
    const slept = await tookNs(sys, () => sys.poll([], 20 * MS));
    holds(slept >= 20 * MS && slept < 5000 * MS, `20 ms of nothing took ${slept} ns`);
  },

  async 'poll names what is closed and skips what is negative'(sys) {
    same(
      await sys.poll(
        [
          { fd: 77, events: POLL.IN },
          { fd: -1, events: POLL.IN },
        ],
        -1,
      ),
      [{ fd: 77, revents: POLL.NVAL }],
      'POLLNVAL',
    );
    const file = await sys.open('f', { read: true, write: true, create: true });
    same(
      await sys.poll([{ fd: file, events: POLL.IN | POLL.OUT }], -1),
      [{ fd: file, revents: POLL.IN | POLL.OUT }],
      'a file is always ready',
    );
  },

  async 'poll of a listener and of both ends of a connection'(sys) {
    const { fd: listener, at } = await listening(sys);
    same(await sys.poll([{ fd: listener, events: POLL.IN | POLL.OUT }], 0), [], 'nobody has come');
    const client = await sys.socket('inet', 'stream');
    await sys.connect(client, at);
    same(
      await sys.poll([{ fd: listener, events: POLL.IN | POLL.OUT }], 5000 * MS),
      [{ fd: listener, revents: POLL.IN }],
      'somebody has',
    );
    const { fd: server } = await sys.accept(listener);
    same(
      await sys.poll([{ fd: server, events: POLL.IN | POLL.OUT }], -1),
      [{ fd: server, revents: POLL.OUT }],
      'room, no data',
    );
    await sys.send(client, bytes('x'));
    await sys.poll([{ fd: server, events: POLL.IN }], 5000 * MS);
    same(
      await sys.poll([{ fd: server, events: POLL.IN | POLL.OUT }], -1),
      [{ fd: server, revents: POLL.IN | POLL.OUT }],
      'room and data',
    );
  },

  async 'select answers its sets'(sys) {
    const [reader, writer] = await sys.pipe();
    const [other] = await sys.pipe();
    const none = { read: [], write: [], except: [] };
    same(
      await sys.select({ read: [reader, other], write: [writer], except: [reader] }, -1),
      { ...none, write: [writer] },
      'room',
    );
    same(await sys.select({ read: [reader, other] }, 5 * MS), none, 'the time is over');
    await sys.write(writer, bytes('x'));
    same(await sys.select({ read: [other, reader] }, -1), { ...none, read: [reader] }, 'data');
    await sys.close(writer);
    await sys.read(reader, 1);
    same(await sys.select({ read: [reader] }, -1), { ...none, read: [reader] }, 'the end is readable');
    await refused(sys.select({ read: [77] }, 0), 'EBADF', 'a closed descriptor');
    const took = await tookNs(sys, () => sys.select({}, 20 * MS));
    holds(took >= 20 * MS && took < 5000 * MS, `20 ms of nothing took ${took} ns`);
  },

  async 'epoll tells levels again and again, edges once'(sys) {
    for (const flag of [0, POLL.ET]) {
      const [reader, writer] = await sys.pipe();
      const epoll = await sys.epoll_create();
      await sys.epoll_ctl(epoll, 'add', reader, POLL.IN | flag);
      await sys.write(writer, bytes('abc'));
      const counts: number[] = [];
      for (let i = 0; i < 3; i++) {
        counts.push((await sys.epoll_wait(epoll, 8, 0)).length);
        await sys.read(reader, 1);
      }
      counts.push((await sys.epoll_wait(epoll, 8, 0)).length);
      await sys.write(writer, bytes('d'));
      counts.push((await sys.epoll_wait(epoll, 8, 0)).length);
      same(counts, flag === 0 ? [1, 1, 1, 0, 1] : [1, 0, 0, 0, 1], flag === 0 ? 'levels' : 'edges');
    }
  },

  async 'edges of a connection: each arrival is told'(sys) {
    const { client, server } = await connected(sys);
    const epoll = await sys.epoll_create();
    await sys.epoll_ctl(epoll, 'add', server, POLL.IN | POLL.OUT | POLL.ET);
    same(await sys.epoll_wait(epoll, 8, 5000 * MS), [{ fd: server, revents: POLL.OUT }], 'room, at first');
    same(await sys.epoll_wait(epoll, 8, 0), [], 'and not again');
    for (const round of [1, 2]) {
      await sys.send(client, bytes('x'));
      same(
        await sys.epoll_wait(epoll, 8, 5000 * MS),
        [{ fd: server, revents: POLL.IN | POLL.OUT }],
        `arrival ${round}, though nothing was read`,
      );
    }
    same(await sys.epoll_wait(epoll, 8, 0), [], 'nothing new');
  },

  async 'a one-shot entry is told once, until it is armed again'(sys) {
    const [reader, writer] = await sys.pipe();
    const epoll = await sys.epoll_create();
    await sys.epoll_ctl(epoll, 'add', reader, POLL.IN | POLL.ONESHOT);
    await sys.write(writer, bytes('x'));
    const counts = [(await sys.epoll_wait(epoll, 8, 0)).length, (await sys.epoll_wait(epoll, 8, 0)).length];
    await sys.epoll_ctl(epoll, 'mod', reader, POLL.IN | POLL.ONESHOT);
    counts.push((await sys.epoll_wait(epoll, 8, 0)).length);
    same(counts, [1, 0, 1], 'told');
  },

  async 'entries are added once, changed and taken away'(sys) {
    const [reader, writer] = await sys.pipe();
    const epoll = await sys.epoll_create();
    await refused(sys.epoll_ctl(epoll, 'mod', reader, POLL.IN), 'ENOENT', 'mod of nothing');
    await refused(sys.epoll_ctl(epoll, 'del', reader), 'ENOENT', 'del of nothing');
    await sys.epoll_ctl(epoll, 'add', reader, POLL.IN);
    await refused(sys.epoll_ctl(epoll, 'add', reader, POLL.IN), 'EEXIST', 'add twice');
    await refused(sys.epoll_ctl(epoll, 'add', 77, POLL.IN), 'EBADF', 'add of nothing');
    await refused(sys.epoll_ctl(epoll, 'add', epoll, POLL.IN), 'EINVAL', 'add of itself');
    await refused(sys.epoll_ctl(reader, 'add', writer, POLL.OUT), 'EINVAL', 'to a pipe');
    await refused(sys.epoll_wait(epoll, 0, 0), 'EINVAL', 'no room for answers');
    const file = await sys.open('f', { read: true, write: true, create: true });
    await refused(sys.epoll_ctl(epoll, 'add', file, POLL.IN), 'EPERM', 'a file');
    await sys.write(writer, bytes('x'));
    same(await sys.epoll_wait(epoll, 8, 0), [{ fd: reader, revents: POLL.IN }], 'ready');
    await sys.epoll_ctl(epoll, 'mod', reader, 0);
    same(await sys.epoll_wait(epoll, 8, 0), [], 'asked for nothing');
    await sys.epoll_ctl(epoll, 'mod', reader, POLL.IN);
    await sys.epoll_ctl(epoll, 'del', reader);
    same(await sys.epoll_wait(epoll, 8, 0), [], 'taken away');
  },

  async 'a closed descriptor leaves its epoll set, a duplicate keeps it there'(sys) {
    const [reader, writer] = await sys.pipe();
    const epoll = await sys.epoll_create();
    await sys.epoll_ctl(epoll, 'add', reader, POLL.IN);
    await sys.write(writer, bytes('x'));
    const twin = await sys.dup(reader);
    await sys.close(reader);
    same((await sys.epoll_wait(epoll, 8, 0)).length, 1, 'with a duplicate open');
    await sys.close(twin);
    same(await sys.epoll_wait(epoll, 8, 0), [], 'with none');
  },

  async 'epoll_wait answers at most as many as asked, and takes turns'(sys) {
    const epoll = await sys.epoll_create();
    const readers: number[] = [];
    for (let i = 0; i < 3; i++) {
      const [reader, writer] = await sys.pipe();
      await sys.epoll_ctl(epoll, 'add', reader, POLL.IN);
      await sys.write(writer, bytes('x'));
      readers.push(reader);
    }
    const seen = new Set<number>();
    for (let i = 0; i < 3; i++) {
      const found = await sys.epoll_wait(epoll, 1, 0);
      same(found.length, 1, 'one at a time');
      seen.add(found[0]!.fd);
    }
    same(seen.size, 3, 'different ones');
    same((await sys.epoll_wait(epoll, 2, 0)).length, 2, 'two');
    same(
      (await sys.epoll_wait(epoll, 8, 0)).map(({ fd }) => fd).sort((a, b) => a - b),
      readers,
      'all',
    );
  },

  async 'epoll waits as long as it is told, and wakes for what comes'(sys) {
    const epoll = await sys.epoll_create();
    const took = await tookNs(sys, () => sys.epoll_wait(epoll, 8, 30 * MS));
    holds(took >= 30 * MS && took < 5000 * MS, `30 ms took ${took} ns`);
    const { client, server } = await connected(sys);
    await sys.epoll_ctl(epoll, 'add', server, POLL.IN | POLL.RDHUP);
    await sys.close(client);
    const [found] = await sys.epoll_wait(epoll, 8, 5000 * MS);
    same([found?.fd, (found?.revents ?? 0) & POLL.RDHUP], [server, POLL.RDHUP], 'the peer closed');
    same(found!.revents & READY_MASK & ~(POLL.IN | POLL.HUP), 0, 'and no error');
  },

  async 'hang-up and errors are told to who asked for nothing'(sys) {
    const [reader, writer] = await sys.pipe();
    const epoll = await sys.epoll_create();
    await sys.epoll_ctl(epoll, 'add', reader, 0);
    await sys.close(writer);
    same(await sys.epoll_wait(epoll, 8, 0), [{ fd: reader, revents: POLL.HUP }], 'EPOLLHUP');
    same(await sys.poll([{ fd: reader, events: 0 }], 0), [{ fd: reader, revents: POLL.HUP }], 'POLLHUP');
  },
};

export const main = contract(cases);
