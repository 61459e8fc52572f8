import { describe, expect, test } from 'vitest';
import { type HostScript, onHost as onAnyHost } from '../../lib/on-host.test-kit.ts';

const onHost = (script: HostScript): Promise<void> => onAnyHost(script, { until: '3600s' });

const idsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('UC'));

describe('csv', () => {
  test('every id exactly once, in tasks of a hundred', async () => {
    await onHost(async (h) => {
      const made = await h.sh('make-csv --rows 10037 f.csv');
      expect(made.stdout).toBe('f.csv: 10037 rows, 390356 bytes\n');
      expect(h.readFile('/root/f.csv.part')).toBeUndefined();
      for (const workers of [0, 1, 8]) {
        const run = await h.sh(`csv f.csv --column subscription_id --workers ${workers} --print`);
        expect(run.stderr).toMatch(new RegExp(`^10037 rows, 101 tasks, the last of 37, [0-${workers}] threads?,`));
        const ids = idsOf(run.stdout);
        expect([run.status, ids.length, new Set(ids).size]).toEqual([0, 10_037, 10_037]);
        expect(ids.every((id) => id.length === 24)).toBe(true);
      }
    });
  });

  test('what cannot begin leaves no ledger, so that the mended command line is taken', async () => {
    await onHost(async (h) => {
      await h.sh('make-csv --rows 250 f.csv');
      h.writeFile('/root/empty.csv', '');
      for (const [line, why] of [
        ['f.csv --column subscription', "f.csv: no column 'subscription' in subscription_id, erotic, num"],
        ['empty.csv --column a', 'empty.csv: empty, not even a header'],
      ] as const)
        expect(await h.sh(`csv ${line} --print`)).toMatchObject({ status: 1, stdout: '', stderr: `csv: ${why}\n` });
      expect((await h.sh('ls')).stdout).toBe('empty.csv\nf.csv\n');
      const run = await h.sh('csv f.csv --column subscription_id --print');
      expect([run.status, idsOf(run.stdout).length]).toEqual([0, 250]);
      // An earlier job's ledger is its own, and stays.
      const ledger = h.readFile('/root/f.csv.ledger');
      await h.sh('csv f.csv --column nope --print');
      expect(h.readFile('/root/f.csv.ledger')).toEqual(ledger);
    });
  });

  test('make-csv that is interrupted leaves nothing, and what was there stays', async () => {
    await onHost(async (h, sleep) => {
      h.writeFile('/root/f.csv', 'earlier');
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        const running = h.start('exec make-csv --rows 200000 f.csv');
        for (let i = 0; i < 1000 && h.readFile('/root/f.csv.part') === undefined; i++) await sleep('3us');
        expect(h.readFile('/root/f.csv.part')?.length).toBeLessThan(200_000 * 38);
        running.kill(signal);
        expect((await running.wait()).signal).toBe(signal);
        expect([(await h.sh('ls')).stdout, h.readFile('/root/f.csv')]).toEqual(['f.csv\n', 'earlier']);
      }
    });
  });

  test('make-csv that is to outlive its terminal goes on', async () => {
    await onHost(async (h, sleep) => {
      const running = h.start("trap '' HUP; exec make-csv --rows 20000 f.csv");
      for (let i = 0; i < 1000 && h.readFile('/root/f.csv.part') === undefined; i++) await sleep('3us');
      running.kill('SIGHUP');
      expect(await running.wait()).toMatchObject({ status: 0, signal: '' });
      expect((await h.sh('ls')).stdout).toBe('f.csv\n');
    });
  });

  test('submits over connections that break and a server that refuses: no batch is counted twice', async () => {
    await onHost(async (h, sleep) => {
      await h.sh('make-csv --rows 5037 f.csv');
      const sink = h.start('csv-sink --port 8000 --cut-every 7 --refuse-every 5 --delay 0.002');
      await sleep('10ms');
      const run = await h.sh('csv f.csv --column subscription_id --submit http://127.0.0.1:8000/');
      expect(run.stdout).toMatch(/^5037 rows, 51 tasks, the last of 37/);
      expect(run.stdout).toMatch(/submissions were sent again/);
      const report = JSON.parse((await h.sh('curl -s http://127.0.0.1:8000/')).stdout);
      expect(report).toMatchObject({
        batches: 51,
        values: 5037,
        distinct: 5037,
        doubles: 0,
        lastTask: 50,
        lastValues: 37,
      });
      expect(report.known).toBeGreaterThan(0);
      sink.kill('SIGTERM');
      await sink.wait();
    });
  });

  test('killed and resumed, in whatever instant: each id once in the file', async () => {
    await onHost(async (h, sleep) => {
      await h.sh('make-csv --rows 20037 f.csv');
      const command = 'csv f.csv --column subscription_id --workers 3 --print';
      let inTheMiddle = 0;
      // All is printed within a tenth of a millisecond.
      for (let micros = 1000; micros < 1140; micros += 5) {
        await h.sh('rm -f f.csv.ledger out');
        let running = h.start(`exec ${command} >> out`);
        await sleep(`${micros}us`);
        running.kill('SIGKILL');
        await running.wait();
        const printed = idsOf(h.readFile('/root/out') ?? '').length;
        if (printed > 0 && printed < 20_000) inTheMiddle++;
        running = h.start(`exec ${command} --resume >> out`);
        await sleep(`${micros}us`);
        running.kill('SIGKILL');
        await running.wait();
        // A last line that was torn.
        const ledger = h.readFile('/root/f.csv.ledger');
        if (ledger !== undefined) h.writeFile('/root/f.csv.ledger', ledger.slice(0, -3));
        const last = await h.sh(`${command} --resume >> out`);
        expect([last.status, last.stderr]).toEqual([0, expect.stringMatching(/20037 rows, 201 tasks/)]);
        const ids = idsOf(h.readFile('/root/out')!);
        expect([ids.length, new Set(ids).size]).toEqual([20_037, 20_037]);
      }
      expect(inTheMiddle).toBeGreaterThan(1);
    });
  });

  test('after a loss of power, when the output is short or full of zeros behind what was brought to the disk: each id once', async () => {
    await onHost(async (h, sleep) => {
      await h.sh('make-csv --rows 20037 f.csv');
      const command = 'csv f.csv --column subscription_id --workers 3 --print';
      let lost = 0;
      for (let micros = 1000; micros < 1140; micros += 5) {
        await h.sh('rm -f f.csv.ledger out');
        const running = h.start(`exec ${command} >> out`);
        await sleep(`${micros}us`);
        running.kill('SIGKILL');
        await running.wait();
        const synced = /.*synced (\d+)/s.exec(h.readFile('/root/f.csv.ledger') ?? '');
        const output = h.readFile('/root/out') ?? '';
        const kept = Number(synced?.[1] ?? 0);
        if (kept < output.length) lost++;
        const zeros = micros % 2 === 0 ? '' : '\0'.repeat(output.length - kept);
        h.writeFile('/root/out', output.slice(0, kept) + zeros);
        expect((await h.sh(`${command} --resume >> out`)).status).toBe(0);
        const after = h.readFile('/root/out')!;
        const ids = idsOf(after);
        expect([after.length, ids.length, new Set(ids).size]).toEqual([25 * 20_037, 20_037, 20_037]);
      }
      expect(lost).toBeGreaterThan(3);
    });
  });

  test('a server that is away: the job ends with its reason, and goes on when it is back', async () => {
    await onHost(async (h, sleep) => {
      await h.sh('make-csv --rows 3000 f.csv');
      const command = 'csv f.csv --column subscription_id --submit http://127.0.0.1:8000/ --retries 1';
      const failed = await h.sh(command);
      expect([failed.status, failed.stderr]).toEqual([
        1,
        expect.stringMatching(/^csv: \d+ tasks failed, task \d+ first: Connection refused\n$/),
      ]);
      const sink = h.start('csv-sink');
      await sleep('10ms');
      expect((await h.sh(command)).stderr).toMatch(/^csv: f\.csv\.ledger: a run that did not end is recorded here/);
      expect((await h.sh(`${command} --resume`)).status).toBe(0);
      const report = JSON.parse((await h.sh('curl -s http://127.0.0.1:8000/')).stdout);
      expect(report).toMatchObject({ batches: 30, values: 3000, doubles: 0 });
      sink.kill('SIGTERM');
      await sink.wait();
    });
  });

  test.each([
    ['csv none.csv --column a --print', 1, 'csv: none.csv: No such file or directory\n'],
    ['csv /tmp --column a --print', 1, 'csv: /tmp: Is a directory\n'],
    ['csv f --column c --print', 1, "csv: f: no column 'c' in a, b\n"],
    ['csv red --column c --print', 1, "csv: red: no column 'c' in ?[31ma, b\n"],
    ['csv empty --column a --print', 1, 'csv: empty: empty, not even a header\n'],
    ['csv f --column a', 2, 'csv: usage: csv FILE --column NAME --print|--submit URL [OPTION...]\n'],
    ['csv f --column a --submit ftp://h/', 2, 'csv: --submit ftp://h/: only http is supported\n'],
    ['csv f --column a --print --workers x', 2, 'csv: --workers x: not a number from 0 to 256\n'],
    ['csv f --column a --print --ledger /none/l', 1, 'csv: /none/l: No such file or directory\n'],
    ['csv f --column a --print --ledger f', 1, 'csv: f: this is not a ledger of csv; name another by --ledger\n'],
    ['csv short --column a --print', 1, 'csv: short: row 2, byte 8: 1 columns where the header has 2\n'],
    ['csv open --column a --print', 1, 'csv: open: row 1, byte 4: column 1: the quote is never closed\n'],
    ['make-csv --rows x f', 2, 'make-csv: --rows x: not a number from 0 to 999999999\n'],
    ['csv f --column a --print --timeout 0', 2, 'csv: --timeout 0: not a number of seconds\n'],
    ['csv-sink --delay soon', 2, 'csv-sink: --delay soon: not a number of seconds\n'],
    ['csv-sink --cut-every 0', 2, 'csv-sink: --cut-every 0: not a number from 1 up\n'],
    ['nc -l 8000 & sleep 0.1; csv-sink', 1, 'csv-sink: cannot listen on 127.0.0.1:8000: Address already in use\n'],
    ['make-csv /none/f', 1, 'make-csv: /none/f.part: No such file or directory\n'],
  ])('%s: %i', async (command, status, stderr) => {
    await onHost(async (h) => {
      h.writeFile('/root/f', 'a,b\n1,2\n');
      h.writeFile('/root/red', '\u001b[31ma,b\n1,2\n');
      h.writeFile('/root/empty', '');
      h.writeFile('/root/short', 'a,b\n1,2\n3\n');
      h.writeFile('/root/open', 'a,b\n"1,2\n');
      const run = await h.sh(command);
      expect([run.status, run.stderr]).toEqual([status, stderr]);
    });
  });

  test('values that are no single line come in quotes', async () => {
    await onHost(async (h) => {
      h.writeFile('/root/f', 'n,"v"\r\n1,"a ""b"""\r\n2,"c\nd"\r\n3,\r\n4," e"\r\n');
      expect((await h.sh('csv f --column v --print --workers 0')).stdout).toBe('"a ""b"""\n"c\nd"\n""\n" e"\n');
    });
  });
});
