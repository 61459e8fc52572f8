/** The site of the lab: pages, a login, uploads, forms, pages with and without a charset. */
import { hex } from '@netarium/core/base/bytes.ts';
import { sha256 } from '@netarium/core/base/sha256.ts';
import { decodeUtf8, latin1 } from '@netarium/core/base/utf8.ts';
import { latin1Bytes } from '@netarium/userland/http/message.ts';
import { parseQsl } from '@netarium/userland/runtimes/urllib/parse.ts';
import { type AppRequest, type AppResponse, webApp } from '../lib/web-app.ts';

const html = (body: string, type = 'text/html; charset=utf-8'): AppResponse => ({
  headers: [['Content-Type', type]],
  body,
});

/** What a multipart body brings: name and content of each part (RFC 7578 section 4). */
export function partsOf(contentType: string, body: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(contentType)?.[1];
  const parts = new Map<string, Uint8Array>();
  if (boundary === undefined) return parts;
  for (const part of latin1(body).split(`--${boundary}`).slice(1, -1)) {
    const [, head = '', content = ''] = /^\r\n([\s\S]*?)\r\n\r\n([\s\S]*)\r\n$/.exec(part) ?? [];
    parts.set(/name="([^"]*)"/.exec(head)?.[1] ?? '', latin1Bytes(content));
  }
  return parts;
}

function uploaded({ fields, body }: AppRequest): AppResponse {
  const stored = [...partsOf(fields.get('content-type') ?? '', body)];
  const lines = stored.map(([name, content]) => `${name} ${content.length} ${hex(sha256(content))}`);
  return stored.length === 0 ? { status: 400, body: 'no parts' } : html(lines.join('\n'));
}

/** What a form's handler finds: only what is declared as a form is read as one. */
function form({ fields, body }: AppRequest): AppResponse {
  const type = fields.get('content-type') ?? 'none';
  const pairs = type === 'application/x-www-form-urlencoded' ? parseQsl(decodeUtf8(body)) : [];
  return html(
    `type ${type}; body ${decodeUtf8(body)}; fields ${pairs.map((pair) => pair.join('=')).join(' ') || 'none'}`,
  );
}

const SESSION = 'sid=7f3a';

/** `shop-site [ADDRESS:]PORT TYPE`: the type of the Chinese page that has no charset. */
export const shopSite = webApp('shop-site', ([without = 'text/html']) => (request) => {
  const { method, path, fields, connection } = request;
  // How many connections there were before this one.
  if (path === '/connections') return html(String(connection - 1));
  if (path === '/login' && method === 'POST')
    return { headers: [['Set-Cookie', `${SESSION}; Path=/`]], body: 'welcome' };
  if (path === '/profile')
    return fields.get('cookie') === SESSION ? html('your orders') : { status: 401, body: 'who?' };
  if (path === '/upload') return uploaded(request);
  if (path === '/form') return form(request);
  if (path === '/with-charset') return html('中文页面');
  if (path === '/without') return html('中文页面', without);
  return html(`page ${path}`);
});
