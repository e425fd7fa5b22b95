/**
 * The programs that write rules and routes, and the names by which what they wrote can be told.
 *
 * Source: what the programs wrote in test/fixtures/rulesets/recorded, and their sources: tailscale (ts-), fail2ban (f2b-),
 * NetworkManager (nm-shared-), systemd-networkd (io.systemd.nat), wg-quick, LXD, Calico (cali-), kube-proxy (KUBE-);
 * include/uapi/linux/rtnetlink.h, RTPROT_*.
 *
 * @module
 */

/** A program that writes rules or routes of its own. */
export interface Program {
  readonly program: string;
  /** When it writes its own again, and what is added by hand is gone: "when it starts". */
  readonly rewrites: string;
  /** Where a change of one's own lasts. */
  readonly lasting: string | undefined;
  /** The chain of table filter, called from FORWARD, that it leaves to whoever wants to add rules. */
  readonly userChain?: string;
}

/** A name and whose it is. */
export type Sign = readonly [pattern: RegExp, program: Program];

const DOCKER: Program = {
  program: 'docker',
  rewrites: 'when it starts, and for every container',
  lasting: 'rules in the chain DOCKER-USER, which docker leaves alone',
  userChain: 'DOCKER-USER',
};
const UFW: Program = {
  program: 'ufw',
  rewrites: 'at `ufw reload` and at boot',
  lasting: '`ufw allow` (to this machine) or `ufw route allow` (through it)',
};
const FIREWALLD: Program = {
  program: 'firewalld',
  rewrites: 'at `firewall-cmd --reload` and at boot',
  lasting: '`firewall-cmd --permanent` with the zone or policy',
};
const NETAVARK: Program = {
  program: 'podman (netavark)',
  rewrites: 'for every container, and at `podman network reload`',
  lasting: '`podman network` and the published ports of the container',
};
const CNI: Program = {
  program: 'a CNI plugin',
  rewrites: 'for every container',
  lasting: 'the chain CNI-ADMIN, which the firewall plugin leaves alone',
  userChain: 'CNI-ADMIN',
};
const LIBVIRT: Program = {
  program: 'libvirt',
  rewrites: 'when libvirtd or its network starts',
  lasting: 'the forward mode of the network (`virsh net-edit`), or a hook in /etc/libvirt/hooks/network',
};
const KUBE_PROXY: Program = {
  program: 'kubernetes (kube-proxy or kubelet)',
  rewrites: 'every few seconds',
  lasting: 'the Service, or a NetworkPolicy',
};
const CALICO: Program = {
  program: 'calico (felix)',
  rewrites: 'every few seconds',
  lasting: 'a NetworkPolicy or GlobalNetworkPolicy',
};
const CILIUM: Program = { program: 'cilium', rewrites: 'when its agent starts', lasting: 'a CiliumNetworkPolicy' };
const FLANNEL: Program = { program: 'flannel', rewrites: 'every few seconds', lasting: undefined };
const TAILSCALE: Program = {
  program: 'tailscale',
  rewrites: 'when tailscaled starts',
  lasting: '`tailscale set --netfilter-mode`, or the access rules of the tailnet',
};
const FAIL2BAN: Program = {
  program: 'fail2ban',
  rewrites: 'when it bans',
  lasting: '`fail2ban-client set JAIL unbanip ADDRESS`, or ignoreip in the jail',
};
const NETWORK_MANAGER: Program = {
  program: 'NetworkManager',
  rewrites: 'when the connection comes up',
  lasting: 'the ipv4.method (shared) of the connection',
};
const NETWORKD: Program = {
  program: 'systemd-networkd',
  rewrites: 'when it starts',
  lasting: 'IPMasquerade= of the .network file',
};
const WG_QUICK: Program = { program: 'wg-quick', rewrites: 'when the tunnel comes up', lasting: "the tunnel's .conf" };
const LXD: Program = {
  program: 'LXD or Incus',
  rewrites: 'when it starts, and when the network is changed',
  lasting: '`lxc network set NAME ipv4.firewall` or ipv4.nat, or a network ACL',
};
const ISTIO: Program = { program: 'istio', rewrites: 'when the pod starts', lasting: 'the annotations of the pod' };

/** Chains that a program names in its own way. The first that fits counts. */
export const CHAINS: readonly Sign[] = [
  [/^DOCKER(-|$)/, DOCKER],
  [/^ufw6?-/, UFW],
  [/^NETAVARK[-_]/, NETAVARK],
  [/^CNI-/, CNI],
  [/^LIBVIRT_/, LIBVIRT],
  [/^KUBE-/, KUBE_PROXY],
  [/^cali-/, CALICO],
  [/^(OLD_)?CILIUM_/, CILIUM],
  [/^FLANNEL-/, FLANNEL],
  [/^ts-/, TAILSCALE],
  [/^f2b-/, FAIL2BAN],
  [/^nm-sh-/, NETWORK_MANAGER],
  [/^ISTIO_/, ISTIO],
  [/^(IN|FWDI|FWDO|FWD|PRE|POST)_\w+_(pre|log|deny|allow|post)$|^(INPUT|FORWARD|OUTPUT)_(direct|ZONES)$/, FIREWALLD],
];

