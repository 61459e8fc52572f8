/**
 * The event catalogue: everything that a run reports, by kind, with the values that led to it. A kind is a stable name; its values are
 * numbers, texts and booleans, so that an event can be digested, stored, replayed and shown. `reason` is a code of the layer that decided.
 *
 * *Events* belong to the run digest and are always made. *Samples* (`SampleCatalogue`) are derived from the state that events describe, are
 * made only where somebody subscribed, and belong to no digest.
 */
import type { LoopQueues } from './loop-queues.ts';

export type Value = number | string | boolean | undefined;

/** Why a frame or packet went no further. */
export type DropReason =
  // link
  | 'link-down'
  | 'no-carrier'
  | 'no-cable'
  | 'queue-full'
  | 'lost'
  | 'cut-in-flight'
  | 'partitioned'
  | 'frame-too-long'
  | 'not-for-this-card'
  | 'excessive-collisions'
  | 'late-collision'
  | 'host-down'
  | 'bad-frame-check-sequence'
  | 'vlan-not-admitted'
  // network
  | 'ip-header-invalid'
  | 'ip-checksum'
  | 'martian-source'
  | 'martian-destination'
  | 'not-local'
  | 'ttl-exceeded'
  | 'no-route'
  | 'unreachable-route'
  | 'needs-fragmentation'
  | 'reassembly-timeout'
  | 'fragment-overlap'
  | 'fragment-invalid'
  | 'reassembly-full'
  | 'neighbour-failed'
  | 'neighbour-queue-full'
  | 'unknown-protocol'
  | 'unknown-ethertype'
  | 'arp-invalid'
  | 'icmp-rate-limit'
  | 'icmp-invalid'
  | 'broadcast-not-forwarded'
  | 'filtered'
  // transport
  | 'transport-checksum'
  | 'transport-header-invalid'
  | 'port-closed'
  | 'socket-buffer-full'
  | 'tcp-not-acceptable'
  | 'tcp-paws'
  | 'tcp-invalid-ack'
  | 'tcp-backlog-full'
  | 'tcp-syn-queue-full'
  | 'tcp-no-listener'
  | 'tcp-old-duplicate'
  | 'tcp-challenge-limit'
  | 'tcp-flags-invalid'
  | 'tcp-signed'
  | 'tcp-window-full'
  | 'tcp-rst-ignored';

/** Why a neighbour's entry goes from one state to another. */
export type NeighbourReason =
  | 'first packet'
  | 'redirect'
  | 'used'
  | 'not confirmed'
  | 'not confirmed, in use'
  | 'confirmed by upper layer'
  | 'not confirmed by upper layer'
  | 'no answer'
  | 'answered'
  | 'broadcast reply'
  | 'gratuitous'
  | 'seen asking'
  | 'it asked for us'
  | 'set by hand'
  | 'deleted by hand'
  | 'flushed by hand'
  | 'mcast_solicit is 0'
  | 'garbage collected'
  | 'table full'
  | 'link down'
  | 'no carrier'
  | 'own hardware address changed';

/** Why a TCP connection goes from one state to another. */
export type TcpStateReason =
  | 'listen'
  | 'connect'
  | 'syn-received'
  | 'syn-ack-received'
  | 'ack-received'
  | 'syn-cookie'
  | 'close'
  | 'fin-received'
  | 'fin-acknowledged'
  | 'fin-timeout'
  | 'linger2'
  | 'time-wait'
  | 'time-wait-overflow'
  | 'timeout'
  | 'abort'
  | 'reset'
  | 'reset-received'
  | 'icmp-error'
  | 'close-with-unread-data'
  | 'data-after-close'
  | 'syn-in-window'
  | 'new-connection'
  | 'reused'
  | 'listener-closed'
  | 'overflow'
  | 'too-many-orphans';

/** What happened to a machine's power. */
export type PowerReason = 'boot' | 'crash' | 'pause' | 'resume';

/** Why a segment is sent again. */
export type RetransmitReason =
  | 'fast-retransmit'
  | 'tail-loss-probe'
  | 'timeout'
  | 'after-timeout'
  | 'window-probe'
  | 'synack-timeout'
  | 'syn-repeated';

/** The timers of a connection that exist at the same time. */
export type TimerSlot = 'send' | 'ack' | 'hold' | 'slow' | 'time-wait' | 'syn-ack';

/** What they run for. */
export type TcpTimer =
  | 'retransmission'
  | 'persist'
  | 'loss-probe'
  | 'reordering'
  | 'delayed-ack'
  | 'sack-compression'
  | 'keepalive'
  | 'fin-wait-2'
  | 'time-wait'
  | 'syn-ack';

