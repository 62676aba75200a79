-- SPDX-License-Identifier: Apache-2.0
--
-- id: at-job
-- title: A job of at waits
-- severity: medium
-- attack: T1053.002
-- why: at runs a command once, later: a way to come back that is seldom
--   looked at.
-- false-positives: Jobs of admins. One that fetches, decodes or runs what
--   lies in scratch is told as high.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, path, evidence_id, "offset", account, run_at,
    signs,
  CASE WHEN json_array_length(signs) > 0 THEN 'high' END AS severity
FROM at
