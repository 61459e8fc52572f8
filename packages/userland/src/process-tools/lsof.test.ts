/** lsof's internet sockets, as it shows them on Debian but for the numbers of processes and files. */
import { expect, it } from 'vitest';
import { lan } from '../net-tools/lan.test-util.ts';

it('shows internet sockets with their states, and selects by protocol, port and process', async () => {
  const net = lan();
  const { stdout } = await net.sh(
    'laptop',
    'nc -l -k -n 7000 >/dev/null & nc -u -l -n 7001 >/dev/null & sleep 0.1; sleep 2 | nc -n 127.0.0.1 7000 >/dev/null & c=$!; sleep 0.1; ' +
      'lsof -n -P -i | sed "s/  *[0-9]* root  *\\([0-9]\\)/ N root \\1/; s/IPv4 *[0-9]*/IPv4 N/; s/:[3-6][0-9][0-9][0-9][0-9]/:EPH/"; ' +
      'lsof -i udp -t | wc -l; lsof -i :7001 -t | wc -l; lsof -i tcp:9 ; echo $?; [ $(lsof -a -i tcp -p $c -t) = $c ]; echo $?; kill %1 %2 %3 2>/dev/null; kill $c $! 2>/dev/null; :',
  );
  expect(stdout).toMatch(/^COMMAND +PID USER +FD +TYPE DEVICE SIZE\/OFF NODE NAME\n/);
  expect(stdout).toContain('0t0  TCP *:7000 (LISTEN)\n');
  expect(stdout).toContain('0t0  UDP *:7001 \n');
  expect(stdout).toContain('0t0  TCP 127.0.0.1:EPH->127.0.0.1:7000 (ESTABLISHED)\n');
  expect(stdout).toContain('0t0  TCP 127.0.0.1:7000->127.0.0.1:EPH (ESTABLISHED)\n');
  expect(stdout).toMatch(/\n1\n1\n1\n0\n$/);
});
