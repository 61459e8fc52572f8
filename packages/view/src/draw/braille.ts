/** A drawing of Braille dots, two by four in a character of a terminal, with letters over them. */

/** The bit of each dot of a Braille pattern (Unicode block 2800), by row and column. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

export class Canvas {
  private readonly cells: Uint8Array;
  /** Letters over the dots, by cell. */
  private readonly marks = new Map<number, string>();

  constructor(
    readonly columns: number,
    readonly lines: number,
  ) {
    this.cells = new Uint8Array(columns * lines);
  }

  get width(): number {
    return this.columns * 2;
  }

  get height(): number {
    return this.lines * 4;
  }

  /** From the left, from below; nothing where that is outside. */
  set(x: number, y: number): void {
    if (x < 0 || x >= this.width || y < 0 || y >= this.height) return;
    const row = this.height - 1 - y;
    const at = (row >> 2) * this.columns + (x >> 1);
    this.cells[at] = this.cells[at]! | DOTS[row & 3]![x & 1]!;
  }

  /** From one height to another. */
  upright(x: number, y1: number, y2: number): void {
    for (let y = Math.max(0, Math.min(y1, y2)); y <= Math.min(this.height - 1, Math.max(y1, y2)); y++) this.set(x, y);
  }

  /** A letter in the place of the character that has this dot. */
  mark(x: number, y: number, letter: string): void {
    if (y < 0 || y >= this.height) return;
    this.marks.set(((this.height - 1 - y) >> 2) * this.columns + (x >> 1), letter);
  }

  texts(): string[] {
    return Array.from({ length: this.lines }, (_, line) =>
      Array.from(
        this.cells.subarray(line * this.columns, (line + 1) * this.columns),
        (bits, column) =>
          this.marks.get(line * this.columns + column) ?? (bits === 0 ? ' ' : String.fromCharCode(0x2800 + bits)),
      ).join(''),
    );
  }
}
