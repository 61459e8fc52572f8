import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allSamples } from '../../../../../test/tshark/all-samples.ts';
import { httpFrames } from '../../../../../test/tshark/samples.ts';
import { TcpAnalysis } from '../../check/analysis.ts';
import { decodeFrame, encodeFrame } from '../codec.ts';
import type { PacketContext } from '../dissector.ts';
import { ALL_FIELDS } from '../fields.ts';
import { PacketId } from '../packet.ts';
import { dissect } from '../tree.ts';
import { HeaderPacket } from './header-packet.ts';
import { DissectedPacket } from './packet.ts';

const frames = allSamples().map((frame) => encodeFrame(frame));
const NAMES = [...ALL_FIELDS.keys()];
const ASKED = [
  'eth.addr',
  'arp',
  'ip',
  'ip.addr',
  'ip.ttl',
  'tcp.srcport',
  'tcp.flags.syn',
  'tcp.len',
  'udp.port',
  'icmp',
  'dns',
];

/** The names that were answered without a dissection, where all answers are those of the dissection. */
function answeredAlone(bytes: Uint8Array, context: PacketContext): Set<string> {
  const whole = new DissectedPacket(dissect(bytes, context));
  const alone = new Set(NAMES);
  for (const name of NAMES) {
    const headers = new HeaderPacket({
      context: () => context,
      dissect: () => {
        alone.delete(name);
        return dissect(bytes, context);
      },
    });
    const nodes = headers
      .take(bytes)
      .nodes(name)
      .map(({ field, value, start, end }) => [field.name, value, start, end]);
    const expected = whole.nodes(name).map(({ field, value, start, end }) => [field.name, value, start, end]);
    // There are hundreds of names, and most have no nodes: what is as it should be is not compared word by word.
    if (nodes.length > 0 || expected.length > 0) expect(nodes, name).toEqual(expected);
  }
  return alone;
}

function contextOf(analysis: TcpAnalysis, bytes: Uint8Array, number: number): PacketContext {
  const tcp = analysis.packet(decodeFrame(bytes, new PacketId(number)), number, number * 1000);
  return { number, relativeNs: number * 1000, interfaceName: 'web.eth0', ...(tcp === undefined ? {} : { tcp }) };
}

test('headers say what the dissection says, and the common questions without it', () => {
  const analysis = new TcpAnalysis();
  for (const [i, bytes] of frames.entries()) {
    const alone = answeredAlone(bytes, contextOf(analysis, bytes, i + 1));
    const segment = !alone.has('tcp.seq') && alone.has('tcp.port');
    if (segment) expect([...alone]).toEqual(expect.arrayContaining(ASKED));
  }
  const segments = httpFrames().map((frame) => answeredAlone(encodeFrame(frame), {}));
  expect(segments.filter((alone) => alone.has('tcp.port')).length).toBeGreaterThan(5);
});

test('whatever was changed in the bytes', () => {
  const frame = fc.constantFrom(...frames);
  const change = fc.tuple(fc.nat(70), fc.nat(255));
  fc.assert(
    fc.property(frame, fc.array(change, { minLength: 1, maxLength: 3 }), fc.nat(80), (bytes, changes, cut) => {
      const forged = bytes.slice(0, cut < 60 ? cut : bytes.length);
      for (const [at, byte] of changes) if (at < forged.length) forged[at] = byte;
      answeredAlone(forged, contextOf(new TcpAnalysis(), forged, 1));
    }),
    { numRuns: 100 },
  );
});
