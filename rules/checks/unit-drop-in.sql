-- SPDX-License-Identifier: Apache-2.0
--
-- id: unit-drop-in
-- title: A drop-in makes a unit run something more
-- severity: medium
-- attack: T1543.002
-- why: A file in X.service.d adds a command to a service that is known
--   and trusted; lists of services do not show it.
-- false-positives: Overrides of admins and of cloud images. Those that
--   packages bring lie in /usr/lib and are left out.
-- author: the authors of halligan

SELECT u.host, u.fact_id, u.name || ': ' || e.value AS object, u.path,
    u.evidence_id, u.exec, u.account, u.signs,
  CASE WHEN (SELECT count(*) FROM json_each(u.signs) j WHERE j.value IN (SELECT name
      FROM strong_sign)) > 0
    OR is_scratch(program_of(e.value)) OR is_hidden(program_of(e.value)) THEN 'high'
        END AS severity
FROM unit u, json_each(u.exec) e
WHERE u.drop_in = 1 AND e.value <> '' AND u.path NOT REGEXP '^(/usr)?/lib/systemd/'
  AND e.value NOT REGEXP '^-?(/usr)?/s?bin/agetty '
