/** Names of ports and protocols as /etc/services has them (services(5)). */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { unless } from './failure.ts';
import { readText } from './stdio.ts';

export class Services {
  private readonly names = new Map<string, string>();
  private readonly ports = new Map<string, number>();

  constructor(text: string) {
    for (const line of text.split('\n')) {
      const match = /^([^\s#]+)\s+(\d{1,5})\/([a-z]+)((?:\s+[^\s#]+)*)/.exec(line);
      if (!match) continue;
      const [, name, port, protocol, aliases] = match as unknown as [string, string, string, string, string];
      const key = `${port}/${protocol}`;
      if (!this.names.has(key)) this.names.set(key, name);
      for (const alias of [name, ...aliases.split(/\s+/).filter((word) => word !== '')])
        if (!this.ports.has(`${alias}/${protocol}`)) this.ports.set(`${alias}/${protocol}`, Number(port));
    }
  }

  /** getservbyport(3) */
  name(port: number, protocol: string): string | undefined {
    return this.names.get(`${port}/${protocol}`);
  }

  /** getservbyname(3) */
  port(name: string, protocol: string): number | undefined {
    return this.ports.get(`${name}/${protocol}`);
  }
}

/** A host without the file knows no names. */
export async function readServices(sys: Sys): Promise<Services> {
  return new Services((await unless(readText(sys, '/etc/services'), 'ENOENT', 'EACCES')) ?? '');
}
