/** build_opener: an OpenerDirector with the handlers that every opener has, those given in the place of their own kind. */
import type { Python } from '../threading/python.ts';
import { FileHandler, HTTPErrorProcessor, HTTPHandler, HTTPRedirectHandler, ProxyHandler } from './handlers.ts';
import { type Handler, OpenerDirector } from './opener.ts';

/** A handler, or what makes one for the opener that it will serve. */
export type HandlerMaker = Handler | ((opener: OpenerDirector) => Handler);

const REDIRECTS = { '2.7': [301, 302, 303, 307], '3.11': [301, 302, 303, 307, 308] } as const;

export async function buildOpener(
  py: Python,
  version: '2.7' | '3.11',
  makers: readonly HandlerMaker[] = [],
): Promise<OpenerDirector> {
  const opener = new OpenerDirector(py, version);
  const given = makers.map((maker) => (typeof maker === 'function' ? maker(opener) : maker));
  const own = [
    await ProxyHandler.create(py),
    new HTTPHandler(opener, version === '2.7'),
    new HTTPRedirectHandler(opener, new Set(REDIRECTS[version])),
    new FileHandler(opener),
    new HTTPErrorProcessor(opener),
  ];
  for (const handler of own) {
    if (!given.some((one) => one instanceof handler.constructor)) opener.addHandler(handler);
  }
  for (const handler of given) opener.addHandler(handler);
  return opener;
}
