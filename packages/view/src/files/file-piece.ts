/** A file of text that is made bit by bit, so that whoever makes it can do something else in between, say how far it is, or give it up. */

export interface FilePiece {
  readonly text: string;
  /** Of the whole work, after this piece: from 0 to 1. */
  readonly part: number;
}

/** All of it at once. */
export function textOf(pieces: Iterable<FilePiece>): string {
  return Array.from(pieces, ({ text }) => text).join('');
}
