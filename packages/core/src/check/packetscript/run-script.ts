/**
 * Runs a packet script against a simulated host, in virtual time and without a promise: the same text gives the same verdict at once. The verdict
 * tells a host that does something else ("fail") from a script that asks for what is not here ("cannot run").
 */
import { Errno } from '../../base/errno.ts';
import { HorizonError } from '../../time/queue.ts';
import type { TcpEndpoint } from '../../transport/tcp/api.ts';
import { SpecError } from '../../world/topology.ts';
import type { Code, EventTime, ScriptEvent, SystemCall } from './ast.ts';
import { type CallContext, type Plan, planCall } from './calls.ts';
import { runCode } from './code-statements.ts';
import { runCommands } from './commands.ts';
import { ScriptDescriptors } from './descriptors.ts';
import { Expectations } from './expectation.ts';
import type { Flow } from './flow.ts';
import { Packets } from './packets.ts';
import { parseScript } from './parser.ts';
import { CannotRun, ScriptFailure } from './problem.ts';
import type { ScriptThread } from './script-thread.ts';
import { type Settings, settingsOf } from './settings.ts';
import { codeName } from './tcp-fields.ts';
import { Testbed } from './testbed.ts';
import { errnoNamed, numberOf } from './values.ts';

export interface ScriptVerdict {
  readonly verdict: 'pass' | 'fail' | 'cannot run';
  /** The line that decided; undefined where the script passes. */
  readonly line?: number;
  /** What the host did, or the construct that cannot be run. */
  readonly seen?: string;
  /** What the script expects, or what is lacking here. */
  readonly missing?: string;
}

const US_NS = 1_000;

/** Told of each event as it begins, for whoever wants to watch. */
export type EventListener = (line: number, seconds: string) => void;

export function runPacketScript(text: string, listener?: EventListener): ScriptVerdict {
  let line = 1;
  const watch: EventListener = (at, seconds) => {
    line = at;
    listener?.(at, seconds);
  };
  try {
    const { options, events } = parseScript(text);
    new ScriptRun(settingsOf(options), watch, events.some(isForBsd)).run(events);
    return { verdict: 'pass' };
  } catch (error) {
    if (error instanceof ScriptFailure)
      return { verdict: 'fail', line: error.line, seen: error.seen, missing: error.missing };
    if (error instanceof CannotRun)
      return { verdict: 'cannot run', line: error.line, seen: error.seen, missing: error.missing };
    // Addresses of the script's options that no host could have.
    if (error instanceof SpecError) return { verdict: 'cannot run', line, seen: '', missing: error.message };
    if (error instanceof HorizonError) return { verdict: 'cannot run', line, seen: '', missing: error.message };
    throw error;
  }
}

/** A script that sets variables of FreeBSD's expects its order of options and its windows. */
function isForBsd({ action }: ScriptEvent): boolean {
  return action.kind === 'command' && /\b(net\.inet|kern\.ipc)\./.test(action.text);
}

/** A blocking call that has not returned. */
interface Pending {
  readonly line: number;
  readonly call: SystemCall;
  readonly endNs: number;
  readonly toleranceNs: number;
}

class ScriptRun {
  private readonly bed: Testbed;
  private readonly packets: Packets;
  private readonly expectations: Expectations;
  private readonly fds: ScriptDescriptors;
  private readonly pending = new Set<Pending>();
  private readonly endpointOf = new Map<Flow, TcpEndpoint>();
  /** Of the code. */
  private readonly variables = new Map<string, number>();
  /** Script time of the last event. */
  private lastUs = 0;

  constructor(
    private readonly settings: Settings,
    private readonly listener: EventListener,
    bsd: boolean,
  ) {
    this.bed = new Testbed(settings.addresses);
    this.packets = new Packets(this.bed, settings);
    this.expectations = new Expectations(this.bed, this.packets, settings, { split: !settings.strictSegments, bsd });
    this.fds = new ScriptDescriptors(this.bed);
  }

