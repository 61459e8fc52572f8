/**
 * The recording that the page carries: base64 of a gzip, in script elements that no browser runs, whole bytes in each. It is unpacked and checked bit by bit, so that the page
 * draws, scrolls and says how far it is while a large one is read.
 */
import { decodingSteps } from '@netarium/view/recording/container.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';
import { nextTask } from './next-task.ts';

const RECORDING_ELEMENTS = 'script.recording';

/** After so many milliseconds the page gets its turn. */
const TURN_MS = 12;

/** `progress` from 0 to 1: half of it is unpacking. */
export async function embeddedRecording(progress: (part: number) => void): Promise<Recording> {
  // What came before, reading the page and its script, was a task of its own.
  await nextTask();
  const parts = [...document.querySelectorAll(RECORDING_ELEMENTS)];
  const steps = decodingSteps(await unpacked(parts, (part) => progress(part / 2)));
  let turnAt = 0;
  for (;;) {
    if (performance.now() >= turnAt + TURN_MS) {
      await nextTask();
      turnAt = performance.now();
    }
    const { done, value } = steps.next();
    if (done === true) return value;
    progress((1 + value) / 2);
  }
}

async function unpacked(parts: readonly Element[], progress: (part: number) => void): Promise<Uint8Array> {
  const stream = new DecompressionStream('gzip');
  const [bytes] = await Promise.all([whole(stream.readable), feed(parts, stream.writable, progress)]);
  return bytes;
}

async function feed(
  parts: readonly Element[],
  sink: WritableStream<BufferSource>,
  progress: (part: number) => void,
): Promise<void> {
  const writer = sink.getWriter();
  for (const [i, part] of parts.entries()) {
    progress(i / parts.length);
    const letters = atob(part.textContent.trim());
    const bytes = new Uint8Array(letters.length);
    for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
    await writer.write(bytes);
    await nextTask();
  }
  await writer.close();
}

/** Joined bit by bit: what a browser does of itself with a stream's parts takes it a fifth of a second of a large file. */
async function whole(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  const bytes = new Uint8Array(length);
  let end = length;
  let turnAt = performance.now();
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    end -= part.length;
    bytes.set(part, end);
    if (performance.now() < turnAt + TURN_MS) continue;
    await nextTask();
    turnAt = performance.now();
  }
  return bytes;
}
