-- SPDX-License-Identifier: Apache-2.0
--
-- id: scratch-executable
-- title: A program or script lies in a folder for scratch
-- severity: low
-- attack: T1059, T1105
-- why: What was dropped lies where anybody may write, and can be run.
-- false-positives: Installers, builds and tests. A program (not a script)
--   is told as medium, a hidden one as high.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, sha256, kind, mode, uid, gid,
    size, mtime, ctime, btime,
  CASE WHEN kind IN ('elf', 'go', 'upx') THEN CASE WHEN is_hidden(name)
      OR kind = 'upx' THEN 'high' ELSE 'medium' END END AS severity
FROM odd_file WHERE why = 'scratch-executable' AND coalesce(packaged, 0) = 0
  AND (kind IN ('elf', 'go', 'upx') OR (kind = 'script' AND mode & 73))
