/** id(1): a process has one user and one group, and no supplementary groups. */
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { quote, ToolError, tool } from './tool.ts';
import { nameOf, readGroups, readUsers } from './users.ts';

export const options: ProgramOptions = {
  name: 'id',
  usage: 'id [-u | -g | -G] [-n] [user]',
  options: [
    { names: ['-u', '--user'], help: 'only the user' },
    { names: ['-g', '--group'], help: 'only the group' },
    { names: ['-G', '--groups'], help: 'only the groups' },
    { names: ['-n', '--name'], help: 'a name in place of a number' },
  ],
};

export const main = tool(options, async ({ sys, options: given, operands }) => {
  const users = await readUsers(sys);
  const groups = await readGroups(sys);
  const wanted = operands[0];
  const user = wanted === undefined ? undefined : users.find(({ name }) => name === wanted);
  if (wanted !== undefined && user === undefined) throw new ToolError(`${quote(wanted)}: no such user`);
  const uid = user?.id ?? (await sys.getuid());
  const gid = user?.groupId ?? users.find(({ id }) => id === uid)?.groupId ?? uid;
  const short = given.has('-u') || given.has('-g') || given.has('-G');
  if (given.has('-n') && !short) throw new ToolError('cannot print only names or real IDs in default format');
  if (short) {
    const [id, accounts] = given.has('-u') ? [uid, users] : [gid, groups];
    await print(sys, `${given.has('-n') ? nameOf(accounts, id) : id}\n`);
    return 0;
  }
  const userText = `${uid}(${nameOf(users, uid)})`;
  const groupText = `${gid}(${nameOf(groups, gid)})`;
  await print(sys, `uid=${userText} gid=${groupText} groups=${groupText}\n`);
  return 0;
});
