import { describe, expect, it } from 'vitest';
import type { SysError } from '../base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import { printed } from './kernel.test-util.ts';
import { O, POLL, type Program, type Ring, type Sys } from './sys.ts';

const MS = 1_000_000;
const code = (error: unknown): string => (error as SysError).code;
const X = encodeUtf8('x');

const say = (sys: Sys, value: unknown): Promise<number> =>
  sys.write(1, encodeUtf8(`${typeof value === 'string' ? value : JSON.stringify(value)}\n`));

/** What a thread's counters say (/proc/self/task/TID/calls). */
async function counters(sys: Sys, pid: number): Promise<Record<string, number>> {
  const fd = await sys.open(`/proc/${pid}/task/${pid}/calls`, { read: true });
  const text = decodeUtf8(await sys.read(fd, 4096));
  await sys.close(fd);
  return Object.fromEntries([...text.matchAll(/^(\w+):\t(\d+)$/gm)].map(([, name, value]) => [name, Number(value)]));
}

describe('select', () => {
  it('answers the sets of what is ready, an end of file too, and nothing when the time is over', async () => {
    const main: Program = async (sys) => {
      const [r1, w1] = await sys.pipe();
      const [r2] = await sys.pipe();
      const sets = { read: [r1, r2], write: [w1], except: [r1] };
      await say(sys, await sys.select(sets, -1));
      await say(sys, await sys.select({ read: [r1, r2] }, 5 * MS));
      await sys.close(w1);
      await say(sys, await sys.select({ read: [r1, r2] }, -1));
      return 0;
    };
    expect(await printed(main)).toBe(
      '{"read":[],"write":[4],"except":[]}\n{"read":[],"write":[],"except":[]}\n{"read":[3],"write":[],"except":[]}\n',
    );
  });

  it('refuses numbers that no fd_set holds, however few there are, and closed ones', async () => {
    const main: Program = async (sys) => {
      await sys.setrlimit('RLIMIT_NOFILE', { soft: 6000, hard: 6000 });
      const [reader] = await sys.pipe();
      await sys.dup2(reader, 1023);
      await sys.dup2(reader, 1024);
      await sys.dup2(reader, 5000);
      await say(sys, await sys.select({ read: [1023] }, 0).then(() => 'ok', code));
      await say(sys, await sys.select({ read: [1024] }, 0).then(() => 'ok', code));
      await say(sys, await sys.poll([{ fd: 5000, events: POLL.IN }], 0).then(() => 'ok', code));
      await say(sys, await sys.select({ read: [77] }, 0).then(() => 'ok', code));
      await say(
        sys,
        await sys.poll(
          [
            { fd: 77, events: POLL.IN },
            { fd: -1, events: POLL.IN },
          ],
          -1,
        ),
      );
      return 0;
    };
    expect(await printed(main)).toBe(`ok\nEINVAL\nok\nEBADF\n[{"fd":77,"revents":${POLL.NVAL}}]\n`);
  });
});

