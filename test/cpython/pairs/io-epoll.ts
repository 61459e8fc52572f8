/** epoll: level and edge, one-shot, exclusive, what it refuses, nested sets. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { POLL, type Sys } from '@netarium/core/syscall/sys.ts';
import type { Pair, Trace } from '../pair.ts';

const NAMES = ['IN', 'OUT', 'ERR', 'HUP'] as const;
const { IN, ET, ONESHOT, EXCLUSIVE } = POLL;

class Watching {
  readonly names = new Map<number, string>();
  constructor(
    readonly sys: Sys,
    readonly trace: Trace,
  ) {}

  async events(epoll: number): Promise<string> {
    const found = await this.sys.epoll_wait(epoll, 8, 0);
    const texts = found.map(
      ({ fd, revents }) => `${this.names.get(fd)}:${NAMES.filter((name) => (revents & POLL[name]) !== 0).join('|')}`,
    );
    return texts.join(' ') || 'nothing';
  }

  async attempt(label: string, call: Promise<unknown>): Promise<void> {
    try {
      await call;
      this.trace.at(`${label} ok`);
    } catch (error) {
      this.trace.raised(error);
    }
  }
}

async function triggers(watching: Watching, r: number, w: number): Promise<number> {
  const { sys, trace } = watching;
  const [level, edge] = [await sys.epoll_create(), await sys.epoll_create()];
  await sys.epoll_ctl(level, 'add', r, IN);
  await sys.epoll_ctl(edge, 'add', r, IN | ET);
  const both = async (label: string): Promise<void> => {
    const first = await watching.events(level);
    trace.at(`${label}: level ${first}; edge ${await watching.events(edge)}`);
  };
  await both('empty');
  await sys.write(w, encodeUtf8('abc'));
  await both('data');
  await both('again');
  await sys.read(r, 1);
  await both('after a read');
  await sys.write(w, encodeUtf8('d'));
  await both('more data');
  await sys.read(r, 10);
  await both('all read');
  await sys.epoll_ctl(edge, 'mod', r, IN | ET);
  await sys.write(w, encodeUtf8('e'));
  await watching.events(edge);
  await sys.epoll_ctl(edge, 'mod', r, IN | ET);
  trace.at(`modified with data: edge ${await watching.events(edge)}`);
  await sys.read(r, 10);
  const shot = await sys.epoll_create();
  await sys.epoll_ctl(shot, 'add', r, IN | ONESHOT);
  await sys.write(w, encodeUtf8('x'));
  const first = await watching.events(shot);
  trace.at(`one shot: ${first} then ${await watching.events(shot)}`);
  await sys.epoll_ctl(shot, 'mod', r, IN | ONESHOT);
  const second = await watching.events(shot);
  trace.at(`armed: ${second} then ${await watching.events(shot)}`);
  return level;
}

async function refusals(watching: Watching, level: number, r: number, w: number): Promise<void> {
  const { sys } = watching;
  await watching.attempt('twice', sys.epoll_ctl(level, 'add', r, IN));
  await watching.attempt('unknown', sys.epoll_ctl(level, 'mod', w, POLL.OUT));
  await watching.attempt('absent', sys.epoll_ctl(level, 'del', w));
  await watching.attempt('itself', sys.epoll_ctl(level, 'add', level, IN));
  const file = await sys.open('/etc/passwd', { read: true });
  await watching.attempt('file', sys.epoll_ctl(level, 'add', file, IN));
  await watching.attempt('closed', sys.epoll_ctl(level, 'add', 999, IN));
  const exclusive = await sys.epoll_create();
  await watching.attempt('exclusive one-shot', sys.epoll_ctl(exclusive, 'add', r, IN | EXCLUSIVE | ONESHOT));
  await watching.attempt('exclusive', sys.epoll_ctl(exclusive, 'add', r, IN | EXCLUSIVE));
  await watching.attempt('exclusive modified', sys.epoll_ctl(exclusive, 'mod', r, IN));
}

async function nesting(watching: Watching, level: number): Promise<void> {
  const { sys, trace } = watching;
  const chain = [level];
  for (let depth = 2; depth < 7; depth++) {
    const outer = await sys.epoll_create();
    try {
      await sys.epoll_ctl(outer, 'add', chain.at(-1)!, IN);
      chain.push(outer);
      trace.at(`nested ${depth}`);
    } catch (error) {
      trace.raised(error);
    }
  }
  await watching.attempt('circle', sys.epoll_ctl(level, 'add', chain.at(-1)!, IN));
  watching.names.set(chain.at(-2)!, 'inner');
  trace.at(`outermost ${await watching.events(chain.at(-1)!)}`);
}

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const watching = new Watching(sys, trace);
    const [r, w] = await sys.pipe();
    watching.names.set(r, 'r').set(w, 'w');
    const level = await triggers(watching, r, w);
    await refusals(watching, level, r, w);
    await nesting(watching, level);
    const last = await sys.epoll_create();
    await sys.epoll_ctl(last, 'add', r, 0);
    const copy = await sys.dup(r);
    await sys.epoll_ctl(level, 'del', r);
    await sys.epoll_ctl(level, 'add', copy, IN);
    watching.names.set(copy, 'copy');
    await sys.close(copy);
    trace.at(`closed, but open elsewhere: ${await watching.events(level)}`);
    await sys.close(w);
    trace.at(`nothing asked for: ${await watching.events(last)}`);
    return 0;
  },
} satisfies Pair;
