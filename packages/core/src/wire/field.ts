/**
 * Rows of the field tables. Each header has one table; a row names the field as Wireshark's filters do, says where its bits lie, how
 * its value is written and what it is called in English and Chinese. The packet tree, the filter language and the comparison with
 * tshark read the tables; the encoders and decoders use the same offsets, and a property test holds that a row reads back the value
 * that was encoded.
 */

export type FieldType =
  | 'uint'
  | 'int'
  | 'bool'
  | 'mac'
  | 'ipv4'
  | 'bytes'
  | 'string'
  /** Seconds as a decimal number. */
  | 'time'
  /** A protocol or a group: has children and no value to compare with. */
  | 'none';

/** How a number is written: Wireshark's base for the field. `hex` is padded to the field's width. */
export type FieldShow = 'dec' | 'hex';

export interface Field {
  /** Wireshark's filter name: `ip.ttl`. */
  readonly name: string;
  readonly type: FieldType;
  readonly show?: FieldShow;
  readonly en: string;
  readonly zh: string;
  /** Byte offset in the header and length; a field without a fixed place (options, generated fields) has neither. */
  readonly at?: number;
  readonly size?: number;
  /** Which bits of the `size` bytes belong to it; all where absent. The value is shifted down to bit 0. */
  readonly mask?: number;
  /** The value counts units of this many bytes, and Wireshark shows bytes. */
  readonly unit?: number;
  /** Value names. */
  readonly names?: ReadonlyMap<number, string>;
  /** Filter names that match this field too: `ip.addr` for `ip.src` and `ip.dst`. */
  readonly also?: readonly string[];
  /** The row whose node this one's node goes beneath. */
  readonly within?: string;
}

/** A header's table: the protocol and its rows. */
export interface HeaderTable {
  /** Wireshark's protocol name: `ip`. */
  readonly protocol: string;
  /** `Internet Protocol Version 4`. */
  readonly en: string;
  readonly zh: string;
  readonly fields: readonly Field[];
}
