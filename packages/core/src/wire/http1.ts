/**
 * The part of the packet tree for HTTP/1.x (RFC 9112): start line and header fields of a message that begins in this segment. Segments in the
 * middle of a body stay data; streams are not put together here.
 */
import { latin1 } from '../base/utf8.ts';
import { add, addGenerated, type Dissector } from './dissector.ts';
import { type Field, row } from './field.ts';
import type { Payload } from './payload.ts';

const HTTP = row('http', 'none', 'Hypertext Transfer Protocol', '超文本传输协议 HTTP');
const REQUEST = row('http.request', 'bool', 'Request', '请求 Request');
const RESPONSE = row('http.response', 'bool', 'Response', '响应 Response');
const METHOD = row('http.request.method', 'string', 'Request Method', '请求方法 Method');
const URI = row('http.request.uri', 'string', 'Request URI', '请求 URI');
const REQUEST_VERSION = row('http.request.version', 'string', 'Request Version', '请求版本 Version');
const RESPONSE_VERSION = row('http.response.version', 'string', 'Response Version', '响应版本 Version');
const CODE = row('http.response.code', 'uint', 'Status Code', '状态码 Status Code');
const PHRASE = row('http.response.phrase', 'string', 'Response Phrase', '原因短语 Phrase');
const FILE_DATA = row('http.file_data', 'bytes', 'File Data', '文件数据 File Data');

/** Header fields with filter names of their own. */
const NAMED = new Map<string, Field>(
  (
    [
      ['host', 'http.host', 'Host', '主机 Host'],
      ['user-agent', 'http.user_agent', 'User-Agent', '用户代理 User-Agent'],
      ['accept', 'http.accept', 'Accept', '可接受类型 Accept'],
      ['cookie', 'http.cookie', 'Cookie', 'Cookie'],
      ['set-cookie', 'http.set_cookie', 'Set-Cookie', 'Set-Cookie'],
      ['connection', 'http.connection', 'Connection', '连接 Connection'],
      ['content-type', 'http.content_type', 'Content-Type', '内容类型 Content-Type'],
      ['content-length', 'http.content_length_header', 'Content-Length', '内容长度 Content-Length'],
      ['transfer-encoding', 'http.transfer_encoding', 'Transfer-Encoding', '传输编码 Transfer-Encoding'],
      ['server', 'http.server', 'Server', '服务器 Server'],
      ['date', 'http.date', 'Date', '日期 Date'],
      ['last-modified', 'http.last_modified', 'Last-Modified', '最后修改 Last-Modified'],
      ['location', 'http.location', 'Location', '重定向 Location'],
      ['referer', 'http.referer', 'Referer', '来源 Referer'],
    ] as const
  ).map(([header, name, en, zh]) => [header, row(name, 'string', en, zh)]),
);

/** Every field of this file, for the filter language. */
export const HTTP_FIELDS: readonly Field[] = [
  HTTP,
  REQUEST,
  RESPONSE,
  METHOD,
  URI,
  REQUEST_VERSION,
  RESPONSE_VERSION,
  CODE,
  PHRASE,
  FILE_DATA,
  ...NAMED.values(),
];

const START = /^(?:([A-Z]{3,16}) (\S+) (HTTP\/1\.[01])|(HTTP\/1\.[01]) (\d{3})(?: ([^\r\n]*))?)\r?\n/;
const LONGEST_HEAD = 65_536;
const LONGEST_START_LINE = 4096;

/** Adds the message's node; false where no message begins here. */
export function httpTree(d: Dissector, start: number, end: number): boolean {
  const text = latin1(d.bytes, start, Math.min(end, start + LONGEST_HEAD));
  const line = START.exec(text);
  if (line === null) return continued(d, start, end);
  const node = d.open(HTTP, start, nodeEnd(text, start, end));
  const startLineEnd = start + line[0].length;
  if (line[1] !== undefined) {
    const uriAt = start + line[1].length + 1;
    add(node, METHOD, line[1], start, start + line[1].length);
    add(node, URI, line[2]!, uriAt, uriAt + line[2]!.length);
    add(node, REQUEST_VERSION, line[3]!, uriAt + line[2]!.length + 1, uriAt + line[2]!.length + 9);
    d.column('HTTP', `${line[1]} ${line[2]} ${line[3]} `);
  } else {
    add(node, RESPONSE_VERSION, line[4]!, start, start + 8);
    add(node, CODE, Number(line[5]), start + 9, start + 12);
    if (line[6] !== undefined) add(node, PHRASE, line[6], start + 13, start + 13 + line[6].length);
    d.column('HTTP', `${line[4]} ${line[5]} ${line[6] ?? ''} `);
  }
  fields(d, text, start, startLineEnd, end);
  addGenerated(node, line[1] === undefined ? RESPONSE : REQUEST, 1, start);
  return true;
}

/** The middle of a message where the conversation has shown one; anything else on the port is not taken for HTTP. */
function continued(d: Dissector, start: number, end: number): boolean {
  if (d.context.tcp?.http !== true) return false;
  const node = d.open(HTTP, start, end);
  add(node, FILE_DATA, d.bytes.subarray(start, end), start, end);
  d.column('HTTP', 'Continuation');
  return true;
}

/** A message begins with a method or with HTTP, all capitals. */
export function mayBeHttp(first: number): boolean {
  return first >= 65 && first <= 90;
}

/** True where a payload begins with the start line of a message. */
export function startsHttp(payload: Payload): boolean {
  if (payload.length < 16 || !mayBeHttp(payload.chunk.bytes[payload.start]!)) return false;
  return START.test(
    latin1(payload.chunk.bytes, payload.start, Math.min(payload.end, payload.start + LONGEST_START_LINE)),
  );
}

/** A body of a type that is named is a layer of its own; one without a type belongs to the message (as tshark has it). */
function nodeEnd(text: string, start: number, end: number): number {
  const head = headEnd(text, start, end);
  return /^content-type:/im.test(text.slice(0, head - start)) ? head : end;
}

/** The empty line ends the head (RFC 9112 section 2.1). */
function headEnd(text: string, start: number, end: number): number {
  const blank = /\r?\n\r?\n/.exec(text);
  return blank === null ? end : start + blank.index + blank[0].length;
}

function fields(d: Dissector, text: string, start: number, from: number, end: number): void {
  const node = d.nodes.at(-1)!;
  let at = from - start;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    if (newline < 0) return;
    const line = text.slice(at, newline).replace(/\r$/, '');
    if (line === '') {
      const body = start + newline + 1;
      if (end > body) add(node, FILE_DATA, d.bytes.subarray(body, end), body, end);
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? undefined : NAMED.get(line.slice(0, colon).toLowerCase());
    if (field !== undefined) add(node, field, line.slice(colon + 1).trim(), start + at, start + newline + 1);
    at = newline + 1;
  }
}
