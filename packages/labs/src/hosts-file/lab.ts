/** The hosts file: a name table of each machine's own, looked into before DNS, unless nsswitch.conf says otherwise. */
import { cable, host, lab, networkSwitch } from '@netarium/core/check/lab.ts';
import type { HostControl, LabContext } from '@netarium/core/check/lab-context.ts';

const NAME = 'www.shop.test';
const BY_DNS = '10.0.0.80';
const BY_FILE = '10.0.0.99';
type Context = LabContext<'ann' | 'bob' | 'pc' | 'ns'>;

const zone = `$ORIGIN shop.test.
$TTL 1
@ SOA ns admin 1 3600 600 86400 60
@ NS ns
ns A 10.0.0.53
www A ${BY_DNS}
`;

export default lab({
  id: 'hosts-file',
  title: { en: 'The hosts file', zh: 'hosts 文件' },
  text: {
    en: 'Ann writes a line into her hosts file, Bob does not. Who asks the name server, and what do both get? Then nsswitch.conf turns the order round.',
    zh: 'Ann 在自己的 hosts 文件里写了一行，Bob 没有。谁会去问域名服务器，各自得到什么？再用 nsswitch.conf 把顺序反过来。',
  },
  params: {
    entry: { default: true, text: { en: 'Ann writes the line', zh: 'Ann 是否写入这一行' } },
    path: { default: '/etc/hosts', text: { en: 'The file that she writes', zh: '写入的文件' } },
    windowsPath: {
      default: '/Windows/System32/drivers/etc/hosts',
      text: {
        en: 'The file that is written on the Windows PC, from the root of drive C:',
        zh: 'Windows 电脑上写入的文件（从 C: 盘根目录起）',
      },
    },
    order: {
      default: 'dns files',
      choices: ['dns files', 'files dns'],
      text: { en: 'The order in nsswitch.conf for the last part', zh: '最后一部分中 nsswitch.conf 的顺序' },
    },
  },
  machines: {
    ann: host({ eth0: '10.0.0.1/24', files: { '/etc/resolv.conf': 'nameserver 10.0.0.53\n' } }),
    bob: host({ eth0: '10.0.0.2/24', files: { '/etc/resolv.conf': 'nameserver 10.0.0.53\n' } }),
    pc: host({ eth0: '10.0.0.3/24', profile: 'windows', files: { '/etc/resolv.conf': 'nameserver 10.0.0.53\n' } }),
    ns: host({
      eth0: '10.0.0.53/24',
      files: {
        '/etc/bind/named.conf':
          'options { directory "/etc/bind"; recursion no; };\nzone "shop.test" { type primary; file "db"; };\n',
        '/etc/bind/db': zone,
      },
      run: ['named -f'],
    }),
    sw: networkSwitch(),
  },
  cables: (['ann', 'bob', 'pc', 'ns'] as const).map((name) => cable(name, 'sw', { rate: '1Gbit', delay: '1ms' })),
  checks: {
    own: {
      text: { en: 'The line counts on the host where it stands, and nowhere else', zh: '这一行只在写入的主机上有效' },
      row: 56,
      clause: 1,
    },
    'no-query': {
      text: { en: 'The name is resolved without a DNS query', zh: '解析这个名字没有发出 DNS 查询' },
      row: 56,
      clause: 2,
    },
    path: { text: { en: 'The program reads /etc/hosts', zh: '程序读取的是 /etc/hosts' }, row: 56, clause: 3 },
    windows: {
      text: {
        en: 'On Windows the line counts in C:\\Windows\\System32\\drivers\\etc\\hosts',
        zh: 'Windows 上有效的是 C:\\Windows\\System32\\drivers\\etc\\hosts 里的这一行',
      },
      row: 56,
      clause: 4,
    },
    order: {
      text: {
        en: 'With "hosts: dns files" the name server is asked first, and its answer counts',
        zh: '写成 “hosts: dns files” 时先问域名服务器，以它的应答为准',
      },
      row: 56,
      clause: 5,
    },
  },
  counterRuns: {
    'no-entry': {
      set: { entry: false },
      flips: ['own', 'no-query'],
      text: { en: 'The line is not there.', zh: '没有写这一行。' },
    },
    elsewhere: {
      set: { path: '/etc/hosts.txt' },
      flips: ['own', 'no-query', 'path'],
      text: { en: 'The line stands in another file.', zh: '这一行写进了别的文件。' },
    },
    'not-there-on-windows': {
      set: { windowsPath: '/etc/hosts' },
      flips: ['windows'],
      text: { en: 'Windows does not look into /etc/hosts.', zh: 'Windows 不看 /etc/hosts。' },
    },
    'files-first': {
      set: { order: 'files dns' },
      flips: ['order'],
      text: { en: 'The order stays as it was.', zh: '顺序保持不变。' },
    },
  },
  async script(context) {
    const { ann, params, sleep, say, watch } = context;
    await sleep('100ms');
    watch('dns', (p) => {
      const who = p.card.split('.')[0];
      const what =
        p.field('dns.flags.response') === true ? p.fields('dns.a').join(', ') || '-' : `${p.field('dns.qry.name')}?`;
      say({ en: `DNS, ${who}: ${what}`, zh: `DNS，${who}：${what}` });
    });
    const file = String(params.path);
    if (params.entry === true) {
      say({ en: `Ann writes "${BY_FILE} ${NAME}" into ${file}`, zh: `Ann 在 ${file} 里写入 “${BY_FILE} ${NAME}”` });
      await ann.sh(`echo '${BY_FILE} ${NAME}' >> ${file}`);
    }
    await filesFirst(context);
    await onWindows(context);
    await turnedRound(context);
  },
});

