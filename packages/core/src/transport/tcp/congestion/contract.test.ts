import { expect, test } from 'vitest';
import { ack, bytes, Scenario } from '../../testing/scenario.ts';
import { CA, SSTHRESH_INFINITE } from '../constants.ts';
import { cubeRoot } from './cubic.ts';
import { CONGESTION_NAMES, congestionNamed } from './registry.ts';

test('the default is cubic, as on Linux; unknown names are none', () => {
  expect(CONGESTION_NAMES).toEqual(['cubic', 'reno']);
  expect(congestionNamed('vegas')).toBeUndefined();
});

for (const name of CONGESTION_NAMES) {
  const open = (t: Scenario): ReturnType<Scenario['accepted']> => {
    const c = t.accepted({}, 50);
    c.setOption('SO_SNDBUF', 106_496);
    return c;
  };
  const world = (): Scenario => new Scenario({ 'net.ipv4.tcp_congestion_control': name });

  test(`${name}: slow start doubles the window each round trip (RFC 5681 section 3.1)`, () => {
    const t = world();
    const c = open(t);
    expect(c.congestionName).toBe(name);
    c.send(bytes(100_000));
    for (const expected of [20, 40]) {
      t.at(t.nowMs + 50);
      let next = (c.sndUna - c.iss) >>> 0;
      for (let i = 0; i < expected / 4; i++) t.send(ack((next += 2000), { window: 65_535 }));
      expect(c.cwnd).toBe(expected);
      t.take();
    }
  });

  test(`${name}: the window does not grow where the program does not fill it (RFC 7661)`, () => {
    const t = world();
    const c = open(t);
    for (let i = 0; i < 30; i++) {
      c.send(bytes(1000));
      t.take();
      t.at(t.nowMs + 50).send(ack(1001 + i * 1000));
    }
    expect(c.cwnd).toBe(10);
  });

  test(`${name}: after a loss ssthresh is a fraction of the window, at least two (RFC 5681 equation 4, RFC 9438 section 4.6)`, () => {
    const t = world();
    const c = open(t);
    c.send(bytes(10_000));
    t.at(t.nowMs + 50);
    for (let i = 0; i < 3; i++) t.send(ack(1));
    expect(c.caState).toBe(CA.RECOVERY);
    expect(c.ssthresh).toBe(name === 'reno' ? 5 : 7);
    expect(c.ssthresh).toBeLessThan(SSTHRESH_INFINITE);
  });

  test(`${name}: a time-out leaves one segment (RFC 5681 section 3.1)`, () => {
    const t = world();
    const c = open(t);
    c.send(bytes(10_000));
    t.at(t.nowMs + 1000);
    expect(c.cwnd).toBe(1);
    expect(c.ssthresh).toBe(name === 'reno' ? 5 : 7);
  });

  test(`${name}: after long idle time the window is the initial one again (RFC 5681 section 4.1)`, () => {
    const t = world();
    const c = open(t);
    c.send(bytes(40_000));
    t.at(t.nowMs + 50);
    let next = 1;
    for (let i = 0; i < 20; i++) t.send(ack((next += 2000)));
    t.take();
    expect(c.cwnd).toBeGreaterThan(20);
    t.at(t.nowMs + 60_000);
    c.send(bytes(60_000));
    expect(t.take().length).toBe(10);
  });
}

test('reno: above ssthresh one segment more per round trip', () => {
  const t = new Scenario({ 'net.ipv4.tcp_congestion_control': 'reno' });
  const c = t.accepted({}, 50);
  c.ssthresh = 10;
  c.setOption('SO_SNDBUF', 106_496);
  c.send(bytes(100_000));
  let next = 1;
  for (let round = 0; round < 3; round++) {
    t.at(t.nowMs + 50);
    for (let i = 0; i < 5 + (round > 0 ? 1 : 0); i++) t.send(ack((next += 2000)));
  }
  expect(c.cwnd).toBe(13);
});

test('cube roots are exact', () => {
  for (const root of [0, 1, 2, 3, 10, 99, 1000, 12_345, 65_535]) {
    expect(cubeRoot(root * root * root)).toBe(root);
    if (root > 1) expect(cubeRoot(root * root * root - 1)).toBe(root - 1);
  }
});
