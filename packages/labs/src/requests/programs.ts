/** What the notes say of requests, call by call: sessions, cookies, uploads, encodings, international URLs, bodies. */
import { hex } from '@netarium/core/base/bytes.ts';
import { sha256 } from '@netarium/core/base/sha256.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import * as requests from '@netarium/userland/runtimes/requests/api.ts';
import type { RequestSpec } from '@netarium/userland/runtimes/requests/prepared-request.ts';
import type { Response } from '@netarium/userland/runtimes/requests/response.ts';
import { type RequestOptions, Session } from '@netarium/userland/runtimes/requests/session.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { importModule } from '@netarium/userland/runtimes/urllib/modules.ts';
import { errorOf } from '../lib/python-threads.ts';
import { connectTo, receiveToEnd, sendAll } from '../lib/tcp.ts';

type Ask = (method: string, url: string, options?: RequestOptions) => Promise<Response>;

/** With one session for all calls, or each by itself. */
async function asking(py: Python, how: string | undefined, body: (ask: Ask) => Promise<void>): Promise<void> {
  if (how !== 'session') return body((method, url, options) => requests.request(py, method, url, options));
  const session = await Session.create(py);
  await session.with(() => body((method, url, options) => session.request(method, url, options)));
}

/** `gets session|calls URL COUNT`: so many pages of a site; prints how long it took. */
export const gets = python('3.11', {
  async main(py, [, how, url, count]) {
    const from = await py.monotonic();
    let ok = 0;
    await asking(py, how, async (ask) => {
      for (let i = 0; i < Number(count); i++) if ((await ask('GET', `${url}page/${i}`)).ok) ok++;
    });
    await py.print(`${ok} pages in ${Math.round(((await py.monotonic()) - from) * 1000)} ms`);
  },
});

/** `connections URL`: how many the site has had. */
export const connections = python('3.11', {
  async main(py, [, url]) {
    await py.print((await requests.get(py, `${url}connections`)).text);
  },
});

/** `login session|calls URL`: logs in, then asks for what only a customer may see. */
export const login = python('3.11', {
  async main(py, [, how, url]) {
    await asking(py, how, async (ask) => {
      const first = await ask('POST', `${url}login`, { data: { user: 'me', password: 'secret' } });
      const second = await ask('GET', `${url}profile`);
      await py.print(`login ${first.statusCode}, profile ${second.statusCode}`);
    });
  },
});

/** `upload files|data URL BYTES`: prints what was sent and what the server says that it stored. */
export const upload = python('3.11', {
  async main(py, [, how, url, bytes]) {
    const content = new Uint8Array(Number(bytes)).map((_, i) => (i * 7) & 0xff);
    const spec: RequestSpec = how === 'files' ? { files: { f: content } } : { data: content };
    const response = await requests.post(py, `${url}upload`, spec);
    await py.print(`sent f ${content.length} ${hex(sha256(content))}`);
    await py.print(`status ${response.statusCode} stored ${response.text}`);
  },
});

/** `encodings URL`: how two pages of the same bytes are read. */
export const encodings = python('3.11', {
  async main(py, [, url]) {
    for (const page of ['with-charset', 'without']) {
      const r = await requests.get(py, url + page);
      const intact = decodeUtf8(r.content) === '中文页面';
      await py.print(
        `${page}: encoding ${r.encoding ?? 'None'} apparent ${r.apparentEncoding} text ${r.text} bytes ${intact ? 'intact' : 'changed'}`,
      );
    }
  },
});

/** `bodies dict|str URL`: what three ways of giving a body come to. */
export const bodies = python('3.11', {
  async main(py, [, first, url]) {
    const data = first === 'dict' ? { a: '1&2' } : 'a=1&2';
    const say = async (what: string, spec: RequestSpec): Promise<void> => {
      await py.print(`${what}: ${(await requests.post(py, `${url}form`, spec)).text}`);
    };
    await say('dict', { data });
    await say('json', { json: ['a', '1&2'] });
    await say('str', { data: 'a=1&2' });
  },
});

/** `international URL`: a URL in Chinese letters. */
export const international = python('3.11', {
  async main(py, [, url = '']) {
    const r = await requests.get(py, url);
    await py.print(`${r.statusCode} ${r.url}`);
  },
});

/** `raw-client ADDRESS URL`: sends the letters of the URL as they are, in UTF-8. */
export const rawClient: Program = async (sys, [, address = '', url = '']) => {
  const [, host = '', target = ''] = /^http:\/\/([^/]*)(.*)$/.exec(url) ?? [];
  const fd = await connectTo(sys, address, 80);
  await sendAll(sys, fd, encodeUtf8(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
  const answer = decodeUtf8(await receiveToEnd(sys, fd));
  await sys.close(fd);
  await print(sys, `${answer.split(' ')[1]} ${url}\n`);
  return 0;
};

/** `file-url requests|urllib`: who can read a file by its URL. */
export const fileUrl = python('3.11', {
  async main(py, [, who]) {
    const url = 'file:///etc/hostname';
    const read = async (): Promise<unknown> => {
      if (who === 'requests') return requests.get(py, url);
      return (await importModule(py, '3.11', 'urllib.request').urlopen(url)).read();
    };
    await py.print(await errorOf(read));
  },
});
