/** The handbook's script and style, as text. */
export function bookBundle(): Promise<{ readonly script: string; readonly style: string }>;
