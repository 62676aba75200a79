-- SPDX-License-Identifier: Apache-2.0
--
-- id: web-shell
-- title: A page of the web that runs what a request says
-- severity: high
-- attack: T1505.003
-- why: A web shell runs commands or code out of the request. It is small,
--   and lies where pages lie, often where files are uploaded.
-- false-positives: File managers, adminer and packed plugins. A script in
--   a folder for uploads, without signs, is told as medium.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, evidence_id, NULL AS sha256,
    signs, sample,
  CASE WHEN signs LIKE '%"eval"%' AND signs NOT LIKE '%request-%'
      AND signs NOT LIKE '%decode-eval%' THEN 'medium' END AS severity
FROM script
WHERE role = 'web' AND (signs LIKE '%request-eval%' OR signs LIKE '%request-exec%'
    OR signs LIKE '%decode-eval%'
  OR signs LIKE '%reverse-shell%' OR signs LIKE '%auto-prepend%')
UNION ALL
SELECT host, fact_id, name, name, NULL, sha256, signs, NULL,
  CASE WHEN json_array_length(signs) > 0 THEN NULL ELSE 'medium' END
FROM odd_file WHERE why = 'web-script' AND coalesce(packaged, 0) = 0
