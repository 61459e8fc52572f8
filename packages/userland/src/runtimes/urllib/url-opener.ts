/**
 * `urllib` of Python 2.7: URLopener and FancyURLopener, HTTP/1.0, one connection a request. urlopen takes a URL and data and no headers; `addheader` of an
 * opener is the way round that. A status that is an error is a page like any other, but not for URLopener. There is no Python 2.7 to compare with on machines
 * of today: this follows its documentation (library reference, chapter urllib) and what its `version` attribute is known to be, 1.17.
 *
 * Left out: ftp, proxies with passwords, asking for a password on the terminal (a 401 is a page).
 */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Fields } from '../../http/fields.ts';
import { readFile } from '../../lib/stdio.ts';
import { HTTPConnection, splitHostPort } from '../http-client/connection.ts';
import { reprText } from '../http-client/repr.ts';
import { osErrorOf } from '../os-error.ts';
import type { Python } from '../threading/python.ts';
import { IOError } from './errors.ts';
import { unquote, urljoin } from './parse.ts';
import { getproxies, type Proxies, parseProxy } from './proxies.ts';
import { AddInfoUrl } from './response.ts';
import { type RetrieveOptions, retrieve } from './urlretrieve.ts';

const MAX_REDIRECTS = 10;
/** Functions that a request goes through; 3.11's urlopen has 183, of which its row of handlers makes up the half. */
const OPEN_CALLS = 90;

export class URLopener {
  static readonly version = 'Python-urllib/1.17';
  private readonly addheaders: (readonly [name: string, value: string])[] = [
    ['User-Agent', URLopener.version],
    ['Accept', '*/*'],
  ];

  constructor(
    protected readonly py: Python,
    private readonly proxies?: Proxies,
  ) {}

  /** Goes with every request from now on. A second User-Agent does not replace the first: both are sent. */
  addheader(name: string, value: string): void {
    this.addheaders.push([name, value]);
  }

  /** `opener.version = …` before anything is opened, or in a subclass: the User-Agent. */
  set version(agent: string) {
    this.addheaders[0] = ['User-Agent', agent];
  }

  async open(url: string, data?: string): Promise<AddInfoUrl> {
    await this.py.calls(OPEN_CALLS);
    const [, scheme, rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):([\s\S]*)$/.exec(url) ?? [];
    if (scheme === undefined || scheme === 'file') return this.openFile(url);
    if (scheme !== 'http') throw new IOError(`[Errno url error] unknown url type: ${reprText(scheme)}`);
    const [, authority = '', path = ''] = /^\/\/([^/?#]*)([^#]*)/.exec(rest) ?? [];
    if (authority === '') throw new IOError('[Errno http error] no host given');
    const proxy = (this.proxies ?? (await getproxies(this.py.sys))).get('http');
    const target = path.startsWith('/') ? path : `/${path}`;
    return proxy === undefined
      ? this.openHttp(url, authority, authority, target, data)
      : this.openHttp(url, parseProxy(proxy).authority, authority, url, data);
  }

  retrieve(url: string, options: RetrieveOptions = {}, data?: string): Promise<[filename: string, headers: Fields]> {
    return this.open(url, data).then((response) => retrieve(this.py, response, options));
  }

  private async openHttp(
    url: string,
    peer: string,
    authority: string,
    target: string,
    data: string | undefined,
  ): Promise<AddInfoUrl> {
    const { host, port } = splitHostPort(peer, 80);
    const connection = new HTTPConnection(this.py.sys, unquote(host), port, { version: 10 });
    const body = data === undefined ? undefined : encodeUtf8(data);
    const form: [string, string][] =
      body === undefined
        ? []
        : [
            ['Content-Type', 'application/x-www-form-urlencoded'],
            ['Content-Length', String(body.length)],
          ];
    try {
      const headers = [...form, ['Host', authority] as const, ...this.addheaders];
      await connection.request(body === undefined ? 'GET' : 'POST', target, body, headers);
      const response = await connection.getresponse();
      return await this.answered(AddInfoUrl.ofHttp(response, url), data);
    } catch (error) {
      await connection.close();
      const { name, message } = error as Error;
      if (/Error$|^gaierror$/.test(name) && message.startsWith('[Errno'))
        throw new IOError(`[Errno socket error] ${message}`);
      throw error;
    }
  }

  /** Anything but a success is an error. */
  protected async answered(response: AddInfoUrl, _data: string | undefined): Promise<AddInfoUrl> {
    const status = response.status!;
    if (status >= 200 && status < 300) return response;
    await response.close();
    throw new IOError(`('http error', ${status}, ${reprText(response.msg)})`);
  }

  private async openFile(url: string): Promise<AddInfoUrl> {
    const path = unquote(url.replace(/^file:(\/\/(localhost)?(?=\/))?/, ''));
    try {
      return AddInfoUrl.ofBytes(await readFile(this.py.sys, path), [], `file:${path}`);
    } catch (error) {
      const failed = osErrorOf(error);
      if (failed === undefined) throw error;
      throw new IOError(`${failed.message}: ${reprText(path)}`);
    }
  }
}

/** What `urllib.urlopen` uses: follows redirects, and takes an error page for a page. */
export class FancyURLopener extends URLopener {
  private redirects = 0;

  protected override async answered(response: AddInfoUrl, data: string | undefined): Promise<AddInfoUrl> {
    const location = response.headers.all('location')[0] ?? response.headers.all('uri')[0];
    // 307 must not turn a POST into a GET, so it is not followed with data.
    const follows = [301, 302, 303].includes(response.status!) || (response.status === 307 && data === undefined);
    if (!follows || location === undefined) return response;
    await response.close();
    const url = urljoin(response.url, location);
    if (!/^(https?|ftp):\/\//.test(url)) throw new IOError(`('redirect error', ${response.status}, ${reprText(url)})`);
    if (++this.redirects >= MAX_REDIRECTS) {
      this.redirects = 0;
      throw new IOError("('http error', 500, 'Internal Server Error: Redirect Recursion')");
    }
    try {
      return await this.open(url);
    } finally {
      this.redirects = 0;
    }
  }
}
