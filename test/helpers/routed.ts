/**
 * Commands for a world: a (10.0.1.1) - router r - b (10.0.2.1), a route each way, nothing else.
 *
 * @module
 */

export const ROUTED = `
  for n in a r b; do ip netns add $n; ip -n $n link set dev lo up; done
  ip link add va netns a type veth peer name ra netns r
  ip link add vb netns b type veth peer name rb netns r
  ip -n a addr add 10.0.1.1/24 dev va; ip -n r addr add 10.0.1.254/24 dev ra
  ip -n b addr add 10.0.2.1/24 dev vb; ip -n r addr add 10.0.2.254/24 dev rb
  for d in 'a va' 'r ra' 'r rb' 'b vb'; do set -- $d; ip -n $1 link set dev $2 up; done
  ip -n a route add default via 10.0.1.254; ip -n b route add default via 10.0.2.254
  ip netns exec r sysctl -qw net.ipv4.ip_forward=1
`;
