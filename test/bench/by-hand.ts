/**
 * The same job done by hand: what a person who knows what to do would type, as a shell script. The yardstick of
 * `npm run bench`, so it wastes no time: it waits until both tcpdumps listen, and no longer.
 *
 * @module
 */

/** The tutorial's two namespaces in two networks on one veth pair. */
export const TWO_SUBNETS = `
  ip netns add vnet0
  ip netns add vnet1
  ip link add veth0 netns vnet0 type veth peer name veth1 netns vnet1
  ip -n vnet0 addr add 10.0.1.1/24 dev veth0
  ip -n vnet1 addr add 10.0.2.1/24 dev veth1
  for netns in vnet0 vnet1; do ip -n $netns link set dev lo up; done
  ip -n vnet0 link set dev veth0 up
  ip -n vnet1 link set dev veth1 up
  ip -n vnet0 route add 10.0.2.0/24 dev veth0
  ip -n vnet1 route add 10.0.1.0/24 dev veth1
  ip netns exec vnet0 sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.veth0.rp_filter=0
  ip netns exec vnet1 sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.veth1.rp_filter=0
`;

/** The request arrives, the reply has no way back. */
export const BREAK_IT = 'ip -n vnet1 route del 10.0.1.0/24 dev veth1';

/** Two tcpdumps started and waited for, one ping, `ip route get`. Exits as ping does: 0 answered, 1 not. */
export const DIAGNOSE_BY_HAND = `
  folder=$(mktemp -d)
  ip netns exec vnet0 tcpdump --immediate-mode -lni veth0 icmp >$folder/0 2>$folder/0.err & first=$!
  ip netns exec vnet1 tcpdump --immediate-mode -lni veth1 icmp >$folder/1 2>$folder/1.err & second=$!
  until grep -q listening $folder/0.err && grep -q listening $folder/1.err; do sleep 0.005; done
  ip netns exec vnet0 ping -n -c1 -W1 10.0.2.1
  answered=$?
  ip -n vnet0 route get 10.0.2.1
  ip -n vnet1 route get 10.0.1.1
  kill $first $second
  wait $first $second
  cat $folder/0 $folder/1
  rm -r $folder
  exit $answered
`;
