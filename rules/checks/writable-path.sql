-- SPDX-License-Identifier: Apache-2.0
--
-- id: writable-path
-- title: Others may change what root runs
-- severity: high
-- attack: T1574.007, T1222.002
-- why: Who may write to a folder in which programs of root are looked
--   for, or to a file of the system, becomes root by it.
-- false-positives: Homes in somebody's PATH; files that a package makes
--   writable.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, why, mode, uid, gid, mtime,
    ctime,
  CASE WHEN why = 'path-writable' AND (mode & 2) = 0 THEN 'medium' END AS severity,
  CASE WHEN packaged = 1 AND why = 'world-writable' THEN 'package' END AS quiet
FROM odd_file WHERE why IN ('path-writable', 'world-writable')
