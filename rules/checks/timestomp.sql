-- SPDX-License-Identifier: Apache-2.0
--
-- id: timestomp
-- title: A program whose times were set
-- severity: medium
-- attack: T1070.006
-- why: Who sets a file's times back makes it look as old as its
--   neighbours. The time that is set has no part of a second, while those
--   of the file system have one.
-- false-positives: cp -p, tar and rsync set times just so: only programs
--   of no package are looked at, that came within the last weeks, and not
--   where several were unpacked together.
-- author: the authors of halligan

WITH o AS (
  SELECT *, dir_name(name) AS folder FROM odd_file
  WHERE why IN ('recent-executable', 'suid', 'sgid', 'caps', 'web-script')
    AND coalesce(packaged, 0) = 0 AND mtime % 1000000000 = 0
        AND ctime % 1000000000 <> 0
    AND mtime < ctime - 30 * 86400000000000),
few AS (SELECT folder FROM o GROUP BY folder HAVING count(DISTINCT name) <= 2)
SELECT host, fact_id, name AS object, name AS path, sha256, why, mtime, ctime,
    btime,
  CASE WHEN btime IS NOT NULL AND mtime < btime - 86400000000000 THEN NULL
      ELSE 'low' END AS severity
FROM o WHERE folder IN (SELECT folder FROM few)
  AND (SELECT count(*) FROM o a WHERE a.folder GLOB o.folder || '/*') = 0
  AND (SELECT count(*) FROM o a WHERE a.folder <> o.folder
      AND dir_name(a.folder) = dir_name(o.folder)
    AND length(dir_name(o.folder)) > length('/usr/local/x')) = 0
  AND name NOT REGEXP '/(node_modules|site-packages|dist-packages|[.]git|chroots?|rootfs)/'
  AND name NOT REGEXP '.+/usr/(s?bin|lib|share)/'
      AND name NOT REGEXP '/var/lib/dpkg/'
