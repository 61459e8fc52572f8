/**
 * Runs a lab: builds its world, runs its script, judges its checks, then winds the world down (SIGTERM to every process, at most 120 virtual
 * seconds more) and looks for leftovers.
 */
import { assert } from '../base/assert.ts';
import type { EventKind, SampleKind, WorldEvent } from '../record/catalogue.ts';
import { formatInstant, type Instant, parseDuration, SECOND } from '../time/instant.ts';
import { buildWorld, faultsOf } from '../world/build.ts';
import { ScriptParty } from '../world/control.ts';
import { resolveParams } from '../world/parameters.ts';
import { type ParamValue, SpecError, type Topology } from '../world/topology.ts';
import { World } from '../world/world.ts';
import { Checks } from './checks.ts';
import { cableControl, hostControl } from './controls.ts';
import type { Exploration } from './explore/explore.ts';
import { exploreAll } from './explore/lab-explorations.ts';
import type { LabDefinition, ParamSpec, Text } from './lab.ts';
import type { LabContext, LabTools } from './lab-context.ts';
import { imageWith, type LabEnvironment } from './lab-environment.ts';
import type { LabRun, RunListener, RunSettings, StoryLine } from './lab-run.ts';
import { leftovers, sendTerm } from './leftovers.ts';
import type { Measurement } from './real-arm.ts';
import { Sight } from './sight.ts';
import { Trace } from './trace.ts';

const DEFAULT_UNTIL_NS = 60 * SECOND;
const WIND_DOWN_NS = 120 * SECOND;

/** A lab whose world is built and booted, before or while it runs. */
export interface OpenLab {
  readonly world: World;
  readonly definition: LabDefinition;
  readonly params: ReadonlyMap<string, ParamValue>;
  readonly checks: Checks;
  readonly story: readonly StoryLine[];
  /** Runs the lab's script to its end, or to its time limit. */
  runScript(): Promise<void>;
  /** Lets the world go on without the script. */
  run(until: Instant): Promise<void>;
  /** Ends all processes, lets the world come to rest, and sums up. */
  finish(): Promise<LabRun>;
}

/** Of a number's default and bounds: all that there are are whole. */
export const isWhole = ({ default: value, min = 0, max = 0 }: ParamSpec): boolean =>
  [value, min, max].every(Number.isInteger);

/** The parameters of a run: defaults, changed by `set`. Unknown names and values out of bounds are a `SpecError`. */
export function paramsOf(
  definition: LabDefinition,
  set: Readonly<Record<string, ParamValue>> = {},
): Map<string, ParamValue> {
  const specs = definition.params ?? {};
  const params = new Map(Object.entries(specs).map(([name, spec]) => [name, spec.default]));
  for (const [name, value] of Object.entries(set)) {
    const spec = Object.hasOwn(specs, name) ? specs[name]! : undefined;
    const path = `params.${name}`;
    if (spec === undefined)
      throw new SpecError(
        path,
        `there is no such parameter; ${params.size === 0 ? 'the lab has none' : `the lab has ${[...params.keys()].join(', ')}`}`,
      );
    if (typeof value !== typeof spec.default)
      throw new SpecError(path, `${JSON.stringify(value)} is not a ${typeof spec.default}`);
    if (typeof value === 'number' && (value < (spec.min ?? value) || value > (spec.max ?? value))) {
      throw new SpecError(
        path,
        `${value} is out of bounds (${spec.min ?? 'no minimum'} to ${spec.max ?? 'no maximum'})`,
      );
    }
    if (typeof value === 'number' && isWhole(spec) && !Number.isInteger(value))
      throw new SpecError(path, `${value} is not a whole number`);
    if (spec.pattern?.test(String(value)) === false)
      throw new SpecError(path, `${JSON.stringify(value)} is not of the form ${JSON.stringify(spec.default)}`);
    if (spec.choices !== undefined && !spec.choices.includes(value))
      throw new SpecError(path, `${JSON.stringify(value)} is none of ${spec.choices.join(', ')}`);
    params.set(name, value);
  }
  return params;
}

