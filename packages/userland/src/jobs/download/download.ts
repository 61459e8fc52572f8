/**
 * `download --urls FILE --out DIR --way WAY`: many files at once, by threads, processes, greenlets or a reactor, or one after the other. Every file gets a name
 * of its own, is written under another one until it is whole, and is told with its SHA-256 and content type; a URL that fails is tried again, and
 * never keeps the others. The list at the end says what failed, and the exit code is 1 then. Only http, no cookies, no compression.
 */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { ToolError, tool } from '../../coreutils/tool.ts';
import { errnoOf, unless } from '../../lib/failure.ts';
import { print, printError, readText } from '../../lib/stdio.ts';
import { at } from '../lib/place.ts';
import { Progress } from '../lib/progress.ts';
import { PART } from '../lib/replace-file.ts';
import { Manifest } from './manifest.ts';
import { Names } from './names.ts';
import { type DownloadSettings, options, settingsOf } from './options.ts';
import { child } from './processes.ts';
import { type FileReport, fileLine, json, tables } from './report.ts';
import { type Ending, type Item, Scheduler } from './scheduler.ts';
import { worker } from './threads.ts';
import { type ListedUrl, parseUrlList, type UrlList } from './url-list.ts';

const main = tool(
  options,
  async ({ sys, options: given, operands }) => {
    const settings = settingsOf(given, operands);
    const list = parseUrlList(await at(settings.urls, readText(sys, settings.urls)));
    for (const { line, text, reason } of list.faults) await complain(sys, settings, line, `${reason}: ${text}`);
    for (const { line, first } of list.repeated)
      await complain(sys, settings, line, `the same as line ${first}, downloaded once`);
    await makeDirectory(sys, settings.out);
    const job = new DownloadJob(
      sys,
      settings,
      list,
      await Manifest.open(sys, settings.out),
      await Progress.create(sys),
    );
    return job.run();
  },
  { usageStatus: 2 },
);

export const download: ProgramModule = { main, worker, child };

function complain(sys: Sys, settings: DownloadSettings, line: number, text: string): Promise<void> {
  return printError(sys, `download: ${settings.urls}:${line}: ${text}\n`);
}

async function makeDirectory(sys: Sys, path: string): Promise<void> {
  const found = await at(path, unless(sys.stat(path), 'ENOENT'));
  if (found === undefined) await at(path, sys.mkdir(path));
  else if (found.type !== 'directory') throw new ToolError(`${path}: Not a directory`);
}

class DownloadJob {
  /** By their place in the list. */
  private readonly files: FileReport[] = [];
  private readonly todo: { readonly listed: ListedUrl; readonly name: string }[] = [];
  private readonly work = new Map<string, { files: number; bytes: number }>();
  private readonly ended: FileReport[] = [];
  private bytes = 0;
  /** When the workers stood ready, and when the last attempt ended. */
  private startNs: number;
  private lastNs = 0;

  constructor(
    private readonly sys: Sys,
    private readonly settings: DownloadSettings,
    private readonly list: UrlList,
    private readonly manifest: Manifest,
    private readonly progress: Progress,
  ) {
    this.startNs = progress.startNs;
  }

  async run(): Promise<number> {
    const { sys, settings, progress } = this;
    await this.choose();
    const items = this.todo.map(({ listed, name }): Item => {
      return { url: listed.text, host: listed.url.host, path: `${settings.out}/${name}` };
    });
    const limits = { retries: settings.retries, hostIntervalNs: settings.hostIntervalNs };
    const scheduler = new Scheduler(items, limits, (ending) => this.end(ending));
    const uses =
      items.length === 0
        ? []
        : await settings.way({
            sys,
            scheduler,
            settings: { ...settings.limits, resume: settings.resume },
            concurrency: Math.max(1, Math.min(settings.concurrency, items.length)),
            began: async () => {
              this.startNs = await sys.clock_gettime('monotonic');
            },
            report: async (result, thread) => {
              this.count(thread, result.ok ? result.bytes : -1);
              this.lastNs = await sys.clock_gettime('monotonic');
              scheduler.report(result, this.lastNs);
              await this.tell(scheduler);
            },
          });
    await this.manifest.close();
    await progress.clear();
    const { startNs } = this;
    const wallNs = Math.max(startNs, this.lastNs) - startNs;
    const startupNs = startNs - progress.startNs;
    const { wayName: way, concurrency } = settings;
    this.files.sort((a, b) => a.listed.line - b.listed.line);
    const report = {
      way,
      concurrency,
      startupNs,
      wallNs,
      files: this.files,
      untried: scheduler.untried,
      uses,
      work: this.work,
    };
    await print(sys, settings.json ? json(report) : tables(report));
    return this.failures(scheduler);
  }

