/**
 * The two shell scripts that read everything. Node takes as long to start one program as a shell takes for five, so
 * one child does all of it: 15 programs a namespace, some 20 ms of work each.
 *
 * The scripts are constants. Names of namespaces come in as arguments and names of devices from `read`; neither is
 * ever part of a script. What the programs print stands between marks that nobody can guess:
 *
 *     MARK netns INDEX
 *     MARK out KEY <tab> COMMAND
 *     what it printed
 *     MARK end EXIT-CODE
 *     what it complained
 *     MARK complete
 *
 * POSIX sh; tried with dash and bash.
 *
 * @module
 */

import { IP_BATCHES, MOST_CONNECTIONS, type ReadArgv, SINGLE_READS, SYSCTL_READ } from '../recording/reads.ts';

/** `MARK out @0`: several commands in one, whose answers are lines, in the order of the batch. */
export const BATCH_KEY = /^@(\d+)$/;

/**
 * Reads the namespace that it runs in. Argument: the mark.
 *
 * `record KEY COMMAND...` runs the command and passes on its stdout as it comes; stderr is caught aside.
 */
export const NAMESPACE_SCRIPT = `mark=$1
PATH=$PATH:/usr/sbin:/sbin LC_ALL=C
export PATH LC_ALL
begin() {
  key=$1
  shift
  printf '\\n%s out %s\\t%s\\n' "$mark" "$key" "$*"
}
end() {
  printf '\\n%s end %s\\n%s' "$mark" "$code" "$errors"
}
record() {
  begin "$@"
  shift
  { errors=$("$@" 2>&1 >&3 3>&-); code=$?; } 3>&1
  end
}
names() {
  begin "$1" cat "$2"
  names= code=0 errors=
  if [ -r "$2" ]; then
    while read -r name; do
      names=$name
      printf '%s\\n' "$name"
    done <"$2"
  elif [ -e "$2" ]; then
    code=1 errors="cat: $2: Permission denied"
  else
    code=1 errors="cat: $2: No such file or directory"
  fi
  end
}
# save KEY nft|legacy iptables|ip6tables: by the program's own name, or by the plain one where that is of this kind.
save() {
  program=$3-$2-save
  if ! command -v "$program" >/dev/null; then
    case $2-$("$3-save" -V 2>/dev/null) in
      nft-*nf_tables*) program=$3-save ;;
      legacy-*nf_tables*) ;;
      legacy-?*) program=$3-save ;;
    esac
  fi
  record "$1" "$program" -c
}
record inode ${line(SINGLE_READS.inode)}
${IP_BATCHES.map(batchLines).join('\n')}
record fdb ${line(SINGLE_READS.fdb)}
# What nft lists no table of, iptables-nft has none of either, and need not be asked.
if listing=$(${line(SINGLE_READS.nft)} 2>/dev/null); then
  code=0 errors=
  begin nft ${line(SINGLE_READS.nft)}
  printf '%s\\n' "$listing"
  end
else
  listing='"table"'
  record nft ${line(SINGLE_READS.nft)}
fi
case $listing in
  *'"table"'*)
    save iptables-nft nft iptables
    save ip6tables-nft nft ip6tables
    ;;
esac
case $listing in
  *'"hook": "ingress"'* | *'"hook": "egress"'*) record nft-chains ${line(SINGLE_READS['nft-chains'])} ;;
esac
case $listing in
  *'"bridge"'*'"xt"'*) save ebtables-nft nft ebtables ;;
esac
case $listing in
  *'"name": "set"'* | *'"name":"set"'*) sets=1 ;;
  *) sets= ;;
esac
names iptables-names /proc/net/ip_tables_names
[ -z "$names" ] || save iptables-legacy legacy iptables
sets=$sets$names
names ip6tables-names /proc/net/ip6_tables_names
[ -z "$names" ] || save ip6tables-legacy legacy ip6tables
sets=$sets$names
[ -z "$sets" ] || record ipset ${line(SINGLE_READS.ipset)}
# Who listens is worth a search through all processes only where somebody does.
if listing=$(${line(SINGLE_READS.sockets)} 2>/dev/null) && [ -z "$listing" ]; then
  code=0 errors=
  begin sockets ${line(SINGLE_READS.sockets)}
  end
else
  record sockets ${line([...SINGLE_READS.sockets, '-p'])}
fi
# Connections: only where there are some. Where the kernel has no such file, conntrack takes its time for each.
connections=0
[ ! -r /proc/sys/net/netfilter/nf_conntrack_count ] || read -r connections </proc/sys/net/netfilter/nf_conntrack_count
if [ "$connections" -eq 0 ]; then
  code=0 errors=
  begin connections ${line(SINGLE_READS.connections)}
  end
elif [ -r /proc/net/nf_conntrack ]; then
  record connections ${line(SINGLE_READS.connections)}
elif [ "$connections" -lt ${MOST_CONNECTIONS} ]; then
  record connections conntrack -L -o extended
fi
if listing=$(${line(SINGLE_READS.qdisc)} 2>/dev/null); then
  code=0 errors=
  begin qdisc ${line(SINGLE_READS.qdisc)}
  printf '%s\\n' "$listing"
  end
  while read -r word kind handle dev device rest; do
    case $kind in
      # Nothing can be attached to these; all others may carry filters.
      '' | noqueue | noop | mq | pfifo | bfifo | pfifo_fast | fq | codel | pie | cake | tbf | netem) continue ;;
      clsact) places='ingress egress' ;;
      ingress) places=ingress ;;
      *) places=root ;;
    esac
    for place in $places; do
      record "filter $place $device" tc filter show dev "$device" "$place"
    done
  done <<LISTING
$listing
LISTING
else
  record qdisc ${line(SINGLE_READS.qdisc)}
fi
cd /proc/sys/net && record sysctl ${line(SYSCTL_READ)}
printf '\\n%s complete\\n' "$mark"
`;

