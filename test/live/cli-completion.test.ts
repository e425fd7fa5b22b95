/** What Tab offers on a machine with namespaces in it. */

import { inWorld, liveTest } from '../helpers/world.ts';

liveTest('nsdiag completes namespaces, and the devices of one behind a colon', async ({ expect }) => {
  await inWorld(async (world) => {
    await world.sh(
      `ip netns add alpha; ip netns add alpine; ip link add v0 netns alpha type veth peer name v1 netns alpine`,
    );
    const offered = async (...words: readonly string[]) => {
      const { stdout } = await world.nsdiag(['__complete', '--', ...words]);
      return stdout.split('\n').map((line) => line.split('\t')[0]);
    };

    expect(await offered('why', 'alp')).toEqual(['alpha', 'alpine', ':', '']);
    expect(await offered('why', 'alpha', 'alpi')).toEqual(['alpine', ':', '']);
    expect(await offered('capture', 'alpha', 'alpine:')).toEqual(expect.arrayContaining(['alpine:lo', 'alpine:v1']));
    expect(await offered('capture', 'alpha:v')).toEqual(['alpha:v0', ':', '']);
  });
});
