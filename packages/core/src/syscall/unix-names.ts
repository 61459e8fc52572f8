/** Names of Unix sockets: files of the host, seen from a process's directory with its rights. */
import { E, Errno } from '../base/errno.ts';
import type { FileSystem } from '../os/files/file-system.ts';
import { type InodeSource, SocketNode } from '../os/files/inode.ts';
import { type UnixNames, UnixSocket } from '../socket/unix-socket.ts';

interface Viewer {
  readonly cwd: string;
  readonly uid: number;
  readonly umask: number;
}

export function unixNames(host: InodeSource & { readonly files: FileSystem }, process: Viewer): UnixNames {
  return {
    bind(path, socket) {
      const found = host.files.resolve(path, process.cwd, process.uid);
      if (found instanceof Errno) return found;
      if (found.inode !== undefined) return E.EADDRINUSE;
      return found.parent.link(found.name, new SocketNode(host, 0o777 & ~process.umask, process.uid, socket));
    },
    find(path) {
      const inode = host.files.find(path, process.cwd, process.uid);
      if (inode instanceof Errno) return inode;
      return inode instanceof SocketNode && inode.socket instanceof UnixSocket ? inode.socket : E.ECONNREFUSED;
    },
  };
}
