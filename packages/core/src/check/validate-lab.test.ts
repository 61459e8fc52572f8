import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cable, host, hub, lab, networkSwitch, nth, param, router } from './lab.ts';
import { nearest, pathText } from './lab-problem.ts';
import { validateLab } from './validate-lab.ts';

const show = (definition: unknown): string[] =>
  validateLab(definition).map(({ path, code }) => `${pathText(path)} ${code}`);

const good = lab({
  id: 'one-lost-packet',
  params: { lost: { default: 20, min: 0, max: 1000 }, rate: { default: '10Mbit' } },
  machines: {
    laptop: host({ eth0: '10.0.1.2/24', gateway: '10.0.1.1', files: { '/etc/motd': 'hi' } }),
    sw: networkSwitch(),
    gw: router({ eth0: '10.0.1.1/24', eth1: { address: ['10.0.2.1/24'], mtu: 1400, mac: '02:00:00:00:00:09' } }),
    web: host({
      eth0: 'dhcp',
      run: ['httpd /srv'],
      routes: ['10.9.0.0/16 via 10.0.2.1 metric 5', 'default via 10.0.2.1'],
    }),
  },
  cables: [
    cable('laptop', 'sw'),
    cable('sw', 'gw'),
    cable('gw', 'web', { rate: param('rate'), delay: '10ms', drop: nth('lost'), forward: { loss: '1%' } }),
  ],
  checks: { whole: { text: { en: 'whole', zh: '完整' }, row: 32, clause: 1 } },
  counterRuns: { none: { set: { lost: 0 }, flips: ['whole'] } },
});

const withMachines = (machines: object, more: object = {}): object => ({ id: 'x', machines, ...more });

describe('validateLab', () => {
  test('a good lab has nothing wrong', () => expect(validateLab(good)).toEqual([]));

  test.each<[object | null, string]>([
    [null, ' not-a'],
    [{ id: 'No Good', machines: { a: host() } }, 'id bad-lab-id'],
    [{ machines: { a: host() } }, ' missing-key'],
    [withMachines({}), 'machines no-machines'],
    [withMachines({ Laptop: host() }), 'machines.Laptop bad-machine-name'],
    [withMachines({ seen: host() }), 'machines.seen reserved-machine-name'],
    [withMachines({ a: { kind: 'bridge' } }), 'machines.a not-a-kind'],
    [withMachines({ a: host({ eth0: '10.0.1.2/33' }) }), 'machines.a.eth0 not-interface-address'],
    [withMachines({ a: host({ eth0: '10.0.1.2' }) }), 'machines.a.eth0 not-interface-address'],
    [withMachines({ a: host({ eth0: '10.0.1.2/24', gateway: '10.0.2.1' }) }), 'machines.a.gateway gateway-not-on-link'],
    [withMachines({ a: host({ eth0: '10.0.1.2/24', eth1: '10.0.1.2/24' }) }), 'machines.a.eth1 address-taken'],
    [withMachines({ a: { kind: 'host', interfaces: {}, gatway: '1.1.1.1' } }), 'machines.a.gatway unknown-key'],
    [withMachines({ a: { kind: 'host', interfaces: { wlan0: 'dhcp' } } }), 'machines.a.wlan0 bad-card-name'],
    [withMachines({ a: host({ routes: ['nowhere via 10.0.0.1'] }) }), 'machines.a.routes[0] not-route'],
    [withMachines({ a: host({ files: { 'etc/x': '' } }) }), 'machines.a.files.etc/x not-path'],
    [withMachines({ a: hub({ rate: '10' }) }), 'machines.a.rate not-rate'],
    [withMachines({ a: host({ eth0: param('net') }) }), 'machines.a.eth0 no-such-param'],
    [withMachines({ a: host() }, { cables: [cable('a', 'b')] }), 'cables[0].from no-free-port'],
    [withMachines({ a: host({ eth0: 'dhcp' }) }, { cables: [cable('a', 'b')] }), 'cables[0].to no-such-machine'],
    [
      withMachines({ a: host({ eth0: 'dhcp' }), s: hub() }, { cables: [cable('a.eth1', 's')] }),
      'cables[0].from no-such-port',
    ],
    [
      withMachines({ a: host({ eth0: 'dhcp' }), s: hub() }, { cables: [cable('a', 's', { delay: '10' })] }),
      'cables[0].delay not-duration',
    ],
    [
      withMachines({ a: host({ eth0: 'dhcp' }), s: hub() }, { cables: [cable('a', 's', { loss: '101%' })] }),
      'cables[0].loss not-probability',
    ],
    [withMachines({ a: host({ eth0: 'dhcp' }) }, { cables: [cable('a', 'a')] }), 'cables[0].to no-free-port'],
    [withMachines({ a: host() }, { params: { n: { default: 5, max: 3 } } }), 'params.n.default not-in-range'],
    [withMachines({ a: host() }, { until: 'soon' }), 'until not-duration'],
    [
      withMachines({ a: host() }, { counterRuns: { x: { set: { n: 1 }, flips: [] } } }),
      'counterRuns.x.set.n no-such-param',
    ],
    [
      withMachines({ a: host() }, { counterRuns: { x: { set: {}, flips: ['c'] } } }),
      'counterRuns.x.flips[0] no-such-check',
    ],
  ])('%j: %s', (definition, problem) => expect(show(definition)).toContain(problem));

  test('the default of a parameter has to fit where it is used', () => {
    expect(show({ ...good, params: { lost: { default: 'many' }, rate: { default: 'fast' } } })).toEqual([
      'cables[2].rate not-rate',
      'cables[2].drop.nth not-a',
    ]);
  });

  test('any value at all gets an answer', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (machines, cables, params) => {
        validateLab({ id: 'x', machines, cables, params, checks: machines, counterRuns: cables });
        validateLab({
          id: 'x',
          machines: {
            a: { kind: 'host', interfaces: machines, files: cables, routes: params },
            s: { kind: 'switch', ports: cables },
          },
          cables: [{ from: machines, to: 'a' }, cables],
        });
      }),
      { numRuns: 300 },
    );
  });
});

test('nearest', () => {
  expect(nearest('gatway', ['gateway', 'routes'])).toBe('gateway');
  expect(nearest('dealy', ['rate', 'delay'])).toBe('delay');
  expect(nearest('colour', ['rate', 'delay'])).toBeUndefined();
});
