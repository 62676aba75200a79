#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rules.sh FOLDER: YARA rules that tell apart everything a module can say
# about a file, and rules that depend on others, into files in FOLDER.
set -eu
to=$1

# integers MODULE EXPRESSION...: is it defined, and each of its low bits.
integers()
{
	module=$1
	shift
	printf 'import "%s"\n' "$module"
	n=0
	for expression; do
		n=$((n + 1))
		name=${module}_$n
		printf 'rule %s_known { condition: defined %s }\n' \
			"$name" "$expression"
		for bit in 1 2 4 8 16 32 64 256 4096 32768; do
			printf 'rule %s_%s { condition: %s & %s != 0 }\n' \
				"$name" $bit "$expression" $bit
		done
	done
}

integers pe pe.is_pe pe.MACHINE_I386 pe.SUBSYSTEM_WINDOWS_GUI pe.machine \
	pe.number_of_sections pe.timestamp pe.characteristics pe.entry_point \
	pe.image_base pe.subsystem 'pe.sections[0].raw_data_offset' \
	'pe.sections[1].characteristics' 'pe.section_index(".clr")' \
	'pe.is_32bit()' 'pe.is_dll()' pe.number_of_imports \
	pe.opthdr_magic 'pe.data_directories[1].virtual_address' \
	pe.overlay.size 'pe.imports("kernel32.dll")' 'pe.calculate_checksum()' \
	'pe.rva_to_offset(0x2004)' pe.number_of_resources >"$to/pe.yar"
cat >>"$to/pe.yar" <<'END'
rule not_pe { condition: not pe.is_pe }
rule no_sections { condition: not (pe.number_of_sections > 0) }
rule imphash { condition: pe.imphash() == "" or pe.imphash() matches /^[0-7]/ }
rule any_section { condition: for any s in pe.sections : (s.name == ".idata") }
rule dictionary { condition: pe.version_info["CompanyName"] contains "x" }
rule both { condition: pe.machine == pe.MACHINE_AMD64 and not pe.is_32bit() }
END
integers elf elf.ET_EXEC elf.EM_X86_64 elf.type elf.machine elf.entry_point \
	elf.number_of_sections elf.number_of_segments 'elf.sections[0].type' \
	'elf.segments[0].virtual_address' elf.symtab_entries \
	elf.dynsym_entries elf.sh_offset >"$to/elf.yar"
cat >>"$to/elf.yar" <<'END'
rule not_elf { condition: not (elf.type == elf.ET_EXEC) }
rule elf_sections { condition: for any s in elf.sections : (s.name == ".text") }
END
integers dotnet dotnet.number_of_streams dotnet.number_of_guids \
	dotnet.number_of_resources 'dotnet.streams[0].offset' >"$to/dotnet.yar"
cat >>"$to/dotnet.yar" <<'END'
rule net_version { condition: dotnet.version contains "v4" }
rule net_guid { condition: dotnet.guids[0] contains "5a5a" }
END
integers macho macho.MH_MAGIC macho.CPU_TYPE_X86 macho.magic macho.cputype \
	macho.filetype macho.ncmds macho.number_of_segments macho.entry_point \
	macho.fat_magic macho.nfat_arch 'macho.file[0].cputype' \
	'macho.segments[0].vmaddr' 'macho.file_index_for_arch(7)' \
	>"$to/macho.yar"
integers dex dex.ACC_PUBLIC dex.header.checksum dex.header.file_size \
	dex.header.endian_tag dex.number_of_fields >"$to/dex.yar"
printf 'rule dex_magic { condition: dex.header.magic contains "035" }\n' \
	>>"$to/dex.yar"

cat >"$to/others.yar" <<'END'
import "hash"
import "math"
import "pe"
import "elf"
rule entry : where { condition: entrypoint & 0x100 != 0 }
rule entry_known { condition: defined entrypoint }
rule md5_low { condition: hash.md5(0, filesize) matches /^[0-7]/ }
rule entropy { condition: math.entropy(0, filesize) > 3.0 }
rule odd_name { condition: filename matches /[13579]$/ and filepath != "" }
rule needle : text seen { strings: $a = "needle" $b = /o[nt][eh]/
	condition: #a > 1 and $b }
rule chain { strings: $c = { 41 42 43 44 [0-60] 45 46 47 48 [2-300] 49 4a 4b }
	condition: $c }
rule many { strings: $m = "AAAA" condition: #m > 100 }
rule mz_late { strings: $mz = "MZ" condition: $mz and not $mz at 0 }
rule absent { strings: $x = "this is nowhere" condition: not $x }
rule absent_count { strings: $x = "nowhere at all" condition: #x == 0 }
private rule hidden { strings: $k = "KERNEL32" nocase wide ascii
	condition: $k }
rule on_hidden { condition: hidden and filesize > 10 }
rule not_hidden { condition: not hidden }
rule on_needle { strings: $t = "two" condition: needle and $t }
rule any_of { condition: any of (entry*, needle) }
rule private_string { strings: $p = "one" private $q = "two"
	condition: any of them }
rule elf_or_pe { strings: $e = { 7f 45 4c 46 }
	condition: ($e at 0 and elf.type == 2) or pe.is_pe }
END
# Strings that begin in each other, with atoms of one byte and more, and at
# the very end of a file.
cat >"$to/strings.yar" <<'END'
rule letters { strings: $a = "aab" $b = "abab" $c = "bbaaba" nocase wide ascii
	$d = "ab" wide $e = { 61 62 ?? 61 } $f = /ab{2,3}a/ $g = "aba" fullword
	$h = "abba" xor(0-3) $i = /a[bB]+c?d/ $j = { 62 [1-4] 61 62 61 }
	condition: any of them }
rule short_ones { strings: $a = "d" $b = "ce" $c = { 65 00 } $d = /ec|ed/
	condition: any of them }
rule doubles { strings: $a = "abab" condition: #a > 3 }
rule at_end { strings: $a = "ba" condition: $a at filesize - 2 }
END
cat >"$to/bounds.yar" <<'END'
import "elf"
rule small { strings: $a = "needle" condition: $a and filesize < 300 }
rule program { strings: $e = "ELF" condition: $e and filesize < 100MB }
rule short_program { strings: $e = "ELF" condition: filesize <= 4KB and $e }
rule long_program { strings: $e = "ELF" condition: filesize > 4KB and $e }
rule not_short { condition: not short_program }
rule either { strings: $e = "ELF" condition: $e or filesize < 300 }
rule only_small { condition: 4KB > filesize }
rule small_elf { condition: elf.type == elf.ET_EXEC and filesize < 2KB }
END
cat >"$to/global_size.yar" <<'END'
global rule short { strings: $e = "ELF" condition: filesize < 4KB and not $e }
rule under_short { condition: true }
END
cat >"$to/global_string.yar" <<'END'
global rule has_needle { strings: $a = "needle" condition: $a }
rule under_global { condition: filesize < 100 }
END
cat >"$to/global_pe.yar" <<'END'
import "pe"
global private rule is_pe { condition: pe.is_pe }
rule under_pe { strings: $a = "KERNEL32" condition: $a or filesize > 600 }
END
