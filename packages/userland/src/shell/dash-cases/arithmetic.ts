/** Scripts about arithmetic, with what dash prints. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expansions of the shell
import type { DashCase } from './case.ts';

export const arithmetic: readonly DashCase[] = [
  {
    name: 'operators',
    script:
      'echo $((1 + 2 * 3)) $(((1 + 2) * 3)) $((7 / 2)) $((-7 / 2)) $((-7 % 3)) $((1 << 4 | 1)) $((6 & 3 ^ 1)) $((~5)) $((!3)) $((- -2))',
    stdout: '7 9 3 -3 -1 17 3 -6 0 2\n',
  },
  {
    name: 'comparisons and logic',
    script:
      'echo $((1 < 2)) $((2 <= 1)) $((1 == 1)) $((1 != 1)) $((1 && 0)) $((1 || 0)) $((0 ? 1 : 2)) $((1 ? 2 ? 3 : 4 : 5))',
    stdout: '1 0 1 0 0 1 2 3\n',
  },
  {
    name: 'bases',
    script: 'echo $((010)) $((0x1f)) $((0XFF)) $((08 - 0))',
    stdout: '',
    stderr: 'sh: 1: arithmetic expression: expecting EOF: "08 - 0"\n',
    status: 2,
  },
  {
    name: 'wrapping and saturating',
    script:
      'echo $((9223372036854775807 + 1)) $((9223372036854775807 * 2)) $((99999999999999999999)) $((1 << 65)) $((-1 >> 1)) $((1 >> 64))',
    stdout: '-9223372036854775808 -2 9223372036854775807 2 -1 1\n',
  },
  {
    name: 'variables with and without a dollar sign',
    script: "x=5; y=x; echo $((x + 1)) $(($x + 1)) $((unset_one + 1)); x=' 7 '; echo $((x))",
    stdout: '6 6 1\n7\n',
  },
  {
    name: 'assignments',
    script:
      'x=5; echo $((x = 3)) $x $((x += 4)) $((x *= 2)) $((x /= 3)) $((x %= 3)) $((x <<= 4)) $((x |= 3)) $((x ^= 1)) $((x &= 7)) $x; echo $((a = b = 2)) $a$b',
    stdout: '3 3 7 14 4 1 16 19 18 2 2\n2 22\n',
  },
  {
    name: 'no side effects where logic stops',
    script: 'x=1; echo $((0 && (x = 5))) $((1 || (x = 6))) $((1 ? 2 : (x = 7))) $x $((1 || 1 / 0))',
    stdout: '0 1 2 1 1\n',
  },
  {
    name: 'no increment, only two signs',
    script: 'x=3; echo $((++x)) $((--x)) $((- - x)) $x',
    stdout: '3 3 3 3\n',
  },
  {
    name: 'inside words and quotes',
    script: 'x=2; echo "a$((x * x))b" $((x))$((x)) ${y-$((x + 1))}',
    stdout: 'a4b 22 3\n',
  },
  {
    name: 'substitutions inside',
    script: 'x=4; echo $(($(echo 2) * `echo 3` + ${x} + ${#x}))',
    stdout: '11\n',
  },
  {
    name: 'division by zero',
    script: 'echo a; echo $((1 / 0)); echo never',
    stdout: 'a\n',
    stderr: 'sh: 1: arithmetic expression: division by zero: "1 / 0"\n',
    status: 2,
  },
  {
    name: 'incomplete expressions',
    script: '(echo $((1 +)); echo b); (echo $((1 2))); (echo $((2 ** 3))); (echo $((1 ? 2))); (echo $(( ))); echo $?',
    stdout: '2\n',
    stderr:
      'sh: 1: arithmetic expression: expecting primary: "1 +"\nsh: 1: arithmetic expression: expecting EOF: "1 2"\nsh: 1: arithmetic expression: expecting primary: "2 ** 3"\nsh: 1: arithmetic expression: expecting \':\': "1 ? 2"\nsh: 1: arithmetic expression: expecting primary: " "\n',
  },
  {
    name: 'text is no number',
    script: '(x=foo; echo $((x)); echo b); (x=08; echo $((x))); (x=1+1; echo $(($x)) $((x))); echo end',
    stdout: 'end\n',
    stderr: 'sh: 1: Illegal number: foo\nsh: 1: Illegal number: 08\nsh: 1: Illegal number: 1+1\n',
  },
  {
    name: 'newlines and spaces',
    script: 'echo $((\n  1 +\n  2\n)) $((3))',
    stdout: '3 3\n',
  },
];
