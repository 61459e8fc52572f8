/**
 * What an authoritative server answers from its zones: RFC 1034 section 4.3.2 with wildcards by RFC 4592, negative answers by RFC 2308,
 * minimal ANY by RFC 8482. Pure: zones and a question in, sections out.
 *
 * Promises: a CNAME chain is followed through all zones of the server and ends (each target once); names under a delegation are a
 * referral with the glue that the zone holds.
 * Left out: DNAME, DNSSEC.
 */
import { type DnsName, labelsOf, nameKey, nameText, parentName } from '@netarium/core/wire/dns-name.ts';
import { CLASS, type Question, RCODE, type ResourceRecord, TYPE } from '@netarium/core/wire/dns-types.ts';
import { type RecordSet, recordsOf, type Zone, type ZoneNode } from './zone.ts';

export interface Answer {
  readonly rcode: number;
  readonly authoritative: boolean;
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
  /** Set where the zones hold no more: the rest must come from elsewhere. */
  readonly open?:
    | { readonly kind: 'referral'; readonly cut: DnsName }
    /** A CNAME led out of the zones. */
    | { readonly kind: 'alias'; readonly target: DnsName };
}

export interface AnswerOptions {
  /** Without authority and additional sections where they are not needed (BIND's minimal-responses). */
  readonly minimal: boolean;
  /** Without the zone's servers in the authority section, but with additional records (BIND's no-auth). */
  readonly noAuthority?: boolean;
  /** Follow aliases and look for addresses in all zones; else only in that of the question, as BIND does without recursion. */
  readonly acrossZones: boolean;
  /** Every record set begins with this record, modulo its size (BIND's rrset-order). */
  readonly rotate: number;
}

/** The zone with the longest origin above `name`. */
export function zoneOf(zones: ReadonlyMap<string, Zone>, name: DnsName): Zone | undefined {
  for (let at: DnsName | undefined = name; at !== undefined; at = parentName(at)) {
    const zone = zones.get(nameKey(at));
    if (zone) return zone;
  }
  return undefined;
}

type Found =
  | { readonly kind: 'node'; readonly node: ZoneNode }
  | { readonly kind: 'cut'; readonly set: RecordSet }
  | { readonly kind: 'nothing' };

/** Walks from the apex down to the name, stopping at the first zone cut. */
function find(zone: Zone, name: DnsName): Found {
  const labels = labelsOf(name);
  const apexDepth = labelsOf(zone.origin).length;
  let encloser: DnsName = zone.origin;
  for (let depth = apexDepth; depth <= labels.length; depth++) {
    const at = nameText(labels.slice(labels.length - depth));
    const node = zone.nodes.get(nameKey(at));
    if (!node) return wildcard(zone, encloser);
    const delegation = depth > apexDepth ? node.get(TYPE.NS) : undefined;
    if (delegation) return { kind: 'cut', set: delegation };
    if (depth === labels.length) return { kind: 'node', node };
    encloser = at;
  }
  return { kind: 'nothing' };
}

/** RFC 4592 section 3.3.1: only the asterisk label below the closest encloser counts. */
function wildcard(zone: Zone, encloser: DnsName): Found {
  const star = zone.nodes.get(nameKey(encloser === '.' ? '*.' : `*.${encloser}`));
  if (!star) return { kind: 'nothing' };
  const delegation = star.get(TYPE.NS);
  return delegation ? { kind: 'cut', set: delegation } : { kind: 'node', node: star };
}

class AnswerBuilder {
  readonly answers: ResourceRecord[] = [];
  readonly authorities: ResourceRecord[] = [];
  private readonly targets: DnsName[] = [];
  private firstZone: Zone | undefined;
  private readonly seen = new Set<string>();

  constructor(
    private readonly zones: ReadonlyMap<string, Zone>,
    private readonly type: number,
    private readonly options: AnswerOptions,
  ) {}

