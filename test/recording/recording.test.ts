/** A run taken down, made into bytes and read again; and bytes that somebody cut, changed or made up. */
import { runLab } from '@netarium/core/check/run-lab.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { decodeRecording, encodeRecording, RecordingError } from '@netarium/view/recording/container.ts';
import { frameBytes, type Recording } from '@netarium/view/recording/recording.ts';
import { RecordingLog } from '@netarium/view/recording/recording-log.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordWithSource } from './recorded.ts';

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
let loop: Recording;
beforeAll(async () => {
  ({ recording } = await recorded('visit-website'));
  bytes = encodeRecording(recording);
  loop = await recordWithSource('event-loop');
});

describe('a recording', () => {
  it('comes back as it was', () => expect(decodeRecording(bytes)).toEqual(recording));

  it('with the lines of its programs, too', () => {
    expect(decodeRecording(encodeRecording(loop))).toEqual(loop);
    expect(loop.calls.fromNs.length).toBeGreaterThan(50);
    const labels = loop.source.queues.flatMap(({ timers }) => timers.first.map(({ label }) => label));
    expect(new Set(labels)).toEqual(new Set(['timer 20', 'timer 50', 'stop']));
  });

  it('has the digests of a run that nobody asks for its lines', async () => {
    const { digests } = await recorded('event-loop');
    expect([loop.wireDigest, loop.runDigest]).toEqual(digests);
  });

  it('has no lines where nobody asked for them', () => {
    expect(recording.source).toEqual({ files: [], frames: [], stacks: [[]], queues: [] });
    expect(recording.calls.fromNs.length).toBe(0);
  });

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

/** Its coroutine stands on a stack that there is not. */
const lost = (queues: Recording['source']['queues'][number]) => ({
  ...queues,
  coroutines: { count: 1, first: [{ name: 'Task-1', stack: 1e6 }] },
});

describe('bytes that are no recording', () => {
  it('are refused with a reason when cut', () => {
    for (const length of [0, 4, 12, 15, 16, 100, 5000, bytes.length - 9])
      expect(() => decodeRecording(bytes.slice(0, length))).toThrow(RecordingError);
  });

  it.each([
    ['a line of no file', (source) => ({ ...source, files: [] })],
    ['a stack of nothing', (source) => ({ ...source, frames: [] })],
    ['a coroutine that stands nowhere', (source) => ({ ...source, queues: source.queues.map(lost) })],
    ['a call of nobody', (source) => ({ ...source, stacks: source.stacks.slice(0, 1) })],
    ['a call beside no queues', (source) => ({ ...source, queues: [] })],
    ['its source are not what they should be', (source) => ({ ...source, files: ['programs.ts'] as never })],
    ['its stacks are not what they should be', (source) => ({ ...source, stacks: [['0']] as never })],
    ['its queues are not what they should be', (source) => ({ ...source, queues: [{}] as never })],
  ] satisfies readonly (readonly [string, (source: Recording['source']) => Recording['source']])[])(
    'are refused where their programs have %s',
    (why, forge) => {
      const forged = encodeRecording({ ...loop, source: forge(loop.source) });
      expect(() => decodeRecording(forged)).toThrow(new RecordingError(why));
    },
  );

  it('are refused where calls are out of order', () => {
    const calls = { ...loop.calls, fromNs: loop.calls.fromNs.slice().reverse() };
    expect(() => decodeRecording(encodeRecording({ ...loop, calls }))).toThrow(
      new RecordingError('calls out of order'),
    );
  });

  it('never do anything but be read or refused', () => {
    const whole = encodeRecording(loop);
    fc.assert(
      fc.property(
        fc.constantFrom(bytes, whole),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        (one, changes) => {
          const forged = one.slice();
          for (const [at, byte] of changes) forged[at % one.length] = byte;
          try {
            decodeRecording(forged);
          } catch (error) {
            expect(error).toBeInstanceOf(RecordingError);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
