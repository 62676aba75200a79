-- SPDX-License-Identifier: Apache-2.0
--
-- id: logging-off
-- title: Logging or auditing is switched off
-- severity: high
-- attack: T1562.001 [T1685], T1562.012 [T1685.004]
-- why: What is not logged cannot be read afterwards: a masked daemon, a
--   journal that stores nothing, audit rules that are off.
-- false-positives: Containers and minimal images log elsewhere.
-- author: the authors of halligan

SELECT host, fact_id, name || ' is masked' AS object, path, evidence_id,
    NULL AS value, NULL AS severity
FROM unit WHERE masked = 1
    AND name REGEXP '^(rsyslog|syslog|syslog-ng|systemd-journald|auditd|journald)[.](service|socket)$'
UNION ALL
SELECT host, fact_id, name || ' ' || value, path, evidence_id, value,
  CASE WHEN name LIKE '%audit%' THEN NULL WHEN lower(name) LIKE '%storage%'
      THEN NULL ELSE 'medium' END
FROM logging
WHERE (lower(name) LIKE '%storage' AND lower(value) = 'none')
  OR (name LIKE '%audit rule%'
      AND value REGEXP '^-e 0|^-a never,task|^-a task,never'
      AND path NOT LIKE '%/sample-rules/%')
  OR (lower(name) LIKE '%audit%enabled%' AND lower(value) IN ('0', 'no', 'off'))
  OR (lower(name) LIKE '%write_logs%' AND lower(value) = 'no')
