/**
 * Paths to inodes, as path_resolution(7) has it: relative to a directory, `.` and `..`, symbolic links with a limit of 40, permission bits for
 * everybody but uid 0.
 */
import { E, Errno } from '../../base/errno.ts';
import {
  type AnyDirectory,
  Directory,
  type ImageNode,
  type Inode,
  type InodeSource,
  isDirectory,
  RegularFile,
  Symlink,
} from './inode.ts';

const MAX_SYMLINKS = 40;
const NAME_MAX = 255;
const PATH_MAX = 4096;

export type Access = 'read' | 'write' | 'execute';

export interface Resolved {
  readonly parent: AnyDirectory;
  readonly name: string;
  readonly inode: Inode | undefined;
}

export class FileSystem {
  readonly root: Directory;

  constructor(
    readonly source: InodeSource,
    image: ReadonlyMap<string, ImageNode>,
  ) {
    this.root = new Directory(source, 0o755, 0, image);
  }

  /**
   * Walks to the last component of `path`, which need not exist. With `follow` a symbolic link there is followed too.
   * Errors: ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG.
   */
  resolve(path: string, cwd: string, uid: number, follow = true): Resolved | Errno {
    if (path === '') return E.ENOENT;
    if (path.length >= PATH_MAX) return E.ENAMETOOLONG;
    let parts = split(path.startsWith('/') ? path : `${cwd}/${path}`);
    let trail: AnyDirectory[] = [this.root];
    let links = 0;
    for (let i = 0; ; i++) {
      const parent = trail[trail.length - 1]!;
      const name = parts[i];
      if (name === undefined) return { parent: trail[trail.length - 2] ?? this.root, name: '.', inode: parent };
      if (name === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      if (name.length > NAME_MAX) return E.ENAMETOOLONG;
      if (!permits(parent, uid, 'execute')) return E.EACCES;
      const inode = parent.lookup(name);
      const last = i === parts.length - 1;
      if (inode instanceof Symlink && (!last || follow)) {
        if (++links > MAX_SYMLINKS) return E.ELOOP;
        const target = split(inode.target);
        if (inode.target.startsWith('/')) trail = [this.root];
        parts = [...target, ...parts.slice(i + 1)];
        i = -1;
        continue;
      }
      if (last) {
        if (path.endsWith('/') && inode !== undefined && !isDirectory(inode)) return E.ENOTDIR;
        return { parent, name, inode };
      }
      if (inode === undefined) return E.ENOENT;
      if (!isDirectory(inode)) return E.ENOTDIR;
      trail.push(inode);
    }
  }

  /** The inode at `path`, links followed unless told otherwise. */
  find(path: string, cwd: string, uid: number, follow = true): Inode | Errno {
    const resolved = this.resolve(path, cwd, uid, follow);
    if (resolved instanceof Errno) return resolved;
    return resolved.inode ?? E.ENOENT;
  }

  /** The absolute path of `path` without `.`, `..` and links, for a directory that exists. */
  canonical(path: string, cwd: string): string {
    let parts = split(path.startsWith('/') ? path : `${cwd}/${path}`);
    let names: string[] = [];
    let trail: AnyDirectory[] = [this.root];
    let links = 0;
    for (let i = 0; i < parts.length; i++) {
      const name = parts[i]!;
      if (name === '..') {
        names.pop();
        if (trail.length > 1) trail.pop();
        continue;
      }
      const inode = trail[trail.length - 1]!.lookup(name);
      if (inode instanceof Symlink && ++links <= MAX_SYMLINKS) {
        if (inode.target.startsWith('/')) [names, trail] = [[], [this.root]];
        parts = [...split(inode.target), ...parts.slice(i + 1)];
        i = -1;
        continue;
      }
      names.push(name);
      if (inode !== undefined && isDirectory(inode)) trail.push(inode);
    }
    return `/${names.join('/')}`;
  }

  /** Puts a file there, with the directories above it: how a lab lays out a host before it starts. */
  provide(path: string, content: Uint8Array, mode = 0o644): RegularFile | Errno {
    const parts = split(path);
    let directory: AnyDirectory = this.root;
    for (const part of parts.slice(0, -1)) {
      let next: Inode | undefined = directory.lookup(part);
      if (next === undefined) {
        next = new Directory(this.source, 0o755, 0);
        const refused = directory.link(part, next);
        if (refused) return refused;
      }
      if (!isDirectory(next)) return E.ENOTDIR;
      directory = next;
    }
    const name = parts.at(-1);
    if (name === undefined) return E.EISDIR;
    const file = new RegularFile(this.source, mode, 0, content);
    return directory.link(name, file) ?? file;
  }
}

function split(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

const BIT: Readonly<Record<Access, number>> = { read: 4, write: 2, execute: 1 };

/** Permission bits; uid 0 may everything except execute a file that nobody may. */
export function permits(inode: Inode, uid: number, access: Access): boolean {
  const bit = BIT[access];
  if (uid === 0) return access !== 'execute' || inode.type === 'directory' || (inode.mode & 0o111) !== 0;
  const shift = inode.uid === uid ? 6 : 0;
  return ((inode.mode >> shift) & bit) !== 0;
}
