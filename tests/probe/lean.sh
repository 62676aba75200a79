#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The lean probe is lean: it goes to every host that is not scanned, over
# whatever way there is. Three tenths of the other one is what it may be, on
# each architecture.
[ -r "$HALLIGAN_BUILDDIR/halligan-probes" ] || {
	echo "skipped: configured without a probe"
	exit 77
}
awk '
	{ size[$1] = $2 }
	END {
		for (name in size) {
			if (name !~ /-lean$/)
				continue
			full = size[substr(name, 1, length(name) - 5)]
			n++
			if (size[name] * 10 <= full * 3)
				continue
			printf "%s: %d bytes, of %d\n", name, size[name], full
			fat = 1
		}
		exit n == 0 || fat
	}
' "$HALLIGAN_BUILDDIR/halligan-probes"
