/** Runs tshark over a capture and reads what it prints; columns and filters are asked of sharkd, which is the same dissection without a start for each. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { environment } from './home.ts';
import { type Columns, Sharkd } from './sharkd.ts';

/** Calls `line` with each line of `tshark -r <capture> …args`. */
export async function tshark(
  capture: Uint8Array,
  args: readonly string[],
  line: (text: string) => void,
): Promise<void> {
  const env = await environment();
  await inFile(capture, async (file) => {
    const child = spawn('tshark', ['-r', file, '-n', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    // A failure to start is reported below; without a handler it would end the process first.
    ended.catch(() => undefined);
    for await (const text of createInterface({ input: child.stdout })) line(text);
    const code = await ended;
    if (code !== 0) throw new Error(`tshark ended with ${code}: ${errors}`);
  });
}

async function inFile<T>(capture: Uint8Array, read: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join((await environment()).HOME, 'capture-'));
  try {
    const file = join(folder, 'capture.pcapng');
    await writeFile(file, capture);
    return await read(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export type { Columns };

export interface PdmlField {
  readonly name: string;
  readonly show: string;
  readonly start: number;
  readonly size: number;
}

/** Fields of each packet in tshark's order, hidden ones included. */
export async function pdml(capture: Uint8Array): Promise<PdmlField[][]> {
  const packets: PdmlField[][] = [];
  await tshark(capture, ['-T', 'pdml'], (line) => {
    if (line.startsWith('<packet>')) packets.push([]);
    const last = packets.at(-1);
    if (last === undefined || !FIELD.test(line)) return;
    const field = { name: '', show: '', pos: '', size: '' };
    for (const [, name, value] of line.matchAll(ATTRIBUTES)) field[name as keyof typeof field] = unescaped(value!);
    last.push({ name: field.name, show: field.show, start: Number(field.pos || 0), size: Number(field.size || 0) });
  });
  return packets;
}

const FIELD = /^\s*<(?:field|proto) /;
const ATTRIBUTES = / (name|show|pos|size)="([^"]*)"/g;

function unescaped(value: string): string {
  if (!value.includes('&')) return value;
  return value.replace(/&(lt|gt|quot|amp|#x([0-9a-f]+));/g, (_, entity: string, digits?: string) =>
    digits !== undefined
      ? String.fromCodePoint(Number.parseInt(digits, 16))
      : { lt: '<', gt: '>', quot: '"', amp: '&' }[entity as 'lt'],
  );
}

let sharkd: Promise<Sharkd> | undefined;

function server(): Promise<Sharkd> {
  return (sharkd ??= environment().then((env) => new Sharkd(env)));
}

/** The packet list's columns, each frame told when all were read. */
export async function columns(capture: Uint8Array): Promise<Columns[]> {
  const there = await server();
  return inFile(capture, (file) => there.columns(file));
}

/** The same, each frame told as it is read. */
export async function columnsInOnePass(capture: Uint8Array): Promise<Columns[]> {
  const rows: Columns[] = [];
  await tshark(capture, ['-T', 'fields', '-e', '_ws.col.Protocol', '-e', '_ws.col.Info'], (line) => {
    const [protocol = '', info = ''] = line.split('\t');
    rows.push({ protocol, info });
  });
  return rows;
}

/** Numbers of the frames that a display filter lets through. */
export async function framesMatching(capture: Uint8Array, filter: string): Promise<number[]> {
  const there = await server();
  return inFile(capture, (file) => there.matching(file, filter));
}

/** True where Wireshark does not take a filter. */
export async function filterRefused(filter: string): Promise<boolean> {
  return !(await (await server()).takes(filter));
}
