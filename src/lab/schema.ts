/**
 * What a lab file may say: every key, which are required, and the form of each value. README.md tells what they mean;
 * that the parts of one file agree with each other is checked by `references.ts`.
 *
 * @module
 */

import * as v from 'valibot';
import { familyOf, parseAddress } from '../net/address.ts';
import { parsePrefix } from '../net/prefix.ts';
import { parseCommandLine } from './command-line.ts';
import { list, mapping, natural, port, text, word } from './schema-parts.ts';

/** How a name server refuses an address (RFC 1035 section 4.1.1, RFC 2308 section 2.2). */
const NO_ADDRESS: readonly string[] = ['NXDOMAIN', 'NODATA', 'SERVFAIL', 'REFUSED'];

const labName = word((value) => /^[a-z0-9][a-z0-9-]{0,40}$/.test(value), 'must be lower case letters, digits and -');
// IFNAMSIZ is 16 with the terminating zero. A namespace may be called more than that; a lab's is not.
const kernelName = word(
  (value) => /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(value),
  'must be a name of at most 15 letters, digits, _ . or -',
);
const address = word((value) => parseAddress(value) !== undefined, 'must be an IP address');
const addressWithLength = word(
  (value) => value.includes('/') && parsePrefix(value) !== undefined,
  'must be an address with its prefix length, such as 10.0.0.1/24',
);
const destination = word(
  (value) => value === 'default' || parsePrefix(value) !== undefined,
  'must be a prefix, an address or default',
);
/** With a dot: one without would be a namespace's, as `why` reads it. */
const hostName = word(
  (value) => /^(?=.*[a-z])[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(value),
  'must be a name with a dot, in lower case, such as web.example',
);
const transport = v.picklist(['tcp', 'udp'], 'must be tcp or udp');

/** A command that is run as it stands. */
const command = v.pipe(
  v.string('must be a command'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const parsed = parseCommandLine(dataset.value);
    if (parsed.ok) return parsed.argv;
    addIssue({ message: parsed.because });
    return NEVER;
  }),
);

const linkEnd = mapping({
  netns: kernelName,
  name: kernelName,
  addresses: v.optional(list(addressWithLength), []),
  up: v.optional(v.boolean('must be true or false'), true),
  mtu: v.optional(natural),
});

const bridge = mapping({
  netns: kernelName,
  name: kernelName,
  /** Ends of the lab's links, and its vxlans. */
  ports: v.optional(list(kernelName), []),
  addresses: v.optional(list(addressWithLength), []),
});

/** Made in the namespace whose packets carry it. */
const vxlan = mapping({
  netns: kernelName,
  name: kernelName,
  vni: natural,
  port: v.optional(port, 4789),
  remote: v.optional(address),
  local: v.optional(address),
  learning: v.optional(v.boolean('must be true or false'), true),
  /** What an Ethernet of 1500 leaves of a frame after IPv4, UDP and VXLAN. */
  mtu: v.optional(natural, 1450),
  addresses: v.optional(list(addressWithLength), []),
});

const macvlan = mapping({
  netns: kernelName,
  name: kernelName,
  parent: mapping({ netns: kernelName, name: kernelName }),
  mode: v.optional(
    v.picklist(['bridge', 'private', 'vepa', 'passthru'], 'must be bridge, private, vepa or passthru'),
    'bridge',
  ),
  addresses: v.optional(list(addressWithLength), []),
});

const route = mapping({
  netns: kernelName,
  to: destination,
  type: v.optional(
    v.picklist(
      ['unicast', 'blackhole', 'unreachable', 'prohibit', 'throw'],
      'must be unicast, blackhole, unreachable, prohibit or throw',
    ),
    'unicast',
  ),
  via: v.optional(address),
  dev: v.optional(kernelName),
  src: v.optional(address),
  metric: v.optional(natural),
  table: v.optional(natural),
});

const sysctls = mapping({
  netns: list(kernelName),
  set: v.record(
    word((key) => /^net[./][\w./-]+$/.test(key), 'must be a sysctl below net'),
    v.union([v.string(), v.number()], 'must be a number or a string'),
    'must be a mapping of sysctls to values',
  ),
});

const nat = v.variant(
  'action',
  [
    mapping({ netns: kernelName, action: v.literal('masquerade'), source: addressWithLength, out: kernelName }),
    mapping({ netns: kernelName, action: v.literal('snat'), source: addressWithLength, out: kernelName, to: address }),
    mapping({
      netns: kernelName,
      action: v.literal('dnat'),
      in: kernelName,
      proto: transport,
      port,
      to: address,
      toPort: v.optional(port),
    }),
  ],
  'must be masquerade (source, out), snat (source, out, to) or dnat (in, proto, port, to, toPort)',
);

