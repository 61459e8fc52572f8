/** What is wrong with a filter, as a person reads it: a sentence, the names that may have been meant, the filter, and a mark below the place. */
import { filterErrorText, markedPlace } from '@netarium/core/wire/filter/filter.ts';
import type { FilterError } from '@netarium/core/wire/filter/lexer.ts';
import type { ProblemCode } from '@netarium/core/wire/filter/problem.ts';
import type { Language } from '../language.ts';

const missing = (wanted: readonly string[]): string =>
  wanted.length === 0 ? '' : `：缺少${wanted.map((each) => `“${each}”`).join('或')}`;

/** The compiler holds that no code is missing. */
const ZH: Readonly<Record<ProblemCode, (...about: string[]) => string>> = {
  'too-long': (most) => `过滤器最长 ${most} 个字符`,
  'no-meaning': (char) => `“${char}”在过滤器里没有意义`,
  'open-quote': () => '这段文本缺少后引号',
  'hex-escape': () => '\\x 后面要有两位十六进制数字',
  'ends-here': (...wanted) => `过滤器到此就结束了${missing(wanted)}`,
  'does-not-fit': (text, ...wanted) => `“${text}”不该出现在这里${missing(wanted)}`,
  'ends-before-operand': () => '过滤器到此就结束了：还缺一个字段或值',
  'no-operand': (text) => `“${text}”不该出现在这里：这里要一个字段或值`,
  'too-deep': () => '过滤器嵌套太深',
  'comparisons-in-a-row': () => '这里不支持连续比较：请用 and 连接',
  'empty-set': () => '集合里至少要有一项',
  'unsupported-function': (name) => `这里不支持函数 ${name}()`,
  'no-function': (name) => `没有函数 ${name}()`,
  'bad-slice': () => '切片写作 [偏移:长度]、[首-尾]、[偏移]、[:长度] 或 [偏移:]',
  'unknown-name': (name) => `${name} 既不是字段，也不是协议`,
  'text-as-field': () => '文本不能当字段用',
  'sliced-number': (field) => `${field} 是数字，不能切片`,
  'function-of-text': (name, field) => `${name}() 的参数要是文本，而 ${field} 不是`,
  'negative-mask': () => '“&”后面要一个非负数',
  'masked-other': (field) => `“&”只能用于数字，而 ${field} 不是`,
  'function-alone': (name) => `${name}() 本身不构成条件：请拿它和一个值比较`,
  'no-value': () => '这里要一个值',
  'not-comparable': () => '这里不能比较',
  'not-searchable': (operator, field) => `“${operator}”只能在文本和字节里查找，而 ${field} 两者都不是`,
  'numbers-contain': () => '“contains”只能在文本和字节里查找',
  'no-pattern': () => '“matches”后面要一个带引号的正则表达式',
  'bad-pattern': (why) => `正则表达式有误：${why}`,
  'different-types': (left, right) => `${left} 和 ${right} 类型不同`,
  'no-such-value': (field, text) => `${field} 没有叫“${text}”的值`,
  'quoted-bit': (field) => `${field} 是一个比特：请和 0、1、True 或 False 比较`,
  'quoted-ipv4': () => 'IPv4 地址不加引号',
  'quoted-mac': () => 'MAC 地址不加引号',
  'quoted-time': () => '时间以秒为单位，不加引号',
  'no-number': (text, field) => `“${text}”不是数字，而 ${field} 是数字`,
  'no-bit': (text, field) => `“${text}”不是 0、1、True 或 False，而 ${field} 是一个比特`,
  'no-ipv4': (text) => `“${text}”不是 IPv4 地址`,
  'long-prefix': (length) => `IPv4 前缀最长 32 位，没有 ${length} 位的`,
  'no-mac': (text) => `“${text}”不是 MAC 地址`,
  'no-time': (text) => `“${text}”不是以秒为单位的时间`,
  'no-bytes': (text) => `“${text}”既不是字节（02:00:00），也不是带引号的文本`,
};

export function filterProblem(text: string, error: FilterError, language: Language): string {
  if (language === 'en') return filterErrorText(text, error);
  const { problem, suggestions } = error;
  const meant = suggestions.length === 0 ? '' : `（是不是 ${suggestions.join(' 或 ')}？）`;
  return `${ZH[problem.code](...problem.about)}${meant}\n${markedPlace(text, error)}`;
}
