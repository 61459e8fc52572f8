/** What a word of a filter means, given the type of the field that it is compared with. */
import { parseIpv4, parseMac } from '../../base/address.ts';
import { fromHex } from '../../base/bytes.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import type { Field } from '../field.ts';

/** A value of a comparison: a number, an address range, bytes (texts are bytes too). */
export type Literal =
  | { readonly kind: 'number'; readonly value: number }
  /** Addresses with a prefix: equal where the bits under the mask are. */
  | { readonly kind: 'prefix'; readonly value: number; readonly mask: number }
  | { readonly kind: 'bytes'; readonly value: Uint8Array };

/** A string says what is wrong. */
export function literalFor(field: Field, text: string, quoted: boolean): Literal | string {
  switch (field.type) {
    case 'uint':
      return named(field, text) ?? (quoted ? `${field.name} has no value called "${text}"` : number(field, text));
    case 'bool':
      return quoted ? `${field.name} is a bit: compare it with 0, 1, True or False` : bool(field, text);
    case 'ipv4':
      return quoted ? `an IPv4 address is written without quotes` : ipv4(text);
    case 'mac':
      return quoted ? `a MAC address is written without quotes` : mac(text);
    case 'time':
      return quoted ? `a time is written in seconds, without quotes` : seconds(text);
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

function number(field: Field, text: string): Literal | string {
  const value = integer(text);
  return value === undefined ? `"${text}" is not a number, and ${field.name} is one` : { kind: 'number', value };
}

function bool(field: Field, text: string): Literal | string {
  if (text === 'True' || text === 'TRUE') return { kind: 'number', value: 1 };
  if (text === 'False' || text === 'FALSE') return { kind: 'number', value: 0 };
  const value = integer(text);
  if (value === undefined) return `"${text}" is neither 0, 1, True nor False, and ${field.name} is a bit`;
  return { kind: 'number', value: value === 0 ? 0 : 1 };
}

function ipv4(text: string): Literal | string {
  const [host = '', length, ...rest] = text.split('/');
  const address = parseIpv4(host);
  if (address === undefined || rest.length > 0) return `"${text}" is not an IPv4 address`;
  if (length === undefined) return { kind: 'number', value: address.key };
  if (!/^\d{1,2}$/.test(length) || Number(length) > 32) return `an IPv4 prefix has at most 32 bits, not ${length}`;
  const mask = length === '0' ? 0 : (0xffff_ffff << (32 - Number(length))) >>> 0;
  return { kind: 'prefix', value: (address.key & mask) >>> 0, mask };
}

function mac(text: string): Literal | string {
  const address = parseMac(text.replaceAll('.', ':'));
  return address === undefined ? `"${text}" is not a MAC address` : { kind: 'number', value: address.key };
}

/** Seconds with up to nine decimals, in nanoseconds. */
function seconds(text: string): Literal | string {
  const match = /^(-?)(\d{1,6})(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) return `"${text}" is not a time in seconds`;
  const ns = Number(match[2]) * 1_000_000_000 + Number((match[3] ?? '').padEnd(9, '0'));
  return { kind: 'number', value: match[1] === '-' ? -ns : ns };
}

/** `02:00:00`, `02-00`, `0200`, a lone `1`, or a text. */
function bytesLiteral(text: string, quoted: boolean): Literal | string {
  if (quoted) return { kind: 'bytes', value: encodeUtf8(text) };
  const digits = text.split(/[:.-]/).map((part) => (part.length === 1 ? `0${part}` : part));
  const value = digits.every((part) => part !== '') ? fromHex(digits.join('')) : undefined;
  return value === undefined ? `"${text}" is neither bytes (02:00:00) nor a text in quotes` : { kind: 'bytes', value };
}
