/** The field table of DNS, by section of the message. */
import { type Field, flag, row } from './field.ts';

export const DNS = row('dns', 'none', 'Domain Name System', '域名系统 DNS');
export const LENGTH = row('dns.length', 'uint', 'Length', '长度 Length');
export const ID = row('dns.id', 'uint', 'Transaction ID', '事务标识 Transaction ID', { hexDigits: 4 });
export const FLAGS = row('dns.flags', 'uint', 'Flags', '标志 Flags', { hexDigits: 4 });
const bit = (name: string, mask: number, en: string, zh: string): Field =>
  flag(`dns.flags.${name}`, 2, 2, mask, en, zh, 'dns.flags');
export const RESPONSE = bit('response', 0x8000, 'Response', '响应 Response');
export const OPCODE = row('dns.flags.opcode', 'uint', 'Opcode', '操作码 Opcode');
const AUTHORITATIVE = bit('authoritative', 0x0400, 'Authoritative', '权威 AA');
const TRUNCATED = bit('truncated', 0x0200, 'Truncated', '截断 TC');
const RECURSION_DESIRED = bit('recdesired', 0x0100, 'Recursion desired', '期望递归 RD');
const RECURSION_AVAILABLE = bit('recavail', 0x0080, 'Recursion available', '可用递归 RA');
export const Z = bit('z', 0x0040, 'Z', 'Z');
const AUTHENTICATED = bit('authenticated', 0x0020, 'Answer authenticated', '已验证 AD');
const CHECK_DISABLED = bit('checkdisable', 0x0010, 'Non-authenticated data', '不验证 CD');
export const RCODE = row('dns.flags.rcode', 'uint', 'Reply code', '返回码 RCODE');
export const QUERIES = row('dns.count.queries', 'uint', 'Questions', '问题数');
export const ANSWERS = row('dns.count.answers', 'uint', 'Answer RRs', '回答记录数');
export const AUTHORITIES = row('dns.count.auth_rr', 'uint', 'Authority RRs', '授权记录数');
export const ADDITIONALS = row('dns.count.add_rr', 'uint', 'Additional RRs', '附加记录数');
export const QUERY_NAME = row('dns.qry.name', 'string', 'Name', '域名 Name');
export const QUERY_NAME_LENGTH = row('dns.qry.name.len', 'uint', 'Name Length', '域名长度');
export const LABELS = row('dns.count.labels', 'uint', 'Label Count', '标签数');
export const QUERY_TYPE = row('dns.qry.type', 'uint', 'Type', '类型 Type');
export const QUERY_CLASS = row('dns.qry.class', 'uint', 'Class', '类别 Class', { hexDigits: 4 });
export const NAME = row('dns.resp.name', 'string', 'Name', '域名 Name');
export const RECORD_TYPE = row('dns.resp.type', 'uint', 'Type', '类型 Type');
export const RECORD_CLASS = row('dns.resp.class', 'uint', 'Class', '类别 Class', { hexDigits: 4 });
export const TTL = row('dns.resp.ttl', 'uint', 'Time to live', '生存时间 TTL');
export const DATA_LENGTH = row('dns.resp.len', 'uint', 'Data length', '数据长度');
export const PAYLOAD_SIZE = row('dns.rr.udp_payload_size', 'uint', 'UDP payload size', 'UDP 载荷上限');
export const EXTENDED_RCODE = row('dns.resp.ext_rcode', 'uint', 'Higher bits in extended RCODE', '扩展返回码高位', {
  hexDigits: 2,
});
export const EDNS_VERSION = row('dns.resp.edns0_version', 'uint', 'EDNS0 version', 'EDNS0 版本');
export const EDNS_Z = row('dns.resp.z', 'uint', 'Z', 'Z', { hexDigits: 4 });
export const DNSSEC_OK = row('dns.resp.z.do', 'bool', 'DO bit', 'DNSSEC 标志 DO');
export const EDNS_RESERVED = row('dns.resp.z.reserved', 'uint', 'Reserved', '保留', { hexDigits: 4 });
export const A = row('dns.a', 'ipv4', 'Address', '地址 Address');
export const AAAA = row('dns.aaaa', 'string', 'AAAA Address', 'IPv6 地址');
export const NS = row('dns.ns', 'string', 'Name Server', '域名服务器');
export const CNAME = row('dns.cname', 'string', 'CNAME', '别名 CNAME');
export const PTR = row('dns.ptr.domain_name', 'string', 'Domain Name', '域名');
export const MX_PREFERENCE = row('dns.mx.preference', 'uint', 'Preference', '优先级');
export const MX = row('dns.mx.mail_exchange', 'string', 'Mail Exchange', '邮件服务器');
export const TXT_LENGTH = row('dns.txt.length', 'uint', 'TXT Length', '文本长度');
export const TXT = row('dns.txt', 'string', 'TXT', '文本 TXT');
export const SRV_SERVICE = row('dns.srv.service', 'string', 'Service', '服务');
export const SRV_PROTOCOL = row('dns.srv.proto', 'string', 'Protocol', '协议');
export const SRV_NAME = row('dns.srv.name', 'string', 'Name', '域名');
export const SRV_PRIORITY = row('dns.srv.priority', 'uint', 'Priority', '优先级');
export const SRV_WEIGHT = row('dns.srv.weight', 'uint', 'Weight', '权重');
export const SRV_PORT = row('dns.srv.port', 'uint', 'Port', '端口');
export const SRV_TARGET = row('dns.srv.target', 'string', 'Target', '目标主机');
export const SOA_PRIMARY = row('dns.soa.mname', 'string', 'Primary name server', '主域名服务器');
export const SOA_MAILBOX = row('dns.soa.rname', 'string', "Responsible authority's mailbox", '管理员邮箱');
export const SOA_SERIAL = row('dns.soa.serial_number', 'uint', 'Serial Number', '序列号');
export const SOA_REFRESH = row('dns.soa.refresh_interval', 'uint', 'Refresh Interval', '刷新间隔');
export const SOA_RETRY = row('dns.soa.retry_interval', 'uint', 'Retry Interval', '重试间隔');
export const SOA_EXPIRE = row('dns.soa.expire_limit', 'uint', 'Expire limit', '过期时限');
export const SOA_MINIMUM = row('dns.soa.minimum_ttl', 'uint', 'Minimum TTL', '最小 TTL');

