/** Predict-first: methods, codes and sessions (area A8), proxies (A11), balancing (A12), remote calls (A13), and what a browser brings. */
import { ONE } from '../web-front/steps.ts';
import { byStory, number, one, packetEvidence, type QuizItem, text } from './quiz.ts';

const ONE_SERVER = `proxy --listen 0.0.0.0:80 --to ${ONE} --timeout 2`;
const both = (kind: string) => ({ one: `shop 0.0.0.0:8000 one ${kind}`, two: `shop 0.0.0.0:8000 two ${kind}` });

const codes = {
  ok: ['200 OK', '200 OK'],
  unmodified: ['304 Not Modified', '304 Not Modified'],
  bad: ['400 Bad Request', '400 Bad Request'],
  gateway: ['502 Bad Gateway', '502 Bad Gateway'],
  late: ['504 Gateway Timeout', '504 Gateway Timeout'],
} as const;
const codeNames = new Map(Object.entries(codes).map(([id, [said]]) => [said.slice(0, 3), id]));
const codeOf = ([code = '']: readonly string[]): string => codeNames.get(code) ?? '';

const methodItems: readonly QuizItem[] = [
  {
    id: 'three-posts',
    rows: [67],
    lab: 'web-front',
    question: text(
      'GET /orders is sent three times, then a POST of one order three times. How many orders are there?',
      '先发三次 GET /orders，再把同一个下单 POST 发三次。现在有几个订单？',
    ),
    task: number('orders', '个订单'),
    decide: byStory(/after three (?:POST|PUT)s: (\d+)/, ([orders]) => orders!),
    why: text(
      'GET is safe and changes nothing. POST is not idempotent: each one is another order. PUT to /orders/7 three times makes one.',
      'GET 是安全的，什么都不改。POST 不幂等，发一次就是一个新订单。换成三次 PUT /orders/7，只有一个。',
    ),
    expected: ['3'],
    otherwise: { set: { method: 'PUT' }, expected: ['1'] },
  },
  {
    id: 'segments-of-a-post',
    rows: [67],
    lab: 'web-front',
    question: text(
      'curl posts a form of ten bytes. In how many segments do head and body leave?',
      'curl 提交一个十字节的表单。请求头和正文用几个报文段发出？',
    ),
    task: one({
      single: ['in one', '一个'],
      pair: ['always in two: head, then body', '总是两个：先头部，后正文'],
    }),
    decide: ({ seen }) => {
      const post = seen('http.request.method == "POST" && http.content_length_header == 10').first;
      if (post === undefined) return { answer: [], evidence: [] };
      return {
        answer: [post.field('http.file_data') === undefined ? 'pair' : 'single'],
        evidence: [packetEvidence(post)],
      };
    },
    why: text(
      'How a request is cut into segments depends on its size and on how the program writes it, not on the method: some libraries write head and body apart, and then it is two.',
      '请求分成几段取决于大小和程序怎么写出去，与方法无关：有的库把头部和正文分两次写，那就是两段。',
    ),
    expected: ['single'],
  },
  {
    id: 'slow-behind-a-proxy',
    rows: [68, 93, 98],
    lab: 'web-front',
    question: text(
      'A server needs three seconds for its page; the proxy in front waits two. What does the client get?',
      '后端生成页面要三秒，前面的代理只等两秒。客户端得到什么？',
    ),
    task: one(codes),
    decide: byStory(/slow page through the proxy: (\d+)/, codeOf),
    why: text(
      '504: the gateway got no answer in time. 502 would be an answer that it cannot use, or a refused connection.',
      '504：网关没等到上游的应答。502 是上游的应答不能用，或拒绝连接。',
    ),
    expected: ['late'],
    otherwise: { set: both('memory fresh 1'), expected: ['ok'] },
  },
  {
    id: 'asked-again',
    rows: [69, 68, 91],
    lab: 'web-front',
    question: text(
      'A page came with ETag "v1". It is asked for again with If-None-Match: "v1". What is the answer?',
      '网页带着 ETag "v1"。再次请求时带 If-None-Match: "v1"，得到什么？',
    ),
    task: one(codes),
    decide: byStory(/^Asked again with \S+: (\d+)/, codeOf),
    why: text(
      '304 has no body: the copy that is there is still right. Browsers and CDN nodes renew their copies so; no further request follows.',
      '304 没有正文：手里的副本仍然有效。浏览器和 CDN 节点就这样续期，不需要再发请求。',
    ),
    expected: ['unmodified'],
    otherwise: { set: { validator: '"v0"' }, expected: ['ok'] },
  },
  {
    id: 'no-host-field',
    rows: [69],
    lab: 'web-front',
    question: text(
      'A request of HTTP/1.1 comes without the field Host. What does the server answer?',
      'HTTP/1.1 请求没有 Host 头。服务器怎么回答？',
    ),
    task: one(codes),
    decide: byStory(/^Without Host: (\d+)/, codeOf),
    why: text(
      'RFC 9112 3.2 asks for 400: one address may serve many sites, and Host says which. HTTP/1.0 did not have it yet.',
      'RFC 9112 3.2 要求 400：一个地址可能有许多网站，靠 Host 区分。HTTP/1.0 还没有这个要求。',
    ),
    expected: ['bad'],
    otherwise: { set: { version: '1.0' }, expected: ['ok'] },
  },
];

