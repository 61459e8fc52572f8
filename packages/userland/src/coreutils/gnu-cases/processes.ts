/** Scripts about processes, with what Debian's ps, kill, pstree, lsof, nice, renice and strace print. */
import type { DashCase } from '../../shell/dash-cases/case.ts';

export const processes: readonly DashCase[] = [
  {
    name: 'kill -l and kill -L',
    script: '/bin/kill -l; /bin/kill -L; /bin/kill -l 15; /bin/kill -l HUP; /bin/kill -l 29',
    stdout:
      'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT\n' +
      'CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS\n' +
      ' 1 HUP      2 INT      3 QUIT     4 ILL      5 TRAP     6 ABRT     7 BUS\n' +
      ' 8 FPE      9 KILL    10 USR1    11 SEGV    12 USR2    13 PIPE    14 ALRM\n' +
      '15 TERM    16 STKFLT  17 CHLD    18 CONT    19 STOP    20 TSTP    21 TTIN\n' +
      '22 TTOU    23 URG     24 XCPU    25 XFSZ    26 VTALRM  27 PROF    28 WINCH\n' +
      '29 POLL    30 PWR     31 SYS     \n' +
      'TERM\n1\nPOLL\n',
  },
  {
    name: 'kill: errors',
    script: '/bin/kill 4194303; echo $?; /bin/kill abc; echo $?; /bin/kill -l foo; echo $?',
    stdout: '1\n1\n0\n',
    stderr:
      '/bin/kill: (4194303): No such process\n' +
      "/bin/kill: failed to parse argument: 'abc'\n" +
      '/bin/kill: unknown signal name foo\n',
  },
  {
    name: 'kill: signals that end, stop and continue',
    script:
      'for s in SEGV 6 FPE XCPU RTMIN RTMAX-1; do sleep 9 & kill -s $s $!; wait $! 2>/dev/null; echo $?; done; ' +
      'sleep 9 & kill -STOP $!; sleep 0.1; ps -o stat= -p $!; kill -CONT $!; sleep 0.1; ps -o stat= -p $!; kill $!',
    stdout: '139\n134\n136\n152\n162\n191\nT\nS\n',
  },
  {
    name: 'ps: columns by name, headers of one’s own',
    script:
      'sleep 9 & until ps -o comm= -p $! | grep -q sleep; do sleep 0.1; done; ps -o stat,ni,pri,cls,rtprio,nlwp,user,uid,tty,time,comm,args -p $!; ps -o s=,comm= -p $!; ps -o comm=NAME,ni -p $!; ps -p $! --no-headers -o ucmd,cmd; kill $!',
    stdout:
      'STAT  NI PRI CLS RTPRIO NLWP USER       UID TT           TIME COMMAND         COMMAND\n' +
      'S      0  19  TS      -    1 root         0 ?        00:00:00 sleep           sleep 9\n' +
      'S sleep\nNAME             NI\nsleep             0\nsleep           sleep 9\n',
  },
  {
    name: 'ps: selections that fail',
    script: 'ps -p 4194303 -o comm=; echo $?; ps -o foo -p 1 2>&1 | head -n 1; ps -p x 2>&1 | head -n 1',
    stdout: '1\nerror: unknown user-defined format specifier "foo"\nerror: process ID list syntax error\n',
  },
  {
    name: 'ps: a zombie, until its parent waits',
    script:
      'sh -c "sleep 0.1 & exec sleep 9" & p=$!; sleep 0.5; ps --ppid $p -o stat=,comm=,args=; kill $p; wait $p 2>/dev/null; ps --ppid $p -o stat=; echo $?',
    stdout: 'Z    sleep           [sleep] <defunct>\n1\n',
  },
  {
    name: 'nice and renice',
    script:
      'nice; nice -n 3 nice; nice -5 nice; nice nice; nice -n 30 nice; nice -n 2 sh -c "nice -n 2 nice"; ' +
      'sleep 9 & until ps -o comm= -p $! | grep -q sleep; do sleep 0.1; done; renice -n 4 -p $! | sed "s/^[0-9]*/N/"; renice 6 $! | sed "s/^[0-9]*/N/"; ps -o ni=,stat= -p $!; kill $!',
    stdout:
      '0\n3\n5\n10\n19\n4\nN (process ID) old priority 0, new priority 4\nN (process ID) old priority 4, new priority 6\n  6 SN\n',
  },
  {
    name: 'nice and renice: errors',
    script:
      'nice -n x true; echo $?; nice -n 3; echo $?; nice nosuch; echo $?; renice -n 1 -p 4194303; echo $?; renice; echo $?; renice -n abc -p 1; echo $?',
    stdout: '125\n125\n127\n1\n1\n1\n',
    stderr:
      'nice: invalid adjustment ‘x’\n' +
      "nice: a command must be given with an adjustment\nTry 'nice --help' for more information.\n" +
      'nice: ‘nosuch’: No such file or directory\n' +
      'renice: failed to get priority for 4194303 (process ID): No such process\n' +
      "renice: not enough arguments\nTry 'renice --help' for more information.\n" +
      "renice: invalid priority 'abc'\nTry 'renice --help' for more information.\n",
  },
  {
    name: 'pstree: like ones together',
    script:
      'sh -c "sleep 2 & sleep 2 & wait" & sleep 0.5; pstree -A $!; pstree -A -a $!; wait; echo 2 | xargs sleep & sleep 0.5; pstree -A -p $! | sed "s/[0-9][0-9]*/N/g"; wait',
    stdout: 'sh---2*[sleep]\nsh -c sleep 2 & sleep 2 & wait\n  |-sleep 2\n  `-sleep 2\nxargs(N)---sleep(N)\n',
  },
  {
    name: 'lsof: by file, by process',
    script:
      'sleep 9 >f & [ $(lsof -t "$PWD/f") = $! ]; echo $?; lsof -p 4194303; echo $?; lsof -p $! | head -n 1 | tr -s " "; lsof -a -p $! "$PWD/f" | tail -n 1 | tr -s " " | cut -d " " -f 3-5; kill $!',
    stdout: '0\n1\nCOMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME\nroot 1w REG\n',
  },
  {
    name: 'strace: calls, data, errors, the end',
    script:
      'strace -e trace=write echo hi; strace -e write sh -c "echo a; exit 3" 2>t; echo $?; cat t; strace -e trace=none true; strace -o f -e write echo "x	y"; cat f; strace nosuch; echo $?',
    stdout:
      'hi\na\n3\nwrite(1, "a\\n", 2)                      = 2\n+++ exited with 3 +++\n' +
      'x\ty\nwrite(1, "x\\ty\\n", 4)                   = 4\n+++ exited with 0 +++\n1\n',
    stderr:
      'write(1, "hi\\n", 3)                     = 3\n+++ exited with 0 +++\n+++ exited with 0 +++\n' +
      "strace: Can't stat 'nosuch': No such file or directory\n",
  },
  {
    name: 'strace: signals and children',
    script:
      'strace -e trace=none sh -c "kill \\$\\$" 2>&1 | sed "s/si_pid=[0-9]*/si_pid=N/"; ' +
      'strace -f -e trace=write sh -c "(echo in); echo out" 2>&1 >/dev/null | sed "s/[0-9][0-9][0-9]*/N/g; s/pid  *N/pid N/" | grep -v attached',
    stdout:
      '--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=N, si_uid=0} ---\n+++ killed by SIGTERM +++\n' +
      '[pid N] write(1, "in\\n", 3)         = 3\n[pid N] +++ exited with 0 +++\n' +
      '--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=N, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---\n' +
      'write(1, "out\\n", 4)                    = 4\n+++ exited with 0 +++\n',
    stderr: 'Terminated\n',
  },
];
