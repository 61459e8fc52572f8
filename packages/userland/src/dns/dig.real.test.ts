/**
 * Debian's dig and ours, on the same questions: the real one asks our answers over sockets of this machine, ours asks our `named` on a
 * simulated host. Their output must be equal, but for what the clock and chance decide. So the real dig judges the codec, the answers, the
 * truncation and every printed column.
 */
import { execFile } from 'node:child_process';
import dgram from 'node:dgram';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerFromZones } from './authority.ts';
import { FrameReader, framed } from './frames.ts';
import { Network } from './network.test-util.ts';
import { emptyReply, encodeReply, readQuery, udpLimit, wantsLittle } from './reply.ts';
import { buildZone, type Zone } from './zone.ts';
import { parseZoneFile } from './zone-file.ts';

const SHOP = `$TTL 1h
@       IN SOA ns1 hostmaster ( 2026010101 2h 30m 2w 5m )
        IN NS  ns1
           NS  ns2
ns1     A   10.0.3.53
ns2     300 IN A 10.0.4.53
www     CNAME web
web     IN 60 A 10.0.2.2
        A  10.0.2.3
        AAAA 2001:db8::2
@       MX 10 mail
mail    A  10.0.2.25
text    TXT "hello; world" plain "a \\"quote\\" \\001 \\200"
_http._tcp SRV 0 5 80 web
sub     NS ns.sub
ns.sub  A 10.0.9.53
odd     TYPE65280 \\# 3 0A0B0C
odder   TYPE65280 \\# 40 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728
*.wild  A 10.9.9.9
a-very-long-name-for-a-host-in-this-zone A 10.1.1.1
sp\\032ace A 10.1.1.2
big     TXT ${['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => `"${letter.repeat(200)}"`).join(' ')}
${Array.from({ length: 40 }, (_, i) => `many A 10.7.0.${i}`).join('\n')}
`;

function zones(): ReadonlyMap<string, Zone> {
  const parsed = parseZoneFile(SHOP, 'shop.test.');
  if (!parsed.ok) throw new Error(parsed.problem.text);
  const built = buildZone('shop.test.', parsed.records);
  if (!built.ok) throw new Error(built.text);
  return new Map([['shop.test.', built.zone]]);
}

function answer(query: Uint8Array, tcp: boolean): Uint8Array | undefined {
  const read = readQuery(query, false);
  if (read.kind !== 'query') return read.kind === 'reply' ? read.bytes : undefined;
  const content =
    answerFromZones(zones(), read.query.question, {
      minimal: wantsLittle(read.query.edns, tcp ? 'tcp' : 'udp'),
      acrossZones: false,
      rotate: 0,
    }) ?? emptyReply(5);
  return encodeReply(read.query, content, false, tcp ? 65_535 : udpLimit(read.query.edns));
}

let port = 0;
let udp: dgram.Socket;
let tcp: net.Server;
let simulated: Network;

beforeAll(async () => {
  tcp = net.createServer((socket) => {
    const frames = new FrameReader();
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      for (const query of frames.push(data)) {
        const reply = answer(query, true);
        if (reply) socket.write(framed(reply));
      }
    });
  });
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  port = (tcp.address() as net.AddressInfo).port;
  udp = dgram.createSocket('udp4');
  udp.on('message', (query, from) => {
    const reply = answer(query, false);
    if (reply) udp.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
  simulated = new Network({
    machines: {
      host: {
        kind: 'host',
        interfaces: { eth0: '10.0.0.1/24' },
        files: {
          '/etc/bind/named.conf':
            'options { recursion no; minimal-responses no; rrset-order { order fixed; }; };\nzone "shop.test" { type primary; file "db.shop"; };\n',
          '/etc/bind/db.shop': SHOP,
        },
        run: [`named -f -p ${port}`],
      },
    },
    cables: [],
  });
  await simulated.pass(1);
});

afterAll(() => {
  udp.close();
  tcp.close();
});

interface Outcome {
  readonly stdout: string;
  readonly code: number;
}

function real(words: readonly string[], program = 'dig'): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C' };
    execFile(program, words, { env }, (error, stdout, stderr) => {
      const code = error ? (error as { code?: unknown }).code : 0;
      if (typeof code !== 'number') reject(error);
      else resolve({ stdout: stdout + stderr, code });
    });
  });
}

async function ours(words: readonly string[], program = 'dig'): Promise<Outcome> {
  const { stdout, stderr, code } = await simulated.sh(
    'host',
    `${program} ${words.map((word) => `'${word}'`).join(' ')}`,
  );
  return { stdout: stdout + stderr, code };
}

/** Takes out what clock and chance decide. */
function normal({ stdout, code }: Outcome): string {
  const text = stdout
    .replace(/DiG 9\.18\S+/g, 'DiG 9.18')
    .replace(/, id: \d+/g, ', id: N')
    .replace(/Query time: \d+ msec/g, 'Query time: N msec')
    .replace(/;; WHEN: \w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}/g, ';; WHEN: NOW')
    .replace(/COOKIE: [0-9a-f]{16}/g, 'COOKIE: C')
    .replace(/in \d+ ms/g, 'in N ms');
  return `${text}exit ${code}`;
}

