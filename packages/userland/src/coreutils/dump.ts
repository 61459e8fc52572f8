/** hexdump -C, xxd and od: bytes for people. Repeated lines are shown as one asterisk (but for xxd), as the real ones do. */
import { concatBytes, hex, sameBytes } from '@netarium/core/base/bytes.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { parseCount, readOperand, type ToolCall, ToolError, tool } from './tool.ts';

export const hexdumpOptions: ProgramOptions = {
  name: 'hexdump',
  usage: 'hexdump -C [-v] [-n bytes] [-s offset] [file...]',
  options: [
    { names: ['-C'], help: 'bytes in hexadecimal, and as characters' },
    { names: ['-v'], help: 'repeated lines in full' },
    { names: ['-n'], value: 'bytes', help: 'only so many bytes' },
    { names: ['-s'], value: 'offset', help: 'leave out the first bytes' },
  ],
};

export const xxdOptions: ProgramOptions = {
  name: 'xxd',
  usage: 'xxd [-p] [-l bytes] [-s offset] [file]',
  options: [
    { names: ['-p'], help: 'only hexadecimal digits' },
    { names: ['-l'], value: 'bytes', help: 'only so many bytes' },
    { names: ['-s'], value: 'offset', help: 'leave out the first bytes' },
  ],
};

export const odOptions: ProgramOptions = {
  name: 'od',
  usage: 'od [-cv] [-A d|o|x|n] [-t c|x1|u1|o1|d1] [-N bytes] [-j offset] [file...]',
  options: [
    { names: ['-c'], help: 'characters, or their escapes' },
    { names: ['-v'], help: 'repeated lines in full' },
    { names: ['-A'], value: 'base', help: 'offsets in decimal, octal or hexadecimal, or none' },
    { names: ['-t'], value: 'type', help: 'c, x1, u1, o1 or d1' },
    { names: ['-N'], value: 'bytes', help: 'only so many bytes' },
    { names: ['-j'], value: 'offset', help: 'leave out the first bytes' },
  ],
};

const WIDTH = 16;

async function input({ sys, operands, attempt }: ToolCall, skip: number, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const name of operands.length === 0 ? ['-'] : operands) {
    await attempt(name, async () => {
      parts.push(await readOperand(sys, name));
    });
  }
  return concatBytes(parts).subarray(skip, skip + limit);
}

function size(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return Number(text);
  return parseCount(text, 'invalid number');
}

function printable(line: Uint8Array): string {
  return Array.from(line, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
}

/** Lines of sixteen bytes; a line like the one before becomes `*`, once. */
function dumpLines(data: Uint8Array, squeeze: boolean, show: (line: Uint8Array, offset: number) => string): string {
  let text = '';
  let starred = false;
  for (let at = 0; at < data.length; at += WIDTH) {
    const line = data.subarray(at, at + WIDTH);
    const again = squeeze && at > 0 && line.length === WIDTH && sameBytes(line, data.subarray(at - WIDTH, at));
    if (again && !starred) text += '*\n';
    if (!again) text += `${show(line, at)}\n`;
    starred = again;
  }
  return text;
}

export const hexdump = tool(hexdumpOptions, async (call) => {
  const { sys, options: given } = call;
  if (!given.has('-C')) throw new ToolError('only the form -C is supported by Netarium; see docs/coverage/hexdump.md');
  const skip = size(given.value('-s'), 0);
  const data = await input(call, skip, size(given.value('-n'), Number.MAX_SAFE_INTEGER));
  const offsetText = (offset: number): string => (offset + skip).toString(16).padStart(8, '0');
  const text = dumpLines(data, !given.has('-v'), (line, offset) => {
    const halves = [line.subarray(0, 8), line.subarray(8)].map((half) => hex(half, ' ').padEnd(23));
    return `${offsetText(offset)}  ${halves.join('  ')}  |${printable(line)}|`;
  });
  await print(sys, data.length === 0 ? '' : `${text}${offsetText(data.length)}\n`);
  return 0;
});

export const xxd = tool(xxdOptions, async (call) => {
  const { sys, options: given } = call;
  const skip = size(given.value('-s'), 0);
  const data = await input(call, skip, size(given.value('-l'), Number.MAX_SAFE_INTEGER));
  if (given.has('-p')) {
    await print(sys, hex(data).replace(/.{1,60}/g, '$&\n'));
    return 0;
  }
  const text = dumpLines(data, false, (line, offset) => {
    const pairs = hex(line)
      .match(/.{1,4}/g)!
      .join(' ');
    return `${(offset + skip).toString(16).padStart(8, '0')}: ${pairs.padEnd(39)}  ${printable(line)}`;
  });
  await print(sys, text);
  return 0;
});

const ESCAPES = new Map([
  [0, '\\0'],
  [7, '\\a'],
  [8, '\\b'],
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
]);

const FORMATS = new Map<string, (byte: number) => string>([
  [
    'c',
    (b) =>
      (ESCAPES.get(b) ?? (b >= 32 && b < 127 ? String.fromCharCode(b) : b.toString(8).padStart(3, '0'))).padStart(4),
  ],
  ['x1', (b) => ` ${b.toString(16).padStart(2, '0')}`],
  ['u1', (b) => String(b).padStart(4)],
  ['d1', (b) => String(b > 127 ? b - 256 : b).padStart(5)],
  ['o1', (b) => ` ${b.toString(8).padStart(3, '0')}`],
]);

export const od = tool(odOptions, async (call) => {
  const { sys, options: given } = call;
  const type = given.value('-t') ?? (given.has('-c') ? 'c' : undefined);
  const format = type === undefined ? undefined : FORMATS.get(type);
  if (format === undefined) {
    throw new ToolError(`output type '${type ?? 'o2'}' is not supported by Netarium; see docs/coverage/od.md`);
  }
  const base = given.value('-A') ?? 'o';
  if (!['d', 'o', 'x', 'n'].includes(base))
    throw new ToolError(`invalid output address radix '${base}'; it must be one character from [doxn]`);
  const skip = size(given.value('-j'), 0);
  const data = await input(call, skip, size(given.value('-N'), Number.MAX_SAFE_INTEGER));
  const offsetText = (offset: number): string => {
    if (base === 'n') return '';
    const radix = base === 'd' ? 10 : base === 'x' ? 16 : 8;
    return (offset + skip).toString(radix).padStart(base === 'x' ? 6 : 7, '0');
  };
  const text = dumpLines(
    data,
    !given.has('-v'),
    (line, offset) => offsetText(offset) + Array.from(line, format).join(''),
  );
  await print(sys, `${text}${base === 'n' ? '' : `${offsetText(data.length)}\n`}`);
  return 0;
});
