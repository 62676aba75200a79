-- SPDX-License-Identifier: Apache-2.0
--
-- id: login-records
-- title: A file of login records was tampered with
-- severity: high
-- attack: T1070.002 [T1685.006]
-- why: Cleaners of logs write zeroes over a record or cut the file: a
--   record of nothing between others, a length that fits no record, time
--   that runs backwards.
-- false-positives: A clock that was set back makes time run backwards
--   (told as low); lastlog has gaps by design and is left out.
-- author: the authors of halligan

SELECT host, fact_id, coalesce(name, path) AS object, coalesce(name, path) AS path,
    evidence_id, format, size, records, zeroed, torn, backwards, first, last,
  CASE WHEN coalesce(zeroed, 0) = 0 AND coalesce(torn, 0) = 0 THEN 'low'
      END AS severity
FROM login_record
WHERE format NOT LIKE 'lastlog%' AND (zeroed > 0 OR torn = 1 OR backwards > 1)
