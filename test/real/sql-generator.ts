/** Random statements over two tables: arithmetic, texts, conditions, aggregates, joins, changes of one and of both. The same seed makes the same statements. */
import { Stream } from '@netarium/core/random/random.ts';

const NUMBERS = ['i', 'u', 'p', 'id', '1', '2', '0', '7', '1.5', '0.25', '-3'];
const TEXTS = ['s', 'b', 'e', "'ann'", "'B'", "'10'"];
const TIMES = ['d', 'dd', 'm', "'2026-05-05 03:30:00.25'", "'2026-05-05'", "'2026-06-15 03:30:00'"];

export function randomStatements(seed: number, count: number): string[] {
  const generator = new Generator(new Stream(seed, 'sql'));
  return [
    `CREATE TABLE f (id INT AUTO_INCREMENT PRIMARY KEY, i INT, u TINYINT UNSIGNED, p DECIMAL(8,2), x DOUBLE, s VARCHAR(10), b VARCHAR(10) COLLATE utf8mb4_bin, d DATETIME, m DATETIME(3), dd DATE,
      e ENUM('red','green','blue'), KEY ki (i), KEY ks (s), KEY ku (u, s)) DEFAULT CHARSET=utf8mb4`,
    ...Array.from({ length: 12 }, () => generator.insert()),
    'CREATE TABLE g (f INT PRIMARY KEY, n INT NOT NULL DEFAULT 3, t VARCHAR(20), UNIQUE KEY kt (t)) DEFAULT CHARSET=utf8mb4',
    "INSERT INTO g SELECT id, id * 3, CONCAT('t', id) FROM f WHERE id < 10",
    ...Array.from({ length: count }, () => generator.statement()),
  ];
}

class Generator {
  constructor(private readonly random: Stream) {}

  private pick<T>(from: readonly T[]): T {
    return from[this.random.below(from.length)]!;
  }

  private chance(percent: number): boolean {
    return this.random.below(100) < percent;
  }

  insert(): string {
    const day = `'2026-0${1 + this.random.below(9)}-1${this.random.below(10)}`;
    const values = [
      this.pick(['NULL', '0', String(this.random.below(100) - 50)]),
      this.pick(['NULL', String(this.random.below(256))]),
      this.pick(['NULL', '0.05', `${this.random.below(200) - 100}.${10 + this.random.below(90)}`]),
      this.pick(['NULL', '1.5e3', `${this.random.below(100)}.125`]),
      this.pick(['NULL', "'ann'", "'Bob'", "'10'", "'2.5x'", "''", "'zoë'", "'a%b'", "' 7'"]),
      this.pick(['NULL', "'ann'", "'Ann'", "'bob'", "''"]),
      this.pick(['NULL', "'2026-05-05'", `${day} 0${this.random.below(10)}:30:00'`]),
      this.pick([
        'NULL',
        "'2026-05-05 03:30:00.25'",
        `${day} 0${this.random.below(10)}:30:00.${this.random.below(9999)}'`,
      ]),
      this.pick(['NULL', "'2026-05-05'", `${day}'`]),
      this.pick(['NULL', "'red'", "'blue'"]),
    ];
    return `INSERT INTO f (i, u, p, x, s, b, d, m, dd, e) VALUES (${values.join(', ')})`;
  }

  statement(): string {
    switch (this.random.below(11)) {
      case 0:
      case 1:
      case 2:
        return `SELECT id, ${this.number(2)}, ${this.text(2)} FROM f ORDER BY id`;
      case 3:
      case 4:
        return `SELECT id, s FROM f WHERE ${this.condition(2)} ORDER BY id`;
      case 5:
        return `SELECT ${this.aggregate()}, ${this.aggregate()} FROM f WHERE ${this.condition(1)}`;
      case 6:
        return `SELECT ${this.pick(['e', 'u % 3', 'UPPER(s)', 'i > 0', 'b', 'CONCAT(b, e)'])} AS g, ${this.aggregate()} FROM f ${this.pick(['', `WHERE ${this.condition(1)} `])}GROUP BY g ${this.pick(['ORDER BY g', 'ORDER BY 1', 'WITH ROLLUP'])}`;
      case 7:
        return `SELECT a.id, b.id FROM f a ${this.pick(['', 'LEFT '])}JOIN f b ON ${this.pick(['a.i = b.u', 'a.id = b.id + 1', 'a.s = b.s AND a.id < b.id', 'b.i = a.id', 'a.b = b.s', 'a.m > b.d'])} ORDER BY a.id, b.id`;
      case 8:
        return this.change();
      case 9:
        return 'SELECT f.id, f.i, f.b, g.* FROM f LEFT JOIN g ON g.f = f.id ORDER BY f.id';
      default:
        return `SELECT id FROM f ORDER BY ${this.pick([this.number(1), 's', 'b', 'CONCAT(b)', 'e DESC', 'd DESC', 'm', 'p'])}, id LIMIT ${1 + this.random.below(9)}`;
    }
  }