/**
 * Reads many namespaces, some at a time, from a mount namespace of its own that nobody else sees and that goes with
 * it. Arguments: the mark, the script above, the process that stays outside, how many at a time, how many of the files
 * are no files of /run/netns, and the files.
 *
 * There, /run is empty but for links to what it was, and /run/netns names *all* namespaces, so that
 * \`ip netns list-id\` can say which of them each nsid means. Whatever ends this script takes that with it.
 */
export const ALL_SCRIPT = `mark=$1 script=$2 outside=/proc/$3/root workers=$4 unnamed=$5
shift 5
PATH=$PATH:/usr/sbin:/sbin
mount -t tmpfs -o mode=700 nsdiag /run || exit
mkdir "/run/$mark" /run/netns
ln -s -- "$outside/run/"* /run/ 2>/dev/null
link() {
  i=0
  while [ "$i" -lt "$unnamed" ]; do
    ln -s -- "$1" "/run/netns/:$i"
    shift
    i=$((i + 1))
  done
  [ $# -eq 0 ] || ln -s -- "$@" /run/netns/
}
work() {
  worker=$1 i=0
  shift
  for file in "$@"; do
    if [ $((i % workers)) -eq "$worker" ]; then
      out=/run/$mark/$i
      printf '\\n%s netns %s\\n' "$mark" "$i" >"$out"
      errors=$(nsenter --net="$file" -- sh -c "$script" sh "$mark" 2>&1 >>"$out")
      printf '\\n%s left %s\\n%s' "$mark" "$?" "$errors" >>"$out"
    fi
    i=$((i + 1))
  done
}
link "$@"
n=1
while [ "$n" -lt "$workers" ]; do
  work "$n" "$@" &
  n=$((n + 1))
done
work 0 "$@"
wait
cat "/run/$mark/"*
`;

/** What answers in one go, or each alone where that failed. */
function batchLines({ options, commands }: (typeof IP_BATCHES)[number], index: number): string {
  const all: readonly (readonly [key: string, args: readonly string[]])[] = Object.entries(commands);
  const alone = all.map(([key, args]) => `  record ${key} ${line(['ip', ...options, ...args])}`);
  return [
    `record @${index} ${line(['ip', ...options, '-batch', '-'])} <<'BATCH'`,
    ...all.map(([, args]) => args.join(' ')),
    'BATCH',
    `if [ "$code" -ne 0 ]; then\n${alone.join('\n')}\nfi`,
  ].join('\n');
}

/** Constants of ours, quoted where the shell would see more than a word. */
function line(argv: ReadArgv): string {
  return argv.map((word) => (/^[\w./=:@-]+$/.test(word) ? word : `'${word}'`)).join(' ');
}
