/** Scripts about quoting, with what dash prints. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expansions of the shell
import type { DashCase } from './case.ts';

export const quoting: readonly DashCase[] = [
  {
    name: 'single quotes keep everything',
    script: 'echo \'a $x `y` \\n "z"\'',
    stdout: 'a $x `y` \n "z"\n',
  },
  {
    name: 'double quotes keep spaces and expand',
    script: 'x=\'a  b\'; echo "$x" "$(echo \'c  d\')" "`echo e`" "$((1 + 2))"',
    stdout: 'a  b c  d e 3\n',
  },
  {
    name: 'a backslash quotes one character',
    script: 'echo a\\ \\ b \\$x \\\\ \\\' \\" \\*',
    stdout: 'a  b $x \\ \' " *\n',
  },
  {
    name: 'between double quotes a backslash escapes only some characters',
    script: 'printf \'%s\\n\' "\\$ \\` \\" \\\\ \\a \\n \\\'"',
    stdout: '$ ` " \\ \\a \\n \\\'\n',
  },
  {
    name: 'a backslash and a newline join lines',
    script: 'ec\\\nho a\\\nb "c\\\nd" \'e\\\nf\'',
    stdout: 'ab cd e\\\nf\n',
  },
  {
    name: 'empty quotes are an argument',
    script: 'set -- \'\' "" \'\'""; echo $#',
    stdout: '3\n',
  },
  {
    name: 'quoted and unquoted pieces are one word',
    script: 'x=1; echo a"b  c"\'d\'$x\\ e',
    stdout: 'ab  cd1 e\n',
  },
  {
    name: 'a dollar sign alone is text',
    script: 'echo $ a$ "$" "a$" $% "$\'"',
    stdout: "$ a$ $ a$ $% $'\n",
  },
  {
    name: 'comments begin only at the start of a word',
    script: 'echo a#b #c\n# all of this\necho d # e',
    stdout: 'a#b\nd\n',
  },
  {
    name: 'keywords are words where no command begins',
    script: 'echo if then fi { } ! case; if=1; echo $if',
    stdout: 'if then fi { } ! case\n1\n',
  },
  {
    name: 'a quoted keyword is a command name',
    script: '"if" 2>/dev/null; echo $?',
    stdout: '127\n',
  },
  {
    name: 'backquotes: backslashes',
    script: 'echo `echo \\$HOME` `echo \'\\\\\\\\\'` "`echo \\"x  y\\"`" `echo \\`echo in\\``',
    stdout: '/root \\ x  y in\n',
  },
  {
    name: 'substitutions may nest and hold quotes and parentheses',
    script: 'echo "$(echo "$(echo \')\')" "a $(echo "b  c")")"',
    stdout: ') a b  c\n',
  },
  {
    name: 'comments and case patterns inside a substitution',
    script: 'echo $(case x in x) echo yes;; esac # ) comment\n)',
    stdout: 'yes\n',
  },
  {
    name: 'a newline separates commands',
    script: 'echo a\necho b; echo c',
    stdout: 'a\nb\nc\n',
  },
  {
    name: 'single quotes inside double quotes and the reverse',
    script: 'echo "it\'s" \'say "hi"\' "\'$((1))\'"',
    stdout: "it's say \"hi\" '1'\n",
  },
];
