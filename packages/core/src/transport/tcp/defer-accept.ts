/** TCP_DEFER_ACCEPT: seconds are kept as rounds of the SYN-ACK timer (secs_to_retrans), and told as what those take (retrans_to_secs). */
const ROUNDS_MAX = 255;
const INTERVAL_MAX_SECONDS = 120;

export function deferRounds(seconds: number): number {
  if (seconds <= 0) return 0;
  let rounds = 1;
  while (seconds > deferSeconds(rounds) && rounds < ROUNDS_MAX) rounds++;
  return rounds;
}

export function deferSeconds(rounds: number): number {
  let seconds = 0;
  let interval = 1;
  for (let round = 0; round < rounds; round++) {
    seconds += interval;
    interval = Math.min(2 * interval, INTERVAL_MAX_SECONDS);
  }
  return seconds;
}
