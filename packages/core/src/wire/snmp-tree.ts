/** The part of the packet tree for SNMP, version 1 and 2c: message, PDU and variables. Numbers stand for objects: no MIB is loaded. */
import { parseIpv4 } from '../base/address.ts';
import { decodeUtf8 } from '../base/utf8.ts';
import { add, type Dissector } from './dissector.ts';
import { type Field, type FieldValue, names, row } from './field.ts';
import { SNMP_PDU, type SnmpPduType, type SnmpValue } from './snmp.ts';
import { type DecodedSnmp, decodeSnmp, type PlacedVariable } from './snmp-decoder.ts';
import type { TreeNode } from './tree-node.ts';

const SNMP = row('snmp', 'none', 'Simple Network Management Protocol', '简单网络管理协议 SNMP');
const VERSION = row('snmp.version', 'uint', 'Version', '版本 Version', { names: names({ 'version-1': 0, v2c: 1 }) });
const COMMUNITY = row('snmp.community', 'string', 'Community', '团体名 Community');
/** By the type of the PDU: its name, and the field of its content. */
const PDUS: readonly (readonly [name: string, element: string])[] = [
  ['get-request', 'get_request'],
  ['get-next-request', 'get_next_request'],
  ['get-response', 'get_response'],
  ['set-request', 'set_request'],
  ['trap', 'trap'],
  ['getBulkRequest', 'getBulkRequest'],
  ['informRequest', 'informRequest'],
  ['snmpV2-trap', 'snmpV2_trap'],
  ['report', 'report'],
];
const DATA = row('snmp.data', 'uint', 'PDU', '协议数据单元 PDU', {
  names: new Map(PDUS.map(([name], type) => [type, name])),
});
const ELEMENTS = PDUS.map(([name, element]) => row(`snmp.${element}_element`, 'none', name, name));
const REQUEST_ID = row('snmp.request_id', 'uint', 'Request ID', '请求标识 Request ID');
/** RFC 3416 section 3, in the order of their numbers. */
const ERRORS =
  'noError tooBig noSuchName badValue readOnly genErr noAccess wrongType wrongLength wrongEncoding wrongValue noCreation inconsistentValue resourceUnavailable commitFailed undoFailed authorizationError notWritable inconsistentName';
const ERROR_STATUS = row('snmp.error_status', 'uint', 'Error Status', '错误状态 Error Status', {
  names: listed(ERRORS),
});
const ERROR_INDEX = row('snmp.error_index', 'uint', 'Error Index', '错误位置 Error Index');
const NON_REPEATERS = row('snmp.non_repeaters', 'uint', 'Non-repeaters', '不重复的变量数 Non-repeaters');
const MAX_REPETITIONS = row('snmp.max_repetitions', 'uint', 'Max Repetitions', '最多重复次数 Max Repetitions');
const ENTERPRISE = row('snmp.enterprise', 'string', 'Enterprise', '企业标识 Enterprise');
const AGENT_ADDRESS = row('snmp.agent_addr', 'ipv4', 'Agent Address', '代理地址 Agent Address');
const GENERIC_TRAP = row('snmp.generic_trap', 'uint', 'Generic Trap', '通用陷阱 Generic Trap', {
  names: listed('coldStart warmStart linkDown linkUp authenticationFailure egpNeighborLoss enterpriseSpecific'),
});
const SPECIFIC_TRAP = row('snmp.specific_trap', 'uint', 'Specific Trap', '专用陷阱 Specific Trap');
const TIME_STAMP = row('snmp.time_stamp', 'uint', 'Time Stamp', '时间戳 Time Stamp');
const BINDINGS = row('snmp.variable_bindings', 'uint', 'Variable Bindings', '变量绑定 Variable Bindings');
const NAME = row('snmp.name', 'string', 'Object Name', '对象名 Object Name');
const TEXT = row('snmp.var-bind_str', 'string', 'Text', '文本');
const value = (name: string, type: Field['type'], en: string): Field => row(`snmp.${name}`, type, en, `值 ${en}`);
const COUNTER = value('value.counter', 'uint', 'Counter');
const VALUES = {
  integer: value('value.int', 'uint', 'Integer32'),
  octets: value('value.octets', 'bytes', 'OctetString'),
  null: value('value.null', 'none', 'Null'),
  oid: value('value.oid', 'string', 'OID'),
  address: value('value.ipv4', 'ipv4', 'IpAddress'),
  counter32: COUNTER,
  gauge32: value('value.g32', 'uint', 'Gauge32'),
  timeticks: value('value.timeticks', 'uint', 'Timeticks'),
  opaque: value('value.opaque', 'bytes', 'Opaque'),
  counter64: COUNTER,
  noSuchObject: value('noSuchObject', 'none', 'noSuchObject'),
  noSuchInstance: value('noSuchInstance', 'none', 'noSuchInstance'),
  endOfMibView: value('endOfMibView', 'none', 'endOfMibView'),
} as const satisfies Record<SnmpValue['kind'], Field>;

