/** What a word of a filter means, given the type of the field that it is compared with. */
import { parseIpv4, parseMac } from '../../base/address.ts';
import { fromHex } from '../../base/bytes.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import type { Field } from '../field.ts';
import { Problem } from './problem.ts';

/** A value of a comparison: a number, an address range, bytes (texts are bytes too). */
export type Literal =
  | { readonly kind: 'number'; readonly value: number }
  /** Addresses with a prefix: equal where the bits under the mask are. */
  | { readonly kind: 'prefix'; readonly value: number; readonly mask: number }
  | { readonly kind: 'bytes'; readonly value: Uint8Array };

/** Or what is wrong with it. */
export function literalFor(field: Field, text: string, quoted: boolean): Literal | Problem {
  switch (field.type) {
    case 'uint':
      return named(field, text) ?? (quoted ? new Problem('no-such-value', field.name, text) : number(field, text));
    case 'bool':
      return quoted ? new Problem('quoted-bit', field.name) : bool(field, text);
    case 'ipv4':
      return quoted ? new Problem('quoted-ipv4') : ipv4(text);
    case 'mac':
      return quoted ? new Problem('quoted-mac') : mac(text);
    case 'time':
      return quoted ? new Problem('quoted-time') : seconds(text);
    case 'string':
      return { kind: 'bytes', value: encodeUtf8(text) };
    case 'bytes':
    case 'none':
      return bytesLiteral(text, quoted);
  }
}

function named(field: Field, text: string): Literal | undefined {
  for (const [value, name] of field.names ?? [])
    if (name.toLowerCase() === text.toLowerCase()) return { kind: 'number', value };
  return undefined;
}

/** Decimal, hexadecimal with 0x, octal with a leading zero, as in C. */
export function integer(text: string): number | undefined {
  const match = /^(-?)(?:0x([0-9a-f]+)|(0[0-7]*)|([1-9]\d*))$/i.exec(text);
  if (match === null) return undefined;
  const [, sign, hexDigits, octal, decimal] = match;
  const value =
    hexDigits !== undefined
      ? Number.parseInt(hexDigits, 16)
      : octal !== undefined
        ? Number.parseInt(octal, 8)
        : Number(decimal);
  if (!Number.isSafeInteger(value)) return undefined;
  return sign === '-' ? -value : value;
}

function number(field: Field, text: string): Literal | Problem {
  const value = integer(text);
  return value === undefined ? new Problem('no-number', text, field.name) : { kind: 'number', value };
}

function bool(field: Field, text: string): Literal | Problem {
  if (text === 'True' || text === 'TRUE') return { kind: 'number', value: 1 };
  if (text === 'False' || text === 'FALSE') return { kind: 'number', value: 0 };
  const value = integer(text);
  if (value === undefined) return new Problem('no-bit', text, field.name);
  return { kind: 'number', value: value === 0 ? 0 : 1 };
}

function ipv4(text: string): Literal | Problem {
  const [host = '', length, ...rest] = text.split('/');
  const address = parseIpv4(host);
  if (address === undefined || rest.length > 0) return new Problem('no-ipv4', text);
  if (length === undefined) return { kind: 'number', value: address.key };
  if (!/^\d{1,2}$/.test(length) || Number(length) > 32) return new Problem('long-prefix', length);
  const mask = length === '0' ? 0 : (0xffff_ffff << (32 - Number(length))) >>> 0;
  return { kind: 'prefix', value: (address.key & mask) >>> 0, mask };
}

function mac(text: string): Literal | Problem {
  const address = parseMac(text.replaceAll('.', ':'));
  return address === undefined ? new Problem('no-mac', text) : { kind: 'number', value: address.key };
}

/** Seconds with up to nine decimals, in nanoseconds. */
function seconds(text: string): Literal | Problem {
  const match = /^(-?)(\d{1,6})(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) return new Problem('no-time', text);
  const ns = Number(match[2]) * 1_000_000_000 + Number((match[3] ?? '').padEnd(9, '0'));
  return { kind: 'number', value: match[1] === '-' ? -ns : ns };
}

/** `02:00:00`, `02-00`, `0200`, a lone `1`, or a text. */
function bytesLiteral(text: string, quoted: boolean): Literal | Problem {
  if (quoted) return { kind: 'bytes', value: encodeUtf8(text) };
  const digits = text.split(/[:.-]/).map((part) => (part.length === 1 ? `0${part}` : part));
  const value = digits.every((part) => part !== '') ? fromHex(digits.join('')) : undefined;
  return value === undefined ? new Problem('no-bytes', text) : { kind: 'bytes', value };
}
