/** epoll: level and edge, one shot, errors, closing with and without a copy, one inside another. */
import { POLL, type Sys } from '@netarium/core/syscall/sys.ts';
import { exceptionText, type Pair, type Trace } from '../pair.ts';

const bytes = (length: number) => new Uint8Array(length);

async function modes(sys: Sys, ends: readonly [number, number], e: number, look: (name: string) => Promise<void>) {
  const [r, w] = ends;
  await sys.epoll_ctl(e, 'add', r, POLL.IN);
  await look('nothing there');
  await sys.write(w, bytes(3));
  await look('level, first look');
  await look('level, second look');
  await sys.read(r, 1);
  await look('level, part is left');
  await sys.epoll_ctl(e, 'mod', r, POLL.IN | POLL.ET);
  await look('edge, told of what is there');
  await look('edge, second look');
  await sys.read(r, 1);
  await look('edge, after a read');
  await sys.write(w, bytes(1));
  await look('edge, new data');
  await look('edge, forgotten data');
  await sys.epoll_ctl(e, 'mod', r, POLL.IN | POLL.ONESHOT);
  await look('one shot');
  await sys.write(w, bytes(1));
  await look('one shot is spent');
  await sys.epoll_ctl(e, 'mod', r, POLL.IN | POLL.ONESHOT);
  await look('one shot again');
}

async function errors(sys: Sys, trace: Trace, r: number, e: number, look: (name: string) => Promise<void>) {
  const attempt = async (name: string, call: Promise<void>) => {
    await call.then(
      () => trace.at(`${name}: done`),
      (error: unknown) => trace.at(`raised ${exceptionText(error)}`, name),
    );
  };
  await attempt('twice', sys.epoll_ctl(e, 'add', r, POLL.IN));
  await sys.epoll_ctl(e, 'del', r);
  await look('unregistered');
  await attempt('not there', sys.epoll_ctl(e, 'mod', r, POLL.IN));
  await attempt('not there either', sys.epoll_ctl(e, 'del', r));
  const file = await sys.open('file', { write: true, create: true });
  await attempt('regular file', sys.epoll_ctl(e, 'add', file, POLL.IN));
  await sys.close(file);
  await attempt('closed descriptor', sys.epoll_ctl(e, 'add', 99, POLL.IN));
  await attempt('itself', sys.epoll_ctl(e, 'add', e, POLL.IN));
}

async function closing(sys: Sys, [r, w]: readonly [number, number], e: number, look: (name: string) => Promise<void>) {
  await sys.epoll_ctl(e, 'add', r, POLL.IN);
  await sys.read(r, 10);
  await sys.close(w);
  await look('writer gone');
  const copy = await sys.dup(r);
  await sys.close(r);
  await look('closed, but a copy is open');
  await sys.close(copy);
  await look('closed for good');
  const inner = await sys.epoll_create();
  const [reading, writing] = await sys.pipe();
  await sys.epoll_ctl(inner, 'add', reading, POLL.IN);
  await sys.epoll_ctl(e, 'add', inner, POLL.IN);
  await sys.write(writing, bytes(1));
  await look('an epoll in an epoll');
}

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const ends = await sys.pipe();
    const e = await sys.epoll_create();
    const look = async (name: string) => {
      const found = await sys.epoll_wait(e, 64, 0);
      trace.at(`${name}: ${found.map(({ revents }) => ((revents & POLL.HUP) !== 0 ? 'HUP' : 'IN')).join(' ')}`);
    };
    await modes(sys, ends, e, look);
    await errors(sys, trace, ends[0], e, look);
    await closing(sys, ends, e, look);
    return 0;
  },
} satisfies Pair;
