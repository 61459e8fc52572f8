/**
 * What an input method for Chinese writes where a filter is meant: letters, digits and signs of full width (Unicode, block Halfwidth and Fullwidth Forms), its blank
 * and its quotation marks. One for one, so that a place in the text stays that place. What stands in quotes is searched for as it was typed.
 */
const FULL = 0xff01;
const FULL_END = 0xff5e;
const APART = FULL - 0x21;
const OTHERS: ReadonlyMap<string, string> = new Map([
  ['\u3000', ' '],
  ['\u201c', '"'],
  ['\u201d', '"'],
]);

export function halfWidth(text: string): string {
  let quoted = false;
  let half = '';
  for (const letter of text) {
    const narrow = narrowed(letter);
    half += quoted && narrow !== '"' ? letter : narrow;
    if (narrow === '"') quoted = !quoted;
  }
  return half;
}

function narrowed(letter: string): string {
  const code = letter.charCodeAt(0);
  return code >= FULL && code <= FULL_END ? String.fromCharCode(code - APART) : (OTHERS.get(letter) ?? letter);
}
