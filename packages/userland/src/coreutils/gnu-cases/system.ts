/** Scripts about system tools, with what Debian prints. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expansions of the shell
import type { DashCase } from '../../shell/dash-cases/case.ts';

export const system: readonly DashCase[] = [
  {
    name: 'echo, true, false and test as programs',
    script:
      "/bin/echo -n a; /bin/echo b; /bin/echo -e 'a\\tb\\x'; /bin/echo 'a\\tb'; /bin/echo -E 'a\\tb' -n; /bin/true x; echo $?; /bin/false; echo $?; /usr/bin/[ a = a ]; echo $?; /usr/bin/test -z a; echo $?; /usr/bin/[ a; echo $?",
    stdout: 'ab\na\tb\\x\na\\tb\na\\tb -n\n0\n1\n0\n1\n2\n',
    stderr: '/usr/bin/[: missing ‘]’\n',
  },
  {
    name: 'printf as a program',
    script:
      "/usr/bin/printf '%s %d %x\\n' a 12 255; /usr/bin/printf '%5.2f|%-5s|%05d\\n' 3.14159 x 42; /usr/bin/printf 'a\\tb\\n'; /usr/bin/printf '%s\\n' a b; /usr/bin/printf '%b\\n' 'x\\ty'; /usr/bin/printf; echo $?",
    stdout: 'a 12 ff\n 3.14|x    |00042\na\tb\na\nb\nx\ty\n1\n',
    stderr: "/usr/bin/printf: missing operand\nTry '/usr/bin/printf --help' for more information.\n",
  },
  {
    name: 'env',
    script:
      "env -i A=1 B=2 env; env -i env; echo $?; A=1 env | grep ^A=; env -u HOME sh -c 'echo ${HOME-unset}'; env A=5 sh -c 'echo $A'; env nosuch; echo $?; env sh -c 'exit 3'; echo $?; env -i sh -c 'echo ${HOME-unset}'",
    stdout: 'A=1\nB=2\n0\nA=1\nunset\n5\n127\n3\nunset\n',
    stderr: 'env: ‘nosuch’: No such file or directory\n',
  },
  {
    name: 'sleep',
    script: 'sleep 0; echo $?; sleep 0.01; sleep .01s 0; sleep x; echo $?; sleep; echo $?',
    stdout: '0\n1\n1\n',
    stderr:
      "sleep: invalid time interval ‘x’\nTry 'sleep --help' for more information.\nsleep: missing operand\nTry 'sleep --help' for more information.\n",
  },
  {
    name: 'date',
    script:
      "date -u -d @0; date -u -d @1000000000 '+%Y-%m-%d %H:%M:%S %a %A %b %B %j %u %w %e %y %C %I %p %F %T %D %R %s %U %V %W %G %Z %%'; date -u -d @951782400 +%F-%j; date -u -d '2024-12-31 23:59:59' '+%j %V %G %U %W'; date -u -d @-1 +%c; date -u -d 2026-01-31 +%s; date -u -d @0 -R; date -u -d @0 -I; date -u -d @86399 '+%-H %-d %l %k|%-j'; date -u -d 2023-02-29; date -u -d 2024-02-29 +%j; date -u -d 2024-04-31; date -u -d '2016-12-31 23:59:60'",
    stdout:
      'Thu Jan  1 00:00:00 UTC 1970\n2001-09-09 01:46:40 Sun Sunday Sep September 252 7 0  9 01 20 01 AM 2001-09-09 01:46:40 09/09/01 01:46 1000000000 36 36 36 2001 UTC %\n2000-02-29-060\n366 01 2025 52 53\nWed Dec 31 23:59:59 1969\n1769817600\nThu, 01 Jan 1970 00:00:00 +0000\n1970-01-01\n23 1 11 23|1\n060\n',
    stderr:
      'date: invalid date ‘2023-02-29’\ndate: invalid date ‘2024-04-31’\ndate: invalid date ‘2016-12-31 23:59:60’\n',
    status: 1,
  },
  {
    name: 'id and whoami',
    script: 'id -u; id -un; whoami; id -g; id -u root; id nosuchuser; echo $?',
    stdout: '0\nroot\nroot\n0\n0\n1\n',
    stderr: 'id: ‘nosuchuser’: no such user\n',
  },
  {
    name: 'uname and hostname',
    script: 'uname; uname -s; [ "$(uname -n)" = "$(hostname)" ] && echo same; uname -o; uname x; echo $?',
    stdout: 'Linux\nLinux\nsame\nGNU/Linux\n1\n',
    stderr: "uname: extra operand ‘x’\nTry 'uname --help' for more information.\n",
  },
  {
    name: 'pwd and which',
    script:
      'mkdir d; cd d; p=$(/bin/pwd); echo ${p##*/}; which sh; which nosuch; echo $?; which sh cat; which -a nosuch cat | head -n 1',
    stdout: 'd\n/usr/bin/sh\n1\n/usr/bin/sh\n/usr/bin/cat\n/usr/bin/cat\n',
  },
  {
    name: 'kill as a program',
    script:
      'sleep 20 & /bin/kill $!; wait $! 2>/dev/null; echo $?; sleep 20 & /bin/kill -9 $!; wait $! 2>/dev/null; echo $?; sleep 20 & /bin/kill -s HUP $!; wait $! 2>/dev/null; echo $?; /bin/kill -0 $$; echo $?',
    stdout: '143\n137\n129\n0\n',
  },
  {
    name: 'yes and broken pipes',
    script: 'yes | head -n 3; yes a b | head -n 2; seq 100000 | head -n 1; yes | sed 2q',
    stdout: 'y\ny\ny\na b\na b\n1\ny\ny\n',
  },
];
