/**
 * A file while it comes: written as `NAME.part` and renamed when it is whole, with its SHA-256 reckoned on the way. For a long one `NAME.part.from` beside it
 * says what it is a part of, so that the next run can ask for the rest alone.
 *
 * Nothing is synced to the disk before the name is given, as curl and wget do not: after a loss of power (not of the program, nor of a kill -9) a name may stand before
 * fewer bytes than came. With `--resume` it is downloaded again where its length is not the one in the list of what came (`manifest.ts`).
 */
import { concatBytes, hex } from '@netarium/core/base/bytes.ts';
import { Sha256 } from '@netarium/core/base/sha256.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText, unless } from '../../lib/failure.ts';
import { readText, writeAll, writeFile } from '../../lib/stdio.ts';
import { PART } from '../lib/replace-file.ts';

/** From this length on a part is worth keeping. */
const LONG_BYTES = 1_048_576;
const READ_BYTES = 262_144;
const WRITE_BYTES = 65_536;

/** A call on a file failed: the disk is full, the directory not writable. */
export class DiskFailure extends Error {
  override readonly name = 'DiskFailure';
}

/** Anything else is a bug. */
function notDisk(error: unknown): void {
  if (!(error instanceof DiskFailure)) throw error;
}

async function onDisk<T>(path: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new DiskFailure(`${path}: ${errorText(error)}`);
  }
}

export class PartFile {
  private readonly part: string;
  private readonly from: string;
  private fd = -1;
  private noted = false;
  private sum = new Sha256();
  bytes = 0;
  private unwritten: Uint8Array[] = [];
  private unwrittenBytes = 0;

  constructor(
    private readonly sys: Sys,
    private readonly path: string,
    private readonly url: string,
  ) {
    this.part = path + PART;
    this.from = `${this.part}.from`;
  }

  /** Takes up what an earlier attempt left (`validator`), or with `resume` an earlier run. Answers how much that is, and what it is a part of. */
  async goOn(validator: string, resume: boolean): Promise<{ readonly have: number; readonly validator: string }> {
    const known = validator === '' && resume ? await this.earlier() : validator;
    return { have: known === '' ? 0 : await this.reopen(), validator: known };
  }

  /** The validator of what an earlier run left of this URL; empty where there is nothing that can be gone on with. */
  private async earlier(): Promise<string> {
    const text = await unless(readText(this.sys, this.from), 'ENOENT', 'EACCES');
    const [url, validator = ''] = text?.split('\n') ?? [];
    return url === this.url ? validator : '';
  }

  /** Opens the part that is there and reads it into the sum; answers its length. */
  private async reopen(): Promise<number> {
    const { sys, part } = this;
    const fd = await unless(sys.open(part, { read: true, write: true, cloexec: true }), 'ENOENT', 'EACCES');
    if (fd === undefined) return 0;
    this.fd = fd;
    this.noted = true;
    for (;;) {
      const bytes = await onDisk(part, sys.read(fd, READ_BYTES));
      if (bytes.length === 0) return this.bytes;
      this.sum.update(bytes);
      this.bytes += bytes.length;
    }
  }

  /** Begins anew, whatever was there. `validator` is kept for a later run where the file will be long (or nobody knows). */
  async begin(length: number | undefined, validator: string): Promise<void> {
    const { sys, part } = this;
    this.sum = new Sha256();
    this.bytes = 0;
    this.forget();
    if (this.fd >= 0) {
      await onDisk(part, sys.ftruncate(this.fd, 0));
      await onDisk(part, sys.lseek(this.fd, 0, 'set'));
    } else this.fd = await onDisk(part, sys.open(part, { write: true, create: true, truncate: true, cloexec: true }));
    const long = length === undefined || length >= LONG_BYTES;
    if (long && validator !== '') await onDisk(this.from, writeFile(sys, this.from, `${this.url}\n${validator}\n`));
    else if (this.noted) await unless(sys.unlink(this.from), 'ENOENT');
    this.noted = long && validator !== '';
  }

  /** Keeps the bytes; true when there are enough of them to be worth a call: `flush` writes them then. */
  take(bytes: Uint8Array): boolean {
    this.unwritten.push(bytes);
    this.bytes += bytes.length;
    this.unwrittenBytes += bytes.length;
    return this.unwrittenBytes >= WRITE_BYTES;
  }

  async flush(): Promise<void> {
    const bytes = concatBytes(this.unwritten);
    this.forget();
    this.sum.update(bytes);
    await onDisk(this.part, writeAll(this.sys, this.fd, bytes));
  }

  private forget(): void {
    this.unwritten = [];
    this.unwrittenBytes = 0;
  }

  /** It is whole: gives it its name. Answers its SHA-256. */
  async finish(): Promise<string> {
    const { sys } = this;
    await this.flush();
    await this.close();
    await onDisk(this.path, sys.rename(this.part, this.path));
    if (this.noted) await unless(sys.unlink(this.from), 'ENOENT');
    return hex(this.sum.digest());
  }

  /** Leaves the part for another attempt, or takes it away. */
  async abandon(keep: boolean): Promise<void> {
    // A disk that fails now has told so before, or will tell the next attempt.
    if (keep && this.fd >= 0) await this.flush().catch(notDisk);
    await this.close();
    if (keep) return;
    // What cannot be taken away stays: the failure that is told is the one before.
    await this.sys.unlink(this.part).catch(errnoOf);
    if (this.noted) await this.sys.unlink(this.from).catch(errnoOf);
  }

  private async close(): Promise<void> {
    if (this.fd >= 0) await this.sys.close(this.fd);
    this.fd = -1;
  }
}
