/** The viewer of one run as a file. Payload is left out where the page would be too large with it. */
import { writeFileSync } from 'node:fs';
import { cutFrames } from '@netarium/view/recording/cut-frames.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';
import { PAGE_BYTES_MAX, packRecording, viewerFiles, viewerPage } from './viewer-page.ts';
import { HEADERS_BYTES } from './write-recording.ts';

/** Whether it was: not where even the headers are too much for one page. */
export function writeLabPage(recording: Recording, path: string, bar: string): boolean {
  const files = viewerFiles();
  for (const kept of [Number.POSITIVE_INFINITY, HEADERS_BYTES]) {
    const page = viewerPage(packRecording(cutFrames(recording, kept)), files, bar);
    if (Buffer.byteLength(page) > PAGE_BYTES_MAX) continue;
    writeFileSync(path, page);
    return true;
  }
  return false;
}
