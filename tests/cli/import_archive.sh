#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Archives of a host's files: each is evidence under its path there, and what
# a parser knows is in the timeline. Names that lead out, links, damage and
# bombs are in coverage.
# shellcheck source=tests/cli/lib.sh disable=SC2154
. "$(dirname "$0")/lib.sh"
seeds=$HALLIGAN_SRCDIR/tests/fuzz/seeds/parse
command -v python3 >/dev/null || {
	echo "skipped: no python3 to make archives with"
	exit 77
}
HALLIGAN_CASE=$here/a.case
export HALLIGAN_CASE
run 0 new a.case

mkdir -p 'uac/[root]/var/log' 'uac/[root]/etc' uac/live_response/process \
	uac/bodyfile
cp "$seeds/utmp-400-be" 'uac/[root]/var/log/wtmp'
gzip -c "$seeds/syslog-iso" >'uac/[root]/var/log/syslog.1.gz'
echo 'root:x:0:0::/root:/bin/sh' >'uac/[root]/etc/passwd'
ln -s passwd 'uac/[root]/etc/link'
echo 'PID TTY' >uac/live_response/process/ps.txt
echo '0|/etc/passwd|1|-rw-r--r--|0|0|5|1700000000|1700000001|1700000002|0' \
	>uac/bodyfile/bodyfile.txt
head -c 2000000 /dev/urandom >'uac/[root]/var/log/zz.bin'
touch -d 2020-01-02T03:04:05Z 'uac/[root]/etc/passwd'
(cd uac && tar czf ../uac.tar.gz bodyfile live_response '[root]/etc' \
	'[root]/var/log/wtmp' '[root]/var/log/syslog.1.gz' \
	'[root]/var/log/zz.bin')
(cd 'uac/[root]' && tar cf ../../plain.tar .)
python3 - <<'END'
import io, tarfile, zipfile, os
z = zipfile.ZipFile('files.zip', 'w', zipfile.ZIP_DEFLATED)
for top, _, names in os.walk('uac/[root]'):
    for n in names:
        p = os.path.join(top, n)
        if not os.path.islink(p):
            z.write(p, os.path.relpath(p, 'uac/[root]'))
z.writestr('../../etc/slip', 'out')
z.writestr('/etc/absolute', 'in')
z.close()
t = tarfile.open('slip.tar', 'w')
for name in ('../slip', 'a/../../slip', 'good/../bad', './fine'):
    i = tarfile.TarInfo(name)
    i.size = 3
    t.addfile(i, io.BytesIO(b'abc'))
i = tarfile.TarInfo('hard')
i.type = tarfile.LNKTYPE
i.linkname = '/etc/shadow'
t.addfile(i)
i = tarfile.TarInfo('device')
i.type = tarfile.CHRTYPE
t.addfile(i)
t.close()
END
bytes=$(wc -c <uac.tar.gz)
head -c $((bytes * 2 / 3)) uac.tar.gz >cut.tar.gz

paths()
{
	"$HALLIGAN" evidence list --host "$1" --json |
		sed 's/.*"path":"\([^"]*\)".*/\1/' | sort
}

run 2 import uac.tar.gz
says err '--host NAME'
run 0 import uac.tar.gz --host uac
paths uac >got
for path in /var/log/wtmp /var/log/syslog.1.gz /etc/passwd; do
	grep -qxF "$path" got || fail "no $path of UAC's archive"
done
lines got 6
"$HALLIGAN" evidence list --host uac --json >items
grep -q '"member":"live_response/process/ps.txt"' items ||
	fail "what UAC wrote itself is no evidence"
run 0 timeline --host uac --kind login --json
says out '"actor":"alice"'
run 0 timeline --host uac --json
says out '"datetime":"2020-01-02T03:04:05'
says out '"datetime":"2023-11-14T22:13:21'
id=$(grep wtmp items | sed 's/.*"id":"\([^"]*\)".*/\1/')
run 0 evidence get "$id" -o copy
cmp -s copy "$seeds/utmp-400-be" || fail "a member is not what it was"
run 0 coverage list --host uac --json
grep '"reason":"symlink"' out | grep -q '"files":1' ||
	fail "the symlink is not in coverage"

for archive in plain.tar files.zip; do
	host=${archive%%.*}
	run 0 import $archive --host "$host"
	paths "$host" >got
	for path in /var/log/wtmp /var/log/syslog.1.gz /etc/passwd; do
		grep -qxF "$path" got || fail "no $path of $archive"
	done
	run 0 timeline --host "$host" --kind login --json
	says out '"actor":"alice"'
done
grep -q slip got && fail "a name that leads out was taken"
grep -qxF /etc/absolute got || fail "a name with a slash in front is one"

run 0 import slip.tar --host slip
paths slip >got
echo /fine >want
diff want got || fail "names that lead out were taken"
run 0 coverage list --host slip --json
grep -c 'a name that leads out' out | grep -qx 3 ||
	fail "coverage does not tell of each such name"
says out '"reason":"hard link"'
says out '"reason":"device"'

# What is there of one that was cut is taken.
"$HALLIGAN" import cut.tar.gz --host cut >out 2>err
paths cut >got
grep -qxF /var/log/wtmp got || fail "nothing is taken of one that was cut"
run 0 coverage list --host cut --json
says out 'cut off or damaged'

# Nothing was written here.
[ ! -e ../slip ] && [ ! -e slip ] && [ ! -e /etc/slip ] || fail "it was unpacked"
run 0 verify
finish
