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

const rootHints = `. 3600000 NS a.root-servers.test.
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

const CHUNK_HEAD = 8;

function littleEndian(value: number): string {
  return String.fromCharCode(value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff);
}

/**
 * Two pictures of a few kilobytes, so that each takes several segments: WebP containers (RFC 9649) with a chunk of a kind that readers pass over. Their names
 * have no known ending, so that they are sent as mere bytes: analysers would take the first segment of an image for a broken file.
 */
function picture(kilobytes: number): string {
  const length = kilobytes * 1024;
  const filling = length - 3 * 4 - CHUNK_HEAD;
  return `RIFF${littleEndian(length - 8)}WEBPnote${littleEndian(filling)}${''.padEnd(filling, 'netarium ')}`;
}

export const site: Readonly<Record<string, string>> = {
  '/srv/index.html': `<!DOCTYPE html>
<html><head><title>The shop</title></head>
<body><h1>Welcome to the shop</h1>
<p>Two pictures are all we sell.</p>
<img src="/apple.img" alt="An apple"><img src="/pear.img" alt="A pear">
</body></html>
`,
  '/srv/apple.img': picture(6),
  '/srv/pear.img': picture(9),
};
