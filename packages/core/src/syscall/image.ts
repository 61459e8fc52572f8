/** The type of an installed file tree, for those who put programs on hosts. */
export type { ImageNode } from '../os/files/inode.ts';
