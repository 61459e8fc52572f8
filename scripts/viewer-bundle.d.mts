/** The viewer's script and style as text. */
export function viewerBundle(): Promise<{ readonly script: string; readonly style: string }>;
