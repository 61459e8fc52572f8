/** Scripts about expansion, with what dash prints. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expansions of the shell
import type { DashCase } from './case.ts';

export const expansion: readonly DashCase[] = [
  {
    name: 'default values',
    script: 'echo ${x-a} ${x:-b} "${x-}" ; x=; echo ${x-c} ${x:-d} .',
    stdout: 'a b \nd .\n',
  },
  {
    name: 'alternative values',
    script: 'echo ${x+a}. ${x:+b}.; x=; echo ${x+c}. ${x:+d}.; x=1; echo ${x+e} ${x:+f}',
    stdout: '. .\nc. .\ne f\n',
  },
  {
    name: 'assigning default values',
    script: 'echo ${x:=a b} $x; y=; echo ${y=c}. ${y:=d} $y',
    stdout: 'a b a b\n. d d\n',
  },
  {
    name: 'an error when unset ends the shell',
    script: 'echo start; echo ${x?}; echo never',
    stdout: 'start\n',
    stderr: 'sh: 1: x: parameter not set\n',
    status: 2,
  },
  {
    name: 'an error when null, with a message',
    script: 'x=; echo ${x?fine}; echo ${x:?it is "null"}; echo never',
    stdout: '\n',
    stderr: 'sh: 1: x: it is null\n',
    status: 2,
  },
  {
    name: 'an error inside a subshell ends only the subshell',
    script: '(echo ${x?gone}; echo never); echo $?',
    stdout: '2\n',
    stderr: 'sh: 1: x: gone\n',
  },
  {
    name: 'lengths',
    script: 'x=hello; set -- a b c; echo ${#x} ${#} ${#nothing} ${#1}',
    stdout: '5 3 0 1\n',
  },
  {
    name: 'length counts bytes',
    script: 'x=é中; echo ${#x}',
    stdout: '5\n',
  },
  {
    name: 'removing suffixes and prefixes',
    script: 'x=path/to/file.tar.gz; echo ${x%.*} ${x%%.*} ${x#*/} ${x##*/} ${x%nomatch} ${x#?} ${x%?}',
    stdout:
      'path/to/file.tar path/to/file to/file.tar.gz file.tar.gz path/to/file.tar.gz ath/to/file.tar.gz path/to/file.tar.g\n',
  },
  {
    name: 'a quoted pattern is text',
    script: 'x=\'a*b*c\'; echo "${x%"*"*}" "${x%%\'*\'*}" "${x#a\\*}" ${x#"$y"}',
    stdout: 'a*b a b*c a*b*c\n',
  },
  {
    name: 'a pattern from a variable counts',
    script: 'x=foo.bar; p=\'.*\'; echo ${x%$p} "${x%$p}" "${x%"$p"}"',
    stdout: 'foo foo foo.bar\n',
  },
  {
    name: 'trims with braces and quotes',
    script: 'x=\'a}b\'; echo ${x#a\\}} "${x#a\\}}" ${x#"a}"} "${x#\'a}\'}"',
    stdout: 'b b b b\n',
  },
  {
    name: 'nested expansions',
    script: 'x=1; echo ${a:-${b:-${x:-c}}} ${a-$((x + 1))} ${a-$(echo sub)} "${a-"q  r"}" "${a-\'s\'}"',
    stdout: "1 2 sub q  r 's'\n",
  },
  {
    name: 'words of expansions are split unless quoted',
    script: 'f() { echo $#; }; x=\'a b\'; f ${y-$x c}; f "${y-$x c}"; f ${y-"$x c"}; f ${x+"a b" c}',
    stdout: '3\n1\n1\n2\n',
  },
  {
    name: 'positional parameters',
    script: 'set -- a b c d e f g h i j k; echo $1 ${10} ${11} $10 $# ; shift 2; echo $1 $#',
    stdout: 'a j k a0 11\nc 9\n',
  },
  {
    name: 'all parameters: quoted and not',
    script:
      'set -- \'a b\' \'\' c; for i in "$@"; do echo "[$i]"; done; for i in $@; do echo "($i)"; done; for i in "$*"; do echo "<$i>"; done',
    stdout: '[a b]\n[]\n[c]\n(a)\n(b)\n(c)\n<a b  c>\n',
  },
  {
    name: 'all parameters inside a word',
    script:
      'set -- x y z; for i in "a$@b"; do echo "$i"; done; set --; for i in "a$@b"; do echo "$i"; done; set -- "$@"; echo $#',
    stdout: 'ax\ny\nzb\nab\n0\n',
  },
  {
    name: 'joining with the first character of IFS',
    script: 'set -- a b c; IFS=,; echo "$*" "$@" $*; IFS=; echo "$*"; unset IFS; echo "$*"',
    stdout: 'a,b,c a b c a b c\nabc\na b c\n',
  },
  {
    name: 'all parameters in an assignment',
    script: 'set -- a \'b  c\'; x=$@ y=$* z="$@"; IFS=-; w="$*"; echo "$x|$y|$z|$w"',
    stdout: 'a b  c|a b  c|a b  c|a-b  c\n',
  },
  {
    name: 'field splitting by white space',
    script: 'x=\'  a   b\tc\nd  \'; set -- $x; echo $# "$1" "$4"; set -- -$x-; echo $# "$1" "$6"',
    stdout: '4 a d\n6 - -\n',
  },
  {
    name: 'field splitting by other characters',
    script: 'IFS=:; x=a::b:c:; set -- $x; echo $#; for i do echo "[$i]"; done; x=:a; set -- $x; echo $#',
    stdout: '4\n[a]\n[]\n[b]\n[c]\n2\n',
  },
  {
    name: 'field splitting by both kinds',
    script: "IFS=' :'; x='a : b::c  d:'; set -- $x; echo $#; for i do echo \"[$i]\"; done",
    stdout: '5\n[a]\n[b]\n[]\n[c]\n[d]\n',
  },
  {
    name: 'an empty IFS splits nothing',
    script: 'IFS=; x=\'a b\'; set -- $x; echo $# "$1"',
    stdout: '1 a b\n',
  },
  {
    name: 'literal text is never split',
    script: 'IFS=:; set -- a:b; echo $# "$1"; x=a:b; set -- $x:c; echo $# $1 "$2"',
    stdout: '1 a:b\n2 a b:c\n',
  },
  {
    name: 'results of substitutions are split',
    script: "set -- $(echo 'a b'; echo c) \"$(echo 'd e')\"; echo $#",
    stdout: '4\n',
  },
  {
    name: 'trailing newlines go, inner ones stay',
    script: 'x=$(printf \'a\\n\\nb\\n\\n\\n\'); echo "[$x]"',
    stdout: '[a\n\nb]\n',
  },
  {
    name: 'tilde',
    script: 'HOME=/h; echo ~ ~/x "~" \'~\' a~ ~"/x" \\~; x=~/y:~; echo $x; echo x=~',
    stdout: '/h /h/x ~ ~ a~ ~/x ~\n/h/y:/h\nx=~\n',
  },
  {
    name: 'special parameters',
    script: "sh -c 'echo $0 $1 $#' name a b; echo $?; (exit 7); echo $? $?; echo ${-:+set}",
    stdout: 'name a 2\n0\n7 7\n\n',
  },
  {
    name: 'dollar dollar is the same in a subshell',
    script: 'test $$ = $(echo $$) && echo same; (test $$ = "$PPID" || echo other)',
    stdout: 'same\nother\n',
  },
  {
    name: "status of an assignment is the substitution's",
    script: 'x=$(exit 3); echo $?; x=$(exit 4)$(exit 5); echo $?; x=1; echo $?; false; x=$x; echo $?',
    stdout: '3\n5\n0\n0\n',
  },
  {
    name: 'command names from expansions',
    script: 'c=\'echo a  b\'; $c; $empty echo c; "$empty" 2>/dev/null; echo $?; $(echo echo) d',
    stdout: 'a b\nc\n127\nd\n',
  },
  {
    name: 'the status of an empty command is that of its substitution',
    script: '$(false); echo $?; $(true); echo $?; $(exit 9); echo $?',
    stdout: '1\n0\n9\n',
  },
  {
    name: 'bad substitutions',
    script: 'echo a; (echo ${x!y}; echo b); echo $?',
    stdout: 'a\n2\n',
    stderr: 'sh: 1: Bad substitution\n',
  },
  {
    name: 'tracing assignments in order',
    script: "a=1 b=$a; echo $b; a=2 sh -c 'echo $a'; echo $a",
    stdout: '1\n2\n1\n',
  },
  {
    name: 'pathname expansion',
    script:
      'touch b1 b2 a1 .hidden; mkdir d; touch d/x d/y; echo *; echo b*; echo [ab]1; echo ?1 d/*; echo .h*; echo */; echo [!a]1',
    stdout: 'a1 b1 b2 d\nb1 b2\na1 b1\na1 b1 d/x d/y\n.hidden\nd/\nb1\n',
  },
  {
    name: 'no match leaves the pattern',
    script: 'echo nothing* [q]z \'a\'*b? "no*"',
    stdout: 'nothing* [q]z a*b? no*\n',
  },
  {
    name: 'quotes switch pathname expansion off',
    script: 'touch f1 \'f*\'; echo f* "f*" f\\* \'f\'* f"*"; x=\'f?\'; echo $x "$x"; set -f; echo f*',
    stdout: 'f* f1 f* f* f* f1 f*\nf* f1 f?\nf*\n',
  },
  {
    name: 'brackets',
    script: "touch a b c - ']' x5; echo [a-c]; echo [!a-c-]; echo []]; echo [-a]; echo x[[:digit:]]; echo [[:lower:]]",
    stdout: 'a b c\n]\n]\na\nx5\na b c\n',
  },
  {
    name: 'no pathname expansion in assignments and here-documents',
    script: 'touch f1; x=f*; echo "$x"; cat <<E\nf*\nE',
    stdout: 'f*\nf*\n',
  },
];
