/** Our packet tree, TCP analysis and display filters beside tshark's, on captures made here; every lab's captures are compared elsewhere. */
import { compileFilter } from '@netarium/core/wire/filter/filter.ts';
import { Frame, Ipv4Packet, TcpSegment, UdpDatagram } from '@netarium/core/wire/packet.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyFrame } from '../wire/arbitrary.ts';
import { allSamples, SAMPLES } from './all-samples.ts';
import { compareWithTshark, dissectCapture } from './compare.ts';
import { ACCEPTED, REFUSED } from './filter-cases.ts';
import { captureOf, dnsFrames } from './samples.ts';
import { tcpStory } from './tcp-stories.ts';
import { filterRefused, framesMatching, pdml } from './tshark.ts';

describe('samples of every packet kind', () => {
  test.each(Object.entries(SAMPLES))('%s: same protocols, values, places and columns', async (_, frames) => {
    expect(await compareWithTshark(captureOf(frames()), { columns: 'sharkd' })).toEqual([]);
  });
});

/** Ports of no protocol that tshark knows, so that payloads stay data. */
function atQuietPorts(frame: Frame): Frame {
  const packet = frame.payload;
  if (!(packet instanceof Ipv4Packet)) return frame;
  return new Frame(frame.dst, frame.src, frame.etherType, packet.with({ payload: quiet(packet.payload) }));
}

function quiet(pdu: Ipv4Packet['payload']): Ipv4Packet['payload'] {
  if (pdu instanceof UdpDatagram) return new UdpDatagram(40_001, 40_002, pdu.payload, pdu.checksum);
  if (!(pdu instanceof TcpSegment)) return pdu;
  return new TcpSegment(
    40_001,
    40_002,
    pdu.seq,
    pdu.ack,
    pdu.flags,
    pdu.window,
    pdu.urgentPointer,
    pdu.tsVal,
    pdu.tsEcr,
    pdu.options,
    pdu.payload,
  );
}

test('random frames of the lower layers: same values and places', async () => {
  const frames = fc.sample(anyFrame, { numRuns: 400, seed: 7 }).map(atQuietPorts);
  expect(await compareWithTshark(captureOf(frames), { loose: true })).toEqual([]);
});

describe('TCP conversations', () => {
  test.each(Array.from({ length: 24 }, (_, i) => i + 1))('story %i: same findings and numbers', async (seed) => {
    expect(await compareWithTshark(tcpStory(seed), { columns: 'sharkd' })).toEqual([]);
  });
});

describe('display filters', () => {
  const capture = captureOf(allSamples());
  const packets = dissectCapture(capture);

  test.each(ACCEPTED)('%s lets the same packets through', async (text) => {
    const filter = compileFilter(text);
    if (!filter.ok) throw new Error(filter.error.message);
    const ours = packets.flatMap((packet, i) => (filter.test(packet) ? [i + 1] : []));
    expect(ours).toEqual(await framesMatching(capture, text));
  });

  test.each(REFUSED)('%s is refused by both', async (text) => {
    expect(compileFilter(text).ok).toBe(false);
    expect(await filterRefused(text)).toBe(true);
  });
});

test('tshark reads names, directions and nanoseconds of our files', async () => {
  const [first, second] = await pdml(captureOf(dnsFrames().slice(0, 2), 123_456_789));
  const value = (fields: typeof first, name: string) => fields?.find((field) => field.name === name)?.show;
  expect(value(first, 'frame.interface_name')).toBe('web.eth0');
  expect(value(first, 'frame.packet_flags_direction')).toBe('0x00000001');
  expect(value(second, 'frame.packet_flags_direction')).toBe('0x00000002');
  expect(value(second, 'frame.time_epoch')).toBe('1700000000.123456789');
});
