/** DHCP options: code, name, and the shape of the content (RFC 2132). Codes that are not here are kept as bytes. */

export const DHCP_OPTION = {
  PAD: 0,
  SUBNET_MASK: 1,
  ROUTERS: 3,
  NAME_SERVERS: 6,
  HOST_NAME: 12,
  DOMAIN_NAME: 15,
  INTERFACE_MTU: 26,
  BROADCAST: 28,
  REQUESTED_ADDRESS: 50,
  LEASE_TIME: 51,
  OVERLOAD: 52,
  MESSAGE_TYPE: 53,
  SERVER_ID: 54,
  PARAMETER_LIST: 55,
  MESSAGE: 56,
  MAX_SIZE: 57,
  RENEWAL_TIME: 58,
  REBINDING_TIME: 59,
  VENDOR_CLASS: 60,
  CLIENT_ID: 61,
  END: 255,
} as const;

/** Values of option 53 (RFC 2132 section 9.6). */
export const DHCP_TYPE = {
  DISCOVER: 1,
  OFFER: 2,
  REQUEST: 3,
  DECLINE: 4,
  ACK: 5,
  NAK: 6,
  RELEASE: 7,
  INFORM: 8,
} as const;

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(DHCP_TYPE).map(([name, code]) => [code, name]));

/** `DHCPDISCOVER`, or `type 99`. */
export function dhcpTypeName(type: number): string {
  const name = TYPE_NAMES.get(type);
  return name === undefined ? `type ${type}` : `DHCP${name}`;
}

/** An option's value. Addresses are text; `text` has one character per byte. */
export type DhcpOption =
  | { readonly code: number; readonly kind: 'address'; readonly address: string }
  | { readonly code: number; readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly code: number; readonly kind: 'number'; readonly value: number }
  | { readonly code: number; readonly kind: 'text'; readonly text: string }
  | { readonly code: number; readonly kind: 'codes'; readonly codes: readonly number[] }
  /** An unknown option, or a known one whose bytes do not have its shape. */
  | { readonly code: number; readonly kind: 'raw'; readonly bytes: Uint8Array };

export interface OptionShape {
  readonly name: string;
  readonly kind: DhcpOption['kind'];
  /** Bytes of a number. */
  readonly size?: 1 | 2 | 4;
}

export const OPTION_SHAPES: ReadonlyMap<number, OptionShape> = new Map<number, OptionShape>([
  [DHCP_OPTION.SUBNET_MASK, { name: 'subnet-mask', kind: 'address' }],
  [DHCP_OPTION.ROUTERS, { name: 'routers', kind: 'addresses' }],
  [DHCP_OPTION.NAME_SERVERS, { name: 'domain-name-servers', kind: 'addresses' }],
  [DHCP_OPTION.HOST_NAME, { name: 'host-name', kind: 'text' }],
  [DHCP_OPTION.DOMAIN_NAME, { name: 'domain-name', kind: 'text' }],
  [DHCP_OPTION.INTERFACE_MTU, { name: 'interface-mtu', kind: 'number', size: 2 }],
  [DHCP_OPTION.BROADCAST, { name: 'broadcast-address', kind: 'address' }],
  [DHCP_OPTION.REQUESTED_ADDRESS, { name: 'dhcp-requested-address', kind: 'address' }],
  [DHCP_OPTION.LEASE_TIME, { name: 'dhcp-lease-time', kind: 'number', size: 4 }],
  [DHCP_OPTION.OVERLOAD, { name: 'dhcp-option-overload', kind: 'number', size: 1 }],
  [DHCP_OPTION.MESSAGE_TYPE, { name: 'dhcp-message-type', kind: 'number', size: 1 }],
  [DHCP_OPTION.SERVER_ID, { name: 'dhcp-server-identifier', kind: 'address' }],
  [DHCP_OPTION.PARAMETER_LIST, { name: 'dhcp-parameter-request-list', kind: 'codes' }],
  [DHCP_OPTION.MESSAGE, { name: 'dhcp-message', kind: 'text' }],
  [DHCP_OPTION.MAX_SIZE, { name: 'dhcp-max-message-size', kind: 'number', size: 2 }],
  [DHCP_OPTION.RENEWAL_TIME, { name: 'dhcp-renewal-time', kind: 'number', size: 4 }],
  [DHCP_OPTION.REBINDING_TIME, { name: 'dhcp-rebinding-time', kind: 'number', size: 4 }],
  [DHCP_OPTION.VENDOR_CLASS, { name: 'vendor-class-identifier', kind: 'text' }],
  [DHCP_OPTION.CLIENT_ID, { name: 'dhcp-client-identifier', kind: 'raw' }],
]);