describe('epoll', () => {
  it('level-triggered tells again until the data is read, edge-triggered once per arrival', async () => {
    const main: Program = async (sys) => {
      const [reader, writer] = await sys.pipe();
      for (const flag of [0, POLL.ET]) {
        const epoll = await sys.epoll_create();
        await sys.epoll_ctl(epoll, 'add', reader, POLL.IN | flag);
        await sys.write(writer, encodeUtf8('abc'));
        const counts: number[] = [];
        for (let i = 0; i < 3; i++) {
          counts.push((await sys.epoll_wait(epoll, 8, 0)).length);
          await sys.read(reader, 1);
        }
        await sys.write(writer, X);
        counts.push((await sys.epoll_wait(epoll, 8, 0)).length);
        await sys.read(reader, 10);
        await say(sys, counts);
        await sys.close(epoll);
      }
      return 0;
    };
    expect(await printed(main)).toBe('[1,1,1,1]\n[1,0,0,1]\n');
  });

  it('a one-shot entry is told once, errors included, until it is armed again', async () => {
    const main: Program = async (sys) => {
      const [reader, writer] = await sys.pipe();
      const epoll = await sys.epoll_create();
      await sys.epoll_ctl(epoll, 'add', reader, POLL.IN | POLL.ONESHOT);
      await sys.write(writer, X);
      const counts = [(await sys.epoll_wait(epoll, 8, 0)).length, (await sys.epoll_wait(epoll, 8, 0)).length];
      await sys.close(writer);
      counts.push((await sys.epoll_wait(epoll, 8, 0)).length);
      await sys.epoll_ctl(epoll, 'mod', reader, POLL.IN | POLL.ONESHOT);
      await say(sys, counts);
      await say(sys, await sys.epoll_wait(epoll, 8, 0));
      return 0;
    };
    expect(await printed(main)).toBe(`[1,0,0]\n[{"fd":3,"revents":${POLL.IN | POLL.HUP}}]\n`);
  });

  it('HUP is told to an entry that asked for nothing', async () => {
    const main: Program = async (sys) => {
      const [reader, writer] = await sys.pipe();
      const epoll = await sys.epoll_create();
      await sys.epoll_ctl(epoll, 'add', reader, 0);
      await sys.close(writer);
      await say(sys, await sys.epoll_wait(epoll, 8, -1));
      return 0;
    };
    expect(await printed(main)).toBe(`[{"fd":3,"revents":${POLL.HUP}}]\n`);
  });

  it('an epoll can watch an epoll, five deep and not in a circle', async () => {
    const main: Program = async (sys) => {
      const [reader, writer] = await sys.pipe();
      let inner = await sys.epoll_create();
      await sys.epoll_ctl(inner, 'add', reader, POLL.IN);
      const first = inner;
      for (let depth = 2; depth <= 6; depth++) {
        const outer = await sys.epoll_create();
        const refused = await sys.epoll_ctl(outer, 'add', inner, POLL.IN).then(() => '', code);
        if (refused !== '') await say(sys, `${depth} ${refused}`);
        else inner = outer;
      }
      await say(sys, await sys.epoll_ctl(first, 'add', inner, POLL.IN).then(() => 'ok', code));
      await say(sys, await sys.epoll_ctl(first, 'add', first, POLL.IN).then(() => 'ok', code));
      await sys.write(writer, X);
      await say(sys, (await sys.epoll_wait(inner, 8, -1)).length);
      return 0;
    };
    expect(await printed(main)).toBe('6 ELOOP\nELOOP\nEINVAL\n1\n');
  });

  it('a closed descriptor whose file lives on elsewhere is still told of (epoll(7), Q6)', async () => {
    const main: Program = async (sys) => {
      const [reader, writer] = await sys.pipe();
      const epoll = await sys.epoll_create();
      await sys.epoll_ctl(epoll, 'add', reader, POLL.IN);
      const copy = await sys.dup(reader);
      await sys.close(reader);
      await sys.write(writer, X);
      await say(
        sys,
        (await sys.epoll_wait(epoll, 8, 0)).map(({ fd }) => fd === reader),
      );
      await sys.close(copy);
      await say(sys, await sys.epoll_wait(epoll, 8, 0));
      return 0;
    };
    expect(await printed(main)).toBe('[true]\n[]\n');
  });

  it('EPOLLEXCLUSIVE refuses what does not go with it', async () => {
    const main: Program = async (sys) => {
      const [reader] = await sys.pipe();
      const epoll = await sys.epoll_create();
      const other = await sys.epoll_create();
      const wrong = POLL.IN | POLL.EXCLUSIVE | POLL.ONESHOT;
      await say(sys, await sys.epoll_ctl(epoll, 'add', reader, wrong).then(() => 'ok', code));
      await say(sys, await sys.epoll_ctl(epoll, 'add', other, POLL.IN | POLL.EXCLUSIVE).then(() => 'ok', code));
      await say(sys, await sys.epoll_ctl(epoll, 'add', reader, POLL.IN | POLL.EXCLUSIVE).then(() => 'ok', code));
      await say(sys, await sys.epoll_ctl(epoll, 'mod', reader, POLL.IN).then(() => 'ok', code));
      return 0;
    };
    expect(await printed(main)).toBe('EINVAL\nEINVAL\nok\nEINVAL\n');
  });
});

