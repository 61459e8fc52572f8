/**
 * In-memory files. A host's tree starts as a shared, read-only image (`Image`); directories make their own inodes only when somebody looks, so
 * that a host with eighty programs installed costs nothing until it runs one. /proc and /dev are inodes whose content is computed.
 */
import { E, type Errno } from '../../base/errno.ts';
import type { FileStatus, OpenFile } from '../../kernel/open-file.ts';
import type { FileLock } from './file-lock.ts';

/** Gives out inode numbers and the wall clock: one per host. */
export interface InodeSource {
  nextIno(): number;
  wallNs(): number;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export type Inode = Directory | RegularFile | Symlink | Device | SyntheticFile | SyntheticDirectory | SocketNode;

abstract class InodeBase {
  readonly ino: number;
  mtimeNs: number;
  nlink = 1;
  gid = 0;

  constructor(
    readonly source: InodeSource,
    public mode: number,
    public uid: number,
  ) {
    this.ino = source.nextIno();
    this.mtimeNs = source.wallNs();
  }

  abstract readonly type: FileStatus['type'];

  get size(): number {
    return 0;
  }

  touch(): void {
    this.mtimeNs = this.source.wallNs();
  }

  status(): FileStatus {
    const { type, mode, uid, gid, size, ino, nlink, mtimeNs } = this;
    return { type, mode, uid, gid, size, ino, nlink, mtimeNs };
  }
}

/** A read-only tree that many hosts share: directories are maps, programs are opaque values that `spawn` starts. */
export type ImageNode =
  | { readonly directory: ReadonlyMap<string, ImageNode> }
  | { readonly content: Uint8Array; readonly mode: number }
  | { readonly program: unknown }
  | { readonly symlink: string };

export class RegularFile extends InodeBase {
  readonly type = 'file';
  /** Made when somebody locks it. */
  lock: FileLock | undefined = undefined;
  private buffer: Uint8Array;
  private used: number;
  /** What `spawn` runs instead of bytes; such a file reads as a short description of itself. */
  program: unknown = undefined;

  constructor(source: InodeSource, mode: number, uid: number, content: Uint8Array = new Uint8Array(0)) {
    super(source, mode, uid);
    this.buffer = content;
    this.used = content.length;
  }

  override get size(): number {
    return this.used;
  }

  /** A view of the content; copied by `write` before it would change under a reader. */
  get content(): Uint8Array {
    return this.buffer.subarray(0, this.used);
  }

  read(offset: number, length: number): Uint8Array {
    return this.buffer.slice(Math.min(offset, this.used), Math.min(offset + length, this.used));
  }

  write(offset: number, data: Uint8Array): void {
    this.resize(Math.max(this.used, offset + data.length));
    this.buffer.set(data, offset);
    this.touch();
  }

  /** Cuts, or extends with zeros. Always leaves a buffer of this file's own. */
  resize(length: number): void {
    const owned = this.ownsBuffer && length <= this.buffer.length;
    if (!owned) {
      const bigger = new Uint8Array(length <= this.used ? length : Math.max(length, this.used * 2, 64));
      bigger.set(this.buffer.subarray(0, Math.min(this.used, length)));
      this.buffer = bigger;
      this.ownsBuffer = true;
    } else if (length < this.used) this.buffer.fill(0, length, this.used);
    this.used = length;
    this.program = undefined;
    this.touch();
  }

  private ownsBuffer = false;
}

export class Symlink extends InodeBase {
  readonly type = 'symlink';
  constructor(
    source: InodeSource,
    uid: number,
    readonly target: string,
  ) {
    super(source, 0o777, uid);
  }

  override get size(): number {
    return this.target.length;
  }
}

/** A character device: opening it makes the open file. */
export abstract class Device extends InodeBase {
  readonly type = 'chardev';
  constructor(source: InodeSource, mode: number) {
    super(source, mode, 0);
  }

  abstract open(): OpenFile | Errno;
}

/** The name of a bound Unix socket. */
export class SocketNode extends InodeBase {
  readonly type = 'socket';
  constructor(
    source: InodeSource,
    mode: number,
    uid: number,
    readonly socket: unknown,
  ) {
    super(source, mode, uid);
  }
}

/** A file of /proc: made when read, parsed when written. */
export class SyntheticFile extends InodeBase {
  readonly type = 'file';
  constructor(
    source: InodeSource,
    readonly produce: () => string,
    readonly accept?: (text: string) => Errno | undefined,
  ) {
    super(source, accept === undefined ? 0o444 : 0o644, 0);
  }
}

/** What a directory of /proc holds just now. */
export interface DirectoryContents {
  find(name: string): Inode | undefined;
  list(): Iterable<string>;
}

export class SyntheticDirectory extends InodeBase {
  readonly type = 'directory';
  constructor(
    source: InodeSource,
    private readonly contents: DirectoryContents,
  ) {
    super(source, 0o555, 0);
  }

  lookup(name: string): Inode | undefined {
    return this.contents.find(name);
  }

  names(): Iterable<string> {
    return this.contents.list();
  }

  link(): Errno {
    return E.EACCES;
  }

  unlink(): Errno {
    return E.EACCES;
  }
}

export class Directory extends InodeBase {
  readonly type = 'directory';
  private readonly entries = new Map<string, Inode>();
  /** Names of the image that were removed or replaced here. */
  private readonly hidden = new Set<string>();

  constructor(
    source: InodeSource,
    mode: number,
    uid: number,
    private readonly image: ReadonlyMap<string, ImageNode> | undefined = undefined,
  ) {
    super(source, mode, uid);
  }

  override get size(): number {
    return 4096;
  }

  lookup(name: string): Inode | undefined {
    const own = this.entries.get(name);
    if (own !== undefined) return own;
    const node = this.hidden.has(name) ? undefined : this.image?.get(name);
    if (node === undefined) return undefined;
    const inode = this.materialise(node);
    this.entries.set(name, inode);
    return inode;
  }

  private materialise(node: ImageNode): Inode {
    if ('directory' in node) return new Directory(this.source, 0o755, 0, node.directory);
    if ('symlink' in node) return new Symlink(this.source, 0, node.symlink);
    if ('content' in node) return new RegularFile(this.source, node.mode, 0, node.content);
    const file = new RegularFile(this.source, 0o755, 0);
    file.program = node.program;
    return file;
  }

  *names(): Generator<string> {
    yield* this.entries.keys();
    if (this.image === undefined) return;
    for (const name of this.image.keys()) if (!this.hidden.has(name) && !this.entries.has(name)) yield name;
  }

  /** Gives a new inode its name; what had the name before loses it. */
  link(name: string, inode: Inode): undefined {
    this.loseName(name);
    this.entries.set(name, inode);
    this.touch();
    return undefined;
  }

  unlink(name: string): undefined {
    this.loseName(name);
    this.entries.delete(name);
    if (this.image?.has(name)) this.hidden.add(name);
    this.touch();
    return undefined;
  }

  private loseName(name: string): void {
    const inode = this.entries.get(name);
    if (inode !== undefined) inode.nlink -= 1;
  }

  get empty(): boolean {
    return this.names().next().done === true;
  }
}

export type AnyDirectory = Directory | SyntheticDirectory;

export function isDirectory(inode: Inode): inode is AnyDirectory {
  return inode.type === 'directory';
}
