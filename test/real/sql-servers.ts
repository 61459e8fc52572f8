/** Our SQL server and Debian's mariadb-server, each in a folder of its own, for the comparisons. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { builtCommand } from '../built.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export class SqlServers {
  readonly folder = mkdtempSync(join(tmpdir(), 'netarium-sql-'));
  private readonly started: ChildProcess[] = [];
  /** The one of ours that was started last. */
  server: ChildProcess | undefined;

  constructor(readonly mariadbPort: number) {}

  /** `netarium real sql-server`, with its data in a folder of this name; answers its port when it listens. */
  async startOurs(name = 'ours'): Promise<number> {
    const data = join(this.folder, name);
    const words = ['real', 'sql-server', '--port', '0', '--data', data];
    const server = spawn(process.execPath, [builtCommand(), ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.started.push(server);
    this.server = server;
    let told = '';
    for await (const part of server.stdout!) {
      told += String(part);
      const match = /^listening on 127\.0\.0\.1:(\d+)$/m.exec(told);
      if (match) return Number(match[1]);
    }
    throw new Error('sql-server ended');
  }

  async startMariadb(): Promise<void> {
    // Nothing of it has to outlive a loss of power, so it waits for no disk.
    const careless = ['--innodb-flush-method=nosync', '--innodb-flush-log-at-trx-commit=0', '--sync-frm=0'];
    const size = ['--innodb-log-file-size=8M', '--innodb-buffer-pool-size=32M'];
    const data = `--datadir=${join(this.folder, 'mariadb')}`;
    const options = ['--no-defaults', data, '--user=root', ...careless, ...size];
    const made = spawnSync(
      'mariadb-install-db',
      [...options, '--auth-root-authentication-method=normal', '--skip-test-db'],
      { encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(made.stderr || String(made.error));
    const own = [
      `--socket=${join(this.folder, 'socket')}`,
      `--port=${this.mariadbPort}`,
      '--bind-address=127.0.0.1',
      '--skip-log-bin',
    ];
    this.started.push(spawn('mariadbd', [...options, ...own], { stdio: 'ignore' }));
    for (let i = 0; ; i++) {
      try {
        return await (await mysql.createConnection({ host: '127.0.0.1', port: this.mariadbPort, user: 'root' })).end();
      } catch (error) {
        if (i === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  end(): void {
    for (const child of this.started) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
