/**
 * Who sits at (ifindex, nsid): both numbers repeat in every namespace, so they mean something only together and only
 * as seen from one namespace.
 *
 * @module
 */

import type { Fact } from '../host/fact.ts';
import type { DeviceName, NetnsName } from '../host/link.ts';
import type { RecordedNamespace } from './recording.ts';

/** What is needed of a device to find it. */
export interface NumberedDevice {
  readonly ifindex: number;
  readonly ifname: string;
}

/** A namespace with its devices. */
export interface NumberedNamespace {
  readonly namespace: RecordedNamespace;
  readonly rows: Fact<readonly NumberedDevice[]>;
}

/** The other namespaces as one namespace numbers them. */
export interface Around {
  /** The namespace that is called `nsid` here; `undefined` when it was not found. */
  readonly netns: (nsid: number) => NetnsName | undefined;
  /** A device in it. */
  readonly device: (nsid: number, ifindex: number) => DeviceName | undefined;
  /** The namespace itself, for what is in the same one. */
  readonly self: NetnsName;
  /** A device of the namespace itself. */
  readonly ownIfindex: (name: string) => number | undefined;
}

/** Each namespace with how it numbers the others. */
export function withAround<Each extends NumberedNamespace>(
  all: readonly Each[],
): readonly (Each & { readonly around: Around })[] {
  const byInode = new Map(
    all.map(({ namespace, rows }) => {
      const names = new Map((rows.known ? rows.value : []).map(({ ifindex, ifname }) => [ifindex, ifname]));
      return [namespace.inode, { name: namespace.name as NetnsName, names }];
    }),
  );
  return all.map((each) => {
    const { namespace, rows } = each;
    const there = (nsid: number) => {
      const inode = Object.hasOwn(namespace.nsids, nsid) ? namespace.nsids[nsid] : undefined;
      return inode === undefined ? undefined : byInode.get(inode);
    };
    const own = new Map((rows.known ? rows.value : []).map(({ ifindex, ifname }) => [ifname, ifindex]));
    const around: Around = {
      self: namespace.name as NetnsName,
      netns: (nsid) => there(nsid)?.name,
      device: (nsid, ifindex) => there(nsid)?.names.get(ifindex) as DeviceName | undefined,
      ownIfindex: (name) => own.get(name),
    };
    return { ...each, around };
  });
}
