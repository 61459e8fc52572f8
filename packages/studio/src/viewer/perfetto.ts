/**
 * Hands a trace to Perfetto's page in a window of its own, as that documents it ("Deep linking to the Perfetto UI"): PING until it answers PONG, then the bytes,
 * from window to window. The one place where this page leads elsewhere, and only when a person asks for it; no trace goes to a server.
 */
const PERFETTO = 'https://ui.perfetto.dev';
const PING_MS = 100;
/** A page that has not answered by then is not there. */
const PATIENCE_MS = 30_000;

export interface Trace {
  readonly title: string;
  readonly fileName: string;
  readonly buffer: ArrayBuffer;
}

/** To be called while a click or a key is handled: browsers open no window at other times. False where nobody answers. */
export async function handToPerfetto(making: () => Promise<Trace | undefined>): Promise<boolean> {
  const opened = window.open(PERFETTO);
  if (opened === null) return false;
  const trace = await making();
  if (trace === undefined || !(await answers(opened))) return false;
  opened.postMessage({ perfetto: trace }, PERFETTO);
  return true;
}

function answers(opened: Window): Promise<boolean> {
  return new Promise((resolve) => {
    const endAt = performance.now() + PATIENCE_MS;
    const done = (answered: boolean): void => {
      clearInterval(timer);
      window.removeEventListener('message', hear);
      resolve(answered);
    };
    const hear = ({ source, origin, data }: MessageEvent): void => {
      if (source === opened && origin === PERFETTO && data === 'PONG') done(true);
    };
    const timer = setInterval(() => {
      if (opened.closed || performance.now() > endAt) done(false);
      else opened.postMessage('PING', PERFETTO);
    }, PING_MS);
    window.addEventListener('message', hear);
  });
}
