# SPDX-License-Identifier: Apache-2.0
# strip(line): the line without C comments and without what is inside string
# and character literals, so that the other checks see code only. Remembers
# from line to line whether a comment is open; a new file resets that.
function strip(line,    out, i, c, n, quote)
{
	if (FNR == 1)
		in_comment = 0
	out = ""
	n = length(line)
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		if (in_comment) {
			if (c == "*" && substr(line, i + 1, 1) == "/") {
				in_comment = 0
				i++
			}
		} else if (quote != "") {
			if (c == "\\")
				i++
			else if (c == quote) {
				out = out c
				quote = ""
			}
		} else if (c == "/" && substr(line, i + 1, 1) == "*") {
			in_comment = 1
			i++
		} else if (c == "/" && substr(line, i + 1, 1) == "/") {
			break
		} else {
			if (c == "\"" || c == "'")
				quote = c
			out = out c
		}
	}
	return out
}
