/**
 * Which live connection a script's packet belongs to, and how its numbers map. Scripts count from the initial sequence numbers that they write; the
 * host chooses its own. The remote side's numbers are the script's; ours and our time stamps are mapped. A packet without ports belongs to the
 * connection of the last SYN.
 */

/** The remote port of the first flow; later ones count upwards. */
const FIRST_REMOTE_PORT = 53_055;

export class Flow {
  /** Our initial sequence number on the wire, once it was seen, and in the script. */
  liveIsn: number | undefined;
  scriptIsn = 0;
  /** The remote side's initial sequence number: the same on the wire and in the script. */
  remoteIsn: number | undefined;
  /** The remote side has acknowledged something of ours. */
  opened = false;
  /** A SYN of ours that no expectation has met yet. */
  fresh = false;
  /** The last sequence number that we sent, on the wire. */
  lastSent = 0;
  private firstStamp: { readonly live: number; readonly script: number } | undefined;
  private readonly liveStampOf = new Map<number, number>();

  constructor(
    readonly localPort: number,
    readonly remotePort: number,
    /** Ports as the script writes them; undefined where it does not. */
    public scriptLocalPort: number | undefined,
    public scriptRemotePort: number | undefined,
  ) {}

  private get shift(): number {
    return this.liveIsn === undefined ? 0 : this.liveIsn - this.scriptIsn;
  }

  /** One of our sequence numbers, from the script's to the wire's. */
  toLive(seq: number): number {
    return (seq + this.shift) >>> 0;
  }

  toScript(seq: number): number {
    return (seq - this.shift) >>> 0;
  }

  get stamped(): boolean {
    return this.firstStamp !== undefined;
  }

  /** Notes what the script calls a time stamp that we sent. */
  noteStamp(live: number, script: number): void {
    this.firstStamp ??= { live, script };
    this.liveStampOf.set(script, live);
  }

  /** The stamp that the script lets the remote side echo; 0 is no echo unless it was sent. Unseen ones are counted on, in milliseconds. */
  stampToLive(script: number): number {
    const known = this.liveStampOf.get(script);
    if (known !== undefined) return known;
    if (script === 0 || this.firstStamp === undefined) return script;
    return (this.firstStamp.live + (script - this.firstStamp.script)) >>> 0;
  }

  stampToScript(live: number): number {
    if (this.firstStamp === undefined) return live;
    return (this.firstStamp.script + (live - this.firstStamp.live)) >>> 0;
  }
}

export class Flows {
  private readonly all: Flow[] = [];
  private nextRemotePort = FIRST_REMOTE_PORT;
  current: Flow | undefined;

  find(localPort: number, remotePort: number): Flow | undefined {
    return this.all.find((flow) => flow.localPort === localPort && flow.remotePort === remotePort);
  }

  /** The flow whose ports the script names so. */
  named(localPort: number, remotePort: number): Flow | undefined {
    return this.all.findLast(
      (flow) =>
        (flow.scriptLocalPort ?? flow.localPort) === localPort &&
        (flow.scriptRemotePort ?? flow.remotePort) === remotePort,
    );
  }

  add(flow: Flow): Flow {
    this.all.push(flow);
    this.current = flow;
    return flow;
  }

  freshRemotePort(): number {
    return this.nextRemotePort++;
  }
}