const sessionItems: readonly QuizItem[] = [
  {
    id: 'login-on-another-server',
    rows: [71, 70, 102, 96],
    lab: 'web-front',
    question: text(
      'Two servers keep logins in their own memory; a balancer takes them in turn. After the login the page /me is asked for twice, with the cookie. The answers?',
      '两台服务器各把登录存在自己的内存里，均衡器轮流分发。登录后带着 Cookie 请求 /me 两次，结果是？',
    ),
    task: one({
      half: ['one 200, one 401', '一次 200，一次 401'],
      all: ['200 both times', '两次都是 200'],
      none: ['401 both times', '两次都是 401'],
    }),
    decide: byStory(/^After the login: (\d+), (\d+)/, (found) => {
      const known = found.filter((code) => code === '200').length;
      return known === 2 ? 'all' : known === 1 ? 'half' : 'none';
    }),
    why: text(
      'The cookie holds an id only; what it stands for is in one server’s memory. A shared store, stickiness, or a signed token that every server can check mends it.',
      'Cookie 里只有 id，内容在其中一台的内存里。解决办法：共享存储、会话保持，或每台都能验证的签名令牌。',
    ),
    expected: ['half'],
    otherwise: { set: both('token fresh 3'), expected: ['all'] },
  },
  {
    id: 'planted-id',
    rows: [71],
    lab: 'web-front',
    question: text(
      'A browser comes to the login with the cookie sid=planted, which the server never gave out. Which id is it given after the login?',
      '浏览器带着服务器从没发过的 Cookie sid=planted 来登录。登录后得到什么 id？',
    ),
    task: one({ fresh: ['a new one', '一个新的'], planted: ['planted', 'planted'] }),
    decide: byStory(/given: sid=(\w+)/, ([id]) => (id === 'planted' ? 'planted' : 'fresh')),
    why: text(
      'Whoever planted the id would share the session else (session fixation): never adopt an unknown id, and make a new one at login.',
      '否则种下这个 id 的人就能共用会话（会话固定攻击）：不接受未知 id，登录时一律换新的。',
    ),
    expected: ['fresh'],
    otherwise: { set: both('memory adopted 3'), expected: ['planted'] },
  },
  {
    id: 'files-of-a-first-visit',
    rows: [3, 4],
    lab: 'visit-website',
    question: text(
      'B/S: the laptop has a browser and nothing of the shop’s own. How many files come from the shop before its page is shown?',
      'B/S：笔记本上只有浏览器，没有安装商店的任何东西。页面显示之前，从商店取来几个文件？',
    ),
    task: number('files', '个文件'),
    decide: ({ run, seen }) => {
      const until = run.story.find(({ mark }) => mark === 'g')?.atNs ?? 0;
      const asked = seen('http.request', 'laptop.eth0').packets.filter(({ atNs }) => atNs < until);
      const evidence = run.story.slice(0, 1).map(({ atNs, text: told }) => ({ atNs, text: told }));
      return { answer: [String(asked.length)], evidence: asked.length === 0 ? evidence : asked.map(packetEvidence) };
    },
    why: text(
      'The document and two pictures, at every visit with a cold cache: so a new version is there at once, and each round trip is felt.',
      '文档加两张图片，缓存是空的时候每次访问都要取：所以新版本立刻生效，每个往返也都能感觉到。',
    ),
    expected: ['3'],
    otherwise: { set: { plugged: false }, expected: ['0'] },
  },
];

