/** Pipes: no borders, the end, EPIPE, a capacity of 16 pages, and what a full one takes. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf } from '@netarium/userland/lib/failure.ts';
import type { Pair, Trace } from '../pair.ts';

type Attempt = (name: string, call: Promise<Uint8Array | number>) => Promise<void>;

async function fill(sys: Sys, fd: number, size: number): Promise<number> {
  for (let total = 0; ; ) {
    try {
      total += await sys.write(fd, new Uint8Array(size));
    } catch (error) {
      if (errnoOf(error) === 'EAGAIN') return total;
      throw error;
    }
  }
}

async function reading(sys: Sys, attempt: Attempt): Promise<void> {
  const [r, w] = await sys.pipe();
  await sys.write(w, encodeUtf8('one'));
  await sys.write(w, encodeUtf8('two'));
  await attempt('a stream has no borders', sys.read(r, 100));
  await sys.write(w, encodeUtf8('abcdef'));
  await attempt('part', sys.read(r, 2));
  await attempt('rest', sys.read(r, 100));
  await sys.setNonblock(r, true);
  await attempt('empty', sys.read(r, 1));
  await sys.write(w, encodeUtf8('last'));
  await sys.close(w);
  await attempt('what is left', sys.read(r, 100));
  await attempt('end', sys.read(r, 100));
  await attempt('end again', sys.read(r, 100));
  await sys.close(r);
}

async function writing(sys: Sys, trace: Trace, attempt: Attempt): Promise<void> {
  const x = Uint8Array.of(120);
  const [unread, broken] = await sys.pipe();
  await sys.close(unread);
  await attempt('nobody reads', sys.write(broken, x));
  await sys.close(broken);
  const [r, w] = await sys.pipe();
  await sys.setNonblock(w, true);
  trace.at(`capacity ${await fill(sys, w, 4096)}`);
  await attempt('full', sys.write(w, x));
  await sys.read(r, 4095);
  await attempt('a page less one byte is free', sys.write(w, x));
  await sys.read(r, 1);
  await attempt('a page is free', sys.write(w, new Uint8Array(4096)));
  await attempt('full again', sys.write(w, x));
  await sys.read(r, 3 * 4096);
  await attempt('more than PIPE_BUF goes in part', sys.write(w, new Uint8Array(20_000)));
  await sys.close(r);
  await sys.close(w);
  await attempt('closed', sys.write(w, x));
}

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    // CPython ignores SIGPIPE from its start.
    await sys.sigaction('SIGPIPE', 'ignore');
    const attempt: Attempt = async (name, call) => {
      try {
        const result = await call;
        trace.at(`${name}: ${typeof result === 'number' ? result : result.length}`);
      } catch (error) {
        trace.raised(error, name);
      }
    };
    await reading(sys, attempt);
    await writing(sys, trace, attempt);
    return 0;
  },
} satisfies Pair;
