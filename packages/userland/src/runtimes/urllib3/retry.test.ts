import { describe, expect, it } from 'vitest';
import type { Python } from '../threading/python.ts';
import { MaxRetryError, NewConnectionError, ProtocolError } from './errors.ts';
import { encodeMultipart } from './multipart.ts';
import { Retry, retryAfterSeconds } from './retry.ts';
import { connectTimeout, readTimeout } from './timeout.ts';

const refused = new NewConnectionError('<connection>', 'refused');
const cut = new ProtocolError('Connection aborted.', new Error('reset'));

/** A clock that stands at this many seconds since the epoch, and the sleeps that were asked for. */
function clock(seconds: number): { readonly py: Python; readonly slept: number[] } {
  const slept: number[] = [];
  const sys = { clock_gettime: async () => seconds * 1_000_000_000 };
  return { py: { sys, sleep: async (s: number) => void slept.push(s) } as unknown as Python, slept };
}

describe('Retry', () => {
  it('counts each kind apart, and all together', () => {
    const twice = new Retry({ total: 5, connect: 1 });
    const once = twice.failed('GET', '/', refused, 'pool');
    expect(() => once.failed('GET', '/', refused, 'pool')).toThrow(MaxRetryError);
    expect(once.failed('GET', '/', cut, 'pool').total).toBe(3);
    expect(() => new Retry({ total: 0 }).failed('GET', '/', cut, 'pool')).toThrow(MaxRetryError);
    expect(twice.connect).toBe(1);
  });

  it('tries nothing again that may have changed something', () => {
    expect(() => new Retry({ total: 5 }).failed('POST', '/', cut, 'pool')).toThrow(cut);
    expect(new Retry({ total: 5 }).failed('POST', '/', refused, 'pool').total).toBe(4);
    expect(() => new Retry({ total: false }).failed('GET', '/', refused, 'pool')).toThrow(refused);
  });

  it('backs off: not before the first retry, then the factor doubled, 120 seconds at most', async () => {
    const { py, slept } = clock(0);
    let retry = new Retry({ total: 12, backoffFactor: 0.5 });
    for (let i = 0; i < 11; i++) {
      retry = retry.failed('GET', '/', refused, 'pool');
      await retry.sleep(py);
    }
    expect(slept).toEqual([1, 2, 4, 8, 16, 32, 64, 120, 120, 120]);
  });

  it('reads Retry-After as seconds or as a date', async () => {
    const { py } = clock(784_111_777 - 30);
    expect(await retryAfterSeconds(py, '7')).toBe(7);
    expect(await retryAfterSeconds(py, 'Sun, 06 Nov 1994 08:49:37 GMT')).toBe(30);
    expect(await retryAfterSeconds(py, 'Sun, 06 Nov 1983 08:49:37 GMT')).toBe(0);
    await expect(retryAfterSeconds(py, 'soon')).rejects.toThrow('Invalid Retry-After header: soon');
  });
});

it('a total time-out bounds the parts', () => {
  expect([connectTimeout(3), readTimeout(3, 1)]).toEqual([3, 3]);
  expect([connectTimeout({ total: 5, connect: 9 }), readTimeout({ total: 5, read: 9 }, 2)]).toEqual([5, 3]);
  expect([connectTimeout(undefined), readTimeout({ connect: 1 }, 0)]).toEqual([undefined, undefined]);
});

it('parts of a form are told apart by their boundary', () => {
  const { body, contentType } = encodeMultipart([{ name: 'a"b', data: 'x', filename: 'n\n' }], 'B');
  expect(contentType).toBe('multipart/form-data; boundary=B');
  expect(new TextDecoder().decode(body)).toBe(
    '--B\r\nContent-Disposition: form-data; name="a%22b"; filename="n%0A"\r\n\r\nx\r\n--B--\r\n',
  );
});