  /** Answers for `name`, following aliases. */
  run(name: DnsName): Answer {
    for (let at = name; ; ) {
      this.seen.add(nameKey(at));
      const zone = zoneOf(this.zones, at);
      if (!zone || !this.mayUse(zone)) return this.done(RCODE.NOERROR, { kind: 'alias', target: at });
      const found = find(zone, at);
      if (found.kind === 'cut') return this.referral(found.set);
      if (found.kind === 'nothing') {
        this.addSoa(zone, this.type === TYPE.SOA);
        return this.done(RCODE.NXDOMAIN);
      }
      const alias = this.type === TYPE.CNAME || this.type === TYPE.ANY ? undefined : found.node.get(TYPE.CNAME);
      const target = alias?.data[0];
      if (alias && target?.kind === 'CNAME') {
        this.add(this.answers, alias, at);
        // A circle: BIND says SERVFAIL and shows it.
        if (this.seen.has(nameKey(target.target))) return this.done(RCODE.SERVFAIL);
        at = target.target;
        continue;
      }
      return this.fromNode(zone, at, found.node);
    }
  }

  private mayUse(zone: Zone): boolean {
    this.firstZone ??= zone;
    return this.options.acrossZones || zone === this.firstZone;
  }

  private fromNode(zone: Zone, name: DnsName, node: ZoneNode): Answer {
    // RFC 8482 section 4.1: one of the record sets is an answer to ANY.
    const set = this.type === TYPE.ANY ? node.values().next().value : node.get(this.type);
    if (!set) {
      this.addSoa(zone);
      return this.done(RCODE.NOERROR);
    }
    this.add(this.answers, set, name);
    const apexNs = zone.nodes.get(nameKey(zone.origin))?.get(TYPE.NS);
    if (apexNs && !this.options.minimal && !this.options.noAuthority && set !== apexNs)
      this.add(this.authorities, apexNs, apexNs.name);
    return this.done(RCODE.NOERROR);
  }

  private referral(cut: RecordSet): Answer {
    // AA speaks of the first name in the answer section (RFC 1035 section 4.1.1): an alias of ours keeps it.
    this.add(this.authorities, cut, cut.name);
    return this.done(RCODE.NOERROR, { kind: 'referral', cut: cut.name });
  }

  private add(section: ResourceRecord[], set: RecordSet, name: DnsName): void {
    const from = this.options.rotate % set.data.length;
    const records = recordsOf(set, name);
    section.push(...records.slice(from), ...records.slice(0, from));
    for (const data of set.data) {
      if (data.kind === 'NS' || data.kind === 'SRV') this.targets.push(data.target);
      else if (data.kind === 'MX') this.targets.push(data.exchange);
    }
  }

  /** RFC 2308 section 3: the SOA with the lesser of its TTL and its minimum field; or 0, as BIND has it where no SOA was found (zero-no-soa-ttl). */
  private addSoa(zone: Zone, zero = false): void {
    const ttl = zero ? 0 : Math.min(zone.soaTtl, zone.soa.minimum);
    this.authorities.push({ name: zone.origin, type: TYPE.SOA, class: CLASS.IN, ttl, data: zone.soa });
  }

  private done(rcode: number, open?: Answer['open']): Answer {
    const referral = open?.kind === 'referral';
    return {
      rcode,
      authoritative: this.answers.length > 0 || open === undefined,
      answers: this.answers,
      authorities: this.authorities,
      additionals: this.options.minimal && !referral ? [] : this.addresses(referral),
      ...(open ? { open } : {}),
    };
  }

  /** Addresses of the servers and exchanges named in the answer, where our zones hold them. A referral has glue alone: addresses below a cut. */
  private addresses(glueOnly: boolean): ResourceRecord[] {
    const out: ResourceRecord[] = [];
    const done = new Set(this.answers.map((one) => `${nameKey(one.name)} ${one.type}`));
    for (const target of this.targets) {
      const zone = zoneOf(this.zones, target);
      if (!zone || !this.mayUse(zone) || (glueOnly && find(zone, target).kind !== 'cut')) continue;
      const node = zone.nodes.get(nameKey(target));
      for (const type of [TYPE.A, TYPE.AAAA]) {
        const key = `${nameKey(target)} ${type}`;
        const set = node?.get(type);
        if (set && !done.has(key)) out.push(...recordsOf(set));
        done.add(key);
      }
    }
    return out;
  }
}

/** The answer of these zones; undefined where none of them holds the name. */
export function answerFromZones(
  zones: ReadonlyMap<string, Zone>,
  question: Question,
  options: AnswerOptions,
): Answer | undefined {
  if (!zoneOf(zones, question.name)) return undefined;
  return new AnswerBuilder(zones, question.type, options).run(question.name);
}
