/** hostname(1): shows or sets the host's name. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'hostname',
  usage: 'hostname [-s | -I | name]',
  options: [
    { names: ['-s', '--short'], help: 'up to the first dot' },
    { names: ['-I', '--all-ip-addresses'], help: 'all addresses but those of the loopback device' },
  ],
};

export const main = tool(options, async ({ sys, options: given, operands }) => {
  const name = operands[0];
  if (name !== undefined) {
    try {
      await sys.sethostname(name);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      if (error.code === 'EPERM') throw new ToolError('you must be root to change the host name');
      throw new ToolError(`name too long`);
    }
    return 0;
  }
  if (given.has('-I')) {
    const addresses = await sys.netlink({ get: 'addresses' });
    const shown = addresses.filter(({ scope }) => scope !== 'host').map(({ address }) => address.split('/')[0]!);
    await print(sys, `${shown.map((address) => `${address} `).join('')}\n`);
    return 0;
  }
  const { nodename } = await sys.uname();
  await print(sys, `${given.has('-s') ? nodename.split('.')[0]! : nodename}\n`);
  return 0;
});
