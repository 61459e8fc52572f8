/** The application behind the front: pages, orders, a slow page, logins kept in memory or in a signed token, charges with and without a key. */
import { hex } from '@netarium/core/base/bytes.ts';
import { sha256 } from '@netarium/core/base/sha256.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { type AppRequest, type AppResponse, webApp } from '../lib/web-app.ts';

const SECRET = 'known to both servers';
const LATE_NS = 3_000_000_000;
const ETAG = '"v1"';

const signature = (user: string): string => hex(sha256(encodeUtf8(`${SECRET}/${user}`))).slice(0, 16);

const cookieOf = ({ fields }: AppRequest, name: string): string | undefined =>
  (fields.get('cookie') ?? '')
    .split('; ')
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** Sessions of one server: by id in its memory, or in a token that any server can check. */
class Logins {
  private readonly users = new Map<string, string>();

  constructor(
    private readonly server: string,
    private readonly kept: string,
    private readonly ids: string,
  ) {}

  login(request: AppRequest): AppResponse {
    const user = 'li';
    if (this.kept === 'token') return granted(`token=${user}.${signature(user)}`);
    const brought = cookieOf(request, 'sid');
    const fresh = hex(sha256(encodeUtf8(`${this.server}/${this.users.size}/${request.nowNs}`))).slice(0, 16);
    const id = this.ids === 'adopted' && brought !== undefined ? brought : fresh;
    this.users.set(id, user);
    return granted(`sid=${id}`);
  }

  me(request: AppRequest): AppResponse {
    const [user = '', sign = ''] = (cookieOf(request, 'token') ?? '').split('.');
    const known = sign !== '' && sign === signature(user) ? user : this.users.get(cookieOf(request, 'sid') ?? '');
    return known === undefined ? { status: 401, body: 'who?\n' } : { body: `you are ${known}\n` };
  }
}

const granted = (cookie: string): AppResponse => ({
  headers: [['Set-Cookie', `${cookie}; Path=/; HttpOnly`]],
  body: 'welcome\n',
});

/** `shop [ADDRESS:]PORT NAME KEPT IDS LATE`. */
export const shop = webApp('shop', ([name = '', kept = 'memory', ids = 'fresh', slow = '3']) => {
  const orders: string[] = [];
  const charges = new Set<string>();
  const logins = new Logins(name, kept, ids);
  return (request) => {
    const { method, path, fields } = request;
    if (path === '/slow') return { body: 'at last\n', afterNs: Number(slow) * 1e9 };
    if (path === '/login') return logins.login(request);
    if (path === '/me') return logins.me(request);
    if (path === '/page' && fields.get('if-none-match') === ETAG) return { status: 304, headers: [['ETag', ETAG]] };
    if (path === '/page') return { headers: [['ETag', ETAG]], body: `page of ${name}\n` };
    if (path === '/charges') return { body: `${charges.size}\n` };
    if (path === '/charge') {
      charges.add(fields.get('idempotency-key') ?? `charge ${charges.size}`);
      return { body: 'charged\n', afterNs: LATE_NS };
    }
    if (path.startsWith('/orders') && method !== 'GET') {
      // POST makes another order each time, PUT the one of that name (RFC 9110 sections 9.3.3 and 9.3.4).
      if (method === 'POST' || !orders.includes(path)) orders.push(path);
      return { status: 201, headers: [['Location', `/orders/${orders.length}`]], body: 'ordered\n' };
    }
    if (path === '/orders') return { body: `${orders.length}\n` };
    return { body: `page of ${name}\n` };
  };
});
