import { expect, test } from 'vitest';
import { engineText } from './engine-text.ts';

test('engineText', () => {
  const left = 'left over: TCP connection on web, 10.0.0.1:80 to 10.0.0.2:4000, CLOSE-WAIT';
  expect(engineText(left, 'en')).toBe(left);
  expect(engineText(left, 'zh')).toBe('残留：web 上的 TCP 连接 10.0.0.1:80 到 10.0.0.2:4000，状态 CLOSE-WAIT');
  expect(engineText('the script failed at 0.1 s: Error: a\nb', 'zh')).toBe('脚本在 0.1 s 失败：Error: a\nb');
  expect(engineText('something new', 'zh')).toBe('something new');
});
