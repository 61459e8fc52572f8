/** What `httpd` was started with, and the extra response headers of its options and of `.headers` files. */
import type { CoverageSection } from '../../lib/options.ts';
import { isFieldValue, isToken, trimOws } from '../fields.ts';

export interface ExtraField {
  readonly name: string;
  readonly value: string;
}

export interface HttpdConfig {
  readonly root: string;
  readonly extra: readonly ExtraField[];
  /** Send files to HTTP/1.1 clients in chunks, as servers do that make a page while they send it. */
  readonly chunked: boolean;
}

/** Fields that frame the message are the server's own: setting them by hand would lie about it. */
const RESERVED = new Set(['connection', 'content-length', 'content-range', 'date', 'keep-alive', 'transfer-encoding']);

export const coverage: readonly CoverageSection[] = [
  {
    program: 'httpd',
    title: 'Files `.headers`',
    entries: [
      '`Name: value` adds a header to every file of the same directory; lines that begin with `#` are comments',
      '`[pattern]`, with `*` and `?`: the lines after it count for the names that match',
      `not ${[...RESERVED].map((name) => `\`${name}\``).join(', ')}, which the server sets itself`,
    ],
  },
];

/** `Name: value`; a text says what is wrong with it. */
export function parseExtraField(line: string): ExtraField | string {
  const colon = line.indexOf(':');
  if (colon < 0) return `'${line}' has no colon`;
  const name = line.slice(0, colon).trim();
  const value = trimOws(line.slice(colon + 1));
  if (!isToken(name)) return `'${name}' is not a header name`;
  if (RESERVED.has(name.toLowerCase())) return `header ${name} is set by the server itself`;
  return isFieldValue(value) ? { name, value } : `the value of ${name} holds characters that no header may hold`;
}

/**
 * A `.headers` file adds headers to the files of its own directory:
 *
 *     # every file here
 *     Cache-Control: max-age=60
 *     [*.html]
 *     Set-Cookie: visit=1; Path=/
 *
 * Lines after `[pattern]` count for names that match it (`*` and `?`). A wrong line is an error, and the answer 500.
 */
export function parseHeadersFile(text: string, fileName: string): readonly ExtraField[] | string {
  const found: ExtraField[] = [];
  let applies = true;
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.trim();
    if (line === '' || line.startsWith('#')) continue;
    const section = /^\[(.+)\]$/.exec(line);
    if (section) {
      applies = globMatches(section[1]!, fileName);
      continue;
    }
    const field = parseExtraField(line);
    if (typeof field === 'string') return `line ${i + 1}: ${field}`;
    if (applies) found.push(field);
  }
  return found;
}

/** `*` and `?` over the whole name, without backtracking over more than one star. */
export function globMatches(pattern: string, name: string): boolean {
  let p = 0;
  let star = -1;
  let resume = 0;
  for (let n = 0; n < name.length; ) {
    if (pattern[p] === '*') {
      star = p++;
      resume = n;
    } else if (pattern[p] === '?' || pattern[p] === name[n]) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
