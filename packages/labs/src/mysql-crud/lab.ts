/** MySQL from a program: create, read, update, delete with parameters; a transaction; what an index saves; a duplicate; and an injection. */
import { cable, host, lab, networkSwitch } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { CUSTOMERS, shop } from './programs.ts';

type Context = LabContext<'web' | 'db'>;

const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'mysql-crud',
  title: text('MySQL: create, read, update, delete', 'MySQL 的增删改查'),
  text: text(
    'A shop keeps its customers in a database server on another host and talks to it by the MySQL protocol (login by mysql_native_password, as MariaDB has it; MySQL itself has preferred caching_sha2_password since 8.0). Values travel as parameters, apart from the statement. A transaction that is rolled back leaves nothing; a unique key refuses a second row with error 1062; an index lets the server look at ten rows instead of five hundred, and it counts them. Then somebody types a piece of SQL into a form: a statement glued together from strings lets everybody in, one with parameters lets nobody in.',
    '一家商店把顾客存在另一台主机的数据库服务器里，用 MySQL 协议与它对话（登录用 mysql_native_password，与 MariaDB 相同；MySQL 自 8.0 起默认用 caching_sha2_password）。值作为参数传送，与语句分开。回滚的事务什么也不留下；唯一键用错误 1062 拒绝第二行；有了索引，服务器只看十行而不是五百行，而且它会数给你看。然后有人往表单里输入一段 SQL：用字符串拼接的语句放所有人进来，用参数的语句一个也不放。',
  ),
  params: {
    password: {
      default: 'secret',
      choices: ['secret', 'guess'],
      text: text('The password that the shop sends', '商店发送的密码'),
    },
    last: {
      default: 'DELETE',
      choices: ['DELETE', 'SELECT'],
      text: text('What is done to the row in the end', '最后对该行做什么'),
    },
    end: {
      default: 'ROLLBACK',
      choices: ['ROLLBACK', 'COMMIT'],
      text: text('How the transaction ends', '事务如何结束'),
    },
    indexed: {
      default: 'age',
      choices: ['age', 'pin'],
      text: text('The column that gets an index', '给哪一列建索引'),
    },
    email: {
      default: 'unique',
      choices: ['unique', 'plain'],
      text: text('Is an address of e-mail unique?', '邮箱地址是否唯一'),
    },
    wrong: {
      default: 'SELECT name FROM custommer',
      choices: ['SELECT name FROM custommer', 'SELECT name FROM customer'],
      text: text('A statement with a mistake', '一条有错的语句'),
    },
    typed: {
      default: "x' OR '1'='1",
      choices: ["x' OR '1'='1", '9999'],
      text: text('What is typed into the field for the PIN', '在 PIN 输入框里输入什么'),
    },
    search: {
      default: 'parameters',
      choices: ['parameters', 'string'],
      text: text('How the careful form builds its statement', '谨慎的表单如何构造语句'),
    },
    client: {
      default: '-psecret',
      choices: ['-psecret', '-pguess'],
      text: text('The password of the command-line client', '命令行客户端的密码'),
    },
  },
  machines: {
    web: host({ eth0: '10.0.0.1/24' }),
    db: host({ eth0: '10.0.0.2/24', run: ['sql-server --bind 0.0.0.0 --password secret'] }),
    sw: networkSwitch(),
  },
  cables: [cable('web', 'sw', { rate: '1Gbit', delay: '100us' }), cable('db', 'sw', { rate: '1Gbit', delay: '100us' })],
  programs: { shop },
  checks: {
    login: { text: text('Login by mysql_native_password', '用 mysql_native_password 登录'), row: 148, clause: 2 },
    query: { text: text('Text queries', '文本查询'), row: 148, clause: 3 },
    crud: {
      text: text('INSERT, SELECT, UPDATE and DELETE with parameters', '带参数的 INSERT、SELECT、UPDATE、DELETE'),
      row: 148,
      clause: 4,
    },
    error: { text: text("Errors with MySQL's numbers", '使用 MySQL 的错误号'), row: 148, clause: 5 },
    rollback: { text: text('A transaction is rolled back', '事务回滚'), row: 148, clause: 6 },
    index: { text: text('An index and the rows that it saves', '索引以及它省下的行数'), row: 148, clause: 7 },
    duplicate: { text: text('A duplicate key is error 1062', '重复键是错误 1062'), row: 148, clause: 8 },
    injected: {
      text: text('An injection succeeds where the statement is built from strings', '用字符串拼接时注入成功'),
      row: 148,
      clause: 9,
    },
    harmless: { text: text('It is harmless with parameters', '用参数时注入无害'), row: 148, clause: 10 },
  },
  counterRuns: {
    'wrong-password': {
      set: { password: 'guess' },
      flips: ['login'],
      text: text('The shop sends another password.', '商店发送了别的密码。'),
    },
    'wrong-client': {
      set: { client: '-pguess' },
      flips: ['query'],
      text: text('The client sends another password.', '客户端发送了别的密码。'),
    },
    kept: { set: { last: 'SELECT' }, flips: ['crud'], text: text('The row is only read.', '这一行只被读取。') },
    'no-mistake': {
      set: { wrong: 'SELECT name FROM customer' },
      flips: ['error'],
      text: text('The statement is right.', '语句是对的。'),
    },
    committed: { set: { end: 'COMMIT' }, flips: ['rollback'], text: text('The transaction counts.', '事务生效了。') },
    'other-column': {
      set: { indexed: 'pin' },
      flips: ['index'],
      text: text('The index is on another column.', '索引建在另一列上。'),
    },
    'plain-email': {
      set: { email: 'plain' },
      flips: ['duplicate'],
      text: text('Nothing says that addresses are unique.', '没有规定地址唯一。'),
    },
    'a-number': {
      set: { typed: '9999' },
      flips: ['injected'],
      text: text('Somebody types a wrong PIN.', '有人输入了错误的 PIN。'),
    },
    'strings-everywhere': {
      set: { search: 'string' },
      flips: ['harmless'],
      text: text('The careful form builds strings too.', '谨慎的表单也用字符串拼接。'),
    },
  },
  async script(context) {
    await context.sleep('10ms');
    await entry(context);
    await rows(context);
    await transaction(context);
    await savings(context);
    await mistakes(context);
    await injection(context);
  },
});

