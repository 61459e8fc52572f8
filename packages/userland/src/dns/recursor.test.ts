import { encodeDns } from '@netarium/core/wire/dns.ts';
import { decodeDns } from '@netarium/core/wire/dns-decoder.ts';
import { type DnsMessage, NO_FLAGS, RCODE, typeNumber } from '@netarium/core/wire/dns-types.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerFromZones } from './authority.ts';
import { DnsCache } from './cache.ts';
import { FETCH_LIMIT_NS, type SendRequest } from './fetch.ts';
import { rdataText } from './record-text.ts';
import { type Outcome, Recursor } from './recursor.ts';
import { encodeReply, readQuery, udpLimit } from './reply.ts';
import { ServerTable } from './servers.ts';
import { buildZone, type Zone } from './zone.ts';
import { parseZoneFile } from './zone-file.ts';

const MS = 1_000_000;

function zone(origin: string, text: string): [string, Zone] {
  const head = `$TTL 300\n@ SOA ns h 1 2 3 4 60\n`;
  const parsed = parseZoneFile(head + text, origin);
  if (!parsed.ok) throw new Error(`${origin}: ${parsed.problem.line}: ${parsed.problem.text}`);
  const built = buildZone(origin, parsed.records);
  if (!built.ok) throw new Error(`${origin}: ${built.line}: ${built.text}`);
  return [origin, built.zone];
}

type Server = (request: SendRequest) => DnsMessage | undefined;

/** A server that holds these zones and answers as `named` would. */
function authority(...zones: [string, Zone][]): Server {
  const held = new Map(zones);
  return (request) => {
    const query = readQuery(encodeDns(queryOf(request)), false);
    if (query.kind !== 'query') throw new Error('not a query');
    const answer = answerFromZones(held, request.question, { minimal: false, acrossZones: true, rotate: 0 });
    const empty = { rcode: RCODE.REFUSED, authoritative: false, answers: [], authorities: [], additionals: [] };
    const limit = request.transport === 'tcp' ? 65_535 : udpLimit(query.query.edns);
    return decodeDns(encodeReply(query.query, answer ?? empty, false, limit)).message;
  };
}

function queryOf(request: SendRequest): DnsMessage {
  return {
    id: 1,
    flags: { ...NO_FLAGS, rd: request.recursionDesired },
    questions: [request.question],
    answers: [],
    authorities: [],
    additionals: [],
  };
}

const ROOT = authority(
  zone(
    '.',
    ' NS a.root.\na.root. A 10.0.0.1\ntest. NS ns.test.\nns.test. A 10.0.0.2\nother. NS ns.other.\nns.other. A 10.0.0.4',
  ),
);
const TEST = authority(
  zone(
    'test.',
    ` NS ns.test.
ns A 10.0.0.2
shop NS ns1.shop
shop NS ns2.shop
ns1.shop A 10.0.0.3
ns2.shop A 10.0.0.33
bare NS ns.host.other.
`,
  ),
);
const SHOP = authority(
  zone(
    'shop.test.',
    ` NS ns1
 NS ns2
ns1 A 10.0.0.3
ns2 A 10.0.0.33
www CNAME web
web A 10.0.2.2
far CNAME www.other.
loop CNAME loop.other.
big TXT ${Array.from({ length: 8 }, (_, i) => `"${String(i).repeat(200)}"`).join(' ')}
`,
  ),
);
const OTHER = authority(
  zone('other.', ' NS ns\nns A 10.0.0.4\nwww A 10.0.5.5\nns.host A 10.0.0.6\nloop CNAME loop.shop.test.'),
);
const BARE = authority(zone('bare.test.', ' NS ns.host.other.\n@ A 10.0.7.7\n'));

const WORLD = new Map<string, Server>([
  ['10.0.0.1', ROOT],
  ['10.0.0.2', TEST],
  ['10.0.0.3', SHOP],
  ['10.0.0.33', SHOP],
  ['10.0.0.4', OTHER],
  ['10.0.0.6', BARE],
]);

class Bench {
  nowNs = 0;
  readonly log: string[] = [];
  readonly cache = new DnsCache();
  readonly recursor: Recursor;
  readonly outcomes = new Map<number, Outcome & { atNs: number }>();
  private queue: { atNs: number; run: () => void }[] = [];

