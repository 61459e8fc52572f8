/**
 * Formats that forms ask for, each a regular expression for the whole value. They are written in what extended expressions of POSIX, CPython's `re`
 * and JavaScript have in common: character classes, groups, bounded and unbounded repetition; `[0-9]`, never `\d`, which in CPython takes the
 * digits of all scripts; no backslash within brackets, no nested repetition of the same characters.
 *
 * A match says that a value has the form, not that the number or the mailbox exists.
 */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';

export interface Format {
  readonly name: string;
  readonly pattern: string;
  readonly about: string;
  /** What is wrong with a value that has the form: limits that an expression of this kind cannot count. */
  readonly excess?: (value: string) => string | undefined;
}

const LOCAL = '[A-Za-z0-9_%+-]+([.][A-Za-z0-9_%+-]+)*';
/** A label has at most 63 characters, and no hyphen at its ends (RFC 1035 section 2.3.4, RFC 1123 section 2.1). */
const LABEL = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';

/** RFC 5321 section 4.5.3.1: 64 octets before the @, and a path of 256 with its angle brackets. */
function tooLong(address: string): string | undefined {
  const local = encodeUtf8(address.slice(0, address.lastIndexOf('@'))).length;
  if (local > 64) return `${local} octets before the @, at most 64`;
  const all = encodeUtf8(address).length;
  return all > 254 ? `${all} octets, at most 254` : undefined;
}

export const FORMATS: readonly Format[] = [
  {
    name: 'user',
    pattern: '[A-Za-z][A-Za-z0-9_]{2,19}',
    about: 'user name: 3 to 20 letters, digits and underscores, a letter first',
  },
  {
    name: 'user-zh',
    pattern: '[A-Za-z一-鿿][A-Za-z0-9_一-鿿]{2,19}',
    about: 'the same, where Chinese characters (U+4E00 to U+9FFF) count as letters',
  },
  {
    name: 'mobile',
    pattern: '([+]86)?1[3-9][0-9]{9}',
    about: 'mobile number of mainland China: 11 digits, 1 and then 3 to 9, +86 before it or not',
  },
  {
    name: 'landline',
    pattern: '0[1-9][0-9]{1,2}-?[1-9][0-9]{6,7}(-[0-9]{1,6})?',
    about: 'landline number of mainland China: area code of 3 or 4 digits, 7 or 8 digits, an extension or not',
  },
  {
    name: 'email',
    pattern: `${LOCAL}@(${LABEL}[.])+[A-Za-z]{2,63}`,
    about: 'e-mail address: what nearly all have, less than RFC 5321 and RFC 5322 allow',
    excess: tooLong,
  },
];

/** What RFC 5321 and RFC 5322 allow and the format `email` does not, with an example each. */
export const BEYOND_EMAIL: readonly (readonly [what: string, example: string, where: string])[] = [
  ["!#$&'*/=?^`{|}~ before the @", "o'brien=a/b@example.com", 'atext, RFC 5322 section 3.2.3'],
  ['a quoted string before the @', '"two words"@example.com', 'Quoted-string, RFC 5321 section 4.1.2'],
  ['an IPv4 address instead of a domain', 'user@[192.0.2.1]', 'address-literal, RFC 5321 section 4.1.3'],
  ['an IPv6 address instead of a domain', 'user@[IPv6:2001:db8::1]', 'IPv6-address-literal, RFC 5321 section 4.1.3'],
  ['a domain of one label', 'root@localhost', 'Domain, RFC 5321 section 4.1.2'],
  ['a last label with digits or hyphens', 'user@example.xn--p1ai', 'sub-domain, RFC 5321 section 4.1.2'],
  ['comments and blanks around words', 'user(a comment)@example.com', 'CFWS, RFC 5322 section 3.2.2'],
  ['dots at the ends and twice in a row', 'a..b@example.com', 'obs-local-part, RFC 5322 section 4.4'],
  ['a name beside the address', 'A User <user@example.com>', 'name-addr, RFC 5322 section 3.4'],
  ['characters beyond ASCII', '用户@例子.公司', 'RFC 6531 section 3.3'],
];

export function formatCalled(name: string): Format | undefined {
  return FORMATS.find((format) => format.name === name);
}
