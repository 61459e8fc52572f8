/** Where a transfer's body goes: standard output, or a file that is opened when the first byte comes. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { errorText } from '../../lib/failure.ts';
import { printError, writeAll } from '../../lib/stdio.ts';
import { CURLE, CurlError } from './errors.ts';

export class Output {
  private fd = -1;

  constructor(
    private readonly sys: Sys,
    /** Undefined for standard output. */
    readonly file: string | undefined,
    private readonly silent: boolean,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    if (this.fd < 0) this.fd = await this.open();
    try {
      await writeAll(this.sys, this.fd, bytes);
    } catch (error) {
      throw new CurlError(
        CURLE.WRITE_ERROR,
        `Failure writing output to destination${this.fd === 1 ? '' : `: ${errorText(error)}`}`,
      );
    }
  }

  /** An empty body still makes an empty file. */
  async finish(): Promise<void> {
    if (this.fd < 0 && this.file !== undefined) this.fd = await this.open();
    await this.close();
  }

  async close(): Promise<void> {
    if (this.fd > 1) await this.sys.close(this.fd);
    this.fd = -1;
  }

  private async open(): Promise<number> {
    if (this.file === undefined) return 1;
    try {
      return await this.sys.open(this.file, { write: true, create: true, truncate: true, cloexec: true });
    } catch (error) {
      if (!this.silent)
        await printError(this.sys, `Warning: Failed to open the file ${this.file}: ${errorText(error)}\n`);
      throw new CurlError(CURLE.WRITE_ERROR, 'Failure writing output to destination');
    }
  }
}
