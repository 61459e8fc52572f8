/** SHA-256 (FIPS 180-4), incremental. By hand because core runs without Node or DOM. */
/** Signed, so that every sum stays one of 32-bit integers. */
const K = Int32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
);

export class Sha256 {
  private readonly state = new Int32Array([
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ]);
  private readonly block = new Uint8Array(64);
  private filled = 0;
  private total = 0;

  update(bytes: Uint8Array): this {
    this.total += bytes.length;
    let at = 0;
    if (this.filled > 0) {
      at = Math.min(64 - this.filled, bytes.length);
      for (let i = 0; i < at; i++) this.block[this.filled + i] = bytes[i]!;
      this.filled += at;
      if (this.filled < 64) return this;
      this.compress(this.block, 0);
      this.filled = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) this.compress(bytes, at);
    while (at < bytes.length) this.block[this.filled++] = bytes[at++]!;
    return this;
  }

  clone(): Sha256 {
    const copy = new Sha256();
    copy.state.set(this.state);
    copy.block.set(this.block);
    copy.filled = this.filled;
    copy.total = this.total;
    return copy;
  }

  /** The 32 bytes; the object is spent afterwards. */
  digest(): Uint8Array {
    const bits = this.total * 8;
    const padding = new Uint8Array((this.filled < 56 ? 56 : 120) - this.filled + 8);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(bits / 0x1_0000_0000));
    view.setUint32(padding.length - 4, bits >>> 0);
    this.update(padding);
    const out = new Uint8Array(32);
    const words = new DataView(out.buffer);
    for (let i = 0; i < 8; i++) words.setInt32(i * 4, this.state[i]!);
    return out;
  }

  /** One block of 64 bytes. */
  private compress(bytes: Uint8Array, start: number): void {
    const w = schedule(bytes, start);
    const s = this.state;
    let a = s[0]!;
    let b = s[1]!;
    let c = s[2]!;
    let d = s[3]!;
    let e = s[4]!;
    let f = s[5]!;
    let g = s[6]!;
    let h = s[7]!;
    // A round makes h and d new and then moves every variable on by one place. Eight rounds written out move nothing: each begins where the last one's h stood.
    for (let i = 0; i < 64; i += 8) {
      h = add(add(h, add(K[i]!, w[i]!)), add(g ^ (e & (f ^ g)), ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)));
      d = add(d, h);
      h = add(h, add((a & b) | (c & (a | b)), ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)));
      g = add(add(g, add(K[i + 1]!, w[i + 1]!)), add(f ^ (d & (e ^ f)), ror(d, 6) ^ ror(d, 11) ^ ror(d, 25)));
      c = add(c, g);
      g = add(g, add((h & a) | (b & (h | a)), ror(h, 2) ^ ror(h, 13) ^ ror(h, 22)));
      f = add(add(f, add(K[i + 2]!, w[i + 2]!)), add(e ^ (c & (d ^ e)), ror(c, 6) ^ ror(c, 11) ^ ror(c, 25)));
      b = add(b, f);
      f = add(f, add((g & h) | (a & (g | h)), ror(g, 2) ^ ror(g, 13) ^ ror(g, 22)));
      e = add(add(e, add(K[i + 3]!, w[i + 3]!)), add(d ^ (b & (c ^ d)), ror(b, 6) ^ ror(b, 11) ^ ror(b, 25)));
      a = add(a, e);
      e = add(e, add((f & g) | (h & (f | g)), ror(f, 2) ^ ror(f, 13) ^ ror(f, 22)));
      d = add(add(d, add(K[i + 4]!, w[i + 4]!)), add(c ^ (a & (b ^ c)), ror(a, 6) ^ ror(a, 11) ^ ror(a, 25)));
      h = add(h, d);
      d = add(d, add((e & f) | (g & (e | f)), ror(e, 2) ^ ror(e, 13) ^ ror(e, 22)));
      c = add(add(c, add(K[i + 5]!, w[i + 5]!)), add(b ^ (h & (a ^ b)), ror(h, 6) ^ ror(h, 11) ^ ror(h, 25)));
      g = add(g, c);
      c = add(c, add((d & e) | (f & (d | e)), ror(d, 2) ^ ror(d, 13) ^ ror(d, 22)));
      b = add(add(b, add(K[i + 6]!, w[i + 6]!)), add(a ^ (g & (h ^ a)), ror(g, 6) ^ ror(g, 11) ^ ror(g, 25)));
      f = add(f, b);
      b = add(b, add((c & d) | (e & (c | d)), ror(c, 2) ^ ror(c, 13) ^ ror(c, 22)));
      a = add(add(a, add(K[i + 7]!, w[i + 7]!)), add(h ^ (f & (g ^ h)), ror(f, 6) ^ ror(f, 11) ^ ror(f, 25)));
      e = add(e, a);
      a = add(a, add((b & c) | (d & (b | c)), ror(b, 2) ^ ror(b, 13) ^ ror(b, 22)));
    }
    s[0]! += a;
    s[1]! += b;
    s[2]! += c;
    s[3]! += d;
    s[4]! += e;
    s[5]! += f;
    s[6]! += g;
    s[7]! += h;
  }
}

/** Scratch for the message schedule: written before it is read in every block, so it carries nothing over. */
const SCHEDULE = new Int32Array(64);

/** The block's sixteen words, and 48 that are mixed of them. What the next word needs of those read last is at hand. */
function schedule(bytes: Uint8Array, start: number): Int32Array {
  const w = SCHEDULE;
  for (let i = 0, at = start; i < 16; i++, at += 4)
    w[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  let x = w[0]!;
  let y = w[14]!;
  let z = w[15]!;
  for (let i = 16; i < 64; i++) {
    const before = x;
    x = w[i - 15]!;
    const mixed = add(ror(x, 7) ^ ror(x, 18) ^ (x >>> 3), ror(y, 17) ^ ror(y, 19) ^ (y >>> 10));
    y = z;
    z = add(add(before, w[i - 7]!), mixed);
    w[i] = z;
  }
  return w;
}

/** Of 32 bits: a longer sum would be reckoned in 64. */
function add(x: number, y: number): number {
  return (x + y) | 0;
}

function ror(value: number, count: number): number {
  return (value >>> count) | (value << (32 - count));
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Sha256().update(bytes).digest();
}
