/**
 * The list of what to download: a URL a line; blank lines and lines that begin with `#` are passed over, blanks around a URL too. A line that is no URL of
 * http is a fault with its number, and no reason to leave the others. A URL that comes twice is downloaded once.
 */
import { asciiText, formatUrl, parseUrl, type Url, type UrlFault } from '../../http/url.ts';
import { printable } from '../lib/printable.ts';

export interface ListedUrl {
  readonly line: number;
  readonly url: Url;
  /** As it is asked for: parts in their normal form, without the fragment. */
  readonly text: string;
}

export interface ListFault {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

export interface UrlList {
  readonly urls: readonly ListedUrl[];
  readonly faults: readonly ListFault[];
  /** Lines that say what an earlier one says. */
  readonly repeated: readonly { readonly line: number; readonly first: number }[];
}

const REASONS: Readonly<Record<UrlFault, string>> = {
  malformed: 'not a URL',
  'no host': 'a URL without a host',
  'bad port': 'a URL with a bad port',
  'bad host': 'a URL with a bad host',
};

export function parseUrlList(text: string): UrlList {
  const urls: ListedUrl[] = [];
  const faults: ListFault[] = [];
  const repeated: { line: number; first: number }[] = [];
  const lineOf = new Map<string, number>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [at, whole] of lines.entries()) {
    const entry = whole.trim();
    if (entry === '' || entry.startsWith('#')) continue;
    const line = at + 1;
    const url = urlOf(entry);
    if (typeof url === 'string') {
      faults.push({ line, text: printable(entry), reason: url });
      continue;
    }
    const normal = formatUrl(url);
    const first = lineOf.get(normal);
    if (first !== undefined) repeated.push({ line, first });
    else {
      lineOf.set(normal, line);
      urls.push({ line, url, text: normal });
    }
  }
  return { urls, faults, repeated };
}

/** The URL, or why it is none that can be downloaded. */
export function urlOf(text: string): Url | string {
  if (/\s/.test(text)) return 'a blank inside a URL';
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && /^[^:]*:\/\//.test(text))
    return `the scheme ${scheme} is not supported`;
  const url = parseUrl(text);
  if (typeof url === 'string') return REASONS[url];
  // Names beyond ASCII would need Punycode; an IPv6 literal has no socket here.
  if (/[^!-~]/.test(url.host)) return 'a URL whose host is not ASCII';
  if (url.host.startsWith('[')) return 'a URL with an IPv6 address';
  if (url.userinfo !== undefined) return 'a URL with a user name';
  const { host, port, path, query } = url;
  return { scheme: 'http', host, port, path: asciiText(path), query: query === undefined ? query : asciiText(query) };
}
