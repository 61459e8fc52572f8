/** What stands in front of a web site: a forward proxy, a reverse proxy that balances; and what methods, status codes, sessions and repeated calls do behind it. */
import { cable, host, lab, networkSwitch, param } from '@netarium/core/check/lab.ts';
import { shop } from './shop.ts';
import { balanced, charges, codes, forwarded, methods, missing, ONE, sessions } from './steps.ts';

const text = (en: string, zh: string) => ({ en, zh });

const TWO = '10.0.1.12:8000';
const CLOSED = '10.0.1.12:9999';
const BALANCED = `proxy --listen 0.0.0.0:80 --to ${ONE},${TWO} --timeout 2`;
const SPARE = `proxy --listen 0.0.0.0:8080 --to ${CLOSED},${ONE}`;

const choice = (choices: readonly string[], en: string, zh: string) => ({
  default: choices[0]!,
  choices,
  text: text(en, zh),
});

const kinds = ['memory fresh 3', 'token fresh 3', 'memory adopted 3', 'memory fresh 1'] as const;
const shops = (name: string): string[] => kinds.map((kind) => `shop 0.0.0.0:8000 ${name} ${kind}`);

export default lab({
  id: 'web-front',
  title: text('In front of a web site: proxies, balancing, sessions', '网站前面：代理、负载均衡与会话'),
  text: text(
    'Two servers run the same shop behind a reverse proxy; an office has a forward proxy. Six requests of one connection are spread over both servers, which see the proxy’s address only. GET and POST are repeated, pages are asked for with a validator, a page comes later than the proxy waits, servers are missing. A login that one server keeps in its memory is unknown to the other; an id that the client brings is not adopted; a charge whose answer is late is sent again, and taken twice.',
    '两台服务器在反向代理后面运行同一个商店，办公室里有一个正向代理。一条连接上的六个请求被分到两台服务器，它们只看到代理的地址。GET 和 POST 各重复几次，带校验信息再取网页，有的页面比代理愿意等的更慢，有的后端不在。只存在一台服务器内存里的登录，另一台不认识；客户端带来的 id 不会被沿用；应答来迟的扣款被重发，于是扣了两次。',
  ),
  params: {
    one: choice(
      shops('one'),
      'The first server: where it keeps logins, what ids they get, seconds of its slow page',
      '第一台服务器：登录存在哪里、会话 id 怎么给、慢页面要几秒',
    ),
    two: choice(shops('two'), 'The second server', '第二台服务器'),
    front: choice([BALANCED, `proxy --listen 0.0.0.0:80 --to ${ONE} --timeout 2`], 'The reverse proxy', '反向代理'),
    spare: choice(
      [SPARE, `proxy --listen 0.0.0.0:8080 --to ${CLOSED}`],
      'A reverse proxy whose first server is missing',
      '第一台后端不在的反向代理',
    ),
    office: choice(['through the proxy', 'directly'], 'How the office asks', '办公室怎样访问'),
    site: choice(
      ['http://10.0.1.4/', `http://${ONE}/`],
      'What the client asks: the proxy, or a server itself',
      '客户端访问谁：反向代理，还是后端自己',
    ),
    version: choice(
      ['1.1', '1.0'],
      'The version of HTTP of the request without Host',
      '没有 Host 的请求使用的 HTTP 版本',
    ),
    method: choice(['POST', 'PUT'], 'The method of the order that is sent three times', '重复发送三次的下单方法'),
    key: choice(['none', 'k7'], 'The idempotency key of the charge', '扣款请求的幂等键'),
    validator: choice(['"v1"', '"v0"'], 'The validator that the client has', '客户端手里的校验信息'),
  },
  machines: {
    client: host({ eth0: '10.0.1.2/24' }),
    office: host({ eth0: '10.0.1.3/24', run: ['forward-proxy --listen 0.0.0.0:3128 --auth li:secret'] }),
    front: host({ eth0: '10.0.1.4/24', run: [param('front'), param('spare')] }),
    one: host({ eth0: '10.0.1.11/24', run: [param('one')] }),
    two: host({ eth0: '10.0.1.12/24', run: [param('two')] }),
    sw: networkSwitch(),
  },
  cables: ['client', 'office', 'front', 'one', 'two'].map((name) =>
    cable(name, 'sw', { rate: '100Mbit', delay: '1ms' }),
  ),
  programs: { shop },
  checks: {
    spread: {
      text: text('Six requests of one connection: three for each server', '一条连接上的六个请求：每台服务器三个'),
      claim: 'C209',
    },
    behind: {
      text: text(
        'The servers see the reverse proxy’s address, never the client’s',
        '后端看到的是反向代理的地址，不是客户端的',
      ),
      claim: 'C208',
    },
    forward: {
      text: text(
        'The forward proxy is asked for a whole URL, and the site sees its address',
        '正向代理收到的是完整 URL，网站看到的是它的地址',
      ),
      claim: 'C205',
    },
    methods: {
      text: text(
        'Three GETs change nothing, three POSTs make three orders',
        '三次 GET 什么都不改，三次 POST 就是三个订单',
      ),
      claim: 'C172',
    },
    'one-segment': {
      text: text('Head and body of the small POST travel in one segment', '小 POST 的头部和正文装在一个报文段里'),
    },
    'not-modified': {
      text: text(
        'With the validator of the present page: 304, without a body',
        '带上当前页面的校验信息：304，没有正文',
      ),
      claim: 'C164',
    },
    'no-host': {
      text: text('A request of HTTP/1.1 without Host is refused with 400', '没有 Host 的 HTTP/1.1 请求被拒绝：400'),
      claim: 'C169',
    },
    late: {
      text: text('A page that takes longer than the proxy waits: 504', '页面比代理愿意等的更慢：504'),
      claim: 'C166',
    },
    failover: {
      text: text('One of two servers is missing: every GET is answered', '两台后端少一台：每个 GET 都有应答'),
      claim: 'C220',
    },
    session: {
      text: text(
        'A login in the memory of one server is unknown to the other',
        '登录只在一台服务器的内存里，另一台不认识',
      ),
      claim: 'C222',
    },
    fresh: {
      text: text('At login the id that the client brought is replaced', '登录时换掉客户端带来的 id'),
      claim: 'C181',
    },
    twice: {
      text: text('A charge whose answer is late is sent again and taken twice', '应答来迟的扣款被重发，扣了两次'),
      claim: 'C238',
    },
  },
  counterRuns: {
    'one-server': {
      set: { front: `proxy --listen 0.0.0.0:80 --to ${ONE} --timeout 2` },
      flips: ['spread', 'session'],
      text: text('One server only behind the proxy.', '代理后面只有一台服务器。'),
    },
    'past-the-proxy': {
      set: { site: `http://${ONE}/` },
      flips: ['spread', 'behind'],
      text: text('The client asks a server itself.', '客户端直接访问后端。'),
    },
    'http-1.0': {
      set: { version: '1.0' },
      flips: ['no-host'],
      text: text('HTTP/1.0 does not ask for Host.', 'HTTP/1.0 不要求 Host。'),
    },
    directly: {
      set: { office: 'directly' },
      flips: ['forward'],
      text: text('The office asks without its proxy.', '办公室不经过代理。'),
    },
    put: {
      set: { method: 'PUT' },
      flips: ['methods'],
      text: text('PUT names the order: three times the same.', 'PUT 指明订单：重复三次还是同一个。'),
    },
    'an-old-copy': {
      set: { validator: '"v0"' },
      flips: ['not-modified'],
      text: text('The client has an older page.', '客户端手里是旧页面。'),
    },
    quick: {
      set: { one: shops('one')[3]!, two: shops('two')[3]! },
      flips: ['late'],
      text: text('The slow page takes a second.', '慢页面只要一秒。'),
    },
    'nobody-left': {
      set: { spare: `proxy --listen 0.0.0.0:8080 --to ${CLOSED}` },
      flips: ['failover'],
      text: text('No other server is left: 502.', '没有别的后端：502。'),
    },
    token: {
      set: { one: shops('one')[1]!, two: shops('two')[1]! },
      flips: ['session', 'fresh'],
      text: text('The login is a signed token, which every server can check.', '登录是签名令牌，每台服务器都能验证。'),
    },
    adopted: {
      set: { one: shops('one')[2]!, two: shops('two')[2]! },
      flips: ['fresh'],
      text: text('The server takes the id that the client brings.', '服务器沿用客户端带来的 id。'),
    },
    'with-a-key': {
      set: { key: 'k7' },
      flips: ['twice'],
      text: text(
        'The charge carries a key, by which the server knows it again.',
        '扣款带幂等键，服务器认得出是同一笔。',
      ),
    },
  },
  async script(context) {
    await context.sleep('100ms');
    await balanced(context);
    await forwarded(context);
    await methods(context);
    await sessions(context);
    await missing(context);
    // Last of what goes through the proxy: who is late is left aside for ten seconds.
    await codes(context);
    await charges(context);
  },
});
