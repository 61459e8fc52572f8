/** The first node of every packet: what the capture says about the frame as a whole. */
import { addGenerated, type Dissector } from './dissector.ts';
import { type Field, row } from './field.ts';

const FRAME = row('frame', 'none', 'Frame', '帧 Frame');
const INTERFACE = row('frame.interface_name', 'string', 'Interface name', '接口名 Interface name');
const EPOCH = row('frame.time_epoch', 'string', 'Epoch Time', '纪元时间 Epoch Time');
const DELTA = row('frame.time_delta', 'time', 'Time delta from previous captured frame', '距上一帧 Time delta');
const RELATIVE = row(
  'frame.time_relative',
  'time',
  'Time since reference or first frame',
  '距首帧 Time since first frame',
);
const NUMBER = row('frame.number', 'uint', 'Frame Number', '帧编号 Frame Number');
const LENGTH = row('frame.len', 'uint', 'Frame Length', '帧长度 Frame Length');
const CAPTURED = row('frame.cap_len', 'uint', 'Capture Length', '捕获长度 Capture Length');
const PROTOCOLS = row('frame.protocols', 'string', 'Protocols in frame', '帧内协议 Protocols in frame');

export const FRAME_FIELDS: readonly Field[] = [
  FRAME,
  INTERFACE,
  EPOCH,
  DELTA,
  RELATIVE,
  NUMBER,
  LENGTH,
  CAPTURED,
  PROTOCOLS,
];

/** Called last, when the protocols are known; the node still comes first. */
export function frameTree(d: Dissector): void {
  const { bytes, context } = d;
  const protocols = d.protocols.join(':');
  const node = d.open(FRAME, 0, bytes.length);
  d.protocols.pop();
  d.nodes.unshift(d.nodes.pop()!);
  if (context.interfaceName !== undefined) addGenerated(node, INTERFACE, context.interfaceName, 0);
  if (context.epochSeconds !== undefined) {
    addGenerated(node, EPOCH, `${context.epochSeconds}.${String(context.epochNs ?? 0).padStart(9, '0')}`, 0);
  }
  if (context.deltaNs !== undefined) addGenerated(node, DELTA, context.deltaNs, 0);
  if (context.relativeNs !== undefined) addGenerated(node, RELATIVE, context.relativeNs, 0);
  if (context.number !== undefined) addGenerated(node, NUMBER, context.number, 0);
  addGenerated(node, LENGTH, bytes.length, 0);
  addGenerated(node, CAPTURED, bytes.length, 0);
  addGenerated(node, PROTOCOLS, protocols, 0);
}
