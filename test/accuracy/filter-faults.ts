/**
 * Faults of forwarding, firewalls and translation, and of what runs at the destination.
 *
 * @module
 */

import { type Fault, fault, withoutRepair } from './fault.ts';
import { type Network, type Node, SERVICE_PORT, service } from './network.ts';

/** What can be wrong in a namespace that forwards. */
export function forwardFaults({ name, forwards, devices, bridges = [] }: Node, network: Network): readonly Fault[] {
  if (forwards !== true) return [];
  const { to, back } = network;
  // What is forwarded below an overlay is the tunnel, which is IPv4.
  const carried = network.name.startsWith('vxlan') ? { to: '172.16.2.2', from: '172.16.1.1' } : { to, from: back };
  const inet6 = carried.to.includes(':');
  const exec = `ip netns exec ${name}`;
  const iptables = inet6 ? 'ip6tables' : 'iptables';
  const sysctl = (key: string) => `${exec} sysctl -qw net.${inet6 ? 'ipv6' : 'ipv4'}.${key}=0`;
  const ingress = [...devices, ...bridges].find(
    (device) => !('bridge' in device) && (inet6 || network.name !== 'published-inet'),
  );
  const drop = (form: string, ...commands: string[]) =>
    fault(`firewall-drop (${form})`, name, commands, 'firewall-drop');
  const isTranslated = network.nodes.some(({ nat = [] }) => nat.length > 0);
  return [
    fault('forwarding-off', name, [sysctl(inet6 ? 'conf.all.forwarding' : 'ip_forward')], 'forwarding-off'),
    ...(ingress === undefined || inet6
      ? []
      : [
          fault(
            'forwarding-off (one interface)',
            `${name}:${ingress.name}`,
            [sysctl(`conf.${ingress.name}.forwarding`)],
            'forwarding-off',
          ),
        ]),
    drop('policy', `${exec} ${iptables} -P FORWARD DROP`, `${exec} ${iptables} -F FORWARD`),
    drop(
      'nft',
      `${exec} nft 'table inet f { chain pass { type filter hook forward priority 0; meta l4proto { icmp, tcp, udp, ipv6-icmp } drop; }; }'`,
    ),
    drop(
      'nft, stateful',
      `${exec} nft 'table inet f { chain pass { type filter hook forward priority 0; policy drop; ct state established,related accept; tcp dport 22 accept; }; }'`,
    ),
    drop('legacy', `${exec} ${iptables}-legacy -A FORWARD -m conntrack --ctstate NEW -j DROP`),
    drop('raw', `${exec} ${iptables} -t raw -A PREROUTING -s ${carried.from} -j DROP`),
    drop('mangle', `${exec} ${iptables} -t mangle -A POSTROUTING -d ${carried.to} -j DROP`),
    ...(isTranslated
      ? []
      : [
          drop('answer', `${exec} ${iptables} -I FORWARD -s ${carried.to} -j DROP`),
          fault(
            'firewall-reject (iptables)',
            name,
            [`${exec} ${iptables} -I FORWARD -d ${carried.to} -j REJECT`],
            'firewall-reject',
          ),
        ]),
  ];
}

/** What can be wrong with the translation of a namespace. */
export function natFaults({ name, nat = [] }: Node): readonly Fault[] {
  const iptables = `ip netns exec ${name} iptables -t nat`;
  const source = nat.find((rule) => rule.includes('MASQUERADE'));
  const published = nat.filter((rule) => rule.includes('DNAT'));
  const wrong = (form: string, rule: string) =>
    fault(
      `nat-wrong (${form})`,
      name,
      [`${iptables} -F POSTROUTING`, `${iptables} -A POSTROUTING ${rule}`],
      'nat-wrong',
    );
  const redirected = (change: (rule: string) => string) => [
    `${iptables} -F PREROUTING`,
    ...published.map((rule) => `${iptables} -A ${change(rule)}`),
  ];
  return [
    ...(source === undefined || published.length > 0
      ? []
      : [
          fault('nat-missing', name, [`${iptables} -F POSTROUTING`], 'nat-missing'),
          wrong('-s', '-s 192.168.11.0/24 -o wan -j MASQUERADE'),
          wrong('-o', '-s 192.168.10.0/24 -o br0 -j MASQUERADE'),
        ]),
    ...(published.length === 0
      ? []
      : [
          fault('dnat-missing', name, [`${iptables} -F PREROUTING`], 'dnat-missing'),
          fault(
            'dnat-wrong (address)',
            name,
            redirected((rule) => rule.replace('172.17.0.2', '172.17.0.77')),
            'dnat-wrong',
          ),
          fault(
            'dnat-wrong (port)',
            name,
            redirected((rule) => rule.replace('172.17.0.2', '172.17.0.2:8081')),
            'dnat-wrong',
          ),
        ]),
  ];
}

