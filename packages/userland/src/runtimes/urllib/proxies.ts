/** Proxies by environment, for urllib and requests: `http_proxy`, `no_proxy` and their like, small letters before capital ones (urllib.request.getproxies). */
import type { Sys } from '@netarium/core/syscall/sys.ts';

/** Scheme to proxy URL; `no` holds the exceptions, `all` counts for requests only. */
export type Proxies = ReadonlyMap<string, string>;

export async function getproxies(sys: Sys): Promise<Proxies> {
  const environment = Object.entries(await sys.getenv());
  const proxies = new Map<string, string>();
  const put = (name: string, value: string): void => {
    const key = name.slice(0, -'_proxy'.length).toLowerCase();
    if (value === '') proxies.delete(key);
    else proxies.set(key, value);
  };
  const named = environment.filter(([name]) => name.toLowerCase().endsWith('_proxy'));
  for (const [name, value] of named) if (value !== '') put(name, value);
  // A CGI program finds the client's `Proxy:` header in HTTP_PROXY, so that one does not count there (CVE-2016-1000110).
  if (environment.some(([name]) => name === 'REQUEST_METHOD')) proxies.delete('http');
  for (const [name, value] of named) if (name.endsWith('_proxy')) put(name, value);
  return proxies;
}

/** Is this host (with or without its port) among those that are reached directly? */
export function bypassed(host: string, noProxy: string | undefined): boolean {
  if (noProxy === undefined) return false;
  if (noProxy === '*') return true;
  const whole = host.toLowerCase();
  const bare = whole.replace(/:\d*$/, '');
  return noProxy
    .split(',')
    .map((name) => name.trim().replace(/^\.+/, '').toLowerCase())
    .filter((name) => name !== '')
    .some((name) => [bare, whole].some((each) => each === name || each.endsWith(`.${name}`)));
}

export interface ProxyAddress {
  readonly scheme: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly authority: string;
}

/** `http://user:password@host:port` or `host:port`. */
export function parseProxy(proxy: string): ProxyAddress {
  const [, scheme, rest] = /^([A-Za-z][^/:]*):\/\/([\s\S]*)$/.exec(proxy) ?? [];
  const authority = (rest ?? proxy).replace(/\/[\s\S]*$/, '');
  const at = authority.lastIndexOf('@');
  const [user, ...password] = at < 0 ? [] : authority.slice(0, at).split(':');
  return {
    scheme: scheme?.toLowerCase(),
    user,
    password: password.length === 0 ? undefined : password.join(':'),
    authority: authority.slice(at + 1),
  };
}
