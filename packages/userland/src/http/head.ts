/** Lines of a message head to values: start lines, field lines, the Host rule (RFC 9112 sections 3 to 5). */
import { Fields, isFieldValue, isToken, trimOws } from './fields.ts';
import { HTTP_1_1, type HttpFault, type HttpVersion, type RequestHead } from './message.ts';

export type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly target: string; readonly version: HttpVersion }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string; readonly version: HttpVersion };

export function fault(status: HttpFault['status'], text: string): HttpFault {
  return { status, text };
}

export function isFault(value: object): value is HttpFault {
  return 'text' in value && 'status' in value;
}

function parseVersion(text: string): HttpVersion | HttpFault {
  if (text === 'HTTP/1.1') return HTTP_1_1;
  const match = /^HTTP\/(\d)\.(\d)$/.exec(text);
  if (!match) return fault(400, 'malformed HTTP version');
  const version = { major: Number(match[1]), minor: Number(match[2]) };
  // RFC 9110 section 2.5: a higher minor version is processed as the highest one known.
  return version.major === 1 ? version : fault(505, `HTTP version ${match[1]}.${match[2]} is not supported`);
}

/** `method SP request-target SP HTTP-version`, single spaces only (RFC 9112 section 3). */
export function parseRequestLine(line: string): StartLine | HttpFault {
  const parts = line.split(' ');
  if (parts.length !== 3) return fault(400, 'malformed request line');
  const [method, target, versionText] = parts as [string, string, string];
  if (!isToken(method)) return fault(400, 'malformed method');
  if (!/^[\u0021-\u007e\u0080-\u00ff]+$/.test(target)) return fault(400, 'malformed request target');
  const version = parseVersion(versionText);
  if (isFault(version)) return version;
  return { kind: 'request', method, target, version };
}

/** `HTTP-version SP status-code SP [reason]`; the space after the code is often missing and not insisted on. */
export function parseStatusLine(line: string): StartLine | HttpFault {
  const match = /^(\S+) (\d{3})(?: (.*))?$/.exec(line);
  if (!match || Number(match[2]) < 100) return fault(400, 'malformed status line');
  const version = parseVersion(match[1]!);
  if (isFault(version)) return version;
  const reason = match[3] ?? '';
  if (!isFieldValue(reason)) return fault(400, 'malformed reason phrase');
  return { kind: 'response', status: Number(match[2]), reason, version };
}

/** One `name: value` line. No whitespace may stand before the colon (RFC 9112 section 5.1). */
export function parseFieldLine(line: string): { readonly name: string; readonly value: string } | HttpFault {
  const colon = line.indexOf(':');
  if (colon < 0) return fault(400, 'header line without colon');
  const name = line.slice(0, colon);
  if (!isToken(name)) return fault(400, 'malformed header name');
  const value = trimOws(line.slice(colon + 1));
  return isFieldValue(value) ? { name, value } : fault(400, `malformed value of header ${name}`);
}

const HOST = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9\-._~!$&'()*+,;=%]*)(:\d{0,5})?$/;

/** RFC 9112 section 3.2: exactly one valid Host field in an HTTP/1.1 request; whoever sends two means two different servers. */
export function checkHost(head: RequestHead): HttpFault | undefined {
  const hosts = head.fields.all('host');
  if (hosts.length === 0) return head.version.minor >= 1 ? fault(400, 'missing Host header') : undefined;
  if (hosts.length > 1) return fault(400, 'more than one Host header');
  return HOST.test(hosts[0]!) ? undefined : fault(400, 'malformed Host header');
}

/** Collects field lines; a line that begins with whitespace continues the one before (obs-fold, RFC 9112 section 5.2). */
export class FieldCollector {
  private readonly fields = new Fields();

  constructor(private readonly allowFold: boolean) {}

  get count(): number {
    return this.fields.size;
  }

  add(line: string): HttpFault | undefined {
    if (line.startsWith(' ') || line.startsWith('\t')) return this.fold(line);
    const field = parseFieldLine(line);
    if (isFault(field)) return field;
    this.fields.add(field.name, field.value);
    return undefined;
  }

  /** A server refuses it, for proxies read it in two ways; a user agent replaces it by a space. */
  private fold(line: string): HttpFault | undefined {
    const { last } = this.fields;
    if (!this.allowFold || last === undefined) return fault(400, 'folded header line');
    const more = trimOws(line);
    if (!isFieldValue(more)) return fault(400, `malformed value of header ${last.name}`);
    this.fields.setLast(trimOws(`${last.value} ${more}`));
    return undefined;
  }

  done(): Fields {
    return this.fields;
  }
}
