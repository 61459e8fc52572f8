/** Standard streams and whole files over `sys`: what the C library's stdio does for programs. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { OpenFlags, Sys } from '@netarium/core/syscall/sys.ts';

/** Writes all of `data`, however short the single writes are. */
export async function writeAll(sys: Sys, fd: number, data: Uint8Array | string): Promise<void> {
  const bytes = typeof data === 'string' ? encodeUtf8(data) : data;
  for (let at = 0; at < bytes.length; ) at += await sys.write(fd, at === 0 ? bytes : bytes.subarray(at));
}

export function print(sys: Sys, text: string): Promise<void> {
  return writeAll(sys, 1, text);
}

export function printError(sys: Sys, text: string): Promise<void> {
  return writeAll(sys, 2, text);
}

const READ_SIZE = 65536;

/** Reads a descriptor to its end. */
export async function readAll(sys: Sys, fd: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = await sys.read(fd, READ_SIZE);
    if (part.length === 0) return parts.length === 1 ? parts[0]! : concatBytes(parts);
    parts.push(part);
  }
}

/** Runs `use` with an open descriptor and closes it whatever happens. */
export async function withFile<T>(
  sys: Sys,
  path: string,
  flags: OpenFlags,
  use: (fd: number) => Promise<T>,
): Promise<T> {
  const fd = await sys.open(path, flags);
  try {
    return await use(fd);
  } finally {
    await sys.close(fd);
  }
}

export function readFile(sys: Sys, path: string): Promise<Uint8Array> {
  return withFile(sys, path, { read: true }, (fd) => readAll(sys, fd));
}

export async function readText(sys: Sys, path: string): Promise<string> {
  return decodeUtf8(await readFile(sys, path));
}

/** Replaces the file's content, creating it where missing. */
export function writeFile(sys: Sys, path: string, data: Uint8Array | string): Promise<void> {
  return withFile(sys, path, { write: true, create: true, truncate: true }, (fd) => writeAll(sys, fd, data));
}

/** Reads a descriptor line by line; the last line may lack its newline. */
export class LineReader {
  private rest: Uint8Array = new Uint8Array(0);
  private ended = false;

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
  ) {}

  /** The next line without its newline, or undefined at the end. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const at = this.rest.indexOf(10);
      if (at >= 0) {
        const line = decodeUtf8(this.rest, 0, at);
        this.rest = this.rest.subarray(at + 1);
        return line;
      }
      if (this.ended) {
        if (this.rest.length === 0) return undefined;
        const line = decodeUtf8(this.rest);
        this.rest = new Uint8Array(0);
        return line;
      }
      const part = await this.sys.read(this.fd, 4096);
      if (part.length === 0) this.ended = true;
      else this.rest = this.rest.length === 0 ? part.slice() : concatBytes([this.rest, part]);
    }
  }
}
