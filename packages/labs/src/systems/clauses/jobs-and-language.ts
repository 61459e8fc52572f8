/** Clauses: practical jobs, Python as a language. */
import { clause, comparedBy, type RowClauses } from './clause.ts';

export const jobsAndLanguage: readonly RowClauses[] = [
  [
    142,
    [
      clause('Ten files with the right hashes.', '十个文件，哈希正确。'),
      clause('The time is the sum.', '总时间等于各次之和。'),
    ],
  ],
  [
    143,
    [
      clause('Ten files.', '十个文件。'),
      clause('The time is that of the slowest.', '总时间等于最慢的一个。'),
      clause('The use of the threads is printed.', '打印线程利用率。'),
    ],
  ],
  [
    144,
    [
      clause('Ten files.', '十个文件。'),
      clause('One thread.', '一个线程。'),
      clause('The time is that of the slowest.', '总时间等于最慢的一个。'),
    ],
  ],
  [
    145,
    [
      clause('Ten files.', '十个文件。'),
      clause('One thread.', '一个线程。'),
      clause('The reactor stops after the last.', '最后一个完成后 reactor 停止。'),
      clause('It stops also if one fails.', '有一个失败也会停止。'),
    ],
  ],
  [
    146,
    [
      clause(
        'The file has the notes’ own format: a header, quoted fields with a blank after each comma, ids of 24 characters, made the same each time.',
        '文件就是笔记的格式：表头，字段带引号、逗号后有空格，id 为 24 个字符，每次生成相同。',
      ),
      clause(
        'Every hundred rows are a task: 2,710,037 rows are 27,101, the last of 37 rows.',
        '每 100 行一个任务：2,710,037 行共 27,101 个，最后一个 37 行。',
      ),
      clause('Each id exactly once.', '每个 id 恰好一次。'),
      clause('At most N worker threads are started.', '最多启动 N 个工作线程。'),
      clause('Memory is bounded.', '内存有界。'),
      clause(
        'A reader that does not skip the blanks is shown to fail on columns 2 and 3.',
        '展示不跳过空格的读法在第 2、3 列出错。',
      ),
      clause('The tasks print.', '任务可以打印。'),
      clause('Or they submit to an HTTP server.', '或提交到 HTTP 服务器。'),
      clause('Failed batches are retried without doubles.', '失败的批次重试而不重复。'),
    ],
  ],
  [
    147,
    [
      clause('User names: 20 good and 20 bad cases judged as they should be.', '用户名：好坏各 20 例以上判断正确。'),
      clause('The same with Chinese characters.', '可含汉字的用户名同样。'),
      clause('Mobile numbers of mainland China.', '大陆手机号。'),
      clause('Landline numbers of mainland China.', '大陆固定电话。'),
      clause('E-mail addresses.', '电子邮箱。'),
      clause('What RFC 5321 and RFC 5322 allow beyond is listed.', 'RFC 5321/5322 允许而不收的写法列出。'),
      clause('A trailing newline fails.', '结尾的换行不通过。'),
      clause('A catastrophic expression is stopped.', '灾难性的正则被中止。'),
      comparedBy(
        'packages/userland/src/validation/languages.real.test.ts',
        'The same patterns give the same verdicts in Python and JavaScript.',
        '同样的正则在 Python 和 JavaScript 里结论相同。',
      ),
    ],
  ],
  [
    148,
    [
      comparedBy(
        'test/real/sql.real.test.ts',
        "Real clients use it, unmodified: the mysql2 library and Debian's client; the same program passes against Debian's mariadb-server.",
        '真实客户端不加改动就能用：mysql2 库与 Debian 的客户端；同一个程序在 Debian 的 mariadb-server 上也通过。',
      ),
      clause('Handshake and login by mysql_native_password.', '握手，并用 mysql_native_password 登录。'),
      clause('Text queries.', '文本查询。'),
      clause(
        'INSERT, SELECT, UPDATE and DELETE with parameters of prepared statements.',
        '用预处理语句的参数做 INSERT、SELECT、UPDATE、DELETE。',
      ),
      clause("Error packets with MySQL's numbers.", '错误包使用 MySQL 的错误号。'),
      clause('Transactions with rollback.', '可回滚的事务。'),
      clause('An index, with visible row counts.', '索引，并能看到行数。'),
      clause('A duplicate key is error 1062.', '重复键是错误 1062。'),
      clause('An injection attempt succeeds with string building.', '用字符串拼接时注入成功。'),
      clause('It is harmless with parameters.', '用参数时注入无害。'),
    ],
  ],
  [
    149,
    [
      clause(
        'A row store with an index and a batch engine over files answer the same queries.',
        '带索引的行存储与基于文件的批处理引擎回答同样的查询。',
      ),
      clause('Their latency is compared.', '比较两者的时延。'),
      clause('The pages that they read are compared.', '比较两者读取的页数。'),
      clause('What they can change is compared.', '比较两者的更新能力。'),
    ],
  ],
  [
    150,
    [
      clause('next and StopIteration are traced.', 'next 与 StopIteration 可以追踪。'),
      clause('Memory is constant over a big file.', '遍历大文件时内存恒定。'),
    ],
  ],
  [
    151,
    [
      clause('Suspending and resuming are traced.', '挂起与恢复可以追踪。'),
      clause('A generator does the CSV job.', '生成器完成 CSV 任务。'),
    ],
  ],
  [
    152,
    [
      clause('A log decorator has an effect that can be observed.', '日志装饰器的效果可以观察到。'),
      clause('So has a timing decorator.', '计时装饰器也是。'),
      clause('So has a transaction decorator.', '事务装饰器也是。'),
      clause('So has a cache decorator.', '缓存装饰器也是。'),
      clause('So has a permission decorator.', '权限装饰器也是。'),
      clause('wraps keeps the name.', 'wraps 保留名字。'),
    ],
  ],
  [
    153,
    [
      clause('try, except, else and finally run in their order.', 'try、except、else、finally 按顺序执行。'),
      clause('Exceptions are chained.', '异常成链。'),
      clause('Each errno of the network has its exception class.', '网络的每个 errno 有对应的异常类。'),
    ],
  ],
];
