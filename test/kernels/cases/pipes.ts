/** Pipes: pipe(7). */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { bytes, type Cases, contract, holds, refused, same, text } from '../suite.ts';

/** pipe(7): PIPE_BUF on Linux, and what a new pipe holds. */
const PIPE_BUF = 4096;
const CAPACITY = 65536;

async function nonblockingPipe(sys: Sys): Promise<readonly [number, number]> {
  const ends = await sys.pipe();
  for (const end of ends) await sys.setNonblock(end, true);
  return ends;
}

export const cases: Cases = {
  async 'bytes come in order, then the end'(sys) {
    const [reader, writer] = await sys.pipe();
    await sys.write(writer, bytes('one'));
    await sys.write(writer, bytes('two'));
    same(text(await sys.read(reader, 4)), 'onet', 'a pipe has no message boundaries');
    const twin = await sys.dup(writer);
    await sys.close(writer);
    same(text(await sys.read(reader, 10)), 'wo', 'a read takes what is there');
    await sys.setNonblock(reader, true);
    await refused(sys.read(reader, 1), 'EAGAIN', 'while a duplicate of the write end is open');
    await sys.close(twin);
    same((await sys.read(reader, 1)).length, 0, 'the end of the file');
    same((await sys.read(reader, 1)).length, 0, 'again');
  },

  async 'without a reader EPIPE'(sys) {
    await sys.sigaction('SIGPIPE', 'ignore');
    const [reader, writer] = await sys.pipe();
    await sys.write(writer, bytes('lost'));
    await sys.close(reader);
    await refused(sys.write(writer, bytes('x')), 'EPIPE', 'write');
  },

  async 'a full pipe is EAGAIN, and has room again when read'(sys) {
    const [reader, writer] = await nonblockingPipe(sys);
    await refused(sys.read(reader, 1), 'EAGAIN', 'read of an empty pipe');
    same(await sys.fcntl(writer, 'F_GETPIPE_SZ'), CAPACITY, 'F_GETPIPE_SZ');
    let held = 0;
    for (let room = true; room; ) {
      try {
        held += await sys.write(writer, new Uint8Array(PIPE_BUF));
      } catch {
        room = false;
      }
      holds(held <= CAPACITY, `a pipe of ${CAPACITY} bytes took ${held}`);
    }
    same(held, CAPACITY, 'bytes that it takes');
    await refused(sys.write(writer, bytes('x')), 'EAGAIN', 'one byte more');
    same((await sys.read(reader, PIPE_BUF)).length, PIPE_BUF, 'one page read');
    same(await sys.write(writer, new Uint8Array(PIPE_BUF)), PIPE_BUF, 'one page written');
  },

  async 'up to PIPE_BUF bytes go whole or not at all'(sys) {
    const [, writer] = await nonblockingPipe(sys);
    for (let held = 0; held < CAPACITY - PIPE_BUF; held += PIPE_BUF) await sys.write(writer, new Uint8Array(PIPE_BUF));
    const part = await sys.write(writer, new Uint8Array(3 * PIPE_BUF));
    holds(part > 0 && part <= PIPE_BUF, `a larger write takes what fits: ${part}`);
    await refused(sys.write(writer, new Uint8Array(PIPE_BUF)), 'EAGAIN', 'a small one does not');
  },

  async 'there is no place in a pipe'(sys) {
    const [reader, writer] = await sys.pipe();
    await refused(sys.lseek(reader, 0, 'set'), 'ESPIPE', 'lseek');
    await refused(sys.read(writer, 1), 'EBADF', 'read of the write end');
    await refused(sys.write(reader, bytes('x')), 'EBADF', 'write to the read end');
    await refused(sys.getsockname(reader), 'ENOTSOCK', 'getsockname');
    same((await sys.fstat(writer)).type, 'fifo', 'type');
  },

  async 'all bytes of a large transfer arrive'(sys) {
    const [reader, writer] = await nonblockingPipe(sys);
    const total = 1_000_003;
    let [sent, got, wrong] = [0, 0, 0];
    while (got < total) {
      if (sent < total) {
        const piece = new Uint8Array(Math.min(10_007, total - sent)).map((_, at) => (sent + at) % 253);
        sent += await sys.write(writer, piece).catch(() => 0);
      }
      const part = await sys.read(reader, 7_919).catch(() => new Uint8Array(0));
      for (const byte of part) if (byte !== got++ % 253) wrong++;
    }
    same([sent, got, wrong], [total, total, 0], 'sent, received, wrong');
  },
};

export const main = contract(cases);