  constructor(
    private readonly servers: ReadonlyMap<string, Server>,
    options: { forwarders?: string[]; forwardOnly?: boolean } = {},
    private readonly delayNs = 10 * MS,
  ) {
    const world = {
      cache: this.cache,
      servers: new ServerTable(),
      hints: new Map([['a.root.', ['10.0.0.1']]]),
      forwarders: options.forwarders ?? [],
      forwardOnly: options.forwardOnly ?? false,
    };
    this.recursor = new Recursor(world);
  }

  ask(name: string, type = 'A'): number {
    const ticket = this.recursor.resolve({ name, type: typeNumber(type)!, class: 1 }, this.nowNs);
    this.carryOut();
    return ticket;
  }

  private carryOut(): void {
    for (const effect of this.recursor.takeEffects()) {
      if (effect.kind === 'finish') {
        this.outcomes.set(effect.ticket, { ...effect.outcome, atNs: this.nowNs });
        continue;
      }
      const { exchange, request } = effect;
      this.log.push(`${request.transport} ${request.server} ${request.question.name}`);
      const response = this.servers.get(request.server)?.(request);
      const atNs = this.nowNs + (response ? this.delayNs : request.timeoutNs);
      const run = () => {
        if (response) this.recursor.response(exchange, response, this.nowNs);
        else this.recursor.failed(exchange, 'timeout', this.nowNs);
      };
      this.queue.push({ atNs, run });
    }
  }

  drain(): void {
    while (this.queue.length > 0) {
      this.queue.sort((a, b) => a.atNs - b.atNs);
      const next = this.queue.shift()!;
      this.nowNs = next.atNs;
      next.run();
      this.carryOut();
    }
  }

  answer(name: string, type = 'A') {
    const ticket = this.ask(name, type);
    this.drain();
    const outcome = this.outcomes.get(ticket)!;
    return {
      rcode: outcome.rcode,
      answers: outcome.answers.map((one) => `${one.name} ${one.ttl} ${rdataText(one.data)}`),
    };
  }
}

describe('iteration', () => {
  it('walks from the root down and remembers the way', () => {
    const bench = new Bench(WORLD);
    expect(bench.answer('www.shop.test.')).toEqual({
      rcode: RCODE.NOERROR,
      answers: ['www.shop.test. 300 web.shop.test.', 'web.shop.test. 300 10.0.2.2'],
    });
    expect(bench.log).toEqual([
      'udp 10.0.0.1 www.shop.test.',
      'udp 10.0.0.2 www.shop.test.',
      'udp 10.0.0.3 www.shop.test.',
    ]);
    bench.log.length = 0;
    bench.nowNs = 100_000 * MS;
    expect(bench.answer('WWW.shop.test.').answers[1]).toBe('web.shop.test. 200 10.0.2.2');
    expect(bench.log).toEqual([]);
    bench.answer('nowhere.shop.test.');
    expect(bench.log).toEqual(['udp 10.0.0.33 nowhere.shop.test.']);
    bench.nowNs = 302_000 * MS;
    bench.answer('www.shop.test.');
    expect(bench.log).toHaveLength(4);
  });

  it('remembers denials for the negative TTL', () => {
    const bench = new Bench(WORLD);
    expect(bench.answer('no.shop.test.').rcode).toBe(RCODE.NXDOMAIN);
    expect(bench.answer('web.shop.test.', 'MX')).toEqual({ rcode: RCODE.NOERROR, answers: [] });
    const sent = bench.log.length;
    expect(bench.answer('no.shop.test.').rcode).toBe(RCODE.NXDOMAIN);
    expect(bench.answer('no.shop.test.', 'TXT').rcode).toBe(RCODE.NXDOMAIN);
    expect(bench.answer('web.shop.test.', 'MX').rcode).toBe(RCODE.NOERROR);
    expect(bench.log).toHaveLength(sent);
    bench.nowNs = 62_000 * MS;
    bench.answer('no.shop.test.');
    expect(bench.log).toHaveLength(sent + 1);
  });

  it('follows aliases into other zones and notices circles', () => {
    const bench = new Bench(WORLD);
    expect(bench.answer('far.shop.test.').answers).toEqual([
      'far.shop.test. 300 www.other.',
      'www.other. 300 10.0.5.5',
    ]);
    expect(bench.answer('loop.shop.test.')).toEqual({
      rcode: RCODE.SERVFAIL,
      answers: ['loop.shop.test. 300 loop.other.', 'loop.other. 300 loop.shop.test.'],
    });
  });

  it('looks up servers that came without glue', () => {
    const bench = new Bench(WORLD);
    expect(bench.answer('bare.test.').answers).toEqual(['bare.test. 300 10.0.7.7']);
    expect(bench.log.at(-2)).toBe('udp 10.0.0.4 ns.host.other.');
  });

  it('goes to TCP for what was truncated', () => {
    const bench = new Bench(WORLD);
    expect(bench.answer('big.shop.test.', 'TXT').answers).toHaveLength(1);
    expect(bench.log.slice(-2)).toEqual(['udp 10.0.0.3 big.shop.test.', 'tcp 10.0.0.3 big.shop.test.']);
  });

  it('shares one fetch among equal questions', () => {
    const bench = new Bench(WORLD);
    const tickets = [bench.ask('web.shop.test.'), bench.ask('WEB.shop.test.'), bench.ask('web.shop.test.')];
    bench.drain();
    expect(bench.log).toHaveLength(3);
    expect(tickets.map((ticket) => bench.outcomes.get(ticket)?.answers.length)).toEqual([1, 1, 1]);
  });
});