  /** Names for all, and what of it is there already. */
  private async choose(): Promise<void> {
    const { sys, settings, manifest } = this;
    const present = (await at(settings.out, sys.readdir(settings.out))).map(({ name }) => name);
    const own = new Set(this.list.urls.map(({ text }) => manifest.get(text)?.name));
    // What no earlier run over these URLs has put there is not written over.
    const names = new Names(present.filter((name) => !own.has(name) && !isPart(name)));
    const kept = new Map<string, string>();
    for (const { text } of this.list.urls) {
      const before = manifest.get(text);
      if (before !== undefined && names.keep(before.name)) kept.set(text, before.name);
    }
    const there = new Set(present);
    for (const listed of this.list.urls) {
      const name = kept.get(listed.text) ?? names.give(listed.url);
      if (settings.resume && kept.has(listed.text) && there.has(name) && (await this.isThere(listed, name))) continue;
      this.todo.push({ listed, name });
    }
  }

  /** A file of an earlier run, as long as it was then. */
  private async isThere(listed: ListedUrl, name: string): Promise<boolean> {
    const { bytes, sha256, type } = this.manifest.get(listed.text)!;
    const found = await unless(this.sys.stat(`${this.settings.out}/${name}`), 'ENOENT', 'EACCES');
    if (found?.type !== 'file' || found.size !== bytes) return false;
    const nothing = { status: 0, reason: '', again: false, disk: false, validator: '', retryAfterNs: 0, tookNs: 0 };
    const ending = { ...nothing, index: -1, ok: true, bytes, sha256, type, attempts: 0 };
    const report = { listed, name, ending, skipped: true, endedNs: 0 };
    this.files.push(report);
    if (!this.settings.json) await this.line(report);
    return true;
  }

  private end(ending: Ending): void {
    const endedNs = this.lastNs - this.startNs;
    const { listed, name } = this.todo[ending.index]!;
    this.ended.push({ listed, name, ending, skipped: false, endedNs });
  }

  private count(thread: string, bytes: number): void {
    const work = this.work.get(thread) ?? { files: 0, bytes: 0 };
    if (bytes >= 0) {
      work.files++;
      work.bytes += bytes;
      this.bytes += bytes;
    }
    this.work.set(thread, work);
  }

  /** Writes down and tells what has ended since the last time. */
  private async tell(scheduler: Scheduler): Promise<void> {
    for (let report = this.ended.shift(); report !== undefined; report = this.ended.shift()) {
      if (report.ending.ok) await this.keep(scheduler, report);
      this.files.push(report);
      if (!this.settings.json) await this.line(report);
    }
    const total = this.list.urls.length;
    // Elsewhere the lines of the files say it all.
    if (!this.progress.terminal) return;
    await this.progress.show(
      this.files.length,
      total,
      () => `${this.files.length} of ${total} files, ${this.bytes} bytes`,
    );
  }

  /** What cannot be written down would be a stranger's file to the next run: it goes, and nothing more is begun. */
  private async keep(scheduler: Scheduler, report: FileReport): Promise<void> {
    const { listed, name, ending } = report;
    const { bytes, sha256, type } = ending;
    try {
      await this.manifest.add({ url: listed.text, name, bytes, sha256, type });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      await this.sys.unlink(`${this.settings.out}/${name}`).catch(errnoOf);
      report.ending = { ...ending, ok: false, disk: true, reason: error.message };
      scheduler.stop(error.message);
    }
  }

  private async line(report: FileReport): Promise<void> {
    await this.progress.clear();
    await print(this.sys, `${fileLine(report)}\n`);
  }

  /** The list of what failed, and the exit code. */
  private async failures(scheduler: Scheduler): Promise<number> {
    const { sys, settings, files, list } = this;
    const failed = files.filter(({ ending }) => !ending.ok);
    for (const { listed, ending } of failed) {
      const tries = ending.attempts === 1 ? '1 attempt' : `${ending.attempts} attempts`;
      await complain(sys, settings, listed.line, `${ending.reason} (${tries}): ${listed.text}`);
    }
    if (scheduler.stopped !== undefined)
      await printError(sys, `download: ${scheduler.stopped}; ${scheduler.untried} files were left\n`);
    return failed.length + list.faults.length > 0 || scheduler.stopped !== undefined ? 1 : 0;
  }
}

/** Half-written, by an earlier run. */
function isPart(name: string): boolean {
  return name.endsWith(PART) || name.endsWith(`${PART}.from`);
}
