/** Request targets to file paths below the root. Nothing that a client writes can name a file outside it or a hidden one. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import { percentDecode } from '../url.ts';

export type TargetPath =
  | { readonly kind: 'path'; readonly segments: readonly string[]; readonly directory: boolean; readonly query: string }
  /** `OPTIONS *` asks about the server itself. */
  | { readonly kind: 'server' }
  | { readonly kind: 'bad'; readonly text: string };

/** Takes origin-form and absolute-form (RFC 9112 section 3.2); decodes before it looks for dot segments, as the file system would see them. */
export function resolveTarget(target: string): TargetPath {
  if (target === '*') return { kind: 'server' };
  const absolute = /^https?:\/\/[^/?#]*(.*)$/i.exec(target);
  const rest = absolute ? absolute[1]! : target;
  // A number sign never belongs into a request target; it ends the path of a careless client.
  const [pathAndQuery = ''] = rest.split('#', 1);
  const mark = pathAndQuery.indexOf('?');
  const raw = mark < 0 ? pathAndQuery : pathAndQuery.slice(0, mark);
  const query = mark < 0 ? '' : pathAndQuery.slice(mark);
  if (raw !== '' && !raw.startsWith('/')) return { kind: 'bad', text: 'malformed request target' };
  const bytes = percentDecode(raw);
  if (bytes === undefined) return { kind: 'bad', text: 'malformed percent-encoding' };
  if (bytes.includes(0)) return { kind: 'bad', text: 'NUL in path' };
  const parts = decodeUtf8(bytes).split('/');
  const last = parts.at(-1);
  const segments: string[] = [];
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part !== '..') segments.push(part);
    else if (segments.pop() === undefined) return { kind: 'bad', text: 'path leaves the root' };
  }
  return { kind: 'path', segments, directory: last === '' || last === '.' || last === '..', query };
}

/** Files whose names begin with a dot, `.headers` among them, are not served. */
export function isHidden(segments: readonly string[]): boolean {
  return segments.some((segment) => segment.startsWith('.'));
}

/** Percent-encodes a path for a Location field. */
export function encodePath(segments: readonly string[], utf8: (text: string) => Uint8Array): string {
  const encode = (segment: string) =>
    [...utf8(segment)]
      .map((byte) => {
        const char = String.fromCharCode(byte);
        return /[A-Za-z0-9\-._~!$&'()*+,;=:@]/.test(char)
          ? char
          : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      })
      .join('');
  return `/${segments.map(encode).join('/')}`;
}