const frontItems: readonly QuizItem[] = [
  {
    id: 'whose-address',
    rows: [93, 92, 94],
    lab: 'web-front',
    question: text(
      'A client asks a site through a reverse proxy. Which source address has the request that the server behind it receives?',
      '客户端经反向代理访问网站。后端收到的请求，源地址是谁的？',
    ),
    task: one({
      proxy: ['the proxy’s', '代理的'],
      client: ['the client’s', '客户端的'],
      server: ['its own', '后端自己的'],
    }),
    decide: byStory(/sees a request from (\S+)/, ([address]) => (address === '10.0.1.4' ? 'proxy' : 'client')),
    why: text(
      'Two TCP connections: the client’s ends at the proxy. Who it was stands in X-Forwarded-For, believed only from one’s own proxies.',
      '是两条 TCP 连接，客户端那条到代理为止。真实客户端写在 X-Forwarded-For 里，只能信自己的代理。',
    ),
    expected: ['proxy'],
    otherwise: { set: { site: `http://${ONE}/` }, expected: ['client'] },
  },
  {
    id: 'request-line-of-a-proxy',
    rows: [92],
    lab: 'web-front',
    question: text(
      'A client that knows its forward proxy asks for http://10.0.1.4/. What stands in its request line?',
      '配置了正向代理的客户端请求 http://10.0.1.4/。请求行里写的是什么？',
    ),
    task: one({ url: ['GET http://10.0.1.4/', 'GET http://10.0.1.4/'], path: ['GET /', 'GET /'] }),
    decide: byStory(/^The office asks for (\S+);/, ([uri]) => (uri === '/' ? 'path' : 'url')),
    why: text(
      'The proxy has to know where to go: absolute-form (RFC 9112 3.2.2). For https it is CONNECT host:443, and the rest is opaque to it.',
      '代理得知道去哪里，所以用绝对形式（RFC 9112 3.2.2）。https 则是 CONNECT 主机:443，后面的内容它看不见。',
    ),
    expected: ['url'],
    otherwise: { set: { office: 'directly' }, expected: ['path'] },
  },
  {
    id: 'six-requests',
    rows: [96, 98, 99, 97],
    lab: 'web-front',
    question: text(
      'Six requests come over one connection to a layer-7 balancer with two servers in turn. How many reach the second server?',
      '一条连接上的六个请求到达轮询两台服务器的七层均衡器。第二台收到几个？',
    ),
    task: number('requests', '个请求'),
    decide: byStory(/(\d+) from two/, ([requests]) => requests!),
    why: text(
      'Layer 7 chooses for each request. A layer-4 balancer (LVS) chooses for each connection: all six would go to one server.',
      '七层按请求选后端。四层均衡（LVS）按连接选：六个会全到同一台。',
    ),
    expected: ['3'],
    otherwise: { set: { front: ONE_SERVER }, expected: ['0'] },
  },
  {
    id: 'connections-of-a-proxy',
    rows: [98, 96],
    lab: 'web-front',
    question: text(
      'One client connection, six pages, a proxy with two servers. How many TCP connections are made in all?',
      '客户端一条连接、六个页面、代理后面两台服务器。一共建立几条 TCP 连接？',
    ),
    task: number('connections', '条连接'),
    decide: byStory(/over (\d+) connection.* made (\d+)/, ([ahead, behind]) => String(Number(ahead) + Number(behind))),
    why: text(
      'The client’s one, and one to each server, kept for the next requests. Without keeping them it would be seven: each costs a descriptor and an ephemeral port.',
      '客户端一条，到每台后端各一条并保持复用。不复用就是七条，每条都占描述符和临时端口。',
    ),
    expected: ['3'],
    otherwise: { set: { front: ONE_SERVER }, expected: ['2'] },
  },
  {
    id: 'missing-server',
    rows: [98, 99, 102],
    lab: 'web-front',
    question: text(
      'One of two servers behind the proxy refuses connections. How many of four GETs fail for the client?',
      '代理后面两台服务器有一台拒绝连接。客户端的四个 GET 有几个失败？',
    ),
    task: number('GETs', '个'),
    decide: byStory(/^One server is missing: (.+)/, ([found = '']) => {
      return String(found.split(', ').filter((code) => code !== '200').length);
    }),
    why: text(
      'A GET that could not be delivered is tried at the next server, and the first is left out for a time. A POST that was sent already may not be tried again.',
      '没送到的 GET 会换下一台重试，坏的那台被暂时摘除。已经发出去的 POST 则不能重试。',
    ),
    expected: ['0'],
    otherwise: { set: { spare: 'proxy --listen 0.0.0.0:8080 --to 10.0.1.12:9999' }, expected: ['4'] },
  },
  {
    id: 'charged-again',
    rows: [103],
    lab: 'web-front',
    question: text(
      'A remote call "charge 10" takes three seconds to answer; the client gives up after one and calls again. How often was charged?',
      '远程调用“扣 10 元”三秒才应答，客户端等一秒就放弃并重试一次。一共扣了几次？',
    ),
    task: number('charges', '次'),
    decide: byStory(/the server has taken (\d+)/, ([count]) => count!),
    why: text(
      'A time-out says nothing about whether the call was carried out. With a key that the server remembers the second call is known again: once.',
      '超时不说明对方执行了没有。带上服务器记得住的幂等键，第二次就认得出是同一笔：只扣一次。',
    ),
    expected: ['2'],
    otherwise: { set: { key: 'k7' }, expected: ['1'] },
  },
];

export const webItems: readonly QuizItem[] = [...methodItems, ...sessionItems, ...frontItems];
