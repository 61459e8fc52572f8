/// <reference path="./tr46.d.ts" />
/**
 * Labels of host names in other scripts to A-labels (RFC 5891), by the library `tr46`. That maps first, as UTS 46 says (full width letters, the ideographic full
 * stop); Python's `idna`, which urllib3 and requests use, takes only what needs no mapping, and no symbols: so does this.
 */
import { toASCII, toUnicode } from 'tr46';

/** Derived property PVALID, CONTEXTJ and CONTEXTO as RFC 5892 has them, near enough: letters and digits of all scripts, marks, and what it lists by number. */
const ALLOWED =
  /^[-\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}\u00b7\u0375\u05f3\u05f4\u06fd\u06fe\u0f0b\u3007\u30fb\u{200c}-\u{200d}]+$/u;

const OPTIONS = { checkBidi: true, checkHyphens: true, checkJoiners: true, useSTD3ASCIIRules: true } as const;

/** A label in small letters; undefined where it is not valid. Plain ASCII stays as it is. */
export function asciiLabel(label: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every ASCII character
  if (/^[\x00-\x7f]*$/.test(label)) return label;
  if (!ALLOWED.test(label)) return undefined;
  const ascii = toASCII(label, { ...OPTIONS, verifyDNSLength: true });
  return ascii !== null && toUnicode(ascii, OPTIONS).domain === label ? ascii : undefined;
}
