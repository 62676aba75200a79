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
--   of no package are looked at, that came within the last weeks.
-- author: the authors of halligan

SELECT o.host, o.fact_id, o.name AS object, o.name AS path, o.sha256, o.why,
    o.mtime, o.ctime, o.btime,
  CASE WHEN o.btime IS NOT NULL AND o.mtime < o.btime - 86400000000000 THEN NULL
      ELSE 'low' END AS severity
FROM odd_file o
WHERE o.why IN ('recent-executable', 'scratch-executable', 'suid', 'sgid', 'caps',
    'web-script', 'hidden')
  AND coalesce(o.packaged, 0) = 0 AND o.mtime % 1000000000 = 0
      AND o.ctime % 1000000000 <> 0
  AND o.mtime < o.ctime - 30 * 86400000000000