/** One scene of the shop's program. */
async function scene({ web, params }: Context, ...words: readonly string[]): Promise<string[]> {
  const quoted = words.map((word) => `"${word}"`).join(' ');
  const { stdout } = await web.sh(`shop 10.0.0.2 ${params.password} ${quoted}`);
  return stdout.trim().split('\n');
}

function tell({ say }: Context, lines: readonly string[]): void {
  for (const line of lines) say(text(line, line));
}

async function entry(context: Context): Promise<void> {
  const { web, params, say, check, seen } = context;
  const [line = ''] = await scene(context, 'setup', String(params.email));
  say(text(`the shop connects, makes its table and fills it: ${line}`, `商店连接、建表并填入数据：${line}`));
  const greeting = seen('tcp.srcport == 3306 && tcp.len > 0').first;
  check('login', () => ({ met: line.startsWith(`${CUSTOMERS} rows`), saw: line }), greeting);
  const { stdout, stderr } = await web.sh(`mysql -h 10.0.0.2 ${params.client} -t test`, {
    stdin: 'SELECT id, name, age FROM customer WHERE id < 3;\nSHOW TABLES;\n',
  });
  tell(context, (stdout + stderr).trim().split('\n'));
  check('query', () => ({
    met: stdout.includes('|  2 | customer 1 |  21 |') && stdout.includes('| customer       |'),
    saw: stdout + stderr,
  }));
}

async function rows(context: Context): Promise<void> {
  context.say(
    text(
      'create, read, update, delete: each value is a parameter and travels apart from the statement',
      '增、查、改、删：每个值都是参数，与语句分开传送',
    ),
  );
  const lines = await scene(context, 'crud', String(context.params.last));
  tell(context, lines);
  const wanted = [
    `INSERT 1, id ${CUSTOMERS + 1}`,
    "SELECT Ann O'Neil, 30",
    "UPDATE 1, now Ann O'Neil, 31",
    'DELETE 1, now nobody',
  ];
  context.check('crud', () => ({ met: lines.join() === wanted.join(), saw: lines.join('; ') }));
}

async function transaction(context: Context): Promise<void> {
  context.say(
    text(
      'five years move from one customer to another inside of a transaction',
      '在一个事务里把五岁从一个顾客挪给另一个',
    ),
  );
  const lines = await scene(context, 'transfer', String(context.params.end));
  tell(context, lines);
  const [before = '', inside = '', after = ''] = lines.map((line) => line.slice(line.indexOf(':') + 2));
  context.check('rollback', () => ({
    met: before === '20, 21' && inside === '15, 26' && after === before,
    saw: lines.join('; '),
  }));
}

async function savings(context: Context): Promise<void> {
  context.say(
    text(
      'who is 33? The server counts the rows that it looks at, first without and then with an index',
      '谁是 33 岁？服务器数它看过的行，先不用索引，再用索引',
    ),
  );
  const lines = await scene(context, 'index', String(context.params.indexed));
  tell(context, lines);
  context.check('index', () => ({
    met:
      lines[0] === `without: found 10, looked at ${CUSTOMERS}, type ALL, key none` &&
      lines[1] === 'with: found 10, looked at 10, type ref, key by_age',
    saw: lines.join('; '),
  }));
}

async function mistakes(context: Context): Promise<void> {
  const { params, check, say } = context;
  const [twin = ''] = await scene(context, 'duplicate');
  const [wrong = ''] = await scene(context, 'statement', String(params.wrong));
  say(text(`a second customer with the same address: ${twin}`, `第二个同地址的顾客：${twin}`));
  say(text(`${params.wrong}: ${wrong}`, `${params.wrong}：${wrong}`));
  check('duplicate', () => ({
    met: twin === "IntegrityError 1062 (23000): Duplicate entry 'c7@shop.test' for key 'customer.email'",
    saw: twin,
  }));
  check('error', () => ({
    met: wrong === "ProgrammingError 1146 (42S02): Table 'test.custommer' doesn't exist",
    saw: wrong,
  }));
}

async function injection(context: Context): Promise<void> {
  context.say(
    text('a login form asks for a PIN, and somebody types more than a number', '登录表单要 PIN，有人输入的不只是数字'),
  );
  const { params, check, say } = context;
  const typed = String(params.typed);
  const [glued = ''] = await scene(context, 'login', 'string', typed);
  const [careful = ''] = await scene(context, 'login', String(params.search), typed);
  say(text(`PIN ${typed}, statement from strings: ${glued}`, `PIN ${typed}，语句由字符串拼接：${glued}`));
  say(text(`PIN ${typed}, ${params.search}: ${careful}`, `PIN ${typed}，${params.search}：${careful}`));
  check('injected', () => ({ met: glued === `${CUSTOMERS} customers let in`, saw: glued }));
  check('harmless', () => ({ met: careful === '0 customers let in', saw: careful }));
}
