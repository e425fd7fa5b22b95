/**
 * The smallest program of XDP, which drops every frame, as the object file that `ip link set dev DEV xdp object` loads:
 * two instructions in a section called xdp.
 *
 * Limit: the instructions are for little-endian machines; the kernel of another one refuses them.
 *
 * Source: elf(5); RFC 9669 (BPF ISA) section 4; Documentation/bpf/libbpf/program_types.rst for the section's name.
 *
 * @module
 */

/** The name of the section, which tells libbpf the type of the program. */
export const XDP_SECTION = 'xdp';

const XDP_DROP = 1;
/** r0 = XDP_DROP; exit. */
const INSTRUCTIONS = [0xb7, 0, 0, 0, XDP_DROP, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0];
const NAMES = ['', '.strtab', XDP_SECTION, 'license', '.symtab', 'guard', '_license'];
const STRINGS = NAMES.map((name) => `${name}\0`).join('');

const HEADER_BYTES = 64;
const SYMBOL_BYTES = 24;
const SECTION_BYTES = 64;
/** Elf64_Shdr.sh_type and sh_flags; Elf64_Sym.st_info: binding and type. */
const TYPE = { program: 1, symbols: 2, strings: 3 } as const;
const FLAGS = { write: 1, allocate: 2, execute: 4 } as const;
const INFO = { globalFunction: 0x12, globalObject: 0x11 } as const;
const MACHINE_BPF = 247;

/** The object file. */
export function xdpDropObject(): Uint8Array {
  const license = text('GPL\0');
  const symbols = [...symbol('', 0, 0, 0), ...symbol('guard', INFO.globalFunction, 2, INSTRUCTIONS.length)];
  symbols.push(...symbol('_license', INFO.globalObject, 3, license.length));
  const contents = [INSTRUCTIONS, symbols, license, text(STRINGS)].map((bytes) => [...bytes, ...padding(bytes.length)]);
  const starts = contents.map((_, index) => HEADER_BYTES + contents.slice(0, index).flat().length);
  const [atProgram = 0, atSymbols = 0, atLicense = 0, atStrings = 0] = starts;
  const sections = [
    section('', 0, 0, 0, 0),
    section('.strtab', TYPE.strings, 0, atStrings, STRINGS.length),
    section(XDP_SECTION, TYPE.program, FLAGS.allocate | FLAGS.execute, atProgram, INSTRUCTIONS.length),
    section('license', TYPE.program, FLAGS.allocate | FLAGS.write, atLicense, license.length),
    // Linked to the strings; the first one symbol is local.
    section('.symtab', TYPE.symbols, 0, atSymbols, symbols.length, { link: 1, info: 1, each: SYMBOL_BYTES }),
  ];
  const body = contents.flat();
  return Uint8Array.from([...header(HEADER_BYTES + body.length, sections.length), ...body, ...sections.flat()]);
}

function header(sectionsAt: number, sections: number): readonly number[] {
  const identity = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...zeros(9)];
  const kind = [...u16(1), ...u16(MACHINE_BPF), ...u32(1)];
  const places = [...u64(0), ...u64(0), ...u64(sectionsAt), ...u32(0)];
  const sizes = [HEADER_BYTES, 0, 0, SECTION_BYTES, sections, 1].flatMap(u16);
  return [...identity, ...kind, ...places, ...sizes];
}

function symbol(name: string, info: number, inSection: number, lengthBytes: number): readonly number[] {
  return [...u32(nameAt(name)), info, 0, ...u16(inSection), ...u64(0), ...u64(lengthBytes)];
}

function section(
  name: string,
  type: number,
  flags: number,
  start: number,
  lengthBytes: number,
  { link, info, each } = { link: 0, info: 0, each: 0 },
): readonly number[] {
  const words = [nameAt(name), type].flatMap(u32);
  const alignment = type === TYPE.strings ? 1 : 8;
  const place = [flags, 0, start, lengthBytes].flatMap(u64);
  return [...words, ...place, ...u32(link), ...u32(info), ...u64(alignment), ...u64(each)];
}

function nameAt(name: string): number {
  return name === '' ? 0 : STRINGS.indexOf(`\0${name}\0`) + 1;
}

function padding(length: number): readonly number[] {
  return zeros((8 - (length % 8)) % 8);
}

function zeros(count: number): readonly number[] {
  return new Array<number>(count).fill(0);
}

function text(value: string): readonly number[] {
  return [...value].map((character) => character.charCodeAt(0));
}

function u16(value: number): readonly number[] {
  return [value & 0xff, (value >> 8) & 0xff];
}

function u32(value: number): readonly number[] {
  return [...u16(value & 0xffff), ...u16(value >>> 16)];
}

function u64(value: number): readonly number[] {
  return [...u32(value), ...u32(0)];
}