/** What can be wrong at both ends: their own firewalls, and the service. */
export function endFaults(network: Network): readonly Fault[] {
  const { from, target, to, proto } = network;
  const inet6 = to.includes(':');
  const exec = `ip netns exec ${target}`;
  const iptables = inet6 ? 'ip6tables' : 'iptables';
  const request = {
    icmp: inet6 ? '-p ipv6-icmp --icmpv6-type echo-request' : '-p icmp --icmp-type echo-request',
    tcp: `-p tcp --dport ${SERVICE_PORT}`,
    udp: `-p udp --dport ${SERVICE_PORT}`,
  }[proto];
  const answer = {
    icmp: inet6 ? '-p ipv6-icmp --icmpv6-type echo-reply' : '-p icmp --icmp-type echo-reply',
    tcp: `-p tcp --sport ${SERVICE_PORT}`,
    udp: `-p udp --sport ${SERVICE_PORT}`,
  }[proto];
  const nftRequest = {
    icmp: inet6 ? 'icmpv6 type echo-request' : 'icmp type echo-request',
    tcp: `tcp dport { 80, ${SERVICE_PORT} }`,
    udp: `udp dport ${SERVICE_PORT}`,
  }[proto];
  const rule = (form: string, node: string, words: string) =>
    fault(`firewall-drop (${form})`, node, [`ip netns exec ${node} ${iptables} -I ${words} -j DROP`], 'firewall-drop');
  const key = inet6 ? 'net.ipv6.icmp.echo_ignore_all' : 'net.ipv4.icmp_echo_ignore_all';
  return [
    rule('input', target, `INPUT ${request}`),
    rule('output', from, `OUTPUT ${request}`),
    rule('output of the answer', target, `OUTPUT ${answer}`),
    rule('input of the answer', from, `INPUT ${answer}`),
    fault(
      'firewall-reject (nft)',
      target,
      [
        `${exec} nft 'table inet f { chain take { type filter hook input priority 0; ${nftRequest} counter reject; }; }'`,
      ],
      'firewall-reject',
    ),
    ...(proto === 'icmp' ? [fault('icmp-ignored', target, [`${exec} sysctl -qw ${key}=1`], 'icmp-ignored')] : []),
    ...(proto === 'icmp' ? [] : serviceFaults(network)),
  ];
}

function serviceFaults(network: Network): readonly Fault[] {
  const { target, to, proto } = network;
  const end = `kill $(ip netns pids ${target})`;
  const loopback = to.includes(':') ? '::1' : '127.0.0.1';
  const gone = `until [ -z "$(ip netns exec ${target} ss -Hnlut 'sport = :${SERVICE_PORT}')" ]; do sleep 0.02; done`;
  const there = gone.replace('-z', '-n');
  const published = network.nodes.filter(({ nat = [] }) => nat.some((rule) => rule.includes('DNAT')));
  const alsoCalled = published.map(({ name }) => `dnat-wrong ${name}`);
  return [
    withoutRepair(fault(`no-listener (${proto})`, target, [end, gone], 'no-listener', ...alsoCalled)),
    ...(network.from === target
      ? []
      : [
          withoutRepair(
            fault(
              `listener-elsewhere (${proto})`,
              target,
              [end, gone, ...service(network, loopback), there],
              'listener-elsewhere',
              ...alsoCalled,
            ),
          ),
        ]),
  ];
}
