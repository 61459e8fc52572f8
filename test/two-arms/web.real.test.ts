/** curl and dig in two arms: exit codes, what they print, what they send. */
import { describe } from 'vitest';
import type { Arm, Outcome } from './arm.ts';
import { twoArms } from './two-arms.ts';

const PAGES = { 'index.html': 'hello\n', 'big.txt': 'x'.repeat(50_000), 'folder/index.html': 'inside\n' };

describe('curl and a web server', () => {
  const site = (name: string, line: string, expected?: Partial<Outcome>) =>
    twoArms(
      name,
      async (arm) => {
        await arm.website(PAGES);
        return arm.run('laptop', line);
      },
      expected,
    );
  const report = '-w "%{http_code} %{size_download} %{num_redirects} %{url_effective}\\n"';

  site('200 and the page', `curl -sS ${report} http://10.0.2.2/`, {
    code: 0,
    lines: ['hello', '200 6 0 http://10.0.2.2/'],
  });
  site('200 by name, from /etc/hosts', `curl -sS ${report} http://web/`, { code: 0 });
  site('many segments', `curl -sS http://10.0.2.2/big.txt | wc -c`, { code: 0, lines: ['50000'] });
  site('404 is no failure without -f', `curl -sS -o /dev/null -w "%{http_code}\\n" http://10.0.2.2/none`, {
    code: 0,
    lines: ['404'],
  });
  site('404 with -f: exit 22', 'curl -sS -f http://10.0.2.2/none', {
    code: 22,
    lines: ['curl: (22) The requested URL returned error: 404'],
  });
  site('a redirect that is followed', `curl -sS -L ${report} http://10.0.2.2/folder`, {
    code: 0,
    lines: ['inside', '200 7 1 http://10.0.2.2/folder/'],
  });
  site(
    'a redirect that is not followed',
    `curl -sS -o /dev/null -w "%{http_code} %{redirect_url}\\n" http://10.0.2.2/folder`,
    {
      code: 0,
      lines: ['301 http://10.0.2.2/folder/'],
    },
  );
  site('the head alone', `curl -sS -I http://10.0.2.2/ | grep -i -E "^HTTP/|^content-length" | cut -d " " -f 2`, {
    code: 0,
    lines: ['200', '6'],
  });
});

describe('curl and trouble', () => {
  const against = (name: string, reply: string, options: string, expected?: Partial<Outcome>) =>
    twoArms(
      name,
      async (arm: Arm) => {
        const server = await arm.start('web', reply);
        const curl = await arm.run('laptop', `curl -sS ${options} http://10.0.2.2:8000/p`);
        return { curl, request: await server.end() };
      },
      expected && { curl: expected as Outcome },
    );

  twoArms('nobody listens: exit 7', (arm) => arm.run('laptop', 'curl -sS -o /dev/null http://10.0.2.2:81/'), {
    code: 7,
  });
  twoArms(
    'a name that nobody knows, no name server: exit 6',
    (arm) => arm.run('laptop', 'curl -sS http://nowhere.test/'),
    {
      code: 6,
      lines: ['curl: (6) Could not resolve host: nowhere.test'],
    },
  );
  twoArms(
    'no answer in time: exit 28',
    async (arm) => {
      const server = await arm.start('web', 'nc -l -n 8000 >/dev/null');
      const { code } = await arm.run('laptop', 'curl -s -m 1 http://10.0.2.2:8000/');
      return { code, server: (await server.end()).code };
    },
    { code: 28 },
  );
  twoArms(
    'no connection in time: exit 28',
    (arm) => arm.run('laptop', 'curl -s --connect-timeout 1 http://10.0.2.9/'),
    { code: 28, lines: [] },
  );
  against('an empty reply: exit 52', 'nc -l -N -n 8000 </dev/null', '', {
    code: 52,
    lines: ['curl: (52) Empty reply from server'],
  });
  against(
    'a body cut short: exit 18',
    String.raw`printf 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello' | nc -l -N -n 8000`,
    '',
    {
      code: 18,
    },
  );
  against(
    'a part of a file',
    String.raw`printf 'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-4/9\r\nContent-Length: 3\r\n\r\nllo' | nc -l -N -n 8000`,
    '-r 2-4 -i',
    { code: 0 },
  );
  against(
    'a posted form, as the server reads it',
    String.raw`printf 'HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok' | nc -l -N -n 8000`,
    '-d a=b -d c=d -H "X-Y: z" -b "k=v" -A me',
    { code: 0, lines: ['ok'] },
  );
  against(
    'chunks with a trailer',
    String.raw`printf 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n' | nc -l -N -n 8000`,
    '',
    { code: 0, lines: ['abcde'] },
  );
  twoArms('a server that resets: exit 56', async (arm) => {
    const steps = 'socket l tcp; bind l 10.0.2.2 8000; listen l 1; accept l c; recv c 10; linger c 0; close c';
    const server = await arm.start('web', `calls '${steps}'`);
    return { curl: await arm.run('laptop', 'curl -sS http://10.0.2.2:8000/'), server: await server.end() };
  });
});

const ZONE = '$TTL 60\n@ IN SOA ns host 1 60 60 60 60\n IN NS ns\nns A 10.0.2.2\nwww A 10.0.2.2\nalias CNAME www\n';
const NAMED = 'options { directory "/tmp"; recursion no; listen-on { any; }; listen-on-v6 { none; }; };';

describe('dig', () => {
  const dig = (name: string, line: string, expected?: Partial<Outcome>) =>
    twoArms(
      name,
      async (arm) => {
        const words = [`printf '${ZONE.replaceAll('\n', '\\n')}' > $PWD/zone`, `echo '${NAMED}' > $PWD/conf`];
        const zone = `echo "zone \\"shop.test\\" { type primary; file \\"$PWD/zone\\"; };" >> $PWD/conf`;
        await arm.start('web', [...words, zone, 'named -f -c $PWD/conf'].join('; '));
        await arm.sleep(1);
        return arm.run('laptop', line);
      },
      expected,
    );
  const quiet = '+noall +answer +authority +comments +nocookie';

  dig('an address', `dig ${quiet} www.shop.test @10.0.2.2 | sed "s/id: [0-9]*/id: N/"`, { code: 0 });
  dig('servers with their addresses', `dig ${quiet} +additional ns shop.test @10.0.2.2 | sed "s/id: [0-9]*/id: N/"`, {
    code: 0,
  });
  dig(
    'without asking for recursion',
    `dig ${quiet} +additional +norec www.shop.test @10.0.2.2 | sed "s/id: [0-9]*/id: N/"`,
    { code: 0 },
  );
  dig('an alias', 'dig +short alias.shop.test @10.0.2.2', { code: 0, lines: ['www.shop.test.', '10.0.2.2'] });
  dig('NXDOMAIN is an answer: exit 0', `dig ${quiet} none.shop.test @10.0.2.2 | sed "s/id: [0-9]*/id: N/"`, {
    code: 0,
  });
  dig('a zone of others is refused', `dig ${quiet} other.test @10.0.2.2 | sed "s/id: [0-9]*/id: N/"`, { code: 0 });
  twoArms('no server on the port: exit 9', (arm) => arm.run('laptop', 'dig +tries=1 +time=1 www.shop.test @10.0.2.2'), {
    code: 9,
  });
  twoArms(
    'a server that does not answer: timed out, exit 9',
    async (arm) => {
      await arm.start('web', "calls 'socket s udp; bind s 10.0.2.2 53; sleep 4000'");
      return arm.run('laptop', 'dig +tries=2 +time=1 www.shop.test @10.0.2.2');
    },
    { code: 9 },
  );
});
