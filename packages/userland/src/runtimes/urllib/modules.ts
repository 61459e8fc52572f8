/**
 * `import` and attribute lookup, as a program meets them: which names `urllib`, `urllib2`, `urllib.request`, `urllib.parse` and `urllib.error` have in Python
 * 2.7 and in 3.11 (PEP 3108 moved them). A name that is not there is an AttributeError, a module that is not there an ImportError, in the version's own words.
 * What a module remembers (install_opener) it remembers for the thread that imported it.
 */
import { AttributeError } from '../threading/errors.ts';
import type { Python } from '../threading/python.ts';
import { buildOpener, type HandlerMaker } from './build-opener.ts';
import * as errors from './errors.ts';
import { HTTPCookieProcessor, HTTPRedirectHandler, ProxyHandler } from './handlers.ts';
import type { OpenerDirector, OpenOptions } from './opener.ts';
import * as parse from './parse.ts';
import { getproxies } from './proxies.ts';
import { Request } from './request.ts';
import type { UrlResponse } from './response.ts';
import { FancyURLopener, URLopener } from './url-opener.ts';
import { type RetrieveOptions, retrieve } from './urlretrieve.ts';

export type PythonVersion = '2.7' | '3.11';

/** Opening, with an opener that can be put in the place of the standard one. */
function opening(py: Python, version: PythonVersion) {
  let installed: OpenerDirector | undefined;
  const opener = async (): Promise<OpenerDirector> => {
    installed ??= await buildOpener(py, version);
    return installed;
  };
  return {
    urlopen: async (url: string | Request, options: OpenOptions = {}): Promise<UrlResponse> =>
      (await opener()).open(url, options),
    buildOpener: (...makers: readonly HandlerMaker[]) => buildOpener(py, version, makers),
    installOpener: (given: OpenerDirector): void => {
      installed = given;
    },
    Request,
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    ProxyHandler,
  };
}

/** urllib of 2.7. */
function urllib27(py: Python) {
  const opener = new FancyURLopener(py);
  return {
    urlopen: (url: string, data?: string) => opener.open(url, data),
    urlretrieve: (url: string, options: RetrieveOptions = {}, data?: string) => opener.retrieve(url, options, data),
    URLopener,
    FancyURLopener,
    urlencode: parse.urlencode,
    quote: parse.quote,
    quotePlus: parse.quotePlus,
    unquote: parse.unquote,
    unquotePlus: parse.unquotePlus,
    getproxies: () => getproxies(py.sys),
  };
}

function urllib2(py: Python) {
  return { ...opening(py, '2.7'), HTTPError: errors.HTTPError, URLError: errors.URLError };
}

function urllibRequest(py: Python) {
  const base = opening(py, '3.11');
  const urlretrieve = async (url: string, options: RetrieveOptions = {}, data?: Uint8Array) =>
    retrieve(py, await base.urlopen(url, data === undefined ? {} : { data }), options);
  return { ...base, urlretrieve, getproxies: () => getproxies(py.sys) };
}

/** What each name gives where it can be imported: Python 3's `urllib` has nothing of its own. */
export interface Modules {
  readonly urllib: ReturnType<typeof urllib27>;
  readonly urllib2: ReturnType<typeof urllib2>;
  readonly 'urllib.request': ReturnType<typeof urllibRequest>;
  readonly 'urllib.parse': typeof parse;
  readonly 'urllib.error': Pick<typeof errors, 'URLError' | 'HTTPError' | 'ContentTooShortError'>;
}

const MODULES: Readonly<Record<PythonVersion, ReadonlyMap<string, (py: Python) => object>>> = {
  '2.7': new Map<string, (py: Python) => object>([
    ['urllib', urllib27],
    ['urllib2', urllib2],
  ]),
  '3.11': new Map<string, (py: Python) => object>([
    // A package without names of its own; its modules are imported by their whole names.
    ['urllib', () => ({})],
    ['urllib.request', urllibRequest],
    ['urllib.parse', () => ({ ...parse })],
    ['urllib.error', () => ({ ...errors })],
  ]),
};

/** `import name`. ImportError in 2.7, ModuleNotFoundError in 3.11, where there is no such module. */
export function importModule<Name extends keyof Modules>(
  py: Python,
  version: PythonVersion,
  name: Name,
): Modules[Name] {
  const make = MODULES[version].get(name);
  if (make !== undefined) return guarded(name, version, make(py)) as Modules[Name];
  if (version === '2.7') throw new errors.ImportError(`No module named ${name.split('.').at(-1)}`);
  throw new errors.ModuleNotFoundError(`No module named '${name}'`);
}

/** Python names of what is called otherwise here: `build_opener` is buildOpener. */
function pythonName(name: string): string {
  return /^[A-Z]/.test(name) ? name : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function guarded(module: string, version: PythonVersion, names: object): object {
  return new Proxy(names, {
    get(target, name) {
      // A promise asks everything that it is given whether it is one.
      if (typeof name === 'symbol' || name === 'then' || Object.hasOwn(target, name)) return Reflect.get(target, name);
      const attribute = `has no attribute '${pythonName(name)}'`;
      throw new AttributeError(version === '2.7' ? `'module' object ${attribute}` : `module '${module}' ${attribute}`);
    },
  });
}
