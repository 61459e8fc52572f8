/** Writes what a run was taken down as: a page, or a recording file. */
import { writeFileSync } from 'node:fs';
import type { Recording } from '@netarium/view/recording/recording.ts';
import { reason, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { PAGE_BYTES_MAX, packRecording, viewerFiles, viewerPage } from './viewer-page.ts';

/** Frames are kept up to here with `--headers-only`: longer than all headers together. */
export const HEADERS_BYTES = 128;

function written(path: string, content: string | Uint8Array, { m }: Io): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw new UsageError(m.errors.cannotWrite(path, reason(error)));
  }
}

export interface RecordingFiles {
  readonly html?: string;
  readonly recording?: string;
}

export function writeRecording(recording: Recording, { html, recording: file }: RecordingFiles, io: Io): void {
  const packed = packRecording(recording);
  if (file !== undefined) written(file, packed, io);
  if (html === undefined) return;
  const page = viewerPage(packed, viewerFiles());
  if (page.length > PAGE_BYTES_MAX) throw new UsageError(io.m.errors.pageTooLarge(page.length, PAGE_BYTES_MAX), 'run');
  written(html, page, io);
}