  private change(): string {
    const [f, n] = [this.random.below(14), this.random.below(50)];
    switch (this.random.below(9)) {
      case 0:
        return `INSERT INTO g VALUES (${f}, ${n}, 't${f}') ON DUPLICATE KEY UPDATE n = n + VALUES(n), t = CONCAT('T', ${n})`;
      case 1:
        return `REPLACE INTO g (f, t) VALUES (${f}, 't${n}'), (${f + 1}, NULL)`;
      case 2:
        return `INSERT IGNORE INTO g SELECT id, id + ${n}, CONCAT('T', id) FROM f WHERE ${this.plainCondition()} ORDER BY id`;
      case 3:
        return `UPDATE g SET n = n + 1, t = ${this.pick(["CONCAT('x', n)", 'NULL', "'t1'"])} WHERE ${this.pick(['f', 'n'])} > ${f}`;
      case 4:
        return `UPDATE f SET b = ${this.pick(["'ann'", "'Bob'", 'UPPER(b)', 'NULL'])}, i = ${n} - i WHERE ${this.plainCondition()}`;
      case 5:
        return `UPDATE f ${this.pick(['', 'LEFT '])}JOIN g ON g.f = f.id SET f.i = ${this.pick(['n', 'f.i', 'n - f.i'])}, g.n = id + ${n} WHERE ${this.plainCondition()}`;
      case 6:
        return `DELETE FROM g WHERE n % 7 = ${n % 7} ORDER BY f LIMIT 2`;
      case 7:
        return `DELETE g FROM g JOIN f ON g.f = f.id WHERE ${this.plainCondition()} AND n > ${n}`;
      default:
        return `UPDATE g SET n = n - ${n} ORDER BY n DESC, f LIMIT ${1 + (f % 3)}`;
    }
  }

  /** Like compared with like, in each row: whether other conditions are errors hangs on MariaDB's plan. */
  private plainCondition(): string {
    return this.pick([
      `i > ${this.random.below(9)}`,
      `id % 3 = ${this.random.below(3)}`,
      "b = 'Ann'",
      "CONCAT(s, b) > 'c'",
      's IS NULL',
      "d < '2026-05-05'",
      "e <> 'red'",
      'p / 3 > 1',
    ]);
  }

  private aggregate(): string {
    return this.pick([
      'COUNT(*)',
      `COUNT(${this.number(1)})`,
      'SUM(i)',
      'SUM(p)',
      'AVG(u)',
      'AVG(p)',
      'MIN(d)',
      'MAX(dd)',
      'MAX(m)',
      'MIN(b)',
      'COUNT(DISTINCT b)',
      'COUNT(DISTINCT s)',
    ]);
  }

  private number(depth: number): string {
    if (depth === 0 || this.chance(15)) return this.pick(NUMBERS);
    switch (this.random.below(6)) {
      case 0:
      case 1:
      case 2:
        return `(${this.number(depth - 1)} ${this.pick(['+', '-', '*', '/', '%', 'DIV'])} ${this.number(depth - 1)})`;
      case 3:
        return `${this.pick(['ABS', '-', 'CEIL', 'FLOOR', 'SIGN'])}(${this.number(depth - 1)})`;
      case 4:
        return `CASE WHEN ${this.condition(depth - 1)} THEN i ELSE ${this.pick(['i', 'p', '7', '0.25'])} END`;
      default:
        return `${this.pick(['LENGTH', 'CHAR_LENGTH'])}(${this.text(depth - 1)})`;
    }
  }

  private text(depth: number): string {
    if (depth === 0 || this.chance(20)) return this.pick(TEXTS);
    switch (this.random.below(4)) {
      case 0:
        return `CONCAT(${this.text(depth - 1)}, ${this.pick([this.text(depth - 1), 'i', 'p', 'u'])})`;
      case 1:
        return `${this.pick(['UPPER', 'LOWER', 'REVERSE', 'TRIM'])}(${this.text(depth - 1)})`;
      case 2:
        return this.pick([
          'LEFT(#, 2)',
          'RIGHT(#, 2)',
          'SUBSTRING(#, -2, 1)',
          "LPAD(#, 5, '*')",
          "REPLACE(#, 'n', 'm')",
        ]).replace('#', this.text(depth - 1));
      default:
        return `IF(${this.condition(depth - 1)}, ${this.text(0)}, ${this.text(0)})`;
    }
  }

  private condition(depth: number): string {
    const d = Math.max(depth - 1, 0);
    const not = this.pick(['', 'NOT ']);
    switch (this.random.below(depth > 0 ? 9 : 7)) {
      case 0:
        return `${this.number(d)} ${this.pick(['=', '<', '>', '<=', '>=', '<>', '<=>'])} ${this.number(d)}`;
      case 1:
        return `${this.text(d)} ${this.pick(['=', '<', '>', '<>'])} ${this.text(d)}`;
      case 2:
        return `${this.pick(['d', 'dd', 'm'])} ${this.pick(['=', '<', '>='])} ${this.pick(TIMES)}`;
      case 3:
        return `${this.pick([this.number(d), this.text(d)])} IS ${not}NULL`;
      case 4:
        return `${this.pick(['i', 'u', 'id'])} ${not}IN (${this.number(0)}, ${this.pick([this.number(0), "'7'"])})`;
      case 5:
        return `${this.pick(['s', 'b'])} ${not}LIKE ${this.pick(["'a%'", "'%n'", "'_ob'", "'%\\\\%%'", "''"])}`;
      case 6:
        return `${this.pick(['s', 'i', 'u'])} = ${this.pick(['10', "'10'", '0', "'a'", "' 7'"])}`;
      case 7:
        return `NOT (${this.condition(depth - 1)})`;
      default:
        return `(${this.condition(depth - 1)}) ${this.pick(['AND', 'OR', 'XOR'])} (${this.condition(depth - 1)})`;
    }
  }
}
