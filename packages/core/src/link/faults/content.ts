/** Faults that copy or change frames. */
import { decodeFrame, encodeFrame } from '../../wire/codec.ts';
import { type Frame, PacketId } from '../../wire/packet.ts';
import { identOf, packetIdOf } from '../identity.ts';
import { chance, type Fault, type FaultSite, type FrameMatch } from './rule.ts';

/** A frame arrives twice with a probability of `ppm` millionths; both copies go through the rules that follow. */
export function duplicate(ppm: number): Fault {
  return {
    text: `duplication of ${ppm} ppm`,
    attach: (site) => ({
      judge(verdict) {
        if (chance(site, 'duplicate', ppm)) verdict.duplicate = true;
      },
    }),
  };
}

/**
 * Flips one bit, anywhere from the first address to the last byte, with a probability of `ppm` millionths. As with tc-netem(8) the card's
 * check sequence is made afterwards, so the damage passes the link and the checksums of IP, TCP and UDP have to find it.
 */
export function corrupt(ppm: number, match?: FrameMatch): Fault {
  return {
    text: `corruption of ${ppm} ppm`,
    attach: (site) => ({
      judge(verdict, now) {
        if (match !== undefined && !match(verdict.frame, now)) return;
        if (chance(site, 'corrupt', ppm)) verdict.frame = flipBit(site, verdict.frame);
      },
    }),
  };
}

function flipBit(site: FaultSite, frame: Frame): Frame {
  const { random, recorder } = site.context;
  const bytes = encodeFrame(frame).slice();
  if (bytes.length === 0) return frame;
  const byte = random.choose('corrupt-byte', site.name, bytes.length);
  const mask = 1 << random.choose('corrupt-bit', site.name, 8);
  bytes[byte]! ^= mask;
  const { host, fullName: card } = site.from;
  recorder.emit('frame.corrupt', host, { card, packet: packetIdOf(frame), byte, mask });
  return decodeFrame(bytes, identOf(frame) ?? new PacketId(0));
}
