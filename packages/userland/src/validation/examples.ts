/** Values that have the formats and values that have not, for the lab `validation` and for the comparison with CPython and JavaScript. */
export interface Examples {
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

const NAMES = [
  ...['abc', 'Abc', 'ABC', 'a1b', 'a__', 'alice', 'Bob_42', 'carol_2024', 'x9_', 'Z00', 'user_name', 'dave99'],
  ...[
    'camelCase',
    'snake_case_name',
    'UPPER',
    'q1w2e3',
    'm_1',
    'NetariumUser',
    'abcdefghijklmnopqrst',
    'a2345678901234567890',
  ],
];

const NO_NAMES = [
  ...[
    '',
    'a',
    'ab',
    'A1',
    '1abc',
    '_abc',
    '9lives',
    'abcdefghijklmnopqrstu',
    'a b c',
    'abc ',
    ' abc',
    'abc\n',
    'abc\r',
  ],
  ...['ab-cd', 'ab.cd', 'ab@cd', 'naïve', 'abc!', 'ａｂｃ', 'abc\t', 'ab\ncd', 'abc\0', 'ab１'],
];

const CHINESE = [
  '韩梅梅',
  '张三丰',
  '王小明1',
  '李_雷',
  '小明abc',
  'Tom猫猫',
  '用户_01',
  '网络工程师',
  'a李b',
  '北京欢迎你',
];

const MOBILE = [
  ...['13800138000', '13912345678', '14512345678', '14712345678', '15012345678', '15312345678', '15912345678'],
  ...['16612345678', '16712345678', '17012345678', '17312345678', '17812345678', '18012345678', '18612345678'],
  ...['18912345678', '19112345678', '19812345678', '19912345678', '+8613800138000', '+8619912345678'],
];

const NO_MOBILE = [
  ...['', '1380013800', '138001380000', '12800138000', '10800138000', '23800138000', '03800138000', '138 0013 8000'],
  ...[
    '138-0013-8000',
    '8613800138000',
    '+86 13800138000',
    '+8513800138000',
    '++8613800138000',
    '+13800138000',
    '13800138000\n',
  ],
  ...[
    ' 13800138000',
    '13800138000 ',
    '1380013800a',
    '１３８００１３８０００',
    '١٣٨٠٠١٣٨٠٠٠',
    'abcdefghijk',
    '13800138000,',
    '11012345678',
  ],
];

const LANDLINE = [
  ...['010-62345678', '010-88888888', '01088888888', '020-87654321', '021-62345678', '022-23456789'],
  ...['023-67890123', '024-22334455', '025-83334444', '027-87654321', '028-86543210', '029-88887777', '0311-6789012'],
  ...[
    '0371-65432109',
    '0512-65123456',
    '05126512345',
    '0755-26543210',
    '0755-26543210-1',
    '010-88888888-8001',
    '0755-2654321-123456',
  ],
];

const NO_LANDLINE = [
  ...[
    '',
    '10-88888888',
    '88888888',
    '010-8888',
    '010-888888',
    '010-888888888',
    '010-08888888',
    '010_88888888',
    '010 88888888',
  ],
  ...[
    '(010)88888888',
    '01-88888888',
    '01000-88888888',
    '000-88888888',
    '010--88888888',
    '010-88888888-',
    '010-88888888-1234567',
  ],
  ...[
    '010-88888888\n',
    ' 010-88888888',
    '010-8888888a',
    '０１０-88888888',
    '010-88888888x801',
    '+86-10-88888888',
    '0a0-88888888',
  ],
];

const ADDRESSES = [
  ...['a@b.cn', 'user@example.com', 'first.last@example.com', 'first.middle.last@example.com', 'user+tag@example.com'],
  ...['user_name@example.com', 'user-name@example.com', '-@example.com', '100%@example.com', '12345@qq.com', 'A@B.CO'],
  ...['user@mail.example.com', 'user@a.b.c.d.example.com', 'user@ex-ample.com', 'user@1and1.com', 'user@163.com'],
  ...['user@xn--fiqs8s.cn', 'u.s.e.r@example.museum', 'user@a-b--c.org', '_@example.net', 'x@y.photography'],
];

const NO_ADDRESSES = [
  ...[
    '',
    'user',
    '@example.com',
    'user@',
    'user@example',
    'user@.com',
    'user@example.',
    'user@example..com',
    '.user@example.com',
  ],
  ...[
    'user.@example.com',
    'us..er@example.com',
    'user@@example.com',
    'us er@example.com',
    'user@exam ple.com',
    'user@-example.com',
  ],
  ...[
    'user@example-.com',
    'user@example.c',
    'user@example.c0m',
    'user@exam_ple.com',
    'user@example.com\n',
    ' user@example.com',
  ],
  ...[
    'user@example.com ',
    'user@example.com,other@example.com',
    'user@[192.0.2.1]',
    '"two words"@example.com',
    '用户@example.com',
  ],
  ...['user＠example.com', `user@${'a'.repeat(64)}.com`],
];

export const EXAMPLES: ReadonlyMap<string, Examples> = new Map([
  ['user', { good: NAMES, bad: [...NO_NAMES, ...CHINESE] }],
  [
    'user-zh',
    {
      good: [...NAMES, ...CHINESE],
      bad: [
        ...NO_NAMES,
        '李雷',
        '_李雷雷',
        '1李雷',
        '李 雷雷',
        '韩梅梅\n',
        '韩梅梅！',
        'かなかな',
        '李雷𠮷',
        '王'.repeat(21),
      ],
    },
  ],
  ['mobile', { good: MOBILE, bad: NO_MOBILE }],
  ['landline', { good: LANDLINE, bad: NO_LANDLINE }],
  ['email', { good: ADDRESSES, bad: NO_ADDRESSES }],
]);
