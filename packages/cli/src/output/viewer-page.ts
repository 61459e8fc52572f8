/**
 * A recording as one HTML file that needs nothing else: the viewer's script and style, and the recording, compressed. What comes from the lab stands in it
 * as base64 only, so nothing of it is ever read as markup; the page's policy forbids every request and every script but the viewer's. Images may be data that
 * the page made itself: a picture of a pane is one.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encodeRecording } from '@netarium/view/recording/container.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';
import { built } from './built.ts';

/** Larger files are slow to open and to send: the writer refuses. */
export const PAGE_BYTES_MAX = 20 * 1024 * 1024;

export interface ViewerFiles {
  readonly script: string;
  readonly style: string;
}

export function viewerFiles(): ViewerFiles {
  return { script: built('viewer.js'), style: built('viewer.css') };
}

/** A recording as a file of its own: `netarium view` reads it. Level 9 would take six times as long for one part in a hundred less. */
export function packRecording(recording: Recording): Uint8Array {
  return gzipSync(encodeRecording(recording), { level: 6 });
}

/** Whole groups of four letters in each, and small enough for a browser to do something else in between. */
const PART_LETTERS = 1 << 19;

/** The recording as base64, in scripts that no browser runs. */
function embedded(packed: Uint8Array): string[] {
  const letters = Buffer.from(packed).toString('base64');
  const count = Math.ceil(letters.length / PART_LETTERS);
  return Array.from({ length: count }, (_, i) => {
    const part = letters.slice(i * PART_LETTERS, (i + 1) * PART_LETTERS);
    return `<script type="application/octet-stream" class="recording">${part}</script>`;
  });
}

/** The whole page. `packed` is a recording as `packRecording` makes it; `bar` stands above the viewer (`view/book/viewer-bar.ts`). */
export function viewerPage(packed: Uint8Array, { script, style }: ViewerFiles, bar?: string): string {
  // A script element ends at the first `</script`, wherever it stands.
  const safe = script.replaceAll(/<\/(script)/gi, '<\\/$1');
  const hash = createHash('sha256').update(safe).digest('base64');
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>Netarium</title>',
    `<style>${style}</style>`,
    '</head>',
    bar === undefined ? '<body>' : `<body class="in-book">${bar}`,
    '<div id="viewer"></div>',
    ...embedded(packed),
    `<script>${safe}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
