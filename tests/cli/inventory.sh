#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inventories mean here what they mean to Ansible: hosts, targets, groups and
# how to become root, compared with `ansible-inventory`.
# shellcheck source=tests/cli/lib.sh disable=SC2016,SC2154
. "$(dirname "$0")/lib.sh"

need ansible-inventory
need python3
data=$HALLIGAN_SRCDIR/tests/data/inventory

# What Ansible says, a host a line: name, target, how to become root, groups.
cat >say.py <<'END'
import json, sys
inv = json.load(open(sys.argv[1]))
groups = {}
def walk(name, above):
    for host in inv.get(name, {}).get("hosts", []):
        groups.setdefault(host, set()).update(above | {name})
    for child in inv.get(name, {}).get("children", []):
        walk(child, above | {name})
walk("all", set())
for host in sorted(groups):
    v = inv["_meta"]["hostvars"].get(host, {})
    if v.get("ansible_connection", "ssh") != "ssh":
        continue
    at = str(v.get("ansible_host", host))
    port = v.get("ansible_port")
    if ":" in at and port:
        at = "[" + at + "]"
    user = str(v["ansible_user"]) + "@" if "ansible_user" in v else ""
    up = v.get("ansible_become") in (True, "yes")
    print(host, user + at + (":" + str(port) if port else ""),
          v.get("ansible_become_method", "sudo") if up else "-",
          ",".join(sorted(groups[host] - {"all", "ungrouped"})) or "-")
END

# member NAME: its value in each line of out, - for null
members()
{
	sed 's/.*"'"$1"'":\(null\|"\([^"]*\)"\).*/\2/; s/^$/-/' out
}

n=0
for file in "$data"/site.ini "$data"/tree.yml "$data"/ranges \
	"$data"/beside/hosts.ini; do
	n=$((n + 1))
	ansible-inventory -i "$file" --list >theirs.json 2>err || {
		fail "ansible-inventory of $file"
		cat err
		continue
	}
	python3 say.py theirs.json >theirs || fail "say.py"
	run 0 new "$n.case"
	run 0 -C "$n.case" host add --inventory "$file"
	run 0 -C "$n.case" host list --json
	for member in name target escalate groups; do
		members $member >"ours.$member"
	done
	paste -d ' ' ours.name ours.target ours.escalate ours.groups >ours
	cmp -s ours theirs || {
		fail "$file means something else here"
		diff ours theirs
	}
	[ -s ours ] || fail "$file has no hosts"
done
finish
