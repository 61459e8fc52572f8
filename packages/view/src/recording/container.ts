/**
 * A recording as bytes, and back: a mark and a version, the length of a JSON part, the JSON part, and behind it the columns, each at a multiple of eight
 * bytes, little endian; long lists of the JSON part are pieces in one of them. `decodeRecording` trusts nothing: a file that was cut, changed or made up is
 * refused with what is wrong with it.
 */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { EventValues, type Shape } from './event-values.ts';
import { ListReader, type Pieces, withoutLists } from './long-lists.ts';
import type { Recording } from './recording.ts';
import { areShapes, wrongPart } from './shape.ts';

const MARK = encodeUtf8('NETARIUM');
const VERSION = 4;
const HEADER_BYTES = MARK.length + 8;

type ColumnArray = Float64Array | Uint32Array | Uint16Array | Uint8Array;

const TYPES = { f64: Float64Array, u32: Uint32Array, u16: Uint16Array, u8: Uint8Array } as const;
type TypeName = keyof typeof TYPES;

/** The columns, by the part of the recording that they belong to. */
const COLUMNS = {
  frames: { offsets: 'f64', bytes: 'u8', lengths: 'f64', packets: 'f64', of: 'f64', cause: 'u8' },
  sights: { atNs: 'f64', card: 'u16', out: 'u8', frame: 'u32' },
  hops: { startNs: 'f64', arrivalNs: 'f64', cable: 'u16', back: 'u8', frame: 'u32', fate: 'u8' },
  events: { atNs: 'f64', kind: 'u16', host: 'u16' },
  calls: { fromNs: 'f64', lane: 'u32', stack: 'u32', queues: 'u32' },
  values: { shape: 'u16', numbers: 'f64', words: 'u32' },
  lists: { bytes: 'u8', ends: 'f64' },
} as const satisfies Record<string, Record<string, TypeName>>;

export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

export function encodeRecording(recording: Recording): Uint8Array {
  const { frames, sights, hops, events, calls, ...rest } = recording;
  const { shapes, texts } = events.values;
  const { head, pieces } = withoutLists({ ...rest, texts });
  const parts = { frames, sights, hops, events, calls, values: events.values, lists: pieces } as unknown as Parts;
  const columns: ColumnArray[] = [];
  const counts: Record<string, number> = {};
  for (const [part, names] of Object.entries(COLUMNS))
    for (const name of Object.keys(names)) {
      const column = parts[part]![name]!;
      counts[`${part}.${name}`] = column.length;
      columns.push(column);
    }
  const json = encodeUtf8(JSON.stringify({ ...head, shapes, counts }));
  const start = aligned(HEADER_BYTES + json.length);
  const bytes = new Uint8Array(columns.reduce((sum, { byteLength }) => sum + aligned(byteLength), start));
  bytes.set(MARK);
  const view = new DataView(bytes.buffer);
  view.setUint32(MARK.length, VERSION, true);
  view.setUint32(MARK.length + 4, json.length, true);
  bytes.set(json, HEADER_BYTES);
  let at = start;
  for (const column of columns) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += aligned(column.byteLength);
  }
  return bytes;
}

/** Throws a `RecordingError` for what is no whole recording of this version. */
export function decodeRecording(bytes: Uint8Array): Recording {
  const steps = decodingSteps(bytes);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same bit by bit, for who has something else to do in between: how far it is, from 0 to 1. */
export function* decodingSteps(bytes: Uint8Array): Generator<number, Recording, undefined> {
  if (bytes.length < HEADER_BYTES || MARK.some((byte, i) => bytes[i] !== byte))
    throw new RecordingError('this is no recording of Netarium');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(MARK.length, true);
  if (version !== VERSION) throw new RecordingError(`version ${version} of the format, and this reads ${VERSION}`);
  const jsonLength = view.getUint32(MARK.length + 4, true);
  if (HEADER_BYTES + jsonLength > bytes.length) throw new RecordingError('cut off in its description');
  const { shapes, counts, ...head } = described(bytes.subarray(HEADER_BYTES, HEADER_BYTES + jsonLength));
  yield 0;
  const columns = columnsOf(bytes, aligned(HEADER_BYTES + jsonLength), counts);
  const { frames, sights, hops, events, calls, values, lists } = columns;
  const wrong = wrongPart(head);
  demand(wrong === undefined, `its ${wrong} are not what they should be`);
  const { texts, ...rest } = yield* listed(new ListReader(head, lists as unknown as Pieces));
  const { shape, numbers, words } = values as unknown as Pick<EventValues, 'shape' | 'numbers' | 'words'>;
  const said = new EventValues(shapes, texts as readonly string[], shape, numbers, words);
  const recording = {
    ...rest,
    frames,
    sights,
    hops,
    calls,
    events: { ...events, values: said },
  } as unknown as Recording;
  for (const check of CHECKS) {
    yield 1;
    check(recording);
  }
  return recording;
}

/** The description with its long lists. */
function* listed(reader: ListReader): Generator<number, Readonly<Record<string, unknown>>, undefined> {
  while (!reader.done) {
    const wrong = reader.read();
    demand(wrong === undefined, `its ${wrong} are not what they should be`);
    yield reader.part;
  }
  const whole = reader.whole();
  if (whole === undefined) throw new RecordingError('its lists are cut short');
  return whole;
}

/** The columns of each part; a view of the bytes where they lie as the machine wants them. */
function columnsOf(bytes: Uint8Array, start: number, counts: Record<string, unknown>): Parts {
  let at = start;
  const parts: Record<string, Record<string, ColumnArray>> = {};
  for (const [part, names] of Object.entries(COLUMNS)) {
    const made: Record<string, ColumnArray> = {};
    for (const [name, type] of Object.entries(names)) {
      const count = counts[`${part}.${name}`];
      if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0)
        throw new RecordingError(`says nothing sensible of ${part}.${name}`);
      const Type = TYPES[type as TypeName];
      const length = count * Type.BYTES_PER_ELEMENT;
      if (at + length > bytes.length) throw new RecordingError(`cut off in ${part}.${name}`);
      const { buffer, byteOffset } =
        (bytes.byteOffset + at) % 8 === 0 ? bytes.subarray(at) : bytes.slice(at, at + length);
      made[name] = new Type(buffer as ArrayBuffer, byteOffset, count);
      at += aligned(length);
    }
    parts[part] = made;
  }
  return parts;
}

