import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findQuestions, termsOf } from './search.ts';

const question = (id: string, numbers: number[], en: string, zh: string, answer = '', more = '') => ({
  id,
  numbers,
  question: { en, zh },
  answer: { en: answer, zh: '' },
  trap: { en: '', zh: '' },
  more: { en: more, zh: '' },
});
const all = [
  question('Q001', [2, 1], 'What are the seven layers of the OSI model?', 'OSI 七层模型是哪七层？'),
  question('Q028', [9], 'What are sticky packets?', '粘包指什么？根因是什么？', 'TCP is a byte stream.'),
  question('Q036', [21], 'How is a name resolved by DNS?', 'DNS 解析的过程？', 'Sticky caches keep answers.'),
  question('Q040', [], 'What do status codes mean?', '状态码？', 'wait, and time', '502 Bad Gateway; TIME-WAIT'),
  question('Q041', [], 'Is it late?', '等一等', 'wait for the time'),
];
const ids = (query: string): string[] => findQuestions(query, all).map(({ question: { id } }) => id);

describe('findQuestions', () => {
  test.each([
    ['9', ['Q028']],
    ['第9题', ['Q028']],
    ['９', ['Q028']],
    ['q28', ['Q028']],
    ['Q028', ['Q028']],
    ['77', []],
    ['502', ['Q040']],
    ['TIME_WAIT', ['Q040']],
    ['time wait', ['Q040', 'Q041']],
    ['粘包', ['Q028']],
    ['粘包的根因', ['Q028']],
    ['打开七层', ['Q001']],
    ['七层', ['Q001']],
    ['sticky', ['Q028', 'Q036']],
    ['STICKY packet', ['Q028']],
    ['byte stream', ['Q028']],
    ['what is the', []],
    ['', []],
    ['nothing of this kind', []],
  ])('%s', (query, found) => expect(ids(query)).toEqual(found));

  test('any text gets an answer', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (query) => void findQuestions(query, all)));
  });
});

test('termsOf', () => {
  expect(termsOf('tcp 三次握手 of the http/1.1')).toEqual(['tcp', '三次', '次握', '握手', 'http/1.1']);
});
