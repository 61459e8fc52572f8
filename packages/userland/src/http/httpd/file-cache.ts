/**
 * Small files with their header fields, kept in memory: a page that is asked for often costs a look at two inodes, and that once a round of the loop.
 * What is served is what the file held at some instant of the round, exactly as if it had been read: file and `.headers` are compared by inode, size and time.
 */
import type { FileStat, Sys } from '@netarium/core/syscall/sys.ts';
import type { EventLoop } from '../../lib/event-loop.ts';
import { unless } from '../../lib/failure.ts';
import type { SharedResponse } from '../server/response.ts';

interface Entry {
  readonly response: SharedResponse;
  readonly path: string;
  readonly file: FileStat;
  /** `.headers` of the directory, or the directory, which changes when one is made. */
  readonly marker: string;
  readonly markerStat: FileStat;
  checkedNs: number;
}

/** A longer file is read as it is sent. */
export const KEPT_FILE_BYTES = 65_536;
const KEPT_BYTES = 33_554_432;
const KEPT_ENTRIES = 4096;
/** A file this young may change again without its time showing it (the clock of file systems ticks slowly). */
const YOUNG_NS = 1_000_000_000;

const GONE = ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG'] as const;

export class FileCache {
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;

  constructor(private readonly sys: Sys) {}

  /** What is kept for a request target and was looked at in this round; `nowNs` is the same for all requests of one. */
  fresh(target: string, nowNs: number): SharedResponse | undefined {
    const entry = this.entries.get(target);
    return entry?.checkedNs === nowNs ? entry.response : undefined;
  }

  /** What is kept for a request target, if a look shows that it still is so. */
  async find(target: string, nowNs: number): Promise<SharedResponse | undefined> {
    const entry = this.entries.get(target);
    if (entry === undefined) return undefined;
    if ((await this.same(entry.path, entry.file)) && (await this.same(entry.marker, entry.markerStat))) {
      entry.checkedNs = nowNs;
      return entry.response;
    }
    this.forget(target, entry);
    return undefined;
  }

  private async same(path: string, before: FileStat): Promise<boolean> {
    const now = await unless(this.sys.stat(path), ...GONE);
    return now !== undefined && now.ino === before.ino && now.mtimeNs === before.mtimeNs && now.size === before.size;
  }

  /** Keeps a file that was read after `file` was looked up. */
  async keep(target: string, path: string, file: FileStat, response: SharedResponse, loop: EventLoop): Promise<void> {
    if (/[?#]/.test(target) || file.size !== response.content.length) return;
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    const headers = `${folder}/.headers`;
    const found = await unless(this.sys.stat(headers), ...GONE);
    const marker = found === undefined ? folder : headers;
    const markerStat = found ?? (await unless(this.sys.stat(folder), ...GONE));
    if (markerStat === undefined || Math.max(file.mtimeNs, markerStat.mtimeNs) > loop.epochNs - YOUNG_NS) return;
    if (this.entries.size >= KEPT_ENTRIES || this.bytes + file.size > KEPT_BYTES) this.forgetOldest();
    this.entries.set(target, { response, path, file, marker, markerStat, checkedNs: loop.nowNs });
    this.bytes += file.size;
  }

  private forget(target: string, entry: Entry): void {
    if (this.entries.delete(target)) this.bytes -= entry.response.content.length;
  }

  private forgetOldest(): void {
    for (const [target, entry] of this.entries) {
      this.forget(target, entry);
      if (this.entries.size < KEPT_ENTRIES && this.bytes + KEPT_FILE_BYTES <= KEPT_BYTES) return;
    }
  }
}
