/** A failure of the network or of the server, not of the program. */
export class Trouble extends Error {
  override readonly name: string = 'Trouble';
  constructor(
    message: string,
    /** It may go well later. */
    readonly again: boolean,
    readonly waitNs = 0,
  ) {
    super(message);
  }
}
