import { type DhcpMessage, encodeDhcp, optionAddress, optionNumber } from '@netarium/core/wire/dhcp.ts';
import { decodeDhcp } from '@netarium/core/wire/dhcp-decoder.ts';
import { DHCP_OPTION, DHCP_TYPE } from '@netarium/core/wire/dhcp-options.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClientAction, DhcpClientMachine } from './client-machine.ts';
import { decodeDatagram, encodeDatagram } from './datagram.ts';
import { type DhcpdConfig, parseDhcpdConf } from './dhcpd-conf.ts';
import { resolvConf } from './interface.ts';
import { type Lease, leaseText, parseLeases } from './lease.ts';
import { LeaseTable, leasesText, parseLeaseTable } from './lease-table.ts';
import { DhcpServer, type ServerAnswer } from './server-logic.ts';

const SECOND = 1_000_000_000;
const CONF = `
authoritative;
default-lease-time 600; max-lease-time 7200;
option domain-name "home.test";
option domain-name-servers 10.0.1.1, 10.0.1.2;
subnet 10.0.1.0 netmask 255.255.255.0 {
  range 10.0.1.100 10.0.1.102;
  option routers 10.0.1.1;
  option broadcast-address 10.0.1.255;
}
# a printer that never moves
host printer { hardware ethernet 02:00:00:00:00:09; fixed-address 10.0.1.9; }
`;

function config(text = CONF): DhcpdConfig {
  const parsed = parseDhcpdConf(text);
  if ('text' in parsed) throw new Error(`${parsed.line}: ${parsed.text}`);
  return parsed;
}

const LINK = { name: 'eth0', address: '10.0.1.1' };
const mac = (last: number) => Uint8Array.of(2, 0, 0, 0, 0, last);

class Client {
  readonly machine: DhcpClientMachine;
  readonly log: string[] = [];
  readonly sent: { message: DhcpMessage; to: string }[] = [];
  readonly binds: (Lease | string)[] = [];
  private draws = 1;

  constructor(last = 1, previous?: string) {
    this.machine = new DhcpClientMachine({
      interface: 'eth0',
      mac: mac(last),
      hostname: `pc${last}`,
      timeoutNs: 60 * SECOND,
      retryNs: 300 * SECOND,
    });
    this.machine.start(0, this.draw(), previous);
    this.carryOut();
  }

  private draw(): number {
    this.draws = (this.draws * 1_103_515_245 + 12_345) % 0x8000_0000;
    return this.draws;
  }

  private carryOut(): void {
    for (const action of this.machine.takeActions()) this.act(action);
  }

  private act(action: ClientAction): void {
    if (action.kind === 'log') this.log.push(action.text);
    else if (action.kind === 'send') this.sent.push(action);
    else if (action.kind === 'bind') this.binds.push(action.lease);
    else if (action.kind === 'unbind') this.binds.push(`${action.why} ${action.lease.address}`);
    else this.binds.push('no lease');
  }

  timer(nowNs = this.machine.timerNs!): number {
    this.machine.timer(nowNs, this.draw());
    this.carryOut();
    return nowNs;
  }

  hear(answer: ServerAnswer, nowNs: number): void {
    if (answer.reply) this.machine.receive(decodeDhcp(encodeDhcp(answer.reply.message)).message, nowNs, this.draw());
    this.carryOut();
  }

  last(): DhcpMessage {
    return decodeDhcp(encodeDhcp(this.sent.at(-1)!.message)).message;
  }
}

/** Runs DISCOVER to ACK at once. */
function bind(server: DhcpServer, client: Client, nowS = 0): void {
  client.hear(server.handle(client.last(), LINK, nowS), nowS * SECOND);
  client.hear(server.handle(client.last(), LINK, nowS), nowS * SECOND);
}

const typeOf = (message: DhcpMessage | undefined) => message && optionNumber(message, DHCP_OPTION.MESSAGE_TYPE);

