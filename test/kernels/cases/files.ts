/** Files and directories: open(2), read(2), lseek(2), dup(2), rename(2), stat(2) and their kin. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { bytes, type Cases, content, contract, holds, put, refused, same, text } from '../suite.ts';

const NEW = { read: true, write: true, create: true } as const;

async function reads(sys: Sys, fd: number, length: number, expected: string, what: string): Promise<void> {
  same(text(await sys.read(fd, length)), expected, what);
}

export const cases: Cases = {
  async 'what is missing is ENOENT, and made where asked'(sys, dir) {
    await refused(sys.open('none', { read: true }), 'ENOENT', 'open of a missing file');
    await refused(sys.open('', { read: true }), 'ENOENT', 'open of an empty path');
    await refused(sys.open('none/inside', NEW), 'ENOENT', 'create in a missing directory');
    await refused(sys.stat(`${dir}/none`), 'ENOENT', 'stat');
    await refused(sys.unlink('none'), 'ENOENT', 'unlink');
    await refused(sys.rmdir('none'), 'ENOENT', 'rmdir');
    await refused(sys.readdir('none'), 'ENOENT', 'readdir');
    await refused(sys.rename('none', 'other'), 'ENOENT', 'rename');
    await refused(sys.access('none', 'exist'), 'ENOENT', 'access');
    await sys.close(await sys.open('none', NEW));
    same((await sys.stat(`${dir}/none`)).size, 0, 'size of a new file');
    await sys.access('none', 'read');
  },

  async 'O_EXCL makes a file once'(sys) {
    const flags = { write: true, create: true, exclusive: true };
    await sys.close(await sys.open('lock', flags));
    await refused(sys.open('lock', flags), 'EEXIST', 'the second O_EXCL');
    await sys.symlink('nowhere', 'link');
    await refused(sys.open('link', flags), 'EEXIST', 'O_EXCL on a dangling link');
    await sys.close(await sys.open('lock', NEW));
    await sys.mkdir('d');
    await refused(sys.mkdir('d'), 'EEXIST', 'mkdir of a directory');
    await refused(sys.mkdir('lock'), 'EEXIST', 'mkdir of a file');
  },

  async 'directories are no files, and files no directories'(sys) {
    await sys.mkdir('d');
    await put(sys, 'f', 'text');
    await refused(sys.open('d', { write: true }), 'EISDIR', 'open of a directory for writing');
    const fd = await sys.open('d', { read: true });
    await refused(sys.read(fd, 10), 'EISDIR', 'read of a directory');
    await sys.close(fd);
    await refused(sys.open('f', { read: true, directory: true }), 'ENOTDIR', 'O_DIRECTORY on a file');
    await refused(sys.open('f/x', { read: true }), 'ENOTDIR', 'a path through a file');
    await refused(sys.readdir('f'), 'ENOTDIR', 'readdir of a file');
    await refused(sys.rmdir('f'), 'ENOTDIR', 'rmdir of a file');
    await refused(sys.unlink('d'), 'EISDIR', 'unlink of a directory');
    await refused(sys.chdir('f'), 'ENOTDIR', 'chdir to a file');
  },

  async 'O_TRUNC empties, without it the rest stays'(sys) {
    await put(sys, 'f', 'abcdef');
    const kept = await sys.open('f', { write: true });
    await sys.write(kept, bytes('XY'));
    await sys.close(kept);
    same(await content(sys, 'f'), 'XYcdef', 'written over');
    await sys.close(await sys.open('f', { write: true, truncate: true }));
    same(await content(sys, 'f'), '', 'truncated');
  },

  async 'O_APPEND writes at the end, wherever the offset is'(sys) {
    await put(sys, 'log', 'one\n');
    const first = await sys.open('log', { read: true, write: true, append: true });
    const second = await sys.open('log', { write: true, append: true });
    await sys.lseek(first, 0, 'set');
    await sys.write(first, bytes('two\n'));
    await sys.write(second, bytes('three\n'));
    await sys.write(first, bytes('four\n'));
    same(await content(sys, 'log'), 'one\ntwo\nthree\nfour\n', 'lines of two appenders');
    same(await sys.lseek(first, 0, 'cur'), 19, 'the offset after an append is the end of the file');
    await sys.lseek(first, 4, 'set');
    await reads(sys, first, 3, 'two', 'reading goes by the offset');
  },

  async 'lseek moves, beyond the end too'(sys) {
    const fd = await sys.open('f', NEW);
    same(await sys.write(fd, bytes('0123456789')), 10, 'written');
    same(await sys.lseek(fd, 2, 'set'), 2, 'set');
    same(await sys.lseek(fd, 3, 'cur'), 5, 'cur');
    await reads(sys, fd, 2, '56', 'read at 5');
    same(await sys.lseek(fd, -1, 'end'), 9, 'end');
    await reads(sys, fd, 100, '9', 'a read is short at the end');
    await reads(sys, fd, 100, '', 'and empty there');
    await refused(sys.lseek(fd, -11, 'end'), 'EINVAL', 'before the start');
    same(await sys.lseek(fd, 12, 'set'), 12, 'beyond the end');
    await reads(sys, fd, 1, '', 'nothing there yet');
    await sys.write(fd, bytes('x'));
    same(await content(sys, 'f'), '0123456789\0\0x', 'the gap is zeros');
  },

  async 'dup shares the offset, a second open does not'(sys) {
    await put(sys, 'f', 'abcdefgh');
    const one = await sys.open('f', { read: true });
    const shared = await sys.dup(one);
    const own = await sys.open('f', { read: true });
    await reads(sys, one, 2, 'ab', 'through the first');
    await reads(sys, shared, 2, 'cd', 'through its duplicate');
    await reads(sys, own, 2, 'ab', 'through another open');
    await sys.close(one);
    await reads(sys, shared, 2, 'ef', 'the duplicate lives on');
    same(await sys.dup2(shared, own), own, 'dup2 answers its target');
    await reads(sys, own, 2, 'gh', 'and what was there before is closed');
    same(await sys.dup2(own, own), own, 'dup2 to itself');
    await refused(sys.dup(99), 'EBADF', 'dup of nothing');
    await refused(sys.dup2(99, own), 'EBADF', 'dup2 of nothing');
    await refused(sys.dup2(own, -1), 'EBADF', 'dup2 to -1');
  },

  async 'the lowest free number is the next descriptor'(sys) {
    const [a, b] = [await sys.open('.', { read: true }), await sys.open('.', { read: true })];
    same(b, a + 1, 'the second');
    await sys.close(a);
    same(await sys.dup(b), a, 'the first again');
    same(await sys.fcntl(b, 'F_DUPFD', 40), 40, 'F_DUPFD');
  },

  async 'EBADF tells closed descriptors and wrong directions'(sys) {
    const fd = await sys.open('f', { write: true, create: true });
    await refused(sys.read(fd, 1), 'EBADF', 'read of one for writing');
    await sys.close(fd);
    await refused(sys.close(fd), 'EBADF', 'close twice');
    await refused(sys.write(fd, bytes('x')), 'EBADF', 'write');
    await refused(sys.read(fd, 1), 'EBADF', 'read');
    await refused(sys.lseek(fd, 0, 'set'), 'EBADF', 'lseek');
    await refused(sys.fstat(fd), 'EBADF', 'fstat');
    await refused(sys.close(-1), 'EBADF', 'close of -1');
    const reader = await sys.open('f', { read: true });
    await refused(sys.write(reader, bytes('x')), 'EBADF', 'write to one for reading');
  },

  async 'rename replaces what is there, and who has it open keeps it'(sys) {
    await put(sys, 'old', 'old text');
    await put(sys, 'new', 'new text');
    const fd = await sys.open('old', { read: true });
    await sys.rename('new', 'old');
    same(await content(sys, 'old'), 'new text', 'the name');
    await reads(sys, fd, 100, 'old text', 'the open file');
    await refused(sys.stat('new'), 'ENOENT', 'the former name');
    await sys.mkdir('d');
    await sys.mkdir('full');
    await put(sys, 'full/inside', '');
    await refused(sys.rename('old', 'd'), 'EISDIR', 'a file over a directory');
    await refused(sys.rename('d', 'old'), 'ENOTDIR', 'a directory over a file');
    await refused(sys.rename('d', 'full'), 'ENOTEMPTY', 'a directory over a full one');
    await refused(sys.rename('full', 'full/below'), 'EINVAL', 'a directory into itself');
    await sys.rename('full', 'd');
    same(await content(sys, 'd/inside'), '', 'a directory over an empty one');
    await sys.rename('old', 'old');
    same(await content(sys, 'old'), 'new text', 'to its own name');
  },

  async 'unlink takes the name, the last close takes the file'(sys) {
    const fd = await sys.open('f', NEW);
    await sys.write(fd, bytes('still here'));
    await sys.unlink('f');
    await refused(sys.stat('f'), 'ENOENT', 'the name');
    same((await sys.fstat(fd)).nlink, 0, 'links');
    await sys.lseek(fd, 0, 'set');
    await reads(sys, fd, 100, 'still here', 'the file');
    await sys.mkdir('d');
    await put(sys, 'd/f', '');
    await refused(sys.rmdir('d'), 'ENOTEMPTY', 'rmdir of a full directory');
    await sys.unlink('d/f');
    await sys.rmdir('d');
    await refused(sys.readdir('d'), 'ENOENT', 'the directory');
  },

  async 'readdir tells names and types'(sys) {
    await sys.mkdir('a');
    await put(sys, 'b', '');
    await sys.symlink('b', 'c');
    const entries = [...(await sys.readdir('.'))].sort((x, y) => (x.name < y.name ? -1 : 1));
    same(
      entries.filter(({ name }) => !name.startsWith('.')).map(({ name, type }) => `${name} ${type}`),
      ['a directory', 'b file', 'c symlink'],
      'entries',
    );
    same(
      (await sys.readdir('a')).filter(({ name }) => name !== '.' && name !== '..'),
      [],
      'an empty directory',
    );
  },

  async 'stat tells type, size, mode and time'(sys) {
    await sys.umask(0o027);
    const fd = await sys.open('f', { ...NEW, mode: 0o666 });
    await sys.write(fd, bytes('12345'));
    const before = await sys.fstat(fd);
    same([before.type, before.size, before.mode & 0o7777, before.nlink], ['file', 5, 0o640, 1], 'a new file');
    const [named, wall] = [await sys.stat('f'), await sys.clock_gettime('realtime')];
    same([named.ino, named.uid], [before.ino, await sys.getuid()], 'inode and owner');
    holds(Math.abs(wall - named.mtimeNs) < 60_000 * 1_000_000, 'the time of change is by the host’s clock');
    await sys.chmod('f', 0o400);
    same((await sys.stat('f')).mode & 0o7777, 0o400, 'chmod');
    same(await sys.umask(0o022), 0o027, 'umask answers the one before');
    await sys.mkdir('d', 0o777);
    same([(await sys.stat('d')).type, (await sys.stat('d')).mode & 0o7777], ['directory', 0o755], 'a directory');
    const [reader] = await sys.pipe();
    same((await sys.fstat(reader)).type, 'fifo', 'a pipe');
    same(await sys.isatty(fd), false, 'a file is no terminal');
  },

  async 'links are followed, told, and end in ELOOP'(sys) {
    await put(sys, 'f', 'text');
    await sys.symlink('f', 'to-f');
    await sys.symlink('nowhere', 'dangling');
    await sys.symlink('round', 'round');
    same(await content(sys, 'to-f'), 'text', 'through a link');
    same(await sys.readlink('to-f'), 'f', 'readlink');
    same([(await sys.stat('to-f')).type, (await sys.lstat('to-f')).type], ['file', 'symlink'], 'stat and lstat');
    await refused(sys.open('dangling', { read: true }), 'ENOENT', 'a dangling link');
    same((await sys.lstat('dangling')).type, 'symlink', 'lstat of it');
    await refused(sys.stat('round'), 'ELOOP', 'a circle');
    await refused(sys.readlink('f'), 'EINVAL', 'readlink of a file');
    await refused(sys.symlink('f', 'to-f'), 'EEXIST', 'a link over a link');
    await put(sys, 'dangling', 'made');
    same(await content(sys, 'nowhere'), 'made', 'create through a dangling link');
    await sys.unlink('to-f');
    same(await content(sys, 'f'), 'text', 'unlink takes the link');
  },

  async 'ftruncate shortens and lengthens'(sys) {
    await put(sys, 'f', 'abcdef');
    const fd = await sys.open('f', { read: true, write: true });
    await sys.ftruncate(fd, 3);
    same(await content(sys, 'f'), 'abc', 'shorter');
    await sys.ftruncate(fd, 5);
    same(await content(sys, 'f'), 'abc\0\0', 'longer');
    same(await sys.lseek(fd, 0, 'cur'), 0, 'the offset stays');
    await refused(sys.ftruncate(fd, -1), 'EINVAL', 'a negative length');
    const reader = await sys.open('f', { read: true });
    await refused(sys.ftruncate(reader, 0), 'EINVAL', 'of one for reading');
  },

  async 'relative paths go by the working directory'(sys, dir) {
    same(await sys.getcwd(), dir, 'getcwd');
    await sys.mkdir('d');
    await sys.chdir('d');
    same(await sys.getcwd(), `${dir}/d`, 'after chdir');
    await put(sys, 'f', 'in d');
    await sys.chdir('..');
    same(await content(sys, 'd/f'), 'in d', 'seen from above');
    same(await content(sys, './d/../d//f'), 'in d', 'by a roundabout path');
    await refused(sys.chdir('none'), 'ENOENT', 'chdir to nothing');
    same(await sys.getcwd(), dir, 'and it stays where it was');
    await refused(sys.open('x'.repeat(256), NEW), 'ENAMETOOLONG', 'a name of 256 bytes');
    await put(sys, 'x'.repeat(255), 'long');
    await put(sys, '名字 ü', 'not ASCII');
    same(await content(sys, '名字 ü'), 'not ASCII', 'a name in UTF-8');
  },

  async 'two descriptors see each other’s bytes at once'(sys) {
    const [writer, reader] = [await sys.open('f', NEW), await sys.open('f', { read: true })];
    await sys.write(writer, bytes('one'));
    await reads(sys, reader, 10, 'one', 'the first write');
    await reads(sys, reader, 10, '', 'the end, for now');
    await sys.write(writer, bytes('two'));
    await reads(sys, reader, 10, 'two', 'the second write');
    const all = new Uint8Array(300_000).map((_, at) => at % 251);
    await sys.lseek(writer, 0, 'set');
    same(await sys.write(writer, all), all.length, 'a large write is whole on a file');
    await sys.lseek(reader, 0, 'set');
    const back = await sys.read(reader, 400_000);
    holds(back.length === all.length && back.every((byte, at) => byte === at % 251), 'and comes back byte for byte');
  },

  async 'fsync and fdatasync bring files and directories to the disk; pipes and sockets have none'(sys) {
    const fd = await sys.open('f', { write: true, create: true });
    await sys.write(fd, bytes('kept'));
    await sys.fdatasync(fd);
    await sys.fsync(fd);
    const reader = await sys.open('f', { read: true });
    await sys.fsync(reader);
    const directory = await sys.open('.', { read: true, directory: true });
    await sys.fsync(directory);
    const [, writer] = await sys.pipe();
    await refused(sys.fsync(writer), 'EINVAL', 'of a pipe');
    await refused(sys.fdatasync(await sys.socket('inet', 'stream')), 'EINVAL', 'of a socket');
    await refused(sys.fsync(99), 'EBADF', 'of nothing');
    await sys.close(fd);
    await refused(sys.fdatasync(fd), 'EBADF', 'of what was closed');
    same(await content(sys, 'f'), 'kept', 'what was written');
  },

  async 'flags of open files are told and changed by fcntl'(sys) {
    const fd = await sys.open('f', { write: true, create: true, append: true, cloexec: true });
    same((await sys.fcntl(fd, 'F_GETFL')) & 0o2003, 0o2001, 'O_WRONLY and O_APPEND');
    same(await sys.fcntl(fd, 'F_GETFD'), 1, 'FD_CLOEXEC');
    await sys.fcntl(fd, 'F_SETFD', 0);
    same(await sys.fcntl(fd, 'F_GETFD'), 0, 'taken away');
    const [reader] = await sys.pipe();
    const twin = await sys.dup(reader);
    await sys.setNonblock(reader, true);
    same((await sys.fcntl(twin, 'F_GETFL')) & 0o4000, 0o4000, 'O_NONBLOCK belongs to the open file');
    await refused(sys.fcntl(99, 'F_GETFL'), 'EBADF', 'of nothing');
  },
};

export const main = contract(cases);
