// SPDX-License-Identifier: Apache-2.0
// WellMess (ATT&CK S0514), from facts in public reports; no text of theirs.

rule halligan_wellmess_implant
{
	meta:
		description = "Go implant with the names and paths of WellMess"
		author = "halligan project"
		reference = "NCSC/CSE/NSA advisory: APT29 targets COVID-19 vaccine development, 2020-07-16; CISA MAR-10296782-2; JPCERT/CC aa-tools; https://attack.mitre.org/software/S0514/"
		date = "2026-11-22"
		attack = "T1071.001"
		tlp = "CLEAR"
		severity = "high"
	strings:
		// The package, its place on the builder, and the builder itself.
		$package = "botlib.wellMess" ascii
		$source = "/src/bot/botlib/" ascii
		$builder = "/BotUI/App_Data/Temp/" ascii
		// Functions of the package; one alone could be anybody's.
		$f1 = "botlib.JoinDnsChunks" ascii
		$f2 = "botlib.generateRandomString" ascii
		$f3 = "botlib.AES_Encrypt" ascii
		$f4 = "botlib.convertFromString" ascii
		$f5 = "botlib.z32decode" ascii
		$f6 = "botlib.GetRandomBytes" ascii
		// The tags every message to and from the server is made of.
		$t1 = "<;head;>" ascii wide
		$t2 = "<;title;>" ascii wide
		$t3 = "<;service;>" ascii wide
	condition:
		(uint32(0) == 0x464c457f or uint16(0) == 0x5a4d)
		and filesize < 32MB
		and (
			any of ($package, $source, $builder)
			or 3 of ($f*)
			or (any of ($f*) and all of ($t*))
		)
}

rule halligan_wellmess_certificate
{
	meta:
		description = "Program that carries a certificate of country Tunis, organisation IT and key id 0102030406"
		author = "halligan project"
		reference = "NCSC/CSE/NSA advisory: APT29 targets COVID-19 vaccine development, 2020-07-16; https://attack.mitre.org/software/S0514/"
		date = "2026-11-22"
		attack = "T1573.002"
		tlp = "CLEAR"
		severity = "high"
	strings:
		// X.509 (RFC 5280) as DER: countryName, then organizationName. The
		// name alone decides nothing, nor does the key id, which a much
		// copied example uses too. PEM has both in Base64.
		$name = { 55 04 06 13 05 54 75 6E 69 73 31 0B 30 09 06 03 55 04 0A 13 02 49 54 }
		$name_pem = "\x55\x04\x06\x13\x05Tunis1\x0b0\x09\x06\x03\x55\x04\x0a\x13\x02IT" base64
		$key_id = { 55 1D 0E 04 07 04 05 01 02 03 04 06 }
		$key_id_pem = "\x55\x1d\x0e\x04\x07\x04\x05\x01\x02\x03\x04\x06" base64
	condition:
		(uint32(0) == 0x464c457f or uint16(0) == 0x5a4d)
		and filesize < 32MB
		and any of ($name*) and any of ($key_id*)
}