const REQUEST_PARTS = [REQUEST_ID, ERROR_STATUS, ERROR_INDEX];
const BULK_PARTS = [REQUEST_ID, NON_REPEATERS, MAX_REPETITIONS];
const TRAP_PARTS = [ENTERPRISE, AGENT_ADDRESS, GENERIC_TRAP, SPECIFIC_TRAP, TIME_STAMP];

/** Every field of this file, for the filter language. */
export const SNMP_FIELDS: readonly Field[] = [
  SNMP,
  VERSION,
  COMMUNITY,
  DATA,
  ...ELEMENTS,
  ...REQUEST_PARTS,
  ...BULK_PARTS,
  ...TRAP_PARTS,
  BINDINGS,
  NAME,
  ...Object.values(VALUES),
  TEXT,
];

function listed(words: string): ReadonlyMap<number, string> {
  return new Map(words.split(' ').map((word, number) => [number, word]));
}

/** False where the datagram holds no message of these versions. */
export function snmpTree(d: Dissector, start: number, end: number): boolean {
  const decoded = decodeSnmp(d.bytes, start, end);
  if (decoded === undefined) return false;
  const { version, community, type, problem } = decoded;
  const node = d.open(SNMP, start, decoded.end);
  add(node, VERSION, version.value, version.start, version.end);
  if (community !== undefined) add(node, COMMUNITY, community.value, community.start, community.end);
  if (type !== undefined) pduTree(add(node, DATA, type.value, type.start, type.end), type.value, decoded);
  d.column('SNMP', info(decoded));
  if (problem !== undefined) d.malformed(node, problem.at, problem.text);
  return true;
}

function pduTree(data: TreeNode, type: SnmpPduType, { contentStart, parts, list, variables }: DecodedSnmp): void {
  const node = add(data, ELEMENTS[type]!, undefined, contentStart, data.end);
  const fields = type === SNMP_PDU.TRAP ? TRAP_PARTS : type === SNMP_PDU.GET_BULK ? BULK_PARTS : REQUEST_PARTS;
  parts.forEach((part, i) => {
    add(node, fields[i]!, shown(part.value), part.start, part.end);
  });
  if (list === undefined) return;
  const bindings = add(node, BINDINGS, variables.length, list.start, list.end);
  for (const variable of variables) variableTree(bindings, variable);
}

function variableTree(parent: TreeNode, { name, value: { value, start, end } }: PlacedVariable): void {
  add(parent, NAME, name.value, name.start, name.end);
  const node = add(parent, VALUES[value.kind], shown(value), start, end);
  if (value.kind === 'octets' && isText(value.bytes)) add(node, TEXT, decodeUtf8(value.bytes), start, end);
}

function shown(value: SnmpValue): FieldValue {
  switch (value.kind) {
    case 'octets':
    case 'opaque':
      return value.bytes;
    case 'oid':
      return value.oid;
    case 'address':
      return parseIpv4(value.address)!.key;
    case 'integer':
    case 'counter32':
    case 'gauge32':
    case 'timeticks':
      return value.value;
    case 'counter64':
      // What a number cannot hold exactly is shown as it is, and compared with nothing.
      return value.value <= Number.MAX_SAFE_INTEGER ? Number(value.value) : String(value.value);
    default:
      return undefined;
  }
}

/** Printable ASCII and blanks, as tshark takes octets for a text. */
function isText(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));
}

function info({ type, parts, variables }: DecodedSnmp): string {
  if (type === undefined) return '';
  const [first] = parts;
  const words = [PDUS[type.value]![0]];
  if (first?.value.kind === 'oid') words.push(first.value.oid.replace(/^1\./, 'iso.'));
  return [...words, ...variables.map(({ name }) => name.value)].join(' ');
}
