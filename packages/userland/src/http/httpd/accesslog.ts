/** The access log in the common log format, as every log reader knows it. */
import { formatLogDate } from '../date.ts';

export interface AccessEntry {
  readonly client: string;
  readonly epochSeconds: number;
  /** The request line; undefined where none could be read. */
  readonly request?: string;
  readonly status: number;
  /** Bytes of body sent. */
  readonly bytes: number;
}

/** Quotes, backslashes and control characters are escaped, so that no client can write log lines of its own. */
function escapeLog(text: string): string {
  return [...text]
    .map((char) => {
      const code = char.charCodeAt(0);
      if (char === '"' || char === '\\') return `\\${char}`;
      return code < 32 || code > 126 ? `\\x${code.toString(16).padStart(2, '0')}` : char;
    })
    .join('');
}

export function formatAccess(entry: AccessEntry): string {
  const request = entry.request === undefined ? '-' : escapeLog(entry.request);
  const bytes = entry.bytes === 0 ? '-' : String(entry.bytes);
  return `${entry.client} - - [${formatLogDate(entry.epochSeconds)}] "${request}" ${entry.status} ${bytes}\n`;
}
