/**
 * HTTPConnection of CPython 3.11's `http.client`: one request at a time, its headers in CPython's order, its checks before anything is sent. `version` 10 is
 * what Python 2's `httplib.HTTP` speaks. Leaves out: tunnels (CONNECT), request bodies of unknown length, debug output.
 */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { ValueError } from '../errors.ts';
import { CannotSendRequest, encodeBody, encodeNarrow, InvalidURL, invalidHeader, ResponseNotReady } from './errors.ts';
import { reprText } from './repr.ts';
import { HTTPResponse } from './response.ts';
import { Socket } from './socket.ts';

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A text is sent as Latin-1. */
export type Body = Uint8Array | string | undefined;

export interface ConnectionOptions {
  /** Seconds for connecting and for each wait. */
  readonly timeout?: number | undefined;
  readonly version?: 10 | 11;
}

/** Methods for which a request without a body says so (RFC 9110 section 8.6; _METHODS_EXPECTING_BODY). */
const EXPECT_BODY = new Set(['PATCH', 'POST', 'PUT']);

export class HTTPConnection {
  socket: Socket | undefined;
  private readonly version: 10 | 11;
  /** Seconds for connecting; the socket has its own from then on. */
  timeout: number | undefined;
  private response: HTTPResponse | undefined;
  private method: string | undefined;

  constructor(
    private readonly sys: Sys,
    readonly host: string,
    readonly port: number,
    options: ConnectionOptions = {},
  ) {
    this.version = options.version ?? 11;
    this.timeout = options.timeout;
    checkHost(host);
  }

  /** A response has not been read to its end: what comes next on the connection belongs to it. */
  get busy(): boolean {
    return this.response !== undefined && !this.response.closed;
  }

  async connect(): Promise<void> {
    this.socket = await Socket.connect(this.sys, this.host, this.port, this.timeout);
  }

  async request(method: string, url: string, content: Body, headers: HeaderList): Promise<void> {
    const body = content === undefined ? undefined : encodeBody(content);
    if (this.response?.closed === true) this.response = undefined;
    if (this.method !== undefined || this.response !== undefined) throw new CannotSendRequest('Request-sent');
    const head = requestHead(this, this.version, method, url, body, headers);
    // CPython opens the connection with the first bytes, so what is wrong with a request is told before the server hears of it.
    if (this.socket === undefined) await this.connect();
    this.method = method;
    await this.socket!.sendall(head);
    if (body !== undefined && body.length > 0) await this.socket!.sendall(body);
  }

  async getresponse(): Promise<HTTPResponse> {
    if (this.method === undefined || this.socket === undefined) throw new ResponseNotReady('Idle');
    const socket = this.socket;
    const response = new HTTPResponse(
      (max) => socket.recv(max),
      this.method,
      async (ended) => this.ended(ended, socket),
    );
    try {
      await response.begin();
    } catch (error) {
      await this.close();
      throw error;
    }
    this.method = undefined;
    // The response has the connection to itself; what follows opens a new one.
    if (response.willClose) this.socket = undefined;
    this.response = response;
    return response;
  }

  private async ended(response: HTTPResponse, socket: Socket): Promise<void> {
    if (this.response === response) this.response = undefined;
    if (response.willClose && this.socket !== socket) await socket.close();
  }

  async close(): Promise<void> {
    this.method = undefined;
    const response = this.response;
    this.response = undefined;
    await this.socket?.close();
    this.socket = undefined;
    await response?.close();
  }
}

/** `host[:port]` of a URL's authority; CPython's `_get_hostport`. */
export function splitHostPort(
  authority: string,
  defaultPort: number,
): { readonly host: string; readonly port: number } {
  const colon = authority.lastIndexOf(':');
  const bracket = authority.lastIndexOf(']');
  let host = authority;
  let port = defaultPort;
  if (colon > bracket) {
    const digits = authority.slice(colon + 1);
    if (digits !== '' && !/^\s*[+-]?\d+\s*$/.test(digits)) throw new InvalidURL(`nonnumeric port: ${reprText(digits)}`);
    if (digits !== '') port = Number(digits);
    host = authority.slice(0, colon);
  }
  return { host: host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host, port };
}

function checkHost(host: string): void {
  const bad = firstControl(host);
  if (bad !== undefined)
    throw new InvalidURL(`URL can't contain control characters. ${reprText(host)} (found at least ${reprText(bad)})`);
}

/** The first character that may not stand in a request line. */
function firstControl(text: string): string | undefined {
  return [...text].find((char) => char <= ' ' || char === '\x7f');
}

function requestHead(
  { host, port }: { readonly host: string; readonly port: number },
  version: 10 | 11,
  method: string,
  url: string,
  body: Uint8Array | undefined,
  headers: HeaderList,
): Uint8Array {
  const target = url === '' ? '/' : url;
  const badMethod = [...method].find((char) => char < ' ');
  if (badMethod !== undefined)
    throw new ValueError(
      `method can't contain control characters. ${reprText(method)} (found at least ${reprText(badMethod)})`,
    );
  const line = `${method} ${target} HTTP/1.${version - 10}`;
  const bad = firstControl(target);
  if (bad !== undefined)
    throw new InvalidURL(`URL can't contain control characters. ${reprText(target)} (found at least ${reprText(bad)})`);
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const lines = [encodeNarrow(line, 'ascii')];
  const own: [string, string][] = [];
  if (version === 11) {
    if (!given.has('host')) own.push(['Host', hostField(host, port, target)]);
    if (!given.has('accept-encoding')) own.push(['Accept-Encoding', 'identity']);
    if (!given.has('content-length') && !given.has('transfer-encoding')) own.push(...contentLength(method, body));
  }
  for (const [name, value] of [...own, ...headers]) lines.push(headerLine(name, value));
  const end = new Uint8Array([13, 10]);
  return concatBytes([...lines.flatMap((bytes) => [bytes, end]), end]);
}

function contentLength(method: string, body: Uint8Array | undefined): [string, string][] {
  if (body !== undefined) return [['Content-Length', String(body.length)]];
  return EXPECT_BODY.has(method.toUpperCase()) ? [['Content-Length', '0']] : [];
}

/** The authority of an absolute URL (to a proxy), else host and port. */
function hostField(host: string, port: number, url: string): string {
  if (url.startsWith('http')) {
    const authority = /^https?:\/\/([^/?#]*)/.exec(url)?.[1];
    if (authority !== undefined && authority !== '') return authority;
  }
  const name = host.includes(':') ? `[${host}]` : host;
  return port === 80 ? name : `${name}:${port}`;
}

function headerLine(name: string, value: string): Uint8Array {
  const nameBytes = encodeNarrow(name, 'ascii');
  if (!/^[^:\s][^:\r\n]*$/.test(name)) throw invalidHeader('name', nameBytes);
  const valueBytes = encodeNarrow(value, 'latin-1');
  // A line end is legal only as a fold: followed by a blank (_is_illegal_header_value).
  if (/\n(?![ \t])|\r(?![ \t\n])/.test(value)) throw invalidHeader('value', valueBytes);
  return concatBytes([nameBytes, new Uint8Array([58, 32]), valueBytes]);
}
