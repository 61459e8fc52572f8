/** Scripts about builtins, with what dash prints. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expansions of the shell
import type { DashCase } from './case.ts';

export const builtins: readonly DashCase[] = [
  {
    name: 'echo',
    script: "echo; echo -n a; echo b; echo -e c; echo 'a\\tb\\\\c' '\\0101\\102' 'x\\cy' z; echo; echo -- d",
    stdout: '\nab\n-e c\na\tb\\c AB x\n-- d\n',
  },
  {
    name: 'printf: strings and numbers',
    script:
      "printf '%s|%5s|%-5s|%.2s|%c\\n' abc de fg hij klm; printf '%d %i %u %o %x %X %#x %+d %05d\\n' 42 -7 3 8 255 255 255 5 42",
    stdout: 'abc|   de|fg   |hi|k\n42 -7 3 10 ff FF 0xff +5 00042\n',
  },
  {
    name: 'printf: the format is used again',
    script:
      "printf '%s-%s\\n' a b c; printf 'x\\n'; printf '%s\\n'; printf '%d,' 1 2 3; echo; printf 'no arguments used\\n' a b",
    stdout: 'a-b\nc-\nx\n\n1,2,3,\nno arguments used\n',
  },
  {
    name: 'printf: escapes',
    script:
      "printf 'a\\tb\\n\\101\\60\\\\ %% \\x\\n'; printf '%b|%s\\n' 'a\\tb\\0101' 'a\\tb'; printf '%b' 'x\\cy' z; echo; printf '\\\\n%s' '\\n'; echo",
    stdout: 'a\tb\nA0\\ % \\x\na\tbA|a\\tb\nx\n\\n\\n\n',
  },
  {
    name: 'printf: fractions',
    script:
      "printf '%f %.2f %e %g %g %G %8.3f|%-8.1f|\\n' 3.14159 2.5 12345.678 0.0001 1000000 1e-10 2.71828 1.25; printf '%.0f %.0f %.0f\\n' 0.5 1.5 2.5",
    stdout: '3.141590 2.50 1.234568e+04 0.0001 1e+06 1E-10    2.718|1.2     |\n0 2 2\n',
  },
  {
    name: 'printf: width from arguments, quotes, empty numbers',
    script: "printf '%*d|%-*d|%.*f\\n' 5 42 4 7 2 3.14159; printf '%d %d\\n' \"'A\" '\"b'; printf '%d|%s|%c|\\n' '' ''",
    stdout: '   42|7   |3.14\n65 98\n0||\x00|\n',
  },
  {
    name: 'printf: what is no number',
    script:
      "printf '%d\\n' abc; echo $?; printf '%d\\n' 12x; echo $?; printf '%d %d\\n' 0x10 010; printf '%z\\n'; echo $?",
    stdout: '0\n1\n12\n1\n16 8\n2\n',
    stderr:
      'sh: 1: printf: abc: expected numeric value\nsh: 1: printf: 12x: not completely converted\nsh: 1: printf: %z: invalid directive\n',
  },
  {
    name: 'test: strings and numbers',
    script:
      "t() { \"$@\" && echo yes || echo no; }; t [ a ]; t [ '' ]; t [ -n '' ]; t [ -z '' ]; t [ a = a ]; t [ a != a ]; t [ 1 -lt 2 ]; t [ 10 -gt 9 ]; t [ 010 -eq 10 ]; t test -1 -le -2; t [ a \\< b ]",
    stdout: 'yes\nno\nno\nyes\nyes\nno\nyes\nyes\nyes\nno\nyes\n',
  },
  {
    name: 'test: files',
    script:
      'touch f; mkdir d; echo x > g; t() { [ "$@" ] && echo yes || echo no; }; t -e f; t -f f; t -d f; t -d d; t -s f; t -s g; t -r f; t -x f; t -e none; t ! -e none; t -p f; t -h f; t none -ot f',
    stdout: 'yes\nyes\nno\nyes\nno\nyes\nyes\nno\nno\nyes\nno\nno\nno\n',
  },
  {
    name: 'test: combinations',
    script:
      "t() { [ \"$@\" ] && echo yes || echo no; }; t a -a ''; t a -o ''; t ! a; t ! ''; t '(' a ')'; t '(' a = b ')' -o c; t ! a = b; t -n = -n; t ! ! a; t '!' ; t -z; t -n -a -n",
    stdout: 'no\nyes\nno\nyes\nyes\nyes\nyes\nyes\nyes\nyes\nyes\nno\n',
    stderr: 'sh: 1: [: -a: unexpected operator\n',
  },
  {
    name: 'test: errors',
    script: '[ a; echo $?; [ 1 -eq x ]; echo $?; test a b c d; echo $?; test; echo $?; [ ]; echo $?; [ a b ]; echo $?',
    stdout: '2\n2\n2\n1\n1\n2\n',
    stderr:
      'sh: 1: [: missing ]\nsh: 1: [: Illegal number: x\nsh: 1: test: a: unexpected operator\nsh: 1: [: a: unexpected operator\n',
  },
  {
    name: 'shift',
    script: 'set -- a b c; shift; echo $*; shift 2; echo $#; shift 0; echo $?; (shift; echo never); echo $?',
    stdout: 'b c\n0\n0\n2\n',
    stderr: "sh: 1: shift: can't shift that many\n",
  },
  {
    name: 'set: parameters and options',
    script:
      'set -- -a b; echo "$@"; set x y; echo $#; set -f; echo $-; set +f; echo "[$-]"; set -- ; echo $#; set -o noglob; echo $-; set +o noglob -e; echo $-',
    stdout: '-a b\n2\nf\n[]\n0\nf\ne\n',
  },
  {
    name: 'set -e',
    script:
      'set -e; false || echo a; if false; then :; fi; ! true; while false; do :; done; (exit 0); echo b; false; echo never',
    stdout: 'a\nb\n',
    status: 1,
  },
  {
    name: 'set -e in functions and conditions',
    script: 'set -e; f() { false; echo reached; }; f || echo no; if f; then echo yes; fi; f; echo never',
    stdout: 'reached\nreached\nyes\n',
    status: 1,
  },
  {
    name: 'set -e in subshells and substitutions',
    script:
      'set -e; (false; echo never) || echo a; x=$(false; echo in) ; echo "b$x"; x=$(false) || echo c; (false); echo never',
    stdout: 'never\n',
    status: 1,
  },
  {
    name: 'set -e and pipelines',
    script: 'set -e; false | true; echo a; true | false || echo b; { true | false; echo never; }',
    stdout: 'a\nb\n',
    status: 1,
  },
  {
    name: 'set -e, eval and the last of an and-or list',
    script: "set -e; false && true; echo a; true && eval 'true; false' || echo b; true && false; echo never",
    stdout: 'a\nb\n',
    status: 1,
  },
  {
    name: 'set -u',
    script: 'set -u; echo ${x-a} ${x+b}. "$@" $#; echo $x; echo never',
    stdout: 'a . 0\n',
    stderr: 'sh: 1: x: parameter not set\n',
    status: 2,
  },
  {
    name: 'set -x',
    script:
      'set -x; x=1; echo $x "a b" > /dev/null; y=$(echo sub); for i in 1 2; do :; done; f() { echo f; }; x=5 f; PS4=\'++ \'; [ a = a ]; { echo g; } 2>/dev/null',
    stdout: 'f\ng\n',
    stderr: '+ x=1\n+ echo 1 a b\n+ echo sub\n+ y=sub\n+ :\n+ :\n+ x=5 f\n+ echo f\n++ PS4=++ \n++ [ a = a ]\n',
  },
  {
    name: 'unset',
    script:
      'x=1; unset x; echo ${x-gone}; f() { echo f; }; unset -f f; f 2> /dev/null; echo $?; unset nothing; echo $?; x=1; unset -v x; echo ${x-gone}',
    stdout: 'gone\n127\n0\ngone\n',
  },
  {
    name: 'export',
    script:
      "x=1; export x y=2; sh -c 'echo $x$y'; x=3; sh -c 'echo $x'; z=4 sh -c 'echo $z'; echo \"[$z]\"; v='a  b'; export w=$v; echo \"$w\"",
    stdout: '12\n3\n4\n[]\na  b\n',
  },
  {
    name: 'readonly',
    script:
      "readonly x=1; echo $x; (x=2; echo never); echo $?; (unset x; echo never); echo $?; readonly -p | grep ' x='; x=2 true; echo never",
    stdout: "1\n2\n2\nreadonly x='1'\n",
    stderr: 'sh: 1: x: is read only\nsh: 1: unset: x: is read only\nsh: 1: x: is read only\n',
    status: 2,
  },
  {
    name: 'read',
    script:
      'printf \'a b  c d\\ne\\\\\\nf\\n g \\nlast\' > f; { read x y z; echo "$x|$y|$z"; read x; echo "$x"; read x; echo "[$x]"; read x; echo $? "$x"; read x; echo $? "[$x]"; } < f',
    stdout: 'a|b|c d\nef\n[g]\n1 last\n1 []\n',
  },
  {
    name: 'read: IFS and raw lines',
    script:
      'printf \'a:b::c\\n:x\\n\\\\a\\\\b\\na:b:\\n\' > f; { IFS=: read x y z; echo "$x|$y|$z"; IFS=: read x y; echo "$x|$y"; read -r x; echo "$x"; IFS=: read x y; echo "$x|$y"; } < f; printf \'  a \\n\' | { IFS= read -r x; echo "[$x]"; }',
    stdout: 'a|b|:c\n|x\n\x07\b\na|b\n[  a ]\n',
  },
  {
    name: 'read leaves the rest',
    script:
      "printf 'one\\ntwo\\nthree\\n' | { read x; echo \"$x\"; cat; }; printf '1\\n2\\n' | { read a; read b; echo $a$b; }",
    stdout: 'one\ntwo\nthree\n12\n',
  },
  {
    name: 'eval',
    script:
      "x='echo a; echo b'; eval $x; y=z; z=1; eval \"echo \\$$y\"; eval; echo $?; eval 'exit_me() { return 3; }'; exit_me; echo $?; eval false; echo $?",
    stdout: 'a\nb\n1\n0\n3\n1\n',
  },
  {
    name: 'dot scripts',
    script:
      'echo \'echo "in $1 $#"; y=5; return 4; echo never\' > s; . ./s; echo $? $y; set -- a; . ./s; (. ./nothing; echo never); echo $?',
    stdout: 'in  0\n4 5\nin a 1\n2\n',
    stderr: 'sh: 1: .: cannot open ./nothing: No such file\n',
  },
  {
    name: 'command',
    script:
      "ls() { echo mine; }; ls; command ls -d /; command -v cd if ls nothing; echo $?; command false; echo $?; command nosuch; echo $?; command eval 'echo e'; command exit 3; echo never",
    stdout: 'mine\n/\ncd\n0\n1\n127\ne\n',
    stderr: 'sh: 1: nosuch: not found\n',
    status: 3,
  },
  {
    name: 'type',
    script: 'f() { :; }; type f cd export while nosuch; echo $?',
    stdout:
      'f is a shell function\ncd is a shell builtin\nexport is a special shell builtin\nwhile is a shell keyword\nnosuch: not found\n127\n',
  },
  {
    name: 'getopts',
    script:
      'set -- -ab -c val -dx y; while getopts abc:d: o; do echo "$o ${OPTARG-none}"; done; echo $OPTIND; shift $((OPTIND - 1)); echo $*',
    stdout: 'a \nb \nc val\nd x\n5\ny\n',
  },
  {
    name: 'getopts: errors',
    script:
      'getopts ab: o -x; echo $? $o; OPTIND=1; getopts ab: o -b; echo $? $o; OPTIND=1; getopts :ab: o -x; echo "$o $OPTARG"; OPTIND=1; getopts :ab: o -b; echo "$o $OPTARG"; OPTIND=1; getopts a o -- -a; echo $? $o $OPTIND',
    stdout: '0 ?\n0 ?\n? x\n: b\n1 ? 2\n',
    stderr: 'Illegal option -x\nNo arg for -b option\n',
  },
  {
    name: 'cd and pwd',
    script:
      'mkdir -p d/e; here=$PWD; cd d/e; echo ${PWD#$here}; cd ..; echo ${PWD#$here}; cd - > /dev/null; echo ${PWD#$here}; cd ./../../d/.; echo ${PWD#$here}; [ "$(pwd)" = "$PWD" ] && echo same; cd nowhere; echo $?; CDPATH=$here/d; cd /; cd e > /dev/null; echo ${PWD#$here}',
    stdout: '/d/e\n/d\n/d/e\n/d\nsame\n2\n/d/e\n',
    stderr: "sh: 1: cd: can't cd to nowhere\n",
  },
  {
    name: 'cd through a link',
    script:
      'mkdir real; ln -s real link; here=$PWD; cd link; echo ${PWD#$here}; p=$(pwd -P); echo ${p#$here}; cd ..; echo ${PWD#$here}.; cd -P link; echo ${PWD#$here}',
    stdout: '/link\n/real\n.\n/real\n',
  },
  {
    name: 'umask',
    script: 'umask 022; umask; umask -S; umask u=rwx,g=rx,o=; umask; umask 77; umask; touch f; umask 8; echo $?',
    stdout: '0022\nu=rwx,g=rx,o=rx\n0027\n0077\n2\n',
    stderr: 'sh: 1: umask: Illegal number: 8\n',
  },
  {
    name: 'trap on exit',
    script: "trap 'echo bye $?' EXIT; echo hi; (exit 3)",
    stdout: 'hi\nbye 3\n',
    status: 3,
  },
  {
    name: 'trap on exit: exit statuses',
    script:
      "(trap 'echo a' EXIT; exit 3); echo $?; (trap 'exit 4' EXIT; exit 3); echo $?; (trap 'false' EXIT); echo $?; (trap 'echo b' 0; trap - 0; exit 5); echo $?",
    stdout: 'a\n3\n4\n0\n5\n',
  },
  {
    name: 'trap on exit runs after an error',
    script: "trap 'echo cleaned' EXIT; echo ${x?gone}",
    stdout: 'cleaned\n',
    stderr: 'sh: 1: x: gone\n',
    status: 2,
  },
  {
    name: 'trap on exit and set -e',
    script: "set -e; trap 'echo status $?' EXIT; false; echo never",
    stdout: 'status 1\n',
    status: 1,
  },
  {
    name: 'trap is not inherited by subshells',
    script: "trap 'echo outer' EXIT; (echo in); (trap 'echo inner' EXIT); x=$(echo sub); echo $x",
    stdout: 'in\ninner\nsub\nouter\n',
  },
  {
    name: 'trap on signals',
    script:
      "trap 'echo got $?' USR1; (exit 5); kill -USR1 $$; echo after $?; trap - USR1; trap '' USR2; kill -USR2 $$; echo alive; trap",
    stdout: "got 0\nafter 0\nalive\ntrap -- '' USR2\n",
  },
  {
    name: "trap: a signal's default",
    script:
      "sh -c 'kill -TERM $$; echo never'; echo $?; sh -c 'kill -9 $$'; echo $?; sh -c 'trap \"\" TERM; kill -TERM $$; echo alive'; sh -c 'trap \"exit 9\" HUP; kill -HUP $$; echo never'; echo $?",
    stdout: '143\n137\nalive\n9\n',
    stderr: 'Terminated\nKilled\n',
  },
  {
    name: 'trap: listing and errors',
    script:
      "trap 'echo \"it'\\''s\"' INT; trap 'x' 15; trap; trap - INT TERM; trap; trap 'x' NOSUCH; echo $?; trap 2; trap",
    stdout: "trap -- 'echo \"it'\"'\"'s\"' INT\ntrap -- 'x' TERM\n1\n",
    stderr: 'trap: NOSUCH: bad trap\n',
  },
  {
    name: 'kill',
    script:
      'sleep 30 & kill $!; wait $! 2>/dev/null; echo $?; kill -0 $$; echo $?; kill -l 9 15 2>/dev/null; sleep 30 & kill -KILL $!; wait $! 2>/dev/null; echo $?; kill 2>/dev/null; echo $?',
    stdout: '143\n0\nKILL\n137\n2\n',
  },
  {
    name: 'exec',
    script:
      "(exec echo a; echo never); (exec sh -c 'exit 6'); echo $?; (exec nosuch; echo never); echo $?; exec; echo b; exec > f; echo c; cat f >&2",
    stdout: 'a\n6\n127\nb\n',
    stderr: 'sh: 1: exec: nosuch: not found\nc\n',
  },
  {
    name: 'exit',
    script:
      '(exit); echo $?; false; (exit); echo $?; (exit 300); echo $?; f() { exit 3; }; (f; echo never); echo $?; (exit x); echo $?; exit 7',
    stdout: '0\n1\n44\n3\n2\n',
    stderr: 'sh: 1: exit: Illegal number: x\n',
    status: 7,
  },
  {
    name: 'times of true and false',
    script: ':; echo $?; true x; echo $?; false x; echo $?; : ${x:=5}; echo $x',
    stdout: '0\n0\n1\n5\n',
  },
  {
    name: 'assignments before special built-ins stay',
    script: 'x=1; x=2 :; echo $x; x=3 true; echo $x; x=4 eval \'echo $x\'; echo $x; y=1 export z; echo "[$y]"',
    stdout: '2\n2\n4\n4\n[1]\n',
  },
  {
    name: 'hash signs and options of sh',
    script:
      "sh -c 'echo $-' | tr -d i; sh -ec 'false; echo never'; echo $?; sh -uc 'echo $x; echo never' 2>/dev/null; echo $?; echo 'echo from stdin $1' | sh -s a; echo 'echo $0 $1' > s; sh s x; sh -c; echo $?; sh nofile; echo $?",
    stdout: '\n1\n2\nfrom stdin a\ns x\n2\n2\n',
    stderr: 'sh: 0: -c requires an argument\nsh: 0: cannot open nofile: No such file\n',
  },
  {
    name: 'ulimit: soft and hard, units, errors',
    script:
      '(ulimit -S -n 100; ulimit -n; ulimit -S -n 50; ulimit -Sn); (ulimit -n 60; ulimit -H -n; ulimit -n); (ulimit -f 10; ulimit -f; ulimit); ulimit -t; ulimit -n 5 6; echo no',
    stdout: '100\n50\n60\n60\n10\n10\nunlimited\nno\n',
    stderr: 'sh: 1: ulimit: too many arguments\n',
  },
  {
    name: 'ulimit: what a program then meets',
    script:
      '(ulimit -f 1; head -c 600 /dev/zero >f; echo $?; wc -c <f); (ulimit -n 3; cat </dev/null 3</dev/null); echo $?; ulimit -x; echo no',
    stdout: '153\n512\n2\nno\n',
    stderr:
      'File size limit exceeded\nsh: 1: cannot open /dev/null: Too many open files\nsh: 1: ulimit: Illegal option -x\n',
  },
];
