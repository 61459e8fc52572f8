/**
 * The programs that hosts can have installed, by absolute path: one line per program, sorted by path. A profile or a lab may install fewer.
 *
 * As on Debian, where /bin and /sbin are links into /usr, every program of /usr/bin and /usr/sbin is also found in /bin and /sbin.
 */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { batchSql } from './batch-sql/batch-sql.ts';
import { main as basename } from './coreutils/basename.ts';
import { main as cat } from './coreutils/cat.ts';
import { md5sum, sha256sum } from './coreutils/checksums.ts';
import { main as chmod } from './coreutils/chmod.ts';
import { main as cmp } from './coreutils/cmp.ts';
import { main as cp } from './coreutils/cp.ts';
import { main as cut } from './coreutils/cut.ts';
import { main as date } from './coreutils/date.ts';
import { main as dirname } from './coreutils/dirname.ts';
import { hexdump, od, xxd } from './coreutils/dump.ts';
import { main as echo } from './coreutils/echo.ts';
import { main as env } from './coreutils/env.ts';
import { main as falseProgram } from './coreutils/false.ts';
import { main as find } from './coreutils/find.ts';
import { main as grep } from './coreutils/grep.ts';
import { main as head } from './coreutils/head.ts';
import { main as hostname } from './coreutils/hostname.ts';
import { main as id } from './coreutils/id.ts';
import { main as kill } from './coreutils/kill.ts';
import { main as ln } from './coreutils/ln.ts';
import { main as ls } from './coreutils/ls.ts';
import { main as mkdir } from './coreutils/mkdir.ts';
import { main as mv } from './coreutils/mv.ts';
import { main as printf } from './coreutils/printf.ts';
import { main as pwd } from './coreutils/pwd.ts';
import { main as readlink } from './coreutils/readlink.ts';
import { main as rm } from './coreutils/rm.ts';
import { main as rmdir } from './coreutils/rmdir.ts';
import { main as sed } from './coreutils/sed.ts';
import { main as seq } from './coreutils/seq.ts';
import { main as sleep } from './coreutils/sleep.ts';
import { main as sort } from './coreutils/sort.ts';
import { main as tail } from './coreutils/tail.ts';
import { main as tee } from './coreutils/tee.ts';
import { main as test } from './coreutils/test.ts';
import { main as touch } from './coreutils/touch.ts';
import { main as tr } from './coreutils/tr.ts';
import { main as trueProgram } from './coreutils/true.ts';
import { main as uname } from './coreutils/uname.ts';
import { main as uniq } from './coreutils/uniq.ts';
import { main as wc } from './coreutils/wc.ts';
import { main as which } from './coreutils/which.ts';
import { main as whoami } from './coreutils/whoami.ts';
import { main as xargs } from './coreutils/xargs.ts';
import { main as yes } from './coreutils/yes.ts';
import { main as dhclient } from './dhcp/dhclient.ts';
import { main as dhcpd } from './dhcp/dhcpd.ts';
import { main as dig } from './dns/dig.ts';
import { main as host } from './dns/host.ts';
import { main as named } from './dns/named.ts';
import { main as nslookup } from './dns/nslookup.ts';
import { main as browser } from './http/browser/browser.ts';
import { main as curl } from './http/curl/curl.ts';
import { main as httpd } from './http/httpd/httpd.ts';
import { main as forwardProxy } from './http/proxy/forward-proxy.ts';
import { main as proxy } from './http/proxy/proxy.ts';
import { csv } from './jobs/csv/csv.ts';
import { main as csvSink } from './jobs/csv/csv-sink.ts';
import { main as makeCsv } from './jobs/csv/make-csv.ts';
import { download } from './jobs/download/download.ts';
import { logWriter } from './jobs/log-writer/log-writer.ts';
import { readTwoFiles } from './jobs/read-two-files.ts';
import { main as getent } from './lib/getent.ts';
import { main as arp } from './net-tools/arp.ts';
import { main as arping } from './net-tools/arping.ts';
import { main as ip } from './net-tools/ip/ip.ts';
import { main as nc } from './net-tools/nc/nc.ts';
import { main as ping } from './net-tools/ping/ping.ts';
import { main as ss } from './net-tools/ss/ss.ts';
import { main as tcpdump } from './net-tools/tcpdump/tcpdump.ts';
import { main as telnet } from './net-tools/telnet.ts';
import { main as traceroute } from './net-tools/traceroute/traceroute.ts';
import { main as lsof } from './process-tools/lsof.ts';
import { nice, renice } from './process-tools/nice.ts';
import { main as ps } from './process-tools/ps.ts';
import { main as pstree } from './process-tools/pstree.ts';
import { main as strace } from './process-tools/strace/strace.ts';
import { main as top } from './process-tools/top.ts';
import { redisCli } from './redis/cli.ts';
import { redisServer } from './redis/server.ts';
import { echoServer } from './servers/echo/echo-server.ts';
import { main as rpcDemo } from './servers/rpc/rpc-demo.ts';
import { main as sh } from './shell/main.ts';
import { main as mysql } from './sql/client/mysql.ts';
import { main as sqlServer } from './sql/server/server.ts';
import { main as validate } from './validation/validate.ts';

