/**
 * One request to one response plan: which file, which part of it, which header fields. The plan's file stays open until its body is sent.
 * Serves GET, HEAD and OPTIONS; other known methods are 405, unknown ones 501 (RFC 9110 section 9).
 */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { FileStat, Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf, errorText, unless } from '../../lib/failure.ts';
import { printError, readText } from '../../lib/stdio.ts';
import { evaluateConditions, fileValidators, rangeApplies, type Validators } from '../conditional.ts';
import { formatHttpDate } from '../date.ts';
import { Fields } from '../fields.ts';
import type { RequestHead } from '../message.ts';
import { mediaType } from '../mime.ts';
import { type ByteRange, formatContentRange, parseRange } from '../range.ts';
import { ERROR_PAGE_TYPE, errorPage } from '../server/context.ts';
import { type ExtraField, type HttpdConfig, parseHeadersFile } from './config.ts';
import { encodePath, isHidden, resolveTarget } from './paths.ts';

/** A piece of body: bytes at hand, or a part of the plan's open file. */
export type Segment = Uint8Array | { readonly offset: number; readonly length: number };

/** The file of a plan that sends all of it. */
export interface PlannedFile {
  readonly path: string;
  readonly stat: FileStat;
}

export interface ResponsePlan {
  readonly status: number;
  readonly fields: Fields;
  readonly body: readonly Segment[];
  /** The open file behind the segments; whoever carries out the plan closes it. */
  readonly fd?: number;
  readonly file?: PlannedFile;
}

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'CONNECT']);
const ALLOW = 'GET, HEAD, OPTIONS';

export function bodyLength(body: readonly Segment[]): number {
  return body.reduce((sum, segment) => sum + segment.length, 0);
}

export function errorPlan(status: number, extra: readonly ExtraField[] = []): ResponsePlan {
  const fields = new Fields(extra.map(({ name, value }) => [name, value] as const));
  return { status, fields: fields.set('Content-Type', ERROR_PAGE_TYPE), body: [errorPage(status)] };
}

export async function planResponse(sys: Sys, config: HttpdConfig, head: RequestHead): Promise<ResponsePlan> {
  if (!KNOWN_METHODS.has(head.method)) return errorPlan(501);
  const target = resolveTarget(head.target);
  if (head.method === 'OPTIONS' && target.kind !== 'bad')
    return { status: 204, fields: new Fields([['Allow', ALLOW]]), body: [] };
  if (head.method !== 'GET' && head.method !== 'HEAD') {
    const plan = errorPlan(405);
    plan.fields.add('Allow', ALLOW);
    return plan;
  }
  if (target.kind !== 'path') return errorPlan(400);
  if (isHidden(target.segments)) return errorPlan(404);
  try {
    return await planFile(sys, config, head, target);
  } catch (error) {
    return errorPlan(await statusOfErrno(sys, error));
  }
}

async function statusOfErrno(sys: Sys, error: unknown): Promise<number> {
  switch (errnoOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
      return 404;
    case 'EACCES':
      return 403;
    case 'EMFILE':
    case 'ENFILE':
      return 503;
    default:
      await printError(sys, `httpd: ${errorText(error)}\n`);
      return 500;
  }
}

interface PathTarget {
  readonly segments: readonly string[];
  readonly directory: boolean;
  readonly query: string;
}

async function planFile(sys: Sys, config: HttpdConfig, head: RequestHead, target: PathTarget): Promise<ResponsePlan> {
  let path = [config.root === '/' ? '' : config.root, ...target.segments].join('/') || '/';
  const stat = await sys.stat(path);
  if (stat.type === 'directory') {
    // Without the slash every relative link of the page would point one level too high.
    if (!target.directory) return redirectPlan(`${encodePath(target.segments, encodeUtf8)}/${target.query}`);
    path = `${path === '/' ? '' : path}/index.html`;
    if (
      (await unless(
        sys.access(path, 'exist').then(() => true),
        'ENOENT',
      )) === undefined
    )
      return errorPlan(403);
  } else if (target.directory) return errorPlan(404);
  const extra = await extraFields(sys, config, path);
  if (typeof extra === 'string') {
    await printError(sys, `httpd: ${extra}\n`);
    return errorPlan(500);
  }
  const fd = await sys.open(path, { read: true, cloexec: true });
  const opened = await sys.fstat(fd);
  if (opened.type !== 'file') {
    await sys.close(fd);
    return errorPlan(403);
  }
  const plan = planContent(head, opened, path, fd, extra);
  if (plan.fd === undefined) await sys.close(fd);
  return plan;
}

