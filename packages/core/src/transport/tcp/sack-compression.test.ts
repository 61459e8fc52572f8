import { expect, test } from 'vitest';
import { data, Scenario } from '../testing/scenario.ts';

const RTT_MS = 100;

/** A connection with SACK whose first segment of data is lost; how many acknowledgements each further one brought, and when the last left. */
function hole(t: Scenario, segments: number, receiverRttMs = 0): number[] {
  t.accepted({ sackPermitted: true }, RTT_MS).rcvRttUs = receiverRttMs * 8000;
  const counts: number[] = [];
  for (let i = 1; i <= segments; i++) {
    t.send(data(1 + i * 1000, 1000));
    counts.push(t.take().length);
  }
  return counts;
}

test('three duplicates go at once, later ones wait for a twentieth of the round trip and are told in one', () => {
  for (const [rttMs, waitMs] of [
    [0, 0.1],
    [2, 0.2],
    [10, 0.6],
    [1000, 1.1],
  ] as const) {
    const t = new Scenario();
    expect(hole(t, 8, rttMs)).toEqual([1, 1, 1, 0, 0, 0, 0, 0]);
    t.at(RTT_MS + waitMs - 0.01).expectNothing();
    t.at(RTT_MS + waitMs).expect({ flags: '.', ack: 1, sack: [[1001, 9001]] });
    t.at(RTT_MS + 10).expectNothing();
  }
});

test('net.ipv4.tcp_comp_sack_nr bounds how many are held back; 0 switches it off', () => {
  expect(hole(new Scenario({ 'net.ipv4.tcp_comp_sack_nr': '2' }), 6)).toEqual([1, 1, 1, 0, 0, 1]);
  expect(hole(new Scenario({ 'net.ipv4.tcp_comp_sack_nr': '0' }), 6)).toEqual([1, 1, 1, 1, 1, 1]);
});

test('a hole that is filled is told at once, and the held report with it', () => {
  const t = new Scenario();
  hole(t, 6);
  t.send(data(1, 1000)).expect({ flags: '.', ack: 7001, sack: [] });
  t.at(RTT_MS + 10).expectNothing();
});

test('without SACK every duplicate is sent: their number is all that the peer learns', () => {
  const t = new Scenario({ 'net.ipv4.tcp_sack': '0' });
  expect(hole(t, 6)).toEqual([1, 1, 1, 1, 1, 1]);
});