const QUESTIONS = [
  'web.shop.test',
  'www.shop.test A',
  'WWW.Shop.TEST',
  'web.shop.test AAAA',
  'shop.test SOA',
  'shop.test NS',
  'shop.test MX',
  'shop.test ANY',
  'text.shop.test TXT',
  'text.shop.test TXT +short',
  '_http._tcp.shop.test SRV',
  'a.sub.shop.test',
  'sub.shop.test NS +norecurse',
  'odd.shop.test TYPE65280',
  'odder.shop.test TYPE65280 +noall +answer',
  'x.y.wild.shop.test',
  'wild.shop.test',
  'nothing.shop.test',
  'mail.shop.test TXT',
  'elsewhere.example',
  '-x 10.0.0.1',
  '-t MX -c IN shop.test +nostats',
  'a-very-long-name-for-a-host-in-this-zone.shop.test +noall +answer +question',
  'sp\\032ace.shop.test +noall +answer',
  'many.shop.test +noedns',
  'many.shop.test +noedns +ignore',
  'many.shop.test +bufsize=600',
  'big.shop.test TXT +noall +answer',
  'big.shop.test TXT +ignore',
  'shop.test SOA +tcp',
  'web.shop.test +short',
  'www.shop.test +short +identify',
  'web.shop.test +nocmd +nocomments',
  'web.shop.test +noall +comments +stats',
  'web.shop.test +noquestion +noadditional +noauthority',
  'web.shop.test +nottlid +noclass +noall +answer',
  'web.shop.test +noclass +noall +answer',
  'web.shop.test +nottlid +noall +answer',
  'web.shop.test +qr +norec',
  'web.shop.test +dnssec',
  'web.shop.test +nocookie +noedns +qr +noadflag',
  'web.shop.test A web.shop.test AAAA +short',
  'web.shop.test +nostats mail.shop.test +noall +answer',
  'web.shop.test FOO',
  'shop.test DNSKEY +noall +answer',
  'a..b',
  'MX shop.test +noall +answer',
  'CH version.bind TXT',
  '',
];

describe("Debian's dig and ours print the same of", () => {
  it.each(QUESTIONS)('%s', async (question) => {
    const words = ['@127.0.0.1', '-p', String(port), ...question.split(' ').filter((word) => word !== '')];
    expect(normal(await ours(words))).toBe(normal(await real(words)));
  });

  it.each([
    'web.shop.test A @127.0.0.1 -p PORT',
    'web.shop.test -p PORT @localhost +short',
    '-p PORT web.shop.test @127.0.0.1 +stats +noall +comments',
    '+short -p PORT @127.0.0.1 web.shop.test',
    '-p PORT @127.0.0.1 shop.test ANY +notcp',
    '-p PORT @127.0.0.1 -q web.shop.test -tA',
    '-pPORT @localhost -x10.0.0.1 +nocmd',
    '@127.0.0.1 -p PORT web.shop.test +short +noshort',
    '@127.0.0.1 -p PORT web.shop.test +tcp +notcp +noshor +cm',
  ])('%s', async (line) => {
    const words = line.replace('PORT', String(port)).split(' ');
    expect(normal(await ours(words))).toBe(normal(await real(words)));
  });

  it.each(['x.test', 'x.test +tries=1', 'x.test +tcp +tries=2', 'x.test +short', 'x.test +nocmd'])(
    'nobody there: %s',
    async (question) => {
      // Port 1 of the loopback device: nobody listens, here as there.
      const words = ['@127.0.0.1', '-p', '1', ...question.split(' ')];
      expect(normal(await ours(words))).toBe(normal(await real(words)));
    },
  );
});

describe("Debian's host and nslookup and ours print the same of", () => {
  it.each([
    'host -p PORT www.shop.test 127.0.0.1',
    'host -p PORT web.shop.test localhost',
    'host -p PORT shop.test 127.0.0.1',
    'host -p PORT nothing.shop.test 127.0.0.1',
    'host -p PORT elsewhere.example 127.0.0.1',
    'host -p PORT 10.0.0.1 127.0.0.1',
    'host -p PORT -t NS shop.test 127.0.0.1',
    'host -p PORT -t SOA shop.test 127.0.0.1',
    'host -p PORT -t TXT text.shop.test 127.0.0.1',
    'host -p PORT -t SRV _http._tcp.shop.test 127.0.0.1',
    'host -p PORT -t TXT web.shop.test 127.0.0.1',
    'host -T -p PORT web.shop.test 127.0.0.1',
    'host -p 1 web.shop.test 127.0.0.1',
    'nslookup -port=PORT www.shop.test 127.0.0.1',
    'nslookup -port=PORT web.shop.test localhost',
    'nslookup -port=PORT nothing.shop.test 127.0.0.1',
    'nslookup -port=PORT 10.0.0.1 127.0.0.1',
    'nslookup -port=PORT -type=MX shop.test 127.0.0.1',
    'nslookup -port=PORT -type=NS shop.test 127.0.0.1',
    'nslookup -port=PORT -type=SOA shop.test 127.0.0.1',
    'nslookup -port=PORT -type=TXT text.shop.test 127.0.0.1',
    'nslookup -port=PORT -type=SRV _http._tcp.shop.test 127.0.0.1',
    'nslookup -port=PORT -type=AAAA mail.shop.test 127.0.0.1',
    'nslookup -port=PORT -type=NS sub.shop.test 127.0.0.1',
    'nslookup -port=PORT text.shop.test 127.0.0.1',
    'nslookup -port=1 web.shop.test 127.0.0.1',
  ])('%s', async (line) => {
    const [program, ...words] = line.replace('PORT', String(port)).split(' ');
    expect(normal(await ours(words, program))).toBe(normal(await real(words, program)));
  });
});
