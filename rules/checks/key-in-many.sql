-- SPDX-License-Identifier: Apache-2.0
--
-- id: key-in-many
-- title: One key opens several accounts
-- severity: medium
-- attack: T1098.004
-- why: An intruder puts the same key wherever there is a home, so that
--   one of them stays.
-- false-positives: An admin's key for root and their own account: two are
--   told as low when root is one of them.
-- author: the authors of halligan

SELECT host, min(fact_id) AS fact_id, name AS object, min(path) AS path,
    max(type) AS type, max(comment) AS comment,
  group_concat(DISTINCT account) AS accounts,
  CASE WHEN count(DISTINCT account) = 2 AND max(account = 'root') THEN 'low'
      END AS severity
FROM authorized_key GROUP BY name HAVING count(DISTINCT account) > 1
