/**
 * What stands in a directory of downloads: `.download.jsonl`, an object a line for each file that is whole. A run appends as files come, so that a run that was
 * killed is known to its last file; at its end it writes the list anew, without lines that later ones replaced. A loss of power may take the last of them (their files are
 * downloaded again), never the list.
 */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { ToolError } from '../../coreutils/tool.ts';
import { unless } from '../../lib/failure.ts';
import { readFile, writeAll } from '../../lib/stdio.ts';
import { at, openAt } from '../lib/place.ts';
import { replaceFile } from '../lib/replace-file.ts';

export const MANIFEST = '.download.jsonl';

export interface Kept {
  readonly url: string;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly type: string;
}

export class Manifest {
  private readonly byUrl = new Map<string, Kept>();
  private fd = -1;
  private added = 0;
  /** A line is being written, or has broken off. */
  private torn = false;

  private constructor(
    private readonly sys: Sys,
    private readonly path: string,
  ) {}

  static async open(sys: Sys, directory: string): Promise<Manifest> {
    const manifest = new Manifest(sys, `${directory}/${MANIFEST}`);
    const text = await at(manifest.path, unless(readFile(sys, manifest.path), 'ENOENT'));
    for (const line of text === undefined ? [] : decodeUtf8(text).split('\n')) {
      const kept = parseKept(line);
      if (kept !== undefined) manifest.byUrl.set(kept.url, kept);
    }
    manifest.fd = await openAt(sys, manifest.path, { write: true, create: true, append: true, cloexec: true });
    // A line that was torn is ended, so that the next one stands alone.
    if (text !== undefined && text.length > 0 && text.at(-1) !== 10)
      await at(manifest.path, sys.write(manifest.fd, encodeUtf8('\n')));
    return manifest;
  }

  get(url: string): Kept | undefined {
    return this.byUrl.get(url);
  }

  async add(kept: Kept): Promise<void> {
    this.byUrl.set(kept.url, kept);
    this.added++;
    const start = this.torn ? '\n' : '';
    this.torn = true;
    await at(this.path, writeAll(this.sys, this.fd, `${start}${JSON.stringify(kept)}\n`));
    this.torn = false;
  }

  /** Ends the run's part of it. Where nothing came, nothing is changed; where the disk is full, the longer list stays that was there. */
  async close(): Promise<void> {
    await this.sys.close(this.fd);
    if (this.added === 0) return;
    const lines = [...this.byUrl.values()].map((kept) => `${JSON.stringify(kept)}\n`);
    try {
      await replaceFile(this.sys, this.path, async (fd) => {
        await writeAll(this.sys, fd, lines.join(''));
        await this.sys.fsync(fd);
      });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
    }
  }
}

/** Undefined for a line that was torn, or that somebody else has written. */
export function parseKept(line: string): Kept | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { url, name, bytes, sha256, type } = value as Record<string, unknown>;
  if (typeof url !== 'string' || typeof name !== 'string' || typeof bytes !== 'number') return undefined;
  if (typeof sha256 !== 'string' || typeof type !== 'string') return undefined;
  // Never a way out of the directory.
  return name === '' || name.includes('/') || name.startsWith('.') ? undefined : { url, name, bytes, sha256, type };
}
