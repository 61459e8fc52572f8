/** Regular expressions for user names, telephone numbers and e-mail addresses: whole matches only, and an expression that never ends is stopped. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { Finished, LabContext } from '@netarium/core/check/lab-context.ts';
import { EXAMPLES } from '@netarium/userland/validation/examples.ts';
import { BEYOND_EMAIL, FORMATS, formatCalled } from '@netarium/userland/validation/formats.ts';

type Context = LabContext<'machine'>;
const text = (en: string, zh: string) => ({ en, zh });

const NAMED = [
  ['user', text('User names', '用户名')],
  ['user-zh', text('User names with Chinese characters', '可含汉字的用户名')],
  ['mobile', text('Mobile numbers of mainland China', '大陆手机号')],
  ['landline', text('Landline numbers of mainland China', '大陆固定电话')],
  ['email', text('E-mail addresses', '电子邮箱')],
] as const;

const ENOUGH = 20;

const formatCheck = (id: string, clause: number) => {
  const about = NAMED.find(([name]) => name === id)![1];
  return {
    text: text(
      `${about.en}: all good examples are taken, all bad ones refused, ${ENOUGH} of each at least`,
      `${about.zh}：好例全过，坏例全拒，各不少于 ${ENOUGH} 个`,
    ),
    row: 147,
    clause,
  };
};

export default lab({
  id: 'validation',
  title: text('User name, telephone, e-mail by regular expression', '正则匹配用户名、电话、邮箱'),
  text: text(
    'First say what the format is, then match the whole value. `validate` judges a list a line at a time and tells where a value stops to fit. The expressions use only what extended POSIX expressions, Python and JavaScript have in common, so that the verdicts are the same in all three. Then the two usual faults: `$` lets a trailing newline through in Python, and nested repetition takes twice as many steps for each character more.',
    '先说清格式，再整串匹配。`validate` 逐行判断，并指出从哪个字符起不合格式。表达式只用 POSIX 扩展正则、Python、JavaScript 共有的写法，三者结论相同。然后是两个常见错误：Python 里 `$` 会放过结尾的换行；嵌套的重复每多一个字符步数翻倍。',
  ),
  params: {
    how: {
      default: 'fullmatch',
      choices: ['fullmatch', 'dollar', 'match', 'search'],
      text: text('Which call is asked: fullmatch, match with a $ at the end, match, search', '用哪种匹配'),
    },
    email: {
      default: formatCalled('email')!.pattern,
      choices: [formatCalled('email')!.pattern, '.+@.+'],
      text: text('The expression for e-mail addresses', '邮箱的正则'),
    },
    catastrophic: {
      default: '(a+)+b',
      choices: ['(a+)+b', 'a+b'],
      text: text('An expression that is tried on a row of a’s', '对一串 a 试的正则'),
    },
    letters: { default: 30, min: 1, max: 60, text: text('How many a’s', 'a 的个数') },
    steps: { default: 100_000, min: 1, max: 1_000_000, text: text('Steps after which it is stopped', '最多走几步') },
  },
  machines: { machine: host() },
  checks: {
    user: formatCheck('user', 1),
    'user-zh': formatCheck('user-zh', 2),
    mobile: formatCheck('mobile', 3),
    landline: formatCheck('landline', 4),
    email: formatCheck('email', 5),
    beyond: {
      text: text(
        'What RFC 5321 and RFC 5322 allow beyond it is listed with examples, and the format refuses each of them',
        'RFC 5321/5322 允许而本格式不收的写法列成表，逐个拒绝',
      ),
      row: 147,
      clause: 6,
    },
    newline: {
      text: text('A good value with a newline behind it is refused, in every format', '末尾带换行的好例一律拒绝'),
      row: 147,
      clause: 7,
    },
    stopped: {
      text: text('The catastrophic expression is stopped after its steps', '灾难性的正则到步数即停'),
      row: 147,
      clause: 8,
    },
    doubles: { text: text('One character more doubles its steps', '每多一个字符步数翻倍') },
    automaton: {
      text: text(
        'An automaton judges the same value in steps that grow with its length',
        '自动机判断同一个值，步数随长度线性增长',
      ),
    },
  },
  counterRuns: {
    search: {
      set: { how: 'search' },
      flips: ['user', 'user-zh', 'mobile', 'landline', 'email', 'newline'],
      text: text('search finds the form anywhere in the value.', 'search 在任何位置找到都算。'),
    },
    dollar: {
      set: { how: 'dollar' },
      flips: ['newline'],
      text: text('$ matches before a newline at the end, too.', '$ 也能匹配结尾换行之前的位置。'),
    },
    'anything-with-an-at': {
      set: { email: '.+@.+' },
      flips: ['email', 'beyond'],
      text: text('Anything with an @ in it is no format.', '只要有 @ 就收，等于没有格式。'),
    },
    simple: {
      set: { catastrophic: 'a+b' },
      flips: ['stopped', 'doubles'],
      text: text('Without nested repetition the steps are few.', '没有嵌套重复，几步就完。'),
    },
    patient: {
      set: { letters: 60, steps: 300 },
      flips: ['automaton'],
      text: text(
        'Where the limit is a few hundred steps, the automaton too needs more than that for a long value.',
        '上限只有几百步时，自动机判断长值也会超过。',
      ),
    },
  },
  async script(context) {
    for (const [name] of NAMED) await examples(context, name);
    await beyond(context);
    await newlines(context);
    await catastrophe(context);
  },
});

const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;

/** `validate FORMAT`, or the expression that the learner chose for e-mail addresses. */
function command({ params }: Context, name: string): string {
  const what = name === 'email' ? `--pattern ${quoted(String(params.email))}` : name;
  return `validate --how ${params.how} ${what}`;
}

