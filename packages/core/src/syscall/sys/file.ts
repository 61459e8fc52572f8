/** Files, directories, descriptors, pipes. */
import type { FileStatus } from '../../kernel/open-file.ts';

export interface OpenFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
  readonly append?: boolean;
  readonly directory?: boolean;
  readonly nonblock?: boolean;
  readonly cloexec?: boolean;
  /** Permission bits of a file created by this call; 0o666 less the umask. */
  readonly mode?: number;
}

export type FileStat = FileStatus;

export interface DirectoryEntry {
  readonly name: string;
  readonly type: FileStat['type'];
}

export interface FileCalls {
  open(path: string, flags: OpenFlags): Promise<number>;
  /** Reads up to `length` bytes; empty at end of file. */
  read(fd: number, length: number): Promise<Uint8Array>;
  /** Writes; the answer may be short of `data.length` on non-blocking descriptors. */
  write(fd: number, data: Uint8Array): Promise<number>;
  close(fd: number): Promise<void>;
  lseek(fd: number, offset: number, whence: 'set' | 'cur' | 'end'): Promise<number>;
  ftruncate(fd: number, length: number): Promise<void>;
  /** Settles when the file, or the directory with its names, would survive a loss of power (fsync(2)). EINVAL on pipes, sockets and terminals. */
  fsync(fd: number): Promise<void>;
  /** The same for what was written and what is needed to find it again: its length, not its times. */
  fdatasync(fd: number): Promise<void>;
  /** Locks a whole file for those that ask too (flock(2)); `nonblock`: EAGAIN instead of waiting. Held by the open file until its last descriptor goes. */
  flock(fd: number, operation: 'shared' | 'exclusive' | 'unlock', nonblock?: boolean): Promise<void>;
  fstat(fd: number): Promise<FileStat>;
  stat(path: string): Promise<FileStat>;
  lstat(path: string): Promise<FileStat>;
  readdir(path: string): Promise<readonly DirectoryEntry[]>;
  mkdir(path: string, mode?: number): Promise<void>;
  rmdir(path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  readlink(path: string): Promise<string>;
  chmod(path: string, mode: number): Promise<void>;
  access(path: string, mode: 'exist' | 'read' | 'write' | 'execute'): Promise<void>;
  dup(fd: number): Promise<number>;
  dup2(from: number, to: number): Promise<number>;
  pipe(): Promise<readonly [readEnd: number, writeEnd: number]>;
  isatty(fd: number): Promise<boolean>;
  chdir(path: string): Promise<void>;
  getcwd(): Promise<string>;
  umask(mask: number): Promise<number>;
}
