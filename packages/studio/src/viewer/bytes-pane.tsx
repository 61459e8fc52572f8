/** The bytes of a packet in lines of sixteen, with those of the shown field marked; a byte under the pointer shows its field. */
import type { TreeNode } from '@netarium/core/wire/tree-node.ts';

const LINE = 16;
/** More lines than these nobody reads, and a page would be slow. */
const MOST_BYTES = 2048;

interface BytesProps {
  readonly bytes: Uint8Array;
  readonly nodes: readonly TreeNode[];
  readonly shown: TreeNode | undefined;
  onShow(node: TreeNode | undefined): void;
}

/** The innermost field that a byte belongs to. */
function nodeAt(nodes: readonly TreeNode[], at: number): TreeNode | undefined {
  for (const node of nodes) {
    if (node.name === 'frame' || at < node.start || at >= node.end) continue;
    return nodeAt(node.children, at) ?? node;
  }
  return undefined;
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
const letter = (byte: number): string => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·');

export function BytesPane({ bytes, nodes, shown, onShow }: BytesProps) {
  const lines: number[] = [];
  for (let at = 0; at < Math.min(bytes.length, MOST_BYTES); at += LINE) lines.push(at);
  const inField = (at: number): boolean =>
    shown !== undefined && shown.name !== 'frame' && at >= shown.start && at < shown.end;
  return (
    <div className="bytes">
      {lines.map((start) => {
        const line = [...bytes.subarray(start, start + LINE)];
        return (
          <div key={start} className="line">
            <span className="offset">{start.toString(16).padStart(4, '0')}</span>
            <span className="hex">
              {line.map((byte, i) => (
                // biome-ignore lint/a11y/noStaticElementInteractions: the layers say the same for who has no pointer
                <span
                  // biome-ignore lint/suspicious/noArrayIndexKey: a byte is its place
                  key={i}
                  className={inField(start + i) ? 'shown' : ''}
                  onMouseEnter={() => onShow(nodeAt(nodes, start + i))}
                >
                  {hex(byte)}
                </span>
              ))}
            </span>
            <span className="letters" aria-hidden="true">
              {line.map(letter).join('')}
            </span>
          </div>
        );
      })}
      {bytes.length > MOST_BYTES && <div className="line">… {bytes.length - MOST_BYTES}</div>}
    </div>
  );
}
