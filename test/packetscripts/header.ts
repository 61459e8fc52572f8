/**
 * The head of a packet script: comment lines that say which requirement it holds and what the kernel makes of it (README.md). Promises: a line
 * that begins like one of the three and is not well formed is an error.
 */
export interface ScriptHeader {
  /** `RFC 9293 MUST-14`, `RFC 5681 section 3.2`, `man poll(2)`. */
  readonly requirements: readonly string[];
  /** Where the script holds what Linux does and not what the RFC asks: how the two differ. */
  readonly likeLinux: string | undefined;
  /** Where the kernel does not do what the script holds: why the script is right all the same. */
  readonly kernelDiffers: string | undefined;
}

const REQUIREMENT =
  /^(?:RFC \d+ (?:(?:MUST|SHLD|MAY|REC)-\d+|section [0-9A-Z][0-9.]*[0-9A-Z]?)|man [a-z0-9_.-]+\([1-8]\))$/;

export function headerOf(text: string): ScriptHeader {
  const said = (key: string): string[] =>
    [...text.matchAll(new RegExp(`^// ${key}:[ \\t]*(.*)$`, 'gm'))].map(([, value]) => value!.trim());
  const requirements = said('requirement').flatMap((list) => list.split(/,\s*/));
  const wrong = requirements.find((one) => !REQUIREMENT.test(one));
  if (wrong !== undefined) throw new Error(`not the name of a requirement: '${wrong}'`);
  if (requirements.length === 0) throw new Error("a script has a line '// requirement: …'");
  return { requirements, likeLinux: said('like Linux')[0], kernelDiffers: said('kernel differs')[0] };
}
