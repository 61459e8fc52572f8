/**
 * BIND's named and our recursor as resolvers of the same small tree of servers: every question gets the same code and answers. The servers
 * are our own engine, on loopback addresses for BIND, called directly for ours.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
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
  typeNumber,
} from '@netarium/core/wire/dns-types.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerFromZones } from './authority.ts';
import { DnsCache } from './cache.ts';
import { FrameReader, framed } from './frames.ts';
import { rdataText } from './record-text.ts';
import { type Outcome, Recursor } from './recursor.ts';
import { emptyReply, encodeReply, readQuery, udpLimit, wantsLittle } from './reply.ts';
import { ServerTable } from './servers.ts';
import { buildZone, type Zone } from './zone.ts';
import { parseZoneFile } from './zone-file.ts';

const ROOT = '127.53.0.1';

/** Zones by the address of their server. */
const SERVERS: Readonly<Record<string, readonly [origin: string, text: string]>> = {
  [ROOT]: [
    '.',
    ' NS a.root.\na.root. A 127.53.0.1\ntest. NS ns.test.\nns.test. A 127.53.0.2\nother. NS ns.other.\nns.other. A 127.53.0.4\ndead. NS ns.dead.\nns.dead. A 127.53.0.99\nlame. NS ns.lame.\nns.lame. A 127.53.0.4\n',
  ],
  '127.53.0.2': [
    'test.',
    ' NS ns\nns A 127.53.0.2\nshop NS ns1.shop\nns1.shop A 127.53.0.3\nbare NS ns.host.other.\nhalf NS ns.half\nns.half A 127.53.0.99\nhalf NS ns1.half\nns1.half A 127.53.0.5\n',
  ],
  '127.53.0.3': [
    'shop.test.',
    ` NS ns1\nns1 A 127.53.0.3\nwww CNAME web\nweb A 10.0.2.2\n A 10.0.2.3\nfar CNAME www.other.\nfarther CNAME back.other.\nloop CNAME loop.other.\nself CNAME self\nnowhere CNAME nothing.other.\nbig TXT ${['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => `"${letter.repeat(200)}"`).join(' ')}\n*.wild A 10.9.9.9\nzero 0 A 10.0.2.9\n@ MX 10 mail\nmail A 10.0.2.25\n`,
  ],
  '127.53.0.4': [
    'other.',
    ' NS ns\nns A 127.53.0.4\nwww A 10.0.5.5\nns.host A 127.53.0.6\nback CNAME www.shop.test.\nloop CNAME loop.shop.test.\n',
  ],
  '127.53.0.5': ['half.test.', ' NS ns\n NS ns1\nns A 127.53.0.99\nns1 A 127.53.0.5\nwww A 10.0.7.1\n'],
  '127.53.0.6': ['bare.test.', ' NS ns.host.other.\n@ A 10.0.7.7\n'],
};

const QUESTIONS = [
  'web.shop.test A',
  'www.shop.test A',
  'WWW.Shop.Test A',
  'www.shop.test CNAME',
  'web.shop.test AAAA',
  'www.shop.test MX',
  'shop.test MX',
  'shop.test NS',
  'shop.test SOA',
  'nothing.shop.test A',
  'x.y.nothing.shop.test TXT',
  'far.shop.test A',
  'farther.shop.test A',
  'nowhere.shop.test A',
  'self.shop.test A',
  'loop.shop.test A',
  'big.shop.test TXT',
  'a.b.wild.shop.test A',
  'zero.shop.test A',
  'bare.test A',
  'www.half.test A',
  'nothing A',
  'test NS',
  'www.lame A',
  'back.other A',
  'ns1.shop.test A',
  '. NS',
];

function zonesOf(origin: string, text: string): ReadonlyMap<string, Zone> {
  const parsed = parseZoneFile(`$TTL 300\n@ SOA ns h 1 2 3 4 60\n${text}`, origin);
  if (!parsed.ok) throw new Error(`${origin}: ${parsed.problem.line}: ${parsed.problem.text}`);
  const built = buildZone(origin, parsed.records);
  if (!built.ok) throw new Error(`${origin}: ${built.text}`);
  return new Map([[origin, built.zone]]);
}

function answer(zones: ReadonlyMap<string, Zone>, query: Uint8Array, transport: 'udp' | 'tcp'): Uint8Array | undefined {
  const read = readQuery(query, false);
  if (read.kind !== 'query') return read.kind === 'reply' ? read.bytes : undefined;
  const { edns, question } = read.query;
  const content = answerFromZones(zones, question, {
    minimal: wantsLittle(edns, transport),
    acrossZones: false,
    rotate: 0,
  });
  return encodeReply(read.query, content ?? emptyReply(5), false, transport === 'tcp' ? 65_535 : udpLimit(edns));
}

const servers = new Map(Object.entries(SERVERS).map(([address, [origin, text]]) => [address, zonesOf(origin, text)]));
const open: { close(): unknown }[] = [];
let folder = '';
let port = 0;
let named: ChildProcess;

async function serve(address: string, zones: ReadonlyMap<string, Zone>): Promise<void> {
  const udp = dgram.createSocket('udp4');
  udp.on('message', (query, from) => {
    const reply = answer(zones, query, 'udp');
    if (reply) udp.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => udp.bind(port, address, resolve));
  const tcp = net.createServer((socket) => {
    const frames = new FrameReader();
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      for (const query of frames.push(data)) {
        const reply = answer(zones, query, 'tcp');
        if (reply) socket.write(framed(reply));
      }
    });
  });
  await new Promise<void>((resolve) => tcp.listen(port, address, resolve));
  open.push(udp, tcp);
}

