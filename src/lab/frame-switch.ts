/**
 * A switch that is a program: it copies every frame of one device to another, as DPDK and AF_PACKET bridges do.
 *
 * A frame that it has read is a new one to the kernel: what is not in its bytes, such as the word that its checksum is
 * still open, is lost. Written in Perl, because Node opens no packet sockets.
 *
 * Source: packet(7); AF_PACKET is 17, SOCK_RAW 3, ETH_P_ALL 3 (in the network's order), SIOCGIFINDEX 0x8933; the
 * sll_pkttype of what goes out is 4. Seen in test/live/bad-offload.test.ts.
 *
 * @module
 */

import { execIn, place } from './commands.ts';
import type { FrameSwitch } from './schema.ts';
import type { Step } from './step.ts';

/** The step that starts one. */
export function switchStep(started: FrameSwitch): Step {
  const { name, netns, between } = started;
  const purpose = `${name}: a program of ${place(netns)} copies frames between ${between.join(' and ')}`;
  return { kind: 'switch', purpose, argv: execIn(netns, ['perl', '-e', COPY, ...between]), started };
}

/** Takes two device names; says `copying` once it does. */
export const COPY = `my @s;
for my $dev (@ARGV) {
  socket(my $s, 17, 3, 0x0300) or die "socket: $!";
  my $request = pack("a16 x24", $dev);
  ioctl($s, 0x8933, $request) or die "$dev: $!";
  bind($s, pack("S n l x12", 17, 3, unpack("x16 l", $request))) or die "bind: $!";
  push @s, $s;
}
$| = 1;
print "copying\\n";
my $all = "";
vec($all, fileno($_), 1) = 1 for @s;
while (select(my $ready = $all, undef, undef, undef)) {
  for my $i (0, 1) {
    next unless vec($ready, fileno($s[$i]), 1);
    my $from = recv($s[$i], my $frame, 65536, 0);
    send($s[1 - $i], $frame, 0) unless unpack("x10 C", $from) == 4;
  }
}`;
