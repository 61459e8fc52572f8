/** /dev: null, zero, full-length randomness, and the terminal of the process that opens it. */
import type { FileStatus } from '../kernel/open-file.ts';
import { Device, Directory, type InodeSource } from '../os/files/inode.ts';
import { nothing, SimpleDevice } from '../os/files/open-regular.ts';
import type { Kernel } from './kernel.ts';

type Produce = (kernel: Kernel, length: number) => Uint8Array;

const random: Produce = ({ ctx }, length) => ctx.random.stream(`getrandom/${ctx.name}`).bytes(length);

const PRODUCE: ReadonlyMap<string, Produce> = new Map([
  ['null', nothing],
  ['zero', (_kernel: Kernel, length: number) => new Uint8Array(length)],
  ['random', random],
  ['urandom', random],
]);

class StreamDevice extends Device {
  constructor(
    private readonly kernel: Kernel,
    private readonly produce: Produce,
  ) {
    super(kernel, 0o666);
  }

  open(): SimpleDevice {
    return new SimpleDevice((length) => this.produce(this.kernel, length), this.status());
  }
}

export function mountDev(kernel: Kernel): void {
  const dev = new Directory(kernel, 0o755, 0);
  kernel.files.root.link('dev', dev);
  for (const [name, produce] of PRODUCE) dev.link(name, new StreamDevice(kernel, produce));
  kernel.files.root.link('tmp', sticky(kernel));
}

function sticky(source: InodeSource): Directory {
  return new Directory(source, 0o1777, 0);
}

/** What fstat tells of a stream that a lab attached. */
export function streamStatus(kernel: Kernel, type: FileStatus['type'] = 'fifo'): FileStatus {
  return { type, mode: 0o600, uid: 0, gid: 0, size: 0, ino: kernel.nextIno(), nlink: 1, mtimeNs: kernel.wallNs() };
}