function startNamed(): Promise<void> {
  writeFileSync(join(folder, 'root'), `. 3600 NS a.root.\na.root. 3600 A ${ROOT}\n`);
  const options = `directory "${folder}"; pid-file none; session-keyfile none; port ${port}; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
    recursion yes; minimal-responses yes; dnssec-validation no; empty-zones-enable no; qname-minimization off; prefetch 0; rrset-order { order none; };`;
  writeFileSync(
    join(folder, 'named.conf'),
    `options { ${options} };\ncontrols { };\nzone "." { type hint; file "root"; };\n`,
  );
  return new Promise((resolve, reject) => {
    named = spawn('named', ['-4', '-g', '-c', join(folder, 'named.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    named.on('error', reject);
    named.on('exit', (code) => reject(new Error(`named ended with ${code}: ${log}`)));
    named.stderr!.on('data', (data: Buffer) => {
      log += data.toString();
      if (log.includes(' running\n')) resolve();
    });
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netarium-recursion-'));
  const probe = dgram.createSocket('udp4');
  await new Promise<void>((resolve) => probe.bind(0, ROOT, resolve));
  port = probe.address().port;
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  for (const [address, zones] of servers) await serve(address, zones);
  // One that hears and never answers.
  await serve('127.53.0.99', new Map()).then(() => (open.at(-2) as dgram.Socket).removeAllListeners('message'));
  await startNamed();
});

afterAll(() => {
  named?.removeAllListeners('exit');
  named?.kill();
  for (const one of open) one.close();
  rmSync(folder, { recursive: true });
});

function askNamed(name: string, type: number): Promise<DnsMessage> {
  const socket = dgram.createSocket('udp4');
  const query = encodeDns({
    id: 77,
    flags: { ...NO_FLAGS, rd: true },
    questions: [{ name, type, class: 1 }],
    answers: [],
    authorities: [],
    additionals: [optRecord({ udpSize: 4096 })],
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('named does not answer')), 12_000);
    socket.on('message', (bytes) => {
      clearTimeout(timer);
      socket.close();
      const { message } = decodeDns(bytes);
      if (message.flags.tc) askNamedByTcp(query).then(resolve, reject);
      else resolve(message);
    });
    socket.send(query, port, '127.0.0.1');
  });
}

function askNamedByTcp(query: Uint8Array): Promise<DnsMessage> {
  return new Promise((resolve, reject) => {
    const frames = new FrameReader();
    const socket = net.connect(port, '127.0.0.1', () => socket.write(framed(query)));
    socket.on('error', reject);
    socket.on('data', (data) => {
      for (const bytes of frames.push(data)) {
        socket.destroy();
        resolve(decodeDns(bytes).message);
      }
    });
  });
}

/** Our recursor with servers at hand that answer at once; a silent one costs its time limit. */
function askOurs(recursor: Recursor, clock: { nowNs: number }, name: string, type: number): Outcome {
  const ticket = recursor.resolve({ name, type, class: 1 }, clock.nowNs);
  for (;;) {
    const effects = recursor.takeEffects();
    if (effects.length === 0) throw new Error('nothing to do and no answer');
    for (const effect of effects) {
      if (effect.kind === 'finish') {
        if (effect.ticket === ticket) return effect.outcome;
        continue;
      }
      const { request } = effect;
      const zones = servers.get(request.server);
      const query = encodeDns({
        id: 1,
        flags: NO_FLAGS,
        questions: [request.question],
        answers: [],
        authorities: [],
        additionals: request.edns ? [optRecord({ udpSize: 1232 })] : [],
      });
      const reply = zones && answer(zones, query, request.transport);
      if (reply) recursor.response(effect.exchange, decodeDns(reply).message, clock.nowNs);
      else {
        clock.nowNs += request.timeoutNs;
        recursor.failed(effect.exchange, 'timeout', clock.nowNs);
      }
    }
  }
}

function normal(rcode: number, answers: readonly ResourceRecord[]): string[] {
  return [
    `rcode ${rcode}`,
    ...answers.map((one) => `${nameKey(one.name)} ${one.ttl} ${nameKey(rdataText(one.data))}`).sort(),
  ];
}

describe("BIND's resolver and ours agree about", () => {
  const world = {
    cache: new DnsCache(),
    servers: new ServerTable(),
    hints: new Map([['a.root.', [ROOT]]]),
    forwarders: [],
    forwardOnly: false,
  };
  const recursor = new Recursor(world);
  const clock = { nowNs: 0 };

  it.each(QUESTIONS)('%s', async (line) => {
    const [name, type] = line.split(' ') as [string, string];
    const absolute = name === '.' ? name : `${name}.`;
    const theirs = await askNamed(absolute, typeNumber(type)!);
    const mine = askOurs(recursor, clock, absolute, typeNumber(type)!);
    // Real time passes while BIND works: its cached answers may be a second or two older.
    const young = (records: readonly ResourceRecord[]) =>
      records.map((one) => ({ ...one, ttl: one.ttl > 290 && one.ttl <= 300 ? 300 : one.ttl }));
    expect(normal(mine.rcode, young(mine.answers))).toEqual(normal(theirs.flags.rcode, young(theirs.answers)));
  });
});
