import { expect, it } from 'vitest';
import { TCP_FLAG } from './packet.ts';
import { flagLetters, flagOfLetter, flagWords } from './tcp-flags.ts';

it('names each flag by a letter and by a word, and finds the letter again', () => {
  const { syn, ack, ece, cwr } = TCP_FLAG;
  expect(flagLetters(syn | ack | ece)).toBe('S.E');
  expect(flagWords(cwr | ece | syn)).toBe('SYN, ECE, CWR');
  expect([flagLetters(0), flagWords(0), flagWords(0x800)]).toEqual(['', '', 'Reserved']);
  for (const letter of flagLetters(0xff)) expect(flagLetters(flagOfLetter(letter)!)).toBe(letter);
  expect(flagOfLetter('X')).toBeUndefined();
});
