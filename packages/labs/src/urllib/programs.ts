/** The notes' calls of the standard library: as Python 2 has them, as Python 3 has them, and what the other version says to them. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { importModule, type PythonVersion } from '@netarium/userland/runtimes/urllib/modules.ts';
import { errorOf } from '../lib/python-threads.ts';
import { webApp } from '../lib/web-app.ts';

/** Tells each client which agent it took it for. */
export const echoSite = webApp('echo-site', () => ({ fields }) => ({
  headers: [['Content-Type', 'text/plain; charset=utf-8']],
  body: `agent ${fields.get('user-agent') ?? 'unknown'}`,
}));

/** Prints a call and what the server answered, or what was raised. */
async function tell(py: Python, call: string, body: () => Promise<{ read(): Promise<Uint8Array> }>): Promise<void> {
  let answer = '';
  const outcome = await errorOf(async () => {
    answer = decodeUtf8(await (await body()).read());
  });
  await py.print(`${call}: ${outcome === 'no error' ? answer : outcome}`);
}

/** `python2-calls URL AGENT`, under either interpreter. */
export const python2Calls = (version: PythonVersion): ProgramModule =>
  python(version, {
    async main(py, [, url = '', agent = '']) {
      await tell(py, 'urllib.urlopen(url)', async () => importModule(py, version, 'urllib').urlopen(url));
      await tell(py, 'URLopener().addheader', async () => {
        const { URLopener } = importModule(py, version, 'urllib');
        const opener = new URLopener(py);
        opener.addheader('User-Agent', agent);
        return opener.open(url);
      });
      await tell(py, 'urllib2.urlopen(url)', async () => importModule(py, version, 'urllib2').urlopen(url));
      await tell(py, 'urllib2.Request(url, headers)', async () => {
        const urllib2 = importModule(py, version, 'urllib2');
        return urllib2.urlopen(new urllib2.Request(url, { headers: { 'User-Agent': agent } }));
      });
    },
  });

/** `python3-calls URL AGENT with|without`: headers with a Request, or without any. */
export const python3Calls = (version: PythonVersion): ProgramModule =>
  python(version, {
    async main(py, [, url = '', agent = '', how]) {
      const request = () => importModule(py, version, 'urllib.request');
      await tell(py, 'urllib.request.urlopen(url)', async () => request().urlopen(url));
      await tell(py, 'urllib.request.Request(url, headers)', async () => {
        const { Request, urlopen } = request();
        return urlopen(new Request(url, how === 'with' ? { headers: { 'User-Agent': agent } } : {}));
      });
    },
  });

/** `names`: what each of the notes' names is in this version. */
export const names = (version: PythonVersion): ProgramModule =>
  python(version, {
    async main(py) {
      const say = async (what: string, look: () => Promise<unknown>): Promise<void> => {
        await py.print(`${what}: ${await errorOf(look)}`);
      };
      await say('import urllib2', async () => importModule(py, version, 'urllib2'));
      await say('urllib.urlopen', async () => importModule(py, version, 'urllib').urlopen);
      await say('urllib.urlencode', async () => importModule(py, version, 'urllib').urlencode);
      await say('urllib2.urlencode', async () => Reflect.get(importModule(py, version, 'urllib2'), 'urlencode'));
      await say('import urllib.request', async () => importModule(py, version, 'urllib.request'));
      const encoded = (): string =>
        version === '2.7'
          ? importModule(py, version, 'urllib').urlencode({ 'a b': '中' })
          : importModule(py, version, 'urllib.parse').urlencode({ 'a b': '中' });
      await py.print(`urlencode({'a b': '中'}): ${encoded()}`);
    },
  });
