/** What can be wrong with a filter: a code, and the names and texts that it is about. Its English sentence is what specifications are refused with; a page has its own. */

const operators = (wanted: readonly string[]): string => wanted.map((each) => `"${each}"`).join(' or ');
const missing = (wanted: readonly string[]): string => (wanted.length === 0 ? '' : `: ${operators(wanted)} is missing`);

const SENTENCES = {
  'too-long': (most) => `a filter has at most ${most} characters`,
  'no-meaning': (char) => `"${char}" has no meaning in a filter`,
  'open-quote': () => 'this text has no closing quote',
  'hex-escape': () => '\\x needs two hexadecimal digits',
  /** With the operators of which one is missing. */
  'ends-here': (...wanted) => `the filter ends here${missing(wanted)}`,
  'does-not-fit': (text, ...wanted) => `"${text}" does not fit here${missing(wanted)}`,
  'ends-before-operand': () => 'the filter ends here: a field or a value is missing',
  'no-operand': (text) => `"${text}" does not fit here: a field or a value is missing`,
  'too-deep': () => 'the filter is nested too deeply',
  'comparisons-in-a-row': () => 'comparisons in a row are not supported here: write them with "and"',
  'empty-set': () => 'a set has at least one entry',
  'unsupported-function': (name) => `the function ${name}() is not supported here`,
  'no-function': (name) => `there is no function ${name}()`,
  'bad-slice': () => 'a slice is [offset:length], [first-last], [offset], [:length] or [offset:]',
  'unknown-name': (name) => `${name} is neither a field nor a protocol`,
  'text-as-field': () => 'a text is no field',
  'sliced-number': (field) => `${field} is a number and cannot be sliced`,
  'function-of-text': (name, field) => `${name}() takes a text, and ${field} is none`,
  'negative-mask': () => '"&" takes a number that is not negative',
  'masked-other': (field) => `"&" takes a number, and ${field} is none`,
  'function-alone': (name) => `${name}() alone is no test: compare it with a value`,
  'no-value': () => 'a value is expected here',
  'not-comparable': () => 'this cannot be compared',
  'not-searchable': (operator, field) => `"${operator}" looks into texts and bytes, and ${field} is neither`,
  'numbers-contain': () => '"contains" looks into texts and bytes',
  'no-pattern': () => '"matches" takes a regular expression in quotes',
  'bad-pattern': (why) => `regular expression: ${why}`,
  'different-types': (left, right) => `${left} and ${right} are of different types`,
  'no-such-value': (field, text) => `${field} has no value called "${text}"`,
  'quoted-bit': (field) => `${field} is a bit: compare it with 0, 1, True or False`,
  'quoted-ipv4': () => 'an IPv4 address is written without quotes',
  'quoted-mac': () => 'a MAC address is written without quotes',
  'quoted-time': () => 'a time is written in seconds, without quotes',
  'no-number': (text, field) => `"${text}" is not a number, and ${field} is one`,
  'no-bit': (text, field) => `"${text}" is neither 0, 1, True nor False, and ${field} is a bit`,
  'no-ipv4': (text) => `"${text}" is not an IPv4 address`,
  'long-prefix': (length) => `an IPv4 prefix has at most 32 bits, not ${length}`,
  'no-mac': (text) => `"${text}" is not a MAC address`,
  'no-time': (text) => `"${text}" is not a time in seconds`,
  'no-bytes': (text) => `"${text}" is neither bytes (02:00:00) nor a text in quotes`,
} as const satisfies Readonly<Record<string, (...about: string[]) => string>>;

export type ProblemCode = keyof typeof SENTENCES;

export class Problem {
  readonly about: readonly string[];

  constructor(
    readonly code: ProblemCode,
    ...about: readonly string[]
  ) {
    this.about = about;
  }

  get sentence(): string {
    const sentence: (...about: string[]) => string = SENTENCES[this.code];
    return sentence(...this.about);
  }
}
