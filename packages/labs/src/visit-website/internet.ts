/** The little Internet behind the laptop: zones, pages and configuration files of its servers, as their administrators would write them. */

export const ADDRESS = {
  gateway: '10.0.1.1',
  resolver: '198.51.100.53',
  root: '198.51.100.10',
  test: '198.51.100.11',
  shop: '198.51.100.12',
  web: '198.51.100.80',
} as const;

const SOA = 'SOA ns1.registry.test. admin.registry.test. 2026010101 3600 600 86400 60';

export const rootZone = `$TTL 86400
. ${SOA}
. NS a.root-servers.test.
a.root-servers.test. A ${ADDRESS.root}
test. NS ns1.registry.test.
ns1.registry.test. A ${ADDRESS.test}
`;

export const testZone = `$ORIGIN test.
$TTL 3600
@ ${SOA}
@ NS ns1.registry
ns1.registry A ${ADDRESS.test}
a.root-servers A ${ADDRESS.root}
shop NS ns.shop
ns.shop A ${ADDRESS.shop}
`;

export const shopZone = `$ORIGIN shop.test.
$TTL 300
@ SOA ns admin 2026010101 3600 600 86400 60
@ NS ns
ns A ${ADDRESS.shop}
www CNAME web
web 120 A ${ADDRESS.web}
`;

export const rootHints = `. 3600000 NS a.root-servers.test.
a.root-servers.test. 3600000 A ${ADDRESS.root}
`;

/** An authoritative server of one zone. */
export function authoritative(zone: string, content: string): Readonly<Record<string, string>> {
  return {
    '/etc/bind/named.conf': `options { directory "/etc/bind"; recursion no; };\nzone "${zone}" { type primary; file "db.zone"; };\n`,
    '/etc/bind/db.zone': content,
  };
}

export const resolverFiles: Readonly<Record<string, string>> = {
  '/etc/bind/named.conf':
    'options { directory "/etc/bind"; recursion yes; };\nzone "." { type hint; file "db.root"; };\n',
  '/etc/bind/db.root': rootHints,
};

export const dhcpdConf = `authoritative;
default-lease-time 600;
max-lease-time 7200;
option domain-name-servers ${ADDRESS.resolver};
option domain-name "home.test";
subnet 10.0.1.0 netmask 255.255.255.0 {
  range 10.0.1.100 10.0.1.199;
  option routers ${ADDRESS.gateway};
}
`;

/** A screen of one dot, then a text extension (GIF89a sections 18, 25). */
const GIF_HEAD = 'GIF89a\x01\0\x01\0\0\0\0!\x01\x0c\0\0\0\0\x01\0\x01\0\x08\x08\0\0';
const GIF_END = '\0;';
const BLOCK_MAX = 127;

/** Two pictures of a few kilobytes, so that each takes several segments: sound files, though all there is to see is text. */
function picture(kilobytes: number): string {
  let out = GIF_HEAD;
  for (let left = kilobytes * 1024 - GIF_HEAD.length - GIF_END.length; left > 1; ) {
    const length = Math.min(BLOCK_MAX, left - 1);
    out += String.fromCharCode(length) + ''.padEnd(length, 'netarium ');
    left -= length + 1;
  }
  return out + GIF_END;
}

export const site: Readonly<Record<string, string>> = {
  '/srv/index.html': `<!DOCTYPE html>
<html><head><title>The shop</title></head>
<body><h1>Welcome to the shop</h1>
<p>Two pictures are all we sell.</p>
<img src="/apple.gif" alt="An apple"><img src="/pear.gif" alt="A pear">
</body></html>
`,
  '/srv/apple.gif': picture(6),
  '/srv/pear.gif': picture(9),
};
