/** What a response means for a download, the same for all clients: take the body, take the rest, go elsewhere, or fail. */
import type { Fields } from '../../http/fields.ts';
import type { ResponseHead } from '../../http/message.ts';
import { reasonOf } from '../../http/message.ts';
import { formatUrl, resolveReference, type Url } from '../../http/url.ts';
import { urlOf } from './url-list.ts';

export type Meaning =
  /** `from`: where in the file the body begins. */
  | { readonly take: 'body'; readonly from: number; readonly length: number | undefined }
  | { readonly take: 'elsewhere'; readonly url: Url }
  /** `again`: it may go well later. */
  | { readonly take: 'nothing'; readonly reason: string; readonly again: boolean };

const ELSEWHERE: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** RFC 9110 section 15.5: too early, too many, or too slow. */
const WORTH_REPEATING: ReadonlySet<number> = new Set([408, 425, 429]);
const NS_PER_SECOND = 1_000_000_000;
const LONGEST_WAIT_SECONDS = 60;

/** `have`: bytes that are there already, and that the request named in its Range field. */
export function meaningOf(head: ResponseHead, url: Url, have: number): Meaning {
  const { status, fields } = head;
  if (status === 200) return { take: 'body', from: 0, length: lengthOf(fields) };
  if (status === 206) {
    const range = /^bytes (\d{1,15})-(\d{1,15})\//.exec(fields.get('content-range') ?? '');
    if (range !== null && Number(range[1]) === have && have > 0)
      return { take: 'body', from: have, length: lengthOf(fields) };
    return { take: 'nothing', reason: 'HTTP 206 for a range that was not asked for', again: true };
  }
  const place = fields.get('location');
  if (ELSEWHERE.has(status) && place !== undefined) {
    const target = resolveReference(url, place);
    const next = typeof target === 'string' ? target : urlOf(formatUrl(target));
    if (typeof next === 'string')
      return { take: 'nothing', reason: `HTTP ${status} to '${place}': ${next}`, again: false };
    return { take: 'elsewhere', url: next };
  }
  // The file is shorter now than what we have of it: the next attempt begins anew.
  const again = status >= 500 || WORTH_REPEATING.has(status) || (status === 416 && have > 0);
  return { take: 'nothing', reason: `HTTP ${status} ${head.reason || reasonOf(status)}`.trim(), again };
}

function lengthOf(fields: Fields): number | undefined {
  const text = fields.get('content-length');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** For If-Range, which compares strongly (RFC 9110 section 13.1.5): a strong entity tag, or the time of the last change. */
export function validatorOf({ fields }: ResponseHead): string {
  const tag = fields.get('etag');
  if (tag !== undefined && /^"[!#-~\u0080-\u00ff]*"$/.test(tag)) return tag;
  return fields.get('last-modified') ?? '';
}

export function retryAfterNs({ fields }: ResponseHead): number {
  const text = fields.get('retry-after') ?? '';
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text), LONGEST_WAIT_SECONDS) * NS_PER_SECOND : 0;
}

/** The fields of a request, the same for all clients. */
export function requestFields(host: string, have: number, validator: string): [string, string][] {
  const fields: [string, string][] = [
    ['Host', host],
    ['User-Agent', 'netarium-download'],
    ['Accept', '*/*'],
  ];
  if (have > 0) fields.push(['Range', `bytes=${have}-`], ['If-Range', validator]);
  return fields;
}
