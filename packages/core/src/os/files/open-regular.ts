/** Open regular files, directories and /proc files: an offset over an inode. Always ready, never blocking. */
import { E, type Errno } from '../../base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts';
import type { Call } from '../../kernel/call.ts';
import { ALWAYS_READY, type FileStatus, OpenFile } from '../../kernel/open-file.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { AnyDirectory, RegularFile, SyntheticFile } from './inode.ts';

export interface AccessMode {
  readonly read: boolean;
  readonly write: boolean;
  readonly append: boolean;
}

const EMPTY = new Uint8Array(0);

/** O_RDONLY, O_WRONLY, O_RDWR. */
function modeNumber({ read, write }: AccessMode): number {
  return write ? (read ? 2 : 1) : 0;
}

export class OpenRegular extends OpenFile {
  readonly what = 'REG';
  override readonly accessMode: number;
  private offset = 0;

  constructor(
    readonly inode: RegularFile,
    private readonly access: AccessMode,
  ) {
    super();
    this.accessMode = modeNumber(access);
  }

  get appends(): boolean {
    return this.access.append;
  }

  /** Where the next write begins: what RLIMIT_FSIZE looks at. */
  get writesAt(): number {
    return this.access.append ? this.inode.size : this.offset;
  }

  readiness(): number {
    return ALWAYS_READY;
  }

  status(): FileStatus {
    return this.inode.status();
  }

  override read(_call: Call, length: number): Outcome<Uint8Array> {
    if (!this.access.read) return E.EBADF;
    const data = this.inode.read(this.offset, length);
    this.offset += data.length;
    return data;
  }

  override write(_call: Call, data: Uint8Array): Outcome<number> {
    if (!this.access.write) return E.EBADF;
    if (this.access.append) this.offset = this.inode.size;
    this.inode.write(this.offset, data);
    this.offset += data.length;
    return data.length;
  }

  override seek(offset: number, whence: 'set' | 'cur' | 'end'): number | Errno {
    const base = whence === 'set' ? 0 : whence === 'cur' ? this.offset : this.inode.size;
    if (!Number.isSafeInteger(base + offset) || base + offset < 0) return E.EINVAL;
    this.offset = base + offset;
    return this.offset;
  }

  override truncate(length: number): Errno | undefined {
    if (!this.access.write) return E.EINVAL;
    if (!Number.isSafeInteger(length) || length < 0) return E.EINVAL;
    this.inode.resize(length);
    return undefined;
  }

  /** Memory is the disk here: what was written is there at once. */
  override sync(): undefined {}

  protected release(): void {
    this.inode.lock?.release(this);
  }
}

export class OpenDirectory extends OpenFile {
  readonly what = 'DIR';
  constructor(readonly inode: AnyDirectory) {
    super();
  }

  readiness(): number {
    return ALWAYS_READY;
  }

  status(): FileStatus {
    return this.inode.status();
  }

  override read(): Outcome<Uint8Array> {
    return E.EISDIR;
  }

  override sync(): undefined {}

  protected release(): void {}
}

/** Content is made at the first read and stays the same until the file is closed. */
export class OpenSynthetic extends OpenFile {
  readonly what = 'REG';
  private content: Uint8Array | undefined;
  private offset = 0;

  constructor(
    private readonly inode: SyntheticFile,
    private readonly access: AccessMode,
  ) {
    super();
  }

  readiness(): number {
    return ALWAYS_READY;
  }

  status(): FileStatus {
    return this.inode.status();
  }

  override read(_call: Call, length: number): Outcome<Uint8Array> {
    if (!this.access.read) return E.EBADF;
    this.content ??= encodeUtf8(this.inode.produce());
    const data = this.content.slice(this.offset, this.offset + length);
    this.offset += data.length;
    return data;
  }

  override write(_call: Call, data: Uint8Array): Outcome<number> {
    if (!this.access.write || this.inode.accept === undefined) return E.EBADF;
    return this.inode.accept(decodeUtf8(data)) ?? data.length;
  }

  override seek(offset: number, whence: 'set' | 'cur' | 'end'): number | Errno {
    if (whence !== 'set' || offset < 0) return E.EINVAL;
    this.offset = offset;
    return offset;
  }

  protected release(): void {}
}

/** /dev/null and /dev/zero and the like: a device without state. */
export class SimpleDevice extends OpenFile {
  readonly what = 'CHR';
  constructor(
    private readonly produce: (length: number) => Uint8Array,
    private readonly state: FileStatus,
  ) {
    super();
  }

  readiness(): number {
    return ALWAYS_READY;
  }

  status(): FileStatus {
    return this.state;
  }

  override read(_call: Call, length: number): Outcome<Uint8Array> {
    return this.produce(length);
  }

  override write(_call: Call, data: Uint8Array): Outcome<number> {
    return data.length;
  }

  protected release(): void {}
}

export function nothing(): Uint8Array {
  return EMPTY;
}
