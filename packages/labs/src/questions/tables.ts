/** Comparisons that a sentence cannot hold: a table for each of the notes' questions that asks for differences. The first column names what is compared. */
import type { Text } from '@netarium/core/check/lab.ts';
import { type Language, textIn } from '@netarium/view/language.ts';

export interface Table {
  readonly head: readonly Text[];
  readonly rows: readonly (readonly Text[])[];
}

type Cell = readonly [en: string, zh: string] | string;

/** A cell that is the same in both languages is written once. */
const cell = (written: Cell): Text =>
  typeof written === 'string' ? { en: written, zh: written } : { en: written[0], zh: written[1] };

const table = (head: readonly Cell[], ...rows: readonly (readonly Cell[])[]): Table => ({
  head: head.map(cell),
  rows: rows.map((row) => row.map(cell)),
});

export interface TableTexts {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function tableIn({ head, rows }: Table, language: Language): TableTexts {
  const cells = (row: readonly Text[]): string[] => row.map((each) => textIn(each, language));
  return { head: cells(head), rows: rows.map(cells) };
}

const NOTHING: Cell = '';

export const tables: ReadonlyMap<string, Table> = new Map([
  [
    'Q001',
    table(
      [['OSI layer', 'OSI 层'], 'TCP/IP', ['what it is about', '管什么'], ['examples', '例子']],
      [
        ['7 application', '7 应用层'],
        ['application', '应用层'],
        ['what programs say', '程序说什么'],
        'HTTP, DNS, SMTP, SSH',
      ],
      [
        ['6 presentation', '6 表示层'],
        ['application', '应用层'],
        ['encoding, encryption', '编码、加密'],
        'UTF-8, gzip, TLS',
      ],
      [
        ['5 session', '5 会话层'],
        ['application', '应用层'],
        ['dialogues', '会话管理'],
        ['resumption of TLS, RPC sessions', 'TLS 会话恢复、RPC 会话'],
      ],
      [
        ['4 transport', '4 传输层'],
        ['transport', '传输层'],
        ['between programs, by port', '程序到程序，按端口'],
        'TCP, UDP',
      ],
      [
        ['3 network', '3 网络层'],
        ['internet', '网络层'],
        ['between networks, by IP address', '网络到网络，按 IP 地址'],
        'IP, ICMP',
      ],
      [
        ['2 data link', '2 数据链路层'],
        ['link', '链路层'],
        ['on one link, by MAC address', '一条链路内，按 MAC 地址'],
        ['Ethernet, Wi-Fi, switches', '以太网、Wi-Fi、交换机'],
      ],
      [
        ['1 physical', '1 物理层'],
        ['link', '链路层'],
        ['bits on a medium', '介质上的比特'],
        ['cables, radio, hubs', '网线、无线电、集线器'],
      ],
    ),
  ],
  [
    'Q003',
    table(
      [NOTHING, 'C/S', 'B/S'],
      [
        ['client', '客户端'],
        ['own program, installed', '专用程序，要安装'],
        ['browser', '浏览器'],
      ],
      [['protocol', '协议'], ['any, often an own one', '任意，常自定义'], 'HTTP'],
      [
        ['new version', '升级'],
        ['on every machine', '每台机器都要'],
        ['on the server, once', '只在服务端一次'],
      ],
      [
        ['local devices, offline', '本地设备、离线'],
        ['all that the system allows', '系统允许的都行'],
        ['what browsers allow', '受浏览器限制'],
      ],
      [
        ['who is reached', '覆盖面'],
        ['those who install', '装了才能用'],
        ['whoever has a link', '有链接就能用'],
      ],
    ),
  ],
  [
    'Q006',
    table(
      [
        ['class', '类别'],
        ['first byte', '首字节'],
        ['first bits', '前几位'],
        ['network bits', '网络号位数'],
        ['meaning then', '当年的用途'],
      ],
      ['A', '0–127', '0', '8', ['large networks; 0 and 127 are special', '大型网络；0 和 127 另有用途']],
      ['B', '128–191', '10', '16', ['middle-sized networks', '中型网络']],
      ['C', '192–223', '110', '24', ['small networks', '小型网络']],
      ['D', '224–239', '1110', '–', ['multicast groups', '组播组']],
      ['E', '240–255', '1111', '–', ['reserved', '保留']],
    ),
  ],
  [
    'Q010',
    table(
      [NOTHING, ['IP address', 'IP 地址'], ['MAC address', 'MAC 地址']],
      [
        ['layer', '所在层'],
        ['3, network', '三层，网络层'],
        ['2, data link', '二层，数据链路层'],
      ],
      [
        ['length', '长度'],
        ['32 bits (IPv6: 128)', '32 位（IPv6 为 128 位）'],
        ['48 bits', '48 位'],
      ],
      [
        ['given by', '由谁给出'],
        ['configuration or DHCP', '手工配置或 DHCP'],
        ['maker of the card; can be changed', '网卡厂商；可修改'],
      ],
      [
        ['structure', '结构'],
        ['prefix and host: can be aggregated', '前缀加主机号，可聚合'],
        ['flat', '扁平，无层次'],
      ],
      [
        ['valid', '有效范围'],
        ['end to end (without NAT)', '端到端（没有 NAT 时）'],
        ['on one link', '一条链路'],
      ],
      [
        ['on the way', '一路上'],
        ['stays', '不变'],
        ['changes at every router', '每过一个路由器就换'],
      ],
    ),
  ],
  [
    'Q012',
    table(
      [NOTHING, ['LAN', '局域网'], ['WAN', '广域网']],
      [
        ['extent', '范围'],
        ['a building, a campus', '一栋楼、一个园区'],
        ['cities, continents', '跨城市、跨洲'],
      ],
      [
        ['owner of the links', '线路归谁'],
        ['oneself', '自己'],
        ['carriers', '运营商'],
      ],
      [
        ['technology', '技术'],
        ['Ethernet, Wi-Fi', '以太网、Wi-Fi'],
        ['leased lines, MPLS, VPN over the Internet, cellular', '专线、MPLS、互联网 VPN、蜂窝网'],
      ],
      [
        ['rate', '速率'],
        ['1 to 100 Gbit/s', '1–100 Gbit/s'],
        ['as paid for', '按付费'],
      ],
      [
        ['RTT', '往返时延'],
        ['below 1 ms', '不到 1 ms'],
        ['5 to 300 ms', '5–300 ms'],
      ],
      [
        ['broadcast', '广播'],
        ['yes, within the VLAN', '有，限于本 VLAN'],
        ['no', '没有'],
      ],
    ),
  ],
  [
    'Q013',
    table(
      [NOTHING, ['switch', '交换机'], ['router', '路由器']],
      [
        ['layer', '所在层'],
        ['2', '二层'],
        ['3', '三层'],
      ],
      [
        ['decides by', '依据'],
        ['destination MAC', '目的 MAC'],
        ['destination IP, longest prefix', '目的 IP，最长前缀匹配'],
      ],
      [
        ['table filled by', '表从哪来'],
        ['learning source MACs', '学习源 MAC'],
        ['configuration, routing protocols', '配置、路由协议'],
      ],
      [
        ['destination unknown', '查不到时'],
        ['floods', '泛洪'],
        ['drops, ICMP unreachable', '丢弃，回 ICMP 不可达'],
      ],
      [
        ['changes the frame', '是否改帧'],
        ['no', '不改'],
        ['new MACs, TTL minus one, new checksum', '换 MAC、TTL 减一、重算校验和'],
      ],
      [
        ['broadcasts', '广播'],
        ['pass', '转发'],
        ['stop', '不转发'],
      ],
      [
        ['loops', '环路'],
        ['a storm; spanning tree prevents it', '广播风暴，靠生成树避免'],
        ['end by TTL', '靠 TTL 终止'],
      ],
    ),
  ],
  [
    'Q018',
    table(
      [
        ['flag', '标志'],
        ['meaning', '含义'],
        ['where it is seen', '出现在哪里'],
      ],
      [
        'SYN',
        ['synchronise sequence numbers', '同步序号'],
        ['first segment of each direction', '每个方向的第一个报文段'],
      ],
      [
        'ACK',
        ['acknowledgement number is valid', '确认号有效'],
        ['all but the first SYN, and some RST', '除第一个 SYN 和某些 RST 外都有'],
      ],
      ['PSH', ['hand over what has come', '尽快交付'], ['last segment of a write', '一次写入的最后一段']],
      ['FIN', ['this direction ends', '本方向结束'], ['close, shutdown', 'close、shutdown']],
      ['RST', ['abort or refuse', '终止或拒绝'], ['closed port, crash, unread data', '端口未监听、崩溃、有未读数据']],
      ['URG', ['urgent pointer is valid', '紧急指针有效'], ['MSG_OOB, old protocols', 'MSG_OOB、老协议']],
      [
        'ECE, CWR',
        ['congestion was signalled; answered', '收到拥塞通知；已降速'],
        ['paths with ECN (RFC 3168)', '支持 ECN 的路径（RFC 3168）'],
      ],
    ),
  ],
  [
    'Q020',
    table(
      [NOTHING, 'TCP', 'UDP'],
      [
        ['connection', '连接'],
        ['handshake, two ends', '先握手，一对一'],
        ['none; also broadcast, multicast', '无连接；可广播、组播'],
      ],
      [
        ['unit', '传输单位'],
        ['byte stream, no borders', '字节流，无边界'],
        ['datagram, borders kept', '数据报，保留边界'],
      ],
      [
        ['loss, order, duplicates', '丢失、乱序、重复'],
        ['repaired by the kernel', '内核负责修复'],
        ["the program's business", '由程序自己处理'],
      ],
      [
        ['flow control', '流量控制'],
        ['receive window', '接收窗口'],
        ['none: full buffers drop', '没有，缓冲满了就丢'],
      ],
      [
        ['congestion control', '拥塞控制'],
        ['yes (cwnd)', '有（cwnd）'],
        ['none: the program should', '没有，程序应当自己做'],
      ],
      [
        ['header', '头部'],
        ['20 to 60 bytes', '20–60 字节'],
        ['8 bytes', '8 字节'],
      ],
      [
        ['first data after', '首个数据要等'],
        ['one RTT', '一个 RTT'],
        ['nothing', '不用等'],
      ],
      [
        ['encryption', '加密'],
        ['no (TLS above)', '没有（靠 TLS）'],
        ['no (DTLS, QUIC above)', '没有（靠 DTLS、QUIC）'],
      ],
    ),
  ],
  [
    'Q024',
    table(
      [
        ['protocol', '协议'],
        ['transport', '传输层'],
        ['port', '端口'],
        ['note', '说明'],
      ],
      ['FTP', 'TCP', '21', ['data on a second connection (20 in active mode)', '数据另开连接（主动模式用 20）']],
      ['SSH', 'TCP', '22', NOTHING],
      ['Telnet', 'TCP', '23', ['clear text', '明文']],
      ['SMTP', 'TCP', '25', ['587 for submission, 465 with TLS', '提交用 587，TLS 用 465']],
      ['DNS', 'UDP + TCP', '53', ['TCP for large answers and zone transfers', '大应答、区域传送用 TCP']],
      ['DHCP', 'UDP', '67, 68', ['server, client', '服务端、客户端']],
      ['TFTP', 'UDP', '69', ['first packet only', '只有首包用']],
      ['HTTP', 'TCP', '80', NOTHING],
      ['POP3, IMAP', 'TCP', '110, 143', ['995, 993 with TLS', 'TLS 用 995、993']],
      ['NTP', 'UDP', '123', NOTHING],
      ['SNMP', 'UDP', '161, 162', ['queries, traps', '查询、trap']],
      ['HTTPS', 'TCP', '443', ['HTTP/3: UDP 443', 'HTTP/3 用 UDP 443']],
      ['MySQL, Redis', 'TCP', '3306, 6379', ['never open to the Internet', '不要对公网开放']],
    ),
  ],
  [
    'Q029',
    table(
      [['model', '模型'], ['waiting for data', '等数据'], ['copying', '拷贝'], ['calls', '调用'], NOTHING],
      [['blocking', '阻塞 IO'], ['thread sleeps', '线程睡眠'], ['thread', '线程里'], 'recv', ['synchronous', '同步']],
      [
        ['non-blocking', '非阻塞 IO'],
        ['EAGAIN, asked again', 'EAGAIN，再来问'],
        ['thread', '线程里'],
        'recv + O_NONBLOCK',
        ['synchronous', '同步'],
      ],
      [
        ['multiplexing', 'IO 多路复用'],
        ['sleeps for many at once', '同时等很多个'],
        ['thread', '线程里'],
        'select, poll, epoll',
        ['synchronous', '同步'],
      ],
      [
        ['signal-driven', '信号驱动 IO'],
        ['a signal tells', '信号通知'],
        ['thread', '线程里'],
        'O_ASYNC, SIGIO',
        ['synchronous', '同步'],
      ],
      [['asynchronous', '异步 IO'], ['kernel', '内核'], ['kernel', '内核'], 'io_uring, IOCP', ['asynchronous', '异步']],
    ),
  ],
  [
    'Q032',
    table(
      [NOTHING, 'select', 'poll', 'epoll'],
      [
        ['limit', '上限'],
        ['fd number below 1024', 'fd 编号小于 1024'],
        ['descriptors of the process', '进程的 fd 上限'],
        ['descriptors of the process', '进程的 fd 上限'],
      ],
      [
        ['interest list', '关注列表'],
        ['three bit sets, at each call', '三个位图，每次传入'],
        ['array, at each call', '数组，每次传入'],
        ['in the kernel (epoll_ctl)', '存在内核（epoll_ctl）'],
      ],
      [['cost of a wait', '一次等待的开销'], 'O(n)', 'O(n)', ['O(ready)', 'O(就绪数)']],
      [
        ['result', '返回'],
        ['sets overwritten: fill anew', '位图被改写，要重设'],
        ['revents in the same array', '同一数组的 revents'],
        ['only what is ready', '只有就绪的'],
      ],
      [
        ['trigger', '触发方式'],
        ['level', '水平'],
        ['level', '水平'],
        ['level or edge', '水平或边缘'],
      ],
      [['found on', '系统'], ['nearly everywhere', '几乎都有'], 'Unix', 'Linux'],
    ),
  ],
  [
    'Q039',
    table(
      [NOTHING, 'GET', 'POST'],
      [
        ['purpose', '用途'],
        ['retrieve', '获取'],
        ['submit for processing', '提交处理'],
      ],
      [
        ['safe', '安全（不改状态）'],
        ['yes', '是'],
        ['no', '否'],
      ],
      [
        ['idempotent', '幂等'],
        ['yes', '是'],
        ['no', '否'],
      ],
      [
        ['cached', '缓存'],
        ['yes', '可以'],
        ['only if the answer says so', '响应明确允许才行'],
      ],
      [
        ['data in', '数据放在'],
        ['URL: logs, history, Referer', 'URL，会进日志、历史、Referer'],
        ['body', '请求体'],
      ],
      [
        ['repeated by the browser', '浏览器重发'],
        ['freely', '随意'],
        ['after asking', '先询问'],
      ],
      [
        ['bookmark', '收藏'],
        ['yes', '可以'],
        ['no', '不行'],
      ],
    ),
  ],
  [
    'Q042',
    table(
      [NOTHING, 'Cookie', 'Session'],
      [
        ['kept at', '存放'],
        ['client', '客户端'],
        ['server (memory, Redis, database)', '服务端（内存、Redis、数据库）'],
      ],
      [
        ['holds', '内容'],
        ['text, about 4 KB', '文本，约 4 KB'],
        ['any object', '任意对象'],
      ],
      [
        ['user can read and change it', '用户可见可改'],
        ['yes (unless signed)', '是（除非签名）'],
        ['no, only the id', '否，只看得到 id'],
      ],
      [
        ['ends', '失效'],
        ['Max-Age, Expires, end of the browser', 'Max-Age、Expires 或关闭浏览器'],
        ['idle limit, deletion at the server', '空闲超时、服务端删除'],
      ],
      [
        ['cost', '开销'],
        ['bytes in every request', '每个请求多带字节'],
        ['memory, a lookup per request', '占内存、每次要查'],
      ],
      [
        ['several servers', '多台服务器'],
        ['nothing to do', '无需处理'],
        ['shared store or stickiness', '共享存储或会话保持'],
      ],
    ),
  ],
  [
    'Q051',
    table(
      [NOTHING, ['forward proxy', '正向代理'], ['reverse proxy', '反向代理']],
      [
        ['acts for', '代表谁'],
        ['clients', '客户端'],
        ['servers', '服务端'],
      ],
      [
        ['who configures it', '谁来配置'],
        ['clients (or interception)', '客户端（或透明拦截）'],
        ["the site's operator", '网站运维'],
      ],
      [
        ['request line', '请求行'],
        ['full URL, or CONNECT', '完整 URL，或 CONNECT'],
        ['path', '路径'],
      ],
      [
        ['the other side sees', '对方看到'],
        ['the proxy, not the client', '代理，而不是客户端'],
        ['the proxy, not the servers', '代理，而不是后端'],
      ],
      [
        ['uses', '用途'],
        ['reach, cache, login, audit', '上网、缓存、认证、审计'],
        ['TLS, balancing, cache, WAF', 'TLS、均衡、缓存、WAF'],
      ],
      [['programs', '软件'], 'Squid', 'nginx, HAProxy, Envoy'],
    ),
  ],
  [
    'Q060',
    table(
      [NOTHING, ['process', '进程'], ['thread', '线程'], ['coroutine', '协程']],
      [
        ['owns', '拥有'],
        ['address space, descriptors', '地址空间、fd'],
        ['stack, registers', '栈、寄存器'],
        ['its local variables', '局部变量'],
      ],
      [
        ['scheduled by', '由谁调度'],
        ['kernel (its threads)', '内核（调度其线程）'],
        ['kernel, any time', '内核，随时抢占'],
        ['loop, at await only', '事件循环，只在 await 处'],
      ],
      [
        ['several cores', '多核'],
        ['yes', '能'],
        ['yes; CPython: one at a time', '能；CPython 同时只有一个'],
        ['no', '不能'],
      ],
      [
        ['shares data by', '共享数据'],
        ['pipe, socket, shared memory', '管道、套接字、共享内存'],
        ['memory', '内存'],
        ['memory', '内存'],
      ],
      [
        ['a crash ends', '崩溃影响'],
        ['itself', '自己'],
        ['the process', '整个进程'],
        ['the task', '该任务'],
      ],
      [
        ['cost of one', '单个开销'],
        ['highest: an address space', '最高：一个地址空间'],
        ['a stack, an entry in the kernel', '一个栈加内核表项'],
        ['an object', '一个对象'],
      ],
      [
        ['take it for', '适合'],
        ['computing, isolation', '计算、隔离'],
        ['blocking libraries', '阻塞的库'],
        ['thousands of waits', '成千上万的等待'],
      ],
    ),
  ],
  [
    'Q071',
    table(
      [NOTHING, 'join()', 'daemon'],
      [
        ['what it is', '是什么'],
        ['a call', '一个调用'],
        ['an attribute, set before start()', '属性，start() 之前设'],
      ],
      [
        ['says', '含义'],
        ['wait until it is done', '等它做完'],
        ['do not wait for it', '不必等它'],
      ],
      [
        ['who is affected', '影响谁'],
        ['the caller blocks', '调用者阻塞'],
        ['the child is ended with the parent', '子随父结束'],
      ],
      [['both together', '同时用'], ['it is waited for and completes', '会等到它做完'], NOTHING],
    ),
  ],
  [
    'Q078',
    table(
      [NOTHING, 'Lock', 'RLock'],
      [
        ['owner', '归属'],
        ['none', '没有'],
        ['the thread that acquired it', '获取它的线程'],
      ],
      [
        ['second acquire by the same thread', '同一线程再次获取'],
        ['blocks for ever', '永远阻塞'],
        ['counts up', '计数加一'],
      ],
      [['release by another thread', '别的线程释放'], ['allowed', '允许'], 'RuntimeError'],
      [
        ['free again after', '何时空闲'],
        ['one release', '释放一次'],
        ['as many releases as acquires', '释放与获取次数相同'],
      ],
      [
        ['deadlock of two locks', '两把锁死锁'],
        ['possible', '会'],
        ['possible', '会'],
      ],
    ),
  ],
  [
    'Q092',
    table(
      [
        ['way', '写法'],
        ['time', '总时间'],
        ['threads', '线程数'],
        ['limit of ten thousand', '一万个时'],
      ],
      [['one after the other', '串行'], ['sum of all', '各次之和'], '1', ['hours', '几小时']],
      [['thread per URL', '每 URL 一线程'], ['slowest one', '最慢的一个'], 'n', ['too many threads', '线程太多']],
      [
        ['thread pool', '线程池'],
        ['sum ÷ workers', '总和 ÷ 线程数'],
        ['workers', '池大小'],
        ['good', '可以'],
      ],
      [['gevent', 'gevent'], ['slowest one', '最慢的一个'], '1', ['good, with a Pool', '可以，配 Pool']],
      [['event loop', '事件循环'], ['slowest one', '最慢的一个'], '1', ['best', '最合适']],
      [
        ['processes', '多进程'],
        ['slowest, plus start-up', '最慢的一个加启动'],
        ['n processes', 'n 个进程'],
        ['only if decoding is heavy', '解码很重才值得'],
      ],
    ),
  ],
  [
    'Q100',
    table(
      [NOTHING, 'MySQL', 'Hive'],
      [
        ['made for', '定位'],
        ['transactions (OLTP)', '在线事务（OLTP）'],
        ['analysis (OLAP)', '离线分析（OLAP）'],
      ],
      [
        ['storage', '存储'],
        ['rows, B+ tree', '行存、B+ 树'],
        ['files in HDFS: ORC, Parquet', 'HDFS 文件：ORC、Parquet'],
      ],
      [
        ['schema checked', '模式校验'],
        ['when writing', '写时'],
        ['when reading', '读时'],
      ],
      [
        ['one row by key', '按主键查一行'],
        ['milliseconds', '毫秒'],
        ['seconds, scans files', '几秒，扫文件'],
      ],
      [
        ['sum over everything', '全量统计'],
        ['slow', '慢'],
        ['its purpose', '正是强项'],
      ],
      [
        ['update, delete', '更新、删除'],
        ['any row', '任意行'],
        ['ACID ORC tables only', '仅 ACID ORC 表'],
      ],
      [
        ['size', '规模'],
        ['up to some TB per server', '单机几 TB 以内'],
        ['PB', 'PB 级'],
      ],
    ),
  ],
]);
