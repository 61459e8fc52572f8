/** Runs tshark over a capture and reads what it prints; columns and filters are asked of sharkd, which is the same dissection without a start for each. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { environment } from './home.ts';
import { type Columns, Sharkd } from './sharkd.ts';

/** Calls `line` with each line of `tshark -r <capture> …args`. */
export async function tshark(
  capture: Uint8Array,
  args: readonly string[],
  line: (text: string) => void,
): Promise<void> {
  await run(capture, args, async (output) => {
    for await (const text of createInterface({ input: output })) line(text);
  });
}

async function run(
  capture: Uint8Array,
  args: readonly string[],
  read: (output: Readable) => Promise<void>,
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
    await read(child.stdout);
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
  await eachPacket(capture, (fieldsOf) => packets.push(fieldsOf()));
  return packets;
}

/** Fields of a packet, or of it those whose name is wanted: the others cost little more than finding their end. */
export type FieldsOf = (wanted?: (name: string) => boolean) => PdmlField[];

/** Calls `packet` with each packet as tshark prints it, so that a long capture's answer is never here as a whole. */
export async function eachPacket(capture: Uint8Array, packet: (fieldsOf: FieldsOf) => void): Promise<void> {
  let rest = '';
  await run(capture, ['-T', 'pdml'], async (output) => {
    for await (const chunk of output.setEncoding('utf8')) {
      rest += chunk;
      for (let end = rest.indexOf(PACKET_END); end >= 0; end = rest.indexOf(PACKET_END)) {
        const text = rest.slice(rest.indexOf('<packet>'), end);
        rest = rest.slice(end + PACKET_END.length);
        packet((wanted) => fieldsIn(text, wanted));
      }
    }
  });
  if (rest.includes('<packet>')) throw new Error('tshark ended within a packet');
}

const PACKET_END = '</packet>\n';
const ELEMENT = /<(?:field|proto) name="/g;

function fieldsIn(text: string, wanted: (name: string) => boolean = () => true): PdmlField[] {
  const fields: PdmlField[] = [];
  ELEMENT.lastIndex = 0;
  while (ELEMENT.test(text)) {
    const nameEnd = text.indexOf('"', ELEMENT.lastIndex);
    const name = text.slice(ELEMENT.lastIndex, nameEnd);
    const end = text.indexOf('\n', nameEnd);
    ELEMENT.lastIndex = end;
    if (wanted(name)) fields.push(fieldOf(name, text.slice(nameEnd, end)));
  }
  return fields;
}

function fieldOf(name: string, line: string): PdmlField {
  const show = unescaped(attribute(line, ' show="'));
  return { name, show, start: Number(attribute(line, ' pos="')), size: Number(attribute(line, ' size="')) };
}

function attribute(line: string, opening: string): string {
  const at = line.indexOf(opening);
  const start = at + opening.length;
  return at < 0 ? '' : line.slice(start, line.indexOf('"', start));
}

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
