/**
 * Findings of one capture with what the other points know: between which of them to look, and why.
 *
 * @module
 */

import { isPrivate, parseAddress } from '../../net/address.ts';
import type { Finding } from '../finding.ts';
import type { Traffic } from '../traffic.ts';
import type { Followed } from './followed.ts';
import type { MatchedPoints } from './match-points.ts';
import type { CapturePoint } from './places.ts';

/** Captures of many unrelated places are not compared. */
const MOST_POINTS = 4;

/** A question that had no answer. */
export function placed(matched: MatchedPoints, followed: Followed): Finding {
  const { finding, seen, way, back } = followed;
  const name = (point: number | undefined) => nameOf(matched, point);
  const [home] = way;
  const last = way.at(-1);
  const nearest = back.at(-1);
  const reached = seen.at(-1);
  if (nearest !== undefined && home !== undefined && !back.includes(home))
    return withoutWayBack(followed, name, nearest, home);
  if (way.length < 2)
    return followed.isSwallowed ? swallowed(matched, followed, name(last)) : withAbsence(matched, followed);
  if (nearest !== undefined && reached !== undefined && reached !== last) {
    return {
      ...finding,
      confirm: `Look at what is between ${name(reached)} and ${name(way[way.indexOf(reached) + 1])}: the first that had no answer was seen last at ${name(reached)}`,
      cannotTell: undefined,
      seenAt: { place: name(reached), leg: 'request' },
    };
  }
  // They were answered, from an address that nobody asked.
  if (nearest !== undefined || finding.likely[0] === 'wrong-source') return finding;
  if (followed.isSwallowed) return swallowed(matched, followed, name(last));
  // Asked of a whole segment, or of whoever is a server there: no route leads to it.
  const isToAll = finding.about === undefined || finding.about.kind === 'neighbour';
  if (followed.isInVxlan) return withinTunnel(followed, way.map(name), name(last));
  return {
    ...finding,
    why: `The requests were seen at ${way.map(name).join(' and ')} alike, and no answer at any of them: either something behind ${name(last)} drops them, or who they are for does not answer, or cannot`,
    likely: isToAll ? finding.likely : ['no-route', 'firewall-drop', 'rp-filter', ...ofHost(finding)],
    confirm: isToAll
      ? `Behind ${name(last)}: ip address; ip link; bridge link; ss -ulnp. Is there anybody who should answer?`
      : `On the machine behind ${name(last)}: ip route get to the asker (is there a way back?), and nft list ruleset`,
    cannotTell: `Whether they were dropped behind ${name(last)}, or answered by a way that does not lead by it`,
    seenAt: { place: name(last), leg: 'request' },
  };
}

/** Seen last in its outer packet: whether it was ever taken out of it, no capture shows. */
function withinTunnel({ finding }: Followed, way: readonly string[], last: string): Finding {
  return {
    ...finding,
    why: `The requests were seen at ${way.join(' and ')} alike, and no answer at any of them. At ${last} they were still within VXLAN: the end of the tunnel throws away what has another VNI than its own, or comes to another port`,
    likely: ['vxlan-vni-mismatch', 'vxlan-port-mismatch', 'vxlan-wrong-remote', ...finding.likely],
    confirm: `On both ends of the tunnel: ip -d link show type vxlan (id, dstport, remote), bridge fdb show`,
    cannotTell: `Whether they were taken out of the tunnel behind ${last}: capture on the vxlan device there, or where it leads`,
    seenAt: { place: last, leg: 'request' },
  };
}

/** The capture of all devices of a machine saw the requests come in, none go out, and no answer. */
function swallowed(matched: MatchedPoints, { finding, way }: Followed, last: string): Finding {
  const { about } = finding;
  const [from, to] = [about?.source ?? 'SOURCE', about?.destination ?? 'DESTINATION'];
  const before = way.length > 1 ? ` (seen at ${way.map((point) => nameOf(matched, point)).join(' and ')})` : '';
  return {
    ...finding,
    why: `They came in by ${last}${before}, and left that machine by none of its devices: it drops them itself, or they are for it and nothing there answers`,
    likely: ['firewall-drop', 'forwarding-off', 'no-route', 'rp-filter', ...ofHost(finding)],
    confirm: `On that machine: ip route get ${to} from ${from} iif DEVICE; sysctl net.ipv4.ip_forward; nft list ruleset; iptables-save`,
    cannotTell: `Whether ${to} is an address of that machine: then whether somebody listens, and what the firewall lets in`,
    seenAt: { place: last, leg: 'request' },
  };
}

