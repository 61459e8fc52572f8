/// <reference path="./tr46.d.ts" />
/**
 * Host names in other scripts to A-labels (RFC 5891, mapped first as UTS 46 says), by the library `tr46`. It takes emoji, which IDNA 2008 and Python's `idna`
 * refuse.
 */
import { toASCII } from 'tr46';

/** undefined where the name is not valid. */
export function idnaEncode(name: string): string | undefined {
  const options = { checkBidi: true, checkHyphens: true, checkJoiners: true, useSTD3ASCIIRules: true } as const;
  return toASCII(name, { ...options, verifyDNSLength: true }) ?? undefined;
}
