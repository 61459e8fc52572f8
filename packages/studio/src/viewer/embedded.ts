/** The recording that the page carries: base64 of a gzip, in a script element that no browser runs. */
import { decodeRecording } from '@netarium/view/recording/container.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';

export const RECORDING_ELEMENT = 'recording';

export async function embeddedRecording(): Promise<Recording> {
  const text = document.getElementById(RECORDING_ELEMENT)?.textContent ?? '';
  const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return decodeRecording(new Uint8Array(await new Response(stream).arrayBuffer()));
}
