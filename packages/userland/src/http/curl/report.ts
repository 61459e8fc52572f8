/** What `-v` shows on standard error: `* ` facts, `> ` and `< ` heads, `{ }` counts of data. */
import { latin1 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { writeAll } from '../../lib/stdio.ts';
import { latin1Bytes } from '../message.ts';

export class Report {
  private dataShown = false;

  constructor(
    private readonly sys: Sys,
    readonly verbose: boolean,
    /** Standard output is a terminal and takes the body: then the body itself shows that data came. */
    private readonly bodyVisible: boolean,
  ) {}

  async info(text: string): Promise<void> {
    await this.write(`* ${text}\n`);
  }

  async sentHead(head: string): Promise<void> {
    const lines = head.split('\n').slice(0, -1);
    await this.write(lines.map((line) => `> ${line}\n`).join(''));
  }

  /** Lines of a response head, with their line ends. */
  async receivedLine(line: string): Promise<void> {
    await this.write(`< ${line}`);
  }

  async sentData(bytes: number): Promise<void> {
    await this.data('}', bytes);
  }

  async receivedData(bytes: number): Promise<void> {
    await this.data('{', bytes);
  }

  private async data(mark: string, bytes: number): Promise<void> {
    if (this.dataShown || this.bodyVisible || !this.verbose) return;
    await this.write(`${mark} [${bytes} bytes data]\n`);
    this.dataShown = true;
  }

  private async write(text: string): Promise<void> {
    if (!this.verbose) return;
    this.dataShown = false;
    await writeAll(this.sys, 2, latin1Bytes(text));
  }
}

/** The lines of a raw head, each with its line end. */
export function headLines(raw: Uint8Array): string[] {
  return latin1(raw).match(/[^\n]*\n/g) ?? [];
}
