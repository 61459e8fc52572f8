/** Validators and conditional requests (RFC 9110 sections 8.8 and 13), for a server of files. */
import { parseHttpDate } from './date.ts';
import { type Fields, splitList } from './fields.ts';

export interface Validators {
  /** With its quotes. */
  readonly etag: string;
  readonly modifiedSeconds: number;
}

/** nginx's form: time and size in hexadecimal. A strong validator as far as the clock tells two changes apart. */
export function fileValidators(mtimeNs: number, size: number): Validators {
  const modifiedSeconds = Math.floor(mtimeNs / 1_000_000_000);
  return { etag: `"${modifiedSeconds.toString(16)}-${size.toString(16)}"`, modifiedSeconds };
}

/** `*` or a list of entity tags; the weak comparison ignores the `W/` mark (RFC 9110 section 8.8.3.2). */
function listNames(list: string, etag: string, weak: boolean): boolean {
  if (list.trim() === '*') return true;
  return splitList(list).some((member) => (weak ? member.replace(/^W\//, '') : member) === etag);
}

/** What the preconditions decide for GET and HEAD, in the order of RFC 9110 section 13.2.2. */
export function evaluateConditions(fields: Fields, current: Validators): 'proceed' | 'not modified' | 'failed' {
  const ifMatch = fields.get('if-match');
  if (ifMatch !== undefined) {
    if (!listNames(ifMatch, current.etag, false)) return 'failed';
  } else {
    const since = parseHttpDate(fields.get('if-unmodified-since') ?? '');
    if (since !== undefined && current.modifiedSeconds > since) return 'failed';
  }
  const ifNone = fields.get('if-none-match');
  if (ifNone !== undefined) return listNames(ifNone, current.etag, true) ? 'not modified' : 'proceed';
  const since = parseHttpDate(fields.get('if-modified-since') ?? '');
  return since !== undefined && current.modifiedSeconds <= since ? 'not modified' : 'proceed';
}

/** RFC 9110 section 13.1.5: a Range counts only while If-Range still names this version. */
export function rangeApplies(fields: Fields, current: Validators): boolean {
  const ifRange = fields.get('if-range');
  if (ifRange === undefined) return true;
  return ifRange.startsWith('"') ? ifRange === current.etag : parseHttpDate(ifRange) === current.modifiedSeconds;
}
