import { describe, expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import { errnoOf, printed } from './kernel.test-util.ts';
import type { Sys } from './sys.ts';

const MS = 1_000_000;

describe('message queues', () => {
  test('higher priorities first, then the order of coming; found by name, bounded', async () => {
    const got: string[] = [];
    await printed({
      async main(sys) {
        const mqd = await sys.mq_open('/jobs', { create: true, read: true, write: true, maxmsg: 3, msgsize: 16 });
        const child = await sys.fork('child');
        for (const [text, priority] of [
          ['a', 1],
          ['b', 9],
          ['c', 1],
        ] as const)
          await sys.mq_send(mqd, encodeUtf8(text), priority);
        got.push(await errnoOf(sys.mq_send(mqd, encodeUtf8('d'), 1, MS)), await errnoOf(sys.mq_receive(mqd, 15)));
        got.push(
          await errnoOf(sys.mq_send(mqd, new Uint8Array(17), 0)),
          await errnoOf(sys.mq_send(mqd, new Uint8Array(1), 32_768)),
        );
        expect(await sys.mq_getattr(mqd)).toEqual({ maxmsg: 3, msgsize: 16, curmsgs: 3 });
        await sys.waitpid(child);
        got.push(await errnoOf(sys.mq_receive(mqd, 16, MS)));
        await sys.mq_unlink('/jobs');
        got.push(
          await errnoOf(sys.mq_open('/jobs', { read: true })),
          await errnoOf(sys.mq_open('jobs', { read: true })),
        );
        return 0;
      },
      async child(sys: Sys) {
        await sys.nanosleep(10 * MS);
        const mqd = await sys.mq_open('/jobs', { read: true });
        for (let i = 0; i < 3; i++) got.push(decodeUtf8((await sys.mq_receive(mqd, 16)).data));
        got.push(await errnoOf(sys.mq_send(mqd, new Uint8Array(1), 0)));
        return 0;
      },
    });
    expect(got).toEqual([
      'ETIMEDOUT',
      'EMSGSIZE',
      'EMSGSIZE',
      'EINVAL',
      'b',
      'a',
      'c',
      'EBADF',
      'ETIMEDOUT',
      'ENOENT',
      'EINVAL',
    ]);
  });
});

describe('socketpair', () => {
  test('talks both ways between a parent and its child, and ends', async () => {
    const got: string[] = [];
    await printed({
      async main(sys) {
        const [one, other] = await sys.socketpair('stream');
        const child = await sys.fork('child', [other, one]);
        await sys.close(other);
        await sys.write(one, encodeUtf8('ping'));
        got.push(decodeUtf8(await sys.read(one, 10)));
        await sys.waitpid(child);
        got.push(String((await sys.read(one, 10)).length));
        return 0;
      },
      async child(sys: Sys, mine: number, others: number) {
        await sys.close(others);
        got.push(decodeUtf8(await sys.read(mine, 10)));
        await sys.write(mine, encodeUtf8('pong'));
        return 0;
      },
    });
    expect(got).toEqual(['ping', 'pong', '0']);
  });
});

describe('flock', () => {
  test('one holds a file exclusively, many share it; the open file has the lock', async () => {
    const got: string[] = [];
    await printed({
      async main(sys) {
        const flags = { create: true, write: true, read: true };
        const [one, other] = [await sys.open('/tickets', flags), await sys.open('/tickets', flags)];
        await sys.flock(one, 'shared');
        await sys.flock(other, 'shared');
        got.push(await errnoOf(sys.flock(other, 'exclusive', true)));
        await sys.flock(one, 'exclusive');
        const copy = await sys.dup(one);
        await sys.close(one);
        got.push(await errnoOf(sys.flock(other, 'shared', true)));
        await sys.close(copy);
        got.push(await errnoOf(sys.flock(other, 'exclusive', true)));
        const child = await sys.fork('child');
        await sys.nanosleep(5 * MS);
        got.push('unlocked');
        await sys.flock(other, 'unlock');
        await sys.waitpid(child);
        const [reader] = await sys.pipe();
        got.push(await errnoOf(sys.flock(reader, 'shared')));
        return 0;
      },
      async child(sys: Sys) {
        const fd = await sys.open('/tickets', { write: true });
        await sys.flock(fd, 'exclusive');
        got.push('child has it');
        return 0;
      },
    });
    // A failed change from shared to exclusive lets the shared lock go (flock(2)).
    expect(got).toEqual(['EAGAIN', 'EAGAIN', 'none', 'unlocked', 'child has it', 'EINVAL']);
  });
});
