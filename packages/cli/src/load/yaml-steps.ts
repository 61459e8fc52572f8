/**
 * The steps of a lab in YAML: what they may say, and a script that does them one after the other. Each step does one thing; `docs/guide/yaml.md`
 * lists them. A command that fails is no error: checks look at its status.
 */
import type { CableControl, Finished, LabContext, Running } from '@netarium/core/check/lab-context.ts';
import { nearest } from '@netarium/core/check/lab-problem.ts';
import {
  aText,
  isMap,
  keyed,
  oneOf,
  orParam,
  type Place,
  quote,
  type Shape,
  wholeIn,
} from '@netarium/core/check/shape.ts';
import { duration, faultKeys, rate } from '@netarium/core/check/topology-shape.ts';
import { cableName } from '@netarium/core/check/validate-lab.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';
import { asText, aWord, isText } from './yaml-text.ts';

type Dictionary = Readonly<Record<string, unknown>>;

/** What the steps of one lab may name. */
interface Names {
  readonly machines: Dictionary;
  readonly cables: readonly string[];
  readonly checks: readonly string[];
  /** Commands and faults that were given a name so far. */
  readonly commands: Set<string>;
  readonly faults: Set<string>;
}

type Named = (names: Names) => Shape;

const text = orParam(aWord);
const direction = oneOf(['forward', 'backward']);

const knownIn =
  (pick: (names: Names) => readonly string[], code: 'no-such-cable' | 'no-such-check' | 'no-such-step'): Named =>
  (names) =>
  (value, place) => {
    const known = pick(names);
    if (typeof value === 'string' && known.includes(value)) return;
    place.report(code, { name: quote(value), nearest: nearest(String(value), known) ?? '', known: known.join(', ') });
  };

const cable = knownIn(({ cables }) => cables, 'no-such-cable');
const command = knownIn(({ commands }) => [...commands], 'no-such-step');
const fault = knownIn(({ faults }) => [...faults], 'no-such-step');
const check = knownIn(({ checks }) => checks, 'no-such-check');

const host: Named = (names) => (value, place) => {
  const machine = typeof value === 'string' && Object.hasOwn(names.machines, value) ? names.machines[value] : undefined;
  const known = Object.keys(names.machines);
  if (machine === undefined)
    place.report('no-such-machine', {
      name: quote(value),
      nearest: nearest(String(value), known) ?? '',
      known: known.join(', '),
    });
  else if (isMap(machine) && typeof machine.kind === 'string' && !['host', 'router'].includes(machine.kind))
    place.report('not-a-host', { name: String(value), kind: machine.kind });
};

const always =
  (shape: Shape): Named =>
  () =>
    shape;

const startOne: Named = (names) => (value, place) => {
  const [entry, ...more] = isMap(value) ? Object.entries(value) : [];
  if (entry === undefined || more.length > 0)
    return void place.report('not-a', { value: quote(value), expected: 'map' });
  host(names)(entry[0], place.at(entry[0]));
  text(entry[1], place.at(entry[0]));
};

const sayText: Shape = (value, place) => {
  if (!isText(value)) place.report('not-a', { value: quote(value), expected: 'text' });
};

const ofCommand = { as: aText, stdin: text, uid: wholeIn(0, 65_534) };

/** Each thing that a step can do, and the words that may stand beside it. */
const ACTIONS: Readonly<
  Record<
    string,
    { readonly shape: Named; readonly beside?: Readonly<Record<string, Shape>>; readonly required?: readonly string[] }
  >
> = {
  start: { shape: startOne, beside: ofCommand },
  wait: { shape: command },
  kill: { shape: command, beside: { signal: aText } },
  sleep: { shape: always(duration) },
  cut: { shape: cable },
  plug: { shape: cable },
  change: { shape: cable, beside: { rate, delay: duration, direction } },
  fault: { shape: cable, beside: { ...faultKeys, direction, as: aText } },
  lift: { shape: fault },
  crash: { shape: host },
  boot: { shape: host },
  pause: { shape: host },
  resume: { shape: host },
  write: { shape: host, beside: { path: aText, text }, required: ['path', 'text'] },
  say: { shape: always(sayText), beside: { mark: aText } },
  check: { shape: check },
};

const ACTION_NAMES = Object.keys(ACTIONS);

/** Reports what is wrong with the steps; answers the names of their commands, for checks. */
export function checkSteps(steps: unknown, definition: Dictionary, place: Place): ReadonlySet<string> {
  const machines = isMap(definition.machines) ? definition.machines : {};
  const names: Names = {
    machines,
    cables: (Array.isArray(definition.cables) ? definition.cables : []).filter(isMap).map(cableName),
    checks: isMap(definition.checks) ? Object.keys(definition.checks) : [],
    commands: new Set(),
    faults: new Set(),
  };
  for (const name of Object.keys(machines))
    if (ACTION_NAMES.includes(name)) place.at('machines').at(name).report('reserved-machine-name', { name });
  const at = place.at('steps');
  if (Array.isArray(steps)) steps.forEach((step, i) => void checkStep(step, names, at.at(i)));
  else if (steps !== undefined) at.report('not-a', { value: quote(steps), expected: 'list' });
  return names.commands;
}

