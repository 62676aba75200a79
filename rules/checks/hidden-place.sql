-- SPDX-License-Identifier: Apache-2.0
--
-- id: hidden-place
-- title: A file of a hidden or odd name, or among devices
-- severity: medium
-- attack: T1564.001
-- why: Names with a dot, of blanks or of three dots, and files in /dev,
--   are where things are put not to be seen.
-- false-positives: Programs that keep hidden files in scratch, told as
--   low. Known ones of X11 and the like are left out.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, sha256, why, kind, mode, uid,
    gid, size, mtime, ctime, btime,
  CASE WHEN packaged = 1 THEN 'package' END AS quiet,
  CASE WHEN why = 'device-folder' AND name REGEXP '^/dev/shm/' THEN
      CASE WHEN kind IN ('elf', 'go', 'upx', 'script') THEN 'high' ELSE 'info' END
    WHEN why = 'device-folder' OR base_name(name) REGEXP '^[.][.][. ]|[ ]$|^ '
        OR kind IN ('elf', 'go', 'upx') THEN 'high'
    WHEN kind = 'script' THEN 'medium'
    WHEN name REGEXP '^/(tmp|var/tmp|run/user)/' THEN 'low' END AS severity
FROM odd_file o WHERE why IN ('hidden', 'device-folder')
  AND (why = 'device-folder' OR kind IN ('elf', 'go', 'upx', 'script')
      OR NOT is_scratch(name)
    OR (SELECT count(*) FROM odd_file a WHERE a.why = 'hidden' AND substr(a.name, 1,
        9) = substr(o.name, 1, 9)) <= 8)
  AND name NOT REGEXP '/(node_modules|[.]git|[.]github|[.]cache|[.]npm|[.]svn)(/|$)|^/etc/[.]java/|^/run/user/[0-9]+/systemd/propagate/[.]os-release-stage$'
  AND name NOT REGEXP '^/dev/(shm/(sem[.]|pulse-shm-|PostgreSQL|lttng|[.]org[.]chromium|u1000-|jack)|[.]udev|mqueue|hugepages|[.]lxc|null$|console$|core$|ptmx$|init)'
