/** Pipes: capacity, atomic and partial writes, pages, the end, a reader that is gone. */
import { SIGNALS } from '@netarium/core/syscall/sys.ts';
import type { Pair } from '../pair.ts';

const yes = (value: boolean): string => (value ? 'True' : 'False');

export default {
  order: 'total',
  programs: () => ({
    'writes-to-nobody': async (sys) => {
      await sys.write(3, new Uint8Array(1));
      return 0;
    },
  }),
  main: (trace) => async (sys) => {
    // As Python has it from its start.
    await sys.sigaction('SIGPIPE', 'ignore');
    let [r, w] = await sys.pipe();
    await sys.setNonblock(r, true);
    await sys.setNonblock(w, true);
    const write = async (label: string, count: number): Promise<void> => {
      try {
        trace.at(`${label} ${await sys.write(w, new Uint8Array(count))}`);
      } catch (error) {
        trace.at(label);
        trace.raised(error);
      }
    };
    const read = async (count: number): Promise<void> => trace.at(`read ${(await sys.read(r, count)).length}`);
    const writable = async (): Promise<void> =>
      trace.at(`writable ${yes((await sys.select({ write: [w] }, 0)).write.length > 0)}`);
    await sys.read(r, 1).catch((error) => trace.raised(error));
    await write('fill', 100_000);
    await write('one byte more', 1);
    await writable();
    await read(100);
    await write('into a page that was read in part', 50);
    await writable();
    await read(3996);
    await writable();
    await write('PIPE_BUF and one', 4097);
    await write('none', 0);
    await read(8192);
    await write('PIPE_BUF', 4096);
    await write('half a page', 2048);
    await write('behind it', 2048);
    await write('again', 1);
    await read(200_000);
    await write('small', 10);
    await write('large', 70_000);
    await read(200_000);
    await sys.close(w);
    trace.at(`end ${(await sys.read(r, 10)).length === 0 ? "b''" : 'data'}`);
    await sys.close(r);
    [r, w] = await sys.pipe();
    await sys.close(r);
    await write('no reader', 1);
    await sys.sigaction('SIGPIPE', 'default');
    const pid = await sys.spawn('/usr/local/bin/writes-to-nobody', ['writes-to-nobody'], { fds: { 3: w } });
    trace.at(`child ended by ${SIGNALS[(await sys.waitpid(pid))!.signal!]}`);
    return 0;
  },
} satisfies Pair;
