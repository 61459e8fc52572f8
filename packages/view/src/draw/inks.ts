/** The light theme's colours, for pictures that leave the page: on white, texts and lines can be read and curves told apart. The page's test holds that they are its own. */
export const INKS = {
  text: '#16181d',
  'muted-text': '#555c68',
  muted: '#7b828e',
  line: '#b9c0ca',
  link: '#9a5f00',
  icmp: '#792c58',
  udp: '#236daf',
  tcp: '#1a5587',
  application: '#08693c',
  error: '#8e2e01',
  other: '#6d6c6b',
} as const;