describe('trouble', () => {
  const without = (...dead: string[]) => new Map([...WORLD].filter(([address]) => !dead.includes(address)));

  it('goes to the next server after 0.8 s', () => {
    const bench = new Bench(without('10.0.0.3'));
    expect(bench.answer('web.shop.test.').rcode).toBe(RCODE.NOERROR);
    expect(bench.log.slice(-2)).toEqual(['udp 10.0.0.3 web.shop.test.', 'udp 10.0.0.33 web.shop.test.']);
    expect(bench.nowNs).toBe(830 * MS);
    bench.answer('no.shop.test.');
    expect(bench.log.at(-1)).toBe('udp 10.0.0.33 no.shop.test.');
  });

  it('gives up after 10 s, having waited 0.8 s three times and then longer', () => {
    const bench = new Bench(without('10.0.0.1'));
    const ticket = bench.ask('web.shop.test.');
    bench.drain();
    expect(bench.outcomes.get(ticket)).toMatchObject({ rcode: RCODE.SERVFAIL, answers: [], atNs: FETCH_LIMIT_NS });
    expect(bench.log).toHaveLength(6);
    expect(bench.recursor.pending).toBe(0);
  });

  it('does not ask lame servers twice', () => {
    const bench = new Bench(new Map([...WORLD, ['10.0.0.3', BARE], ['10.0.0.33', BARE]]));
    expect(bench.answer('web.shop.test.').rcode).toBe(RCODE.SERVFAIL);
    expect(bench.log).toHaveLength(4);
  });

  it('asks again without EDNS where the server does not know it', () => {
    const plain: Server = (request) => {
      if (!request.edns) return SHOP(request);
      return { ...queryOf(request), flags: { ...NO_FLAGS, qr: true, rcode: RCODE.FORMERR } };
    };
    const bench = new Bench(new Map([...WORLD, ['10.0.0.3', plain]]));
    expect(bench.answer('web.shop.test.').rcode).toBe(RCODE.NOERROR);
    expect(bench.log.slice(-2)).toEqual(['udp 10.0.0.3 web.shop.test.', 'udp 10.0.0.3 web.shop.test.']);
  });

  it('does not believe a server about names that are not its own', () => {
    const liar: Server = (request) => {
      const honest = SHOP(request)!;
      const lie = { type: 1, class: 1, ttl: 9999, data: { kind: 'A' as const, address: '6.6.6.6' } };
      return {
        ...honest,
        answers: [...honest.answers, { ...lie, name: 'www.other.' }],
        authorities: [
          ...honest.authorities,
          { ...lie, type: 2, name: 'other.', data: { kind: 'NS', target: 'ns.evil.' } },
        ],
        additionals: [...honest.additionals, { ...lie, name: 'ns.other.' }, { ...lie, name: 'ns.evil.' }],
      };
    };
    const bench = new Bench(new Map([...WORLD, ['10.0.0.3', liar]]));
    expect(bench.answer('far.shop.test.').answers).toEqual([
      'far.shop.test. 300 www.other.',
      'www.other. 300 10.0.5.5',
    ]);
    expect(bench.answer('ns.other.').answers).toEqual(['ns.other. 300 10.0.0.4']);
  });

  it('ends where two zones have their servers in each other', () => {
    const root = authority(zone('.', ' NS a.root.\na.root. A 10.0.0.1\nx. NS ns.y.\ny. NS ns.x.'));
    const bench = new Bench(new Map([['10.0.0.1', root]]));
    expect(bench.answer('www.x.').rcode).toBe(RCODE.SERVFAIL);
    expect(bench.recursor.pending).toBe(0);
  });

  it('ends whatever servers say', () => {
    const name = fc.constantFrom('.', 'a.', 'b.', 'x.a.', 'y.a.', 'x.b.', 'www.x.a.');
    const address = fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3');
    const record = fc.oneof(
      fc
        .tuple(name, address)
        .map(([owner, to]) => ({ name: owner, type: 1, class: 1, ttl: 5, data: { kind: 'A' as const, address: to } })),
      fc
        .tuple(name, name)
        .map(([owner, target]) => ({ name: owner, type: 2, class: 1, ttl: 0, data: { kind: 'NS' as const, target } })),
      fc.tuple(name, name).map(([owner, target]) => ({
        name: owner,
        type: 5,
        class: 1,
        ttl: 5,
        data: { kind: 'CNAME' as const, target },
      })),
    );
    const section = fc.array(record, { maxLength: 4 });
    const reply = fc.record({
      answers: section,
      authorities: section,
      additionals: section,
      rcode: fc.constantFrom(0, 0, 0, 2, 3),
      aa: fc.boolean(),
      tc: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(reply, { minLength: 1, maxLength: 12 }),
        fc.array(name, { minLength: 1, maxLength: 4 }),
        (replies, names) => {
          let turn = 0;
          const any: Server = (request) => {
            const { answers, authorities, additionals, rcode, aa, tc } = replies[turn++ % replies.length]!;
            return {
              ...queryOf(request),
              flags: { ...NO_FLAGS, qr: true, aa, tc, rcode },
              answers,
              authorities,
              additionals,
            };
          };
          const bench = new Bench(
            new Map([
              ['10.0.0.1', any],
              ['10.0.0.2', any],
            ]),
          );
          const tickets = names.map((one) => bench.ask(one));
          bench.drain();
          expect(tickets.every((ticket) => bench.outcomes.has(ticket))).toBe(true);
          expect(bench.recursor.pending).toBe(0);
          expect(bench.nowNs).toBeLessThanOrEqual(FETCH_LIMIT_NS * 20);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('forwarding', () => {
  const forwarder: Server = (request) => {
    expect(request.recursionDesired).toBe(true);
    const bench = new Bench(WORLD);
    const ticket = bench.ask(request.question.name);
    bench.drain();
    const { rcode, answers, authorities } = bench.outcomes.get(ticket)!;
    return { ...queryOf(request), flags: { ...NO_FLAGS, qr: true, ra: true, rcode }, answers, authorities };
  };

  it('asks the forwarder alone', () => {
    const bench = new Bench(new Map([...WORLD, ['10.9.9.9', forwarder]]), { forwarders: ['10.9.9.9'] });
    expect(bench.answer('far.shop.test.').answers).toHaveLength(2);
    expect(bench.answer('no.shop.test.').rcode).toBe(RCODE.NXDOMAIN);
    expect(new Set(bench.log.map((line) => line.split(' ')[1]))).toEqual(new Set(['10.9.9.9']));
  });

  it('falls back to the servers themselves unless told not to', () => {
    const refusing: Server = (request) => ({
      ...queryOf(request),
      flags: { ...NO_FLAGS, qr: true, rcode: RCODE.REFUSED },
    });
    const servers = new Map([...WORLD, ['10.9.9.9', refusing]]);
    expect(new Bench(servers, { forwarders: ['10.9.9.9'] }).answer('web.shop.test.').rcode).toBe(RCODE.NOERROR);
    const only = new Bench(servers, { forwarders: ['10.9.9.9'], forwardOnly: true });
    expect(only.answer('web.shop.test.').rcode).toBe(RCODE.SERVFAIL);
  });
});
