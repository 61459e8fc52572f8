/** Which proxy a URL is fetched through: `-x`, or `http_proxy` of the environment where `no_proxy` does not say otherwise (curl(1), ENVIRONMENT). */
import { UsageError } from '../../lib/options.ts';
import type { Url } from '../url.ts';

export interface CurlProxy {
  readonly host: string;
  readonly port: number;
  /** `user:password` */
  readonly user: string | undefined;
}

const DEFAULT_PORT = 1080;

/** `[http://][user:password@]host[:port][/]`; an empty text is no proxy. */
export function parseProxy(text: string, user: string | undefined): CurlProxy | undefined {
  if (text === '') return undefined;
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:([^@/]*)@)?([^:/@\s]+)(?::(\d{1,5}))?\/?$/i.exec(text);
  if (!match) throw new UsageError(`curl: (5) Unsupported proxy syntax in '${text}'`);
  const [, scheme = 'http', own, host = '', port] = match;
  if (scheme.toLowerCase() !== 'http')
    throw new UsageError(`curl: '-x ${scheme}://' is not supported by Netarium; see docs/coverage/curl.md`);
  return { host: host.toLowerCase(), port: port === undefined ? DEFAULT_PORT : Number(port), user: user ?? own };
}

/** True where `no_proxy` names the host: `*`, a name, or the end of one. */
export function isExempt(noProxy: string, { host }: Url): boolean {
  return noProxy
    .split(/[, ]+/)
    .map((name) => name.toLowerCase().replace(/^\./, ''))
    .some((name) => name === '*' || (name !== '' && (host === name || host.endsWith(`.${name}`))));
}
