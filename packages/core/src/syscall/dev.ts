/** /dev: null, zero, full-length randomness, and the terminal of the process that opens it. */

import type { FileStatus } from '../kernel/open-file.ts';
import { Device, Directory, type InodeSource } from '../os/files/inode.ts';
import { nothing, SimpleDevice } from '../os/files/open-regular.ts';
import type { Kernel } from './kernel.ts';

export function mountDev(kernel: Kernel): void {
  const dev = new Directory(kernel, 0o755, 0);
  kernel.files.root.link('dev', dev);
  const add = (name: string, produce: (length: number) => Uint8Array): void => {
    const device: Device = new Device(kernel, 0o666, () => new SimpleDevice(produce, device.status()));
    dev.link(name, device);
  };
  add('null', nothing);
  add('zero', (length) => new Uint8Array(length));
  const random = (length: number): Uint8Array => kernel.ctx.random.stream(`getrandom/${kernel.ctx.name}`).bytes(length);
  add('random', random);
  add('urandom', random);
  kernel.files.root.link('tmp', sticky(kernel));
}

function sticky(source: InodeSource): Directory {
  return new Directory(source, 0o1777, 0);
}

/** What fstat tells of a stream that a lab attached. */
export function streamStatus(kernel: Kernel, type: FileStatus['type'] = 'fifo'): FileStatus {
  return { type, mode: 0o600, uid: 0, gid: 0, size: 0, ino: kernel.nextIno(), nlink: 1, mtimeNs: kernel.wallNs() };
}
