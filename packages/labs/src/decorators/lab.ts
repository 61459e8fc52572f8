/** Decorators: log, timing, transaction, cache and permission around functions that are not touched, each with an effect that somebody else can see. */
import { cable, host, lab } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { narrate } from '../lib/narrate.ts';
import { prices, transfer } from './programs.ts';

type Context = LabContext<'bank' | 'shop'>;
const text = (en: string, zh: string) => ({ en, zh });
const toggle = (en: string, zh: string) => ({ default: true, text: text(en, zh) });

export default lab({
  id: 'decorators',
  title: text('Decorators: more, without a change', '装饰器：不改函数，增加功能'),
  text: text(
    'A function moves money between two files, another asks a web server for prices. Neither is changed. Decorators around them write a log, measure, put the files back after a failure, remember answers, and refuse whoever may not. Each effect shows outside of the function: in a log file, in the accounts, on the wire.',
    '一个函数在两个文件之间转账，另一个向网站询价，两者都不改动。外面的装饰器写日志、计时、失败时恢复文件、记住答案、拒绝无权者。每个效果都在函数之外看得到：日志文件、账户、网线上的分组。',
  ),
  params: {
    log: toggle('The log decorator is used', '使用日志装饰器'),
    timing: toggle('The timing decorator is used', '使用计时装饰器'),
    transaction: toggle('The transaction decorator is used', '使用事务装饰器'),
    cache: toggle('The cache decorator is used', '使用缓存装饰器'),
    permission: toggle('The permission decorator is used', '使用权限装饰器'),
    wraps: toggle('The innermost decorator keeps the name of what it wraps', '最内层装饰器保留被包装函数的名字'),
  },
  machines: {
    bank: host({
      eth0: '10.0.1.2/24',
      files: {
        '/srv/bank/anna': { text: '100', mode: 0o666 },
        '/srv/bank/ben': { text: '0', mode: 0o666 },
        '/var/log/bank': { text: '', mode: 0o666 },
      },
    }),
    shop: host({ eth0: '10.0.1.3/24', files: { '/srv/tea': '3\n', '/srv/salt': '1\n' }, run: ['httpd /srv'] }),
  },
  cables: [cable('bank', 'shop', { rate: '100Mbit', delay: '1ms' })],
  programs: { transfer, prices },
  checks: {
    log: {
      text: text('Each call and its end stand in the log file', '每次调用及其结束都写进日志文件'),
      row: 152,
      clause: 1,
    },
    timing: { text: text('The work of 50 ms is measured', '50 毫秒的工作被测出'), row: 152, clause: 2 },
    transaction: {
      text: text('After a failure halfway the account has what it had', '中途失败后账户恢复原值'),
      row: 152,
      clause: 3,
    },
    cache: {
      text: text('Five questions make two requests on the wire', '五次询问在网线上只有两个请求'),
      row: 152,
      clause: 4,
    },
    permission: {
      text: text('User 1000 is refused with EPERM, and nothing moves', '用户 1000 得到 EPERM，账户不变'),
      row: 152,
      clause: 5,
    },
    wraps: {
      text: text(
        'Outer decorators see the name of the function, not of a wrapper',
        '外层装饰器看到的是函数的名字，不是 wrapper',
      ),
      row: 152,
      clause: 6,
      claim: 'C370',
    },
  },
  counterRuns: {
    'no-log': {
      set: { log: false },
      flips: ['log', 'wraps'],
      text: text('Without it the log is empty.', '没有它，日志是空的。'),
    },
    'no-timing': {
      set: { timing: false },
      flips: ['timing'],
      text: text('Without it nothing is measured.', '没有它，没有测量。'),
    },
    'no-transaction': {
      set: { transaction: false },
      flips: ['transaction'],
      text: text('Without it the money is gone.', '没有它，钱不见了。'),
    },
    'no-cache': {
      set: { cache: false },
      flips: ['cache'],
      text: text('Without it each question is a request.', '没有它，每次询问都是一个请求。'),
    },
    'no-permission': {
      set: { permission: false },
      flips: ['permission'],
      text: text('Without it anybody moves money.', '没有它，谁都能转账。'),
    },
    nameless: {
      set: { wraps: false },
      flips: ['log', 'wraps'],
      text: text('Without wraps the log says wrapper.', '没有 wraps，日志里写的是 wrapper。'),
    },
  },
  async script(context) {
    await transfers(context);
    await permission(context);
    await cache(context);
  },
});

/** Names of the decorators that are on, outermost first. */
function chosen({ params }: Context, ...names: readonly string[]): string {
  const inner = params.wraps === true ? [] : ['nameless'];
  return [...names.filter((name) => params[name] === true), ...inner].join(' ');
}

async function transfers(context: Context): Promise<void> {
  const { bank, check } = context;
  const names = chosen(context, 'log', 'timing', 'transaction');
  const good = await narrate(
    context,
    bank,
    `transfer anna ben 30 ${names}`,
    text(`30 from anna to ben, decorated by: ${names || 'nothing'}`, `anna 给 ben 转 30，装饰器：${names || '无'}`),
  );
  await narrate(
    context,
    bank,
    `transfer anna nobody 30 ${names}`,
    text('30 from anna to an account that does not exist', 'anna 向不存在的账户转 30'),
  );
  const log = bank.readFile('/var/log/bank') ?? '';
  const anna = bank.readFile('/srv/bank/anna');
  context.say(
    text(
      `anna has ${anna}; the log: ${log.trim().replaceAll('\n', '; ')}`,
      `anna 余额 ${anna}；日志：${log.trim().replaceAll('\n', '；')}`,
    ),
  );
  check('log', () => ({
    met: log.startsWith('transfer(anna, ben, 30)\ntransfer returns\ntransfer(anna, nobody, 30)\ntransfer raises '),
    saw: `the log: ${log}`,
  }));
  check('wraps', () => ({ met: log.includes('transfer(') && !log.includes('wrapper'), saw: `the log: ${log}` }));
  check('timing', () => ({ met: good.stdout.includes('took 50 ms\n'), saw: good.stdout.trim() }));
  check('transaction', () => ({ met: anna === '70', saw: `anna has ${anna}` }));
}

async function permission(context: Context): Promise<void> {
  const { bank, check } = context;
  const before = bank.readFile('/srv/bank/ben');
  const { stdout } = await narrate(
    context,
    bank,
    `transfer anna ben 1 ${chosen(context, 'permission')}`,
    text('User 1000 tries to move money', '用户 1000 尝试转账'),
    { uid: 1000 },
  );
  const after = bank.readFile('/srv/bank/ben');
  check('permission', () => ({
    met: stdout === 'EPERM\n' && before === after,
    saw: `${stdout.trim()}, ben has ${after}`,
  }));
}

async function cache(context: Context): Promise<void> {
  const { bank, params, check, seen } = context;
  const { stdout } = await narrate(
    context,
    bank,
    `prices 10.0.1.3 ${params.cache === true ? 'cache' : 'plain'} tea salt tea tea salt`,
    text('Five prices are asked for, two different ones', '询问五次价格，其中只有两种商品'),
  );
  const requests = seen('http.request');
  const answers = stdout
    .split('\n')
    .filter((line) => line.includes('costs'))
    .join(', ');
  check(
    'cache',
    () => ({
      met: requests.count === 2 && answers === 'tea costs 3, salt costs 1, tea costs 3, tea costs 3, salt costs 1',
      saw: `${requests.count} requests; ${answers}`,
    }),
    requests.last,
  );
}
