/**
 * The recording that the page carries: base64 of a gzip, in a script element that no browser runs. It is unpacked and checked bit by bit, so that the page
 * draws, scrolls and says how far it is while a large one is read.
 */
import { decodingSteps } from '@netarium/view/recording/container.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';
import { nextTask } from './next-task.ts';

export const RECORDING_ELEMENT = 'recording';

/** Letters that are unpacked at a time: a multiple of four, so that they are whole bytes. */
const SLICE = 1 << 19;

export async function embeddedRecording(progress: (part: number) => void): Promise<Recording> {
  const text = (document.getElementById(RECORDING_ELEMENT)?.textContent ?? '').trim();
  const steps = decodingSteps(await unpacked(text, progress));
  for (;;) {
    await nextTask();
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

async function unpacked(text: string, progress: (part: number) => void): Promise<Uint8Array> {
  const stream = new DecompressionStream('gzip');
  const [bytes] = await Promise.all([whole(stream.readable), feed(text, stream.writable, progress)]);
  return bytes;
}

async function feed(text: string, sink: WritableStream<BufferSource>, progress: (part: number) => void): Promise<void> {
  const writer = sink.getWriter();
  for (let at = 0; at < text.length; at += SLICE) {
    progress(at / text.length);
    const letters = atob(text.slice(at, at + SLICE));
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
    await writer.write(bytes);
    await nextTask();
  }
  await writer.close();
}

async function whole(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
