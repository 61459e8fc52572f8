/** Recordings of any bytes: refused with a reason, or one that the page's models can be made of, at any instant. */
import { decodeRecording, encodeRecording, RecordingError } from '@netarium/view/recording/container.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';
import { linesAround, linesOf } from '@netarium/view/source/listing.ts';
import { SourceView } from '@netarium/view/source/source-view.ts';
import { choiceFrom } from '@netarium/view/source/thread-choice.ts';
import { synthetic } from '../../bench/viewer/synthetic.ts';
import type { Target } from './engine.ts';

const NONE = { count: 0, first: [] };

/** Small, with a thread that makes three calls, two of them beside an event loop. */
function small(): Recording {
  const stretch = { fromNs: 0, toNs: 9, state: 'running', core: 0, waits: '', holders: [], untilNs: -1 } as const;
  const lane = { host: 'm0', pid: 2, tid: 2, name: 'm0 loop[2]', stretches: [stretch], endedNs: -1 };
  const coroutines = { count: 1, first: [{ name: 'Task-1', stack: 2 }] };
  const timers = { count: 1, first: [{ label: 'stop', atNs: 9 }] };
  return {
    ...synthetic({ machines: 2, packets: 2, events: 4, moving: 1 }),
    lanes: { fromNs: 0, toNs: 9, lanes: [lane], deadlocks: [] },
    source: {
      files: [{ name: 'labs/src/x.ts', pieces: [{ from: 1, text: 'await a();\nawait b();\n' }] }],
      frames: [1, 2].map((line) => ({ file: 0, line, function: 'main' })),
      stacks: [[], [0], [1, 0]],
      queues: [{ runtime: 'asyncio', running: '', ready: NONE, timers, waiting: NONE, coroutines }],
    },
    calls: {
      fromNs: Float64Array.of(1, 2, 3),
      lane: Uint32Array.of(0, 0, 0),
      stack: Uint32Array.of(1, 2, 1),
      queues: Uint32Array.of(0, 1, 1),
    },
  };
}

function looked(recording: Recording): string {
  const view = new SourceView(recording);
  const { files } = recording.source;
  const seen: number[] = [];
  for (const atNs of [0, 1, 2, recording.endNs])
    for (const text of ['', '0', '0.Task-1']) {
      const look = view.look(choiceFrom(text, recording.lanes.lanes.length), atNs);
      for (const frame of look.stack) {
        const lines = linesAround(linesOf(files[frame.file]!), frame.line);
        seen.push(lines.length, view.markers(frame.file, look, atNs).size, view.fileName(frame).length);
      }
      seen.push(look.call, look.focus, view.next(look.place, atNs) ?? -1, view.previous(look.place, atNs) ?? -1);
    }
  return seen.join();
}

const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

export const recordings: Target = {
  name: 'recordings',
  corpus: () => [latin1(encodeRecording(small()))],
  run(input) {
    try {
      return looked(decodeRecording(Uint8Array.from(input, (character) => character.charCodeAt(0) & 0xff)));
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      return error.message;
    }
  },
};
