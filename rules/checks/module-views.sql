-- SPDX-License-Identifier: Apache-2.0
--
-- id: module-views
-- title: Two views of the kernel's modules disagree
-- severity: high
-- attack: T1547.006, T1014
-- why: A module that one list of the kernel has and another has not hides
--   itself, or what is left of it does.
-- false-positives: A module that was loaded or taken out between the two
--   looks.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, seen_by, not_by, note FROM difference
    WHERE subject = 'module'
UNION ALL
SELECT host, fact_id, name, CASE WHEN sys = 1 THEN 'sysfs' WHEN symbols = 1
    THEN 'kallsyms' ELSE 'proc' END,
  CASE WHEN proc = 0 THEN 'proc' ELSE 'sysfs' END, module_path
FROM module m WHERE ((proc = 0 AND (sys = 1 OR symbols = 1)) OR (proc = 1
    AND sys = 0))
  AND NOT EXISTS (SELECT 1 FROM difference d WHERE d.subject = 'module'
      AND d.name = m.name)
