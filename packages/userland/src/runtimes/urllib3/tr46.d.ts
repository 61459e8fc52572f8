/** What of `tr46` is used here: UTS 46 processing to A-labels; null where the name is not valid. */
declare module 'tr46' {
  export interface Options {
    readonly checkBidi?: boolean;
    readonly checkHyphens?: boolean;
    readonly checkJoiners?: boolean;
    readonly useSTD3ASCIIRules?: boolean;
    readonly verifyDNSLength?: boolean;
    readonly transitionalProcessing?: boolean;
    readonly ignoreInvalidPunycode?: boolean;
  }
  export function toASCII(name: string, options?: Options): string | null;
  export function toUnicode(name: string, options?: Options): { readonly domain: string; readonly error: boolean };
}
