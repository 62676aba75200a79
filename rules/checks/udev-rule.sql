-- SPDX-License-Identifier: Apache-2.0
--
-- id: udev-rule
-- title: A rule of udev runs a program
-- severity: medium
-- attack: T1546.017
-- why: udev runs what a rule says as root, when a device comes, and with
--   devices that are always there at each start.
-- false-positives: Rules of vendors for their hardware, which lie in
--   /usr/lib/udev and are left out.
-- author: the authors of halligan

SELECT u.host, u.fact_id, base_name(u.path) || ': ' || r.value AS object, u.path,
    u.evidence_id, u."offset", u.name AS rule, u.runs, u.always, u.signs,
  CASE WHEN u.always = 1 OR is_scratch(r.value) OR is_hidden(r.value)
    OR (SELECT count(*) FROM json_each(u.signs) j WHERE j.value IN (SELECT name
        FROM strong_sign)) > 0 THEN 'high' END AS severity
FROM udev u, json_each(u.runs) r
WHERE u.path REGEXP '^/(etc|run)/udev/rules[.]d/'
    AND r.value NOT REGEXP '^(/usr)?/lib/udev/|^[a-z_0-9-]+( |$)'