export function openLab(definition: LabDefinition, environment: LabEnvironment, settings: RunSettings = {}): OpenLab {
  const params = paramsOf(definition, settings.set);
  const topology = resolveParams(
    { machines: definition.machines, cables: definition.cables ?? [] },
    params,
  ) as Topology;
  const world = new World({
    seed: settings.seed ?? 1,
    turn: environment.turn,
    ...(settings.strict === undefined ? {} : { strict: settings.strict }),
    ...(environment.callSite === undefined ? {} : { callSite: environment.callSite }),
  });
  const trace = new Trace();
  const sight = new Sight(trace);
  buildWorld(world, topology, { image: imageWith(environment, definition), compileFilter: sight.frameMatcher });
  const cards = world.cards();
  trace.attach(cards);
  settings.listener?.cards?.(cards);
  settings.listener?.recorder?.(world.recorder);
  settings.listener?.cables?.([...world.cables.values()]);
  return new LabSession(definition, world, params, sight, settings, environment);
}

export async function runLab(
  definition: LabDefinition,
  environment: LabEnvironment,
  settings: RunSettings = {},
): Promise<LabRun> {
  const open = openLab(definition, environment, settings);
  await open.runScript();
  return open.finish();
}

class LabSession implements OpenLab {
  readonly checks: Checks;
  readonly story: StoryLine[] = [];
  private readonly measurements: Measurement[] = [];
  private readonly problems: string[] = [];
  private explored: ReadonlyMap<string, Exploration> = new Map();
  private readonly events = new Map<string, WorldEvent[]>();
  private readonly party: ScriptParty;
  private readonly untilNs: Instant;
  private readonly listener: RunListener;

  constructor(
    readonly definition: LabDefinition,
    readonly world: World,
    readonly params: ReadonlyMap<string, ParamValue>,
    private readonly sight: Sight,
    private readonly settings: RunSettings,
    private readonly environment: LabEnvironment,
  ) {
    this.listener = settings.listener ?? {};
    this.checks = new Checks(definition.checks ?? {}, world, this.listener);
    this.party = new ScriptParty(world.queue, world.loop, `the script of lab ${definition.id}`);
    this.untilNs = settings.untilNs ?? untilOf(definition);
    world.recorder.onEvent((event) => {
      const list = this.events.get(event.kind);
      if (list === undefined) this.events.set(event.kind, [event]);
      else list.push(event);
    });
    for (const host of world.hosts()) host.boot();
  }

  async runScript(): Promise<void> {
    const { script } = this.definition;
    if (script === undefined) {
      await this.world.run(this.untilNs);
      return;
    }
    // Worlds of their own, before this one's time begins.
    this.explored = await exploreAll(this.definition, this.environment, this.params);
    const context = this.context();
    let ended = false;
    this.party.begin(
      () => script.call(this.definition, context),
      (error) => {
        ended = true;
        if (error !== undefined)
          this.problems.push(`the script failed at ${formatInstant(this.world.now)} s: ${errorText(error)}`);
        this.world.loop.stop();
      },
    );
    await this.world.loop.run(this.untilNs);
    if (!ended) {
      this.problems.push(`the script had not ended at ${formatInstant(this.untilNs)} s`);
      await this.world.run(this.untilNs);
      this.party.dismiss();
    }
  }

  run(until: Instant): Promise<void> {
    return this.world.run(until);
  }

  async finish(): Promise<LabRun> {
    const { world } = this;
    this.checks.close();
    sendTerm(world);
    await world.loop.run(world.now + WIND_DOWN_NS);
    this.problems.push(...world.crashes.map((crash) => `crashed: ${crash}`), ...leftovers(world));
    return {
      lab: this.definition.id,
      seed: this.settings.seed ?? 1,
      params: Object.fromEntries(this.params),
      wireDigest: String(world.recorder.wire),
      runDigest: String(world.recorder.run),
      virtualNs: world.now,
      events: world.queue.fired,
      packets: world.recorder.wire.items,
      checks: this.checks.results(),
      story: this.story,
      measurements: this.measurements,
      problems: this.problems,
    };
  }

