/**
 * BIND's named and ours over the same zones: every question gets the same response code, flags, answer, authority and additional records.
 * The real server runs on the loopback device of this machine, ours is asked directly.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeDns } from '@netarium/core/wire/dns.ts';
import { decodeDns } from '@netarium/core/wire/dns-decoder.ts';
import { nameKey } from '@netarium/core/wire/dns-name.ts';
import {
  type DnsMessage,
  NO_FLAGS,
  optRecord,
  type ResourceRecord,
  TYPE,
  typeName,
  typeNumber,
} from '@netarium/core/wire/dns-types.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerFromZones } from './authority.ts';
import { rdataText } from './record-text.ts';
import { emptyReply, encodeReply, readQuery, udpLimit, wantsLittle } from './reply.ts';
import { buildZone, type Zone } from './zone.ts';
import { parseZoneFile } from './zone-file.ts';

const ZONES: Readonly<Record<string, string>> = {
  'shop.test': `$TTL 1h
@       IN SOA ns1 hostmaster ( 2026010101 2h 30m 2w 5m )
        IN NS  ns1
           NS  ns.other.test.
           NS  ns.far.example.
ns1     A   10.0.3.53
ns1     AAAA 2001:db8::53
www     CNAME web
web     IN 60 A 10.0.2.2
        A  10.0.2.3
        AAAA 2001:db8::2
@       MX 10 mail
@       MX 20 mail.other.test.
mail    A  10.0.2.25
text    TXT "hello; world" plain "a \\"quote\\""
_http._tcp SRV 0 5 80 web
_http._tcp SRV 0 5 81 www
out     CNAME target.far.example.
over    CNAME there.other.test.
chain1  CNAME chain2
chain2  CNAME chain3
chain3  CNAME web
broken  CNAME nothing
tosub   CNAME host.sub
loop1   CNAME loop2
loop2   CNAME loop1
self    CNAME self
sub     NS ns.sub
sub     NS ns1
ns.sub  A 10.0.9.53
deep.sub A 10.0.9.54
bare    NS ns.far.example.
*.wild  A 10.9.9.9
*.wild  MX 5 mail
host.wild TXT "no address here"
*.cwild CNAME web
under.empty.inner A 10.1.1.1
odd     TYPE65280 \\# 3 0A0B0C
UPPER   A 10.1.1.2
ptr     PTR web
big     TXT ${['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => `"${letter.repeat(200)}"`).join(' ')}
mid     TXT ${['a', 'b', 'c'].map((letter) => `"${letter.repeat(150)}"`).join(' ')}
${Array.from({ length: 40 }, (_, i) => `many A 10.7.0.${i}`).join('\n')}
a\\.dot  A 10.1.1.3
`,
  'other.test': `$TTL 300
@ SOA ns h 1 2 3 4 5
@ NS ns
ns A 10.0.4.53
there A 10.0.4.4
mail A 10.0.4.25
back CNAME www.shop.test.
`,
};

const NAMES = [
  'shop.test',
  'ns1.shop.test',
  'www.shop.test',
  'WEB.Shop.TEST',
  'mail.shop.test',
  'text.shop.test',
  '_http._tcp.shop.test',
  '_tcp.shop.test',
  'out.shop.test',
  'over.shop.test',
  'chain1.shop.test',
  'broken.shop.test',
  'tosub.shop.test',
  'loop1.shop.test',
  'self.shop.test',
  'sub.shop.test',
  'ns.sub.shop.test',
  'x.y.sub.shop.test',
  'deep.sub.shop.test',
  'bare.shop.test',
  'x.bare.shop.test',
  'wild.shop.test',
  'x.wild.shop.test',
  'x.y.wild.shop.test',
  '*.wild.shop.test',
  'host.wild.shop.test',
  'x.host.wild.shop.test',
  'x.cwild.shop.test',

  'inner.shop.test',
  'empty.inner.shop.test',
  'under.empty.inner.shop.test',
  'x.empty.inner.shop.test',
  'odd.shop.test',
  'upper.shop.test',
  'ptr.shop.test',
  'big.shop.test',
  'mid.shop.test',
  'many.shop.test',
  'a\\.dot.shop.test',
  'nothing.shop.test',
  'x.nothing.shop.test',
  'other.test',
  'there.other.test',
  'back.other.test',
  'test',
  'far.example',
  '.',
  'xshop.test',
];
const TYPES = ['A', 'AAAA', 'NS', 'SOA', 'MX', 'TXT', 'CNAME', 'SRV', 'PTR', 'TYPE65280'];

let port = 0;
let folder = '';
let server: ChildProcess;
let socket: dgram.Socket;
const waiting = new Map<number, (bytes: Uint8Array) => void>();

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = dgram.createSocket('udp4');
    probe.bind(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });
}

function startNamed(): Promise<void> {
  const zones = Object.keys(ZONES).map((name) => {
    writeFileSync(join(folder, `db.${name}`), ZONES[name]!);
    return `zone "${name}" { type primary; file "${folder}/db.${name}"; check-names ignore; };`;
  });
  const options = `directory "${folder}"; pid-file none; session-keyfile none; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
    recursion no; minimal-responses no; minimal-any yes; dnssec-validation no; empty-zones-enable no; notify no; rrset-order { order none; };`;
  writeFileSync(join(folder, 'named.conf'), `options { ${options} };\ncontrols { };\n${zones.join('\n')}\n`);
  return new Promise((resolve, reject) => {
    server = spawn('named', ['-g', '-c', join(folder, 'named.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`named ended with ${code}: ${log}`)));
    server.stderr!.on('data', (data: Buffer) => {
      log += data.toString();
      if (log.includes(' running\n')) resolve();
    });
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netarium-named-'));
  port = await freePort();
  await startNamed();
  socket = dgram.createSocket('udp4');
  socket.on('message', (bytes) => waiting.get((bytes[0]! << 8) | bytes[1]!)?.(bytes));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server?.removeAllListeners('exit');
  server?.kill();
  socket?.close();
  rmSync(folder, { recursive: true });
});

function real(query: Uint8Array): Promise<DnsMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('named does not answer')), 5000);
    waiting.set((query[0]! << 8) | query[1]!, (bytes) => {
      clearTimeout(timer);
      resolve(decodeDns(bytes).message);
    });
    socket.send(query, port, '127.0.0.1');
  });
}

const zones = new Map<string, Zone>();
for (const [name, text] of Object.entries(ZONES)) {
  const parsed = parseZoneFile(text, `${name}.`);
  if (!parsed.ok) throw new Error(`${name}: ${parsed.problem.line}: ${parsed.problem.text}`);
  const built = buildZone(`${name}.`, parsed.records);
  if (!built.ok) throw new Error(`${name}: ${built.text}`);
  zones.set(`${name}.`, built.zone);
}

function ours(query: Uint8Array): DnsMessage {
  const read = readQuery(query, false);
  if (read.kind === 'drop') throw new Error('dropped');
  if (read.kind === 'reply') return decodeDns(read.bytes).message;
  const content =
    answerFromZones(zones, read.query.question, {
      minimal: wantsLittle(read.query.edns, 'udp'),
      acrossZones: false,
      rotate: 0,
    }) ?? emptyReply(5);
  return decodeDns(encodeReply(read.query, content, false, udpLimit(read.query.edns))).message;
}

let lastId = 0;

function query(name: string, type: number, edns: number | undefined, change: Partial<DnsMessage> = {}): Uint8Array {
  return encodeDns({
    id: ++lastId & 0xffff,
    flags: { ...NO_FLAGS, rd: false },
    questions: [{ name: name === '.' ? name : `${name}.`, type, class: 1 }],
    answers: [],
    authorities: [],
    additionals: edns === undefined ? [] : [optRecord({ udpSize: edns })],
    ...change,
  });
}

/** What must be equal: order within a section is free, case of names that compression shares as well. */
function normal(message: DnsMessage): string[] {
  const { rcode, aa, tc, ra, rd, opcode } = message.flags;
  const lines = (section: string, records: readonly ResourceRecord[]) =>
    records
      .filter((one) => one.type !== TYPE.OPT)
      .map((one) => `${section} ${nameKey(one.name)} ${one.ttl} ${typeName(one.type)} ${nameKey(rdataText(one.data))}`)
      .sort();
  const edns = message.additionals.some((one) => one.type === TYPE.OPT);
  return [
    `rcode ${rcode} aa ${aa} tc ${tc} ra ${ra} rd ${rd} opcode ${opcode} edns ${edns}`,
    ...lines('answer', message.answers),
    ...lines('authority', message.authorities),
    ...lines('additional', message.additionals),
  ];
}

