import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ipv4Address, maskIpv4, Prefix, parsePrefix } from '../base/address.ts';
import { Errno } from '../base/errno.ts';
import { SECOND } from '../time/instant.ts';
import { ip, type TestHost, TestWorld } from './hosts.test-kit.ts';
import { Route, RouteTable } from './routes.ts';
import type { RouteEntry, TableName } from './types.ts';

function show(host: TestHost, table: TableName = 'main'): string[] {
  return host.stack.config.routes(table).map((route) => text(host, route));
}

function text(host: TestHost, r: RouteEntry): string {
  const to =
    r.destination.length === 0
      ? 'default'
      : r.destination.length === 32
        ? `${r.destination.network}`
        : `${r.destination}`;
  const type = r.type === 'unicast' ? '' : `${r.type} `;
  const via = r.gateway === undefined ? '' : ` via ${r.gateway}`;
  const dev = r.ifindex === 0 ? '' : ` dev ${host.stack.config.card(r.ifindex)!.name}`;
  const metric = r.metric === 0 ? '' : ` metric ${r.metric}`;
  return `${type}${to}${via}${dev}${r.source === undefined ? '' : ` src ${r.source}`}${metric}${r.linkDown ? ' linkdown' : ''}`;
}

/** Two hosts, so that a's card has carrier. */
function connected(address = '10.0.0.1/24') {
  const world = new TestWorld();
  const a = world.host('a', { eth0: address });
  const b = world.host('b', { eth0: '' });
  const cable = world.cable(a.eth(), b.eth());
  return { world, a, b, cable };
}

function add(
  host: TestHost,
  to: string,
  rest: { via?: string; dev?: string; src?: string; metric?: number; type?: never } = {},
) {
  return host.stack.config.addRoute({
    destination: parsePrefix(to)!,
    gateway: rest.via === undefined ? undefined : ip(rest.via),
    ifindex: rest.dev === undefined ? undefined : host.eth(rest.dev).ifindex,
    source: rest.src === undefined ? undefined : ip(rest.src),
    metric: rest.metric,
    type: rest.type,
  })?.code;
}

function get(host: TestHost, to: string, from?: string): string {
  const answer = host.stack.config.lookupRoute(ip(to), from === undefined ? undefined : ip(from));
  if (answer instanceof Errno) return answer.code;
  const { gateway, source, ifindex, type } = answer;
  const via = gateway === undefined ? '' : ` via ${gateway}`;
  return `${type === 'unicast' ? '' : `${type} `}${answer.dst}${via} dev ${host.stack.config.card(ifindex)!.name} src ${source}`;
}

