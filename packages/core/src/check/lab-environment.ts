/** What a lab's run gets from outside of its world. */
import type { ImageNode } from '../os/files/inode.ts';
import type { CallSite } from '../syscall/async-sys.ts';
import type { MacrotaskTurn } from '../world/run-loop.ts';
import type { LabDefinition } from './lab.ts';

export interface LabEnvironment {
  /** The file tree that every host starts from: programs and their configuration. */
  readonly image: ReadonlyMap<string, ImageNode>;
  readonly turn: MacrotaskTurn;
  /** Notes where programs make their calls. */
  readonly callSite?: CallSite;
}

/** The tree with the lab's own programs under /usr/local/bin. */
export function imageWith(environment: LabEnvironment, definition: LabDefinition): ReadonlyMap<string, ImageNode> {
  const programs = Object.entries(definition.programs ?? {});
  if (programs.length === 0) return environment.image;
  const bin: ImageNode = { directory: new Map(programs.map(([name, program]) => [name, { program }])) };
  const usr = environment.image.get('usr');
  const usrEntries = usr !== undefined && 'directory' in usr ? usr.directory : new Map<string, ImageNode>();
  const local: ImageNode = { directory: new Map([['bin', bin]]) };
  return new Map([...environment.image, ['usr', { directory: new Map([...usrEntries, ['local', local]]) }]]);
}
