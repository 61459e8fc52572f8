/**
 * What an input method for Chinese writes where a filter is meant: letters, digits and signs of full width (Unicode, block Halfwidth and Fullwidth Forms), its blank,
 * full stop, brackets and quotation marks. One for one, so that a place in the text stays that place. What stands in quotes is searched for as it was typed.
 */
const FULL = 0xff01;
const FULL_END = 0xff5e;
const APART = FULL - 0x21;
const OTHERS: ReadonlyMap<string, string> = new Map([
  ['\u3000', ' '],
  ['\u3002', '.'],
  ['\u300a', '<'],
  ['\u300b', '>'],
  ['\u3010', '['],
  ['\u3011', ']'],
  ['\u2018', "'"],
  ['\u2019', "'"],
  ['\u201c', '"'],
  ['\u201d', '"'],
]);

export function halfWidth(text: string): string {
  let half = '';
  /** What began the text in quotes that one is in; a plain quotation mark is ended by another only, and none behind a backslash ends it. */
  let opened = '';
  let escaped = false;
  for (const letter of text) {
    const narrow = narrowed(letter);
    const ends = !escaped && narrow === narrowed(opened) && (letter === narrow || opened !== narrow);
    half += opened === '' || ends ? narrow : letter;
    escaped = !escaped && opened !== '' && letter === '\\';
    if (ends) opened = '';
    else if (opened === '' && (narrow === '"' || narrow === "'")) opened = letter;
  }
  return half;
}

function narrowed(letter: string): string {
  const code = letter.charCodeAt(0);
  return code >= FULL && code <= FULL_END ? String.fromCharCode(code - APART) : (OTHERS.get(letter) ?? letter);
}
