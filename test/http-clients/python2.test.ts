/** urllib and urllib2 of Python 2.7, which is not to be had any more: the bytes that its documentation and its captures show. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import { importModule } from '@netarium/userland/runtimes/urllib/modules.ts';
import { expect, test } from 'vitest';
import { answer, type Case, failure, runOurs } from './recording.ts';

const PORT = 8080;
const answers = {
  '/': answer('200 OK', [], 'hello'),
  '/302': answer('302 Found', ['Location: /']),
  '/307': answer('307 Temporary Redirect', ['Location: /']),
  '/308': answer('308 Permanent Redirect', ['Location: /']),
  '/loop': answer('302 Found', ['Location: /loop']),
  '/missing': answer('404 Not Found', [], 'no such page'),
};

const read = async (response: { read(): Promise<Uint8Array> }): Promise<string> => decodeUtf8(await response.read());
const host = `Host: 127.0.0.1:${PORT}\r\n`;
const old = (line: string, more = ''): string =>
  `${line} HTTP/1.0\r\n${more}${host}User-Agent: Python-urllib/1.17\r\nAccept: */*\r\n\r\n`;

function one(name: string, ours: Case['ours']): Case {
  return { name, python: '', ours };
}

test('urllib: HTTP/1.0, no headers of one’s own but by addheader', async () => {
  const [get, post, header, missing, strict, loop, postAgain] = await runOurs(
    answers,
    [
      one('get', async (py, base) => [await read(await importModule(py, '2.7', 'urllib').urlopen(`${base}/302`))]),
      one('post', async (py, base) => [await read(await importModule(py, '2.7', 'urllib').urlopen(base, 'a=1'))]),
      one('addheader', async (py, base) => {
        const { URLopener } = importModule(py, '2.7', 'urllib');
        const opener = new URLopener(py);
        opener.version = 'Mozilla/5.0';
        opener.addheader('X-A', '1');
        return [await read(await opener.open(`${base}/`))];
      }),
      one('missing', async (py, base) => [
        await read(await importModule(py, '2.7', 'urllib').urlopen(`${base}/missing`)),
      ]),
      one('strict', async (py, base) => {
        const { URLopener } = importModule(py, '2.7', 'urllib');
        return [await failure(() => new URLopener(py).open(`${base}/missing`))];
      }),
      one('loop', async (py, base) => [await failure(() => importModule(py, '2.7', 'urllib').urlopen(`${base}/loop`))]),
      one('307', async (py, base) => {
        const response = await importModule(py, '2.7', 'urllib').urlopen(`${base}/307`, 'a=1');
        return [String(response.getcode())];
      }),
    ],
    PORT,
  );
  expect(get!.connections).toEqual([old('GET /302'), old('GET /')]);
  const form = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n';
  expect(post!.connections).toEqual([`${old('POST /', form)}a=1`]);
  expect(header!.connections).toEqual([
    `GET / HTTP/1.0\r\n${host}User-Agent: Mozilla/5.0\r\nAccept: */*\r\nX-A: 1\r\n\r\n`,
  ]);
  expect([missing, strict, loop, postAgain].map((result) => result!.out)).toEqual([
    'no such page\n',
    "IOError: ('http error', 404, 'Not Found')\n",
    "IOError: ('http error', 500, 'Internal Server Error: Redirect Recursion')\n",
    '307\n',
  ]);
  expect(loop!.connections).toHaveLength(10);
});

test('urllib2: Request, openers, errors; 308 is not followed', async () => {
  const [get, request, error] = await runOurs(
    answers,
    [
      one('get', async (py, base) => [await read(await importModule(py, '2.7', 'urllib2').urlopen(`${base}/`))]),
      one('request', async (py, base) => {
        const { Request, urlopen } = importModule(py, '2.7', 'urllib2');
        return [await read(await urlopen(new Request(`${base}/`, { data: 'a=1', headers: { 'X-A': 'b' } })))];
      }),
      one('error', async (py, base) => [
        await failure(() => importModule(py, '2.7', 'urllib2').urlopen(`${base}/missing`)),
        await failure(() => importModule(py, '2.7', 'urllib2').urlopen(`${base}/308`)),
      ]),
    ],
    PORT,
  );
  const tail = 'User-Agent: Python-urllib/2.7\r\nConnection: close\r\n\r\n';
  expect(get!.connections).toEqual([`GET / HTTP/1.1\r\nAccept-Encoding: identity\r\n${host}${tail}`]);
  expect(request!.connections).toEqual([
    `POST / HTTP/1.1\r\nAccept-Encoding: identity\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n${host}User-Agent: Python-urllib/2.7\r\nX-A: b\r\nConnection: close\r\n\r\na=1`,
  ]);
  expect(error!.out).toBe('HTTPError: HTTP Error 404: Not Found\nHTTPError: HTTP Error 308: Permanent Redirect\n');
});
