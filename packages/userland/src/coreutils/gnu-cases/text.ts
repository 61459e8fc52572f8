/** Scripts about text tools, with what Debian prints. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expansions of the shell
import type { DashCase } from '../../shell/dash-cases/case.ts';

export const text: readonly DashCase[] = [
  {
    name: 'cat: files, standard input, numbers',
    script:
      "printf 'a\\n\\n\\nb\\n' > f; cat f - < f; cat -n f; cat -b f; cat -s f; cat -E f; printf 'x\\ty' | cat -T; cat nothing f; echo $?",
    stdout:
      'a\n\n\nb\na\n\n\nb\n     1\ta\n     2\t\n     3\t\n     4\tb\n     1\ta\n\n\n     2\tb\na\n\nb\na$\n$\n$\nb$\nx^Iya\n\n\nb\n1\n',
    stderr: 'cat: nothing: No such file or directory\n',
  },
  {
    name: 'cat: two missing files',
    script: 'cat no1 no2; echo $?; cat .; echo $?',
    stdout: '1\n1\n',
    stderr: 'cat: no1: No such file or directory\ncat: no2: No such file or directory\ncat: .: Is a directory\n',
  },
  {
    name: 'head and tail',
    script:
      'seq 20 > f; head -n 3 f; head -2 f; head -c 5 f; echo; head -n -17 f; tail -n 2 f; tail -3 f; tail -n +19 f; tail -c 6 f; tail -c +49 f; head -n 0 f; tail -n 0 f',
    stdout: '1\n2\n3\n1\n2\n1\n2\n3\n1\n2\n3\n19\n20\n18\n19\n20\n19\n20\n19\n20\n20\n',
  },
  {
    name: 'head and tail: several files and errors',
    script:
      'echo a > f; echo b > g; head f g; tail -n 1 f g; head -q f g; head -v f; head nofile; echo $?; tail nofile; echo $?; head -n x f; echo $?',
    stdout: '==> f <==\na\n\n==> g <==\nb\n==> f <==\na\n\n==> g <==\nb\na\nb\n==> f <==\na\n1\n1\n1\n',
    stderr:
      "head: cannot open 'nofile' for reading: No such file or directory\ntail: cannot open 'nofile' for reading: No such file or directory\nhead: invalid number of lines: ‘x’\n",
  },
  {
    name: 'head and tail: no newline at the end',
    script: "printf 'a\\nb' > f; head -n 1 f; tail -n 1 f; echo; head -n 5 f; echo; tail -n 5 f; echo",
    stdout: 'a\nb\na\nb\na\nb\n',
  },
  {
    name: 'wc',
    script:
      "printf 'one two\\nthree\\n\\n  four  ' > f; wc f; wc -l f; wc -w < f; wc -c < f; wc < f; cat f | wc -lw; wc f f; printf 'é中\\n' | wc -m; wc -L f; wc nofile; echo $?",
    stdout: ' 3  4 23 f\n3 f\n4\n23\n 3  4 23\n      3       4\n 3  4 23 f\n 3  4 23 f\n 6  8 46 total\n3\n8 f\n1\n',
    stderr: 'wc: nofile: No such file or directory\n',
  },
  {
    name: 'sort',
    script:
      "printf 'b\\na\\nC\\n10\\n9\\n-1\\n\\n' > f; sort f; echo -; sort -r f; echo -; sort -n f; echo -; sort -f f; echo -; sort -u f f; sort -nr f | head -n 2; sort -c f; echo $?",
    stdout:
      '\n-1\n10\n9\nC\na\nb\n-\nb\na\nC\n9\n10\n-1\n\n-\n-1\n\nC\na\nb\n9\n10\n-\n\n-1\n10\n9\na\nb\nC\n-\n\n-1\n10\n9\nC\na\nb\n10\n9\n1\n',
    stderr: 'sort: f:2: disorder: a\n',
  },
  {
    name: 'sort: keys',
    script:
      "printf 'x 3 b\\ny 1 c\\nz 2 a\\nw 1 a\\n' > f; sort -k 2 f; echo -; sort -k2,2n -k3 f; echo -; sort -k 3,3r f; echo -; printf 'a:10\\nb:9\\nc:100\\n' | sort -t : -k 2n; printf 'a:10\\nb:9\\n' | sort -t: -k2; printf 'b 1\\na 1\\n' | sort -s -k 2,2; printf '1.5\\n1.25\\n-3\\n' | sort -n; sort -o f f; head -n 1 f",
    stdout:
      'w 1 a\ny 1 c\nz 2 a\nx 3 b\n-\nw 1 a\ny 1 c\nz 2 a\nx 3 b\n-\ny 1 c\nx 3 b\nw 1 a\nz 2 a\n-\nb:9\na:10\nc:100\na:10\nb:9\nb 1\na 1\n-3\n1.25\n1.5\nw 1 a\n',
  },
  {
    name: 'uniq',
    script:
      "printf 'a\\na\\nb\\nA\\na\\n' > f; uniq f; uniq -c f; uniq -d f; uniq -u f; uniq -i f; sort f | uniq -c | sort -rn; printf '1 a\\n2 a\\n' | uniq -f 1; printf 'xa\\nya\\n' | uniq -s 1; uniq f g; cat g",
    stdout:
      'a\nb\nA\na\n      2 a\n      1 b\n      1 A\n      1 a\na\nb\nA\na\na\nb\nA\n      3 a\n      1 b\n      1 A\n1 a\nxa\na\nb\nA\na\n',
  },
  {
    name: 'cut',
    script:
      "printf 'a:b:c\\nd:e:f\\nnone\\n' > f; cut -d : -f 2 f; cut -d: -f1,3 f; cut -d: -f 2- f; cut -d: -f -2 -s f; cut -c 1-2 f; cut -c 3- f; cut -d: -f1 --output-delimiter=/ f; cut -d: --complement -f 2 f; printf 'a\\tb\\n' | cut -f 2; cut f; echo $?; cut -f 0 f; echo $?",
    stdout:
      'b\ne\nnone\na:c\nd:f\nnone\nb:c\ne:f\nnone\na:b\nd:e\na:\nd:\nno\nb:c\ne:f\nne\na\nd\nnone\na:c\nd:f\nnone\nb\n1\n1\n',
    stderr:
      "cut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.\ncut: fields are numbered from 1\nTry 'cut --help' for more information.\n",
  },
  {
    name: 'tr',
    script:
      "echo hello | tr a-y b-z; echo hello | tr -d l; echo aabbcc | tr -s ab; echo 'Hello World' | tr '[:upper:]' '[:lower:]'; echo hello | tr -c 'a-z\\n' x; echo 'a,b;c' | tr -c '[:alnum:]\\n' ' '; echo abc | tr a-c x; echo 'a b  c' | tr -s ' ' '\\n'; printf 'a\\nb\\n' | tr '\\n' ,; echo; echo abc | tr -d; echo $?; echo '12-3' | tr -d -- -; echo abc | tr z-a x; echo $?; echo abc | tr '[a*2]bc' 'xyz' ; echo test | tr 'a-z' 'A-C'",
    stdout: 'ifmmp\nheo\nabcc\nhello world\nhello\na b c\nxxx\na\nb\nc\na,b,\n1\n123\n1\nyzz\nCCCC\n',
    stderr:
      "tr: missing operand\nTry 'tr --help' for more information.\ntr: range-endpoints of 'z-a' are in reverse collating sequence order\n",
  },
  {
    name: 'tee',
    script: 'echo a | tee f g; cat f g; echo b | tee -a f > /dev/null; cat f',
    stdout: 'a\na\na\na\nb\n',
  },
  {
    name: 'seq',
    script:
      'seq 3; seq 2 4; seq 1 2 6; seq 5 -2 1; seq -w 8 10; seq -s , 1 3; seq 0.5 0.25 1; seq 3 1; seq -1 1; seq x; echo $?; seq 1 0 2; echo $?',
    stdout: '1\n2\n3\n2\n3\n4\n1\n3\n5\n5\n3\n1\n08\n09\n10\n1,2,3\n0.50\n0.75\n1.00\n-1\n0\n1\n1\n1\n',
    stderr:
      "seq: invalid floating point argument: ‘x’\nTry 'seq --help' for more information.\nseq: invalid Zero increment value: ‘0’\nTry 'seq --help' for more information.\n",
  },
  {
    name: 'grep: basics',
    script:
      "printf 'apple\\nBanana\\ncherry pie\\n\\na.b\\n' > f; grep an f; grep -i an f; grep -v a f; grep -n e f; grep -c a f; grep -w pie f; grep -x apple f; grep -o '[aeiou]' f | head -n 3; grep 'a.b' f; grep -F a.b f; grep '^$' f; grep nothing f; echo $?; grep -q apple f; echo $?",
    stdout: 'Banana\nBanana\ncherry pie\n\n1:apple\n3:cherry pie\n3\ncherry pie\napple\na\ne\na\na.b\na.b\n\n1\n0\n',
  },
  {
    name: 'grep: expressions',
    script:
      "printf 'aab\\nab\\nabb\\nb\\nfoo(bar)\\na+b\\n' > f; grep 'a*b' f; echo -; grep 'a\\+b' f; echo -; grep -E 'a+b' f; echo -; grep -E '^(a|b)+$' f; echo -; grep 'ab\\{2\\}' f; grep -E 'b{2}' f; grep '(bar)' f; grep -E '\\(bar\\)' f; grep '\\(a\\)\\1' f; grep 'a+b' f; grep -E 'x|^b$' f; grep '^ab*$' f; grep -E 'o{2,}\\(' f; grep '[[:punct:]]' f",
    stdout:
      'aab\nab\nabb\nb\nfoo(bar)\na+b\n-\naab\nab\nabb\n-\naab\nab\nabb\n-\naab\nab\nabb\nb\n-\nabb\nabb\nfoo(bar)\nfoo(bar)\naab\na+b\nb\nab\nabb\nfoo(bar)\nfoo(bar)\na+b\n',
  },
  {
    name: 'grep: several files',
    script:
      "echo one > f; echo two > g; grep o f g; grep -h o f g; grep -H o f; grep -l o f g; grep -L w f g; grep -c o f g; grep -n o f g; grep o nofile f; echo $?; grep -s o nofile f; echo $?; grep -e one -e two f g; printf 'one\\nx\\n' > p; grep -f p f g",
    stdout:
      'f:one\ng:two\none\ntwo\nf:one\nf\ng\nf\nf:1\ng:1\nf:1:one\ng:1:two\nf:one\n2\nf:one\n2\nf:one\ng:two\nf:one\n',
    stderr: 'grep: nofile: No such file or directory\n',
  },
  {
    name: 'grep: directories and standard input',
    script:
      'mkdir d d/e; echo x > d/a; echo x > d/e/b; echo y > d/c; grep -r x d | sort; grep x d; echo $?; echo x | grep x -; echo x | grep -c x; echo x | grep -H x; (cd d; grep -rl x | sort)',
    stdout: 'd/a:x\nd/e/b:x\n2\nx\n1\n(standard input):x\na\ne/b\n',
    stderr: 'grep: d: Is a directory\n',
  },
  {
    name: 'grep: context and limits',
    script:
      "seq 12 > f; grep -A 1 -B 1 5 f; echo -; grep -C 1 -n '^[37]$' f; echo -; grep -m 2 1 f; grep -m1 -A1 1 f; grep -o -n 1 f | head -n 4; grep -c -v 1 f",
    stdout: '4\n5\n6\n-\n2-2\n3:3\n4-4\n--\n6-6\n7:7\n8-8\n-\n1\n10\n1\n2\n1:1\n10:1\n11:1\n11:1\n8\n',
  },
  {
    name: 'grep: errors',
    script:
      "grep; echo $?; grep '[' /dev/null; echo $?; grep -E '(' /dev/null; echo $?; grep '\\(' /dev/null; echo $?; grep -E 'a{2,1}' /dev/null; echo $?",
    stdout: '2\n2\n2\n2\n2\n',
    stderr:
      "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\ngrep: Invalid regular expression\ngrep: Unmatched ( or \\(\ngrep: Unmatched ( or \\(\ngrep: Invalid content of \\{\\}\n",
  },
  {
    name: 'sed: substitution',
    script:
      "echo 'hello world' | sed 's/o/0/'; echo 'hello world' | sed 's/o/0/g'; echo 'hello world' | sed 's/o/0/2'; echo abc | sed 's/b/[&]/'; echo abc | sed 's/\\(a\\)\\(b\\)/\\2\\1/'; echo abc | sed -E 's/(a)(b)/\\2\\1/'; echo a/b | sed 's|/|:|'; echo aaa | sed 's/a*/x/g'; echo abc | sed 's/x*/-/g'; echo ABC | sed 's/b/x/I'; echo 'a.b' | sed 's/\\./,/'; echo hello | sed 's/l/\\n/'; echo 'one two' | sed 's/\\w\\+/[&]/g'",
    stdout: 'hell0 world\nhell0 w0rld\nhello w0rld\na[b]c\nbac\nbac\na:b\nx\n-a-b-c-\nAxC\na,b\nhe\nlo\n[one] [two]\n',
  },
  {
    name: 'sed: addresses',
    script:
      "seq 6 > f; sed -n 2p f; sed 2d f; sed '2,4d' f; sed -n '$p' f; sed -n '/3/,/5/p' f; sed '/2/!d' f; sed -n '2~2p' f; sed -n '2,+1p' f; sed '3q' f; sed -n '/4/=' f; sed '1!G;h;$!d' f; sed -n '0,/1/p' f; sed '5,$d' f; sed -n '2{p;p}' f; sed -n '4,2p' f",
    stdout:
      '2\n1\n3\n4\n5\n6\n1\n5\n6\n6\n3\n4\n5\n2\n2\n4\n6\n2\n3\n1\n2\n3\n4\n6\n5\n4\n3\n2\n1\n1\n1\n2\n3\n4\n2\n2\n4\n',
  },
  {
    name: 'sed: text commands',
    script:
      "seq 3 > f; sed '2a after' f; sed '2i before' f; sed '2c changed' f; sed '1a\\\ntwo\\\nlines' f; sed 'y/123/abc/' f; sed -e 1d -e 3d f; sed -n '1!p' f; sed '2,3c both' f; sed '$!N;s/\\n/-/' f; sed = f | head -n 2; sed 's/2/x/w out' f > /dev/null; cat out; sed 2r/dev/null f | wc -l",
    stdout:
      '1\n2\nafter\n3\n1\nbefore\n2\n3\n1\nchanged\n3\n1\ntwo\nlines\n2\n3\na\nb\nc\n2\n2\n3\n1\nboth\n1-2\n3\n1\n1\nx\n3\n',
  },
  {
    name: 'sed: loops and holding',
    script:
      "printf 'a\\nb\\nc\\n' > f; sed ':x;N;$!bx;s/\\n/,/g' f; sed -n 'H;${x;s/\\n/,/g;p}' f; sed 's/a/b/;t;s/$/!/' f; sed 'n;d' f; echo aaab | sed ':a;s/ab/b/;ta'; sed -n 'x;p' f; sed '$!{h;d};G' f; sed 'P;D' f; echo 'hello' | sed 's/\\(.*\\)/\\U\\1/;s/E/\\l&/'",
    stdout: 'a,b,c\n,a,b,c\nb\nb!\nc!\na\nc\nb\n\na\nb\nc\nb\na\nb\nc\nHeLLO\n',
  },
  {
    name: 'sed: in place, no newline at the end, several files',
    script:
      "printf 'a\\nb' > f; sed 's/b/c/' f; echo; echo x > g; sed -i 's/x/y/' g; cat g; sed -n '$p' f g; sed -s -n '$p' f g; sed p nofile; echo $?",
    stdout: 'a\nc\ny\ny\nb\ny\n2\n',
    stderr: "sed: can't read nofile: No such file or directory\n",
  },
  {
    name: 'sed: errors',
    script:
      "echo a | sed 's/a/b'; echo $?; echo a | sed 'k'; echo $?; echo a | sed 's/\\(/x/'; echo $?; echo a | sed '1,d' ; echo $?; echo a | sed 'p extra'; echo $?; echo a | sed '{p'; echo $?; echo a | sed 's/a/\\1/'; echo $?; echo a | sed 'b nowhere'; echo $?; echo a | sed 'y/ab/c/'; echo $?",
    stdout: '1\n1\n1\n1\n1\n1\n1\n4\n1\n',
    stderr:
      "sed: -e expression #1, char 5: unterminated `s' command\nsed: -e expression #1, char 1: unknown command: `k'\nsed: -e expression #1, char 7: Unmatched ( or \\(\nsed: -e expression #1, char 3: unexpected `,'\nsed: -e expression #1, char 3: extra characters after command\nsed: -e expression #1, char 0: unmatched `{'\nsed: -e expression #1, char 7: invalid reference \\1 on `s' command's RHS\nsed: can't find label for jump to `nowhere'\nsed: -e expression #1, char 7: strings for `y' command are different lengths\n",
  },
  {
    name: 'xargs',
    script:
      "echo 'a b\nc' | xargs; echo a b c | xargs -n 2 echo x; printf 'a b\\nc\\n' | xargs -I % echo '<%>'; printf 'a b\\0c\\0' | xargs -0 -n 1 echo; echo \"'a b' c\\ d\" | xargs -n 1 echo; printf '' | xargs echo empty; printf '' | xargs -r echo never; echo a | xargs false; echo $?; echo a | xargs nosuch; echo $?; echo a,b | xargs -d , -n 1 echo; echo x | xargs -t echo 2>&1",
    stdout: 'a b c\nx a b\nx c\n<a b>\n<c>\na b\nc\na b\nc d\nempty\n123\n127\na\nb\n\necho x\nx\n',
    stderr: 'xargs: nosuch: No such file or directory\n',
  },
];
