/** Programs about pipes: both ways and one way, the end, no readers, and writes of several writers. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { type Connection, Pipe } from '@netarium/userland/runtimes/multiprocessing/connection.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import { errorOf, joinAll, startProcesses } from '../lib/python-threads.ts';

/** `ways duplex|simplex`: parent and child over both ends. */
export const ways = python('3.11', {
  async main(py, [, kind]) {
    const [mine, theirs] = await Pipe(py, kind === 'duplex');
    const started = await startProcesses(py, [{ target: 'child', args: [theirs] }]);
    if (kind === 'duplex') await mine.send('ping');
    else await py.print('parent sends:', await errorOf(() => mine.send('ping')));
    await py.print('parent got', await mine.recv());
    await joinAll(started);
  },
  async child(py, theirs: Connection) {
    const heard = await errorOf(async () => py.print('child got', await theirs.recv()));
    if (heard !== 'no error') await py.print('child receives:', heard);
    await theirs.send('pong');
  },
});

/** `end all|forgotten`: the child reads until the end of the pipe, which comes when the last writing end is closed. */
export const end: ProgramModule = {
  async main(sys, [, which]) {
    const [reader, writer] = await sys.pipe();
    const child = await sys.fork('read', [reader, writer, which === 'forgotten']);
    await sys.close(reader);
    await sys.write(writer, encodeUtf8('last words'));
    await sys.close(writer);
    await sys.waitpid(child);
    return 0;
  },
  async read(sys: Sys, reader: number, writer: number, forgotten: boolean) {
    if (!forgotten) await sys.close(writer);
    for (;;) {
      const bytes = await sys.read(reader, 100);
      if (bytes.length === 0) break;
      await print(sys, `read '${decodeUtf8(bytes)}'\n`);
    }
    await print(sys, 'end of file\n');
    return 0;
  },
};

/** `no-reader gone|stays`: writes after the only other reader has left. */
export const noReader: ProgramModule = {
  async main(sys, [, which]) {
    const [reader, writer] = await sys.pipe();
    if (which === 'gone') await sys.close(reader);
    await print(sys, 'writing\n');
    await sys.write(writer, encodeUtf8('anybody?'));
    await print(sys, 'written\n');
    return 0;
  },
};

export const BLOCKS = 8;

/** `mix BYTES`: two writers send blocks of so many bytes, each of its own letter; the reader counts blocks that are not whole. */
export const mix: ProgramModule = {
  async main(sys, [, bytes]) {
    const size = Number(bytes);
    const [reader, writer] = await sys.pipe();
    const beginNs = (await sys.clock_gettime('monotonic')) + 5_000_000;
    for (const letter of [97, 98]) await sys.fork('write', [reader, writer, size, letter, beginNs]);
    await sys.close(writer);
    let whole = '';
    for (let part = await sys.read(reader, 1000); part.length > 0; part = await sys.read(reader, 1000))
      whole += decodeUtf8(part);
    let torn = 0;
    for (let at = 0; at < whole.length; at += size) {
      const block = whole.slice(at, at + size);
      if (block !== block[0]!.repeat(size)) torn++;
    }
    await print(sys, `${2 * BLOCKS} blocks of ${size} bytes, ${torn} not whole\n`);
    for (let i = 0; i < 2; i++) await sys.waitpid(-1);
    return 0;
  },
  async write(sys: Sys, reader: number, writer: number, size: number, letter: number, beginNs: number) {
    await sys.close(reader);
    // Both begin at the same time.
    await sys.nanosleep(Math.max(0, beginNs - (await sys.clock_gettime('monotonic'))));
    const block = new Uint8Array(size).fill(letter);
    for (let i = 0; i < BLOCKS; i++) await sys.write(writer, block);
    return 0;
  },
};