/** Values of a line each go by a file, those with a newline in them by options. */
async function judged(
  context: Context,
  name: string,
  values: readonly string[],
): Promise<readonly [good: number, Finished]> {
  const { machine } = context;
  const lines = values.filter((value) => !value.includes('\n'));
  machine.writeFile('/srv/values', lines.map((line) => `${line}\n`).join(''));
  const asked = `${command(context, name)}`;
  const run = await machine.sh(`${asked} < /srv/values`);
  const others = values.filter((value) => value.includes('\n')).map((value) => ` -e ${quoted(value)}`);
  const more = others.length === 0 ? '' : (await machine.sh(`${asked}${others.join('')}`)).stdout;
  return [[...`${run.stdout}${more}`.matchAll(/^good /gm)].length, run];
}

async function examples(context: Context, name: string): Promise<void> {
  const { say, check } = context;
  const { good, bad } = EXAMPLES.get(name)!;
  const [taken] = await judged(context, name, good);
  const [passed, run] = await judged(context, name, bad);
  const about = NAMED.find(([one]) => one === name)![1];
  const { pattern } = FORMATS.find((format) => format.name === name)!;
  const reason = /^bad +\d+ +\d+ steps +("[^"]+" .*)$/m.exec(run.stdout)?.[1] ?? '';
  say(
    text(
      `${about.en}, ${pattern}: ${taken} of ${good.length} good ones taken, ${passed} of ${bad.length} bad ones; ${reason}`,
      `${about.zh} ${pattern}：好例通过 ${taken}/${good.length}，坏例通过 ${passed}/${bad.length}；${reason}`,
    ),
  );
  check(name, () => ({
    met: taken === good.length && passed === 0 && good.length >= ENOUGH && bad.length >= ENOUGH,
    saw: `${taken} of ${good.length} good ones taken, ${passed} of ${bad.length} bad ones`,
  }));
}

async function beyond(context: Context): Promise<void> {
  const { machine, say, check } = context;
  const { stdout } = await machine.sh('validate formats');
  const listed = BEYOND_EMAIL.filter(([, example, where]) => stdout.includes(example) && stdout.includes(where)).length;
  const [taken] = await judged(
    context,
    'email',
    BEYOND_EMAIL.map(([, example]) => example),
  );
  for (const [what, example, where] of BEYOND_EMAIL.slice(0, 3))
    say(
      text(
        `Allowed by the RFCs, not by us: ${example}, ${what} (${where})`,
        `RFC 允许而我们不收：${example}（${where}）`,
      ),
    );
  check('beyond', () => ({
    met: listed === BEYOND_EMAIL.length && taken === 0,
    saw: `${listed} of ${BEYOND_EMAIL.length} listed, ${taken} taken`,
  }));
}

async function newlines(context: Context): Promise<void> {
  const { say, check } = context;
  const through: string[] = [];
  for (const [name] of NAMED) {
    const [value] = EXAMPLES.get(name)!.good;
    const [taken] = await judged(context, name, [`${value}\n`]);
    if (taken > 0) through.push(name);
  }
  const how = String(context.params.how);
  say(
    text(
      `A newline behind a good value, by ${how}: ${through.length === 0 ? 'refused everywhere' : `let through by ${through.join(', ')}`}`,
      `好例末尾加换行，用 ${how}：${through.length === 0 ? '全部拒绝' : `放过：${through.join('、')}`}`,
    ),
  );
  check('newline', () => ({ met: through.length === 0, saw: `let through by ${through.join(', ') || 'none'}` }));
}

async function catastrophe({ machine, params, say, check }: Context): Promise<void> {
  const limit = Number(params.steps);
  const asked = async (letters: number, budget: string): Promise<readonly [verdict: string, steps: number]> => {
    const line = `validate --pattern '${params.catastrophic}' ${budget} -e ${'a'.repeat(letters)}`;
    const { stdout } = await machine.sh(line);
    const found = /^(\w+) +\d+ +(\d+) steps/.exec(stdout);
    return [found?.[1] ?? stdout, Number(found?.[2])];
  };
  const counts: number[] = [];
  for (const letters of [10, 11, 12]) counts.push((await asked(letters, '--steps 10000000'))[1]);
  say(
    text(
      `${params.catastrophic} on 10, 11, 12 a’s takes ${counts.join(', ')} steps`,
      `${params.catastrophic} 对 10、11、12 个 a 走 ${counts.join('、')} 步`,
    ),
  );
  const ratio = counts[2]! / counts[1]!;
  check('doubles', () => ({ met: ratio > 1.9 && ratio < 2.1, saw: `${counts.join(', ')} steps` }));
  const letters = Number(params.letters);
  const [verdict, steps] = await asked(letters, `--steps ${limit}`);
  say(
    text(
      `On ${letters} a’s, at most ${limit} steps: ${verdict} after ${steps}`,
      `对 ${letters} 个 a，上限 ${limit} 步：${verdict}，用了 ${steps} 步`,
    ),
  );
  check('stopped', () => ({ met: verdict === 'stopped' && steps === limit, saw: `${verdict} after ${steps} steps` }));
  const [other, few] = await asked(letters, '');
  say(text(`The automaton: ${other} after ${few} steps`, `自动机：${other}，${few} 步`));
  check('automaton', () => ({ met: other === 'bad' && few < limit, saw: `${other} after ${few} steps` }));
}
