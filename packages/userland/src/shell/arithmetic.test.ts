import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arithmetic } from './arithmetic.ts';
import { ShellError } from './errors.ts';

function evaluate(text: string, variables = new Map<string, string>()): string {
  try {
    return arithmetic(text, { get: (name) => variables.get(name), set: (name, value) => variables.set(name, value) });
  } catch (error) {
    if (error instanceof ShellError) return error.message;
    throw error;
  }
}

describe('shell arithmetic', () => {
  it('has the operators and precedences of C', () => {
    const table: [string, string][] = [
      ['1?2:3', '2'],
      ['0?2:3?4:5', '4'],
      ['1||0&&0', '1'],
      ['5&3|4^1', '5'],
      ['~5', '-6'],
      ['- -3', '3'],
      ['2*3+4<<1', '20'],
      ['1<2==1', '1'],
      ['0x1F+017', '46'],
      ['-7/2', '-3'],
      ['-7%3', '-1'],
      ['10-2-3', '5'],
      ['(1+2)*3', '9'],
      [' \n1 +\n2', '3'],
    ];
    for (const [text, value] of table) expect(evaluate(text), text).toBe(value);
  });

  it('wraps at 64 bits, saturates constants and counts shifts modulo 64', () => {
    expect(evaluate('9223372036854775807+1')).toBe('-9223372036854775808');
    expect(evaluate('99999999999999999999')).toBe('9223372036854775807');
    expect(evaluate('1<<65')).toBe('2');
    expect(evaluate('-1>>1')).toBe('-1');
    expect(evaluate('1<<-1')).toBe('-9223372036854775808');
  });

  it('assigns, but not in a branch that is not taken', () => {
    const variables = new Map([['x', '5']]);
    expect(evaluate('x*=2', variables)).toBe('10');
    expect(evaluate('y=z=x+1', variables)).toBe('11');
    expect(variables.get('z')).toBe('11');
    expect(evaluate('0 && (x=1)', variables)).toBe('0');
    expect(evaluate('1 || 1/0', variables)).toBe('1');
    expect(evaluate('1 ? 2 : (x=3)', variables)).toBe('2');
    expect(variables.get('x')).toBe('10');
  });

  it('words errors as dash does', () => {
    const table: [string, string][] = [
      ['1,2', 'arithmetic expression: expecting EOF: "1,2"'],
      ['1/0', 'arithmetic expression: division by zero: "1/0"'],
      ['1+', 'arithmetic expression: expecting primary: "1+"'],
      ['1 ? 2', 'arithmetic expression: expecting \':\': "1 ? 2"'],
      ['09', 'arithmetic expression: expecting EOF: "09"'],
      ['0x', 'arithmetic expression: expecting EOF: "0x"'],
      ['2**3', 'arithmetic expression: expecting primary: "2**3"'],
      ['', 'arithmetic expression: expecting primary: ""'],
      ['w', 'Illegal number: foo'],
      ['o', 'Illegal number: 08'],
    ];
    const variables = new Map([
      ['w', 'foo'],
      ['o', '08'],
    ]);
    for (const [text, message] of table) expect(evaluate(text, variables), text).toBe(message);
  });

  it('is a number or a shell error for any text', () => {
    const piece = fc.constantFrom(
      ...'1 0x 09 x y + - * / % ( ) ? : = += < << & && | || ! ~ ^ , . " $ @'.split(' '),
      ' ',
      '9'.repeat(30),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        expect(typeof evaluate(pieces.join(''))).toBe('string');
      }),
      { numRuns: 3000 },
    );
    expect(evaluate('('.repeat(100_000))).toContain('nested too deeply');
    expect(evaluate('-'.repeat(100_000))).toContain('nested too deeply');
    expect(evaluate('1?'.repeat(100_000))).toContain('nested too deeply');
  });
});