/** Tables of nft that belong to one program. */
export const TABLES: readonly Sign[] = [
  [/^firewalld$/, FIREWALLD],
  [/^docker-bridges$/, DOCKER],
  [/^netavark$/, NETAVARK],
  [/^libvirt_network$/, LIBVIRT],
  [/^kube-proxy$/, KUBE_PROXY],
  [/^calico$/, CALICO],
  [/^flannel-ipv[46]$/, FLANNEL],
  [/^f2b-table$/, FAIL2BAN],
  [/^nm-shared-/, NETWORK_MANAGER],
  [/^io\.systemd\.nat$/, NETWORKD],
  [/^wg-quick-/, WG_QUICK],
  [/^(lxd|incus)$/, LXD],
];

/** Comments that a program writes on rules in chains that are not its own. */
export const COMMENTS: readonly Sign[] = [
  [/wg-quick\(8\) rule for /, WG_QUICK],
  [/generated for (LXD|Incus) network/, LXD],
  [/netavark /, NETAVARK],
  [/CNI (firewall|portfwd)/, CNI],
  [/flanneld /, FLANNEL],
  [/cali:/, CALICO],
  [/kubernetes |kube-proxy/, KUBE_PROXY],
  [/cilium/i, CILIUM],
];

/** Programs that set the policies of chains which they share with others, and the chains that tell. */
export const POLICY_SETTERS: readonly { readonly program: Program; readonly own: RegExp; readonly sets: RegExp }[] = [
  { program: UFW, own: /^ufw6?-before-/, sets: /^(INPUT|FORWARD|OUTPUT)$/ },
  { program: DOCKER, own: /^DOCKER-/, sets: /^FORWARD$/ },
];

const FRR: Program = { program: 'FRR (zebra)', rewrites: 'as its routing protocols say', lasting: '`vtysh`' };
const BIRD: Program = {
  program: 'bird (with Kubernetes: calico-node)',
  rewrites: 'as its routing protocols say',
  lasting: "bird's configuration; with calico the IPPool and BGPPeer",
};
const DHCP: Program = {
  program: 'a DHCP client (NetworkManager, systemd-networkd, dhcpcd)',
  rewrites: 'with the next lease',
  lasting: 'the DHCP server, or the connection (never-default, UseRoutes=, UseGateway=)',
};
const ADVERTISED: Program = {
  program: 'a router advertisement',
  rewrites: 'with the next one',
  lasting: 'the router that sends it, or accept_ra of the device',
};

/** RTPROT_* that one program, or one kind of program, uses. */
export const PROTOCOLS: Readonly<Record<string, Program>> = {
  bird: BIRD,
  dhcp: DHCP,
  ra: ADVERTISED,
  ...Object.fromEntries(['zebra', 'bgp', 'ospf', 'isis', 'rip', 'eigrp'].map((protocol) => [protocol, FRR])),
  babel: { program: 'babeld', rewrites: 'as its neighbours say', lasting: "babeld's configuration" },
  keepalived: {
    program: 'keepalived',
    rewrites: 'when it becomes master',
    lasting: 'virtual_routes in keepalived.conf',
  },
  openr: { program: 'Open/R', rewrites: 'as its neighbours say', lasting: undefined },
};

const AWS_CNI: Program = {
  program: 'the CNI plugin of Amazon EKS',
  rewrites: 'for every pod, and when its agent starts',
  lasting: 'the settings of the aws-node daemon set',
};

/** What a policy rule has to be like: all that is given. */
export interface PolicySign {
  readonly program: Program;
  readonly tables?: readonly number[];
  readonly priorities?: readonly number[];
  /** The mark that it asks for. */
  readonly mark?: number;
}

/**
 * Policy rules that a program writes with numbers of its own.
 *
 * Source: wg-quick (linux.bash, add_default(): the mark is the table, 51820 at first), tailscale (wgengine/router,
 * 5210-5270 and table 52), cilium (pkg/datapath/linux/linux_defaults), calico (felix, WireguardRoutingRulePriority),
 * amazon-vpc-cni-k8s (pkg/networkutils).
 */
export const POLICY_SIGNS: readonly PolicySign[] = [
  { program: WG_QUICK, tables: [51820], mark: 51820 },
  { program: WG_QUICK, tables: [51821], mark: 51821 },
  { program: TAILSCALE, priorities: [5210, 5230, 5250, 5270] },
  { program: TAILSCALE, tables: [52] },
  { program: CILIUM, tables: [2004, 2005] },
  { program: CALICO, priorities: [99], mark: 0x100000 },
  { program: AWS_CNI, priorities: [1024], mark: 0x80 },
];
