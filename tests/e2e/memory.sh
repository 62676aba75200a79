#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The memory of processes over SSH: what is only there is found, with the
# process and the mapping it is in; programs that were deleted are scanned and
# taken as evidence.
. "$HALLIGAN_SRCDIR/tests/e2e/lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
[ -x /bin/dash ] || skip "this machine has no /bin/dash to be looked at"
begin
add_hosts

# A process that holds a word which stands in no file: put together while it
# runs. It waits for the end of its input.
cp /bin/dash "$tmp/prey"
mkfifo "$tmp/hold" "$tmp/said"
"$tmp/prey" -c 'a=stands-in; b=memory-alone; w=$a-$b-$$
	for i in 1 2 3; do w=$w$w; done; echo up; read -r x' \
	<"$tmp/hold" >"$tmp/said" &
pid=$!
exec 9>"$tmp/hold"
read -r up <"$tmp/said"
[ "$up" = up ] || fail "the process to be looked at says $up"
cat >"$tmp/memory.yar" <<'END'
import "pe"
rule InMemory { strings: $w = "stands-in-memory-alone" condition: $w }
rule NeverThere { strings: $n = "stands-nowhere-at-all" condition: $n }
rule Deleted { strings: $e = { 7f 45 4c 46 } condition: $e at 0 }
END

sql()
{
	sqlite3 "$case" "$1"
}

expect 2 "memory of a folder" h hunt --root "$tmp" --host x \
	--rules "$tmp/memory.yar" --memory
expect 0 "hunt one process" h hunt web01 --rules "$tmp/memory.yar" \
	--pid "$pid" --memory-only
[ "$(sql "select kind, rule, pid, path from finding where rule <> 'Deleted'")" \
	= "memory|InMemory|$pid|$tmp/prey" ] ||
	fail "found: $(sql 'select kind, rule, pid, path from finding')"
h finding list >"$tmp/list"
grep InMemory "$tmp/list" | grep -qF "(pid $pid)" || {
	fail "a list does not say which process it is"
	cat "$tmp/list"
}
sql "select region from hit" | grep -q ' rw-p' || fail "no region of a hit"
sql "select distinct identifier from hit
	where instr(context, cast('memory-alone' as blob))" |
	grep -qx '.w' || fail "no context of a hit"
[ "$(sql "select count(*) from process where pid = $pid
	and bytes_read > 0 and sha256 is not null and start_ns is not null")" = 1 ] ||
	fail "the process is not on record"
expect 0 "hunt it again" h hunt web01 --rules "$tmp/memory.yar" --pid "$pid"
[ "$(sql "select count(*) from finding where rule = 'InMemory'")" = 1 ] ||
	fail "the same process twice is two findings"
h coverage list --json | grep -q '"what":"memory","outcome":"scanned"' ||
	fail "no coverage of memory"

# The same as yara(1) finds there.
if command -v yara >/dev/null; then
	yara "$tmp/memory.yar" "$pid" 2>/dev/null | cut -d ' ' -f 1 | grep -v Deleted |
		sort -u >"$tmp/theirs"
	sql "select distinct rule from finding where pid = $pid
		and rule <> 'Deleted' order by 1" >"$tmp/ours"
	cmp -s "$tmp/theirs" "$tmp/ours" || fail "yara finds $(cat "$tmp/theirs")"
fi

rm "$tmp/prey"
expect 0 "hunt a deleted program" h hunt web01 --rules "$tmp/memory.yar" \
	--pid "$pid" --take-hits
[ "$(sql "select path from finding where rule = 'Deleted' and kind = 'yara'")" \
	= "/proc/$pid/exe" ] || fail "the deleted program was not scanned"
# It says whose program it is as a match in memory does.
[ "$(sql "select pid || ' ' || cast(exe as text) from finding
	where rule = 'Deleted' and kind = 'yara'")" \
	= "$pid $tmp/prey (deleted)" ] || fail "whose program it is, is not said"
[ "$(sql "select count(distinct process_start_ns / 2000000000) from finding
	where pid = $pid and process_start_ns is not null")" -le 2 ] ||
	fail "its start is not that of the process"
h finding list >"$tmp/list"
grep -F "$tmp/prey (deleted) (pid $pid)" "$tmp/list" | grep -q Deleted ||
	fail "the list does not name the program: $(cat "$tmp/list")"
# Addresses are as in the regions beside them.
id=$(sql "select substr(id, -8) from finding where kind = 'memory' limit 1")
h finding show "$id" >"$tmp/show"
at=$(printf '0x%x' "$(sql "select \"offset\" from hit
	where finding_id like '%$id' limit 1")")
grep -q "	$at	" "$tmp/show" || fail "no $at in $(cat "$tmp/show")"
[ "$(sql "select exe_deleted from process where pid = $pid
	order by id desc limit 1")" = 1 ] || fail "it is not called deleted"
expect 0 "collect deleted programs" h collect db01 --memory --pid "$pid"
sum=$(sha256sum /bin/dash | cut -d ' ' -f 1)
[ "$(sql "select count(*) from evidence where sha256 = '$sum'
	and complete = 1")" = 2 ] || fail "the program is not in evidence twice"
exec 9>&-
wait

# All of them, as whoever we are: ends, and says what was not read.
h hunt web01 --rules "$tmp/memory.yar" --memory-only --file-timeout 20 \
	>"$tmp/out" 2>&1
got=$?
[ $got = 0 ] || [ $got = 3 ] || {
	fail "hunt all memory: exit $got"
	cat "$tmp/out"
}
sql "select reason from coverage where what = 'memory'" >"$tmp/reasons"
for reason in own-process untouched file-backed; do
	grep -qx "$reason" "$tmp/reasons" || fail "no coverage row $reason"
done
expect 0 "verify" h verify
check "range down" h range down --dir "$range"
finish
