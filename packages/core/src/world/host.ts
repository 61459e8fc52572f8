/**
 * A host: cards, the IP stack, transports and a kernel, put together from its specification. `boot` starts it from that specification; `crash` takes
 * the power away, without a word to anybody.
 */
import { MacAddress, parseMac } from '../base/address.ts';
import { SysError } from '../base/errno.ts';
import { SysctlTable } from '../base/sysctl.ts';
import { encodeUtf8 } from '../base/utf8.ts';
import { Call } from '../kernel/call.ts';
import { loopbackCard, NetworkCard } from '../link/card.ts';
import type { Port } from '../link/port.ts';
import { type CostModel, DEFAULT_COSTS, NO_COSTS } from '../os/costs.ts';
import type { ImageNode } from '../os/files/inode.ts';
import { cloned } from '../os/memory.ts';
import type { Thread } from '../os/thread.ts';
import type { Randomness } from '../random/random.ts';
import type { HostContext, IdSource } from '../record/host-context.ts';
import type { Recorder } from '../record/recorder.ts';
import { SocketLayer } from '../socket/socket-layer.ts';
import { AsyncFrontEnd } from '../syscall/async-sys.ts';
import { crashText } from '../syscall/crash-text.ts';
import { type CpuOptions, Kernel, type KernelOptions } from '../syscall/kernel.ts';
import type { ProgramCode } from '../syscall/program.ts';
import type { EventQueue } from '../time/queue.ts';
import { type Command, startCommand } from './commands.ts';
import { costModel, cpuOptions } from './cpu-spec.ts';
import { HostNetwork } from './host-network.ts';
import { interfaceSpec } from './interface-spec.ts';
import type { Machine } from './machine.ts';
import { type HostSpec, type InterfaceSpec, SpecError } from './topology.ts';
import type { World } from './world.ts';

/**
 * One class for all hosts. As an object literal with a getter it had a hidden class per host, which every reading of the clock then met anew,
 * and which kept whole worlds alive past the young generation.
 */
class MachineContext implements HostContext {
  readonly queue: EventQueue;
  readonly random: Randomness;
  readonly recorder: Recorder;
  readonly ids: IdSource;
  /** Made anew by each boot. */
  sysctl = new SysctlTable();

  constructor(
    world: World,
    readonly name: string,
    readonly profile: string,
  ) {
    this.queue = world.queue;
    this.random = world.random;
    this.recorder = world.recorder;
    this.ids = world.ids;
  }
}

export class Host implements Machine {
  readonly kind: 'host' | 'router';
  readonly cards: NetworkCard[] = [];
  readonly ctx: MachineContext;
  network!: HostNetwork;
  kernel!: Kernel;
  /** Daemons of the specification, as they were started last. */
  daemons: Command[] = [];
  private readonly cpu: CpuOptions | undefined;
  private readonly costs: CostModel = DEFAULT_COSTS;
  private up = false;
  paused = false;
  /** Receivers of the cards while the machine is frozen. */
  private readonly deaf = new Map<NetworkCard, NetworkCard['receiver']>();

  constructor(
    readonly world: World,
    readonly name: string,
    readonly spec: HostSpec,
    /** Number of the machine within the world, for its MAC addresses. */
    readonly number: number,
    private readonly image: ReadonlyMap<string, ImageNode>,
  ) {
    this.kind = spec.kind;
    this.ctx = new MachineContext(world, name, spec.profile ?? 'linux-6.x');
    if (spec.cpu !== undefined) {
      this.cpu = cpuOptions(spec.cpu, `machines.${name}.cpu`);
      this.costs = costModel(spec.cpu.costs, `machines.${name}.cpu.costs`);
    }
    this.cards.push(loopbackCard(this.ctx, 1));
    for (const [cardName, value] of Object.entries(spec.interfaces)) this.addCard(cardName, interfaceSpec(value));
  }

  private addCard(cardName: string, spec: InterfaceSpec): void {
    const ifindex = this.cards.length + 1;
    const mac = spec.mac === undefined ? defaultMac(this.number, ifindex) : parseMac(String(spec.mac));
    if (mac === undefined)
      throw new SpecError(`machines.${this.name}.${cardName}.mac`, `'${String(spec.mac)}' is not a MAC address`);
    const options = { name: cardName, ifindex, mac, mtu: (spec.mtu as number | undefined) ?? 1500 };
    this.cards.push(
      new NetworkCard(
        this.ctx,
        spec.txQueueLength === undefined ? options : { ...options, txQueueLength: spec.txQueueLength as number },
      ),
    );
  }

  port(name: string): Port | undefined {
    return this.cards.find((card) => card.name === name && !card.loopback);
  }

  ports(): readonly Port[] {
    return this.cards.filter((card) => !card.loopback);
  }

  get running(): boolean {
    return this.up;
  }

  /** Starts the machine: stack and kernel anew, files and addresses from the specification, then its daemons. */
  boot(): void {
    if (this.up) return;
    this.up = true;
    this.ctx.sysctl = new SysctlTable();
    this.network = new HostNetwork(this.ctx, this.cards);
    this.kernel = this.makeKernel();
    this.world.recorder.emit('host.power', this.name, { up: true, reason: 'boot' });
    for (const card of this.cards) card.setPower(true);
    this.writeFiles();
    this.network.configure(this.name, this.spec);
    this.startDaemons();
  }

