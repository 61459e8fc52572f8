/** multipart/form-data bodies (RFC 7578) as urllib3 1.26 writes them: quotes and control characters in names percent-encoded, as HTML5 has it. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Python } from '../threading/python.ts';

export interface Part {
  readonly name: string;
  readonly data: Uint8Array | string;
  /** Makes it a file. */
  readonly filename?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Multipart {
  readonly body: Uint8Array;
  readonly contentType: string;
}

function parameter(name: string, value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  const quoted = value.replace(/["\\\x00-\x1a\x1c-\x1f]/g, (char) =>
    char === '\\' ? '\\\\' : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return `${name}="${quoted}"`;
}

function partHead({ name, filename, contentType, headers = {} }: Part): string {
  const file = filename === undefined ? '' : `; ${parameter('filename', filename)}`;
  const lines = [`Content-Disposition: form-data; ${parameter('name', name)}${file}`];
  if (contentType !== undefined) lines.push(`Content-Type: ${contentType}`);
  for (const [key, value] of Object.entries(headers)) if (value !== '') lines.push(`${key}: ${value}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Sixteen random bytes in hexadecimal: no part will hold them. */
export async function chooseBoundary(py: Python): Promise<string> {
  return [...(await py.sys.getrandom(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function encodeMultipart(parts: readonly Part[], boundary: string): Multipart {
  const pieces = parts.flatMap((part) => [
    encodeUtf8(`--${boundary}\r\n${partHead(part)}`),
    typeof part.data === 'string' ? encodeUtf8(part.data) : part.data,
    encodeUtf8('\r\n'),
  ]);
  return {
    body: concatBytes([...pieces, encodeUtf8(`--${boundary}--\r\n`)]),
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}
