/** The layers of a packet as a tree: every header with its fields. */
import type { TreeNode } from '@netarium/core/wire/tree-node.ts';
import { useViewer } from './context.tsx';

interface LayersProps {
  readonly nodes: readonly TreeNode[];
  readonly shown: TreeNode | undefined;
  onShow(node: TreeNode | undefined): void;
}

export function LayersPane({ nodes, shown, onShow }: LayersProps) {
  const { m } = useViewer();
  return (
    <section className="layers" aria-label={m.layers}>
      {nodes.map((node) => (
        <Layer key={placeOf(node)} node={node} shown={shown} onShow={onShow} />
      ))}
    </section>
  );
}

/** A field of a packet by its name, its bytes and what it says. */
function placeOf({ name, start, end, show }: TreeNode): string {
  return `${name} ${start} ${end} ${show}`;
}

function Layer({ node, shown, onShow }: Omit<LayersProps, 'nodes'> & { readonly node: TreeNode }) {
  const { state } = useViewer();
  const text = node.text(state.language);
  const show = (): void => onShow(node);
  const marked = shown === node ? 'shown' : '';
  if (node.children.length === 0) {
    return (
      <button
        type="button"
        className={`field ${marked}`}
        title={node.name}
        onMouseEnter={show}
        onFocus={show}
        onClick={show}
      >
        {text}
      </button>
    );
  }
  return (
    <details onToggle={show}>
      <summary className={marked} title={node.name}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: opening the layer shows its bytes to who has no pointer */}
        <span onMouseEnter={show}>{text}</span>
      </summary>
      {node.children.map((child) => (
        <Layer key={placeOf(child)} node={child} shown={shown} onShow={onShow} />
      ))}
    </details>
  );
}
