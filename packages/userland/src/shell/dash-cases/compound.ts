/** Scripts about compound, with what dash prints. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expansions of the shell
import type { DashCase } from './case.ts';

export const compound: readonly DashCase[] = [
  {
    name: 'if and elif',
    script: 'for i in 1 2 3; do if [ $i = 1 ]; then echo one; elif [ $i = 2 ]; then echo two; else echo more; fi; done',
    stdout: 'one\ntwo\nmore\n',
  },
  {
    name: 'status of if',
    script:
      'if false; then :; fi; echo $?; if true; then (exit 3); fi; echo $?; if (exit 4); then :; else (exit 5); fi; echo $?',
    stdout: '0\n3\n5\n',
  },
  {
    name: 'while and until',
    script:
      'i=0; while [ $i -lt 3 ]; do echo $i; i=$((i + 1)); done; until [ $i = 0 ]; do i=$((i - 1)); done; echo $i; while false; do :; done; echo $?',
    stdout: '0\n1\n2\n0\n0\n',
  },
  {
    name: 'break and continue',
    script: 'for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done; echo $i $?',
    stdout: '1\n3\n4 0\n',
  },
  {
    name: 'break and continue of outer loops',
    script:
      'for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done; for i in 1 2; do for j in a b; do break 2; done; echo never; done; for i in 1; do break 9; done; echo $i',
    stdout: '1a\n2a\n1\n',
  },
  {
    name: 'break in a condition, and outside of a loop',
    script: 'while break; do echo never; done; echo $?; break; continue; echo here',
    stdout: '0\nhere\n',
  },
  {
    name: 'break does not leave a function',
    script: 'f() { break; echo f; }; for i in 1 2; do f; echo $i; done',
    stdout: 'f\n1\nf\n2\n',
  },
  {
    name: 'for over parameters',
    script:
      'set -- a \'b c\'; for i; do echo "$i"; done; for i in; do echo never; done; echo $i; for i do echo $i; done',
    stdout: 'a\nb c\nb c\na\nb c\n',
  },
  {
    name: 'for: line breaks and lists',
    script: 'for i in a \\\n  b\ndo\n  echo $i\ndone; for i in "x y" z; do echo "$i"; done',
    stdout: 'a\nb\nx y\nz\n',
  },
  {
    name: 'case patterns',
    script:
      "for w in apple banana cherry '' '*' 'a b'; do case $w in a*e|cherry) echo 1;; b?n*) echo 2;; '') echo 3;; '*') echo 4;; *' '*) echo 5;; esac; done",
    stdout: '1\n2\n1\n3\n4\n5\n',
  },
  {
    name: 'case: quoting and brackets',
    script:
      "case 'a*' in a\\*) echo 1;; esac; case ab in \"a*\") echo no;; a[!c]) echo 2;; esac; x='a?'; case ab in \"$x\") echo no;; $x) echo 3;; esac; case ] in []a]) echo 4;; esac; case '[x' in [x) echo 5;; esac; case - in [a-]) echo 6; esac",
    stdout: '1\n2\n3\n4\n5\n6\n',
  },
  {
    name: 'case: status, parenthesis, empty bodies',
    script:
      'case x in (y) false;; esac; echo $?; case x in (x) ;; esac; echo $?; case x in x) (exit 3); esac; echo $?; case "$(echo sub)" in s*) echo ok; esac',
    stdout: '0\n0\n3\nok\n',
  },
  {
    name: 'groups and subshells',
    script: '{ echo a; x=1; }; (x=2; cd /; echo b); echo $x; { (echo c) }; ( (echo d) ); { echo e\n}',
    stdout: 'a\nb\n1\nc\nd\ne\n',
  },
  {
    name: 'subshells do not change the shell',
    script:
      'x=1; f() { echo f; }; (x=2; f() { echo g; }; f; exit 3); echo $? $x; f; set -- a; (shift; echo $#); echo $#',
    stdout: 'g\n3 1\nf\n0\n1\n',
  },
  {
    name: 'subshells inherit',
    script: 'x=1 y=\'a b\'; f() { echo "f $1"; }; set -- p q; (echo $x "$y" $2; f z); echo $(f w; echo $1)',
    stdout: '1 a b q\nf z\nf w p\n',
  },
  {
    name: 'and-or lists',
    script:
      'true && echo a || echo b; false && echo c || echo d; false || false || echo e; true && false; echo $?; false || true && echo f',
    stdout: 'a\nd\ne\n1\nf\n',
  },
  {
    name: 'negation',
    script: '! true; echo $?; ! false; echo $?; ! (exit 3) && echo a; ! true || echo b; if ! false; then echo c; fi',
    stdout: '1\n0\na\nb\nc\n',
  },
  {
    name: 'pipelines',
    script:
      "echo 'b\na' | sort | sed 's/a/x/'; echo x | cat | cat | tr x y; true | false; echo $?; false | true; echo $?; ! true | false; echo $?",
    stdout: 'x\nb\ny\n1\n0\n0\n',
  },
  {
    name: "a pipeline's commands are subshells",
    script:
      'x=1; echo 2 | read x; echo $x; echo 3 | { read x; echo $x; }; echo 4 | while read y; do echo "in $y"; done; echo "[$y]"',
    stdout: '1\n3\nin 4\n[]\n',
  },
  {
    name: 'functions',
    script:
      'f() { echo "$# $1"; return 3; echo never; }; f a b; echo $?; f; g() if true; then echo g; fi; g; h() (x=5; exit 4); h; echo $? $x',
    stdout: '2 a\n3\n0 \ng\n4\n',
  },
  {
    name: 'function parameters are put back',
    script: 'f() { echo $1; shift; echo $#; set -- x y z; echo $#; }; set -- a b; f 1 2; echo $1 $#',
    stdout: '1\n1\n3\na 2\n',
  },
  {
    name: 'functions call functions and themselves',
    script: 'f() { [ $1 = 0 ] || { echo $1; f $(($1 - 1)); }; }; f 3; g() { h; }; h() { echo h; }; g',
    stdout: '3\n2\n1\nh\n',
  },
  {
    name: 'local variables',
    script: 'x=1; f() { local x=2 y; y=3; g; x=4; echo $x $y; }; g() { echo "$x"; x=5; }; f; echo $x "$y"',
    stdout: '2\n4 3\n1 \n',
  },
  {
    name: 'local keeps the value until assigned',
    script: 'x=1; f() { local x; echo "$x"; x=2; }; f; echo $x',
    stdout: '1\n1\n',
  },
  {
    name: 'assignments before functions',
    script: 'x=1; f() { echo $x; x=3; }; x=2 f; echo $x',
    stdout: '2\n1\n',
  },
  {
    name: 'redirections of functions and compound commands',
    script:
      "f() { echo out; echo err >&2; } 2>&1; f | cat; { echo a; echo b; } > g; cat g; if true; then cat; fi < g; for i in 1 2; do echo $i; done >> g; (cat) < g | wc -l | tr -d ' '",
    stdout: 'out\nerr\na\nb\na\nb\n4\n',
  },
  {
    name: 'a function may replace a program, not a special built-in',
    script: 'cat() { echo mine; }; cat; command cat < /dev/null; unset -f cat; cat < /dev/null; echo done',
    stdout: 'mine\ndone\n',
  },
  {
    name: 'return without a number',
    script: 'f() { false; return; }; f; echo $?; g() { return 300; }; g; echo $?; h() { true; }; false; h; echo $?',
    stdout: '1\n300\n0\n',
  },
  {
    name: 'newlines where they are allowed',
    script:
      'true &&\necho a ||\necho b\necho c |\ncat\nif\ntrue\nthen\necho d\nfi\ncase x\nin\nx)\necho e\n;;\nesac\nf()\n{\necho f\n}\nf',
    stdout: 'a\nc\nd\ne\nf\n',
  },
  {
    name: 'background jobs',
    script:
      '{ echo a; } & wait; echo b; (exit 5) & wait $!; echo $?; false & p=$!; true & wait $p; echo $?; wait; echo $?',
    stdout: 'a\nb\n5\n1\n0\n',
  },
  {
    name: 'a background job reads nothing',
    script: 'echo x | { cat & wait; echo end; }',
    stdout: 'end\n',
  },
  {
    name: 'an unknown job',
    script: 'wait 999999; echo $?',
    stdout: '127\n',
  },
];
