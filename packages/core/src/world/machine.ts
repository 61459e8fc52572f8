/** What every machine of a world has: a name, ports for cables, power. Hosts run a kernel; switches and hubs only forward frames. */
import type { Port } from '../link/port.ts';

export interface Machine {
  readonly name: string;
  readonly kind: 'host' | 'router' | 'switch' | 'hub';
  /** The port of that name (`eth0`, `port1`); undefined where there is none. */
  port(name: string): Port | undefined;
  ports(): readonly Port[];
}
