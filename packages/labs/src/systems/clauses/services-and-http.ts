/** Clauses: network services, the visit of a site, HTTP clients and crawling. */
import { clause, type RowClauses } from './clause.ts';

export const servicesAndHttp: readonly RowClauses[] = [
  [
    55,
    [
      clause('The stub resolver of a host asks its configured server.', '主机的存根解析器询问配置的服务器。'),
      clause('A forwarder passes the question on.', '转发服务器把查询转交出去。'),
      clause(
        'The recursive resolver walks from the root by the TLD to the authoritative server.',
        '递归解析器从根经顶级域走到权威服务器。',
      ),
      clause('A cached answer is used until its TTL is over.', '缓存的应答在 TTL 内被使用。'),
      clause('A name that does not exist gives NXDOMAIN.', '不存在的名字得到 NXDOMAIN。'),
      clause('A truncated answer (TC=1) is asked for again by TCP.', '应答被截断（TC=1）时改用 TCP 再问。'),
    ],
  ],
  [
    56,
    [
      clause('Each host has a hosts file of its own that can be edited.', '每台主机有自己可编辑的 hosts 文件。'),
      clause('A name in it is resolved without a DNS query.', '文件里的名字不发 DNS 查询就能解析。'),
      clause('Linux reads it at /etc/hosts.', 'Linux 的路径是 /etc/hosts。'),
      clause(
        'Windows reads it at C:\\Windows\\System32\\drivers\\etc\\hosts.',
        'Windows 的路径是 C:\\Windows\\System32\\drivers\\etc\\hosts。',
      ),
      clause('The order in nsswitch.conf is honoured.', '遵守 nsswitch.conf 的顺序。'),
    ],
  ],
  [
    62,
    [
      clause(
        'An answer of up to 512 bytes takes one exchange by UDP port 53.',
        '不超过 512 字节的应答用 UDP 53 端口一问一答。',
      ),
      clause('A larger one goes by TCP.', '更大的应答走 TCP。'),
    ],
  ],
  [
    65,
    [
      clause(
        'A visit from a cold laptop gives the nine steps in their true order.',
        '冷启动访问得到九个步骤的正确顺序。',
      ),
      clause('Each step has its packets.', '每一步都有对应的分组。'),
      clause('The learner sorts the steps and the lab judges the order.', '学习者排序，实验判断对错。'),
    ],
  ],
  [
    77,
    [
      clause(
        "Calls in Python 2's manner (urllib, urllib2) send the described headers.",
        'Python 2 写法的调用（urllib、urllib2）发出所述的请求头。',
      ),
      clause(
        "Calls in Python 3's manner (urllib.request) send the described headers.",
        'Python 3 写法的调用（urllib.request）发出所述的请求头。',
      ),
      clause('Missing names raise the described errors.', '不存在的名字按所述报错。'),
    ],
  ],
  [
    78,
    [
      clause(
        'Connections are counted: a Session keeps one, single calls make one each.',
        '数连接：Session 只用一条，单独调用每次一条。',
      ),
      clause('Cookies of a Session.', 'Session 的 Cookie。'),
      clause('A multipart upload arrives whole.', 'multipart 上传完整到达。'),
      clause('The encoding of a response is detected as described.', '响应编码按所述规则判定。'),
      clause(
        'A URL with Chinese host, path and query leaves as xn-- name and percent-encoded UTF-8.',
        '中文主机名、路径和查询以 xn-- 名字和百分号编码的 UTF-8 发出。',
      ),
      clause(
        'data= of a dict is form-encoded, json= is JSON, a str is sent untouched with no Content-Type.',
        'data= 传字典为表单编码，json= 为 JSON，传字符串原样发送且没有 Content-Type。',
      ),
    ],
  ],
  [
    79,
    [
      clause('A pool manager keeps as many pools as it may.', '连接池管理器保留的池数有上限。'),
      clause('Without block, extra connections are made and discarded.', '不设 block 时，多出的连接用完即弃。'),
      clause('With block, requests wait for a free connection.', '设 block 时，请求等待空闲连接。'),
    ],
  ],
  [
    80,
    [
      clause('Six pages are fetched by a pool of threads.', '线程池取回六个网页。'),
      clause('db.txt has six lines of URL and size.', 'db.txt 有六行 URL 和大小。'),
      clause('Thread name and pid of get and parse are recorded.', '记录 get 和 parse 的线程名与 pid。'),
      clause('Exceptions in callbacks are logged.', '回调里的异常记入日志。'),
    ],
  ],
  [
    81,
    [
      clause('A site refuses by User-Agent: 403.', '网站按 User-Agent 拒绝：403。'),
      clause('A site refuses by rate: 429.', '网站按频率拒绝：429。'),
      clause('With proper headers and pace the same crawler succeeds.', '请求头和节奏合适时，同一个爬虫成功。'),
    ],
  ],
  [
    82,
    [
      clause(
        'The same URLs are fetched by processes, by threads and by coroutines.',
        '同一批 URL 分别用进程、线程、协程抓取。',
      ),
      clause('A table of times.', '时间表。'),
      clause('A table of resources.', '资源表。'),
    ],
  ],
];
