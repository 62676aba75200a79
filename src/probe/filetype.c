/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File types by magic. The names are those of Loki and THOR, which public
 * rules compare with (file-type-signatures.txt of signature-base has them).
 */
#include "base/base.h"
#include "probe/filetype.h"

#define MAGIC(at_, bytes_, name_)                                              \
	{                                                                      \
		.at = (at_), .n = sizeof(bytes_) - 1, .bytes = (bytes_),       \
		.name = (name_)                                                \
	}

/* Longer ones come before shorter ones they begin with. */
static const struct magic {
	uint16_t at, n;
	const char *bytes;
	const char *name;
} magics[] = {
	MAGIC(0, "MZ", "EXE"),
	MAGIC(0,
	      "\x7f"
	      "ELF",
	      "ELF"),
	MAGIC(0, "\xca\xfe\xba\xbe", "Java Class or DYLIB"),
	MAGIC(0, "\xcf\xfa\xed\xfe", "MACH-O"),
	MAGIC(0, "\xce\xfa\xed\xfe", "MACH-O"),
	MAGIC(0, "\xfe\xed\xfa\xcf", "MACH-O"),
	MAGIC(0, "\xfe\xed\xfa\xce", "MACH-O"),
	/* documents and pictures */
	MAGIC(0, "%PDF", "PDF"),
	MAGIC(0, "{\\rt", "RTF"),
	MAGIC(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
	MAGIC(0,
	      "\x0d"
	      "DOC",
	      "DOC"),
	MAGIC(0, "GIF8", "GIF"),
	MAGIC(0, "\xff\xd8\xff", "JPEG"),
	MAGIC(0, "\x89PNG", "PNG"),
	MAGIC(0, "BM", "BMP"),
	MAGIC(0, "CWS", "SWF"),
	MAGIC(0, "FWS", "SWF"),
	MAGIC(0, "ZWS", "SWF"),
	/* archives and what is compressed */
	MAGIC(0, "PK\x03\x04\x14\x00\x06\x00", "Office"),
	MAGIC(0, "PK\x03\x04", "ZIP"),
	MAGIC(0, "PK\x05\x06", "PKZIP"),
	MAGIC(0, "PKSpX", "PKSFX"),
	MAGIC(0, "\x1f\x8b\x08", "GZIP"),
	MAGIC(0, "BZh", "BZip2"),
	MAGIC(0,
	      "\xfd"
	      "7zXZ\x00",
	      "XZ"),
	MAGIC(0, "\x28\xb5\x2f\xfd", "ZSTD"),
	MAGIC(0, "7z\xbc\xaf\x27\x1c", "7Zip"),
	MAGIC(0, "Rar!\x1a\x07", "RAR"),
	MAGIC(0, "MSCF", "CAB"),
	MAGIC(0, "\x1f\x9d", "TARZ"),
	MAGIC(0, "\x1f\xa0", "TARZ"),
	MAGIC(257, "ustar", "TAR"),
	/* Windows */
	MAGIC(0, "regf", "Registry Hive"),
	MAGIC(0, "ElfFil", "EVTX"),
	MAGIC(0, "\x30\x00\x00\x00LfLe", "EVT"),
	MAGIC(0, "L\x00\x00\x00\x01\x14\x02\x00", "LNK"),
	MAGIC(0, "MDMP", "MDMP"),
	MAGIC(0, "FILE", "NTFS MFT"),
	MAGIC(0, "[Int", "Internet Shortcut"),
	MAGIC(0, "\x01\x06\x01\x00", "Job File"),
	/* disks and captures */
	MAGIC(0, "# Disk D", "VMDK"),
	MAGIC(0, "COWD", "VMDK"),
	MAGIC(0, "KDM", "VMDK"),
	MAGIC(0, "conectix", "VHD"),
	MAGIC(0, "\xd4\xc3\xb2\xa1", "WINPCAP"),
	MAGIC(0, "\xa1\xb2\xc3\xd4", "LIBPCAP"),
	MAGIC(0, "\xa1\xb2\xcd\x34", "LIBPCAP"),
	/* text */
	MAGIC(0, "<?php", "PHP"),
	MAGIC(0, "<?xml", "XML"),
	MAGIC(0, "<html", "HTML"),
	MAGIC(0, "<HTML", "HTML"),
	MAGIC(0, "<%@", "ASP"),
	MAGIC(0, "<%", "JSP"),
	MAGIC(0, "#!/", "UNIX SCRIPT"),
	MAGIC(0, "#!", "Script"),
	MAGIC(0, "@ech", "BATCH"),
	MAGIC(0, "@ECH", "BATCH"),
	MAGIC(0, "Function", "VBS"),
	MAGIC(0, "On Error Resume", "VBS"),
	MAGIC(0, "-----BEGIN", "Certificate PEM"),
	MAGIC(0, "Salted__", "OpenSSL Salted Format"),
	MAGIC(0, "TV", "Base64 EXE"),
	MAGIC(0, "\xff\xfe", "UTF16-Encoded File LE"),
	MAGIC(0, "\xfe\xff", "UTF16-Encoded File BE"),
};

const char *filetype_of(struct bytes head)
{
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++) {
		const struct magic *m = &magics[i];

		if (head.n >= (size_t)m->at + m->n &&
		    memcmp(head.p + m->at, m->bytes, m->n) == 0)
			return m->name;
	}
	return "";
}
