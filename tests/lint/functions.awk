# SPDX-License-Identifier: Apache-2.0
# Length and parameters of each function, by the brace in the first column.
BEGIN {
	while ((getline line < waivers) > 0)
		if (line ~ /^function /)
			waived[line] = 1
}
FNR == 1 { head = ""; start = 0 }
{ code = strip($0) }
start == 0 && /^[A-Za-z#}]/ { head = "" }
start == 0 { head = head " " code }
/^\{/ && start == 0 {
	start = FNR
	name = name_of(head)
	if (n_params > 6)
		complain(n_params " parameters")
	next
}
/^\}/ && start {
	if (FNR - start - 1 > 60)
		complain(FNR - start - 1 " lines")
	start = 0
	head = ""
}
function complain(what)
{
	if (!(("function " FILENAME " " name) in waived))
		print FILENAME ":" start ": " name " has " what
}
# The word before the first bracket; counts the commas on that bracket's
# own level, as a parameter that is a function has its own.
function name_of(head,    i, c, depth, n)
{
	n_params = head ~ /\([ \t]*(void)?[ \t]*\)/ ? 0 : 1
	i = index(head, "(")
	if (i == 0)
		return "?"
	n = length(head)
	depth = 0
	for (c = i; c <= n; c++) {
		if (substr(head, c, 1) == "(")
			depth++
		else if (substr(head, c, 1) == ")" && --depth == 0)
			break
		else if (substr(head, c, 1) == "," && depth == 1)
			n_params++
	}
	head = substr(head, 1, i - 1)
	sub(/[ \t]+$/, "", head)
	sub(/.*[ \t*]/, "", head)
	return head
}
