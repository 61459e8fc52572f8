/** The viewer of one lab's run as a file. Payload is left out where the page would be too large with it. */
import { writeFileSync } from 'node:fs';
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { RecordingLog } from '@netarium/view/recording/recording-log.ts';
import manifest from '../../package.json' with { type: 'json' };
import { environment } from '../environment.ts';
import { PAGE_BYTES_MAX, packRecording, viewerFiles, viewerPage } from './viewer-page.ts';
import { HEADERS_BYTES } from './write-recording.ts';

export interface LabPage {
  readonly written: boolean;
  readonly bytes: number;
}

/** Not written where even the headers are too much for one page. */
export async function labPage(definition: LabDefinition, path: string): Promise<LabPage> {
  let bytes = 0;
  for (const snapLength of [undefined, HEADERS_BYTES]) {
    const page = await recordedPage(definition, snapLength);
    bytes = Buffer.byteLength(page);
    if (bytes > PAGE_BYTES_MAX) continue;
    writeFileSync(path, page);
    return { written: true, bytes };
  }
  return { written: false, bytes };
}

async function recordedPage(definition: LabDefinition, snapLength: number | undefined): Promise<string> {
  const log = new RecordingLog(snapLength === undefined ? {} : { snapLength });
  const listener = {
    cards: log.attach.bind(log),
    cables: log.cables.bind(log),
    recorder: log.listen.bind(log),
  };
  const run = await runLab(definition, environment(), { listener });
  return viewerPage(packRecording(log.recording(definition, run, manifest.version)), viewerFiles());
}
