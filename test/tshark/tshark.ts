/** Runs tshark over a capture and reads what it prints. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** Checksums are checked, and each frame is dissected alone: our packet tree does not put segments and fragments together either. */
const PREFERENCES = [
  'ip.check_checksum:TRUE',
  'tcp.check_checksum:TRUE',
  'udp.check_checksum:TRUE',
  'ip.defragment:FALSE',
  'tcp.desegment_tcp_streams:FALSE',
  'http.desegment_headers:FALSE',
  'http.desegment_body:FALSE',
  'nameres.network_name:FALSE',
  'nameres.mac_name:FALSE',
  'nameres.transport_name:FALSE',
];

/**
 * What our packet tree knows, and what carries it. tshark's other dissectors go by port or by what a payload looks like and would take our
 * test patterns for theirs, so they are switched off.
 */
const OURS: ReadonlySet<string> = new Set(
  'frame eth ethertype vlan llc arp ip icmp igmp tcp udp dns dhcp snmp http echo data data-text-lines media image-gif image-jfif png pkt_comment'.split(
    ' ',
  ),
);

let others: Promise<readonly string[]> | undefined;

/** Names of all protocols that tshark could switch off, but ours. */
function otherProtocols(): Promise<readonly string[]> {
  others ??= run('tshark', ['-G', 'protocols']).then((text) =>
    text.split('\n').flatMap((line) => {
      const name = line.split('\t')[2];
      return name === undefined || name.startsWith('_ws') || OURS.has(name) ? [] : [name];
    }),
  );
  return others;
}

async function run(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Calls `line` with each line of `tshark -r <capture> …args`. */
export async function tshark(
  capture: Uint8Array,
  args: readonly string[],
  line: (text: string) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'netarium-tshark-'));
  try {
    const file = join(folder, 'capture.pcapng');
    await writeFile(file, capture);
    const preferences = PREFERENCES.flatMap((preference) => ['-o', preference]);
    await mkdir(join(folder, '.config/wireshark'), { recursive: true });
    await writeFile(join(folder, '.config/wireshark/disabled_protos'), (await otherProtocols()).join('\n'));
    // No configuration of the user's may change what is printed.
    const env = { PATH: process.env.PATH ?? '', HOME: folder, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
    const child = spawn('tshark', ['-r', file, '-n', ...preferences, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
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
  } finally {
    await rm(folder, { recursive: true });
  }
}

export interface PdmlField {
  readonly name: string;
  readonly show: string;
  readonly start: number;
  readonly size: number;
}

/** Fields of each packet in tshark's order, hidden ones included. */
export async function pdml(capture: Uint8Array, args: readonly string[] = []): Promise<PdmlField[][]> {
  const packets: PdmlField[][] = [];
  await tshark(capture, ['-T', 'pdml', ...args], (line) => {
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

/** The packet list's columns: protocol and info. */
export async function columns(
  capture: Uint8Array,
  args: readonly string[] = [],
): Promise<{ protocol: string; info: string }[]> {
  const rows: { protocol: string; info: string }[] = [];
  await tshark(capture, ['-T', 'fields', '-e', '_ws.col.Protocol', '-e', '_ws.col.Info', ...args], (line) => {
    const [protocol = '', info = ''] = line.split('\t');
    rows.push({ protocol, info });
  });
  return rows;
}

/** Numbers of the frames that a display filter lets through. */
export async function framesMatching(capture: Uint8Array, filter: string): Promise<number[]> {
  const numbers: number[] = [];
  await tshark(capture, ['-Y', filter, '-T', 'fields', '-e', 'frame.number'], (line) => numbers.push(Number(line)));
  return numbers;
}

/** True where tshark does not take a filter. */
export async function tsharkRefuses(capture: Uint8Array, filter: string): Promise<boolean> {
  try {
    await framesMatching(capture, filter);
    return false;
  } catch {
    return true;
  }
}
