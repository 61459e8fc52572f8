/**
 * Sentences of the engine itself (problems of a run, why a check could not be judged), which core writes in English, in the reader's language. A
 * sentence that is not in the table stays as it is: better in English than not at all.
 */
import type { Language } from '../language.ts';

const CHINESE: readonly (readonly [RegExp, string])[] = [
  [/^the script never came to this check$/, '脚本没有执行到这项检查'],
  [/^the script failed at (\S+) s: (.*)$/s, '脚本在 $1 s 失败：$2'],
  [/^the script had not ended at (\S+) s$/, '脚本到 $1 s 仍未结束'],
  [/^crashed: (.*)$/s, '程序崩溃：$1'],
  [/^left over: process (\S+) on (\S+) did not end on SIGTERM$/, '残留：$2 上的进程 $1 收到 SIGTERM 后没有结束'],
  [/^left over: TCP connection on (\S+), (\S+) to (\S+), (\S+)$/, '残留：$1 上的 TCP 连接 $2 到 $3，状态 $4'],
  [/^left over: (\d+) frames on cable (\S+)$/, '残留：网线 $2 上还有 $1 帧'],
  [
    /^at (\S+) s (.*) waits for something outside the world \(a timer, fetch or another foreign promise\); programs and scripts may only await sys and lab calls$/s,
    '在 $1 s，$2 在等待世界之外的东西（定时器、fetch 或其他外来的 promise）；程序和脚本只能等待 sys 和实验提供的调用',
  ],
  [/^(\S+): not started$/, '$1：没有启动'],
  [/^(\S+): still running$/, '$1：仍在运行'],
];

export function engineText(text: string, language: Language): string {
  if (language === 'en') return text;
  const known = CHINESE.find(([pattern]) => pattern.test(text));
  return known === undefined ? text : text.replace(known[0], known[1]);
}
