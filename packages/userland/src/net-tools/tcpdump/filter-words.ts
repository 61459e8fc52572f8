/** The words of a capture filter, the reader that takes them, and the names that stand for numbers in it (pcap-filter(7)). */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

/** The words of a filter, one after the other. */
export class FilterReader {
  private at = 0;

  constructor(private readonly words: readonly string[]) {}

  peek(ahead = 0): string | undefined {
    return this.words[this.at + ahead];
  }

  next(): string | undefined {
    return this.words[this.at++];
  }

  /** Takes the next word where it is one of these. */
  take(...options: readonly string[]): boolean {
    const word = this.peek();
    if (word === undefined || !options.includes(word)) return false;
    this.at++;
    return true;
  }

  /** Goes back to where it was when what was to be read is not there. */
  attempt<T>(read: (words: FilterReader) => T | undefined): T | undefined {
    const start = this.at;
    const found = read(this);
    if (found === undefined) this.at = start;
    return found;
  }
}

/** Splits an expression into words, numbers and operators. Addresses, prefixes and `tcp-syn` are one word each. */
export function filterWords(text: string): readonly string[] {
  const words: string[] = [];
  const pattern = /\s+|(&&|\|\||<<|>>|<=|>=|!=|==|[()[\]!<>=+*/&|^])|([A-Za-z0-9_.:\\-]+)/gy;
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) throw new FilterError('syntax error');
    at = pattern.lastIndex;
    const word = match[1] ?? match[2];
    if (word !== undefined) words.push(...splitWord(word));
  }
  return words;
}

/** Inside brackets and arithmetic `a-b` is a difference and `0:2` two numbers; names with a dash are known ones. */
function splitWord(word: string): readonly string[] {
  if (/^\d+:\d+$/.test(word)) return word.split(/(:)/);
  return /^\d+-\d+$/.test(word) && !isRange(word) ? word.split(/(-)/) : [word];
}

/** `80-90` may be a port range: the parser takes it apart where it is not. */
function isRange(word: string): boolean {
  return /^\d{1,5}-\d{1,5}$/.test(word);
}

/** What pcap-filter(7) has and this has not: refused by name, not taken for a host's name. */
export const UNSUPPORTED: ReadonlySet<string> = new Set([
  'ip6',
  'icmp6',
  'vlan',
  'mpls',
  'pppoed',
  'pppoes',
  'geneve',
  'gateway',
  'wlan',
  'fddi',
  'tr',
  'link',
  'decnet',
  'iso',
  'stp',
  'igmp',
  'sctp',
  'inbound',
  'outbound',
  'ifname',
  'ifindex',
  'protochain',
  'igrp',
  'pim',
  'vrrp',
  'carp',
  'ah',
  'esp',
  'lat',
  'aarp',
  'ipx',
  'netbeui',
  'moprc',
  'mopdl',
]);

export const FIELD_OFFSETS: ReadonlyMap<string, number> = new Map([
  ['icmptype', 0],
  ['icmpcode', 1],
  ['tcpflags', 13],
]);

export const NAMED_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['icmp-echoreply', 0],
  ['icmp-unreach', 3],
  ['icmp-sourcequench', 4],
  ['icmp-redirect', 5],
  ['icmp-echo', 8],
  ['icmp-routeradvert', 9],
  ['icmp-routersolicit', 10],
  ['icmp-timxceed', 11],
  ['icmp-paramprob', 12],
  ['icmp-tstamp', 13],
  ['icmp-tstampreply', 14],
  ['tcp-fin', 0x01],
  ['tcp-syn', 0x02],
  ['tcp-rst', 0x04],
  ['tcp-push', 0x08],
  ['tcp-ack', 0x10],
  ['tcp-urg', 0x20],
  ['tcp-ece', 0x40],
  ['tcp-cwr', 0x80],
]);

/** Decimal, octal with a leading zero, or hexadecimal. */
export function filterNumber(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  if (/^0x[0-9a-fA-F]{1,8}$/.test(word)) return Number(word);
  if (/^0[0-7]{1,11}$/.test(word)) return Number.parseInt(word, 8);
  return /^\d{1,10}$/.test(word) && Number(word) <= 0xffff_ffff ? Number(word) : undefined;
}
