/**
 * A log file that holds whole lines: it is only appended to, a batch of lines at a time, and a batch that does not fit is cut back to its last whole line. A
 * line that a crash left torn is ended before the next one begins. Nothing is forced to the disk: what the kernel has taken survives the end of the
 * program, by kill -9 too, but not a power cut.
 */
import { E } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, unless } from '../../lib/failure.ts';

const NEWLINE = 10;

export interface Appended {
  /** Whole lines that are in the file. */
  readonly lines: number;
  /** Why the others are not; empty where all are. */
  readonly problem: string;
}

/** What another thread needs to write to it: descriptors are shared. */
export interface LogHandle {
  readonly [key: string]: number | boolean;
  readonly fd: number;
  /** A device has no length that could be cut. */
  readonly isFile: boolean;
}

export class LogFile {
  constructor(
    private readonly sys: Sys,
    readonly handle: LogHandle,
  ) {}

  /** Throws the errno of what does not work. */
  static async open(sys: Sys, path: string): Promise<LogFile> {
    const fd = await sys.open(path, { write: true, append: true, create: true, cloexec: true });
    const { type, size } = await sys.fstat(fd);
    if (type === 'file' && size > 0 && (await lastByte(sys, path, size)) !== NEWLINE)
      await sys.write(fd, Uint8Array.of(NEWLINE));
    return new LogFile(sys, { fd, isFile: type === 'file' });
  }

  /** `batch` is whole lines, each with its newline. */
  async append(batch: Uint8Array): Promise<Appended> {
    const { fd, isFile } = this.handle;
    const before = isFile ? (await this.sys.fstat(fd)).size : 0;
    let done = 0;
    try {
      while (done < batch.length) done += await this.sys.write(fd, batch.subarray(done));
    } catch (error) {
      const code = errnoOf(error);
      const whole = done === 0 ? 0 : batch.lastIndexOf(NEWLINE, done - 1) + 1;
      if (isFile && whole < done) await unless(this.sys.ftruncate(fd, before + whole), 'EINVAL', 'EIO');
      return { lines: linesIn(batch.subarray(0, whole)), problem: E[code].text };
    }
    return { lines: linesIn(batch), problem: '' };
  }

  close(): Promise<void> {
    return this.sys.close(this.handle.fd);
  }
}

async function lastByte(sys: Sys, path: string, size: number): Promise<number | undefined> {
  const fd = await sys.open(path, { read: true, cloexec: true });
  await sys.lseek(fd, size - 1, 'set');
  const [byte] = await sys.read(fd, 1);
  await sys.close(fd);
  return byte;
}

function linesIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === NEWLINE) count++;
  return count;
}
