-- SPDX-License-Identifier: Apache-2.0
--
-- id: scratch-executable
-- title: A program or script lies in a folder for scratch
-- severity: low
-- attack: T1059, T1105
-- why: What was dropped lies where anybody may write, and can be run.
-- false-positives: Installers, builds and tests: a tree with many is told
--   once, as low. A program (not a script) is told as medium, a hidden
--   one as high.
-- author: the authors of halligan

WITH o AS (
  SELECT *, top_of(name, CASE WHEN name REGEXP '^/(var|dev|run)/' THEN 3 ELSE 2
      END) AS tree
  FROM odd_file WHERE why = 'scratch-executable' AND coalesce(packaged, 0) = 0
    AND (kind IN ('elf', 'go', 'upx') OR (kind = 'script' AND mode & 73))),
many AS (SELECT tree FROM o GROUP BY tree HAVING count(*) > 8)
SELECT host, fact_id, name AS object, name AS path, sha256, kind, mode, uid, gid,
    size, mtime, ctime, btime, 1 AS files,
  CASE WHEN kind IN ('elf', 'go', 'upx') THEN CASE WHEN is_hidden(name)
      OR kind = 'upx' THEN 'high' ELSE 'medium' END END AS severity
FROM o WHERE tree NOT IN (SELECT tree FROM many)
UNION ALL
SELECT host, min(fact_id), tree || '/: many', tree, NULL,
    group_concat(DISTINCT kind), NULL, min(uid), NULL, sum(size), max(mtime),
    max(ctime), NULL, count(*), 'low'
FROM o WHERE tree IN (SELECT tree FROM many) GROUP BY host, tree
