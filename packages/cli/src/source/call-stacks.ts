/**
 * Where programs make their calls, taken from the engine's stacks: given to a run of which somebody wants a recording. A site is the numbers of its frames, the
 * innermost first. Async frames are as the engine knows them: those of awaiting functions.
 */
import type { ProgramText, SourceFrame } from '@netarium/view/source/program-source.ts';
import { piecesOf } from './excerpt.ts';
import { type Origin, Positions } from './positions.ts';

/** Most programs stand within the innermost frames, and the engine makes an object of every frame that it is asked for. Deeper stacks are cut. */
const FRAMES_FIRST = 24;
const FRAMES_MOST = 100;

/** A greenlet has a stack of its own: what lies below is whoever switched to it. */
const OWN_STACK = 'userland/src/runtimes/greenlet.ts';

/** No frame of a program: the house's own code, or the engine's. */
const HOUSE = -1;
const ENGINE = -2;
const BOTTOM = -3;

export class CallStacks {
  private readonly positions = new Positions();
  private readonly frames: SourceFrame[] = [];
  private readonly files: string[] = [];
  /** By script, then by line and column. */
  private readonly known = new Map<string, Map<string, number>>();
  private readonly numbers = new Map<string, number>();

  readonly callSite = (): string =>
    this.site(structuredStack(FRAMES_FIRST), FRAMES_FIRST) ?? this.site(structuredStack(FRAMES_MOST), Infinity)!;

  /** Undefined where the program goes on below a stack that was cut after so many frames. */
  private site(stack: readonly NodeJS.CallSite[], cutAfter: number): string | undefined {
    let site = '';
    for (const place of stack) {
      const frame = this.frame(place);
      if (frame === ENGINE || (frame === HOUSE && site === '')) continue;
      // The house calls the program: what is below runs the simulation.
      if (frame < 0) return site;
      site += site === '' ? frame : ` ${frame}`;
    }
    return stack.length < cutAfter ? site : undefined;
  }

  /** What was met so far. */
  text(): ProgramText {
    return {
      files: this.files.map((name, number) => {
        const called = this.frames.flatMap(({ file, line }) => (file === number ? [line] : []));
        return { name, pieces: piecesOf(name, this.positions.text(name), called) };
      }),
      frames: this.frames,
    };
  }

  private frame(place: NodeJS.CallSite): number {
    const script = place.getFileName();
    if (script === null || script === undefined || script.startsWith('node:')) return ENGINE;
    let known = this.known.get(script);
    if (known === undefined) this.known.set(script, (known = new Map()));
    const [line, column] = [place.getLineNumber() ?? 1, place.getColumnNumber() ?? 1];
    const key = `${line}:${column}`;
    let frame = known.get(key);
    if (frame === undefined) {
      frame = this.newFrame(this.positions.origin(script, line, column), place.getFunctionName() ?? '');
      known.set(key, frame);
    }
    return frame;
  }

  private newFrame(origin: Origin | undefined, name: string): number {
    if (origin === undefined) return HOUSE;
    if (origin.name === OWN_STACK) return BOTTOM;
    const key = `${origin.name} ${origin.line} ${name}`;
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.frames.length;
      this.numbers.set(key, number);
      this.frames.push({ file: this.fileNumber(origin.name), line: origin.line, function: name });
    }
    return number;
  }

  private fileNumber(name: string): number {
    const known = this.files.indexOf(name);
    return known < 0 ? this.files.push(name) - 1 : known;
  }
}

function structuredStack(most: number): readonly NodeJS.CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.prepareStackTrace = (_, places) => places;
  Error.stackTraceLimit = most;
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, structuredStack);
  // Formatted when it is first asked for.
  const places = holder.stack as readonly NodeJS.CallSite[];
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return places;
}
