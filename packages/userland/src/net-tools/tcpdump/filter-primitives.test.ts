import { parsePrefix } from '@netarium/core/base/address.ts';
import { describe, expect, it } from 'vitest';
import {
  addressTest,
  type Direction,
  etherAddressTest,
  isBroadcast,
  portTest,
  protocolTest,
} from './filter-primitives.ts';
import { dnsFrames } from './frames.test-util.ts';

/** From 10.0.1.2.40000 to 10.0.2.2.53, and from 10.0.1.2.53 to 10.0.2.2.40000. */
const [question, , answer] = dnsFrames();
const frame = (bytes: Uint8Array) => ({ bytes, wireLength: bytes.length });

describe('primitives', () => {
  it.each<[Direction | undefined, boolean, boolean]>([
    ['src', true, false],
    ['dst', false, true],
    ['either', true, true],
    ['both', false, false],
    [undefined, true, true],
  ])('know the direction %s', (direction, source, destination) => {
    const within = (prefix: string) => addressTest(undefined, parsePrefix(prefix)!, direction)(frame(question!));
    const port = portTest('udp', 40000, 40001, direction);
    expect([within('10.0.1.0/24'), within('10.0.2.0/24')]).toEqual([source, destination]);
    expect([port(frame(question!)), port(frame(answer!))]).toEqual([source, destination]);
  });

  it('look at the protocol around an address', () => {
    const all = parsePrefix('0.0.0.0/0')!;
    expect(addressTest('ip', all, undefined)(frame(question!))).toBe(true);
    expect(addressTest('arp', all, undefined)(frame(question!))).toBe(false);
    expect(portTest('tcp', 0, 65535, undefined)(frame(question!))).toBe(false);
    expect(protocolTest('udp')(frame(question!))).toBe(true);
  });

  it('find ports in the first fragment only', () => {
    const later = question!.slice();
    later[21] = 1;
    expect(portTest(undefined, 0, 65535, undefined)(frame(question!))).toBe(true);
    expect(portTest(undefined, 0, 65535, undefined)(frame(later))).toBe(false);
  });

  it('take the destination of Ethernet from its first six bytes', () => {
    const bytes = Uint8Array.of(...new Array<number>(6).fill(0xff), 2, 0, 0, 0, 0, 1, 8, 0);
    expect(etherAddressTest('02:00:00:00:00:01', 'src')(frame(bytes))).toBe(true);
    expect(etherAddressTest('02:00:00:00:00:01', 'dst')(frame(bytes))).toBe(false);
    expect(isBroadcast(frame(bytes))).toBe(true);
    expect(isBroadcast(frame(bytes.subarray(0, 5)))).toBe(false);
  });

  it('find nothing in a frame that is cut off before it', () => {
    const cut = frame(question!.subarray(0, 20));
    expect(addressTest(undefined, parsePrefix('0.0.0.0/0')!, undefined)(cut)).toBe(false);
    expect(portTest(undefined, 0, 65535, undefined)(cut)).toBe(false);
    expect(etherAddressTest('00:00:00:00:00:00', undefined)(frame(new Uint8Array(8)))).toBe(false);
  });
});
