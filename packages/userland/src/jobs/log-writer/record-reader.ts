/** Records of standard input, a line each. A line that is longer than a record may be is cut, so that memory stays bounded whatever comes. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';

export const MAX_RECORD_BYTES = 65_536;
const READ_BYTES = 65_536;
const NEWLINE = 10;

export class RecordReader {
  private rest: Uint8Array = new Uint8Array(0);
  /** What follows belongs to a line that was handed out already, cut. */
  private skipping = false;
  private ended = false;
  cut = 0;

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
  ) {}

  /** The next line without its newline; undefined at the end. The last one may lack its newline. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const end = this.rest.indexOf(NEWLINE);
      if (end >= 0) {
        const line = this.rest.subarray(0, end);
        this.rest = this.rest.subarray(end + 1);
        if (!this.skipping) return this.bounded(line);
        this.skipping = false;
        continue;
      }
      if (this.skipping) this.rest = new Uint8Array(0);
      else if (this.rest.length > MAX_RECORD_BYTES) {
        this.skipping = true;
        return this.bounded(this.rest);
      }
      if (this.ended) return this.last();
      const part = await this.sys.read(this.fd, READ_BYTES);
      if (part.length === 0) this.ended = true;
      else this.rest = this.rest.length === 0 ? part : concatBytes([this.rest, part]);
    }
  }

  private bounded(line: Uint8Array): Uint8Array {
    if (line.length <= MAX_RECORD_BYTES) return line.slice();
    this.cut++;
    return line.slice(0, MAX_RECORD_BYTES);
  }

  private last(): Uint8Array | undefined {
    const line = this.rest;
    this.rest = new Uint8Array(0);
    return line.length === 0 ? undefined : this.bounded(line);
  }
}
