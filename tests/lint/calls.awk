# SPDX-License-Identifier: Apache-2.0
# Calls (and other uses before a bracket) of the functions in `banned`.
BEGIN { n_banned = split(banned, name, " ") }
{
	code = strip($0)
	for (i = 1; i <= n_banned; i++) {
		rest = code
		while ((at = match(rest, name[i] "[ \t]*[(]"))) {
			before = at > 1 ? substr(rest, at - 1, 1) : " "
			if (before !~ /[A-Za-z0-9_.>]/)
				print FILENAME ":" FNR ": " name[i] "() is banned"
			rest = substr(rest, at + length(name[i]))
		}
	}
}
