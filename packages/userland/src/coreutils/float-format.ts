/**
 * Decimal forms of floating-point numbers as C's printf has them: %f, %e and %g, exact and rounded half to even (IEEE 754, glibc). Done on
 * the number's bits with integers, so that every engine prints the same.
 */

interface Parts {
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
}

function partsOf(value: number): Parts {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  return {
    negative: bits >> 63n === 1n,
    mantissa: biased === 0 ? fraction : fraction | 0x10_0000_0000_0000n,
    exponent: (biased === 0 ? 1 : biased) - 1075,
  };
}

function powerOfTen(exponent: number): bigint {
  return BigInt(`1${'0'.repeat(exponent)}`);
}

/** The number times 10^scale, rounded half to even. */
function scaled({ mantissa, exponent }: Parts, scale: number): bigint {
  let numerator = mantissa;
  let denominator = 1n;
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (scale >= 0) numerator *= powerOfTen(scale);
  else denominator *= powerOfTen(-scale);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'nan';
  return Number.isFinite(value) ? undefined : value < 0 ? '-inf' : 'inf';
}

export function formatFixed(value: number, precision: number): string {
  const odd = special(value);
  if (odd !== undefined) return odd;
  const parts = partsOf(value);
  const digits = scaled(parts, precision)
    .toString()
    .padStart(precision + 1, '0');
  const whole = digits.slice(0, digits.length - precision);
  const text = precision === 0 ? whole : `${whole}.${digits.slice(digits.length - precision)}`;
  return parts.negative ? `-${text}` : text;
}

function exponential(value: number, precision: number): { negative: boolean; digits: string; exponent: number } {
  const parts = partsOf(value);
  const { negative } = parts;
  if (parts.mantissa === 0n) return { negative, digits: '0'.repeat(precision + 1), exponent: 0 };
  // The language's own exponent is off by one at most, where rounding carries into a new digit, in its shortest form or in ours.
  let exponent = Number(value.toExponential().split('e')[1]);
  let digits = scaled(parts, precision - exponent).toString();
  if (digits.length < precision + 1) digits = scaled(parts, precision - --exponent).toString();
  if (digits.length > precision + 1) digits = scaled(parts, precision - ++exponent).toString();
  return { negative, digits, exponent };
}

function exponentText(exponent: number): string {
  const size = exponent < 0 ? -exponent : exponent;
  return `e${exponent < 0 ? '-' : '+'}${String(size).padStart(2, '0')}`;
}

export function formatExponential(value: number, precision: number): string {
  const odd = special(value);
  if (odd !== undefined) return odd;
  const { negative, digits, exponent } = exponential(value, precision);
  const fraction = precision === 0 ? '' : `.${digits.slice(1)}`;
  return `${negative ? '-' : ''}${digits[0]}${fraction}${exponentText(exponent)}`;
}

/** %g: the shorter of the two, without trailing zeros. */
export function formatGeneral(value: number, precision: number): string {
  const odd = special(value);
  if (odd !== undefined) return odd;
  const wanted = precision === 0 ? 1 : precision;
  const { exponent } = exponential(value, wanted - 1);
  if (exponent < -4 || exponent >= wanted) {
    const [mantissa, tail] = formatExponential(value, wanted - 1).split('e');
    return `${trimZeros(mantissa!)}e${tail}`;
  }
  return trimZeros(formatFixed(value, wanted - 1 - exponent));
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