export interface EventCatalogue {
  'frame.drop': { card: string; packet: number; reason: DropReason; length: number; detail?: string };
  'frame.corrupt': { card: string; packet: number; byte: number; mask: number };
  'frame.duplicate': { card: string; packet: number };
  'frame.reorder': { card: string; packet: number; byNs: number };
  'link.carrier': { card: string; up: boolean };
  'link.admin': { card: string; up: boolean };
  'link.collision': { card: string; attempt: number; backoffNs: number };
  'cable.change': { cable: string; what: string; value: Value };
  'switch.learn': { port: string; mac: string };
  'switch.move': { port: string; mac: string; from: string };
  'switch.age': { port: string; mac: string };
  'switch.flood': { port: string; mac: string; packet: number };
  'neighbour.state': {
    card: string;
    address: string;
    from: string;
    to: string;
    mac: string;
    reason: NeighbourReason;
  };
  'address.change': { card: string; address: string; added: boolean };
  'route.change': { destination: string; gateway: string; card: string; metric: number; added: boolean };
  'ip.drop': { packet: number; reason: DropReason; src: string; dst: string; detail?: string };
  'ip.fragment': { packet: number; pieces: number; mtu: number };
  'ip.reassembled': { packet: number; pieces: number; length: number };
  'ip.pmtu': { dst: string; mtu: number; from: number };
  'icmp.send': { packet: number; type: number; code: number; to: string; about: number };
  'tcp.state': { socket: number; local: string; peer: string; from: string; to: string; reason: TcpStateReason };
  'tcp.retransmit': {
    socket: number;
    packet: number;
    seq: number;
    length: number;
    reason: RetransmitReason;
    rtoNs: number;
  };
  'tcp.timer': { socket: number; timer: string; backoff: number; nextNs: number };
  'tcp.recovery': { socket: number; what: string; cwnd: number; ssthresh: number; flight: number };
  'tcp.drop': { socket: number; packet: number; reason: DropReason; seq: number; detail?: string };
  'udp.drop': { packet: number; reason: DropReason; port: number };
  'process.start': { pid: number; parent: number; name: string; argv: string };
  'process.exec': { pid: number; name: string; argv: string };
  'process.exit': { pid: number; name: string; code: number; signal: string };
  'thread.start': { pid: number; tid: number };
  'thread.exit': { pid: number; tid: number };
  /** Threads that wait for each other in a circle, none with a time limit. */
  'thread.deadlock': { threads: string; circle: string };
  'signal.send': { pid: number; signal: string; from: number };
  'host.power': { up: boolean; reason: PowerReason };
  input: { text: string };
  note: { text: string };
}

export interface SampleCatalogue {
  /** A router's hop; the frame that leaves carries the same packet id, so the digests miss nothing. */
  'ip.forward': { packet: number; from: string; to: string; ttl: number };
  'tcp.cwnd': {
    socket: number;
    local: string;
    peer: string;
    cwnd: number;
    ssthresh: number;
    flight: number;
    sendWindow: number;
    srttNs: number;
    rtoNs: number;
  };
  /** A round trip was measured, before it is smoothed (RFC 6298). */
  'tcp.rtt': { socket: number; local: string; peer: string; rttNs: number };
  /** A timer of a connection is set (again), or stands still: its time came, or it was stopped. Timers of different slots run side by side. */
  'tcp.timer.state': {
    socket: number;
    local: string;
    peer: string;
    slot: TimerSlot;
    /** What it runs for, while it runs; empty else. */
    timer: TcpTimer | '';
    /** When it expires; -1 where it stands still. */
    untilNs: number;
    expired: boolean;
  };
  'queue.length': { card: string; packets: number; bytes: number };
  syscall: {
    pid: number;
    tid: number;
    process: string;
    name: string;
    args: string;
    result: string;
    startNs: number;
    endNs: number;
  };
  /** A process that had ended is forgotten: somebody has waited for it, or nobody will. */
  'process.reap': { pid: number };
  /** A call of select, poll or epoll_wait has looked for what is ready. */
  'io.scan': { pid: number; tid: number; call: string; files: number; ready: number };
  /** What lanes draw: a thread runs on a core, waits for one, sleeps in a call, waits for the interpreter lock, or has ended. */
  'thread.state': {
    pid: number;
    tid: number;
    process: string;
    thread: string;
    state: 'running' | 'ready' | 'blocked' | 'interpreter' | 'ended';
    /** When it begins: a thread that goes to sleep first does the work that it owes. */
    fromNs: number;
    /** The core it runs on, else -1. */
    core: number;
    /** What it sleeps on: a lock or thread by its name, else the call. */
    waits: string;
    /** Thread ids that could end the wait, joined by blanks. */
    holders: string;
    /** The wait's time limit, else -1. */
    untilNs: number;
  };
  /** A thread makes a call; only where somebody asked for the places in programs (`CallSite`). */
  'thread.call': {
    tid: number;
    /** When the work that it did before is done: calls of one instant come one after the other. */
    fromNs: number;
    /** Where in the program, as the asker's `CallSite` has it. */
    site: string;
    /** Of the event loop that the thread runs, where it runs one. */
    queues: LoopQueues | undefined;
  };
}

export type EventKind = keyof EventCatalogue;
export type SampleKind = keyof SampleCatalogue;

export interface WorldEvent<K extends EventKind | SampleKind = EventKind | SampleKind> {
  readonly kind: K;
  readonly at: number;
  /** The machine that reports it; empty for the world itself. */
  readonly host: string;
  readonly values: K extends EventKind ? EventCatalogue[K] : K extends SampleKind ? SampleCatalogue[K] : never;
}