const installed: readonly (readonly [path: string, program: Program | ProgramModule])[] = [
  ['/usr/bin/[', test],
  ['/usr/bin/basename', basename],
  ['/usr/bin/batch-sql', batchSql],
  ['/usr/bin/browser', browser],
  ['/usr/bin/cat', cat],
  ['/usr/bin/chmod', chmod],
  ['/usr/bin/cmp', cmp],
  ['/usr/bin/cp', cp],
  ['/usr/bin/csv', csv],
  ['/usr/bin/csv-sink', csvSink],
  ['/usr/bin/curl', curl],
  ['/usr/bin/cut', cut],
  ['/usr/bin/date', date],
  ['/usr/bin/dig', dig],
  ['/usr/bin/dirname', dirname],
  ['/usr/bin/download', download],
  ['/usr/bin/echo', echo],
  ['/usr/bin/env', env],
  ['/usr/bin/false', falseProgram],
  ['/usr/bin/find', find],
  ['/usr/bin/getent', getent],
  ['/usr/bin/grep', grep],
  ['/usr/bin/head', head],
  ['/usr/bin/hexdump', hexdump],
  ['/usr/bin/host', host],
  ['/usr/bin/hostname', hostname],
  ['/usr/bin/id', id],
  ['/usr/bin/ip', ip],
  ['/usr/bin/kill', kill],
  ['/usr/bin/ln', ln],
  ['/usr/bin/log-writer', logWriter],
  ['/usr/bin/ls', ls],
  ['/usr/bin/lsof', lsof],
  ['/usr/bin/make-csv', makeCsv],
  ['/usr/bin/md5sum', md5sum],
  ['/usr/bin/mkdir', mkdir],
  ['/usr/bin/mv', mv],
  ['/usr/bin/mysql', mysql],
  ['/usr/bin/nc', nc],
  ['/usr/bin/redis-cli', redisCli],
  ['/usr/bin/redis-server', redisServer],
  ['/usr/bin/nice', nice],
  ['/usr/bin/nslookup', nslookup],
  ['/usr/bin/od', od],
  ['/usr/bin/ping', ping],
  ['/usr/bin/printf', printf],
  ['/usr/bin/ps', ps],
  ['/usr/bin/pstree', pstree],
  ['/usr/bin/pwd', pwd],
  ['/usr/bin/read-two-files', readTwoFiles],
  ['/usr/bin/readlink', readlink],
  ['/usr/bin/renice', renice],
  ['/usr/bin/rm', rm],
  ['/usr/bin/rmdir', rmdir],
  ['/usr/bin/rpc-demo', rpcDemo],
  ['/usr/bin/sed', sed],
  ['/usr/bin/seq', seq],
  ['/usr/bin/sh', sh],
  ['/usr/bin/sha256sum', sha256sum],
  ['/usr/bin/sleep', sleep],
  ['/usr/bin/sort', sort],
  ['/usr/bin/ss', ss],
  ['/usr/bin/strace', strace],
  ['/usr/bin/tail', tail],
  ['/usr/bin/tcpdump', tcpdump],
  ['/usr/bin/tee', tee],
  ['/usr/bin/telnet', telnet],
  ['/usr/bin/test', test],
  ['/usr/bin/top', top],
  ['/usr/bin/touch', touch],
  ['/usr/bin/tr', tr],
  ['/usr/bin/traceroute', traceroute],
  ['/usr/bin/true', trueProgram],
  ['/usr/bin/uname', uname],
  ['/usr/bin/uniq', uniq],
  ['/usr/bin/validate', validate],
  ['/usr/bin/wc', wc],
  ['/usr/bin/which', which],
  ['/usr/bin/whoami', whoami],
  ['/usr/bin/xargs', xargs],
  ['/usr/bin/xxd', xxd],
  ['/usr/bin/yes', yes],
  ['/usr/bin/arping', arping],
  ['/usr/sbin/arp', arp],
  ['/usr/sbin/dhclient', dhclient],
  ['/usr/sbin/dhcpd', dhcpd],
  ['/usr/sbin/echo-server', echoServer],
  ['/usr/sbin/forward-proxy', forwardProxy],
  ['/usr/sbin/httpd', httpd],
  ['/usr/sbin/ip', ip],
  ['/usr/sbin/named', named],
  ['/usr/sbin/sql-server', sqlServer],
  ['/usr/sbin/proxy', proxy],
];

export const programs: ReadonlyMap<string, Program | ProgramModule> = new Map([
  ...installed,
  ...installed.map(([path, program]) => [path.slice('/usr'.length), program] as const),
]);