  private makeKernel(): Kernel {
    const kernel = new Kernel({
      ctx: this.ctx,
      turnstile: this.world.loop,
      image: this.image,
      sockets: new SocketLayer(this.ctx, this.network, this.world.payloads),
      network: this.network,
      wallStartNs: this.world.wallStartNs,
      frontEndOf: this.frontEndOf,
      ...this.processor(),
    });
    if (this.spec.hostname !== undefined) kernel.hostname = this.spec.hostname;
    return kernel;
  }

  private processor(): Pick<KernelOptions, 'cpu' | 'costs'> {
    const { choices } = this.world.options;
    if (choices !== undefined) return { cpu: { cores: 1, scheduler: { chooser: choices.schedule } }, costs: NO_COSTS };
    return this.cpu === undefined ? {} : { cpu: this.cpu, costs: this.costs };
  }

  /** The same function for every boot. */
  private readonly frontEndOf = (kernel: Kernel, code: ProgramCode): AsyncFrontEnd =>
    new AsyncFrontEnd(
      code,
      {
        exited: (thread, value) => this.entryEnded(kernel, thread, value),
        crashed: (thread, error) => this.programCrashed(kernel, thread, error),
      },
      this.world.options.callSite,
    );

  /** The first thread's answer is the exit code; another thread's goes to who joins it. */
  private entryEnded(kernel: Kernel, thread: Thread, value: unknown): void {
    if (thread.tid === thread.process.pid)
      this.programEnded(kernel, thread, typeof value === 'number' ? value & 0xff : 0);
    else {
      const copy = cloned(value);
      if (copy === undefined)
        this.programCrashed(kernel, thread, new TypeError('a thread answered what cannot be copied'));
      else if (!thread.ended) kernel.threads.finish(thread, copy.value);
      this.world.loop.giveBack(thread);
    }
  }

  private programEnded(kernel: Kernel, thread: Thread, code: number): void {
    kernel.processes.exit(thread.process, { code, signal: '' });
    this.world.loop.giveBack(thread);
  }

  /** An errno that nobody caught is the program's failure; anything else is a bug of the program, and the run tells. */
  private programCrashed(kernel: Kernel, thread: Thread, error: unknown): void {
    const { process } = thread;
    if (process.exitStatus === undefined) {
      const stderr = process.descriptors.get(2);
      const text = crashText(process.name, error);
      if ('write' in stderr)
        stderr.write(new Call('write', [2, text], this.ctx.queue.now, { callReady() {} }, this.ctx.queue), text);
      if (!(error instanceof SysError))
        this.world.crashes.push(
          `${thread.title}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
        );
    }
    this.programEnded(kernel, thread, 1);
  }

  private writeFiles(): void {
    const { kernel } = this;
    const provide = (path: string, text: string, mode = 0o644): void =>
      void kernel.files.provide(path, encodeUtf8(text), mode);
    provide('/etc/hostname', `${kernel.hostname}\n`);
    provide('/etc/hosts', `127.0.0.1\tlocalhost\n127.0.1.1\t${kernel.hostname}\n`);
    for (const [path, content] of Object.entries(this.spec.files ?? {})) {
      if (typeof content === 'object' && 'text' in content) provide(path, content.text, content.mode);
      else provide(path, String(content));
    }
  }

  private startDaemons(): void {
    const lines = (this.spec.run ?? []).map(String);
    for (const [cardName, value] of Object.entries(this.spec.interfaces)) {
      if (interfaceSpec(value).address === 'dhcp') lines.unshift(`dhclient -v ${cardName}`);
    }
    this.daemons = lines.map((line) => startCommand(this.kernel, `exec ${line}`));
  }

  /** Power off: processes vanish, nothing is sent, timers of the stack are dead. */
  crash(): void {
    if (!this.up) return;
    this.up = false;
    this.world.recorder.emit('host.power', this.name, { up: false, reason: 'crash' });
    for (const card of this.cards) card.setPower(false);
    for (const process of [...this.kernel.processes.all()]) for (const thread of process.threads) thread.end();
    this.network.shutdown();
  }

  /** Freezes the machine: cards go deaf and dumb, no program runs. What is on its way is lost. */
  pause(): void {
    if (!this.up || this.paused) return;
    this.paused = true;
    this.world.recorder.emit('host.power', this.name, { up: false, reason: 'pause' });
    for (const card of this.cards) {
      this.deaf.set(card, card.receiver);
      card.receiver = undefined;
    }
    for (const process of this.kernel.processes.all()) this.kernel.processes.signal(process, 'SIGSTOP', 0);
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.world.recorder.emit('host.power', this.name, { up: true, reason: 'resume' });
    for (const [card, receiver] of this.deaf) card.receiver = receiver;
    this.deaf.clear();
    for (const process of this.kernel.processes.all()) this.kernel.processes.signal(process, 'SIGCONT', 0);
  }
}

/** Locally administered, unique in a world: 02:00:00, the machine's number, the interface's. */
function defaultMac(machine: number, ifindex: number): MacAddress {
  return new MacAddress(0x0200_0000_0000 + machine * 0x100 + (ifindex - 1));
}
