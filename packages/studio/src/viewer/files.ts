/** Files that take a while, made slice by slice while the page stays alive: how far each is, and a way to give it up. */
import type { FilePiece } from '@netarium/view/files/file-piece.ts';
import { download } from './download.ts';
import { nextTask } from './next-task.ts';

export interface FileInMaking {
  readonly name: string;
  /** From 0 to 1. */
  readonly part: number;
}

/** After so many milliseconds the page gets its turn. */
const TURN_MS = 8;
/** After so many it says how far it is; a file that is made sooner nobody waits for. */
const SHOWN_MS = 150;
/** Letters or bytes that are handed to the browser at a time: in the end there is little left to do. */
const BLOCK = 1 << 20;

export class Files {
  private making: readonly FileInMaking[] = [];
  private readonly listeners = new Set<() => void>();

  /** Those that take a while, the same list until one of them goes on. */
  readonly get = (): readonly FileInMaking[] => this.making;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Hands the file to the person's browser when it is there; not at all where it was given up. */
  async make(name: string, type: string, pieces: Iterable<FilePiece<string | Uint8Array>>): Promise<void> {
    const blob = await this.blob(name, type, pieces);
    if (blob !== undefined) download(name, blob);
  }

  /** Undefined where it was given up. */
  async blob(name: string, type: string, pieces: Iterable<FilePiece<string | Uint8Array>>): Promise<Blob | undefined> {
    const blocks: Blob[] = [];
    let contents: BlobPart[] = [];
    let length = 0;
    let shown: FileInMaking | undefined;
    let [turnAt, shownAt] = [performance.now(), performance.now()];
    try {
      for (const { content, part } of pieces) {
        contents.push(content as BlobPart);
        length += content.length;
        if (length >= BLOCK) {
          blocks.push(new Blob(contents));
          [contents, length] = [[], 0];
        }
        if (performance.now() < turnAt + TURN_MS) continue;
        await nextTask();
        if (shown !== undefined && !this.making.includes(shown)) return undefined;
        turnAt = performance.now();
        if (turnAt < shownAt + SHOWN_MS) continue;
        shownAt = turnAt;
        shown = this.show(shown, { name, part });
      }
    } finally {
      if (shown !== undefined) this.giveUp(shown);
    }
    return new Blob([...blocks, ...contents], { type });
  }

  giveUp(file: FileInMaking): void {
    this.set(this.making.filter((each) => each !== file));
  }

  private show(before: FileInMaking | undefined, now: FileInMaking): FileInMaking {
    this.set(before === undefined ? [...this.making, now] : this.making.map((each) => (each === before ? now : each)));
    return now;
  }

  private set(making: readonly FileInMaking[]): void {
    this.making = making;
    for (const listener of this.listeners) listener();
  }
}