  run(events: readonly ScriptEvent[]): void {
    for (const [path, line] of this.settings.initScripts) runCommands(path, line, this.bed);
    for (const event of events) this.perform(event);
    for (const { endNs, toleranceNs } of this.pending)
      this.bed.runUntil(Math.max(this.bed.queue.now, endNs + toleranceNs));
    for (const { line, call, endNs } of this.pending)
      throw new ScriptFailure(line, `${call.name} still blocks at ${this.expectations.seconds(endNs)} s`, `its return`);
  }

  private toleranceNs(gapUs: number): number {
    const { toleranceUs, tolerancePercent } = this.settings;
    return Math.max(toleranceUs, (gapUs * tolerancePercent) / 100) * US_NS;
  }

  private toNs(us: number): number {
    return this.bed.startNs + us * US_NS;
  }

  private perform({ line, time, action }: ScriptEvent): void {
    const base = time.relative ? this.lastUs : 0;
    const fromUs = base + time.fromUs;
    if (fromUs < this.lastUs && time.kind !== 'any')
      throw new CannotRun(line, 'syntax: the time lies before that of the event above');
    if (action.kind === 'packet' && !action.inbound) {
      this.expect(line, time, base, action);
      return;
    }
    // A wait for a packet may have come a tolerance later than the script's instant.
    this.bed.runUntil(Math.max(this.toNs(fromUs), this.bed.queue.now));
    this.lastUs = fromUs;
    this.listener(line, this.expectations.seconds(this.bed.queue.now));
    if (action.kind === 'packet') this.packets.inject(action, line);
    else if (action.kind === 'call') this.call(action, line, base);
    else if (action.kind === 'command') runCommands(action.text, line, this.bed);
    else this.judgeCode(action, line);
  }

  private expect(line: number, time: EventTime, baseUs: number, spec: Parameters<Expectations['await']>[0]): void {
    const window = {
      fromNs: this.toNs(baseUs + time.fromUs),
      toNs: this.toNs(baseUs + time.toUs),
      any: time.kind === 'any',
      toleranceNs: this.toleranceNs(baseUs + time.fromUs - this.lastUs),
    };
    const at = this.expectations.await(spec, line, window);
    this.listener(line, this.expectations.seconds(at));
    // What follows counts from the packet itself, not from the instant that the script gives.
    this.lastUs = Math.max(this.lastUs, (at - this.bed.startNs) / US_NS);
  }

  // -- system calls

  private context(line: number): CallContext {
    const { settings, bed } = this;
    return {
      line,
      fds: this.fds,
      clock: { startNs: bed.startNs, toleranceNs: settings.toleranceUs * US_NS },
      bindTo: { family: 'inet', address: '0.0.0.0', port: settings.bindPort },
      connectTo: (fd) => {
        const known = this.fds.datagram(fd) === undefined ? undefined : this.packets.datagram?.remotePort;
        return { family: 'inet', address: bed.addresses.remote, port: known ?? settings.connectPort };
      },
    };
  }

  private call(call: SystemCall, line: number, baseUs: number): void {
    const plan = planCall(call, this.context(line));
    if (plan.run !== undefined) {
      this.judge(call, plan, plan.run(), line);
      return;
    }
    const thread = this.bed.idleThread();
    if (call.endUs === undefined) {
      this.make(thread, plan, (outcome) => this.judge(call, plan, outcome, line));
      if (thread.busy) throw new ScriptFailure(line, `${call.name} blocks`, `its return at once`);
    } else this.block(call, plan, line, baseUs + call.endUs);
    this.bed.settle();
  }

  /** Makes a plan's calls, one after the other. */
  private make(thread: ScriptThread, { name, args, next }: Plan, done: (outcome: unknown) => void): void {
    thread.call(name!, args!, (outcome) => {
      const following = outcome instanceof Errno ? undefined : next?.(outcome as never);
      if (following === undefined) done(outcome);
      else this.make(thread, following, done);
    });
  }

