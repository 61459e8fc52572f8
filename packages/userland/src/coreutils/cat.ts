/** cat(1): copies files to standard output as the bytes come. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { withFile, writeAll } from '../lib/stdio.ts';
import { tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'cat',
  usage: 'cat [-bEnsTu] [file...]',
  options: [
    { names: ['-n', '--number'], help: 'number all output lines' },
    { names: ['-b', '--number-nonblank'], help: 'number output lines that are not empty' },
    { names: ['-E', '--show-ends'], help: 'show $ at the end of each line' },
    { names: ['-T', '--show-tabs'], help: 'show tabs as ^I' },
    { names: ['-s', '--squeeze-blank'], help: 'at most one empty line in a row' },
    { names: ['-u'], help: 'no effect: output is never kept back' },
  ],
};

const BLOCK = 65536;
const NEWLINE = 10;
const TAB = 9;

interface Style {
  readonly number: boolean;
  readonly nonblank: boolean;
  readonly ends: boolean;
  readonly tabs: boolean;
  readonly squeeze: boolean;
}

/** Changes the bytes as they pass; line numbers go on from file to file. */
class Decorator {
  private line = 0;
  private atStart = true;
  private blanks = 0;

  constructor(private readonly style: Style) {}

  decorate(data: Uint8Array): Uint8Array {
    const out: number[] = [];
    for (const byte of data) this.byte(byte, out);
    return Uint8Array.from(out);
  }

  private byte(byte: number, out: number[]): void {
    const { style } = this;
    const blank = this.atStart && byte === NEWLINE;
    this.blanks = blank ? this.blanks + 1 : this.atStart ? 0 : this.blanks;
    if (blank && style.squeeze && this.blanks > 1) return;
    if (this.atStart && (style.number || style.nonblank) && !(blank && style.nonblank)) {
      for (const c of `${String(++this.line).padStart(6)}\t`) out.push(c.charCodeAt(0));
    }
    this.atStart = byte === NEWLINE;
    if (byte === NEWLINE && style.ends) out.push(36);
    if (byte === TAB && style.tabs) out.push(94, 73);
    else out.push(byte);
  }
}

async function copy(sys: Sys, fd: number, decorator: Decorator | undefined): Promise<void> {
  for (;;) {
    const data = await sys.read(fd, BLOCK);
    if (data.length === 0) return;
    await writeAll(sys, 1, decorator === undefined ? data : decorator.decorate(data));
  }
}

export const main = tool(options, async ({ sys, options: given, operands, attempt }) => {
  const nonblank = given.has('-b');
  const style = {
    number: given.has('-n') && !nonblank,
    nonblank,
    ends: given.has('-E'),
    tabs: given.has('-T'),
    squeeze: given.has('-s'),
  };
  const decorator = Object.values(style).some(Boolean) ? new Decorator(style) : undefined;
  for (const name of operands.length === 0 ? ['-'] : operands) {
    await attempt(name, () =>
      name === '-' ? copy(sys, 0, decorator) : withFile(sys, name, { read: true }, (fd) => copy(sys, fd, decorator)),
    );
  }
  return 0;
});
