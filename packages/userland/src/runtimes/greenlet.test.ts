import { expect, test } from 'vitest';
import { GreenletExit, Greenlets } from './greenlet.ts';
import { inProgram } from './program.test-util.ts';

test('two greenlets hand the thread to each other, at any depth, with values', async () => {
  const { lines } = await inProgram(async (sys, note) => {
    const thread = new Greenlets();
    const deep = async (value: unknown) => {
      await sys.nanosleep(1000);
      return b.switch(`${value} from a`);
    };
    const a = thread.create(async (value) => {
      note(`a gets ${value}`);
      note(`a gets ${await deep('first')}`);
      return 'end of a';
    });
    const b = thread.create(async (value) => {
      note(`b gets ${value}`);
      await a.switch('second from b');
      note('never');
    });
    note(`main gets ${await a.switch('start')}`);
    expect([a.dead, b.dead]).toEqual([true, false]);
  });
  expect(lines).toEqual(['a gets start', 'b gets first from a', 'a gets second from b', 'main gets end of a']);
});

test('an exception goes to the parent; GreenletExit comes as a value; a dead greenlet is stood in for by its parent', async () => {
  await inProgram(async () => {
    const thread = new Greenlets();
    const failing = thread.create(async () => {
      throw new Error('inside');
    });
    await expect(failing.switch()).rejects.toThrow('inside');
    expect(await failing.switch('back')).toBe('back');
    const killed = thread.create(async () => thread.main.switch('waits'));
    expect(await killed.switch()).toBe('waits');
    expect(await killed.throw(new GreenletExit())).toBeInstanceOf(GreenletExit);
    const unborn = thread.create(async () => expect.unreachable());
    await expect(unborn.throw(new Error('early'))).rejects.toThrow('early');
    expect(unborn.dead).toBe(true);
  });
});
