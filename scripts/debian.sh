# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# To be sourced: where this machine gets Debian from, which is its owner's
# choice. apt knows, whatever its sources look like.

# shellcheck disable=SC2034
debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The code name of this release; empty elsewhere.
debian_suite()
{
	# shellcheck disable=SC1091
	(. /etc/os-release 2>/dev/null && [ "${ID:-}" = debian ] &&
		printf '%s\n' "${VERSION_CODENAME:-}") || :
}

# "URI SUITE" lines of what begins with that suite: bookworm, bookworm-updates.
# $2: an empty folder for lists.
debian_sources()
{
	mkdir -p "$2/partial"
	apt-get update --print-uris -o Dir::State::Lists="$2" 2>/dev/null |
		sed -n "s|^'\(.*\)/dists/\(${1}[a-z-]*\)/main/binary-.*|\1 \2|p" |
		sort -u
}
