import fc from 'fast-check';
import { expect, test } from 'vitest';
import { interfaceLines, interfaceOf, interfaceValue, linkTypeLine } from '../../../src/cli/extcap/protocol.ts';
import type { DeviceName, NetnsName } from '../../../src/host/link.ts';

function listed(netns: string, device: string, description = 'veth', hasEthernet = true) {
  return { netns: netns as NetnsName, device: device as DeviceName, hasEthernet, description };
}

test('interfaceLines() lists every device by name and role, and says what is missing', () => {
  const interfaces = [
    listed('ns1', 'any', 'all devices'),
    listed('ns1', 'veth0'),
    listed('pid:12', 'tun0', 'tun', false),
  ];
  expect(interfaceLines('1.2.3', interfaces, 'nsdiag: 2 namespaces are not listed: it needs root')).toEqual([
    'extcap {version=1.2.3}{display=nsdiag}',
    'interface {value=ns1:any}{display=ns1:any, all devices}',
    'interface {value=ns1:veth0}{display=ns1:veth0, veth}',
    'interface {value=pid:12:tun0~ip}{display=pid:12:tun0, tun}',
    'interface {value=nsdiag}{display=nsdiag: 2 namespaces are not listed: it needs root}',
  ]);
});

test('interfaceLines() lets no name or address out of its braces, its line or its file', () => {
  const hostile = [
    '}{value=eth0}',
    '\n',
    '\u001b[31m',
    '../../x',
    '$(reboot)',
    '<img onerror=x>',
    '-x',
    'é😀',
    '%41',
    '~ip',
  ];
  const lines = interfaceLines(
    '1',
    hostile.map((name) => listed(`a/${name}`, name.replaceAll('/', ''), name)),
    undefined,
  );
  expect(lines).toHaveLength(hostile.length + 1);
  for (const line of lines.slice(1)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none of them is what is tested.
    expect(line).toMatch(/^interface \{value=[A-Za-z0-9._:%-]+(~ip)?\}\{display=[^{}\u0000-\u001f]+\}$/u);
  }
});

test('interfaceOf() reads what interfaceValue() wrote, whatever it is called', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 15 });
  fc.assert(
    fc.property(name, name, fc.boolean(), (netns, anyDevice, hasEthernet) => {
      const device = anyDevice.replaceAll(':', '_');
      const value = interfaceValue(listed(netns, device, '', hasEthernet));
      expect(value).toMatch(/^[A-Za-z0-9._:%-]+(~ip)?$/);
      expect(interfaceOf(value)).toEqual({ netns, device });
    }),
  );
  for (const wrong of ['nsdiag', '', ':', 'ns1:', ':eth0', 'ns1:%ff', '%']) expect(interfaceOf(wrong)).toBeUndefined();
});

test('linkTypeLine() says the link header by the name alone', () => {
  expect(linkTypeLine('ns1:any')).toBe('dlt {number=276}{name=LINUX_SLL2}{display=Linux cooked capture v2}');
  expect(linkTypeLine('ns1:tun0~ip')).toBe('dlt {number=101}{name=RAW}{display=Raw IP}');
  expect(linkTypeLine('ns1:many')).toBe('dlt {number=1}{name=EN10MB}{display=Ethernet}');
});
