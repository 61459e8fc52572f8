/** What the lab does, part by part, and what each part shows. */
import type { LabContext } from '@netarium/core/check/lab-context.ts';

export type Context = LabContext<'client' | 'office' | 'front' | 'one' | 'two'>;
const text = (en: string, zh: string) => ({ en, zh });

export const ONE = '10.0.1.11:8000';

const lines = (output: string): string[] => output.trim().split('\n');
const times = (count: number, word: string): string => Array.from({ length: count }, () => word).join(' ');

async function asked({ client }: Context, command: string): Promise<string> {
  return (await client.sh(command)).stdout.trim();
}

/** Plain text: the bodies are one word. */
const PLAIN = "-H 'Content-Type: text/plain'";
const CODE = "-s -o /dev/null -w '%{http_code}'";

export async function balanced(context: Context): Promise<void> {
  const { seen, check, say } = context;
  const pages = lines(await asked(context, `curl -s ${times(6, String(context.params.site))}`));
  const [one, two] = ['one', 'two'].map((name) => pages.filter((page) => page === `page of ${name}`).length);
  const connections = seen('tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.src == 10.0.1.2').count;
  const behind = seen('tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == 8000').count;
  say(
    text(
      `Six pages over ${connections} connection: ${one} from one, ${two} from two; the proxy made ${behind} to the servers`,
      `${connections} 条连接取了六个页面：one 给了 ${one} 个，two 给了 ${two} 个；代理向后端建了 ${behind} 条`,
    ),
  );
  check('spread', () => ({ met: connections === 1 && one === 3 && two === 3, saw: pages.join(', ') }));
  const request = seen('http.request && tcp.dstport == 8000', 'one.eth0').first;
  const source = request?.field('ip.src');
  say(text(`The first server sees a request from ${source}`, `第一台服务器看到请求来自 ${source}`));
  check('behind', () => ({ met: source === '10.0.1.4', saw: `a request from ${source}` }), request);
}

export async function forwarded(context: Context): Promise<void> {
  const { params, seen, check, say } = context;
  const through = params.office === 'directly' ? '' : '-x http://10.0.1.3:3128 -U li:secret ';
  const before = context.now;
  await asked(context, `curl -s ${through}http://10.0.1.4/`);
  const after = (packet: { readonly atNs: number }): boolean => packet.atNs >= before;
  const sent = seen('http.request', 'client.eth0').packets.filter(after)[0];
  const arrived = seen('http.request && tcp.dstport == 80', 'front.eth0').packets.filter(after)[0];
  const [uri, source] = [sent?.field('http.request.uri'), arrived?.field('ip.src')];
  say(text(`The office asks for ${uri}; the site sees ${source}`, `办公室请求 ${uri}；网站看到的来源是 ${source}`));
  check(
    'forward',
    () => ({ met: uri === 'http://10.0.1.4/' && source === '10.0.1.3', saw: `asked for ${uri}, seen from ${source}` }),
    sent,
  );
}

export async function methods(context: Context): Promise<void> {
  const { params, seen, check, say } = context;
  const before = context.now;
  await asked(context, `curl -s ${times(3, `http://${ONE}/orders`)}`);
  const gets = await asked(context, `curl -s http://${ONE}/orders`);
  await asked(context, `curl -s -X ${params.method} ${PLAIN} -d item=apple ${times(3, `http://${ONE}/orders/7`)}`);
  const orders = await asked(context, `curl -s http://${ONE}/orders`);
  say(
    text(
      `Orders after three GETs: ${gets}; after three ${params.method}s: ${orders}`,
      `三次 GET 之后有 ${gets} 个订单；三次 ${params.method} 之后有 ${orders} 个`,
    ),
  );
  check('methods', () => ({ met: gets === '0' && orders === '3', saw: `${gets}, then ${orders}` }));
  const sent = seen('http.request && http.content_length_header == 10', 'client.eth0').packets.filter(
    ({ atNs }) => atNs >= before,
  );
  check(
    'one-segment',
    () => ({ met: sent[0]?.field('http.file_data') !== undefined, saw: `${sent.length} requests with a body` }),
    sent[0],
  );
}

export async function codes(context: Context): Promise<void> {
  const { params, check, say } = context;
  const again = await asked(context, `curl ${CODE} -H 'If-None-Match: ${params.validator}' http://${ONE}/page`);
  const bare = await asked(context, `curl ${CODE} --http${params.version} -H 'Host:' http://${ONE}/`);
  const slow = await asked(context, `curl ${CODE} http://10.0.1.4/slow`);
  const found = context.seen('http.response.code == 504 || http.response.code == 304').packets;
  say(text(`Asked again with ${params.validator}: ${again}`, `带 ${params.validator} 再取：${again}`));
  say(text(`Without Host: ${bare}`, `没有 Host：${bare}`));
  say(text(`The slow page through the proxy: ${slow}`, `经代理取慢页面：${slow}`));
  check('not-modified', () => ({ met: again === '304', saw: again }), found[0]);
  check('no-host', () => ({ met: bare === '400', saw: bare }));
  check('late', () => ({ met: slow === '504', saw: slow }), found.at(-1));
}

export async function sessions(context: Context): Promise<void> {
  const { check, say, seen } = context;
  await asked(context, `curl -s -c /tmp/jar ${PLAIN} -d user=li http://10.0.1.4/login`);
  const me = (
    await asked(
      context,
      `curl -s -o /dev/null -w '%{http_code} ' -b /tmp/jar http://10.0.1.4/me -o /dev/null http://10.0.1.4/me`,
    )
  ).split(' ');
  const stranger = seen('http.response.code == 401').first;
  say(text(`After the login: ${me.join(', ')}`, `登录之后：${me.join('，')}`));
  check('session', () => ({ met: me.includes('401') && me.includes('200'), saw: me.join(', ') }), stranger);
  await asked(context, `curl -s -b sid=planted ${PLAIN} -d user=li http://${ONE}/login`);
  const given = seen('http.set_cookie').last;
  const cookie = given?.field('http.set_cookie');
  say(text(`Login with sid=planted; given: ${cookie}`, `带着 sid=planted 登录，得到：${cookie}`));
  check(
    'fresh',
    () => ({ met: /^sid=[0-9a-f]{16};/.test(String(cookie)) && cookie !== 'sid=planted', saw: String(cookie) }),
    given,
  );
}

export async function missing(context: Context): Promise<void> {
  const { check, say } = context;
  const all = (await asked(context, `for i in 1 2 3 4; do curl ${CODE} http://10.0.1.4:8080/; echo; done`)).split('\n');
  say(text(`One server is missing: ${all.join(', ')}`, `少了一台后端：${all.join('，')}`));
  check('failover', () => ({ met: all.every((code) => code === '200'), saw: all.join(', ') }));
}

export async function charges(context: Context): Promise<void> {
  const { params, check, say } = context;
  const key = params.key === 'none' ? '' : `-H 'Idempotency-Key: ${params.key}' `;
  const call = `curl -s -m 1 ${PLAIN} ${key}-d amount=10 http://${ONE}/charge; echo $?`;
  const first = lines(await asked(context, call)).at(-1);
  const second = lines(await asked(context, call)).at(-1);
  const count = await asked(context, `curl -s http://${ONE}/charges`);
  say(
    text(
      `Both calls end by the client's time-out (curl ${first}, ${second}); the server has taken ${count}`,
      `两次调用都是客户端超时结束（curl ${first}、${second}）；服务器扣了 ${count} 次`,
    ),
  );
  check('twice', () => ({ met: first === '28' && second === '28' && count === '2', saw: `${count} charges` }));
}
