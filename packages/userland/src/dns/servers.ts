/**
 * What a resolver remembers of the servers that it asks: smoothed round-trip time, and whether they know EDNS. The rules are BIND's
 * (lib/dns/adb): three tenths of a new measurement, 200 ms more for a timeout, two hundredths off for those not chosen, so that a slow
 * server is tried again some day.
 */
const TIMEOUT_PENALTY_NS = 200_000_000;
const MAX_RTT_NS = 10_000_000_000;
const MAX_SERVERS = 5_000;

interface ServerState {
  rttNs: number;
  edns: boolean;
}

export class ServerTable {
  private readonly states = new Map<string, ServerState>();

  /** The server to ask: the quickest; one never asked comes first; ties keep the given order. */
  pick(addresses: readonly string[]): string | undefined {
    let best = addresses[0];
    for (const address of addresses) if (this.rttNs(address) < this.rttNs(best!)) best = address;
    for (const address of addresses) {
      const state = address === best ? undefined : this.states.get(address);
      if (state) state.rttNs = Math.floor((state.rttNs * 98) / 100);
    }
    return best;
  }

  rttNs(address: string): number {
    return this.states.get(address)?.rttNs ?? 0;
  }

  answered(address: string, rttNs: number): void {
    const state = this.states.get(address);
    if (!state || state.rttNs === 0) this.state(address).rttNs = rttNs;
    else state.rttNs = Math.floor((state.rttNs * 7 + rttNs * 3) / 10);
  }

  timedOut(address: string): void {
    const state = this.state(address);
    state.rttNs = Math.min(state.rttNs + TIMEOUT_PENALTY_NS, MAX_RTT_NS);
  }

  knowsEdns(address: string): boolean {
    return this.states.get(address)?.edns ?? true;
  }

  lacksEdns(address: string): void {
    this.state(address).edns = false;
  }

  private state(address: string): ServerState {
    let state = this.states.get(address);
    if (!state) {
      state = { rttNs: 0, edns: true };
      this.states.set(address, state);
      if (this.states.size > MAX_SERVERS) this.states.delete(this.states.keys().next().value!);
    }
    return state;
  }
}
