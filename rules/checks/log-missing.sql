-- SPDX-License-Identifier: Apache-2.0
--
-- id: log-missing
-- title: A rotated log is missing between others
-- severity: low
-- attack: T1070.002 [T1685.006]
-- why: Rotated logs are numbered without gaps. One that is missing
--   between an older and a newer one was deleted.
-- false-positives: Rotation that was changed, or logs that were moved by
--   hand.
-- author: the authors of halligan

WITH r (host, stem, n, evidence_id) AS (
  SELECT host, substr(p, 1, length(p) - length(num) - 1), CAST(num AS INTEGER),
      evidence_id
  FROM (SELECT host, evidence_id, p, replace(p, rtrim(p, '0123456789'), '') AS num
    FROM (SELECT host, evidence_id, CASE WHEN path REGEXP '[.](gz|xz|zst|bz2)$'
        THEN dir_name(path) || '/' || substr(base_name(path), 1,
        length(base_name(path)) - instr(replace(replace(replace(replace(base_name(path),
        '.gz', '#'), '.xz', '#'), '.zst', '#'), '.bz2', '#'), '#') * 0 - CASE
        WHEN path LIKE '%.zst' OR path LIKE '%.bz2' THEN 4 ELSE 3 END) ELSE path
        END AS p
      FROM evidence WHERE path GLOB '/var/log/*'))
  WHERE num <> '' AND p REGEXP '[.][0-9]{1,2}$')
SELECT host, stem || '.' || (a.n + 1) AS object, stem || '.' || (a.n + 1) AS path,
    a.evidence_id,
  (SELECT min(b.n) FROM r b WHERE b.stem = a.stem AND b.n > a.n) AS next_number
FROM r a
WHERE NOT EXISTS (SELECT 1 FROM r b WHERE b.stem = a.stem AND b.n = a.n + 1)
  AND EXISTS (SELECT 1 FROM r b WHERE b.stem = a.stem AND b.n > a.n)
