/**
 * A topology as data: machines and cables with their parameters and faults, serialisable and readable from YAML. `world/build.ts` makes a world
 * of it. Values are texts with units (`100Mbit`, `10ms`, `1%`), so that a topology reads the same in TypeScript and in YAML; a value may be the
 * name of a lab parameter, `{ param: 'lost' }`.
 */
export interface ParamReference {
  readonly param: string;
}

export type Param<T> = T | ParamReference;
export type ParamValue = number | string | boolean;

export interface InterfaceSpec {
  /** `10.0.1.2/24`, several of them, `dhcp` (a DHCP client runs on it), or nothing: up without an address. */
  readonly address?: Param<string> | readonly Param<string>[];
  readonly mac?: Param<string>;
  readonly mtu?: Param<number>;
  /** Administratively up at the start (default true). */
  readonly up?: Param<boolean>;
  readonly txQueueLength?: Param<number>;
}

/** Cores, their scheduler and what the operating system's work costs. */
export interface CpuSpec {
  /** Default 4. */
  readonly cores?: Param<number>;
  /** `eevdf` (default), `fcfs`, `sjf`, `srtf`, `priority`, `rr`, `mlfq`. */
  readonly scheduler?: Param<string>;
  /** Slice of eevdf, quantum of rr and of mlfq's top level: `4ms`. */
  readonly quantum?: Param<string>;
  /** How often eevdf looks at running threads; `0ms` for at once. */
  readonly tick?: Param<string>;
  /** priority: one step up for so much waiting. */
  readonly ageing?: Param<string>;
  /** mlfq. */
  readonly levels?: Param<number>;
  readonly boost?: Param<string>;
  /** `default`, `none`, `virtual-machine` (measured), or single costs by name in nanoseconds (`os/costs.ts`). */
  readonly costs?: Param<string> | Readonly<Record<string, Param<number>>>;
}

export interface HostSpec {
  readonly kind: 'host' | 'router';
  /** Network cards by name, `eth0`, in the order of their ifindex. */
  readonly interfaces: Readonly<Record<string, Param<string> | InterfaceSpec>>;
  /** Default gateway. */
  readonly gateway?: Param<string>;
  /** As `ip route add` has them: `10.2.0.0/16 via 10.0.1.254 metric 20`. */
  readonly routes?: readonly Param<string>[];
  /** Files by path, written before the machine starts; `{ text, mode }` for other permissions than 0644. */
  readonly files?: Readonly<Record<string, Param<string> | { readonly text: string; readonly mode: number }>>;
  readonly sysctl?: Readonly<Record<string, Param<string | number>>>;
  /** Shell command lines that run from the start as daemons, as root. */
  readonly run?: readonly Param<string>[];
  readonly cpu?: CpuSpec;
  readonly hostname?: string;
  readonly profile?: string;
}

export interface SwitchSpec {
  readonly kind: 'switch';
  readonly ports?: number | readonly { readonly name: string; readonly vlan?: unknown }[];
  readonly ageing?: Param<string>;
  readonly tableSize?: Param<number>;
}

export interface HubSpec {
  readonly kind: 'hub';
  readonly ports?: number;
  readonly rate?: Param<string>;
}

export type MachineSpec = HostSpec | SwitchSpec | HubSpec;

/** Faults of one direction or of both. Probabilities: `1%`, `0.01`, `100ppm`. */
export interface FaultSpec {
  readonly loss?: Param<string | number>;
  readonly duplicate?: Param<string | number>;
  readonly corrupt?: Param<string | number>;
  readonly reorder?: Param<string | number>;
  /** Extra delay of reordered frames. */
  readonly reorderBy?: Param<string>;
  readonly jitter?: Param<string>;
  /** Drops the n-th frame (counted from 1), several, the n-th that matches a display filter, or, without a number, each that matches. */
  readonly drop?: NthSpec | FilterSpec;
}

export interface NthSpec {
  readonly nth: Param<number> | readonly Param<number>[];
  readonly matching?: string;
}

export interface FilterSpec {
  readonly matching: string;
  readonly nth?: undefined;
}

export interface CableSpec extends FaultSpec {
  /** `laptop` (its first free port) or `laptop.eth0`. */
  readonly from: string;
  readonly to: string;
  readonly name?: string;
  /** `100Mbit`, `1Gbit`; without it the cable has no serialisation time. */
  readonly rate?: Param<string>;
  readonly delay?: Param<string>;
  /** Packets (`1000`) that wait at each end. */
  readonly queue?: Param<number | string>;
  /** Packets that wait before later ones get the congestion mark (ECN, RFC 3168) if their sender can react to it. */
  readonly mark?: Param<number | string>;
  /** Plugged in from the start (default true). */
  readonly plugged?: Param<boolean>;
  /** Bytes per frame beside its own: 24 for Ethernet's preamble, gap and check sequence. */
  readonly overheadBytes?: number;
  readonly minFrameBytes?: number;
  /** Parameters of the direction from `from` to `to` alone, and of the other. */
  readonly forward?: FaultSpec & { readonly rate?: Param<string>; readonly delay?: Param<string> };
  readonly backward?: FaultSpec & { readonly rate?: Param<string>; readonly delay?: Param<string> };
}

export interface Topology {
  readonly machines: Readonly<Record<string, MachineSpec>>;
  readonly cables: readonly CableSpec[];
}

/** What is wrong with a topology or a lab, and where: `machines.laptop.interfaces.eth0`. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
  constructor(
    readonly path: string,
    readonly problem: string,
  ) {
    super(`${path}: ${problem}`);
  }
}