describe('client and server', () => {
  it('go through discover, offer, request and acknowledgement', () => {
    const server = new DhcpServer(config(), new LeaseTable());
    const client = new Client();
    expect(client.last()).toMatchObject({ flags: 0, ciaddr: '0.0.0.0', secs: 0 });
    const offer = server.handle(client.last(), LINK, 1000);
    expect(offer.log).toEqual([
      'DHCPDISCOVER from 02:00:00:00:00:01 (pc1) via eth0',
      'DHCPOFFER on 10.0.1.100 to 02:00:00:00:00:01 (pc1) via eth0',
    ]);
    expect(offer.tableChanged).toBe(false);
    expect(offer.reply?.to).toEqual({ kind: 'link', address: '10.0.1.100', mac: '02:00:00:00:00:01' });
    client.hear(offer, 0);
    const ack = server.handle(client.last(), LINK, 1000);
    expect(ack.tableChanged).toBe(true);
    client.hear(ack, 0);
    expect(client.machine.state).toBe('BOUND');
    expect(client.log).toEqual([
      expect.stringMatching(/^DHCPDISCOVER on eth0 to 255.255.255.255 port 67 interval [345]$/),
      'DHCPOFFER of 10.0.1.100 from 10.0.1.1',
      'DHCPREQUEST for 10.0.1.100 on eth0 to 255.255.255.255 port 67',
      'DHCPACK of 10.0.1.100 from 10.0.1.1',
      expect.stringMatching(/^bound to 10.0.1.100 -- renewal in \d+ seconds.$/),
    ]);
    expect(client.binds[0]).toMatchObject({
      address: '10.0.1.100',
      subnetMask: '255.255.255.0',
      routers: ['10.0.1.1'],
      nameServers: ['10.0.1.1', '10.0.1.2'],
      domainName: 'home.test',
      leaseSeconds: 600,
      renewSeconds: 300,
      rebindSeconds: 525,
    });
    expect(resolvConf(client.machine.lease!)).toBe(
      'domain home.test\nsearch home.test\nnameserver 10.0.1.1\nnameserver 10.0.1.2\n',
    );
  });

  it('renew at T1 by unicast, rebind at T2 by broadcast, and lose the address at the end', () => {
    const server = new DhcpServer(config(), new LeaseTable());
    const client = new Client();
    bind(server, client);
    const t1 = client.timer();
    expect(t1 / SECOND).toBeGreaterThanOrEqual(225);
    expect(t1 / SECOND).toBeLessThanOrEqual(300);
    expect(client.sent.at(-1)).toMatchObject({ to: '10.0.1.1', message: { ciaddr: '10.0.1.100' } });
    expect(optionAddress(client.last(), DHCP_OPTION.REQUESTED_ADDRESS)).toBeUndefined();
    const again = server.handle(client.last(), LINK, Math.floor(t1 / SECOND));
    expect(again.reply?.to).toEqual({ kind: 'unicast', address: '10.0.1.100', port: 68 });
    client.hear(again, t1);
    expect(client.machine.state).toBe('BOUND');
    expect(client.binds).toHaveLength(2);
    // The server is gone now.
    const start = client.timer();
    let nowNs = start;
    while (client.machine.state === 'RENEWING') nowNs = client.timer();
    expect(client.machine.state).toBe('REBINDING');
    expect(nowNs - t1).toBe(525 * SECOND);
    expect(client.sent.at(-1)?.to).toBe('broadcast');
    while (client.machine.state === 'REBINDING') nowNs = client.timer();
    expect(nowNs - t1).toBe(600 * SECOND);
    expect(client.binds.at(-1)).toBe('expired 10.0.1.100');
    expect(client.machine.state).toBe('SELECTING');
  });

  it('back off by RFC 2131 and give up after a minute', () => {
    const client = new Client();
    const at: number[] = [];
    while (client.machine.state === 'SELECTING') at.push(client.timer());
    const gaps = at.map((ns, i) => (ns - (at[i - 1] ?? 0)) / SECOND);
    expect(gaps[0]).toBeGreaterThanOrEqual(3);
    expect(gaps[0]).toBeLessThanOrEqual(5);
    expect(gaps[1]).toBeGreaterThanOrEqual(7);
    expect(gaps[1]).toBeLessThanOrEqual(9);
    expect(gaps[2]).toBeGreaterThanOrEqual(15);
    expect(gaps[2]).toBeLessThanOrEqual(17);
    expect(at.at(-1)).toBeGreaterThanOrEqual(60 * SECOND);
    expect(at.at(-1)).toBeLessThanOrEqual(62 * SECOND);
    expect(client.binds).toEqual(['no lease']);
    expect(client.log.at(-1)).toBe('No DHCPOFFERS received.');
  });

  it('ask for the old address after a reboot, and take no for an answer', () => {
    const server = new DhcpServer(config(), new LeaseTable());
    const known = new Client(1, '10.0.1.100');
    expect(optionAddress(known.last(), DHCP_OPTION.SERVER_ID)).toBeUndefined();
    known.hear(server.handle(known.last(), LINK, 0), 0);
    expect(known.machine.lease?.address).toBe('10.0.1.100');
    const moved = new Client(2, '192.168.7.7');
    const nak = server.handle(moved.last(), LINK, 0);
    expect(typeOf(nak.reply?.message)).toBe(DHCP_TYPE.NAK);
    expect(nak.reply?.to).toEqual({ kind: 'broadcast' });
    expect(nak.log[0]).toContain('wrong network');
    moved.hear(nak, 0);
    expect(moved.machine.state).toBe('SELECTING');
  });

  it('ignore messages for others', () => {
    const server = new DhcpServer(config(), new LeaseTable());
    const [one, two] = [new Client(1), new Client(2)];
    two.hear(server.handle(one.last(), LINK, 0), 0);
    expect(two.machine.state).toBe('SELECTING');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (raw) => {
        const { message } = decodeDhcp(raw);
        one.machine.receive(message, 0, 1);
        server.handle(message, LINK, 0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('server', () => {
  it('hands out every address once and says when the pool is empty', () => {
    const server = new DhcpServer(config(), new LeaseTable());
    const clients = [1, 2, 3, 4].map((last) => new Client(last));
    for (const client of clients.slice(0, 3)) bind(server, client);
    expect(clients.slice(0, 3).map((one) => one.machine.lease?.address)).toEqual([
      '10.0.1.100',
      '10.0.1.101',
      '10.0.1.102',
    ]);
    const refused = server.handle(clients[3]!.last(), LINK, 0);
    expect(refused.reply).toBeUndefined();
    expect(refused.log[0]).toContain('network 10.0.1.0/24: no free leases');
    // After the end of the first lease its address goes to the one who waits.
    bind(server, clients[3]!, 601);
    expect(clients[3]!.machine.lease?.address).toBe('10.0.1.100');
  });

  it('gives a reserved address to its host alone', () => {
    const server = new DhcpServer(config(), new LeaseTable());
    const printer = new Client(9);
    bind(server, printer);
    expect(printer.machine.lease?.address).toBe('10.0.1.9');
    const thief = new Client(3, '10.0.1.9');
    expect(typeOf(server.handle(thief.last(), LINK, 0).reply?.message)).toBe(DHCP_TYPE.NAK);
  });

  it('gives a client its former address again, also after release', () => {
    const server = new DhcpServer(config(), new LeaseTable());
    const client = new Client(1);
    bind(server, client);
    client.machine.release(10 * SECOND, 5);
    for (const action of client.machine.takeActions()) if (action.kind === 'send') client.sent.push(action);
    expect(server.handle(client.last(), LINK, 10).log[0]).toBe(
      'DHCPRELEASE of 10.0.1.100 from 02:00:00:00:00:01 (pc1) via eth0 (found)',
    );
    const other = new Client(2);
    bind(server, other, 11);
    expect(other.machine.lease?.address).toBe('10.0.1.101');
    const back = new Client(1);
    bind(server, back, 12);
    expect(back.machine.lease?.address).toBe('10.0.1.100');
  });

  it('stays silent for requests to another server, and takes its offer back', () => {
    const server = new DhcpServer(config(), new LeaseTable());
    const client = new Client(1);
    client.hear(server.handle(client.last(), LINK, 0), 0);
    const other = {
      ...client.last(),
      options: client.last().options.map((one) => (one.code === 54 ? { ...one, address: '10.0.1.77' } : one)),
    };
    expect(server.handle(other as DhcpMessage, LINK, 0).reply).toBeUndefined();
    expect(server.table.get('10.0.1.100')).toBeUndefined();
  });

  it('does not know networks without a subnet declaration', () => {
    const server = new DhcpServer(config(), new LeaseTable());
    const answer = server.handle(new Client().last(), { name: 'eth1', address: '10.9.9.1' }, 0);
    expect(answer).toMatchObject({ log: ['DHCPDISCOVER from 02:00:00:00:00:01 via eth1: unknown network segment'] });
  });

  it('keeps its table in a file', () => {
    const server = new DhcpServer(config(), new LeaseTable());
    const client = new Client(1);
    bind(server, client, 1_767_225_600);
    const text = leasesText(server.table, 1_767_225_601);
    expect(text).toBe(
      'lease 10.0.1.100 {\n  starts 4 2026/01/01 00:00:00;\n  ends 4 2026/01/01 00:10:00;\n  binding state active;\n' +
        '  hardware ethernet 02:00:00:00:00:01;\n  client-hostname "pc1";\n}\n',
    );
    const table = parseLeaseTable(text);
    expect(table instanceof LeaseTable && table.all()).toEqual(server.table.all());
    expect(parseLeaseTable('lease 10.0.1.100 { }')).toBe('1: corrupt lease');
  });
});

describe('files', () => {
  it.each([
    [
      'subnet 10.0.1.0 netmask 255.255.255.0 { range 10.0.2.1 10.0.2.9; }',
      '1: range 10.0.2.1 to 10.0.2.9 not on net 10.0.1.0/24!',
    ],
    [
      'subnet 10.0.1.1 netmask 255.255.255.0 { }',
      '1: subnet 10.0.1.1 netmask 255.255.255.0: bad subnet number/mask combination.',
    ],
    [
      '\nshared-network x { }',
      "2: statement 'shared-network' is not supported by Netarium; see docs/coverage/dhcpd.md",
    ],
    [
      'option ntp-servers 10.0.0.1;',
      "1: option 'ntp-servers' is not supported by Netarium; see docs/coverage/dhcpd.md",
    ],
    ['option routers 10.0.0;', "1: expecting an IP address, not '10.0.0'."],
    ['default-lease-time soon;', "1: expecting a number of seconds, not 'soon'."],
    ['host x { fixed-address 10.0.0.1; }', '1: host x: no hardware address.'],
    ['subnet 10.0.1.0 netmask 255.255.255.0 {', "1: missing '}' at end of file"],
    ['authoritative', "1: missing ';' at end of file"],
  ])('%j: %s', (text, expected) => {
    const parsed = parseDhcpdConf(text);
    expect('text' in parsed && `${parsed.line}: ${parsed.text}`).toBe(expected);
  });

  it('end on any text', () => {
    const words = fc.constantFrom(
      'subnet',
      '{',
      '}',
      ';',
      'option',
      'range',
      '10.0.0.1',
      'host',
      ',',
      '"',
      '#',
      '\n',
      'netmask',
      'lease',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 40 }).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(text, (value) => {
        parseDhcpdConf(value);
        parseLeases(value);
        parseLeaseTable(value);
      }),
      { numRuns: 1000 },
    );
  });

  it('keep a client lease', () => {
    const lease: Lease = {
      address: '10.0.1.100',
      subnetMask: '255.255.255.0',
      broadcast: '10.0.1.255',
      routers: ['10.0.1.1'],
      nameServers: ['10.0.1.1', '10.0.1.2'],
      domainName: 'home.test',
      mtu: 1400,
      server: '10.0.1.1',
      leaseSeconds: 600,
      renewSeconds: 300,
      rebindSeconds: 525,
    };
    const stored = { interface: 'eth0', lease, boundAt: 1_767_225_600 };
    expect(parseLeases(leaseText(stored))).toEqual([stored]);
  });
});

describe('datagrams', () => {
  const endpoint = fc.record({ address: fc.ipV4(), port: fc.integer({ min: 0, max: 65_535 }) });
  const datagram = fc.record({ from: endpoint, to: endpoint, payload: fc.uint8Array({ maxLength: 400 }) });

  it('survive their bytes, and no single changed byte passes', () => {
    fc.assert(
      fc.property(datagram, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
        const bytes = encodeDatagram(value);
        expect(decodeDatagram(bytes)).toEqual(value);
        // Type of service, the field of fragments and the like are in the header checksum; the rest is in that of UDP.
        bytes[at % bytes.length]! ^= flip;
        expect(decodeDatagram(bytes)).toBeUndefined();
      }),
    );
  });

  it('are found in any bytes without an exception', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (raw) => void decodeDatagram(raw)));
  });
});
