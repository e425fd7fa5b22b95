/**
 * Which Debian package brings a program, for hints.
 *
 * @module
 */

const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  iproute2: ['ip', 'bridge', 'ss', 'tc'],
  'iputils-ping': ['ping'],
  tcpdump: ['tcpdump'],
  ethtool: ['ethtool'],
  conntrack: ['conntrack'],
  nftables: ['nft'],
  iptables: [
    'iptables',
    'ip6tables',
    'iptables-save',
    'ip6tables-save',
    'iptables-nft-save',
    'ip6tables-nft-save',
    'ebtables-nft-save',
    'iptables-legacy-save',
    'ip6tables-legacy-save',
  ],
  procps: ['sysctl'],
  'util-linux': ['nsenter', 'setpriv', 'unshare'],
};

/** `apt-get install nftables`; `undefined` for a program that we have no use for. */
export function howToInstall(program: string): string | undefined {
  const found = Object.entries(PACKAGES).find(([, programs]) => programs.includes(program));
  return found && `apt-get install ${found[0]}`;
}
