/** Names of users and groups, from /etc/passwd and /etc/group. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { readText } from '../lib/stdio.ts';

export interface Account {
  readonly name: string;
  readonly id: number;
  readonly groupId: number;
  readonly home: string;
  readonly members: readonly string[];
}

async function entries(sys: Sys, path: string): Promise<string[][]> {
  try {
    return (await readText(sys, path))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(':'));
  } catch (error) {
    if (error instanceof SysError) return [];
    throw error;
  }
}

export async function readUsers(sys: Sys): Promise<Account[]> {
  return (await entries(sys, '/etc/passwd')).map((fields) => ({
    name: fields[0]!,
    id: Number(fields[2]),
    groupId: Number(fields[3]),
    home: fields[5] ?? '/',
    members: [],
  }));
}

export async function readGroups(sys: Sys): Promise<Account[]> {
  return (await entries(sys, '/etc/group')).map((fields) => ({
    name: fields[0]!,
    id: Number(fields[2]),
    groupId: Number(fields[2]),
    home: '/',
    members: (fields[3] ?? '').split(',').filter((name) => name !== ''),
  }));
}

/** The account's name, or its number where it has none. Number 0 is root everywhere. */
export function nameOf(accounts: readonly Account[], id: number): string {
  return accounts.find((account) => account.id === id)?.name ?? (id === 0 ? 'root' : String(id));
}
