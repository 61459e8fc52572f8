/** The file tree that every host starts from: installed programs, the directories of a Debian system, the files that programs expect in /etc. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { ImageNode } from '@netarium/core/syscall/image.ts';
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { programs } from './programs.ts';

const NSSWITCH = `passwd:         files
group:          files
hosts:          files dns
networks:       files
services:       files
`;

const SERVICES = `echo\t\t7/tcp
echo\t\t7/udp
discard\t\t9/tcp
discard\t\t9/udp
ftp-data\t20/tcp
ftp\t\t21/tcp
ssh\t\t22/tcp
telnet\t\t23/tcp
smtp\t\t25/tcp
time\t\t37/tcp
domain\t\t53/tcp
domain\t\t53/udp
bootps\t\t67/udp
bootpc\t\t68/udp
tftp\t\t69/udp
http\t\t80/tcp
pop3\t\t110/tcp
ntp\t\t123/udp
snmp\t\t161/udp
snmp-trap\t162/udp
https\t\t443/tcp
http-alt\t8080/tcp
`;

const PASSWD = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
user:x:1000:1000:user:/home/user:/bin/sh
`;

const GROUP = `root:x:0:
daemon:x:1:
user:x:1000:
`;

function text(content: string): ImageNode {
  return { content: encodeUtf8(content), mode: 0o644 };
}

function directory(entries: readonly (readonly [string, ImageNode])[] = []): ImageNode {
  return { directory: new Map(entries) };
}

/** Debian's merged /usr: `/bin/ls` is installed as `/usr/bin/ls`, and /bin is a link. */
function installed(table: ReadonlyMap<string, Program | ProgramModule>, folder: 'bin' | 'sbin'): ImageNode {
  const found: [string, ImageNode][] = [];
  for (const [path, program] of table) {
    const match = /^(?:\/usr)?\/(s?bin)\/([^/]+)$/.exec(path);
    if (match?.[1] === folder) found.push([match[2]!, { program }]);
  }
  return directory(found);
}

/** The tree with the given programs, all of Netarium's by default. */
export function systemImage(
  table: ReadonlyMap<string, Program | ProgramModule> = programs,
): ReadonlyMap<string, ImageNode> {
  return new Map<string, ImageNode>([
    ['bin', { symlink: 'usr/bin' }],
    ['sbin', { symlink: 'usr/sbin' }],
    [
      'usr',
      directory([
        ['bin', installed(table, 'bin')],
        ['sbin', installed(table, 'sbin')],
      ]),
    ],
    [
      'etc',
      directory([
        ['nsswitch.conf', text(NSSWITCH)],
        ['services', text(SERVICES)],
        ['passwd', text(PASSWD)],
        ['group', text(GROUP)],
      ]),
    ],
    ['root', directory()],
    ['home', directory([['user', directory()]])],
    ['run', directory()],
    ['srv', directory()],
    [
      'var',
      directory([
        ['log', directory()],
        ['lib', directory([['dhcp', directory()]])],
        ['cache', directory()],
      ]),
    ],
  ]);
}
