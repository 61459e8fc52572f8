/**
 * Rows of the field tables. Each header has one table; a row names the field as Wireshark's filters do, says where its bits lie, how
 * its value is written and what it is called in English and Chinese. The packet tree, the filter language and the comparison with
 * tshark read the tables; the encoders and decoders are written by hand for speed, and a property test holds that every row reads back
 * from the encoded bytes the value that went in.
 */

export type FieldType =
  | 'uint'
  | 'bool'
  | 'mac'
  | 'ipv4'
  | 'bytes'
  | 'string'
  /** Nanoseconds, shown as seconds with nine decimals. */
  | 'time'
  /** A protocol, a group or a mark: it is there or not, and has no value to compare with. */
  | 'none';

/** `number` for uint, bool, mac, ipv4 and time; a view of the frame for bytes. */
export type FieldValue = number | string | Uint8Array | undefined;

export type Language = 'en' | 'zh';

export interface Field {
  /** Wireshark's filter name: `ip.ttl`. */
  readonly name: string;
  readonly type: FieldType;
  readonly en: string;
  readonly zh: string;
  /** Hexadecimal digits that Wireshark shows; a decimal number where absent. */
  readonly hexDigits?: number;
  /** Byte offset in the header and length; a field without a fixed place (options, generated fields) has neither. */
  readonly at?: number;
  readonly size?: number;
  /** Which bits of the `size` bytes belong to it, all where absent; the value is shifted down to bit 0. */
  readonly mask?: number;
  /** The bits count units of so many bytes, and the value is in bytes. */
  readonly unit?: number;
  readonly names?: ReadonlyMap<number, string>;
  /** Filter names that match this field too: `ip.addr` for `ip.src` and `ip.dst`. */
  readonly also?: readonly string[];
  /** The row whose node this one's goes beneath. */
  readonly within?: string;
}

/** A header's table: the protocol's own row first. */
export interface HeaderTable {
  readonly protocol: Field;
  readonly rows: readonly Field[];
}

type More = Omit<Field, 'name' | 'type' | 'en' | 'zh' | 'at' | 'size'>;

/** Rows with a fixed place: name, byte offset, byte length, labels. */
export function uint(name: string, at: number, size: number, en: string, zh: string, more: More = {}): Field {
  return { name, type: 'uint', at, size, en, zh, ...more };
}

export function hexUint(name: string, at: number, size: number, en: string, zh: string, more: More = {}): Field {
  return { name, type: 'uint', at, size, en, zh, hexDigits: size * 2, ...more };
}

export function flag(
  name: string,
  at: number,
  size: number,
  mask: number,
  en: string,
  zh: string,
  within: string,
): Field {
  return { name, type: 'bool', at, size, mask, en, zh, within };
}

export function macField(name: string, at: number, en: string, zh: string, more: More = {}): Field {
  return { name, type: 'mac', at, size: 6, en, zh, ...more };
}

export function ipv4Field(name: string, at: number, en: string, zh: string, more: More = {}): Field {
  return { name, type: 'ipv4', at, size: 4, en, zh, ...more };
}

/** A row without a fixed place. */
export function row(name: string, type: FieldType, en: string, zh: string, more: More = {}): Field {
  return { name, type, en, zh, ...more };
}

export function names(entries: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(entries).map(([text, value]) => [value, text]));
}

/** The bits of a row with a fixed place as they lie in `bytes`, the header beginning at `base`; the caller has checked the length. */
export function readRow(field: Field, bytes: Uint8Array, base: number): number {
  const from = base + field.at!;
  const size = field.size!;
  let value = bytes[from]!;
  for (let i = 1; i < size; i++) value = value * 256 + bytes[from + i]!;
  if (field.mask !== undefined) value = maskedBits(value, field.mask);
  if (field.type === 'bool') return value === 0 ? 0 : 1;
  return value * (field.unit ?? 1);
}

/** The bits under a mask, shifted down to bit 0. */
function maskedBits(value: number, mask: number): number {
  const lowest = mask & -mask;
  return Math.floor(((value & mask) >>> 0) / lowest);
}