/** What the host itself may do to them, by the kind of request; and a private source that the world cannot answer. */
function ofHost({ likely, about }: Finding): readonly string[] {
  const source = about && parseAddress(about.source);
  const destination = about && parseAddress(about.destination);
  const isOutward = source && destination && isPrivate(source) && !isPrivate(destination);
  return [
    ...(isOutward === true ? ['nat-missing'] : []),
    ...likely.filter((code) => code.startsWith('icmp-') || code === 'no-listener'),
  ];
}

/** Answers were seen, and none of them where the requests came from. */
function withoutWayBack(
  { finding, way }: Followed,
  name: (point: number | undefined) => string,
  nearest: number,
  home: number,
): Finding {
  const seenAt = { place: name(nearest), leg: 'reply' } as const;
  const { about } = finding;
  // That there is no answer is what one capture found; there are some.
  const what =
    about === undefined
      ? finding.what
      : `The answers of ${about.destination} to ${about.source} (${kindOf(about)}) were seen at ${name(nearest)}, and none came to ${name(home)}`;
  const last = name(way.at(-1));
  if (!way.includes(nearest)) {
    return {
      ...finding,
      what,
      why: `The answers take another way than the requests: ${last} saw the requests, ${name(nearest)} only answers to them, of which none came to ${name(home)}. What is behind ${name(nearest)} drops them: a stateful firewall there never saw the question; or the asker itself, where rp_filter expects them on the device that it asked by`,
      likely: ['conntrack-invalid', 'firewall-drop', 'wrong-route', 'rp-filter', 'no-route'],
      confirm: `Behind ${name(nearest)}: nft list ruleset; iptables-save; conntrack -S (invalid); and ip route get to the asker on who answers`,
      cannotTell: `Whether the two ways are meant: ip route get on both hosts`,
      seenAt,
    };
  }
  const before = name(way[way.indexOf(nearest) - 1] ?? home);
  return {
    ...finding,
    what,
    why: `${last} saw the requests, and ${nearest === way.at(-1) ? '' : `${name(nearest)} `}answers to them, of which none came to ${before}: what is between ${name(nearest)} and ${before} lets only the way there pass`,
    likely: ['firewall-drop', 'no-route', 'rp-filter', 'conntrack-invalid'],
    confirm: `Between ${name(nearest)} and ${before}: ip route get to the asker, and nft list ruleset, for the answers`,
    cannotTell: `Whether the answers took another way, which does not lead by ${before}`,
    seenAt,
  };
}

function kindOf({ kind, port }: Traffic): string {
  const protocol = kind === 'neighbour' ? 'ARP or ND' : kind.toUpperCase();
  return port === undefined ? protocol : `${protocol} port ${port}`;
}

/** What seems unanswered is answered by another way: worth knowing, and no trouble. */
export function detour(matched: MatchedPoints, { finding, point, way, back }: Followed): Finding {
  const name = (at: number) => nameOf(matched, at);
  const { about, frames, count } = finding;
  const whose = about === undefined ? 'The answers' : `The answers of ${about.destination} to ${about.source}`;
  return {
    code: 'one-way',
    severity: 'note',
    what: `${whose} do not come by ${name(point)}: requests were seen at ${way.map(name).join(', ')}, answers at ${back.map(name).join(', ')}`,
    why: 'The way back is another one (asymmetric routing), and the answers arrive. Firewalls that follow connections, and rp_filter, see but one half of them on such a way',
    frames,
    count,
    likely: [],
    confirm: 'On both hosts: ip route get to the other one',
    cannotTell: undefined,
    about,
    subject: `detour ${about?.source} ${about?.destination}`,
  };
}

