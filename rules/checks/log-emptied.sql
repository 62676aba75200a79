-- SPDX-License-Identifier: Apache-2.0
--
-- id: log-emptied
-- title: A log is empty, leads nowhere, or was deleted while it is
--   written
-- severity: high
-- attack: T1070.002 [T1685.006]
-- why: A log that is empty on a host that has been up, that is a link to
--   /dev/null, or that a daemon still writes to after it was deleted, was
--   taken away by somebody.
-- false-positives: Fresh images and containers ship empty logs (told as
--   low); logrotate without a reload leaves deleted ones open for a
--   while.
-- author: the authors of halligan

SELECT host, NULL AS process_id, fact_id, name AS object, name AS path, target,
    size, attributes, ctime, NULL AS open_in,
  CASE WHEN coalesce(target, '') = '' AND coalesce(attributes, 0) & 48 = 0
      THEN 'low' WHEN coalesce(target, '') = '' THEN 'medium' END AS severity
FROM odd_file WHERE why = 'log'
UNION ALL
SELECT p.host, p.process_id, NULL, d.value, d.value, NULL, NULL, NULL, NULL, p.exe,
  CASE WHEN d.value REGEXP '[.][0-9]+$|journal/' THEN 'low' END
FROM process p, json_each(p.deleted_open) d WHERE d.value GLOB '/var/log/*'
