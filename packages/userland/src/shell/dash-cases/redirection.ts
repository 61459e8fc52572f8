/** Scripts about redirection, with what dash prints. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expansions of the shell
import type { DashCase } from './case.ts';

export const redirection: readonly DashCase[] = [
  {
    name: 'output, append, input',
    script: 'echo a > f; echo b >> f; cat < f; cat f > g; echo c > f; cat f g',
    stdout: 'a\nb\nc\na\nb\n',
  },
  {
    name: 'without a command',
    script: 'echo x > f; > f; cat f; echo $?; x=1 > h; echo $x; ls h',
    stdout: '0\n1\nh\n',
  },
  {
    name: 'standard error and copies',
    script:
      "{ echo out; echo err >&2; } 2> e > o; cat o; cat e; { echo out; echo err >&2; } 2>&1 > o | sed 's/^/piped /'; cat o",
    stdout: 'out\nerr\npiped err\nout\n',
  },
  {
    name: 'order counts',
    script: "sh -c 'echo a; echo b >&2' > f 2>&1; cat f; sh -c 'echo a; echo b >&2' 2>&1 > g; echo -; cat g",
    stdout: 'a\nb\nb\n-\na\n',
  },
  {
    name: 'descriptors by number',
    script:
      'exec 3> f 4>&1; echo three >&3; echo four >&4; exec 3>&-; exec 5< f; read x <&5; echo "$x"; exec 5<&-; cat f',
    stdout: 'four\nthree\nthree\n',
  },
  {
    name: 'redirections of exec stay',
    script: '(exec > f; echo a; echo b); cat f; (exec 2>&1; echo c >&2); (exec < f; read x; echo $x; cat)',
    stdout: 'a\nb\nc\na\nb\n',
  },
  {
    name: 'read and write',
    script: 'echo hello > f; exec 3<> f; read x <&3; echo more >&3; exec 3>&-; cat f; echo $x',
    stdout: 'hello\nmore\nhello\n',
  },
  {
    name: 'closed descriptors',
    script: '(exec 3>&-; echo x >&3); echo $?; echo y >&9; echo $?; cat <&- 2> /dev/null; echo $?',
    stdout: '2\n2\n1\n',
    stderr: 'sh: 1: 3: Bad file descriptor\nsh: 1: 9: Bad file descriptor\n',
  },
  {
    name: 'a file that is not there',
    script:
      'cat < nothing; echo $?; echo a > no/where; echo $?; { echo b; } < nothing; echo $?; if true; then echo c; fi > no/x; echo $?',
    stdout: '2\n2\n2\n2\n',
    stderr:
      'sh: 1: cannot open nothing: No such file\nsh: 1: cannot create no/where: Directory nonexistent\nsh: 1: cannot open nothing: No such file\nsh: 1: cannot create no/x: Directory nonexistent\n',
  },
  {
    name: 'a failing redirection of a special built-in ends the shell',
    script: ': < nothing; echo never',
    stdout: '',
    stderr: 'sh: 1: cannot open nothing: No such file\n',
    status: 2,
  },
  {
    name: 'noclobber',
    script:
      'echo a > f; set -C; echo b > f; echo $?; cat f; echo c >| f; cat f; echo d >> f; cat f; echo e > new; cat new; echo x > /dev/null; echo $?',
    stdout: '2\na\nc\nc\nd\ne\n0\n',
    stderr: 'sh: 1: cannot create f: File exists\n',
  },
  {
    name: 'here-documents expand',
    script: 'x=1; cat <<E\n$x ${x}2 $((x + 1)) $(echo sub) `echo back` \\$x \\\\ \\a "quoted" \'single\'\nE',
    stdout: '1 12 2 sub back $x \\ \\a "quoted" \'single\'\n',
  },
  {
    name: 'quoted here-documents do not',
    script: 'cat <<\'E\' ; cat <<\\F; cat <<"G H"\n$x `a` \\\\ $(b)\nE\n$y\nF\nz\nG H',
    stdout: '$x `a` \\\\ $(b)\n$y\nz\n',
  },
  {
    name: 'tabs are stripped',
    script: 'cat <<-E\n\ta\n\t\tb\n  \tc\n\tE\necho d',
    stdout: 'a\nb\n  \tc\nd\n',
  },
  {
    name: 'several here-documents on a line',
    script: 'cat <<A; cat <<B\na\nA\nb\nB\ncat <<A - <<B\nfirst\nA\nsecond\nB',
    stdout: 'a\nb\nsecond\n',
  },
  {
    name: 'here-documents in pipelines, loops and functions',
    script:
      'cat <<E | tr a-z A-Z\nabc\nE\nwhile read l; do echo "[$l]"; done <<E\n1 2\n3\nE\nf() { cat <<E\nin f $1\nE\n}\nf x; f y',
    stdout: 'ABC\n[1 2]\n[3]\nin f x\nin f y\n',
  },
  {
    name: 'a here-document inside a substitution',
    script: 'x=$(cat <<E\na\nb\nE\n); echo "$x"',
    stdout: 'a\nb\n',
  },
  {
    name: 'a here-document without its end',
    script: 'cat <<E\ntext',
    stdout: 'text',
  },
  {
    name: 'joined lines in here-documents',
    script: "cat <<E\na\\\nb\nE\ncat <<'E'\na\\\nb\nE",
    stdout: 'ab\na\\\nb\n',
  },
  {
    name: 'a long here-document',
    script:
      "x=0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789; x=$x$x$x$x$x$x$x$x$x$x; x=$x$x$x$x$x$x$x$x; wc -c <<E | tr -d ' '\n$x\nE",
    stdout: '8001\n',
  },
  {
    name: 'a here-document on another descriptor',
    script: 'cat <<E 3<<F <&3\nnot this\nE\nbut this\nF',
    stdout: 'but this\n',
  },
  {
    name: 'file names are expanded, not split',
    script: "x='a b'; echo c > $x; cat 'a b'; cat < $x",
    stdout: 'c\nc\n',
  },
  {
    name: 'redirections anywhere in the command',
    script: '> f echo a b; cat < f; echo c >> f d; cat f; 2>/dev/null >f nosuch; echo $?',
    stdout: 'a b\na b\nc d\n127\n',
  },
  {
    name: "the shell's own errors can be redirected",
    script: '{ nosuch; } 2> f; cat f; nosuch 2> f; cat f; (cd /nowhere) 2>&1 | cat',
    stdout: "sh: 1: nosuch: not found\nsh: 1: nosuch: not found\nsh: 1: cd: can't cd to /nowhere\n",
  },
];