// The expectations of this block were read off a Linux 6.18 kernel (ip route, ip -4 route show table local) after the same commands.
describe('as the kernel', () => {
  test('an address brings its routes', () => {
    const { a } = connected();
    expect(show(a)).toEqual(['10.0.0.0/24 dev eth0 src 10.0.0.1']);
    expect(show(a, 'local')).toEqual(
      [
        'local 10.0.0.1 dev eth0 src 10.0.0.1',
        'broadcast 10.0.0.255 dev eth0 src 10.0.0.1',
        'local 127.0.0.0/8 dev lo src 127.0.0.1',
        'local 127.0.0.1 dev lo src 127.0.0.1',
        'broadcast 127.255.255.255 dev lo src 127.0.0.1',
      ].sort((x, y) => order(x) - order(y)),
    );
  });

  test('broadcast and multicast leave by the card of the source, also of one that only the net of the loopback has', () => {
    const { a } = connected();
    expect(get(a, '255.255.255.255', '10.0.0.1')).toBe('broadcast 255.255.255.255 dev eth0 src 10.0.0.1');
    expect(get(a, '255.255.255.255', '127.0.0.2')).toBe('broadcast 255.255.255.255 dev lo src 127.0.0.2');
    expect(get(a, '224.1.1.1', '127.0.0.2')).toBe('multicast 224.1.1.1 dev lo src 127.0.0.2');
  });

  test('refuses what cannot be', () => {
    const { a } = connected();
    expect(add(a, 'default', { via: '10.5.0.1' })).toBe('ENETUNREACH');
    expect(add(a, '10.9.0.0/16', { via: '10.0.0.255' })).toBe('EINVAL');
    expect(add(a, '10.6.0.0/16', { via: '10.0.0.2', src: '1.2.3.4' })).toBe('EINVAL');
    expect(add(a, '10.7.0.0/16', { type: 'unreachable' as never })).toBeUndefined();
    expect(add(a, '10.7.0.0/16', { via: '10.0.0.2' })).toBe('EEXIST');
    expect(add(a, '10.7.0.0/16', { via: '10.0.0.2', metric: 5 })).toBeUndefined();
    expect(add(a, '10.8.0.0/16', {})).toBe('ENODEV');
    expect(show(a)).toEqual([
      '10.0.0.0/24 dev eth0 src 10.0.0.1',
      'unreachable 10.7.0.0/16',
      '10.7.0.0/16 via 10.0.0.2 dev eth0 metric 5',
    ]);
  });

  test('answers where a packet would go', () => {
    const { a } = connected();
    add(a, 'default', { via: '10.0.0.254' });
    add(a, '10.7.0.0/16', { type: 'unreachable' as never });
    add(a, '10.8.0.0/16', { type: 'prohibit' as never });
    add(a, '10.9.0.0/16', { type: 'blackhole' as never });
    expect(get(a, '10.0.0.7')).toBe('10.0.0.7 dev eth0 src 10.0.0.1');
    expect(get(a, '1.1.1.1')).toBe('1.1.1.1 via 10.0.0.254 dev eth0 src 10.0.0.1');
    expect(get(a, '10.7.0.1')).toBe('EHOSTUNREACH');
    expect(get(a, '10.8.0.1')).toBe('EACCES');
    expect(get(a, '10.9.0.1')).toBe('EINVAL');
    expect(get(a, '255.255.255.255')).toBe('broadcast 255.255.255.255 dev eth0 src 10.0.0.1');
    expect(get(a, '10.0.0.255')).toBe('broadcast 10.0.0.255 dev eth0 src 10.0.0.1');
    expect(get(a, '224.1.1.1')).toBe('multicast 224.1.1.1 dev eth0 src 10.0.0.1');
    expect(get(a, '127.0.0.5')).toBe('local 127.0.0.5 dev lo src 127.0.0.1');
    expect(get(a, '10.0.0.1')).toBe('local 10.0.0.1 dev lo src 10.0.0.1');
    expect(get(a, '0.0.0.0')).toBe('local 127.0.0.1 dev lo src 127.0.0.1');
    expect(get(a, '1.1.1.1', '9.9.9.9')).toBe('ENETUNREACH');
  });

  test('without a route the network is unreachable', () => {
    const { a } = connected();
    expect(get(a, '1.1.1.1')).toBe('ENETUNREACH');
    expect(get(a, '255.255.255.255')).toBe('ENETUNREACH');
  });

  test('down takes the routes, up brings back the automatic ones; own addresses stay local', () => {
    const { a } = connected();
    add(a, 'default', { via: '10.0.0.254' });
    const { ifindex } = a.eth();
    a.stack.config.setUp(ifindex, false);
    expect(show(a)).toEqual([]);
    expect(get(a, '10.0.0.1')).toBe('local 10.0.0.1 dev lo src 10.0.0.1');
    expect(add(a, '10.6.0.0/16', { via: '10.0.0.2' })).toBe('ENETUNREACH');
    expect(add(a, '10.6.0.0/16', { dev: 'eth0' })).toBe('ENETDOWN');
    a.stack.config.setUp(ifindex, true);
    expect(show(a)).toEqual(['10.0.0.0/24 dev eth0 src 10.0.0.1']);
  });

  test('lost carrier marks routes; they are used all the same unless told otherwise', () => {
    const { a, cable } = connected();
    add(a, 'default', { via: '10.0.0.254' });
    cable.unplug();
    expect(show(a)).toEqual(['default via 10.0.0.254 dev eth0 linkdown', '10.0.0.0/24 dev eth0 src 10.0.0.1 linkdown']);
    expect(get(a, '1.1.1.1')).toBe('1.1.1.1 via 10.0.0.254 dev eth0 src 10.0.0.1');
    a.set('net.ipv4.conf.all.ignore_routes_with_linkdown', 1);
    expect(get(a, '1.1.1.1')).toBe('ENETUNREACH');
    cable.plug();
    expect(get(a, '1.1.1.1')).toBe('1.1.1.1 via 10.0.0.254 dev eth0 src 10.0.0.1');
  });

  test('a second address of a subnet is secondary and goes with its primary', () => {
    const { a } = connected('10.0.0.1/24 10.0.0.2/24 10.0.0.3/25 10.0.0.1/25 10.0.0.5/32 10.1.0.4/31');
    const list = () =>
      a.stack.config
        .addresses()
        .slice(1)
        .map((x) => `${x.address}/${x.prefixLength}${x.secondary ? ' secondary' : ''}`);
    expect(list()).toEqual([
      '10.0.0.1/24',
      '10.0.0.3/25',
      '10.0.0.5/32',
      '10.1.0.4/31',
      '10.0.0.2/24 secondary',
      '10.0.0.1/25 secondary',
    ]);
    expect(show(a)).toEqual([
      '10.0.0.0/25 dev eth0 src 10.0.0.3',
      '10.0.0.0/24 dev eth0 src 10.0.0.1',
      '10.1.0.4/31 dev eth0 src 10.1.0.4',
    ]);
    expect(a.stack.config.deleteAddress(a.eth().ifindex, ip('10.0.0.1'), 24)).toBeUndefined();
    expect(list()).toEqual(['10.0.0.3/25', '10.0.0.5/32', '10.1.0.4/31', '10.0.0.1/25 secondary']);
    expect(show(a)).toEqual(['10.0.0.0/25 dev eth0 src 10.0.0.3', '10.1.0.4/31 dev eth0 src 10.1.0.4']);
    expect(a.stack.config.deleteAddress(a.eth().ifindex, ip('10.0.0.9'), 24)?.code).toBe('EADDRNOTAVAIL');
  });

  test('promote_secondaries keeps the subnet', () => {
    const { a } = connected('10.0.0.1/24 10.0.0.2/24');
    a.set('net.ipv4.conf.all.promote_secondaries', 1);
    a.stack.config.deleteAddress(a.eth().ifindex, ip('10.0.0.1'), 24);
    expect(show(a)).toEqual(['10.0.0.0/24 dev eth0 src 10.0.0.2']);
  });

  test('the last address takes all routes of its card with it', () => {
    const { a } = connected();
    add(a, 'default', { via: '10.0.0.254' });
    a.stack.config.flushAddresses(a.eth().ifindex);
    expect(show(a)).toEqual([]);
  });
});

