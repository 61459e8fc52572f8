/** A text in which backticks mark code, in pieces. A backtick that has no other one is a letter like any. */

export interface TextPart {
  readonly text: string;
  readonly code: boolean;
}

const CODE = /`([^`]+)`/;

export function codeParts(text: string): readonly TextPart[] {
  return text
    .split(CODE)
    .map((part, i) => ({ text: part, code: i % 2 === 1 }))
    .filter((part) => part.text !== '');
}
