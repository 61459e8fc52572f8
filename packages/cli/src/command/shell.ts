/**
 * `netarium shell`: a person types into a host of a running world. Virtual time follows real time; keys go to the host's terminal as they are
 * pressed, Ctrl-C included, so the world's own programs handle them. Ctrl-] leaves, as does the end of the shell.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { LabRun } from '@netarium/core/check/lab-run.ts';
import { type OpenLab, openLab } from '@netarium/core/check/run-lab.ts';
import { formatInstant, type Instant, SECOND } from '@netarium/core/time/instant.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';
import { engineText } from '@netarium/view/lab/engine-text.ts';
import manifest from '../../package.json' with { type: 'json' };
import { environment } from '../environment.ts';
import { EXIT, UsageError } from '../exit.ts';
import { writeWhole } from '../files.ts';
import type { ShellInput, ShellInputs } from '../inputs.ts';
import type { Io } from '../io.ts';
import { loadLab } from '../load/load-lab.ts';
import type { Speed } from '../output/story.ts';
import { paramsOf, seedOf, speedOf } from '../settings.ts';
import { hexOf, hostOf, type Login, login } from '../shell-world.ts';

const CTRL_D = 0x04;
const CTRL_CLOSE_BRACKET = 0x1d;
/** Real time between two looks at the keyboard. */
const TICK_MS = 10;
/** Virtual time per look where no speed bounds it. */
const FULL_SPEED_TICK_NS: Instant = SECOND / 10;

export interface ShellOptions {
  readonly seed?: string;
  readonly set: readonly string[];
  readonly speed?: string;
  readonly record?: string;
}

export async function shellCommand(name: string, hostName: string, options: ShellOptions, io: Io): Promise<number> {
  const { m } = io;
  const speed = speedOf(options.speed ?? '1x', m, 'shell');
  const seed = options.seed === undefined ? 1 : seedOf(options.seed, m, 'shell');
  const definition = await loadLab(name, m);
  const set = paramsOf(options.set, definition, m, 'shell');
  const open = openLab(definition, environment(), { seed, set });
  const host = hostOf(open, hostName);
  const known = open.world.hosts().map((each) => each.name);
  if (host === undefined) throw new UsageError(m.errors.noSuchHost(hostName, known.join(', ')), 'shell');
  if (options.record !== undefined) writeWhole(options.record, '', m);
  const session = login(open, host, (bytes) => void io.stdout.write(io.stdin.isTTY === true ? carriage(bytes) : bytes));
  io.err(m.shell.welcome(hostName, definition.id, speed === Number.POSITIVE_INFINITY ? m.shell.max : `${speed}x`));
  if (session.plugged.length > 0) io.err(m.shell.plugged(session.plugged.join(', ')));
  const inputs = await new Keyboard(io).converse(open, session, speed);
  const endNs = open.world.now;
  session.hangUp();
  const run = await open.finish();
  io.err(`\n${m.shell.left(formatInstant(endNs))}`);
  if (options.record !== undefined) save(options.record, recordOf(run, seed, set, hostName, inputs, endNs), name, io);
  for (const problem of run.problems) io.err(engineText(problem, io.language));
  return EXIT.met;
}

/** A terminal in raw mode does not return the carriage by itself. */
function carriage(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const byte of bytes) {
    if (byte === 10) out.push(13);
    out.push(byte);
  }
  return Uint8Array.from(out);
}

class Keyboard {
  private readonly typed: Uint8Array[] = [];
  private left = false;

  constructor(private readonly io: Io) {}

  /** Runs the world along real time until the person or the shell leaves; answers what was typed. */
  async converse(open: OpenLab, session: Login, speed: Speed): Promise<ShellInput[]> {
    const { stdin } = this.io;
    const inputs: ShellInput[] = [];
    const restore = this.listen();
    const [startMs, startNs] = [performance.now(), open.world.now];
    try {
      while (!this.left && !session.ended) {
        const keys = this.typed.shift();
        if (keys !== undefined) {
          inputs.push({ atNs: open.world.now, bytes: hexOf(keys) });
          session.type(keys);
        }
        await open.run(target(open.world.now, speed, startMs, startNs));
        if (this.typed.length === 0) await wait(TICK_MS);
      }
    } finally {
      restore();
      stdin.unref();
    }
    return inputs;
  }

  private listen(): () => void {
    const { stdin } = this.io;
    const data = (chunk: Buffer): void => {
      const leave = chunk.indexOf(CTRL_CLOSE_BRACKET);
      const keys = leave < 0 ? chunk : chunk.subarray(0, leave);
      if (keys.length > 0) this.typed.push(Uint8Array.from(keys));
      if (leave >= 0) this.left = true;
    };
    // A script has been read to its end: for the shell that is the end of the file, for a program that still runs it is nothing.
    const end = (): void => void this.typed.push(Uint8Array.of(CTRL_D));
    stdin.setRawMode?.(true);
    stdin.on('data', data).on('end', end).resume();
    return () => {
      stdin.off('data', data).off('end', end).pause();
      stdin.setRawMode?.(false);
    };
  }
}

/** Where virtual time should be by now. */
function target(now: Instant, speed: Speed, startMs: number, startNs: Instant): Instant {
  if (speed === Number.POSITIVE_INFINITY) return now + FULL_SPEED_TICK_NS;
  return Math.max(now, startNs + Math.floor((performance.now() - startMs) * 1e6 * speed));
}

function recordOf(
  { lab, wireDigest, runDigest }: LabRun,
  seed: number,
  set: Readonly<Record<string, ParamValue>>,
  host: string,
  inputs: readonly ShellInput[],
  endNs: Instant,
): ShellInputs {
  return { engine: manifest.version, lab, seed, set, host, inputs, endNs, wireDigest, runDigest };
}

function save(path: string, record: ShellInputs, lab: string, io: Io): void {
  writeWhole(path, `${JSON.stringify(record, undefined, 2)}\n`, io.m);
  io.err(io.m.shell.saved(path));
  io.err(io.m.shell.replay(`netarium run ${lab} --inputs ${path}`));
}
