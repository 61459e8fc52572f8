/** A transfer's failure: curl's exit code and the text after it. */
export class CurlError extends Error {
  override readonly name = 'CurlError';

  constructor(
    readonly code: number,
    text: string,
  ) {
    super(text);
  }
}

/** Exit codes of curl(1) that can happen here. */
export const CURLE = Object.freeze({
  UNSUPPORTED_PROTOCOL: 1,
  URL_MALFORMAT: 3,
  COULDNT_RESOLVE_HOST: 6,
  COULDNT_CONNECT: 7,
  PARTIAL_FILE: 18,
  HTTP_RETURNED_ERROR: 22,
  WRITE_ERROR: 23,
  OPERATION_TIMEDOUT: 28,
  TOO_MANY_REDIRECTS: 47,
  GOT_NOTHING: 52,
  SEND_ERROR: 55,
  RECV_ERROR: 56,
  WEIRD_SERVER_REPLY: 8,
});