type Parts = Readonly<Record<string, Readonly<Record<string, ColumnArray>>>>;

type Described = Record<string, unknown> & {
  shapes: readonly Shape[];
  counts: Record<string, unknown>;
};

function described(json: Uint8Array): Described {
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(json));
  } catch {
    throw new RecordingError('its description is no JSON');
  }
  const { shapes, counts } = (value ?? {}) as Described;
  if (!areShapes(shapes) || typeof counts !== 'object' || counts === null)
    throw new RecordingError('its description is not complete');
  return value as Described;
}

/** Every index points at something, every time lies in the run and in order, and columns of one part are of one length. */
const CHECKS: readonly ((recording: Recording) => void)[] = [
  ({ frames, causes }) => {
    const count = frames.packets.length;
    demand(frames.offsets.length === count + 1, 'frames and their bytes do not go together');
    for (const column of [frames.lengths, frames.of, frames.cause])
      demand(column.length === count, 'frames of two lengths');
    demand(spanning(frames.offsets, frames.bytes.length), 'bytes of frames out of order');
    demand(below(frames.cause, Math.max(1, causes.length)), 'a frame without a cause');
    for (const column of [frames.lengths, frames.packets, frames.of])
      demand(
        column.every((number) => number >= 0 && Number.isSafeInteger(number)),
        'a frame of no length, or of no packet',
      );
  },
  ({ frames, sights, cards }) => {
    sameLength(sights, 'sights');
    demand(below(sights.card, cards.length) && below(sights.frame, frames.packets.length), 'a sight of nothing');
    inOrder(sights.atNs, 'sights');
  },
  ({ frames, hops, cables, dropReasons }) => {
    sameLength(hops, 'hops');
    demand(below(hops.cable, cables.length) && below(hops.frame, frames.packets.length), 'a hop of nothing');
    demand(below(hops.fate, dropReasons.length + 1), 'a hop without a fate');
    inOrder(hops.startNs, 'hops');
    demand(hops.arrivalNs.every(isInstant), 'an instant that is none');
  },
  ({ events, kinds, hosts }) => {
    sameLength(events, 'events');
    demand(below(events.kind, kinds.length) && below(events.host, hosts.length), 'an event of no kind');
    inOrder(events.atNs, 'events');
  },
  ({ events }) => demand(events.values.whole, 'events that say nothing'),
  ({ source: { files, frames, stacks, queues } }) => {
    const known = (each: number, count: number): boolean => Number.isSafeInteger(each) && each >= 0 && each < count;
    demand(
      frames.every(({ file, line }) => known(file, files.length) && line > 0 && Number.isSafeInteger(line)),
      'a line of no file',
    );
    demand(
      stacks.every((stack) => stack.every((frame) => known(frame, frames.length))),
      'a stack of nothing',
    );
    demand(
      queues.every(({ coroutines }) => coroutines.first.every(({ stack }) => known(stack, stacks.length))),
      'a coroutine that stands nowhere',
    );
  },
  ({ calls, lanes, source }) => {
    sameLength(calls, 'calls');
    demand(below(calls.lane, lanes.lanes.length) && below(calls.stack, source.stacks.length), 'a call of nobody');
    demand(below(calls.queues, source.queues.length + 1), 'a call beside no queues');
    inOrder(calls.fromNs, 'calls');
  },
];

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new RecordingError(otherwise);
}

function sameLength(columns: object, name: string): void {
  const lengths = new Set(Object.values(columns as Record<string, { length: number }>).map(({ length }) => length));
  demand(lengths.size === 1, `${name} of two lengths`);
}

function below(column: { every(test: (value: number) => boolean): boolean }, limit: number): boolean {
  return column.every((value) => value < limit);
}

function spanning(offsets: Float64Array, end: number): boolean {
  return offsets.length > 0 && offsets[0] === 0 && offsets.at(-1) === end && rising(offsets);
}

function rising(numbers: Float64Array): boolean {
  for (let i = 1; i < numbers.length; i++) if (!(numbers[i]! >= numbers[i - 1]!)) return false;
  return true;
}

function isInstant(at: number): boolean {
  return at >= 0 && Number.isFinite(at);
}

function inOrder(times: Float64Array, name: string): void {
  demand(times.every(isInstant), 'an instant that is none');
  demand(rising(times), `${name} out of order`);
}