describe("BIND's answers", () => {
  it.each(NAMES)('about %s', async (name) => {
    for (const type of TYPES) {
      const bytes = query(name, typeNumber(type)!, 1232);
      expect([type, ...normal(ours(bytes))]).toEqual([type, ...normal(await real(bytes))]);
    }
  });

  it.each([
    'many.shop.test A',
    'big.shop.test TXT',
    'mid.shop.test TXT',
    'shop.test MX',
    'shop.test NS',
    'x.sub.shop.test A',
  ])('of %s in every size', async (line) => {
    const [name, type] = line.split(' ') as [string, string];
    for (const edns of [undefined, 100, 512, 600, 700, 1000, 1232, 4096]) {
      const bytes = query(name, typeNumber(type)!, edns);
      expect([edns, ...normal(ours(bytes))]).toEqual([edns, ...normal(await real(bytes))]);
    }
  });

  it('to questions that are none', async () => {
    const question = { name: 'www.shop.test.', type: TYPE.A, class: 1 };
    const flags = { ...NO_FLAGS };
    const odd: [string, Uint8Array][] = [
      ['recursion desired', query('www.shop.test', TYPE.A, undefined, { flags: { ...flags, rd: true } })],
      ['class CH', query('', 1, undefined, { questions: [{ ...question, class: 3 }] })],
      ['opcode STATUS', query('www.shop.test', 1, undefined, { flags: { ...flags, opcode: 2 } })],
      ['opcode 9', query('www.shop.test', 1, undefined, { flags: { ...flags, opcode: 9 } })],
      ['type OPT', query('www.shop.test', TYPE.OPT, undefined)],
      ['no question', query('', 1, undefined, { questions: [] })],
      ['two questions', query('', 1, undefined, { questions: [question, question] })],
      ['EDNS 1', query('www.shop.test', 1, undefined, { additionals: [optRecord({ udpSize: 1232, version: 1 })] })],
      ['DO', query('www.shop.test', 1, undefined, { additionals: [optRecord({ udpSize: 1232, dnssecOk: true })] })],
      [
        'two OPT',
        query('www.shop.test', 1, undefined, {
          additionals: [optRecord({ udpSize: 512 }), optRecord({ udpSize: 512 })],
        }),
      ],
      ['cut off', query('www.shop.test', 1, undefined).subarray(0, 25)],
      ['trailing bytes', Uint8Array.of(...query('www.shop.test', 1, undefined), 1, 2, 3)],
    ];
    for (const [what, bytes] of odd)
      expect([what, ...normal(ours(bytes))]).toEqual([what, ...normal(await real(bytes))]);
  });
});