export const HEADER_BITS = [
  RESPONSE,
  AUTHORITATIVE,
  TRUNCATED,
  RECURSION_DESIRED,
  RECURSION_AVAILABLE,
  Z,
  AUTHENTICATED,
  CHECK_DISABLED,
];
/** Bits that Wireshark shows in responses only. */
export const RESPONSE_ONLY: ReadonlySet<Field> = new Set([AUTHORITATIVE, RECURSION_AVAILABLE, AUTHENTICATED]);

/** Every field of this file, for the filter language. */
export const DNS_FIELDS: readonly Field[] = [
  DNS,
  LENGTH,
  ID,
  FLAGS,
  ...HEADER_BITS,
  OPCODE,
  RCODE,
  QUERIES,
  ANSWERS,
  AUTHORITIES,
  ADDITIONALS,
  QUERY_NAME,
  QUERY_NAME_LENGTH,
  LABELS,
  QUERY_TYPE,
  QUERY_CLASS,
  NAME,
  RECORD_TYPE,
  RECORD_CLASS,
  TTL,
  DATA_LENGTH,
  PAYLOAD_SIZE,
  EXTENDED_RCODE,
  EDNS_VERSION,
  EDNS_Z,
  DNSSEC_OK,
  EDNS_RESERVED,
  A,
  AAAA,
  NS,
  CNAME,
  PTR,
  MX_PREFERENCE,
  MX,
  TXT_LENGTH,
  TXT,
  SRV_SERVICE,
  SRV_PROTOCOL,
  SRV_NAME,
  SRV_PRIORITY,
  SRV_WEIGHT,
  SRV_PORT,
  SRV_TARGET,
  SOA_PRIMARY,
  SOA_MAILBOX,
  SOA_SERIAL,
  SOA_REFRESH,
  SOA_RETRY,
  SOA_EXPIRE,
  SOA_MINIMUM,
];