describe('the herd', () => {
  /** Ten processes wait on a pipe that they inherited, and one byte comes: how many of them were woken. */
  const woken = async (how: string): Promise<number> => {
    const waiter: Program = async (sys, argv) => {
      if (argv[1] === 'poll') await sys.poll([{ fd: 3, events: POLL.IN }], -1);
      else if (argv[1] !== 'read') {
        const epoll = await sys.epoll_create();
        await sys.epoll_ctl(epoll, 'add', 3, POLL.IN | (argv[1] === 'exclusive' ? POLL.EXCLUSIVE : 0));
        await sys.epoll_wait(epoll, 1, -1);
      }
      await sys.setNonblock(3, argv[1] !== 'read');
      await sys.read(3, 1).catch(code);
      return 0;
    };
    const main: Program = async (sys) => {
      const [reader, writer] = await sys.pipe();
      const pids: number[] = [];
      for (let i = 0; i < 10; i++) pids.push(await sys.spawn('/bin/waiter', ['waiter', how], { fds: { 3: reader } }));
      await sys.nanosleep(10 * MS);
      await sys.write(writer, X);
      await sys.nanosleep(10 * MS);
      let count = 0;
      // One of them took the byte and is a zombie now; the others wait on.
      for (const pid of pids) if (((await counters(sys, pid).catch(() => ({ wakeups: 1 }))).wakeups ?? 0) > 0) count++;
      await say(sys, String(count));
      for (const pid of pids) await sys.kill(pid, 'SIGKILL');
      return 0;
    };
    return Number(await printed(main, { waiter }));
  };

  it('one byte wakes all that poll, all epolls, one reader, one of the exclusive epolls', async () => {
    expect(await woken('poll')).toBe(10);
    expect(await woken('epoll')).toBe(10);
    expect(await woken('read')).toBe(1);
    expect(await woken('exclusive')).toBe(1);
  });
});

describe('counters', () => {
  it('tell calls, waits, wake-ups, wasted calls and scanned files apart', async () => {
    const main: Program = async (sys) => {
      const pipes = [];
      for (let i = 0; i < 5; i++) pipes.push(await sys.pipe());
      const before = await counters(sys, await sys.getpid());
      await sys.poll(
        pipes.map(([fd]) => ({ fd, events: POLL.IN })),
        2 * MS,
      );
      const polled = await counters(sys, await sys.getpid());
      await sys.setNonblock(pipes[0]![0], true);
      for (let i = 0; i < 7; i++) await sys.read(pipes[0]![0], 1).catch(code);
      const after = await counters(sys, await sys.getpid());
      await say(sys, [polled.scanned! - before.scanned!, polled.blocked! - before.blocked!]);
      await say(sys, [polled.wakeups! - before.wakeups!, after.again! - polled.again!]);
      return 0;
    };
    expect(await printed(main)).toBe('[10,1]\n[1,7]\n');
  });
});

describe('signal-driven I/O', () => {
  it('O_ASYNC sends SIGIO to the owner when data comes; F_SETSIG chooses a signal that names the descriptor', async () => {
    const main: Program = async (sys) => {
      const [reader, writer] = await sys.pipe();
      const flags = await sys.fcntl(reader, 'F_GETFL');
      await sys.fcntl(reader, 'F_SETOWN', await sys.getpid());
      await sys.fcntl(reader, 'F_SETFL', flags | O.ASYNC | O.NONBLOCK);
      await sys.sigprocmask('block', ['SIGIO', 'SIGRTMIN']);
      await sys.write(writer, X);
      await say(sys, (await sys.sigtimedwait(['SIGIO'], 0)).code);
      await sys.read(reader, 1);
      await sys.fcntl(reader, 'F_SETSIG', 34);
      await sys.write(writer, X);
      const { signal, code: why, fd, band } = await sys.sigtimedwait(['SIGRTMIN'], 0);
      await say(sys, [signal, why, fd === reader, band === POLL.IN]);
      await sys.fcntl(reader, 'F_SETFL', flags);
      await sys.write(writer, X);
      await say(sys, await sys.sigtimedwait(['SIGRTMIN', 'SIGIO'], 0).then(String, code));
      await say(sys, [flags, await sys.fcntl(writer, 'F_GETFL'), await sys.fcntl(reader, 'F_GETOWN')]);
      return 0;
    };
    expect(await printed(main)).toBe('SI_KERNEL\n["SIGRTMIN","POLL_IN",true,true]\nEAGAIN\n[0,1,2]\n');
  });
});