function checkStep(step: unknown, names: Names, place: Place): void {
  if (!isMap(step)) return void place.report('not-a', { value: quote(step), expected: 'map' });
  const actions = Object.keys(step).filter((key) => Object.hasOwn(ACTIONS, key) || Object.hasOwn(names.machines, key));
  const fit = actions.filter((key) => !(actions.length > 1 && isBeside(key, actions)));
  const [action] = fit;
  if (action === undefined) return void noAction(step, names, place);
  if (fit.length > 1) return void place.report('two-actions', { keys: fit.join(', ') });
  const { shape, beside, required } = ACTIONS[action] ?? { shape: runOn(action), beside: ofCommand, required: [] };
  keyed({ [action]: shape(names), ...beside }, required)(step, place);
  if (typeof step.as === 'string') name(step.as, action === 'fault' ? names.faults : names.commands, place.at('as'));
}

/** `check` beside nothing is an action; a word that belongs to another action is not one of its own. */
function isBeside(key: string, actions: readonly string[]): boolean {
  return actions.some((other) => other !== key && Object.hasOwn(ACTIONS[other]?.beside ?? {}, key));
}

const runOn =
  (machine: string): Named =>
  (names) =>
  (value, place) => {
    host(names)(machine, place);
    text(value, place);
  };

function noAction(step: Dictionary, names: Names, place: Place): void {
  const all = [...Object.keys(names.machines), ...ACTION_NAMES];
  const [key] = Object.keys(step);
  if (key === undefined) place.report('no-action', { allowed: all.join(', ') });
  else
    place.at(key).report('unknown-key', { key: quote(key), nearest: nearest(key, all) ?? '', allowed: all.join(', ') });
}

function name(value: string, taken: Set<string>, place: Place): void {
  if (taken.has(value)) place.report('name-taken', { name: quote(value) });
  taken.add(value);
}

/** The commands of a run by their names in the lab. */
export class StepRun {
  readonly finished = new Map<string, Finished>();
  readonly running = new Map<string, Running>();
  private readonly lifts = new Map<string, () => void>();

  constructor(
    private readonly context: LabContext,
    private readonly judge: (id: string) => void,
  ) {}

  async do(steps: readonly Dictionary[]): Promise<void> {
    for (const step of steps) await this.step(this.resolved(step));
  }

  /** Parameters stand for their values. */
  private resolved(step: Dictionary): Dictionary {
    const value = (entry: unknown): unknown => {
      if (Array.isArray(entry)) return entry.map(value);
      if (!isMap(entry)) return entry;
      if (typeof entry.param === 'string') return this.context.params[entry.param] as ParamValue;
      return Object.fromEntries(Object.entries(entry).map(([key, inner]) => [key, value(inner)]));
    };
    return value(step) as Dictionary;
  }

  private async step(step: Dictionary): Promise<void> {
    const { context } = this;
    const [action, of] = actionOf(step);
    const on = (): CableControl => context.cable(of as string);
    switch (action) {
      case 'sleep':
        return context.sleep(of as string);
      case 'wait':
        return this.waitFor(of as string);
      case 'kill':
        return this.running.get(of as string)?.kill(step.signal as string | undefined);
      case 'cut':
        return on().cut();
      case 'plug':
        return on().plug();
      case 'change':
        return on().set(step as { rate?: string }, step.direction as 'forward' | undefined);
      case 'fault':
        return this.fault(step, on());
      case 'lift':
        return this.lifts.get(of as string)?.();
      case 'crash':
      case 'boot':
      case 'pause':
      case 'resume':
        return context.host(of as string)[action]();
      case 'write':
        return context.host(of as string).writeFile(step.path as string, String(step.text));
      case 'say':
        return context.say(asText(of), step.mark as string | undefined);
      case 'check':
        return this.judge(of as string);
      case 'start': {
        const [[machine, line]] = Object.entries(of as Dictionary) as [[string, unknown]];
        this.started(step, context.host(machine).start(String(line), options(step)));
        return;
      }
      default: {
        const command = context.host(action).start(String(of), options(step));
        this.started(step, command);
        const finished = await command.wait();
        if (typeof step.as === 'string') this.finished.set(step.as, finished);
      }
    }
  }

  private async waitFor(name: string): Promise<void> {
    const finished = await this.running.get(name)?.wait();
    if (finished !== undefined) this.finished.set(name, finished);
  }

  private started(step: Dictionary, command: Running): void {
    if (typeof step.as === 'string') this.running.set(step.as, command);
  }

  private fault(step: Dictionary, cable: CableControl): void {
    const { fault: _cable, as, direction, ...spec } = step;
    const lift = cable.fault(spec, direction as 'forward' | undefined);
    if (typeof as === 'string') this.lifts.set(as, lift);
  }
}

function actionOf(step: Dictionary): [string, unknown] {
  const keys = Object.keys(step).filter((key) => key !== 'as' && key !== 'stdin' && key !== 'uid');
  const action = keys.find((key) => Object.hasOwn(ACTIONS, key) && !isBeside(key, keys)) ?? keys[0]!;
  return [action, step[action]];
}

function options(step: Dictionary): { stdin?: string; uid?: number } {
  return {
    ...(step.stdin === undefined ? {} : { stdin: String(step.stdin) }),
    ...(typeof step.uid === 'number' ? { uid: step.uid } : {}),
  };
}