function redirectPlan(location: string): ResponsePlan {
  const plan = errorPlan(301);
  plan.fields.add('Location', location);
  return plan;
}

/** Headers of the command line, then those of the directory's `.headers`; a text names the file and its wrong line. */
async function extraFields(sys: Sys, config: HttpdConfig, path: string): Promise<readonly ExtraField[] | string> {
  const slash = path.lastIndexOf('/');
  const file = `${path.slice(0, slash)}/.headers`;
  const text = await unless(readText(sys, file), 'ENOENT');
  if (text === undefined) return config.extra;
  const own = parseHeadersFile(text, path.slice(slash + 1));
  return typeof own === 'string' ? `${file}, ${own}` : [...config.extra, ...own];
}

function planContent(
  head: RequestHead,
  stat: FileStat,
  path: string,
  fd: number,
  extra: readonly ExtraField[],
): ResponsePlan {
  const validators = fileValidators(stat.mtimeNs, stat.size);
  const fields = new Fields(extra.map(({ name, value }) => [name, value] as const));
  const verdict = evaluateConditions(head.fields, validators);
  if (verdict === 'failed') return errorPlan(412, extra);
  addValidators(fields, validators);
  // RFC 9110 section 15.4.5: a 304 repeats the validators and describes no content.
  if (verdict === 'not modified') return { status: 304, fields, body: [] };
  fields.add('Accept-Ranges', 'bytes');
  const type = fields.get('content-type') ?? mediaType(path);
  const range = head.method === 'GET' ? head.fields.get('range') : undefined;
  if (range !== undefined && rangeApplies(head.fields, validators)) {
    const ranges = parseRange(range, stat.size);
    if (ranges === 'unsatisfiable') return unsatisfiablePlan(stat.size, extra);
    if (ranges !== 'ignore') return rangePlan(ranges, stat.size, type, fields, fd);
  }
  fields.set('Content-Type', type);
  return {
    status: 200,
    fields,
    body: stat.size === 0 ? [] : [{ offset: 0, length: stat.size }],
    fd,
    file: { path, stat },
  };
}

function addValidators(fields: Fields, validators: Validators): void {
  fields.set('Last-Modified', formatHttpDate(validators.modifiedSeconds));
  fields.set('ETag', validators.etag);
}

function unsatisfiablePlan(size: number, extra: readonly ExtraField[]): ResponsePlan {
  const plan = errorPlan(416, extra);
  plan.fields.add('Content-Range', formatContentRange(undefined, size));
  return plan;
}

/** Part boundaries only need to be absent from the parts' heads, and lengths are declared; a fixed one keeps runs equal. */
const BOUNDARY = 'netarium-part-7b1f4c52e09d';

function rangePlan(ranges: readonly ByteRange[], size: number, type: string, fields: Fields, fd: number): ResponsePlan {
  const part = (range: ByteRange): Segment => ({ offset: range.first, length: range.last - range.first + 1 });
  if (ranges.length === 1) {
    fields.set('Content-Type', type).set('Content-Range', formatContentRange(ranges[0]!, size));
    return { status: 206, fields, body: [part(ranges[0]!)], fd };
  }
  // RFC 9110 section 14.6: several ranges travel as multipart/byteranges.
  fields.set('Content-Type', `multipart/byteranges; boundary=${BOUNDARY}`);
  const body = ranges.flatMap((range) => {
    const partHead = `\r\n--${BOUNDARY}\r\nContent-Type: ${type}\r\nContent-Range: ${formatContentRange(range, size)}\r\n\r\n`;
    return [encodeUtf8(partHead), part(range)];
  });
  return { status: 206, fields, body: [...body, encodeUtf8(`\r\n--${BOUNDARY}--\r\n`)], fd };
}
