// SPDX-License-Identifier: Apache-2.0
// WellMail (ATT&CK S0515), from facts in public reports; no text of theirs.

rule halligan_wellmail_implant
{
	meta:
		description = "Go implant or server built where WellMail was built"
		author = "halligan project"
		reference = "NCSC/CSE/NSA advisory: APT29 targets COVID-19 vaccine development, 2020-07-16; CISA MAR-10296782-3; https://attack.mitre.org/software/S0515/"
		date = "2026-11-22"
		attack = "T1571"
		tlp = "CLEAR"
		severity = "high"
	strings:
		// The builder's path, in the two spellings seen.
		$path = "C:/Server/Mail/App_Data/Temp/" ascii
		$path_dos = "C:\\Server\\Mail\\App_Data\\Temp\\" ascii
		// Constants of the published samples, and how orders are read.
		$c1 = "HgQdbx4qRNv" ascii fullword
		$c2 = "042a51567eea19d5aca71050b4535d33d2ed43ba" ascii
		$c3 = "main.zipit" ascii fullword
		$c4 = "@[^\\s]+?\\s(?P<tar>.*?)\\s" ascii
	condition:
		uint32(0) == 0x464c457f
		and filesize < 32MB
		and (any of ($path*) or 2 of ($c*))
}