describe('io_uring', () => {
  const results = (ring: Ring): number[][] => ring.completions.splice(0).map((c) => [c.userData, c.result]);

  it('reads while the program computes: the data is in the buffer when the completion is there', async () => {
    const main: Program = async (sys) => {
      const [reader, writer] = await sys.pipe();
      await sys.spawn('/bin/writer', ['writer'], { fds: { 1: writer } });
      const ring = await sys.io_uring_setup(8);
      const buffer = new Uint8Array(16);
      ring.submissions.push({ operation: { op: 'read', fd: reader, buffer }, userData: 7 });
      await say(sys, await sys.io_uring_enter(ring.fd, 1));
      await say(sys, ring.completions);
      await sys.cpu(20 * MS);
      // No call in between: the kernel has filled both the ring and the buffer.
      const done = results(ring);
      await say(sys, done);
      await say(sys, decodeUtf8(buffer.subarray(0, done[0]![1])));
      return 0;
    };
    const writer: Program = async (sys) => {
      await sys.nanosleep(5 * MS);
      await sys.write(1, encodeUtf8('hello'));
      return 0;
    };
    expect(await printed(main, { writer })).toBe('1\n[]\n[[7,5]]\nhello\n');
  });

  it('waits for completions, times out, cancels, and answers errors as minus numbers', async () => {
    const main: Program = async (sys) => {
      const [reader, writer] = await sys.pipe();
      const ring = await sys.io_uring_setup(8);
      const { submissions } = ring;
      submissions.push({ operation: { op: 'nop' }, userData: 1 });
      submissions.push({ operation: { op: 'read', fd: 99, buffer: new Uint8Array(1) }, userData: 2 });
      submissions.push({ operation: { op: 'read', fd: reader, buffer: new Uint8Array(1) }, userData: 3 });
      submissions.push({ operation: { op: 'timeout', ns: 5 * MS }, userData: 4 });
      submissions.push({ operation: { op: 'accept', fd: reader }, userData: 5 });
      await say(sys, await sys.io_uring_enter(ring.fd, 5));
      await say(sys, results(ring));
      await sys.io_uring_enter(ring.fd, 0, 1);
      await say(sys, results(ring));
      await say(sys, await sys.io_uring_enter(ring.fd, 0, 1, MS).then(String, code));
      submissions.push({ operation: { op: 'cancel', userData: 3 }, userData: 6 });
      submissions.push({ operation: { op: 'cancel', userData: 3 }, userData: 7 });
      submissions.push({ operation: { op: 'write', fd: writer, data: X }, userData: 8 });
      await sys.io_uring_enter(ring.fd, 3);
      await say(sys, results(ring));
      return 0;
    };
    expect(await printed(main)).toBe('5\n[[1,0],[2,-9],[5,-88]]\n[[4,-62]]\nETIME\n[[3,-125],[6,0],[7,-2],[8,1]]\n');
  });

  it('its descriptor is readable while completions wait', async () => {
    const main: Program = async (sys) => {
      const ring = await sys.io_uring_setup(2);
      ring.submissions.push({ operation: { op: 'timeout', ns: MS }, userData: 1 });
      await sys.io_uring_enter(ring.fd, 1);
      await say(sys, await sys.poll([{ fd: ring.fd, events: POLL.IN }], 10 * MS));
      return 0;
    };
    expect(await printed(main)).toBe('[{"fd":3,"revents":1}]\n');
  });
});
