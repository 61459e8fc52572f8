/** The recording that the page carries: base64 of a gzip, in a script element that no browser runs. */
import { decodeRecording } from '@netarium/view/recording/container.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';

export const RECORDING_ELEMENT = 'recording';

export async function embeddedRecording(): Promise<Recording> {
  const text = document.getElementById(RECORDING_ELEMENT)?.textContent ?? '';
  const letters = atob(text.trim());
  // Not `Uint8Array.from`: it makes a list of all letters first, a gigabyte for a large recording.
  const packed = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) packed[i] = letters.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return decodeRecording(new Uint8Array(await new Response(stream).arrayBuffer()));
}
