/** The end of a run: everything is told to stop, and what does not is listed. */
import type { World } from '../world/world.ts';

/** SIGTERM to every process of every host. */
export function sendTerm(world: World): void {
  for (const host of world.hosts()) {
    if (!host.running) continue;
    if (host.paused) host.resume();
    const { processes } = host.kernel;
    for (const process of [...processes.all()]) {
      processes.signal(process, 'SIGTERM', 0);
      processes.signal(process, 'SIGCONT', 0);
    }
  }
}

/** Threads, connections and frames that are still there when the world should have come to rest. */
export function leftovers(world: World): string[] {
  const found: string[] = [];
  for (const host of world.hosts()) {
    if (!host.running) continue;
    for (const process of host.kernel.processes.all()) {
      if (process === host.kernel.processes.init || process.exitStatus !== undefined) continue;
      found.push(`left over: process ${process.name}[${process.pid}] on ${host.name} did not end on SIGTERM`);
    }
    for (const endpoint of host.network.tcpConnections()) {
      found.push(
        `left over: TCP connection on ${host.name}, ${endpoint.localAddress}:${endpoint.localPort} to ${endpoint.remoteAddress}:${endpoint.remotePort}, ${endpoint.stateName}`,
      );
    }
  }
  for (const cable of world.cables.values()) {
    for (const lane of cable.lanes())
      if (lane.underWay > 0) found.push(`left over: ${lane.underWay} frames on cable ${cable.name}`);
  }
  return found;
}