  private context(): LabContext {
    const hosts = new Map(this.world.hosts().map((host) => [host.name, hostControl(host, this.party)]));
    const tools = this.tools(hosts);
    // Not Object.assign: it would read `now` once and keep that.
    const context = Object.assign(Object.create(null) as object, Object.fromEntries(hosts));
    return Object.defineProperties(context, Object.getOwnPropertyDescriptors(tools)) as unknown as LabContext;
  }

  private tools(hosts: ReadonlyMap<string, ReturnType<typeof hostControl>>): LabTools {
    const { world, sight, party } = this;
    return {
      params: Object.fromEntries(this.params),
      get now() {
        return world.now;
      },
      host(name) {
        const control = hosts.get(name);
        if (control === undefined) throw new SpecError(`host('${name}')`, 'there is no such host');
        return control;
      },
      cable(name) {
        const cable = world.cables.get(name);
        if (cable === undefined)
          throw new SpecError(
            `cable('${name}')`,
            `there is no such cable; the lab has ${[...world.cables.keys()].join(', ')}`,
          );
        return cableControl(cable, (spec, path) => faultsOf(spec, path, sight.frameMatcher));
      },
      sleep: (duration) => party.sleepUntil(world.now + durationOf(duration)),
      until: (predicate, limit) => this.until(predicate, durationOf(limit)),
      seen: (filter, card) => sight.seen(filter, card),
      events: <K extends EventKind>(kind: K) => (this.events.get(kind) ?? []) as unknown as readonly WorldEvent<K>[],
      on: <K extends EventKind | SampleKind>(kind: K, listener: (event: WorldEvent<K>) => void) =>
        world.recorder.on(kind, listener),
      watch: (filter, listener, card) => sight.watch(filter, listener, card),
      explored: (name) => {
        const found = this.explored.get(name);
        if (found === undefined) throw new SpecError(`explored('${name}')`, 'there is no such exploration');
        return found;
      },
      check: (id, observe, evidence) => this.checks.judge(id, observe, evidence),
      measured: (name, value) => {
        assert(
          Object.hasOwn(this.definition.measures ?? {}, name),
          `measured('${name}') of a lab that has no such measure`,
        );
        this.measurements.push({ name, value });
      },
      say: (text, mark = '') => this.say(text, mark),
    };
  }

  private say(text: Text, mark: string): void {
    const line = { atNs: this.world.now, mark, text };
    this.story.push(line);
    this.listener.story?.(line);
  }

  /** Looks at the predicate every virtual millisecond: cheap, and independent of which events there are. */
  private until(predicate: () => boolean, limitNs: number): Promise<boolean> {
    const { world } = this;
    const end = world.now + limitNs;
    return this.party.operation<boolean>((settle) => {
      const look = {
        fire: (now: Instant) => {
          if (predicate()) settle(true);
          else if (now >= end) settle(false);
          else world.queue.schedule(Math.min(now + 1_000_000, end), look);
        },
      };
      world.queue.schedule(world.now, look);
    });
  }
}

function untilOf(definition: LabDefinition): Instant {
  if (definition.until === undefined) return DEFAULT_UNTIL_NS;
  const ns = parseDuration(definition.until);
  if (ns === undefined) throw new SpecError('until', `'${definition.until}' is no duration; write 60s`);
  return ns;
}

function durationOf(duration: string | number): number {
  const ns = typeof duration === 'number' ? duration : parseDuration(duration);
  assert(
    ns !== undefined && Number.isSafeInteger(ns) && ns >= 0,
    `'${duration}' is no duration; write '10ms' or nanoseconds`,
  );
  return ns;
}

function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