  private block(call: SystemCall, plan: Plan, line: number, endUs: number): void {
    const toleranceNs = this.toleranceNs(endUs - this.lastUs);
    const pending: Pending = { line, call, endNs: this.toNs(endUs), toleranceNs };
    this.pending.add(pending);
    this.make(this.bed.idleThread(), plan, (outcome) => {
      this.pending.delete(pending);
      const { now } = this.bed.queue;
      if (Math.abs(now - pending.endNs) > toleranceNs) {
        const { seconds } = this.expectations;
        const at = (ns: number): string => seconds.call(this.expectations, ns);
        throw new ScriptFailure(line, `${call.name} returns at ${at(now)} s`, `its return at ${at(pending.endNs)} s`);
      }
      this.judge(call, plan, outcome, line);
    });
  }

  private judge(call: SystemCall, plan: Plan, outcome: unknown, line: number): void {
    if (outcome instanceof Errno) {
      this.judgeErrno(call, plan, outcome, line);
      return;
    }
    const value = plan.value === undefined ? 0 : plan.value(outcome as never);
    const wanted = call.result.kind === 'ellipsis' ? undefined : numberOf(call.result);
    if (wanted !== undefined && (wanted < 0 || (plan.opens !== true && wanted !== value)))
      throw new ScriptFailure(line, `${call.name} = ${value}`, `${call.name} = ${wanted} ${call.errno ?? ''}`.trim());
    const differs = plan.output?.(outcome as never);
    if (differs !== undefined)
      throw new ScriptFailure(line, `${call.name}: ${differs[0]}`, `${call.name}: ${differs[1]}`);
    if (plan.opens === true) this.fds.note(wanted ?? value, value);
    plan.opened?.(outcome as never);
    this.noteSocket(plan);
  }

  private judgeErrno(call: SystemCall, plan: Plan, errno: Errno, line: number): void {
    const wanted = call.errno === undefined ? undefined : errnoNamed(call.errno);
    if (call.errno !== undefined && wanted === undefined) throw new CannotRun(line, `the error ${call.errno}`);
    const anyError = call.errno === undefined && call.result.kind === 'number' && call.result.value === -1;
    if (wanted === errno || anyError || call.result.kind === 'ellipsis') {
      this.noteSocket(plan);
      return;
    }
    const lacking = plan.refused?.(errno);
    if (lacking !== undefined) throw new CannotRun(line, lacking);
    const { result } = call;
    const number = result.kind === 'number' ? result.value : '...';
    throw new ScriptFailure(
      line,
      `${call.name} = -1 ${errno.code} (${errno.text})`,
      `${call.name} = ${number} ${call.errno ?? ''}`.trim(),
    );
  }

  /** Where packets without ports go: to the port that is listened on, to the datagram socket that was last bound or connected. */
  private noteSocket({ name, args }: Plan): void {
    if (name !== 'bind' && name !== 'listen' && name !== 'connect') return;
    const fd = args![0] as number;
    const ports = this.fds.datagram(fd);
    if (ports !== undefined) {
      const remotePort = ports.remotePort ?? this.packets.flows.freshRemotePort();
      this.packets.datagram = { localPort: ports.localPort, remotePort };
    } else if (name === 'listen') this.packets.listenPort = this.fds.portOf(fd);
  }

  // -- code

  private judgeCode({ text }: Code, line: number): void {
    const info = this.endpoint()?.info();
    for (const one of runCode(text, line, (name) => codeName(name, info), this.variables)) {
      if (one.holds) continue;
      const values = [...one.values].map(([name, value]) => `${name} = ${value}`).join(', ');
      throw new ScriptFailure(one.line, values, one.text);
    }
  }

  /** The socket of the connection under test: that of the last SYN. */
  private endpoint(): TcpEndpoint | undefined {
    const { current } = this.packets.flows;
    if (current === undefined) return this.fds.endpoints.at(-1);
    const found =
      this.fds.endpoints.findLast(
        (one) => one.localPort === current.localPort && one.remotePort === current.remotePort,
      ) ?? this.endpointOf.get(current);
    if (found !== undefined) this.endpointOf.set(current, found);
    return found;
  }
}
