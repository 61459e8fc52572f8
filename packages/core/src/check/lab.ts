/**
 * Labs: a topology as data, a script for what data cannot say, and checks over what the run showed. `lab()` only keeps the definition;
 * `check/run-lab.ts` runs it.
 */
import type { ProgramModule } from '../syscall/program.ts';
import type { Program } from '../syscall/sys.ts';
import {
  type CableSpec,
  type HostSpec,
  type HubSpec,
  type InterfaceSpec,
  type MachineSpec,
  type NthSpec,
  type Param,
  type ParamReference,
  type ParamValue,
  SpecError,
  type SwitchSpec,
} from '../world/topology.ts';
import type { LabContext } from './lab-context.ts';
import type { MeasureSpec, RealStage } from './real-arm.ts';

/** A text in both languages. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

export interface ParamSpec {
  readonly default: ParamValue;
  /** Bounds of a number. Where they and the default are whole, so are its values. */
  readonly min?: number;
  readonly max?: number;
  /** What a text has to look like; the default shows it. */
  readonly pattern?: RegExp;
  readonly choices?: readonly ParamValue[];
  readonly text?: Text;
}

/** A check that the lab promises to make. One that the script never reached "could not be judged". */
export interface CheckSpec {
  readonly text: Text;
  /** The row of the list of systems whose clause this check asserts, and the clause's number from 1. */
  readonly row?: number;
  readonly clause?: number;
  /** The claim of the notes that it judges. */
  readonly claim?: string;
}

/**
 * A bounded program that a schedule explorer takes apart, before the lab's script and by `netarium explore`: its programs start together on the lab's
 * machines, and no schedule may end in a deadlock, a failure (an exit code that is not 0) or a hang, or else one must.
 */
export interface ExplorationSpec {
  readonly text?: Text;
  /** Command by machine, a program of the lab and its arguments: `noodles printed 2`. */
  readonly run: Readonly<Record<string, Param<string>>>;
  /** What must be found within `schedules`; `nothing`: all schedules are tried, and all are good. */
  readonly expect: 'deadlock' | 'failure' | 'hang' | 'nothing';
  /** `random` or `pct` for what must be found (default `pct`); `exhaustive` for `nothing`. */
  readonly strategy?: Param<string>;
  /** Default 1,000; 100,000 where all are tried. */
  readonly schedules?: number;
  /** At most so many link faults in a run, on cables that have any (default 0). */
  readonly faults?: number;
}

/** A run of the same lab in which named checks turn out not met: the proof that they can. */
export interface CounterRun {
  readonly set: Readonly<Record<string, ParamValue>>;
  readonly flips: readonly string[];
  readonly text?: Text;
}

export interface LabDefinition {
  readonly id: string;
  readonly title?: Text;
  /** What the lab shows, in a few sentences; Markdown without HTML. */
  readonly text?: Text;
  readonly params?: Readonly<Record<string, ParamSpec>>;
  readonly machines: Readonly<Record<string, MachineSpec>>;
  readonly cables?: readonly CableSpec[];
  /**
   * Programs of this lab, installed under /usr/local/bin on every host. Exported functions, never closures; a program that starts threads or forks
   * is a module of them, `{ main, worker }`.
   */
  readonly programs?: Readonly<Record<string, Program | ProgramModule>>;
  /** Virtual time limit of the script, `60s` by default. */
  readonly until?: string;
  readonly checks?: Readonly<Record<string, CheckSpec>>;
  readonly counterRuns?: Readonly<Record<string, CounterRun>>;
  readonly explorations?: Readonly<Record<string, ExplorationSpec>>;
  /** Figures that the simulated run and the real one both give. */
  readonly measures?: Readonly<Record<string, MeasureSpec>>;
  /** The same programs on the machine's own kernel (`--real`). */
  readonly real?: (stage: RealStage) => Promise<void>;
  script?(context: LabContext): Promise<void>;
}

/** A lab, as `export default lab({...})`. */
export function lab<const M extends Readonly<Record<string, MachineSpec>>>(
  definition: Omit<LabDefinition, 'machines' | 'script'> & {
    readonly machines: M;
    script?(context: LabContext<Extract<keyof M, string>>): Promise<void>;
  },
): LabDefinition {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(definition.id))
    throw new SpecError('id', `'${definition.id}' is not lower-case words joined by dashes`);
  return definition as unknown as LabDefinition;
}

type HostOptions = Omit<HostSpec, 'kind' | 'interfaces'> &
  Readonly<Record<`eth${number}`, Param<string> | InterfaceSpec>>;

/** A host: `host({ eth0: '10.0.1.2/24', gateway: '10.0.1.1', run: ['httpd /srv'] })`. */
export function host(options: HostOptions = {}): HostSpec {
  return hostSpec('host', options);
}

/** A host that forwards between its cards (`net.ipv4.ip_forward = 1`). */
export function router(options: HostOptions = {}): HostSpec {
  return hostSpec('router', options);
}

/** Sorts what was written into cards (`eth0` …) and the rest. */
export function hostSpec(kind: 'host' | 'router', options: Readonly<Record<string, unknown>>): HostSpec {
  const interfaces: Record<string, Param<string> | InterfaceSpec> = {};
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options)) {
    if (/^eth\d+$/.test(key)) interfaces[key] = value as Param<string> | InterfaceSpec;
    else rest[key] = value;
  }
  return { kind, interfaces, ...rest };
}

export function networkSwitch(options: Omit<SwitchSpec, 'kind'> = {}): SwitchSpec {
  return { kind: 'switch', ...options };
}

export function hub(options: Omit<HubSpec, 'kind'> = {}): HubSpec {
  return { kind: 'hub', ...options };
}

export function cable(from: string, to: string, options: Omit<CableSpec, 'from' | 'to'> = {}): CableSpec {
  return { from, to, ...options };
}

/** The value of a lab parameter, wherever a topology has a value. */
export function param(name: string): ParamReference {
  return { param: name };
}

/** Drops the n-th frame of a cable: a number, several, or the name of a parameter; 0 drops none. `matching` counts only frames of a display filter. */
export function nth(which: number | string | readonly number[], matching?: string): NthSpec {
  const numbers = typeof which === 'string' ? param(which) : which;
  return matching === undefined ? { nth: numbers } : { nth: numbers, matching };
}