/** What a host takes the name for; empty where it cannot say. */
async function resolved(on: HostControl): Promise<string> {
  const { stdout } = await on.sh(`getent hosts ${NAME}`);
  return stdout.split(/\s+/)[0] ?? '';
}

async function filesFirst({ ann, bob, params, check, seen, on, say }: Context): Promise<void> {
  const opened: { path: string; atNs: number }[] = [];
  on('syscall', ({ host: where, at, values }) => {
    if (where === 'ann' && values.name === 'open')
      opened.push({ path: /^"([^"]*)"/.exec(values.args)?.[1] ?? '', atNs: at });
  });
  const atAnn = await resolved(ann);
  const queries = seen('dns.flags.response == 0 && ip.src == 10.0.0.1');
  check(
    'no-query',
    () => ({ met: atAnn === BY_FILE && queries.count === 0, saw: `${queries.count} queries, ${atAnn}` }),
    queries.first,
  );
  const read = opened.find(({ path }) => path === String(params.path) && path.includes('hosts'));
  check(
    'path',
    () => ({ met: read?.path === '/etc/hosts', saw: `opened ${opened.map(({ path }) => path).join(' ')}` }),
    read,
  );
  const atBob = await resolved(bob);
  say({ en: `Ann gets ${atAnn}, Bob gets ${atBob}`, zh: `Ann 得到 ${atAnn}，Bob 得到 ${atBob}` });
  check('own', () => ({ met: atAnn === BY_FILE && atBob === BY_DNS, saw: `Ann ${atAnn}, Bob ${atBob}` }));
}

async function onWindows({ pc, params, check, seen, say }: Context): Promise<void> {
  const file = String(params.windowsPath);
  await pc.sh(`mkdir -p ${file.slice(0, file.lastIndexOf('/'))}; echo '${BY_FILE} ${NAME}' >> ${file}`);
  const address = await resolved(pc);
  const queries = seen('dns.flags.response == 0 && ip.src == 10.0.0.3');
  say({
    en: `The PC runs Windows: with the line in C:${file.replaceAll('/', '\\')} it gets ${address}`,
    zh: `PC 装的是 Windows：这一行写在 C:${file.replaceAll('/', '\\')} 里，得到 ${address}`,
  });
  check(
    'windows',
    () => ({ met: address === BY_FILE && queries.count === 0, saw: `${queries.count} queries, ${address}` }),
    queries.first,
  );
}

async function turnedRound({ ann, params, check, seen, say }: Context): Promise<void> {
  await ann.sh(`grep -q ${NAME} /etc/hosts || echo '${BY_FILE} ${NAME}' >> /etc/hosts`);
  await ann.sh(`sed 's/^hosts:.*/hosts: ${params.order}/' /etc/nsswitch.conf > /tmp/n; cp /tmp/n /etc/nsswitch.conf`);
  say({
    en: `nsswitch.conf on Ann now says "hosts: ${params.order}"`,
    zh: `Ann 的 nsswitch.conf 改为 “hosts: ${params.order}”`,
  });
  const before = seen('dns.flags.response == 0 && ip.src == 10.0.0.1').count;
  const address = await resolved(ann);
  const queries = seen('dns.flags.response == 0 && ip.src == 10.0.0.1').packets.slice(before);
  check(
    'order',
    () => ({ met: address === BY_DNS && queries.length > 0, saw: `${queries.length} queries, ${address}` }),
    queries[0],
  );
}