function order(line: string): number {
  const address = /\d+\.\d+\.\d+\.\d+(\/\d+)?/.exec(line)![0];
  const [quad, length] = address.split('/');
  return (ip(quad!).key as number) * 64 - Number(length ?? 32);
}

describe('changes', () => {
  test('metric decides within a prefix; deleting the better route leaves the other', () => {
    const { a } = connected();
    add(a, 'default', { via: '10.0.0.2', metric: 200 });
    add(a, 'default', { via: '10.0.0.3', metric: 100 });
    expect(get(a, '1.1.1.1')).toContain('via 10.0.0.3');
    const destination = parsePrefix('default')!;
    expect(a.stack.config.deleteRoute({ destination, gateway: ip('10.0.0.3') })).toBeUndefined();
    expect(get(a, '1.1.1.1')).toContain('via 10.0.0.2');
    expect(a.stack.config.deleteRoute({ destination, gateway: ip('10.0.0.3') })?.code).toBe('ESRCH');
  });

  test('replace changes in place', () => {
    const { a } = connected();
    add(a, 'default', { via: '10.0.0.2' });
    expect(
      a.stack.config.addRoute({ destination: parsePrefix('default')!, gateway: ip('10.0.0.9') }, true),
    ).toBeUndefined();
    expect(show(a)[0]).toBe('default via 10.0.0.9 dev eth0');
  });

  test('a path knows when it is old', () => {
    const { a } = connected();
    const path = a.stack.route(ip('10.0.0.7'));
    expect(path).toBe(a.stack.route(ip('10.0.0.7')));
    expect('valid' in path && path.valid).toBe(true);
    add(a, '10.0.0.7/32', { via: '10.0.0.2' });
    expect('valid' in path && path.valid).toBe(false);
    expect(get(a, '10.0.0.7')).toBe('10.0.0.7 via 10.0.0.2 dev eth0 src 10.0.0.1');
  });

  test('a lease ends', () => {
    const { world, a } = connected('');
    const request = { address: ip('10.0.0.1'), prefixLength: 24, validNs: 10 * SECOND };
    expect(a.stack.config.addAddress(a.eth().ifindex, request)).toBeUndefined();
    expect(a.stack.config.addAddress(a.eth().ifindex, request)?.code).toBe('EEXIST');
    world.run(5 * SECOND);
    expect(a.stack.config.addAddress(a.eth().ifindex, { ...request, replace: true })).toBeUndefined();
    world.run(14 * SECOND);
    expect(show(a)).toHaveLength(1);
    world.run(16 * SECOND);
    expect(show(a)).toEqual([]);
    expect(world.reported('address.change', 'a').at(-1)).toMatchObject({ address: '10.0.0.1/24', added: false });
  });

  test('unknown cards are ENODEV, other families EAFNOSUPPORT or unreachable', () => {
    const { a } = connected();
    expect(a.stack.config.setUp(99, true)?.code).toBe('ENODEV');
    expect(a.stack.config.addAddress(99, { address: ip('10.0.0.1'), prefixLength: 24 })?.code).toBe('ENODEV');
    expect(a.stack.route(ip('10.0.0.2'), undefined, { name: 'eth9' })).toMatchObject({ code: 'ENODEV' });
  });
});

