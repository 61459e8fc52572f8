import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SysError } from '../base/errno.ts';
import { bench } from '../syscall/kernel.test-util.ts';
import type { Program, Sys } from '../syscall/sys.ts';
import { PIPE_BUF, PIPE_CAPACITY } from './pipe.ts';

async function ran(main: Program): Promise<void> {
  const { start, run, crashes } = bench();
  start(main);
  await run();
  expect(crashes).toEqual([]);
}

/** What a non-blocking call moved; -1 for EAGAIN. */
async function moved(call: Promise<number | Uint8Array>): Promise<number> {
  try {
    const answer = await call;
    return typeof answer === 'number' ? answer : answer.length;
  } catch (error) {
    if ((error as SysError).code === 'EAGAIN') return -1;
    throw error;
  }
}

async function pipe(sys: Sys): Promise<readonly [number, number]> {
  const ends = await sys.pipe();
  for (const fd of ends) await sys.setNonblock(fd, true);
  return ends;
}

describe('pipes', () => {
  it('hold 65,536 bytes; what a partly read page leaves is no room', () =>
    ran(async (sys) => {
      const [r, w] = await pipe(sys);
      expect(await moved(sys.write(w, new Uint8Array(100_000)))).toBe(PIPE_CAPACITY);
      await sys.read(r, 100);
      expect(await moved(sys.write(w, new Uint8Array(50)))).toBe(-1);
      await sys.read(r, PIPE_BUF - 100);
      expect(await moved(sys.write(w, new Uint8Array(50)))).toBe(50);
      return 0;
    }));

  it('take up to PIPE_BUF bytes whole or not at all', () =>
    ran(async (sys) => {
      const [r, w] = await pipe(sys);
      await sys.write(w, new Uint8Array(PIPE_CAPACITY - 100));
      expect(await moved(sys.write(w, new Uint8Array(200)))).toBe(-1);
      expect(await moved(sys.write(w, new Uint8Array(100)))).toBe(100);
      await sys.read(r, PIPE_BUF);
      expect(await moved(sys.write(w, new Uint8Array(PIPE_BUF + 1)))).toBe(PIPE_BUF);
      return 0;
    }));

  it('give back every byte in order, whatever the sizes of writes and reads', async () => {
    const step = fc.record({ write: fc.boolean(), size: fc.integer({ min: 0, max: 20_000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        await ran(async (sys) => {
          const [r, w] = await pipe(sys);
          let [written, read] = [0, 0];
          for (const { write, size } of steps) {
            if (write) {
              const data = Uint8Array.from({ length: size }, (_, at) => (written + at) % 251);
              const count = await moved(sys.write(w, data));
              if (size <= PIPE_BUF) expect([-1, size]).toContain(count);
              written += Math.max(0, count);
            } else {
              const data = await sys.read(r, size).catch(() => new Uint8Array(0));
              expect(data.findIndex((byte, at) => byte !== (read + at) % 251)).toBe(-1);
              read += data.length;
            }
            expect(written - read).toBeLessThanOrEqual(PIPE_CAPACITY);
          }
          return 0;
        });
      }),
      { numRuns: 30 },
    );
  });
});
