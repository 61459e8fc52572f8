/** The layers of a packet as a tree: every header with its fields. */
import { formatDuration } from '@netarium/core/time/instant.ts';
import type { TreeNode } from '@netarium/core/wire/tree-node.ts';
import { answerOf } from '@netarium/view/packets/answers.ts';
import type { PacketList } from '@netarium/view/packets/packet-list.ts';
import { useMemo } from 'react';
import { useViewer } from './context.tsx';

interface ShownProps {
  readonly shown: TreeNode | undefined;
  onShow(node: TreeNode | undefined): void;
}

interface LayersProps extends ShownProps {
  readonly list: PacketList;
  readonly row: number;
  readonly nodes: readonly TreeNode[];
}

export function LayersPane({ list, row, nodes, shown, onShow }: LayersProps) {
  const { m } = useViewer();
  return (
    <section className="layers" aria-label={m.layers}>
      <Other list={list} row={row} />
      {nodes.map((node) => (
        <Layer key={placeOf(node)} node={node} shown={shown} onShow={onShow} />
      ))}
    </section>
  );
}

/** The way to the packet that answers this one, or that this one answers. */
function Other({ list, row }: Pick<LayersProps, 'list' | 'row'>) {
  const { m, store } = useViewer();
  const answer = useMemo(() => answerOf(list, row), [list, row]);
  if (answer === undefined) return null;
  const [own, other] = [list.row(row), list.row(answer.row)];
  const say = answer.role === 'request' ? m.answeredBy : m.answerTo;
  return (
    <button
      type="button"
      className="field link"
      onClick={() =>
        store.set({ selection: { kind: 'packet', packet: other.packet }, nowNs: other.atNs, playing: false })
      }
    >
      {say(other.number, formatDuration(Math.abs(other.atNs - own.atNs)))}
    </button>
  );
}

/** A field of a packet by its name, its bytes and what it says. */
function placeOf({ name, start, end, show }: TreeNode): string {
  return `${name} ${start} ${end} ${show}`;
}

function Layer({ node, shown, onShow }: ShownProps & { readonly node: TreeNode }) {
  const { state, store } = useViewer();
  const text = node.text(state.language);
  const show = (): void => onShow(node);
  const marked = shown === node ? 'shown' : '';
  if (node.children.length === 0) {
    return (
      <button
        type="button"
        className={`field ${marked}`}
        title={node.name}
        data-explain={`field.${node.name}`}
        onMouseEnter={show}
        onFocus={show}
        onClick={() => {
          show();
          store.set({ explained: `field.${node.name}` });
        }}
      >
        {text}
      </button>
    );
  }
  return (
    <details onToggle={show}>
      <summary className={marked} title={node.name} data-explain={`field.${node.name}`}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: opening the layer shows its bytes to who has no pointer */}
        <span onMouseEnter={show}>{text}</span>
      </summary>
      {node.children.map((child) => (
        <Layer key={placeOf(child)} node={child} shown={shown} onShow={onShow} />
      ))}
    </details>
  );
}