/** Of segments that were sent again: nobody needs to capture at both ends who has. */
export function withPlaceOfLoss(matched: MatchedPoints, { finding, seen, way }: Followed): Finding {
  const { order } = matched.matching.ways;
  const name = (point: number | undefined) => nameOf(matched, point);
  const reached = seen.at(-1);
  const last = way.at(-1);
  if (way.length < 2 || reached === undefined) return finding;
  if (reached !== last) {
    const between = `${name(reached)} and ${name(way[way.indexOf(reached) + 1])}`;
    return { ...finding, confirm: `Look at what is between ${between}: they are lost there`, cannotTell: undefined };
  }
  const losses = matched.analysis.losses.filter(({ from, to }) =>
    [from, to].every((place) => way.includes(order[place] ?? -1)),
  );
  if (losses.length > 0) return { ...finding, confirm: 'See lost-between: packets of this way are lost there' };
  return {
    ...finding,
    confirm: `Capture beyond ${name(last)} too: between ${way.map(name).join(' and ')} nothing is lost`,
    cannotTell: `Whether they, or their acknowledgements, are lost before ${name(way[0])} or beyond ${name(last)}`,
  };
}

/** A refusal that another capture, of the same time, saw neither come nor caused: it is not its host that refuses. */
export function withRefuser(matched: MatchedPoints, { finding, point, way, back }: Followed): Finding {
  const { own, others } = absentees(matched, point);
  if (own === undefined || others === '' || [...way, ...back].some((at) => at !== point)) return finding;
  return {
    ...finding,
    why: `A RST, or ICMP "port unreachable", came for a SYN, and neither was seen at ${others}, captured at the same time: something before answers in the server's name, as a firewall that rejects with a TCP reset does`,
    likely: ['firewall-reject', ...finding.likely.filter((code) => code !== 'firewall-reject')],
    confirm: `Between ${own.name} and ${others}: nft list ruleset; iptables-save`,
    cannotTell: `Whether the way to the server leads by ${others}`,
    seenAt: { place: own.name, leg: 'request' },
  };
}

/** One point alone saw them, while others were captured at the same time. */
function withAbsence(matched: MatchedPoints, { finding, point }: Followed): Finding {
  const { own, others } = absentees(matched, point);
  if (own === undefined || others === '') return finding;
  if (finding.about?.kind === 'neighbour') {
    // No router passes them on: elsewhere nobody need have seen them.
    const cannotTell = `Whether ${others}, captured at the same time, should have seen them: only if it is on the same segment`;
    return { ...finding, cannotTell, seenAt: { place: own.name, leg: 'request' } };
  }
  return {
    ...finding,
    confirm: `Look at what is between ${own.name} and ${others}: nsdiag why, from who asks to who should answer`,
    cannotTell: `Whether their way leads by ${others}, captured at the same time: none of them was seen there`,
    seenAt: { place: own.name, leg: 'request' },
  };
}

/** The other captures of the same time, where they are few enough to belong together. */
function absentees({ analysis: { points }, matching }: MatchedPoints, point: number) {
  const own = points[matching.ways.order.indexOf(point)];
  const others = points.filter((each) => each !== own && own !== undefined && isComparable(own, each));
  return { own, others: points.length > MOST_POINTS ? '' : others.map(({ name }) => name).join(' and ') };
}

/** Of two captures, not devices of one, and at the same time; one without a packet has no time. */
function isComparable(a: CapturePoint, b: CapturePoint): boolean {
  if (a.files.some((file) => b.files.includes(file))) return false;
  if (a.firstNs === undefined || a.lastNs === undefined) return false;
  if (b.firstNs === undefined || b.lastNs === undefined) return true;
  return a.firstNs <= b.lastNs && b.firstNs <= a.lastNs;
}

export function nameOf({ analysis, matching }: MatchedPoints, point: number | undefined): string {
  return point === undefined ? '' : (analysis.points[matching.ways.order.indexOf(point)]?.name ?? '');
}
