/** A process's descriptor table: the lowest free number first (POSIX), close-on-exec flags, the RLIMIT_NOFILE limit. */
import { E, type Errno } from '../base/errno.ts';
import type { OpenFile } from './open-file.ts';

interface Descriptor {
  readonly file: OpenFile;
  cloexec: boolean;
}

export class DescriptorTable {
  private readonly table: (Descriptor | undefined)[] = [];
  /** RLIMIT_NOFILE. */
  limit = 1024;

  /** Gives the file the lowest free number at or above `from`. EMFILE at the limit. */
  install(file: OpenFile, cloexec = false, from = 0): number | Errno {
    let fd = from;
    while (this.table[fd] !== undefined) fd++;
    if (fd >= this.limit) return E.EMFILE;
    while (this.table.length < fd) this.table.push(undefined);
    this.table[fd] = { file: file.hold(), cloexec };
    return fd;
  }

  /** Puts the file at a given number, closing what was there (dup2). EBADF past the limit. */
  place(fd: number, file: OpenFile, cloexec = false): number | Errno {
    if (!Number.isInteger(fd) || fd < 0 || fd >= this.limit) return E.EBADF;
    const old = this.table[fd];
    if (old?.file === file) return fd;
    file.hold();
    while (this.table.length < fd) this.table.push(undefined);
    this.table[fd] = { file, cloexec };
    old?.file.drop();
    return fd;
  }

  get(fd: number): OpenFile | Errno {
    return this.table[fd]?.file ?? E.EBADF;
  }

  isCloexec(fd: number): boolean {
    return this.table[fd]?.cloexec ?? false;
  }

  setCloexec(fd: number, on: boolean): void {
    const descriptor = this.table[fd];
    if (descriptor !== undefined) descriptor.cloexec = on;
  }

  close(fd: number): Errno | undefined {
    const descriptor = this.table[fd];
    if (descriptor === undefined) return E.EBADF;
    this.table[fd] = undefined;
    descriptor.file.drop();
    return undefined;
  }

  closeAll(): void {
    for (let fd = 0; fd < this.table.length; fd++) if (this.table[fd] !== undefined) this.close(fd);
  }

  /** Open descriptors by number. */
  *entries(): Generator<readonly [fd: number, file: OpenFile, cloexec: boolean]> {
    for (let fd = 0; fd < this.table.length; fd++) {
      const descriptor = this.table[fd];
      if (descriptor !== undefined) yield [fd, descriptor.file, descriptor.cloexec];
    }
  }
}
