/** One script with what dash 0.5.12 makes of it. The same table is asserted against the real dash and against our shell. */
export interface DashCase {
  readonly name: string;
  readonly script: string;
  readonly stdout: string;
  readonly stderr?: string;
  readonly status?: number;
}
