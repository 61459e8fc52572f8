import { latin1 } from '@netarium/core/base/utf8.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1Bytes } from '../../http/message.ts';
import { encodeBody, IncompleteRead } from './errors.ts';
import { HTTPResponse } from './response.ts';

/** The peer sends these pieces, and closes. */
function response(pieces: readonly string[], method = 'GET'): HTTPResponse {
  const left = pieces.filter((piece) => piece !== '').map(latin1Bytes);
  return new HTTPResponse(async () => left.shift() ?? new Uint8Array(0), method);
}

async function outcome(pieces: readonly string[], method?: string): Promise<string> {
  try {
    const r = await response(pieces, method).begin();
    return `${r.status} ${latin1(await r.read())}`;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x\r\n!\r\n0\r\nT: v\r\n\r\n';

describe('HTTPResponse', () => {
  it('reads bodies by length, in chunks, to the end, and none', async () => {
    expect(await outcome(['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokmore'])).toBe('200 ok');
    expect(await outcome([CHUNKED])).toBe('200 hello!');
    expect(await outcome(['HTTP/1.0 200 OK\r\n\r\nto the end'])).toBe('200 to the end');
    expect(await outcome(['HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n'])).toBe('304 ');
    expect(await outcome(['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'], 'HEAD')).toBe('200 ');
  });

  it('is the same however the bytes were cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: CHUNKED.length }), { maxLength: 12 }), async (places) => {
        const cuts = [0, ...places.sort((a, b) => a - b), CHUNKED.length];
        const pieces = cuts.slice(1).map((end, i) => CHUNKED.slice(cuts[i], end));
        expect(await outcome(pieces)).toBe('200 hello!');
      }),
    );
  });

  it('raises what is wrong by name, at any place where the connection may end', async () => {
    for (let length = 0; length < CHUNKED.length; length++) {
      const cut = await outcome([CHUNKED.slice(0, length)]);
      expect(cut).toMatch(/^(RemoteDisconnected|BadStatusLine|IncompleteRead|200)/);
    }
    expect(await outcome([])).toBe('RemoteDisconnected: Remote end closed connection without response');
    expect(await outcome(['SSH-2.0-x\r\n'])).toBe('BadStatusLine: SSH-2.0-x\r\n');
    expect(await outcome([`HTTP/1.1 200 ${'x'.repeat(70_000)}`])).toMatch(/^LineTooLong: .*status line$/);
  });

  it('bounds what a hostile peer sends without end', async () => {
    let sent = 0;
    const endless = new HTTPResponse(async () => {
      sent += 1000;
      return latin1Bytes(sent === 1000 ? `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(160)}` : 'a: b\r\n'.repeat(160));
    }, 'GET');
    await expect(endless.begin()).rejects.toThrow('got more than 100 headers');
    expect(sent).toBe(1000);
  });

  it('gives pieces of chunks, and says how much is missing', async () => {
    const r = await response([CHUNKED]).begin();
    const pieces: string[] = [];
    for (
      let piece = await r.readPiece(3, () => new Error());
      piece !== undefined;
      piece = await r.readPiece(3, () => new Error())
    )
      pieces.push(latin1(piece));
    expect(pieces).toEqual(['hel', 'lo', '!']);
    const cut = await response(['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello']).begin();
    const error = await cut.read().catch((raised: unknown) => raised);
    expect(error).toBeInstanceOf(IncompleteRead);
    expect((error as IncompleteRead).expected).toBe(5);
  });
});

it('a body of text is Latin-1, and says so where it cannot be', () => {
  expect([...encodeBody('é')]).toEqual([0xe9]);
  expect(() => encodeBody('a中')).toThrow(
    "'latin-1' codec can't encode character '\\u4e2d' in position 1: Body ('中') is not valid Latin-1.",
  );
});
