/** A run taken down, made into bytes and read again; and bytes that somebody cut, changed or made up. */
import { runLab } from '@netarium/core/check/run-lab.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { decodeRecording, encodeRecording, RecordingError } from '@netarium/view/recording/container.ts';
import { frameBytes, type Recording } from '@netarium/view/recording/recording.ts';
import { RecordingLog } from '@netarium/view/recording/recording-log.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

const environment = { image: systemImage(), turn: () => new Promise<void>((resolve) => setImmediate(resolve)) };

async function recorded(id: string, snapLength?: number): Promise<{ recording: Recording; digests: string[] }> {
  const definition = await catalogue.get(id)!();
  const log = new RecordingLog(snapLength === undefined ? {} : { snapLength });
  const run = await runLab(definition, environment, { listener: log.listener });
  const plain = await runLab(definition, environment);
  expect([run.wireDigest, run.runDigest]).toEqual([plain.wireDigest, plain.runDigest]);
  return { recording: log.recording(definition, run, 'test'), digests: [run.wireDigest, run.runDigest] };
}

let recording: Recording;
let bytes: Uint8Array;
beforeAll(async () => {
  ({ recording } = await recorded('visit-website'));
  bytes = encodeRecording(recording);
});

describe('a recording', () => {
  it('comes back as it was', () => expect(decodeRecording(bytes)).toEqual(recording));

  it('has each frame once, with its bytes', () => {
    const { frames, sights, hops } = recording;
    expect(frames.packets.length).toBeGreaterThan(50);
    for (let i = 0; i < frames.packets.length; i++) expect(frameBytes(recording, i).length).toBe(frames.lengths[i]);
    // What one card sends another takes: both saw the same frame, and a hop lies between.
    const sent = sights.frame.findIndex((_, i) => sights.out[i] === 1);
    const hop = hops.frame.indexOf(sights.frame[sent]!);
    expect(hops.startNs[hop]).toBeGreaterThanOrEqual(sights.atNs[sent]!);
    expect(hops.arrivalNs[hop]).toBeGreaterThan(hops.startNs[hop]!);
  });

  it('knows where a frame was lost', async () => {
    const { recording: lossy } = await recorded('one-lost-packet');
    const lost = [...lossy.hops.fate].filter((fate) => fate > 0).map((fate) => lossy.dropReasons[fate - 1]);
    expect(lost).toContain('lost');
  });

  it('leaves payload out where it is told to', async () => {
    const { recording: short } = await recorded('one-lost-packet', 96);
    expect(short.frames.lengths.some((length, i) => length > frameBytes(short, i).length)).toBe(true);
    const kept = [...short.frames.lengths.keys()].map((i) => frameBytes(short, i).length);
    expect(Math.max(...kept)).toBe(96);
  });
});

describe('bytes that are no recording', () => {
  it('are refused with a reason when cut', () => {
    for (const length of [0, 4, 12, 15, 16, 100, 5000, bytes.length - 9])
      expect(() => decodeRecording(bytes.slice(0, length))).toThrow(RecordingError);
  });

  it('never do anything but be read or refused', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        (changes) => {
          const forged = bytes.slice();
          for (const [at, byte] of changes) forged[at] = byte;
          try {
            decodeRecording(forged);
          } catch (error) {
            expect(error).toBeInstanceOf(RecordingError);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
