/** Writes what a run was taken down as: a page, or a recording file. */
import type { Recording } from '@netarium/view/recording/recording.ts';
import { UsageError } from '../exit.ts';
import { writeWhole } from '../files.ts';
import type { Io } from '../io.ts';
import { PAGE_BYTES_MAX, packRecording, viewerFiles, viewerPage } from './viewer-page.ts';

/** Frames are kept up to here with `--headers-only`: longer than all headers together. */
export const HEADERS_BYTES = 128;

export interface RecordingFiles {
  readonly html?: string;
  readonly recording?: string;
}

export function writeRecording(recording: Recording, { html, recording: file }: RecordingFiles, io: Io): void {
  const packed = packRecording(recording);
  if (file !== undefined) writeWhole(file, packed, io.m);
  if (html === undefined) return;
  const page = viewerPage(packed, viewerFiles());
  const bytes = Buffer.byteLength(page);
  if (bytes > PAGE_BYTES_MAX) throw new UsageError(io.m.errors.pageTooLarge(bytes, PAGE_BYTES_MAX), 'run');
  writeWhole(html, page, io.m);
}