describe('longest prefix', () => {
  const route = (key: number, length: number, metric: number) =>
    new Route(
      new Prefix(new Ipv4Address(maskIpv4(key, length)), length),
      'main',
      'blackhole',
      'global',
      'boot',
      metric,
      undefined,
      undefined,
      undefined,
    );
  const entry = fc.record({ key: fc.nat(0xffff_ffff), length: fc.integer({ min: 0, max: 32 }), metric: fc.nat(3) });

  test('equals a linear search over all routes, through additions and removals', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 40 }),
        fc.array(fc.nat(0xffff_ffff), { maxLength: 20 }),
        fc.nat(),
        (entries, keys, cut) => {
          const table = new RouteTable();
          let routes = entries.map((e) => route(e.key, e.length, e.metric));
          for (const each of routes) table.add(each);
          const gone = routes.slice(0, cut % (routes.length + 1));
          for (const each of gone) table.remove(each);
          routes = routes.slice(gone.length);
          for (const key of [...keys, ...entries.map((e) => e.key)]) {
            const fits = routes.filter((r) => maskIpv4(key, r.destination.length) === r.destination.network.key);
            fits.sort((x, y) => y.destination.length - x.destination.length || x.metric - y.metric);
            expect(table.lookup(key)).toBe(fits[0]);
          }
          expect(table.list('main')).toHaveLength(routes.length);
        },
      ),
    );
  });
});