/** One of the three. */
const firewall = mapping({
  netns: kernelName,
  /** What follows `iptables -A`. */
  iptables: v.optional(command),
  ip6tables: v.optional(command),
  /** Commands of nft, beginning with the tables that they fill. */
  nft: v.optional(list(word((value) => /^add (?:table|chain|set|rule|element) /.test(value), 'must be an nft add'))),
});

function isInet(value: string): boolean {
  const address = parseAddress(value);
  return address !== undefined && familyOf(address) === 'inet';
}

/** What a name server says of a name: the address, or why there is none. */
const nameAnswer = word(
  (value) => NO_ADDRESS.includes(value) || isInet(value),
  'must be an IPv4 address, NXDOMAIN, NODATA, SERVFAIL or REFUSED',
);

const listener = mapping({
  name: labName,
  netns: kernelName,
  proto: transport,
  address,
  port,
  /** A name server, which knows these and no others. */
  names: v.optional(v.record(hostName, nameAnswer, 'must be a mapping of names to addresses')),
});

/** What programs of a namespace are told to resolve names by; what is left out stays the machine's. */
const resolver = mapping({
  netns: kernelName,
  servers: v.optional(list(address), []),
  hosts: v.optional(v.record(hostName, address, 'must be a mapping of names to addresses'), {}),
});

/** A program that copies frames between two devices, as a switch in user space does. */
const frameSwitch = mapping({
  name: labName,
  netns: kernelName,
  between: v.strictTuple([kernelName, kernelName], 'must be two devices'),
});

const ASKED = {
  from: kernelName,
  to: v.union([address, hostName], 'must be an IP address, or a name with a dot'),
  proto: v.optional(v.picklist(['icmp', 'tcp', 'udp'], 'must be icmp, tcp or udp'), 'icmp'),
  port: v.optional(port),
  /** The sender's own port, where it keeps to one. */
  sourcePort: v.optional(port),
  /** Payload in one piece, as `why --size` asks for it. */
  size: v.optional(natural),
} as const;
/** One packet that somebody would send: the arguments of `nsdiag why`. */
const question = mapping(ASKED);
/** The same, with what is true of it while the lab is healthy. */
const healthyQuestion = mapping({ ...ASKED, reachable: v.optional(v.boolean('must be true or false'), true) });

const cause = mapping({
  code: word((value) => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(value), 'must be a fault code, such as link-down'),
  netns: v.optional(kernelName),
  device: v.optional(kernelName),
  leg: v.optional(v.picklist(['request', 'reply'], 'must be request or reply')),
});

const fault = mapping({
  name: labName,
  story: text,
  run: v.optional(list(command), []),
  /** Listeners of the lab, by name. */
  stop: v.optional(list(labName), []),
  start: v.optional(list(listener), []),
  switches: v.optional(list(frameSwitch), []),
  /** Devices on which an XDP program drops all that comes in. */
  xdp: v.optional(list(mapping({ netns: kernelName, dev: kernelName })), []),
  /** In the place of the lab's. */
  resolvers: v.optional(list(resolver), []),
  /** Takes `run` back where that would outlive the lab. */
  undo: v.optional(list(command), []),
  question,
  expect: v.pipe(list(cause), v.minLength(1, 'must name at least one cause')),
});

export const labSchema = mapping({
  name: labName,
  summary: text,
  picture: text,
  namespaces: v.pipe(list(kernelName), v.minLength(1, 'must name at least one namespace')),
  sysctls: v.optional(list(sysctls), []),
  bridges: v.optional(list(bridge), []),
  links: v.optional(list(v.strictTuple([linkEnd, linkEnd], 'must be the two ends of a veth')), []),
  vxlans: v.optional(list(vxlan), []),
  macvlans: v.optional(list(macvlan), []),
  routes: v.optional(list(route), []),
  rules: v.optional(list(mapping({ netns: kernelName, rule: command })), []),
  nat: v.optional(list(nat), []),
  firewall: v.optional(list(firewall), []),
  listeners: v.optional(list(listener), []),
  resolvers: v.optional(list(resolver), []),
  questions: v.optional(list(healthyQuestion), []),
  faults: v.optional(list(fault), []),
});

/** A lab, as a file that keeps to the schema says it. */
export type Lab = v.InferOutput<typeof labSchema>;
export type Fault = Lab['faults'][number];
export type Listener = Lab['listeners'][number];
export type FrameSwitch = Fault['switches'][number];
export type Resolver = Lab['resolvers'][number];
export type LabQuestion = Fault['question'];
