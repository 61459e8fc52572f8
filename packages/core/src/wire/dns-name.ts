/**
 * Domain names: text (as in zone files, always absolute, `www.shop.test.`) to labels to bytes and back.
 *
 * Promises: `nameText(labels(text)) === text` for canonical text; every byte value survives (`\.`, `\\`, `\DDD`, RFC 1035 section 5.1);
 * no label is longer than 63 bytes and no name longer than 255 (section 2.3.4). A label is held as a string with one character per byte.
 * Case is kept, comparison is by `nameKey` (RFC 4343: only ASCII letters fold).
 * Left out: internationalised names (a program gives and gets the `xn--` form).
 */
import type { ByteReader, ByteWriter } from '../base/bytes.ts';

/** An absolute name in presentation form, ending with a dot; `.` is the root. */
export type DnsName = string;

const MAX_LABEL = 63;
const MAX_NAME = 255;
/** A compression pointer has 14 bits (RFC 1035 section 4.1.4). */
const POINTER_LIMIT = 0x4000;

const SPECIAL = '.\\"();@$';

function labelText(label: string): string {
  let text = '';
  for (let i = 0; i < label.length; i++) {
    const code = label.charCodeAt(i);
    if (code < 0x21 || code > 0x7e) text += `\\${String(code).padStart(3, '0')}`;
    else text += SPECIAL.includes(label[i]!) ? `\\${label[i]}` : label[i];
  }
  return text;
}

export function nameText(labels: readonly string[]): DnsName {
  return labels.length === 0 ? '.' : labels.map((label) => `${labelText(label)}.`).join('');
}

/**
 * Reads a name: its labels and whether it was absolute. A text is the reason why it is none; the texts are those of BIND's `dig` and
 * zone loader, which print them as they are.
 */
export function parseLabels(text: string): { readonly labels: readonly string[]; readonly absolute: boolean } | string {
  if (text === '.') return { labels: [], absolute: true };
  if (text === '') return 'unexpected end of input';
  const labels: string[] = [];
  let label = '';
  let length = 1;
  for (let i = 0; i < text.length; i++) {
    let char = text[i]!;
    if (char === '.') {
      if (label === '') return 'empty label';
      labels.push(label);
      label = '';
      continue;
    }
    if (char === '\\') {
      const digits = /^\d{3}/.exec(text.slice(i + 1, i + 4))?.[0];
      if (digits === undefined ? i + 1 >= text.length || /\d/.test(text[i + 1]!) : Number(digits) > 255)
        return 'bad escape';
      char = digits === undefined ? text[i + 1]! : String.fromCharCode(Number(digits));
      i += digits === undefined ? 1 : 3;
    }
    if (char.charCodeAt(0) > 255) return 'bad label type';
    length += label === '' ? 2 : 1;
    label += char;
    if (label.length > MAX_LABEL) return 'label too long';
    if (length > MAX_NAME) return 'ran out of space';
  }
  if (label !== '') labels.push(label);
  return { labels, absolute: label === '' };
}

/** The absolute name that `text` means below `origin`; undefined where it is none. Gives the canonical spelling. */
export function parseName(text: string, origin: DnsName = '.'): DnsName | undefined {
  const parsed = parseLabels(text);
  if (typeof parsed === 'string') return undefined;
  if (parsed.absolute || origin === '.') return nameText(parsed.labels);
  const labels = [...parsed.labels, ...labelsOf(origin)];
  return encodedLength(labels) > MAX_NAME ? undefined : nameText(labels);
}

/** The labels of a name that is known to be valid. */
export function labelsOf(name: DnsName): readonly string[] {
  if (!name.includes('\\')) return name === '.' ? [] : name.slice(0, -1).split('.');
  const parsed = parseLabels(name);
  return typeof parsed === 'string' ? [] : parsed.labels;
}

function encodedLength(labels: readonly string[]): number {
  return labels.reduce((sum, label) => sum + label.length + 1, 1);
}

/** The name as a map key: ASCII letters folded to lower case. */
export function nameKey(name: DnsName): string {
  return name.replace(/[A-Z]+/g, (upper) => upper.toLowerCase());
}

/** Where names already written stand, for compression; one per message. */
export type NameTable = Map<string, number>;

/** Writes a name, pointing at an earlier spelling of its tail where `table` has one; case is ignored in the search (section 4.1.4). */
export function writeName(out: ByteWriter, name: DnsName, table?: NameTable): void {
  const labels = labelsOf(name);
  for (let i = 0; i < labels.length; i++) {
    const tail = nameKey(nameText(labels.slice(i)));
    const known = table?.get(tail);
    if (known !== undefined) {
      out.u16(0xc000 | known);
      return;
    }
    if (out.length < POINTER_LIMIT) table?.set(tail, out.length);
    out.u8(labels[i]!.length);
    for (let k = 0; k < labels[i]!.length; k++) out.u8(labels[i]!.charCodeAt(k));
  }
  out.u8(0);
}

/**
 * Reads a name at the reader's position and leaves the reader behind it. A text is what is wrong. Pointers must lead to before the part
 * that holds them, so every jump goes down and no loop exists.
 */
export function readName(reader: ByteReader): DnsName | { readonly problem: string } {
  const { bytes, end } = reader;
  const labels: string[] = [];
  let length = 1;
  let at = reader.at;
  let partStart = at;
  let after = -1;
  for (;;) {
    if (at >= end) return { problem: 'name runs past the end of the message' };
    const size = bytes[at]!;
    if (size >= 0xc0) {
      if (at + 1 >= end) return { problem: 'compression pointer is cut off' };
      if (after < 0) after = at + 2;
      const target = ((size & 0x3f) << 8) | bytes[at + 1]!;
      if (target >= partStart) return { problem: `compression pointer to ${target} does not lead backwards` };
      at = partStart = target;
      continue;
    }
    // RFC 1035 section 4.1.4 reserves 01 and 10; RFC 6891 section 5 took 01 and gave it up again.
    if (size > MAX_LABEL) return { problem: `label type 0x${(size & 0xc0).toString(16)} is reserved` };
    at += 1;
    if (size === 0) break;
    if (at + size > end) return { problem: 'label runs past the end of the message' };
    length += size + 1;
    if (length > MAX_NAME) return { problem: 'name is longer than 255 bytes' };
    labels.push(String.fromCharCode(...bytes.subarray(at, at + size)));
    at += size;
  }
  reader.at = after < 0 ? at : after;
  return nameText(labels);
}

/** True where `name` is `ancestor` or below it. */
export function isWithin(name: DnsName, ancestor: DnsName): boolean {
  if (ancestor === '.') return true;
  const key = nameKey(name);
  const top = nameKey(ancestor);
  if (key === top) return true;
  if (!key.endsWith(`.${top}`)) return false;
  // The dot must part two labels: in `a\.b.` it is a character of the first one.
  const cut = key.length - top.length - 1;
  let slashes = 0;
  while (key[cut - 1 - slashes] === '\\') slashes++;
  return slashes % 2 === 0;
}

/** The name without its first label; undefined for the root. */
export function parentName(name: DnsName): DnsName | undefined {
  return name === '.' ? undefined : nameText(labelsOf(name).slice(1));
}
