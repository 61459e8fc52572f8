/** Zones and configurations of the name servers in the lab, as their administrators would write them. */

export const ADDRESS = {
  forwarder: '10.0.0.2',
  resolver: '10.0.0.3',
  root: '10.0.0.10',
  tld: '10.0.0.11',
  shop: '10.0.0.12',
} as const;

/** Seconds that the address of www may be kept. */
export const WWW_TTL_S = 120;

const rootZone = `$TTL 86400
. SOA ns.tld.test. admin.tld.test. 1 3600 600 86400 60
. NS root.tld.test.
root.tld.test. A ${ADDRESS.root}
test. NS ns.tld.test.
ns.tld.test. A ${ADDRESS.tld}
`;

const testZone = `$ORIGIN test.
$TTL 3600
@ SOA ns.tld admin 1 3600 600 86400 60
@ NS ns.tld
ns.tld A ${ADDRESS.tld}
root.tld A ${ADDRESS.root}
shop NS ns.shop
ns.shop A ${ADDRESS.shop}
`;

/** A TXT set of more than 512 bytes: five strings of 200. */
const long = [1, 2, 3, 4, 5].map((n) => `big TXT "${String(n).repeat(200)}"`).join('\n');

const shopZone = `$ORIGIN shop.test.
$TTL 300
@ SOA ns admin 1 3600 600 86400 60
@ NS ns
ns A ${ADDRESS.shop}
www ${WWW_TTL_S} A 10.0.0.80
${long}
`;

function primary(zone: string, content: string): Readonly<Record<string, string>> {
  return {
    '/etc/bind/named.conf': `options { directory "/etc/bind"; recursion no; };\nzone "${zone}" { type primary; file "db.zone"; };\n`,
    '/etc/bind/db.zone': content,
  };
}

export const rootFiles = primary('.', rootZone);
export const tldFiles = primary('test', testZone);
export const shopFiles = primary('shop.test', shopZone);

export const resolverFiles: Readonly<Record<string, string>> = {
  '/etc/bind/named.conf':
    'options { directory "/etc/bind"; recursion yes; };\nzone "." { type hint; file "db.root"; };\n',
  '/etc/bind/db.root': `. 3600000 NS root.tld.test.\nroot.tld.test. 3600000 A ${ADDRESS.root}\n`,
};

export const forwarderFiles: Readonly<Record<string, string>> = {
  '/etc/bind/named.conf': `options { directory "/etc/bind"; recursion yes; forwarders { ${ADDRESS.resolver}; }; forward only; };\n`,
};