const BAD_ZONES = [
  'x A 1.2.3',
  'x AAAA 1.2.3',
  'x TXT',
  'x A',
  'x TXT "abc',
  'x',
  'x MX ten y',
  'x MX 70000 y',
  'x SRV 1 2 y',
  'x FOO y',
  'x 99999999999 A 1.2.3.4',
  'x 1h30 A 1.2.3.4',
  'x IN 5 IN A 1.2.3.4',
  'x A 1.2.3.4 5',
  'x CH A 1.2.3.4',
  'x TXT \\3',
  'a..b A 1.2.3.4',
  `${'a'.repeat(64)} A 1.2.3.4`,
  '$ORIGIN a..b',
  '$FOO',
  '*.a NS b',
  '@ CNAME x',
  'x CNAME y\nx A 1.2.3.4',
  'x SOA a b 1 2 3 4 5',
  'x MX 10 y..z',
];

describe("BIND's words for mistakes in", () => {
  it.each(BAD_ZONES)('%j', (line) => {
    const text = `$TTL 1h\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 10.0.0.1\n${line}\n`;
    const file = join(folder, 'bad');
    writeFileSync(file, text);
    const { stdout, stderr } = spawnSync('named-checkzone', ['bad.test', file], { encoding: 'utf8' });
    const theirs = `${stdout}${stderr}`.split(`${file}:`).map((part) => part.split('\n')[0]!);
    expect(theirs).toContain(problemOf(text));
  });
});

/** `5: near '1.2.3': bad dotted quad` */
function problemOf(text: string): string {
  const parsed = parseZoneFile(text, 'bad.test.');
  if (!parsed.ok) return `${parsed.problem.line}: ${parsed.problem.text}`;
  const built = buildZone('bad.test.', parsed.records);
  return built.ok ? 'no problem' : `${built.line}: ${built.text}`;
}
