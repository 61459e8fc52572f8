/** `requests.get` and its like: a session for one request. Connections and cookies do not outlast it. */
import type { Python } from '../threading/python.ts';
import type { Response } from './response.ts';
import { type RequestOptions, Session } from './session.ts';

export async function request(
  py: Python,
  method: string,
  url: string,
  options: RequestOptions = {},
): Promise<Response> {
  const session = await Session.create(py);
  // Closing leaves a body alone that is still to be streamed, as its connection is not in the pool.
  return session.with((one) => one.request(method, url, options));
}

type Call = (py: Python, url: string, options?: RequestOptions) => Promise<Response>;

export const get: Call = (py, url, options) => request(py, 'GET', url, options);
export const options: Call = (py, url, options) => request(py, 'OPTIONS', url, options);
/** Does not follow redirects unless asked to. */
export const head: Call = (py, url, options) => request(py, 'HEAD', url, { allowRedirects: false, ...options });
export const post: Call = (py, url, options) => request(py, 'POST', url, options);
export const put: Call = (py, url, options) => request(py, 'PUT', url, options);
export const patch: Call = (py, url, options) => request(py, 'PATCH', url, options);
export const del: Call = (py, url, options) => request(py, 'DELETE', url, options);
