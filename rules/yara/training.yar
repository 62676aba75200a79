// SPDX-License-Identifier: Apache-2.0
// The inert practice samples of rules/scenarios. They match markers and
// nothing else; where one is found outside practice, somebody practised there.

rule training_drywell
{
	meta:
		description = "Practice sample: DRYWELL, an invented implant that cannot run"
		author = "halligan project"
		reference = "https://attack.mitre.org/techniques/T1036/005/"
		date = "2026-11-22"
		attack = "T1036.005"
		tlp = "CLEAR"
		severity = "high"
	strings:
		$marker = "INERT-TRAINING-SAMPLE DRYWELL/1" ascii
	condition:
		uint32(0) == 0x464c457f and uint16(16) == 0
		and filesize < 64KB and $marker
}

rule training_wellpost
{
	meta:
		description = "Practice sample: WELLPOST, an invented implant that cannot run"
		author = "halligan project"
		reference = "https://attack.mitre.org/techniques/T1571/"
		date = "2026-11-22"
		attack = "T1571"
		tlp = "CLEAR"
		severity = "high"
	strings:
		$marker = "INERT-TRAINING-SAMPLE WELLPOST/1" ascii
	condition:
		uint32(0) == 0x464c457f and uint16(16) == 0
		and filesize < 64KB and $marker
}

rule training_webshell
{
	meta:
		description = "Practice sample: a web shell that ends before it begins"
		author = "halligan project"
		reference = "https://attack.mitre.org/techniques/T1505/003/"
		date = "2026-11-22"
		attack = "T1505.003"
		tlp = "CLEAR"
		severity = "medium"
	strings:
		$head = "<?php exit; /* INERT TRAINING FILE" ascii
		$marker = "INERT-TRAINING-SAMPLE WEBSHELL/1" ascii
	condition:
		filesize < 64KB and $head at 0 and $marker
}

rule training_cron
{
	meta:
		description = "Practice sample: a cron file that stands for a foothold"
		author = "halligan project"
		reference = "https://attack.mitre.org/techniques/T1053/003/"
		date = "2026-11-22"
		attack = "T1053.003"
		tlp = "CLEAR"
		severity = "medium"
	strings:
		$marker = "# INERT-TRAINING-SAMPLE CRON/1" ascii
	condition:
		filesize < 64KB and $marker at 0
}
