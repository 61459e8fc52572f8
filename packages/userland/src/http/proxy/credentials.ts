/** Users and passwords of a forward proxy, and the Basic scheme in which clients tell theirs (RFC 7617). */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { base64 } from '../base64.ts';
import type { Fields } from '../fields.ts';

export interface Credential {
  readonly user: string;
  /** What follows `Basic`. */
  readonly token: string;
}

/** `user:password`; undefined for other text. */
export function parseCredential(text: string): Credential | undefined {
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { user: text.slice(0, colon), token: base64(encodeUtf8(text)) };
}

/** Lines `user:password`; empty ones and those that begin with `#` are skipped. A text says which line is wrong. */
export function parseCredentials(text: string, name: string): readonly Credential[] | string {
  const found: Credential[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.replace(/\r$/, '');
    if (line === '' || line.startsWith('#')) continue;
    const credential = parseCredential(line);
    if (credential === undefined) return `${name}:${i + 1}: not user:password`;
    if (/:[${]/.test(line)) return `${name}:${i + 1}: hashed passwords are not supported`;
    found.push(credential);
  }
  return found.length > 0 ? found : `${name}: no user in it`;
}

/** Who the client proves to be; undefined where it does not. */
export function authenticate(fields: Fields, credentials: readonly Credential[]): string | undefined {
  const match = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(fields.get('proxy-authorization') ?? '');
  let found: string | undefined;
  if (match) for (const { user, token } of credentials) if (sameText(token, match[1]!)) found = user;
  return found;
}

/** Takes as long for text that is wrong from its first letter on as for text that is nearly right. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= a.charCodeAt(i % a.length) ^ b.charCodeAt(i);
  return difference === 0;
}
